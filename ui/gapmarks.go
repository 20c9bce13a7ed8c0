package ui

import (
	"slices"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

// dailyGaps is how often and for how long a feed had no stream on one local day.
type dailyGaps struct {
	day     string
	gaps    int
	length  time.Duration
	missed  int  // events, of the gaps that know
	unknown bool // some gap does not know
}

func (a *dailyGaps) add(g *feed.Gap, at time.Time) {
	if isRoutineGap(g) {
		return
	}
	if day := dayOf(at); day != a.day {
		*a = dailyGaps{day: day}
	}
	a.gaps++
	a.length += g.Length
	a.missed += max(g.Missed, 0)
	a.unknown = a.unknown || g.Missed < 0
}

// text is the account of today: "2 gaps, 8 min"; empty for none.
func (a *dailyGaps) text(now time.Time) string {
	if a.gaps == 0 || a.day != dayOf(now) {
		return ""
	}
	return humanize.Plural(uint64(a.gaps), "gap") + ", " + humanize.Duration(a.length)
}

// missedText is how many events were missed today, as far as is known.
func (a *dailyGaps) missedText() string {
	switch {
	case !a.unknown:
		return missedText(a.missed)
	case a.missed > 0:
		return "at least " + missedText(a.missed)
	}
	return missedText(feed.Unknown)
}

// missedCount is missedText as a number: "?" where it is not known, "≥40" where it is known in part.
func (a *dailyGaps) missedCount() string {
	switch {
	case !a.unknown:
		return humanize.Count(uint64(a.missed))
	case a.missed > 0:
		return "≥" + humanize.Count(uint64(a.missed))
	}
	return "?"
}

func dayOf(t time.Time) string { return t.Local().Format(time.DateOnly) }

const maxGapMarks = 100

// gapMark is a line between two headlines for a gap in the stream, or for several gaps of one feed with no headline
// between them.
type gapMark struct {
	gap       *feed.Gap // the last
	feed      string
	withFeed  bool   // the line names the feed
	after     uint64 // Story.Seq of the last headline before it
	gaps      int
	length    time.Duration // of all gaps
	missed    int           // events, of the gaps that know
	unknown   bool          // some gap does not know how many events it missed
	isRoutine bool          // all gaps are routine, see isRoutineGap
}

func (m gapMark) add(g *feed.Gap) gapMark {
	m.isRoutine = isRoutineGap(g) && (m.isRoutine || m.gaps == 0)
	m.gap, m.gaps, m.length = g, m.gaps+1, m.length+g.Length
	m.missed += max(g.Missed, 0)
	m.unknown = m.unknown || g.Missed < 0
	return m
}

func (m *gapMark) text(now time.Time) string {
	if m.gaps == 1 {
		return gapMarkText(m.gap, now)
	}
	words := humanize.Plural(uint64(m.gaps), "gap") + ", " + humanize.Duration(m.length) + " in all"
	switch {
	case m.unknown && m.missed > 0:
		return words + " · at least " + missedText(m.missed)
	case m.unknown:
		return words
	}
	return words + " · " + missedText(m.missed)
}

func (m *moment) addGapMark(ev feed.Event) {
	added := gapMark{feed: ev.Feed, withFeed: m.manyFeeds, after: m.newestStory()}
	marks := slices.Clone(m.gapMarks) // a paused view may hold the old ones
	for i, old := range slices.Backward(marks) {
		if old.after != added.after {
			break
		}
		if old.feed == added.feed {
			added, marks = old, slices.Delete(marks, i, i+1)
			break
		}
	}
	marks = append(marks, added.add(ev.Gap))
	m.gapMarks = marks[max(len(marks)-maxGapMarks, 0):]
}

// moveGapMarkUp moves the last mark above a headline that arrived after the gap but is older, as those of a snapshot
// are: the mark belongs where the stream was lost.
func (m *moment) moveGapMarkUp(s *market.Story) {
	last := len(m.gapMarks) - 1
	if last < 0 {
		return
	}
	mark := m.gapMarks[last]
	if s.Feed != mark.feed || s.Time.IsZero() || !s.Time.Before(mark.gap.Lost) || s.Seq != mark.after+1 {
		return
	}
	mark.after = s.Seq
	m.gapMarks = append(m.gapMarks[:last:last], mark)
}

// gapMarkLine draws a gap: headlines between these two may be missing.
func gapMarkLine(w *lineWriter, area drawContext, m *gapMark) string {
	st := warn
	if m.isRoutine || !m.unknown && m.missed == 0 {
		st = muted
	}
	text := m.text(area.now)
	if m.withFeed {
		text = m.feed + " · " + text
	}
	w.write(st, "┄┄ "+text+" ")
	w.fillWith(st, "┄")
	return w.endLine()
}
