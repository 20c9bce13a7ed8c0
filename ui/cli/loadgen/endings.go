package loadgen

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Cause is why connections were refused or lost, and how many.
type Cause struct {
	Cause  string `json:"cause"`
	Times  int    `json:"times"`
	Advice string `json:"-"` // what to do about it
}

// keptCauses bounds them; servers may word each refusal differently.
const keptCauses = 16

// endings gather why there was no stream, or no longer.
type endings struct {
	mu               sync.Mutex
	refusals, losses map[string]Cause // by the cause
}

func (e *endings) refuse(cause, advice string) {
	e.note(&e.refusals, Cause{Cause: cause, Advice: advice})
}
func (e *endings) drop(cause string) { e.note(&e.losses, Cause{Cause: cause}) }

func (e *endings) note(to *map[string]Cause, c Cause) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if *to == nil {
		*to = map[string]Cause{}
	}
	if _, known := (*to)[c.Cause]; !known && len(*to) >= keptCauses {
		c = Cause{Cause: "for other causes"}
	}
	c.Times = (*to)[c.Cause].Times + 1
	(*to)[c.Cause] = c
}

// causes are in order, the commonest first.
func causes(of map[string]Cause) (all []Cause, times int) {
	all = []Cause{}
	for _, c := range of {
		all = append(all, c)
		times += c.Times
	}
	slices.SortFunc(all, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), strings.Compare(a.Cause, b.Cause))
	})
	return all, times
}
