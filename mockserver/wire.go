package mockserver

import "strconv"

// appendFrame writes one event of the stream. No id line is written for an empty id. Data has no line ends: it is JSON.
func appendFrame(b []byte, event, id string, data []byte) []byte {
	b = append(append(b, "event: "...), event...)
	if id != "" {
		b = append(append(b, "\nid: "...), id...)
	}
	b = append(append(b, "\ndata: "...), data...)
	return append(b, "\n\n"...)
}

// appendRetry writes the reconnection time that clients are told, in ms.
func appendRetry(b []byte, ms int64) []byte {
	return append(strconv.AppendInt(append(b, "retry: "...), ms, 10), "\n\n"...)
}
