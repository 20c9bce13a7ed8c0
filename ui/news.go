package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

const (
	maxMarks   = 100 // gaps kept between headlines
	sourceMax  = 14
	symbolsMax = 16
)

// mark is a gap between two headlines, or several of a feed with no headline between them.
type mark struct {
	gap     *feed.Gap // the last
	feed    string
	named   bool   // there are several feeds
	after   uint64 // Story.Seq of the last headline before it
	gaps    int
	length  time.Duration // of all
	missed  int           // of those gaps that know
	unknown bool          // one does not know
	quiet   bool          // all are what a server that ends its streams makes
}

// add counts a gap in.
func (k mark) add(g *feed.Gap) mark {
	k.quiet = quiet(g) && (k.quiet || k.gaps == 0)
	k.gap, k.gaps, k.length = g, k.gaps+1, k.length+g.Length
	k.missed += max(g.Missed, 0)
	k.unknown = k.unknown || g.Missed < 0
	return k
}

// words say one gap in full, and several in sum.
func (k *mark) words(now time.Time) string {
	if k.gaps == 1 {
		return gapMark(k.gap, now)
	}
	words := humanize.Plural(uint64(k.gaps), "gap") + ", " + humanize.Duration(k.length) + " in all"
	switch {
	case k.unknown && k.missed > 0:
		return words + " · at least " + missed(k.missed)
	case k.unknown:
		return words
	}
	return words + " · " + missed(k.missed)
}

// news is the list of headlines, the newest first, with a mark wherever some may be missing.
type news struct {
	list
	source, symbols int // widths; they grow and never shrink
	titled          bool
}

// line is one row of the list: a story or a mark.
type newsLine struct {
	story *market.Story
	mark  *mark
}

// lines merges stories (newest first) and marks (oldest first) and returns rows from to before.
func newsLines(stories []*market.Story, marks []mark, from, before int) []newsLine {
	var out []newsLine
	m, at := len(marks)-1, 0
	for _, s := range stories {
		for ; m >= 0 && marks[m].after >= s.Seq; m-- {
			if at >= from && at < before {
				out = append(out, newsLine{mark: &marks[m]})
			}
			at++
		}
		if at >= before {
			return out
		}
		if at >= from {
			out = append(out, newsLine{story: s})
		}
		at++
	}
	for ; m >= 0 && at < before; m, at = m-1, at+1 {
		if at >= from {
			out = append(out, newsLine{mark: &marks[m]})
		}
	}
	return out
}

// grow makes room for a story.
func (n *news) grow(s *market.Story) {
	n.source = min(max(n.source, cells(s.Source)), sourceMax)
	n.symbols = min(max(n.symbols, cells(strings.Join(s.Symbols, " "))), symbolsMax)
}

// arrange takes the pane's height and the number of rows there are.
func (n news) arrange(height, rows int) news {
	n.titled = height > 2
	if n.titled {
		height--
	}
	n.list = n.fit(height, rows)
	return n
}

// view draws the pane in exactly f.height lines.
func (n news) view(f frame, t *shown) []string {
	pn := newPen(f.styles, f.width)
	lines := make([]string, 0, f.height)
	if n.titled {
		lines = append(lines, rule(pn, f, "News", n.place(t), ""))
	}
	for i, l := range newsLines(t.stories, t.marks, n.top, n.end()) {
		pn.selected = f.focused && n.top+i == n.cursor
		lines = append(lines, n.row(pn, f, l))
	}
	if len(t.stories) == 0 && len(lines) < f.height {
		pn.put(muted, "  No news yet.")
		lines = append(lines, pn.end())
	}
	return pad(lines, f.height)
}

// place says which headlines are on screen; the marks between them do not count.
func (n news) place(t *shown) string {
	var above, here int
	for i, l := range newsLines(t.stories, t.marks, 0, n.end()) {
		switch {
		case l.story == nil:
		case i < n.top:
			above++
		default:
			here++
		}
	}
	if here == 0 || here == len(t.stories) {
		return strconv.Itoa(len(t.stories))
	}
	return fmt.Sprintf("%d–%d of %d", above+1, above+here, len(t.stories))
}

func (n news) row(pn *pen, f frame, l newsLine) string {
	cursorMark(pn)
	if l.mark != nil {
		return markLine(pn, f, l.mark)
	}
	s := l.story
	at := s.Time
	if at.IsZero() {
		at = s.At
	}
	pn.left(muted, clockCell(at, f.now), 8)
	pn.space(2)
	if n.source > 0 && f.width >= 70 {
		pn.left(muted, s.Source, n.source)
		pn.space(2)
	}
	if n.symbols > 0 && f.width >= 50 {
		pn.left(tag, strings.Join(s.Symbols, " "), min(n.symbols, f.width/6))
		pn.space(2)
	}
	headline(pn, f, s)
	return pn.end()
}

// headline draws the title with what is special about it.
func headline(pn *pen, f frame, s *market.Story) {
	if s.Corrections > 0 {
		pn.put(warn, "CORRECTED ")
	}
	k := plain
	switch {
	case s.Importance == market.High:
		pn.put(busy, "! ")
		k = strong
	case s.Importance == market.Low:
		k = muted
	}
	pn.put(k, s.Title)
}

// markLine draws a gap: what came between these two headlines may be missing.
func markLine(pn *pen, f frame, m *mark) string {
	k := warn
	if m.quiet || !m.unknown && m.missed == 0 {
		k = muted
	}
	text := m.words(f.now)
	if m.named {
		text = m.feed + " · " + text
	}
	pn.put(k, "┄┄ "+text+" ")
	pn.fill(k, "┄")
	return pn.end()
}

// cursorMark begins a row: with the cursor's sign, where it stands here.
func cursorMark(pn *pen) {
	if pn.selected {
		pn.put(accent, "▌ ")
		return
	}
	pn.space(gutter)
}

// rule is a pane's title line: its name, which rows are shown, and a remark at the right.
func rule(pn *pen, f frame, name, where, right string) string {
	k, sign := title, "─ "
	if f.focused {
		k, sign = accent, "▸ "
	}
	pn.put(k, sign+name)
	pn.put(muted, join(" ", where)+" ")
	if room := pn.width - pn.used - cells(right) - 4; right != "" && room > 0 {
		pn.put(stale, strings.Repeat("─", room))
		pn.put(muted, " "+right+" ")
	}
	pn.fill(stale, "─")
	return pn.end()
}

// pad makes exactly height lines.
func pad(lines []string, height int) []string {
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines[:max(height, 0)]
}
