package ui

import (
	"fmt"
	"time"

	"livetape/feed"
	"livetape/ui/humanize"
)

// feeds are the connections on screen, in the order of the configuration.
type feeds []*health

func newFeeds(sources []Source) feeds {
	var all feeds
	for _, s := range sources {
		all = append(all, newHealth(s))
	}
	return all
}

// of is the feed of that name, or nil.
func (all feeds) of(name string) *health {
	for _, h := range all {
		if h.name == name {
			return h
		}
	}
	return nil
}

// isLive reports whether what the named feed last said is still being kept up to date.
func (all feeds) isLive(now time.Time) func(name string) bool {
	return func(name string) bool {
		h := all.of(name)
		return h != nil && h.state(now) == feed.Live
	}
}

// changes is when a badge will next read differently by time alone; zero for never.
func (all feeds) changes(now time.Time) time.Time {
	var next time.Time
	for _, h := range all {
		next = earlier(next, h.changes(now))
	}
	return next
}

// troubled is the first feed that is not live, or the first of all; nil when there are none.
func (all feeds) troubled(now time.Time) *health {
	for _, h := range all {
		if h.state(now) != feed.Live {
			return h
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// counters are the totals of all feeds, and of the quotes for which the board had no room; those that should not
// be there are in color.
func (all feeds) counters(refused uint64) []span {
	var messages, faults, unmapped, duplicates uint64
	for _, h := range all {
		messages += h.messages
		faults += h.faults
		unmapped += h.unmapped
		duplicates += h.duplicates
	}
	out := []span{{muted, humanize.Plural(messages, "event")}}
	for _, s := range []struct {
		n    uint64
		k    ink
		text string
	}{{faults, bad, humanize.Plural(faults, "fault")}, {unmapped, warn, humanize.Count(unmapped) + " unmapped"}, {duplicates, muted, humanize.Plural(duplicates, "duplicate")}, {refused, warn, humanize.Count(refused) + " refused"}} {
		if s.n > 0 {
			out = append(out, span{muted, " · "}, span{s.k, s.text})
		}
	}
	return out
}

// nameWidth is the room that the longest name needs.
func (all feeds) nameWidth() int {
	w := 0
	for _, h := range all {
		w = max(w, cells(h.name))
	}
	return w
}

// summary stands for the feeds that have no line of their own.
func (all feeds) summary(now time.Time) span {
	down := 0
	for _, h := range all {
		if h.state(now) != feed.Live {
			down++
		}
	}
	if down > 0 {
		return span{warn, fmt.Sprintf("+ %s, %d not live", humanize.Plural(uint64(len(all)), "feed"), down)}
	}
	return span{muted, fmt.Sprintf("+ %s, live", humanize.Plural(uint64(len(all)), "feed"))}
}
