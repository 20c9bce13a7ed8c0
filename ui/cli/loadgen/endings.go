package loadgen

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Cause is why connections were refused or lost, and how many.
type Cause struct {
	Cause string `json:"cause"`
	Times int    `json:"times"`
}

// keptCauses bounds them; servers may word each refusal differently.
const keptCauses = 16

// endings gather why there was no stream, or no longer.
type endings struct {
	mu               sync.Mutex
	refusals, losses map[string]int
}

func (e *endings) refuse(cause string) { e.note(&e.refusals, cause) }
func (e *endings) drop(cause string)   { e.note(&e.losses, cause) }

func (e *endings) note(to *map[string]int, cause string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if *to == nil {
		*to = map[string]int{}
	}
	if _, known := (*to)[cause]; !known && len(*to) >= keptCauses {
		cause = "for other causes"
	}
	(*to)[cause]++
}

// causes are in order, the commonest first.
func causes(of map[string]int) (all []Cause, times int) {
	all = []Cause{}
	for cause, n := range of {
		all = append(all, Cause{cause, n})
		times += n
	}
	slices.SortFunc(all, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), strings.Compare(a.Cause, b.Cause))
	})
	return all, times
}
