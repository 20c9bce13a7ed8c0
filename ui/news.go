package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"livetape/feed/market"
)

const (
	maxSourceWidth  = 14
	maxSymbolsWidth = 16
	minNewsHint     = 78 // columns
	minNewsSource   = 90 // the same for the sources; the headline is worth more
	unreadSign      = "●"
)

// newsPane is the list of headlines, newest first, with a gap mark wherever some may be missing.
type newsPane struct {
	list
	sourceWidth, symbolsWidth int // they grow and never shrink
	titled                    bool
	emptyText                 string

	ofSelected bool            // only the headlines of the selected symbol
	readTo     uint64          // Story.Seq of the last headline that was there when the pane lost the keyboard
	readBefore map[string]bool // headlines that were read in an earlier run, by storyKey
	focused    bool            // when last arranged
	symbol     string          // that is selected
	hint       string          // what keys do
	folded     *foldedNews     // nil while feeds are not folded
}

type newsLine struct {
	story *market.Story
	mark  *gapMark
}

// newsLines merges headlines (newest first) and gap marks (oldest first), and returns rows from up to before.
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

func (n *newsPane) widenFor(s *market.Story) {
	n.sourceWidth = min(max(n.sourceWidth, cells(s.Source)), maxSourceWidth)
	n.symbolsWidth = min(max(n.symbolsWidth, cells(strings.Join(s.Symbols, " "))), maxSymbolsWidth)
}

// newerThan is how many of some headlines, newest first, came after the one of a number.
func newerThan(seq uint64, all []*market.Story) int {
	if older := slices.IndexFunc(all, func(s *market.Story) bool { return s.Seq <= seq }); older >= 0 {
		return older
	}
	return len(all)
}

// keepOnStory moves the cursor with its headline from one screen to another, unless it is the first, which nobody has chosen.
func (n newsPane) keepOnStory(before, after *shownData) newsPane {
	lines := newsLines(before.headlines, before.gapMarks, n.cursor, n.cursor+1)
	if n.cursor == 0 || len(lines) == 0 || lines[0].story == nil {
		return n
	}
	chosen := lines[0].story.Seq
	for i, l := range newsLines(after.headlines, after.gapMarks, 0, len(after.headlines)+len(after.gapMarks)) {
		if l.story != nil && l.story.Seq == chosen {
			n.list = n.shift(i - n.cursor)
		}
	}
	return n
}

// noteRead takes the headlines for read when the pane loses the keyboard, or has the screen to itself.
func (n newsPane) noteRead(focused bool, t *shownData) newsPane {
	var newest uint64
	if len(t.stories) > 0 {
		newest = t.stories[0].Seq
	}
	n.readTo = min(n.readTo, newest)
	if n.focused && !focused || t.isOnlyNews() {
		n.readTo = newest
	}
	n.focused = focused
	return n
}

func (n newsPane) arrange(height, rows int) newsPane {
	n.titled = height > 2
	if n.titled {
		height--
	}
	n.list = n.fit(height, rows)
	return n
}

// view draws the pane in exactly area.height lines.
func (n newsPane) view(area drawContext, t *shownData) []string {
	w := newLineWriter(area.theme, area.width)
	lines := make([]string, 0, area.height)
	if n.titled {
		lines = append(lines, n.titleLine(w, area, t))
	}
	for i, l := range newsLines(t.headlines, t.gapMarks, n.top, n.end()) {
		w.selected = area.focused && n.top+i == n.cursor
		lines = append(lines, n.row(w, area, l))
	}
	if len(t.headlines) == 0 && len(lines) < area.height {
		w.write(muted, "  "+n.emptyText)
		lines = append(lines, w.endLine())
	}
	return padLines(lines, area.height)
}

func (n newsPane) titleLine(w *lineWriter, area drawContext, t *shownData) string {
	name, where, right := "News", n.positionText(t), n.hint
	if n.ofSelected {
		name += " of " + n.symbol
	}
	if _, unread, some := strings.Cut(n.countText(t.headlines), " · "); some {
		where += " · " + unread
	}
	if area.width < minNewsHint {
		right = ""
	}
	return paneTitleLine(w, area, name, where, right)
}

// positionText says which headlines are on screen. Gap marks do not count.
func (n newsPane) positionText(t *shownData) string {
	var above, here int
	for i, l := range newsLines(t.headlines, t.gapMarks, 0, n.end()) {
		switch {
		case l.story == nil:
		case i < n.top:
			above++
		default:
			here++
		}
	}
	if here == 0 || here == len(t.headlines) {
		return strconv.Itoa(len(t.headlines))
	}
	return fmt.Sprintf("%d–%d of %d", above+1, above+here, len(t.headlines))
}

func (n newsPane) row(w *lineWriter, area drawContext, l newsLine) string {
	s := l.story
	n.drawUnread(w, s)
	if s == nil {
		return gapMarkLine(w, area, l.mark)
	}
	w.writeLeft(muted, timeCell(storyTime(s), area.now), 8)
	w.writeBlanks(2)
	if n.sourceWidth > 0 && area.width >= minNewsSource {
		w.writeLeft(muted, s.Source, n.sourceWidth)
		w.writeBlanks(2)
	}
	if n.symbolsWidth > 0 && area.width >= 50 {
		width := min(n.symbolsWidth, area.width/6)
		w.writeLeft(tag, symbolsText(s.Symbols, width), width)
		w.writeBlanks(2)
	}
	drawHeadline(w, s)
	w.write(muted, withSeparator("  ", n.folded.feedsOfStory(s)))
	return w.endLine()
}

// symbolsText is as many of some symbols as have room, and how many others there are: "GOOGL NVDA +2".
func symbolsText(all []string, width int) string {
	text := strings.Join(all, " ")
	for n := len(all) - 1; n > 0 && cells(text) > width; n-- {
		others := fmt.Sprintf(" +%d", len(all)-n)
		if text = strings.Join(all[:n], " ") + others; n == 1 {
			text = truncate(all[0], max(width-cells(others), 1)) + others
		}
	}
	return text
}

// drawUnread draws the mark of an unread headline, and that of the cursor; nil is no headline.
func (n newsPane) drawUnread(w *lineWriter, s *market.Story) {
	switch {
	case s == nil || !n.isUnread(s):
		drawCursorMark(w)
	case w.selected:
		w.write(accent, "▌"+unreadSign)
	default:
		w.write(accent, " "+unreadSign)
	}
	w.writeBlanks(1)
}

// storyTime is when a headline was published, or else when it arrived.
func storyTime(s *market.Story) time.Time {
	if s.Time.IsZero() {
		return s.At
	}
	return s.Time
}

func drawHeadline(w *lineWriter, s *market.Story) {
	if s.Corrections > 0 {
		w.write(warn, "CORRECTED ")
	}
	st := plain
	switch {
	case s.Importance == market.High:
		w.write(busy, "! ")
		st = strong
	case s.Importance == market.Low:
		st = muted
	}
	w.write(st, s.Title)
}
