package feed

import (
	"context"
	"errors"
	"fmt"
)

// member is a feed that runs in a set.
type member struct {
	stop context.CancelFunc
	left chan struct{} // closed when the feed's goroutine has returned
}

var errSetEnded = errors.New("the feeds have ended")

// run starts the feeds, and those that are added later. It ends with ctx, when the last feed has.
func (s *Set) run(ctx context.Context, feeds []*supervisor) {
	defer close(s.events)
	defer s.running.Wait()
	defer close(s.ended)
	for _, f := range feeds {
		s.begin(ctx, f)
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

func (s *Set) begin(ctx context.Context, f *supervisor) {
	ctx, stop := context.WithCancel(ctx)
	m := &member{stop, make(chan struct{})}
	s.members[f.source.Name] = m
	s.running.Go(func() {
		defer close(m.left)
		defer stop()
		f.run(ctx)
	})
}

// Add begins to watch one more feed, as [Start] does. The error never holds a secret.
func (s *Set) Add(c Config) error {
	source, err := newSource(c, s.world.lookup)
	if err != nil {
		return err
	}
	f := newSupervisor(source, s.events, &s.sent, s.world.random)
	s.mu.Lock()
	_, twice := s.orders[c.Name]
	if !twice {
		s.orders[c.Name] = f.orders
	}
	s.mu.Unlock()
	if twice {
		return fmt.Errorf("feed %s: name: is used twice", c.Name)
	}
	return s.change(func(ctx context.Context) { s.begin(ctx, f) })
}

// Remove stops watching the named feed and waits, up to 100 ms, for its goroutine to return: of its events only those
// can follow that already wait in the channel. It does nothing for a name that is not in the set.
func (s *Set) Remove(name string) error {
	left := make(chan struct{})
	err := s.change(func(context.Context) {
		if m, ok := s.members[name]; ok {
			delete(s.members, name)
			m.stop()
			left = m.left
		} else {
			close(left)
		}
	})
	if err != nil {
		return err
	}
	<-left
	s.mu.Lock()
	delete(s.orders, name)
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
