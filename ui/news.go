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
	maxGapMarks = 100 // gaps kept between headlines
	sourceMax   = 14
	symbolsMax  = 16
)

// gapMark is a gap between two headlines, or several of a feed with no headline between them.
type gapMark struct {
	gap       *feed.Gap // the last
	feed      string
	withFeed  bool   // there are several feeds
	after     uint64 // Story.Seq of the last headline before it
	gaps      int
	length    time.Duration // of all
	missed    int           // of those gaps that know
	unknown   bool          // one does not know
	isRoutine bool          // all are what a server that ends its streams makes
}

// add counts a gap in.
func (k gapMark) add(g *feed.Gap) gapMark {
	k.isRoutine = isRoutineGap(g) && (k.isRoutine || k.gaps == 0)
	k.gap, k.gaps, k.length = g, k.gaps+1, k.length+g.Length
	k.missed += max(g.Missed, 0)
	k.unknown = k.unknown || g.Missed < 0
	return k
}

// text say one gap in full, and several in sum.
func (k *gapMark) text(now time.Time) string {
	if k.gaps == 1 {
		return gapMarkText(k.gap, now)
	}
	words := humanize.Plural(uint64(k.gaps), "gap") + ", " + humanize.Duration(k.length) + " in all"
	switch {
	case k.unknown && k.missed > 0:
		return words + " · at least " + missedText(k.missed)
	case k.unknown:
		return words
	}
	return words + " · " + missedText(k.missed)
}

// newsPane is the list of headlines, the newest first, with a mark wherever some may be missing.
type newsPane struct {
	list
	source, symbols int // widths; they grow and never shrink
	titled          bool
}

// line is one row of the list: a story or a mark.
type newsLine struct {
	story *market.Story
	mark  *gapMark
}

// lines merges stories (newest first) and marks (oldest first) and returns rows from to before.
func newsLines(stories []*market.Story, marks []gapMark, from, before int) []newsLine {
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
func (n *newsPane) grow(s *market.Story) {
	n.source = min(max(n.source, cells(s.Source)), sourceMax)
	n.symbols = min(max(n.symbols, cells(strings.Join(s.Symbols, " "))), symbolsMax)
}

// arrange takes the pane's height and the number of rows there are.
func (n newsPane) arrange(height, rows int) newsPane {
	n.titled = height > 2
	if n.titled {
		height--
	}
	n.list = n.fit(height, rows)
	return n
}

// view draws the pane in exactly f.height lines.
func (n newsPane) view(f drawArea, t *content) []string {
	pn := newLineWriter(f.styles, f.width)
	lines := make([]string, 0, f.height)
	if n.titled {
		lines = append(lines, drawTitle(pn, f, "News", n.positionText(t), ""))
	}
	for i, l := range newsLines(t.stories, t.marks, n.top, n.end()) {
		pn.selected = f.focused && n.top+i == n.cursor
		lines = append(lines, n.row(pn, f, l))
	}
	if len(t.stories) == 0 && len(lines) < f.height {
		pn.write(muted, "  No news yet.")
		lines = append(lines, pn.endLine())
	}
	return padLines(lines, f.height)
}

// positionText says which headlines are on screen; the marks between them do not count.
func (n newsPane) positionText(t *content) string {
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

func (n newsPane) row(pn *lineWriter, f drawArea, l newsLine) string {
	drawCursorMark(pn)
	if l.mark != nil {
		return drawGapMark(pn, f, l.mark)
	}
	s := l.story
	at := s.Time
	if at.IsZero() {
		at = s.At
	}
	pn.writeLeft(muted, timeCell(at, f.now), 8)
	pn.writeBlanks(2)
	if n.source > 0 && f.width >= 70 {
		pn.writeLeft(muted, s.Source, n.source)
		pn.writeBlanks(2)
	}
	if n.symbols > 0 && f.width >= 50 {
		pn.writeLeft(tag, strings.Join(s.Symbols, " "), min(n.symbols, f.width/6))
		pn.writeBlanks(2)
	}
	drawHeadline(pn, f, s)
	return pn.endLine()
}

// drawHeadline draws the title with what is special about it.
func drawHeadline(pn *lineWriter, f drawArea, s *market.Story) {
	if s.Corrections > 0 {
		pn.write(warn, "CORRECTED ")
	}
	k := plain
	switch {
	case s.Importance == market.High:
		pn.write(busy, "! ")
		k = strong
	case s.Importance == market.Low:
		k = muted
	}
	pn.write(k, s.Title)
}

// drawGapMark draws a gap: what came between these two headlines may be missing.
func drawGapMark(pn *lineWriter, f drawArea, m *gapMark) string {
	k := warn
	if m.isRoutine || !m.unknown && m.missed == 0 {
		k = muted
	}
	text := m.text(f.now)
	if m.withFeed {
		text = m.feed + " · " + text
	}
	pn.write(k, "┄┄ "+text+" ")
	pn.fillWith(k, "┄")
	return pn.endLine()
}

// drawCursorMark begins a row: with the cursor's sign, where it stands here.
func drawCursorMark(pn *lineWriter) {
	if pn.selected {
		pn.write(accent, "▌ ")
		return
	}
	pn.writeBlanks(gutter)
}

// drawTitle is a pane's title line: its name, which rows are shown, and a remark at the right.
func drawTitle(pn *lineWriter, f drawArea, name, where, right string) string {
	k, sign := title, "─ "
	if f.focused {
		k, sign = accent, "▸ "
	}
	pn.write(k, sign+name)
	pn.write(muted, prefixed(" ", where)+" ")
	if room := pn.width - pn.used - cells(right) - 4; right != "" && room > 0 {
		pn.write(stale, strings.Repeat("─", room))
		pn.write(muted, " "+right+" ")
	}
	pn.fillWith(stale, "─")
	return pn.endLine()
}

// padLines makes exactly height lines.
func padLines(lines []string, height int) []string {
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines[:max(height, 0)]
}
