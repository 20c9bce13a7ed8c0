package mockserver

import (
	"bytes"
	"slices"

	"livetape/mockserver/market"
)

// pending is what struck the stream since it last looked, and has not been suffered yet; nil when nothing has.
func (st *stream) pending(c *condition) *strike {
	if st.struck == c.count {
		return nil
	}
	for _, k := range c.sudden {
		if k.number > st.struck {
			st.struck = k.number
			if k.hits(st.number) {
				return k
			}
		}
	}
	st.struck = c.count
	return nil
}

// isToEnd reports whether the stream ends when it has sent what it is at.
func (st *stream) isToEnd(c *condition) bool {
	return st.server.hub.isClosed() || st.log != st.server.hub.log() || slices.ContainsFunc(c.sudden, func(k *strike) bool {
		return k.number > st.struck && (k.fault.Name == faultDrop || k.fault.Name == faultEOF) && k.hits(st.number)
	})
}

// suffer lets the stream suffer what is over at once.
func (st *stream) suffer(k *strike, c *condition) error {
	switch {
	case k.fault.Name == faultDrop:
		st.out.cut(st.half())
		return errEnded
	case k.fault.Name == faultEOF:
		return errEnded
	case c.on(faultStall, st.number) != nil:
		return nil // nothing is sent
	case st.tongue != nil:
		return st.send(st.tongue.suffer(k))
	case k.fault.Name == faultRetry:
		return st.send(appendRetry(nil, k.value.n))
	case k.fault.Name == faultHuge:
		return st.send(appendHuge(nil, int(k.value.n)<<20))
	}
	return nil
}

// appendHuge appends an event of so many bytes. It has no id, and is good: a client that has room for it may show it.
func appendHuge(b []byte, size int) []byte {
	const begin, end = "event: news\ndata: {\"id\":\"huge\",\"headline\":\"", "\"}\n\n"
	b = append(b, begin...)
	b = append(b, bytes.Repeat([]byte("very "), (size-len(begin)-len(end))/5)...)
	return append(b, end...)
}

// half is the beginning of the event that the client would get next, or of one that will never be: without the end
// of its id, or with the id but without the end of its data, which may be in the middle of a character. A client that
// uses any of it is wrong.
func (st *stream) half() []byte {
	if st.tongue != nil {
		return st.halfForeign()
	}
	next := entry{id: st.place + "77", frame: appendFrame(nil, market.KindPrice.String(), st.place+"77", []byte(neverTrue))}
	if events, _, _ := st.log.read(st.place, make([]*entry, 0, 1)); len(events) > 0 {
		next = *events[0]
	}
	withinID := len("event: ") + len(next.kind.String()) + len("\nid: ") + len(next.id) - 1
	switch st.server.faults.chance(3) {
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

// neverTrue is the data of an event that never ends.
const neverTrue = `{"symbol":"NVDA","last":"0.01","bid":"0.01","ask":"0.02","time":"2000-01-01T00:00:00Z"}`

// manners are the faults that the events of a stream suffer now; nil are those that it does not.
type manners struct{ garbage, bytes, noID, dup, reorder, gap *strike }

func (st *stream) manners(c *condition) (m manners) {
	if len(c.lasting) == 0 {
		return m
	}
	on := func(name string) *strike { return c.on(name, st.number) }
	return manners{on(faultGarbage), on(faultBytes), on(faultNoID), on(faultDup), on(faultReorder), on(faultGap)}
}

// spoil is what becomes of events that the client should get, as m says.
func (st *stream) spoil(events []*entry, m manners) []*entry {
	if m.gap != nil {
		kept := events[:0]
		for _, e := range events {
			if st.passed++; st.passed%4 != 0 {
				kept = append(kept, e)
			}
		}
		events = kept
	}
	if m.reorder == nil && st.held == nil {
		return events
	}
	return st.swap(events, m.reorder != nil)
}

// swap swaps every two events; one without a second waits for it, as long as the fault is on.
func (st *stream) swap(events []*entry, on bool) []*entry {
	var swapped []*entry
	for _, e := range events {
		if st.held == nil && on {
			st.held = e
			continue
		}
		swapped = append(swapped, e)
		if st.held != nil {
			swapped, st.held = append(swapped, st.held), nil
		}
	}
	return swapped
}

// appendEvents appends events as they go over the wire, as m says.
func (st *stream) appendEvents(b []byte, events []*entry, m manners) []byte {
	if m == (manners{}) && st.tongue == nil {
		for _, e := range events {
			b = append(b, e.frame...)
		}
		return b
	}
	bad, odd := malformed[:], hostile[:]
	if st.tongue != nil {
		bad, odd = st.tongue.malformed, st.tongue.hostile
	}
	b = st.garbage.begin(b, m.garbage, bad)
	b = st.oddities.begin(b, m.bytes, odd)
	for _, e := range events {
		start := len(b)
		b = st.appendEvent(b, e, m.noID != nil)
		if m.dup != nil {
			b = append(b, b[start:]...)
		}
		b = st.garbage.next(b, m.garbage, bad)
		b = st.oddities.next(b, m.bytes, odd)
	}
	return b
}

func (st *stream) appendEvent(b []byte, e *entry, noID bool) []byte {
	if st.tongue != nil {
		return st.tongue.append(b, st.event(e), noID)
	}
	if !noID {
		return append(b, e.frame...)
	}
	before, after, _ := bytes.Cut(e.frame, []byte("\nid: "+e.id))
	return append(append(b, before...), after...)
}

// dirt is what a stream has had of a list of bad events, which are mixed among the good.
type dirt struct {
	strike *strike // that brought it
	n      int
}

// begin appends one at once when a strike begins.
func (d *dirt) begin(b []byte, k *strike, list []string) []byte {
	if k == nil || k == d.strike {
		return b
	}
	d.strike = k
	return d.next(b, k, list)
}

// next appends the next one.
func (d *dirt) next(b []byte, k *strike, list []string) []byte {
	if k == nil {
		return b
	}
	b = append(b, list[d.n%len(list)]...)
	d.n++
	return b
}
