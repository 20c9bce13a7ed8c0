package feed

import "hash/maphash"

// window is how many events a feed remembers to recognise one that comes again after a reconnect.
const window = 4096

// duplicates remembers the events that were delivered, by a hash of type, id and data. The oldest
// are forgotten first.
type duplicates struct {
	seed maphash.Seed
	seen map[uint64]struct{}
	ring []uint64
	next int
}

func newDuplicates() *duplicates {
	return &duplicates{seed: maphash.MakeSeed(), seen: make(map[uint64]struct{}, window), ring: make([]uint64, 0, window)}
}

// sum is what an event is remembered by. The parts are hashed apart, so that they cannot run into each other.
func (d *duplicates) sum(kind, id string, data []byte) uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := maphash.String(d.seed, kind)
	h = h*odd + maphash.String(d.seed, id)
	return h*odd + maphash.Bytes(d.seed, data)
}

func (d *duplicates) has(sum uint64) bool {
	_, ok := d.seen[sum]
	return ok
}

// add remembers an event that it does not have.
func (d *duplicates) add(sum uint64) {
	d.seen[sum] = struct{}{}
	if len(d.ring) < window {
		d.ring = append(d.ring, sum)
		return
	}
	delete(d.seen, d.ring[d.next])
	d.ring[d.next] = sum
	d.next = (d.next + 1) % window
}
