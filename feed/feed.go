// Package feed keeps subscriptions to event streams alive and says, truthfully, how they are.
//
// [Start] is given one [Config] per feed and returns a running [Set]. Everything that happens
// arrives, in order, on the one channel of [Set.Events]: an [Event] carries either a [Status] (the
// connection changed its state), a [Gap] (it came back, and this is what was missed), a [Message], or a
// [Pulse] (it lives, though there was no message to show for it).
// Nothing is dropped on the way: a slow reader of the channel slows the sockets.
//
// Of a feed, a Status of Live comes before the first message of a connection, the Gap before the first
// message that tells it, and the Status that ends the connection after the last.
package feed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
)

// buffered is how many events may wait for the reader of a set before the sockets are slowed.
const buffered = 1024

// Set is a group of running feeds with one channel of events. [Set.Add] and [Set.Remove] change it while it runs. Its
// methods may be called from any goroutine.
type Set struct {
	world   world
	events  chan Event
	sent    atomic.Int64               // messages put on it
	changes chan func(context.Context) // for the goroutine of run
	ended   chan struct{}              // closed when run takes no more changes
	members map[string]*member         // of the same
	running sync.WaitGroup

	mu     sync.Mutex
	orders map[string]orders
}

// Start begins to watch every feed of configs, until ctx ends. It returns an error, and starts nothing,
// when a config is not valid, when it names a ${NAME} that the environment lacks, or when two have the same name.
// The error never holds a secret.
func Start(ctx context.Context, configs ...Config) (*Set, error) {
	return world{os.LookupEnv, rand.Float64}.start(ctx, configs)
}

// world is what the feeds take from outside, besides the network and the clock.
type world struct {
	lookup func(variable string) (string, bool)
	random func() float64 // in [0, 1); called from many goroutines
}

func (w world) start(ctx context.Context, configs []Config) (*Set, error) {
	set := &Set{
		world: w, events: make(chan Event, buffered), changes: make(chan func(context.Context)), ended: make(chan struct{}),
		members: make(map[string]*member), orders: make(map[string]orders),
	}
	var feeds []*supervisor
	var faults []error
	for _, c := range configs {
		s, err := newSource(c, w.lookup)
		switch {
		case err != nil:
			faults = append(faults, err)
			continue
		case set.orders[c.Name] != nil:
			faults = append(faults, fmt.Errorf("feed %s: name: is used twice", c.Name))
			continue
		}
		f := newSupervisor(s, set.events, &set.sent, w.random)
		set.orders[c.Name] = f.orders
		feeds = append(feeds, f)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	go set.run(ctx, feeds)
	return set, nil
}

// Events is the one channel on which everything arrives. It is closed after ctx ended and every
// goroutine of the set has returned, within 100 ms.
func (s *Set) Events() <-chan Event { return s.events }

// RetryNow makes the named feed connect at once, whatever its state: a wait is cut short, a
// live connection is dropped and resumed. The attempt counter is kept. It never blocks; of commands given
// faster than they are obeyed, the latest counts.
func (s *Set) RetryNow(name string) { s.give(name, retryNow) }

// Disconnect closes the named feed's connection until Connect or RetryNow. It never blocks.
func (s *Set) Disconnect(name string) { s.give(name, disconnect) }

// Connect ends a Disconnect, or a state of Closed or Failed, and counts attempts anew. It never blocks.
func (s *Set) Connect(name string) { s.give(name, connect) }

// give does nothing for a name that is not in the set.
func (s *Set) give(name string, o order) {
	s.mu.Lock()
	box, ok := s.orders[name]
	s.mu.Unlock()
	if ok {
		box.give(o)
	}
}
