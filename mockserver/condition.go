package mockserver

import (
	"slices"
	"sync/atomic"
	"time"
)

// strike is a fault at work.
type strike struct {
	fault  Fault
	value  magnitude
	number uint64 // of all strikes, from 1
	until  time.Time
	taken  atomic.Uint64 // the one connection that it strikes, where it is for One
}

// hits reports whether a connection, by its number, is struck.
func (k *strike) hits(client uint64) bool {
	switch k.fault.Share {
	case All:
		return true
	case One:
		return k.taken.CompareAndSwap(0, client) || k.taken.Load() == client
	}
	return scatter(k.number, client)%100 < uint64(k.fault.Share)
}

// scatter is as good as chance, but the same every time (the finalizer of SplitMix64).
func scatter(a, b uint64) uint64 {
	x := a*0x9e3779b97f4a7c15 + b
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// condition is all that is wrong with the server at a time. It is replaced, never changed, so that a stream
// looks at it without a lock.
type condition struct {
	lasting []*strike // the latest last; at most one of a name
	sudden  []*strike // the latest few of those that are over at once
	count   uint64    // strikes so far
}

// keptSudden is how many strikes may come between two looks of a stream that is busy writing.
const keptSudden = 64

// with is c with one more strike; one that lasts no time is over at once.
func (c *condition) with(f Fault, value magnitude, lasts time.Duration) *condition {
	now := time.Now()
	k := &strike{fault: f, value: value, number: c.count + 1, until: now.Add(lasts)}
	next := &condition{slices.Clone(c.lasting), slices.Clone(c.sudden), c.count + 1}
	if lasts == 0 {
		next.sudden = append(next.sudden, k)
		next.sudden = next.sudden[max(0, len(next.sudden)-keptSudden):]
		return next
	}
	next.lasting = append(slices.DeleteFunc(next.lasting, func(old *strike) bool {
		return old.fault.Name == f.Name || !now.Before(old.until)
	}), k)
	return next
}

// cleared is c without what lasts.
func (c *condition) cleared() *condition { return &condition{sudden: c.sudden, count: c.count} }

// on is the strike of a name that a connection suffers now, or nil.
func (c *condition) on(name string, client uint64) *strike {
	if len(c.lasting) == 0 {
		return nil
	}
	return c.suffered(client, func(s string) bool { return s == name })
}

// suffered is the latest strike that lasts, has one of these names, and hits a connection; or nil.
func (c *condition) suffered(client uint64, named func(string) bool) *strike {
	for _, k := range slices.Backward(c.lasting) {
		if named(k.fault.Name) && time.Now().Before(k.until) && k.hits(client) {
			return k
		}
	}
	return nil
}
