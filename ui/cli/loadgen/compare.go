package loadgen

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
)

// Bounds of a comparison. What comes later is not judged.
const (
	maxIDs        = 1 << 20
	maxDeliveries = 1 << 24
)

// comparison judges ids whose meaning only their server knows, by what all clients saw together. A client has lost an
// event if another one saw it between the first and the last that it saw itself. It numbers the ids as they come.
type comparison struct {
	seed       maphash.Seed
	shards     [64]idShard
	ids        atomic.Uint32 // known so far
	deliveries atomic.Int64
	full       atomic.Bool
}

type idShard struct {
	sync.RWMutex
	numbers map[string]uint32
}

func newComparison() *comparison { return &comparison{seed: maphash.MakeSeed()} }

// add appends an id to those that a client saw. It reports false when there is no room for more.
func (c *comparison) add(seen []uint32, id []byte) ([]uint32, bool) {
	if c.full.Load() {
		return seen, false
	}
	n, ok := c.eventNumber(id)
	if !ok || c.deliveries.Add(1) > maxDeliveries {
		c.full.Store(true)
		return seen, false
	}
	return append(seen, n), true
}

func (c *comparison) eventNumber(id []byte) (uint32, bool) {
	s := &c.shards[maphash.Bytes(c.seed, id)%uint64(len(c.shards))]
	s.RLock()
	n, known := s.numbers[string(id)]
	s.RUnlock()
	if known {
		return n, true
	}
	s.Lock()
	defer s.Unlock()
	if n, known := s.numbers[string(id)]; known {
		return n, true
	}
	n = c.ids.Add(1) - 1
	if n >= maxIDs {
		return 0, false
	}
	if s.numbers == nil {
		s.numbers = map[string]uint32{}
	}
	s.numbers[string(id)] = n
	return n, true
}

type clientResult struct {
	lost, duplicated, outOfOrder uint64
	behind                       uint64 // events that others saw, after its last
}

func (r *clientResult) add(other clientResult) {
	r.lost += other.lost
	r.duplicated += other.duplicated
	r.outOfOrder += other.outOfOrder
}

// judge compares what the clients saw, each in the order in which it came to it. It takes duplicates out of that.
func (c *comparison) judge(clients [][]uint32) []clientResult {
	ids := min(int(c.ids.Load()), maxIDs)
	results := make([]clientResult, len(clients))
	seenBy := make([]int, ids) // the client, counted from 1, that was last found to have seen it
	for i, seen := range clients {
		clients[i] = slices.DeleteFunc(seen, func(n uint32) bool {
			again := seenBy[n] == i+1
			seenBy[n] = i + 1
			return again
		})
		results[i].duplicated = uint64(len(seen) - len(clients[i]))
	}
	positions := newIDOrder(clients, ids).positions()
	for i, seen := range clients {
		results[i].judge(seen, positions)
	}
	return results
}

// judge looks at what a client saw, without duplicates.
func (r *clientResult) judge(seen []uint32, positions []int) {
	if len(seen) == 0 {
		return
	}
	first, last := positions[seen[0]], -1
	for _, n := range seen {
		at := positions[n]
		if at < last {
			r.outOfOrder++
		}
		first, last = min(first, at), max(last, at)
	}
	r.lost = uint64(last - first + 1 - len(seen))
	r.behind = uint64(len(positions) - 1 - last)
}

// idOrder finds the one order of ids that all clients agree on, by what came directly after what. Where the clients say
// nothing, or contradict each other, the id with the lower number goes first: some client saw it first.
type idOrder struct {
	successors [][]uint32 // by id: what came directly after it, to any client
	waitsFor   []int      // by id: how many ids without a position it came directly after
}

// newIDOrder takes what the clients saw, without duplicates, which say nothing.
func newIDOrder(clients [][]uint32, ids int) *idOrder {
	o := &idOrder{make([][]uint32, ids), make([]int, ids)}
	for _, seen := range clients {
		for i := 1; i < len(seen); i++ {
			previous, n := seen[i-1], seen[i]
			if !slices.Contains(o.successors[previous], n) {
				o.successors[previous] = append(o.successors[previous], n)
				o.waitsFor[n]++
			}
		}
	}
	return o
}

func (o *idOrder) positions() []int {
	positions := make([]int, len(o.waitsFor))
	placed := make([]bool, len(o.waitsFor))
	var ready []uint32 // those that wait for none, in their order
	for n, waitsFor := range o.waitsFor {
		if waitsFor == 0 {
			ready = append(ready, uint32(n))
		}
	}
	next := 0 // the first number that may not be placed yet
	for at := range positions {
		if len(ready) == 0 { // all that are left contradict each other
			for placed[next] {
				next++
			}
			ready = append(ready, uint32(next))
		}
		n := ready[0]
		ready = ready[1:]
		positions[n], placed[n] = at, true
		for _, m := range o.successors[n] {
			if o.waitsFor[m]--; o.waitsFor[m] == 0 && !placed[m] {
				i, _ := slices.BinarySearch(ready, m)
				ready = slices.Insert(ready, i, m)
			}
		}
	}
	return positions
}
