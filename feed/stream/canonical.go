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

// ParseID splits an id in canonical form, which r3labs/sse has in Event.ID.
func ParseID(canonical []byte) (id string, mark Mark) {
	if len(canonical) == 0 {
		return "", InheritedID
	}
	return string(canonical[1:]), Mark(canonical[0])
}

// BufferSize is the buffer that the r3labs client needs (sse.ClientMaxBufferSize) for events of up to
// maxEvent bytes in canonical form, or for bundles of them; maxEvent is bounded as Config.MaxEvent is. Replacing invalid
// UTF-8 can turn one byte into three; an id has a bound of its own.
func BufferSize(maxEvent int) int {
	return 3*clampMaxEvent(maxEvent) + maxID + 2*bundleSize
}

// canonical is the event that is complete.
func (e *pendingEvent) canonical() []byte {
	e.data = append(append(e.data, "event: "...), e.kind...)
	e.data = append(append(e.data, "\nid: "...), byte(e.mark()))
	e.data = append(append(e.data, e.id...), "\n\n"...)
	return e.data
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
		data, at = appendParts(data, lines[at:end]), end
	}
	return data[:len(data)-1]
}

// appendSkipped appends what stands in the place of an event over the limit.
func appendSkipped(data []byte, limit int) []byte {
	data = append(data, "data: event of over "...)
	data = strconv.AppendInt(data, int64(limit), 10)
	return append(data, " bytes skipped\n"...)
}
