package ui

import (
	"fmt"
	"time"

	"livetape/feed"
	"livetape/ui/humanize"
)

// feedList is the watched feeds, in the order of the configuration.
type feedList []*feedHealth

func newFeeds(sources []Source) feedList {
	var all feedList
	for _, s := range sources {
		all = append(all, newFeedHealth(s))
	}
	return all
}

func (all feedList) byName(name string) *feedHealth {
	for _, h := range all {
		if h.name == name {
			return h
		}
	}
	return nil
}

func (all feedList) nextChange(now time.Time) time.Time {
	var next time.Time
	for _, h := range all {
		next = earliest(next, h.nextChange(now))
	}
	return next
}

func (all feedList) firstNotLive(now time.Time) *feedHealth {
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

// counters are the totals of all feeds, and of the quotes that the full board refused. Those that mean trouble have a
// color.
func (all feedList) counters(refused uint64) []span {
	var messages, decodeErrors, unmapped, duplicates uint64
	for _, h := range all {
		messages += h.messages
		decodeErrors += h.decodeErrors
		unmapped += h.unmapped
		duplicates += h.duplicates
	}
	out := []span{{muted, humanize.Plural(messages, "event")}}
	add := func(n uint64, st style, text string) {
		if n > 0 {
			out = append(out, span{muted, " · "}, span{st, text})
		}
	}
	add(decodeErrors, bad, humanize.Plural(decodeErrors, "decode error"))
	add(unmapped, warn, humanize.Count(unmapped)+" unmapped")
	add(duplicates, muted, humanize.Plural(duplicates, "duplicate"))
	add(refused, warn, humanize.Count(refused)+" refused")
	return out
}

func (all feedList) nameWidth() int {
	w := 0
	for _, h := range all {
		w = max(w, cells(h.name))
	}
	return w
}

func (all feedList) summaryOfRest(now time.Time) span {
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
