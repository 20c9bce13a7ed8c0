// Package relay serves what feeds send to any number of clients.
//
// A [Source] takes the events of a feed set and publishes them, in livetape's own wire format, to the hub of a server:
// prices, headlines, halts and readings with the name of their feed and its own time, and how each feed is as events of the
// type "feed". Its [State] is what all of it adds up to, from which a new client gets its snapshot.
package relay

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/mockserver"
	"livetape/mockserver/hub"
)

// Options say what a Source relays.
type Options struct {
	Feeds  []string // their names, in the order in which they are shown
	Events <-chan feed.Event

	// Budget is where what is kept of a feed is counted; nil for no bound but those of the board.
	Budget func(feed string) market.Budget
}

// Source relays feeds. It implements [mockserver.Source].
type Source struct {
	events <-chan feed.Event

	mu    sync.Mutex // held while events are published, so that the state agrees with the log
	state *State
	hub   *hub.Hub // nil before Run
	batch batch
	lag   time.Duration // from the arrival of the last event to its publication
}

var _ mockserver.Source = (*Source)(nil)

// NewSource returns a source that relays nothing until Run.
func NewSource(o Options) *Source {
	return &Source{events: o.Events, state: NewState(o.Feeds, o.Budget)}
}

// maxBatch is how many events are published at once.
const maxBatch = 256

// Run implements [mockserver.Source]. It returns when ctx or the feeds have ended.
func (s *Source) Run(ctx context.Context, h *hub.Hub) error {
	s.mu.Lock()
	s.hub = h
	s.mu.Unlock()
	for {
		select {
		case <-ctx.Done():
			return nil
		case ev, open := <-s.events:
			if !open {
				return nil
			}
			s.publish(ev)
		}
	}
}

// publish publishes an event and those that wait behind it.
func (s *Source) publish(ev feed.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batch.clear()
	for n, open := 0, true; open; n++ {
		s.state.take(ev, &s.batch)
		s.lag = time.Since(ev.At)
		if n >= maxBatch {
			break
		}
		select {
		case ev, open = <-s.events:
		default:
			open = false
		}
	}
	if len(s.batch.drafts) > 0 {
		s.hub.Publish(s.batch.drafts, s.batch.data)
	}
}

// batch is what is published at once.
type batch struct {
	drafts []hub.Draft
	data   []byte
}

func (b *batch) clear() { b.drafts, b.data = b.drafts[:0], b.data[:0] }

// add adds an event, whose own data were appended to those of the batch.
func (b *batch) add(d hub.Draft, data []byte) {
	d.Size = len(data) - len(b.data)
	b.data = data
	b.drafts = append(b.drafts, d)
}

// setFeedID gives the drafts of a feed, from one on, its own id of them.
func (b *batch) setFeedID(first int, feed, id string) {
	for n := first; n < len(b.drafts); n++ {
		if b.drafts[n].Feed == feed {
			b.drafts[n].FeedID = id
		}
	}
}

// Ready reports whether a feed has told anything, so that a snapshot has something in it.
func (s *Source) Ready() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hub != nil && s.state.HasContent()
}

// EventTypes implements [mockserver.Source].
func (*Source) EventTypes() []string { return EventTypes() }

// EventTypes are the types of the events that a relay sends.
func EventTypes() []string { return []string{"price", "news", "status", "reading", hub.FeedType} }

// NewEncoder implements [mockserver.Source].
func (s *Source) NewEncoder(_ context.Context, asked hub.Native) (hub.Encoder, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hub == nil {
		return nil, mockserver.ErrNotReady
	}
	asked.Snapshot = s.snapshot
	return asked.NewEncoder(), nil
}

func (s *Source) snapshot(f hub.Filter) (data []byte, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.AppendSnapshot(nil, f), s.hub.Log().Newest()
}

// WriteMetrics implements [mockserver.Source].
func (s *Source) WriteMetrics(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	family(w, "livetape_relay_lag_seconds", "gauge", "from the arrival of the last event to its publication")
	fmt.Fprintf(w, "livetape_relay_lag_seconds %g\n", s.lag.Seconds())
	s.state.writeMetrics(w, time.Now())
}

func family(w io.Writer, name, kind, help string) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// label is a value of a label in the text format of Prometheus.
func label(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
