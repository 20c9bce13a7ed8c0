package stream

import "strconv"

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
// maxEvent bytes in canonical form; maxEvent is bounded as Config.MaxEvent is. Replacing invalid UTF-8 can turn one byte
// into three; an id has a bound of its own.
func BufferSize(maxEvent int) int {
	return 3*clampMaxEvent(maxEvent) + maxID + 1024
}

// appendFields completes data, the event's data: lines, to an event in canonical form. The data comes first, so that a
// large event need not be copied.
func appendFields(data, kind, id []byte, m Mark) []byte {
	if len(kind) == 0 {
		kind = []byte("message")
	}
	data = append(data, "event: "...)
	data = append(data, kind...)
	data = append(data, "\nid: "...)
	data = append(data, byte(m))
	data = append(data, id...)
	return append(data, "\n\n"...)
}

func appendDataLine(data, value []byte) []byte {
	data = append(grow(data, len(value)+len("data: \n")), "data: "...)
	data = AppendUTF8(data, value)
	return append(data, '\n')
}

// appendSkipped appends what stands in the place of an event over the limit.
func appendSkipped(data []byte, limit int) []byte {
	data = append(data, "data: event of over "...)
	data = strconv.AppendInt(data, int64(limit), 10)
	return append(data, " bytes skipped\n"...)
}
