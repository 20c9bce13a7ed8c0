package loadgen

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// What a union remembers, in all. What comes later is not judged.
const (
	keptIDs        = 1 << 20
	keptDeliveries = 1 << 24
)

// union judges ids that mean nothing to anybody but their server: against what all clients saw together. A client has
// lost an event if another one saw it between the first and the last that it saw itself.
type union struct {
	seed   maphash.Seed
	shards [64]shard
	ids    atomic.Uint32 // known so far
	kept   atomic.Int64  // deliveries
	full   atomic.Bool
}

type shard struct {
	sync.RWMutex
	numbers map[string]uint32
}

func newUnion() *union { return &union{seed: maphash.MakeSeed()} }

// note appends an id to what a client saw. It reports false when there is no room for more.
func (u *union) note(seen []uint32, id []byte) ([]uint32, bool) {
	if u.full.Load() {
		return seen, false
	}
	n, ok := u.number(id)
	if !ok || u.kept.Add(1) > keptDeliveries {
		u.full.Store(true)
		return seen, false
	}
	return append(seen, n), true
}

func (u *union) number(id []byte) (uint32, bool) {
	s := &u.shards[maphash.Bytes(u.seed, id)%uint64(len(u.shards))]
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
	n = u.ids.Add(1) - 1
	if n >= keptIDs {
		return 0, false
	}
	if s.numbers == nil {
		s.numbers = map[string]uint32{}
	}
	s.numbers[string(id)] = n
	return n, true
}

// verdict is what became of one client's events.
type verdict struct {
	lost, again, late uint64
	behind            uint64 // events that others had, behind its last
}

// judge looks at what every client saw, in the order in which it came to them.
func (u *union) judge(clients [][]uint32) []verdict {
	ids := min(int(u.ids.Load()), keptIDs)
	places := newOrder(clients, ids).places()
	verdicts := make([]verdict, len(clients))
	seenBy := make([]int, ids) // the client, counted from 1, that was last found to have seen it
	for i, seen := range clients {
		verdicts[i] = judgeOne(seen, places, seenBy, i+1)
	}
	return verdicts
}

func judgeOne(seen []uint32, places []int, seenBy []int, client int) (v verdict) {
	if len(seen) == 0 {
		return v
	}
	least, most, distinct := places[seen[0]], -1, 0
	for _, n := range seen {
		if seenBy[n] == client {
			v.again++
			continue
		}
		seenBy[n] = client
		distinct++
		place := places[n]
		if place < most {
			v.late++
		}
		least, most = min(least, place), max(most, place)
	}
	v.lost = uint64(most - least + 1 - distinct)
	v.behind = uint64(len(places) - 1 - most)
	return v
}
