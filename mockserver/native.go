package mockserver

import (
	"bytes"

	"livetape/mockserver/fault"
	"livetape/mockserver/market"
)

// mustEnd reports whether the stream ends when it has sent what it is at.
func (st *stream) mustEnd() bool {
	return st.server.hub.isClosed() || st.log != st.server.hub.log()
}

// applyFault applies a fault that is over at once.
func (st *stream) applyFault(k *fault.Activation) error {
	switch {
	case k.Name == fault.Drop:
		st.out.cut(st.half())
		return errEnded
	case k.Name == fault.EOF:
		return errEnded
	case st.faults.On(fault.Stall) != nil:
		return nil // nothing is sent
	case st.tongue != nil:
		return st.send(st.tongue.applyFault(k))
	case k.Name == fault.Retry:
		return st.send(appendRetry(nil, k.Number()))
	case k.Name == fault.Huge:
		return st.send(appendHuge(nil, int(k.Number())<<20))
	}
	return nil
}

// appendHuge appends an event of so many bytes. It has no id, and is good: a client that has room for it may show it.
func appendHuge(b []byte, size int) []byte {
	const begin, end = "event: news\ndata: {\"id\":\"huge\",\"headline\":\"", "\"}\n\n"
	return append(append(append(b, begin...), fault.HugeText(size-len(begin)-len(end))...), end...)
}

// half is the beginning of the event that the client would get next, or of one that will never be: without the end
// of its id, or with the id but without the end of its data, which may be in the middle of a character. A client that
// uses any of it is wrong.
func (st *stream) half() []byte {
	if st.tongue != nil {
		return st.halfForeign()
	}
	next := entry{id: st.place + "77", frame: appendFrame(nil, market.KindPrice.String(), st.place+"77", []byte(fault.NeverSent))}
	if events, _, _ := st.log.read(st.place, make([]*entry, 0, 1)); len(events) > 0 {
		next = *events[0]
	}
	withinID := len("event: ") + len(next.kind.String()) + len("\nid: ") + len(next.id) - 1
	switch st.faults.Random(3) {
	case 0:
		return next.frame[:withinID]
	case 1:
		return appendHalfCharacter(nil, next.id)
	}
	return next.frame[:(withinID+len(next.frame))/2]
}

// appendHalfCharacter appends an event up to the first of the two bytes of an é.
func appendHalfCharacter(b []byte, id string) []byte {
	whole := appendFrame(b, market.KindNews.String(), id, []byte(`{"id":"half","headline":"Café`))
	return whole[:bytes.LastIndexByte(whole, 0xC3)+1]
}

// Append appends an event in the words of the stream.
func (st *stream) Append(b []byte, e *entry) []byte {
	if st.tongue != nil {
		return st.tongue.append(b, st.event(e))
	}
	return append(b, e.frame...)
}

// FaultSamples are bad events in the words of the stream.
func (st *stream) FaultSamples() fault.Samples {
	if st.tongue != nil {
		return st.tongue.samples()
	}
	return fault.NativeSamples()
}
