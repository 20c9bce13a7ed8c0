package loadgen

import (
	"container/heap"
	"slices"
)

// order finds the one order of ids that all clients agree on, by what came directly behind what. Where their accounts say
// nothing, or contradict each other, the one goes first that was seen first by anybody: by its number.
type order struct {
	behind [][]uint32 // by id: what came directly behind it, to anybody
	before []int      // by id: of how many it came directly behind, that have no place yet
}

func newOrder(clients [][]uint32, ids int) *order {
	o := &order{make([][]uint32, ids), make([]int, ids)}
	seenBy := make([]int, ids)
	for i, seen := range clients {
		o.follow(seen, seenBy, i+1)
	}
	return o
}

// follow takes one client's account. What comes again says nothing.
func (o *order) follow(seen []uint32, seenBy []int, client int) {
	var previous uint32
	first := true
	for _, n := range seen {
		if seenBy[n] == client {
			continue
		}
		seenBy[n] = client
		if !first && !slices.Contains(o.behind[previous], n) {
			o.behind[previous] = append(o.behind[previous], n)
			o.before[n]++
		}
		previous, first = n, false
	}
}

// places are the places of all ids, by number.
func (o *order) places() []int {
	places := make([]int, len(o.before))
	placed := make([]bool, len(o.before))
	var ready numbers
	for n, before := range o.before {
		if before == 0 {
			ready = append(ready, uint32(n))
		}
	}
	next := 0 // the first number that may have no place yet
	for at := range places {
		n := o.choose(&ready, placed, &next)
		places[n], placed[n] = at, true
		for _, m := range o.behind[n] {
			if o.before[m]--; o.before[m] == 0 && !placed[m] {
				heap.Push(&ready, m)
			}
		}
	}
	return places
}

// choose gives the lowest number that nothing stands before; where all that are left contradict each other, the lowest.
func (o *order) choose(ready *numbers, placed []bool, next *int) uint32 {
	if len(*ready) > 0 {
		if n, ok := heap.Pop(ready).(uint32); ok {
			return n
		}
	}
	for placed[*next] {
		*next++
	}
	return uint32(*next)
}

// numbers is a heap.
type numbers []uint32

func (h numbers) Len() int           { return len(h) }
func (h numbers) Less(i, j int) bool { return h[i] < h[j] }
func (h numbers) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *numbers) Push(x any)        { *h = append(*h, x.(uint32)) }
func (h *numbers) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
