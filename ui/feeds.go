package ui

import (
	"cmp"
	"fmt"
	"slices"
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

// worstFirst is the feeds in the order in which they need attention, those alike as they are configured. Of those in one
// state, suspects come first.
func (all feedList) worstFirst(now time.Time, isSuspect func(*feedHealth) bool) feedList {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b *feedHealth) int {
		return cmp.Or(cmp.Compare(severity(a.state(now)), severity(b.state(now))), compareBools(isSuspect(b), isSuspect(a)))
	})
	return sorted
}

// severity ranks states, the worst first. A feed that waits and connects in turn keeps its place.
func severity(s feed.State) int {
	if s == feed.Connecting {
		s = feed.Waiting
	}
	return slices.Index([]feed.State{feed.Failed, feed.Waiting, feed.Silent, feed.Quiet, feed.Closed, feed.Live, feed.Finished}, s)
}

func (all feedList) notLive(now time.Time) int {
	n := 0
	for _, h := range all {
		if h.state(now) != feed.Live {
			n++
		}
	}
	return n
}

// notLiveText is how many feeds are not live, behind what else a title says; empty for none.
func (all feedList) notLiveText(now time.Time) string {
	if down := all.notLive(now); down > 0 {
		return fmt.Sprintf(" · %d not live", down)
	}
	return ""
}

func (all feedList) nameWidth() int {
	w := 0
	for _, h := range all {
		w = max(w, cells(h.name))
	}
	return w
}
