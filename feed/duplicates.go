package feed

import "hash/maphash"

// window is how many events a feed remembers to recognise one that comes again after a reconnect.
const window = 4096

// duplicates remembers the events that came, by a hash of type, id and data, with the connection that each
// came on last. Only what comes again on a later connection is a duplicate: within one, a server
// whose ids are coarse (a second's timestamp, a constant) may well send equal events that are two. The oldest
// are forgotten first.
type duplicates struct {
	seed       maphash.Seed
	connection uint64            // the present one
	seen       map[uint64]uint64 // hash to connection
	ring       []uint64
	next       int
}

func newDuplicates() *duplicates {
	return &duplicates{seed: maphash.MakeSeed(), seen: make(map[uint64]uint64, window), ring: make([]uint64, 0, window)}
}

// sum is what an event is remembered by. The parts are hashed apart, so that they cannot run into each other.
func (d *duplicates) sum(kind, id string, data []byte) uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := maphash.String(d.seed, kind)
	h = h*odd + maphash.String(d.seed, id)
	return h*odd + maphash.Bytes(d.seed, data)
}

// reconnect begins the next connection: all that came so far came earlier.
func (d *duplicates) reconnect() { d.connection++ }

// has reports whether an earlier connection gave the event, and this one has not yet.
func (d *duplicates) has(sum uint64) bool {
	connection, ok := d.seen[sum]
	return ok && connection != d.connection
}

// add remembers an event as one of the present connection.
func (d *duplicates) add(sum uint64) {
	_, known := d.seen[sum]
	d.seen[sum] = d.connection
	switch {
	case known:
	case len(d.ring) < window:
		d.ring = append(d.ring, sum)
	default:
		delete(d.seen, d.ring[d.next])
		d.ring[d.next] = sum
		d.next = (d.next + 1) % window
	}
}
