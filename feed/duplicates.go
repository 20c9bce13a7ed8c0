package feed

import (
	"hash/maphash"

	"livetape/feed/memory"
)

// rememberedEvents is how many events a feed remembers, by 16 bytes each, to recognise those that come again after a
// reconnect, and fewer with a smaller budget than usual. Of a longer replay, the events before the last so
// many are delivered again.
const rememberedEvents = 1 << 17

// Sizes in bytes of what an event is remembered by, and compared by after a reconnect.
const (
	eventHashSize = 16
	comparedSize  = 128
)

// duplicates remembers the events that came, by hashes. Only what comes again on a later connection is a duplicate: within
// one, a server may well send equal events that are two. Where ids come again with other data within a connection (a second's
// timestamp, a constant), they prove nothing, and nothing is taken for a duplicate any more. The oldest events are forgotten
// first. An event costs one write; what to compare with is sorted out at a reconnect.
type duplicates struct {
	seed   maphash.Seed
	memory *memory.Budget
	most   int         // events remembered
	events []eventHash // the last of all connections; a ring once it is full
	next   int         // in the ring
	count  int         // events of this connection
	coarse bool        // ids prove nothing

	earlier *earlierEvents // nil on a first connection, and when nothing more can come again
}

// eventHash is what an event is remembered by. The id of an event that has none of its own in the stream is 0.
type eventHash struct{ id, event uint64 }

// earlierEvents are those of the connections before the present one.
type earlierEvents struct {
	events map[uint64]struct{} // that have not come again
	ids    map[uint64]struct{}
	here   map[uint64]uint64 // of this connection, the event by its id
	most   int               // events in each of them, about
	left   int               // events of this connection until nothing more is compared
}

func newDuplicates(budget *memory.Budget) *duplicates {
	most := rememberedEvents * (budget.Limit() >> 20) / (memory.Default >> 20)
	return &duplicates{seed: maphash.MakeSeed(), memory: budget, most: min(most, rememberedEvents)}
}

// hash hashes the parts of an event apart, so that they cannot run into each other.
func (d *duplicates) hash(m *Message, hasOwnID bool) (h eventHash) {
	const odd = 0x9e3779b97f4a7c15
	id := maphash.String(d.seed, m.ID)
	if hasOwnID {
		h.id = id | 1
	}
	h.event = (maphash.String(d.seed, m.Type)*odd+id)*odd + maphash.Bytes(d.seed, m.Data)
	return h
}

// reconnect begins the next connection: all that came so far came earlier.
func (d *duplicates) reconnect() {
	if d.count == 0 {
		return
	}
	d.coarse = d.coarse || d.idsCameAgain()
	d.count = 0
	if d.forgetEarlier(); d.coarse {
		return
	}
	e := &earlierEvents{
		events: make(map[uint64]struct{}, len(d.events)), ids: make(map[uint64]struct{}),
		here: make(map[uint64]uint64), most: len(d.events), left: 2*len(d.events) + 1000,
	}
	for _, h := range d.events {
		e.events[h.event] = struct{}{}
		if h.id != 0 {
			e.ids[h.id] = struct{}{}
		}
	}
	d.earlier = e
	d.memory.Add(e.size())
}

// size is how many bytes are counted for the events to compare with, and for those of this connection.
func (e *earlierEvents) size() int { return e.most * comparedSize }

func (d *duplicates) forgetEarlier() {
	if d.earlier != nil {
		d.memory.Add(-d.earlier.size())
		d.earlier = nil
	}
}

func (d *duplicates) idsCameAgain() bool {
	events := make(map[uint64]uint64)
	for n := range min(d.count, len(d.events)) {
		h := d.events[(d.next+len(d.events)-1-n)%len(d.events)]
		if event, known := events[h.id]; known && event != h.event && h.id != 0 {
			return true
		}
		events[h.id] = h.event
	}
	return false
}

// check reports whether an earlier connection gave the event, and this one has not yet; or, if not, whether one gave
// another event of that id.
func (d *duplicates) check(h eventHash) (again, used bool) {
	e := d.earlier
	if e == nil {
		return false, false
	}
	if event, here := e.here[h.id]; here && h.id != 0 && event != h.event {
		d.coarse = true
		d.forgetEarlier()
		return false, false
	}
	if _, again = e.events[h.event]; again {
		delete(e.events, h.event)
		return true, false
	}
	_, used = e.ids[h.id]
	return false, used
}

func (d *duplicates) add(h eventHash) {
	d.count++
	if len(d.events) < d.most {
		d.events = append(d.events, h)
		d.memory.Add(eventHashSize)
	} else {
		d.events[d.next] = h
	}
	d.next = (d.next + 1) % d.most
	if e := d.earlier; e != nil {
		e.here[h.id] = h.event
		if e.left--; e.left == 0 {
			d.forgetEarlier()
		}
	}
}
