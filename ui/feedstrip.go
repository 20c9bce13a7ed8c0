package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"livetape/feed"
	"livetape/ui/humanize"
)

// stripItem is a feed in the strip.
type stripItem struct {
	wordings [][]span // the longest first, the last has only its sign and name
	level    int      // of wordings; as many as there are: the feed is only counted
	healthy  bool
}

func (i stripItem) isCounted() bool { return i.level == len(i.wordings) }

// feedStrip is the state of several feeds on one line, the worst first. Those that are well shrink first.
type feedStrip struct {
	items []stripItem
	lead  []span
	hint  string // on the right; empty where it has no room
	width int
}

const (
	fullStrip    = 100 // columns from which there are three blanks between feeds
	stripCause   = 20  // cells of a cause, where it has to be cut
	stripCut     = 12  // the same, where there is hardly room
	stripRates   = 6   // cells of the spark line of rates
	stripRateMin = 5   // cells of a rate, so that the next feed does not jump
)

func (m Model) feedStrip() []span {
	s := feedStrip{width: m.width - 1, hint: keyLabel(m.keys.feeds) + " " + m.keys.feeds.Help().Desc}
	if m.paused != nil {
		s.lead = []span{{held, "PAUSED · " + humanize.Count(m.paused.heldMessages) + " held"}}
	}
	for _, h := range m.sickFirst() {
		s.items = append(s.items, stripItem{wordings: m.stripWordings(h), healthy: h.state(m.now) == feed.Live && m.troubleOf(h).sign == ""})
	}
	s.shrink()
	line := s.spans()
	if rest := s.width - spanCells(line) - cells(s.hint) - 1; s.hint != "" && rest > 0 {
		key, does, _ := strings.Cut(s.hint, " ")
		line = append(line, span{plain, strings.Repeat(" ", rest)}, span{keyStyle, key}, span{muted, " " + does})
	}
	return line
}

// shrink takes words from feeds, those that need least attention first, until the line fits. Then the worst get back what
// has room.
func (s *feedStrip) shrink() {
	for _, step := range [...]struct {
		healthy bool
		level   int
	}{{true, 1}, {true, 2}, {false, 1}, {false, 2}, {true, 4}, {false, 3}, {false, 4}} {
		if !step.healthy && step.level == 3 && !s.fits() {
			s.hint = ""
		}
		for i := len(s.items) - 1; i >= 0 && !s.fits(); i-- {
			if s.items[i].healthy == step.healthy {
				s.items[i].level = step.level
			}
		}
	}
	for range len(s.items[0].wordings) {
		for i := range s.items {
			if shrunk := s.items[i]; !shrunk.isCounted() && shrunk.level > 0 {
				if s.items[i].level--; !s.fits() {
					s.items[i] = shrunk
				}
			}
		}
	}
}

func (s *feedStrip) fits() bool {
	used := spanCells(s.spans())
	if s.hint != "" {
		used += cells(s.hint) + 2
	}
	return used <= s.width
}

func (s *feedStrip) spans() []span {
	line, counted, st := slices.Clone(s.lead), 0, muted
	add := func(item []span) {
		if len(line) > 0 {
			line = append(line, span{plain, spaces(2 + min((s.width+1)/fullStrip, 1))})
		}
		line = append(line, item...)
	}
	for _, i := range s.items {
		if !i.isCounted() {
			add(i.wordings[i.level])
			continue
		}
		counted++
		if !i.healthy {
			st = warn
		}
	}
	switch {
	case counted > 0 && st == muted:
		add([]span{{live, "●"}, {muted, fmt.Sprintf(" %d more", counted)}})
	case counted > 0:
		add([]span{{st, fmt.Sprintf("+ %d more", counted)}})
	}
	return line
}

// stripWordings are what the strip can say of a feed.
func (m Model) stripWordings(h *feedHealth) [][]span {
	badge := m.badgeOf(h)[0]
	sign, _, _ := strings.Cut(badge.text, " ")
	name := []span{{badge.style, sign}, {strong, " " + h.name}}
	if h.isGuessed() {
		name = append(name, span{muted, " " + guessSign})
	}
	with := func(words ...span) []span { return append(slices.Clip(name), words...) }
	if h.state(m.now) != feed.Live {
		brief, short, cause := h.sickWords(m.now)
		return [][]span{with(span{plain, short + cause}), with(span{plain, short + truncate(cause, stripCause)}), with(span{plain, brief}), name}
	}
	if t := m.troubleOf(h); t.sign != "" {
		name[0] = span{warn, t.sign}
		return [][]span{with(span{warn, " " + t.words}), with(span{warn, " " + t.words}), with(span{warn, " " + t.brief}), with()}
	}
	rate, late, st := h.liveWords(m.now)
	if m.deck.Ended || m.deck.Paused {
		rate, late = "", ""
	}
	trouble := m.stripTrouble(h)
	rates := withSeparator(" ", h.history.rates(m.now, stripRates))
	return [][]span{
		with(span{plain, rate}, span{muted, rates}, span{st, late}, trouble),
		with(span{plain, rate}, span{st, late}, trouble),
		with(span{plain, rate}, trouble), name,
	}
}

// liveWords are the rate of a feed and its delay, each behind a blank, or empty while nothing is certain.
func (h *feedHealth) liveWords(now time.Time) (rate, late string, st style) {
	if elapsed(now, h.rate.firstTime()) >= time.Second && elapsed(now, h.liveSince) >= time.Second {
		rate = humanize.Rate(h.rate.rate(now))
		rate = " " + rate + spaces(max(stripRateMin-cells(rate), 0))
	}
	late, st = h.delay.text(now)
	return rate, withSeparator(" ", late), st
}

// stripTrouble is what else to know of a live feed, in few words.
func (m Model) stripTrouble(h *feedHealth) span {
	words := h.delay.worstText(m.now)
	if g := h.recentGap(m.now); g != nil {
		all := gapTextsByLength(g)
		words = all[len(all)-1]
	}
	if state := m.board.Market(h.name).State; words == "" && marketStateText(m.board.Market(h.name), m.now) != "" {
		words = "market " + string(state)
	}
	words = cmp.Or(words, h.recentNotice(m.now), plainLine(h.found.Problem), strings.TrimPrefix(redirectText(h.status), " · "))
	return span{warn, withSeparator(" ", truncate(words, 2*stripCause))}
}

// sickWords are how long a feed that is not live has been so, or when the next try is, in brief and in short, and why.
func (h *feedHealth) sickWords(now time.Time) (brief, short, cause string) {
	s := h.status
	cause = plainLine(s.Cause)
	switch h.state(now) {
	case feed.Quiet:
		if s.LastEvent.IsZero() {
			return "", " no event", withSeparator(": ", cause)
		}
		brief, cause = humanize.Duration(elapsed(now, s.LastEvent)), ""
		if s.UsualGap > 0 {
			cause = ", usually in " + humanize.Tenths(s.UsualGap)
		}
		return " " + brief, " no event for " + brief, cause
	case feed.Silent:
		if h.silentSince().IsZero() {
			return "", " nothing received", ""
		}
		brief = humanize.Duration(elapsed(now, h.silentSince()))
		return " " + brief, " nothing for " + brief, ""
	case feed.Waiting:
		brief = " " + retryInText(s, now)
		if s.Attempt > 0 {
			short = fmt.Sprintf(", try %d", s.Attempt)
		}
		return brief, brief + short, withSeparator(": ", cmp.Or(cause, endCauseText(s)))
	case feed.Connecting:
		return "", " connecting" + waitText(s, now), withSeparator(", after: ", h.lostCause)
	case feed.Closed:
		return "", " closed", withSeparator(" ", cause)
	case feed.Finished:
		return "", " finished", withSeparator(": ", cause)
	}
	cause = withSeparator(" ", cmp.Or(cause, "failed"))
	return truncate(cause, stripCut), "", cause
}
