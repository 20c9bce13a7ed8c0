package feed

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// eventBuffer is how many events may wait for the reader of a set before the sockets are slowed.
const eventBuffer = 1024

// Set is a group of running feeds with one channel of events. [Set.Add] and [Set.Remove] change it while it runs. Its
// methods may be called from any goroutine.
type Set struct {
	environment environment
	events      chan Event
	sent        atomic.Int64               // messages put on it
	changes     chan func(context.Context) // for the goroutine of run
	ended       chan struct{}              // closed when run takes no more changes
	members     map[string]*member         // of the same
	running     sync.WaitGroup

	mu       sync.Mutex
	commands map[string]commandBox
}

func newSet(e environment) *Set {
	return &Set{
		environment: e, events: make(chan Event, eventBuffer), changes: make(chan func(context.Context)), ended: make(chan struct{}),
		members: make(map[string]*member), commands: make(map[string]commandBox),
	}
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

// member is a feed that runs in a set.
type member struct {
	stop context.CancelFunc
	done chan struct{} // closed when the feed's goroutine has returned
}

var errSetEnded = errors.New("the feeds have ended")

// run starts the feeds, and those that are added later. It ends with ctx, when the last feed has.
func (s *Set) run(ctx context.Context, feeds []*supervisor) {
	defer close(s.events)
	defer s.running.Wait()
	defer close(s.ended)
	for _, f := range feeds {
		s.runFeed(ctx, f)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case change := <-s.changes:
			change(ctx)
		}
	}
}

func (s *Set) runFeed(ctx context.Context, f *supervisor) {
	ctx, stop := context.WithCancel(ctx)
	m := &member{stop, make(chan struct{})}
	s.members[f.config.Name] = m
	s.running.Go(func() {
		defer close(m.done)
		defer stop()
		f.run(ctx)
	})
}

// Add begins to watch one more feed, as [Start] does. The error never holds a secret.
func (s *Set) Add(c Config) error {
	f, err := s.newSupervisor(c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	_, taken := s.commands[c.Name]
	if !taken {
		s.commands[c.Name] = f.commands
	}
	s.mu.Unlock()
	if taken {
		return errNameTaken(c.Name)
	}
	return s.change(func(ctx context.Context) { s.runFeed(ctx, f) })
}

// Remove stops watching the named feed and waits, up to 100 ms, for its goroutine to return: of its events only those
// can follow that already wait in the channel. It does nothing for a name that is not in the set.
func (s *Set) Remove(name string) error {
	done := make(chan struct{})
	err := s.change(func(context.Context) {
		if m, ok := s.members[name]; ok {
			delete(s.members, name)
			m.stop()
			done = m.done
		} else {
			close(done)
		}
	})
	if err != nil {
		return err
	}
	<-done
	s.mu.Lock()
	delete(s.commands, name)
	s.mu.Unlock()
	return nil
}

// change has the goroutine of run make a change, and waits until it is made.
func (s *Set) change(change func(context.Context)) error {
	made := make(chan struct{})
	select {
	case s.changes <- func(ctx context.Context) { change(ctx); close(made) }:
		<-made
		return nil
	case <-s.ended:
		return errSetEnded
	}
}

// RetryNow makes the named feed connect at once, whatever its state: a wait is cut short, a
// live connection is dropped and resumed. The attempt counter is kept. It never blocks; of commands given
// faster than they are obeyed, the latest counts.
func (s *Set) RetryNow(name string) { s.send(name, retryNow) }

// Disconnect closes the named feed's connection until Connect or RetryNow. It never blocks.
func (s *Set) Disconnect(name string) { s.send(name, disconnect) }

// Connect ends a Disconnect, or a state of Closed or Failed, and counts attempts anew. It never blocks.
func (s *Set) Connect(name string) { s.send(name, connect) }

// send does nothing for a name that is not in the set.
func (s *Set) send(name string, c command) {
	s.mu.Lock()
	box, ok := s.commands[name]
	s.mu.Unlock()
	if ok {
		box.put(c)
	}
}

// command is what a user asks of a feed.
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
