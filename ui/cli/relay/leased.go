package relay

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"livetape/feed"
	"livetape/mockserver"
	"livetape/mockserver/hub"
)

// Leased relays feeds for as long as it may publish to a log that it shares with other relays. It subscribes only then, to each
// feed from where the log ends.
type Leased struct {
	Feeds []string // their names

	// Start subscribes to the feeds, each after the last event id of it that is in the log; feeds that have none are not in
	// lastIDs. Stop ends the subscription.
	Start func(ctx context.Context, lastIDs map[string]string) (o Options, stop func(), err error)

	mu      sync.Mutex
	current *Source // nil while it may not publish
}

var _ mockserver.Source = (*Leased)(nil)

// sharedLog is what a shared log knows of its feeds.
type sharedLog interface {
	FeedID(feed string) string
	NewestTime() time.Time
}

// Run implements [mockserver.Source].
func (l *Leased) Run(ctx context.Context, h *hub.Hub) error {
	log, ok := h.Log().(sharedLog)
	if !ok {
		return fmt.Errorf("relay: a log of type %T is not shared", h.Log())
	}
	lastIDs := map[string]string{}
	for _, name := range l.Feeds {
		if id := log.FeedID(name); id != "" {
			lastIDs[name] = id
		}
	}
	l.publishGaps(h, lastIDs, log.NewestTime())
	options, stop, err := l.Start(ctx, lastIDs)
	if err != nil {
		return err
	}
	defer stop()
	source := NewSource(options)
	l.setCurrent(source)
	defer l.setCurrent(nil)
	return source.Run(ctx, h)
}

// publishGaps says of the feeds that have no ids that what they sent since the newest event in the log is lost.
func (l *Leased) publishGaps(h *hub.Hub, lastIDs map[string]string, newest time.Time) {
	if newest.IsZero() {
		return
	}
	var out batch
	for _, name := range l.Feeds {
		if lastIDs[name] != "" {
			continue
		}
		now := time.Now()
		gap := &feed.Gap{Kind: feed.Unreplayed, Lost: newest, Length: max(0, now.Sub(newest)), Missed: feed.Unknown, Reason: "another relay subscribes now"}
		report := feed.Report{Feed: name, Status: feed.Status{State: feed.Connecting, Since: now}, Gap: gap}
		out.add(hub.Draft{Type: hub.FeedType, Symbols: []string{""}, Feed: name}, appendReport(out.data, report))
	}
	if len(out.drafts) > 0 {
		h.Publish(out.drafts, out.data)
	}
}

func (l *Leased) setCurrent(s *Source) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current = s
}

// Ready implements [mockserver.Source]. The log knows better.
func (*Leased) Ready() bool { return true }

// EventTypes implements [mockserver.Source].
func (*Leased) EventTypes() []string { return EventTypes() }

// NewEncoder implements [mockserver.Source]. The snapshot is that of the log.
func (*Leased) NewEncoder(_ context.Context, asked hub.Native) (hub.Encoder, error) {
	return asked.NewEncoder(), nil
}

// WriteMetrics implements [mockserver.Source].
func (l *Leased) WriteMetrics(w io.Writer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current != nil {
		l.current.WriteMetrics(w)
	}
}
