package hub

import "strconv"

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
