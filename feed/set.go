package feed

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"livetape/feed/memory"
)

// eventBuffer is how many events may wait for the reader of a set before the sockets are slowed.
const eventBuffer = 1024

// Set is a group of running feeds with one channel of events. [Set.Add] and [Set.Remove] change it while it runs. Its
// methods may be called from any goroutine.
type Set struct {
	environment environment
	events      chan Event
	sent        atomic.Int64 // messages put on it
	running     sync.WaitGroup
	start       func(*supervisor) *setMember // in the context of the set

	mu      sync.Mutex
	ended   bool // no feed can be added
	members map[string]*setMember
}

type setMember struct {
	commands commandBox
	memory   *memory.Budget
	stop     context.CancelFunc
	done     chan struct{} // closed when the feed's goroutine has returned
}

var errSetEnded = errors.New("the feeds have ended")

func newSet(ctx context.Context, e environment) *Set {
	s := &Set{environment: e, events: make(chan Event, eventBuffer), members: make(map[string]*setMember)}
	s.start = func(f *supervisor) *setMember {
		ctx, stop := context.WithCancel(ctx)
		m := &setMember{f.commands, f.delivery.memory, stop, make(chan struct{})}
		s.running.Go(func() {
			defer close(m.done)
			defer stop()
			f.run(ctx)
		})
		return m
	}
	return s
}

func (s *Set) closeAfter(ctx context.Context) {
	<-ctx.Done()
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.running.Wait()
	close(s.events)
}

func (s *Set) newSupervisor(c Config) (*supervisor, error) {
	endpoint, err := c.Endpoint(s.environment.lookup)
	if err != nil {
		return nil, err
	}
	return newSupervisor(c, endpoint, s.events, &s.sent, s.environment.random), nil
}

// Events is the one channel on which everything arrives. It is closed after ctx ended and every
// goroutine of the set has returned, within 100 ms.
func (s *Set) Events() <-chan Event { return s.events }

// Add begins to watch one more feed, as [Start] does. The error never holds a secret.
func (s *Set) Add(c Config) error {
	f, err := s.newSupervisor(c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended:
		return errSetEnded
	case s.members[c.Name] != nil:
		return errNameTaken(c.Name)
	}
	s.members[c.Name] = s.start(f)
	return nil
}

// Remove stops watching the named feed and waits, up to 100 ms, for its goroutine to return: of its events only those
// can follow that already wait in the channel. It does nothing for a name that is not in the set.
func (s *Set) Remove(name string) error {
	m := s.member(name)
	if m == nil {
		return nil
	}
	m.stop()
	<-m.done
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return errSetEnded
	}
	delete(s.members, name)
	return nil
}

func (s *Set) member(name string) *setMember {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.members[name]
}

// Memory is the budget of what is kept of the named feed; nil for a name that is not in the set.
func (s *Set) Memory(name string) *memory.Budget {
	if m := s.member(name); m != nil {
		return m.memory
	}
	return nil
}

// RetryNow makes the named feed connect at once, whatever its state: a wait is cut short, a
// live connection is dropped and resumed. The attempt counter is kept. It never blocks; of commands given
// faster than they are obeyed, the latest counts.
func (s *Set) RetryNow(name string) { s.send(name, retryNow) }

// Disconnect closes the named feed's connection until Connect or RetryNow. It never blocks.
func (s *Set) Disconnect(name string) { s.send(name, disconnect) }

// Connect ends a Disconnect, or a state of Closed or Failed, and counts attempts anew. It never blocks.
func (s *Set) Connect(name string) { s.send(name, connect) }

func (s *Set) send(name string, c command) {
	if m := s.member(name); m != nil {
		m.commands.put(c)
	}
}

type command int8

const (
	retryNow command = iota
	disconnect
	connect
)

// commandBox holds the latest command that the supervisor has not taken yet.
type commandBox chan command

func newCommandBox() commandBox { return make(commandBox, 1) }

// put never blocks: a newer command takes the place of one that still waits.
func (b commandBox) put(latest command) {
	for {
		select {
		case b <- latest:
			return
		default:
		}
		select {
		case <-b:
		default:
		}
	}
}
