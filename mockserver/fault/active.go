package fault

import (
	"slices"
	"sync/atomic"
	"time"
)

// Activation is a fault at work.
type Activation struct {
	Fault
	Until time.Time // when it ends, if it lasts

	value  parsedValue
	serial uint64        // among all activations, from 1
	client atomic.Uint64 // the one connection that it hits, if its share is One; 0: none yet
}

// Number is the value as a number.
func (a *Activation) Number() int64 { return a.value.number }

// ReplaysEverything reports whether an OtherNode replays all that it has.
func (a *Activation) ReplaysEverything() bool { return a.value.word == replayEverything }

func (a *Activation) hitsClient(client uint64) bool {
	switch a.Share {
	case All:
		return true
	case One:
		return a.client.CompareAndSwap(0, client) || a.client.Load() == client
	}
	return scatter(a.serial, client)%100 < uint64(a.Share)
}

// scatter scatters numbers like chance, but gives the same every time (the finalizer of SplitMix64).
func scatter(a, b uint64) uint64 {
	x := a*0x9e3779b97f4a7c15 + b
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Active is all that is wrong with the server at one moment. It is replaced, never changed, so that streams read it
// without a lock.
type Active struct {
	lasting  []*Activation // the latest last; at most one of a name
	instant  []*Activation // the latest few of those that are over at once
	count    uint64        // activations so far
	replaced chan struct{} // closed when there is a newer one
}

// withActivation is a with one more activation; one that lasts no time is over at once.
func (a *Active) withActivation(f Fault, value parsedValue, duration time.Duration) *Active {
	const maxInstant = 64 // that may come between two looks of a stream that is busy writing
	now := time.Now()
	added := &Activation{Fault: f, value: value, serial: a.count + 1, Until: now.Add(duration)}
	next := &Active{lasting: slices.Clone(a.lasting), instant: slices.Clone(a.instant), count: a.count + 1}
	if duration == 0 {
		next.instant = append(next.instant, added)
		next.instant = next.instant[max(0, len(next.instant)-maxInstant):]
		return next
	}
	next.lasting = append(slices.DeleteFunc(next.lasting, func(old *Activation) bool {
		return old.Name == f.Name || !now.Before(old.Until)
	}), added)
	return next
}

// Replaced is closed when a fault was injected, repeated or cleared since.
func (a *Active) Replaced() <-chan struct{} { return a.replaced }

// On is the activation of a fault that lasts and hits a connection now, or nil. ServerWide faults hit any number.
func (a *Active) On(name string, client uint64) *Activation {
	if len(a.lasting) == 0 {
		return nil
	}
	return a.latest(client, func(s string) bool { return s == name })
}

// latest is the newest activation that lasts, has one of these names and hits a connection; or nil.
func (a *Active) latest(client uint64, named func(string) bool) *Activation {
	for _, one := range slices.Backward(a.lasting) {
		if named(one.Name) && time.Now().Before(one.Until) && one.hitsClient(client) {
			return one
		}
	}
	return nil
}
