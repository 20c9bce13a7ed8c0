package stream

import (
	"bytes"
	"strconv"
)

// Mark is the first byte of an id in canonical form. It says where the id comes from.
type Mark byte

// The marks of an event.
const (
	OwnID       Mark = '+' // the event has an id: line of its own
	InheritedID Mark = '=' // the id is that of an event before
	Skipped     Mark = '!' // the event was over the bound: its data says so, and its content is lost
)

// aside precedes the mark in the id of an event whose data Config.OnLarge has.
const aside = '>'

// IsAside reports whether an event in canonical form has no data since [Config].OnLarge has it, and returns the event's id
// in canonical form.
func IsAside(canonicalID []byte) (id []byte, yes bool) {
	return bytes.CutPrefix(canonicalID, []byte{aside})
}

// ParseID splits an id in canonical form, which r3labs/sse has in Event.ID.
func ParseID(canonical []byte) (id string, mark Mark) {
	if len(canonical) == 0 {
		return "", InheritedID
	}
	return string(canonical[1:]), Mark(canonical[0])
}

// BufferSize is the buffer that the r3labs client needs (sse.ClientMaxBufferSize) for events of up to
// maxEvent bytes in canonical form; maxEvent is bounded as Config.MaxEvent is. Replacing invalid UTF-8 can turn one byte
// into three; an id has a bound of its own.
func BufferSize(maxEvent int) int {
	return 3*clampMaxEvent(maxEvent) + maxID + 1024
}

// appendFields completes data, the event's data: lines, to an event in canonical form. Before its id stand the marks.
func appendFields(data, kind, id []byte, marks ...byte) []byte {
	if len(kind) == 0 {
		kind = []byte("message")
	}
	data = append(data, "event: "...)
	data = append(data, kind...)
	data = append(data, "\nid: "...)
	data = append(data, marks...)
	data = append(data, id...)
	return append(data, "\n\n"...)
}

const dataField = "data: "

func appendDataLine(data, value []byte) []byte {
	data = append(grow(data, len(value)+len(dataField+"\n")), dataField...)
	data = AppendUTF8(data, value)
	return append(data, '\n')
}

// plainData makes of data: lines the data itself, in the same buffer.
func plainData(lines []byte) []byte {
	data := lines[:0]
	for at := 0; at < len(lines); {
		at += len(dataField)
		end := at + bytes.IndexByte(lines[at:], '\n') + 1
		if len(data) == 0 {
			data, at = lines[at:end], end // the usual event is one line, which need not move
		}
		for at < end {
			part := lines[at:min(at+copyPart, end)]
			data, at = append(data, part...), at+len(part)
		}
	}
	return data[:len(data)-1]
}

// appendSkipped appends what stands in the place of an event over the limit.
func appendSkipped(data []byte, limit int) []byte {
	data = append(data, "data: event of over "...)
	data = strconv.AppendInt(data, int64(limit), 10)
	return append(data, " bytes skipped\n"...)
}
