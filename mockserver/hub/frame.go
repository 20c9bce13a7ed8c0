package hub

import "strconv"

// appendUntypedFrame appends an event without a type, which is the first member of its data instead: a browser gives such
// events to onmessage. Data is a JSON object with members.
func appendUntypedFrame(b []byte, event, id string, data []byte) []byte {
	if id != "" {
		b = append(append(append(b, "id: "...), id...), '\n')
	}
	b = append(append(append(b, `data: {"type":"`...), event...), `",`...)
	return append(append(b, data[1:]...), "\n\n"...)
}

func (e *Event) data() []byte {
	return e.Frame[len("event: \nid: \ndata: ")+len(e.Type)+len(e.ID) : len(e.Frame)-len("\n\n")]
}

// appendFrame appends one event of an event stream. An empty id gets no id line. Data has no line ends: it is JSON.
func appendFrame(b []byte, event, id string, data []byte) []byte {
	b = append(append(b, "event: "...), event...)
	if id != "" {
		b = append(append(b, "\nid: "...), id...)
	}
	b = append(append(b, "\ndata: "...), data...)
	return append(b, "\n\n"...)
}

// AppendRetry appends the reconnection time that the client of an event stream is told.
func AppendRetry(b []byte, ms int64) []byte {
	return append(strconv.AppendInt(append(b, "retry: "...), ms, 10), "\n\n"...)
}
