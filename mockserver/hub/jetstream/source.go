package jetstream

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"

	"livetape/mockserver/hub"
)

// Source serves a shared log, and publishes to it what another source makes, while this process has the lease. It is a source of
// a mock server.
type Source struct {
	*Stream
	made madeEvents // nil: this process only serves
}

// madeEvents is the source whose events are published.
type madeEvents interface {
	// Run is called whenever this process gets the lease, and again in every epoch. Its context ends when another process has
	// it; what is published after that is forgotten. The log tells it with FeedID from where to go on.
	Run(ctx context.Context, h *hub.Hub) error
	EventTypes() []string
	WriteMetrics(w io.Writer)
}

// Source publishes what made makes, or only serves, if it is nil.
func (s *Stream) Source(made madeEvents) *Source { return &Source{s, made} }

// Run follows the stream, and publishes to it while this process has the lease, until ctx ends. An error is that of the source.
func (s *Source) Run(ctx context.Context, h *hub.Hub) error {
	s.mu.Lock()
	s.hub = h
	s.mu.Unlock()
	following, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer s.Close()
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	defer s.answerAboutSightings()()
	all.Go(func() { s.follow(following) })
	if s.made == nil {
		<-ctx.Done()
		return nil
	}
	return s.lead(ctx, func(ctx context.Context) error { return s.made.Run(ctx, h) })
}

// Ready reports whether the stream was reached, and has told anything: its events and a snapshot stay when NATS is away.
func (s *Source) Ready() bool { return s.reachedOnce.Load() && s.state.Load().hasContent() }

// EventTypes are those of the source, or all that a relay has.
func (s *Source) EventTypes() []string {
	types := []string{"price", "news", "status", "reading"}
	if s.made != nil {
		types = s.made.EventTypes()
	}
	if slices.Contains(types, hub.FeedType) {
		return types
	}
	return append(slices.Clone(types), hub.FeedType)
}

// NewEncoder gives a client the snapshot that the events of the log add up to. The error is hub.ErrUnavailable before the log
// was reached.
func (s *Source) NewEncoder(_ context.Context, asked hub.Native) (hub.Encoder, error) {
	if !s.reachedOnce.Load() {
		_, err := s.isFollowed()
		return nil, fmt.Errorf("%w: %w", hub.ErrUnavailable, err)
	}
	asked.Snapshot = func(f hub.Filter) ([]byte, string) { return s.state.Load().snapshot(f) }
	return asked.NewEncoder(), nil
}

// WriteMetrics writes how this process stands to the log, and what the source counts.
func (s *Source) WriteMetrics(w io.Writer) {
	if s.made != nil {
		s.made.WriteMetrics(w)
	}
	followed, _ := s.isFollowed()
	last := s.view.Load().newest()
	s.mu.Lock()
	lag := s.tail - min(s.tail, last)
	s.mu.Unlock()
	gauge := func(name, help string, value any) {
		fmt.Fprintf(w, "# HELP %[1]s %[2]s\n# TYPE %[1]s gauge\n%[1]s %[3]d\n", name, help, value)
	}
	gauge("livetape_log_followed", "1 while the shared log is followed, 0 while it cannot be reached", oneIf(followed))
	gauge("livetape_log_lag_events", "events that the shared log has and this process has not read", lag)
	gauge("livetape_log_lease", "1 while this process publishes to the shared log", oneIf(s.term.Load() != nil))
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}
