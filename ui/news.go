package ui

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"livetape/feed/market"
)

const (
	maxSourceWidth  = 14
	maxSymbolsWidth = 16
	maxFeedWidth    = 10
	minNewsHint     = 78 // columns
	minNewsSource   = 90 // the same for the sources; the headline is worth more
	minNewsFeed     = 60 // the same for the feeds
	unreadSign      = "●"
)

// newsColumns are what the columns have to have room for. They grow and never shrink.
type newsColumns struct {
	sourceWidth, symbolsWidth, feedWidth int
	firstFeed                            string // that gave a headline
	manyFeeds                            bool   // another did, too
}

// newsPane is the list of headlines, newest first, with a gap mark wherever some may be missing.
type newsPane struct {
	list
	newsColumns
	titled    bool
	emptyText string

	ofSelected bool           // only the headlines of the selected symbol
	readTo     uint64         // Story.Seq of the last headline that was there when the pane lost the keyboard
	readBefore *readHeadlines // in an earlier run; nil for none
	focused    bool           // when last arranged
	symbol     string         // that is selected
	hint       string         // what keys do
	folded     *foldedNews    // nil while feeds are not folded
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

func (n *newsColumns) widenFor(s *market.Story) {
	n.sourceWidth = min(max(n.sourceWidth, cells(s.Source)), maxSourceWidth)
	n.symbolsWidth = min(max(n.symbolsWidth, cells(strings.Join(s.Symbols, " "))), maxSymbolsWidth)
	n.feedWidth = min(max(n.feedWidth, cells(s.Feed)), maxFeedWidth)
	n.firstFeed = cmp.Or(n.firstFeed, s.Feed)
	n.manyFeeds = n.manyFeeds || s.Feed != n.firstFeed
}

// storiesAfter are those of some headlines that arrived after the one of a number.
func storiesAfter(seq uint64, all []*market.Story) []*market.Story {
	var later []*market.Story
	for _, s := range all {
		if s.Seq > seq {
			later = append(later, s)
		}
	}
	return later
}

// lineAtCursor is the line that the user has chosen: none on the first, where the newest comes.
func (n newsPane) lineAtCursor(t *shownData) newsLine {
	if lines := newsLines(t.headlines, t.gapMarks, n.cursor, n.cursor+1); n.cursor > 0 && len(lines) == 1 {
		return lines[0]
	}
	return newsLine{}
}

// keepOnLine moves the cursor to where its line stands now.
func (n newsPane) keepOnLine(chosen newsLine, now *shownData) newsPane {
	if chosen == (newsLine{}) {
		return n
	}
	for i, l := range newsLines(now.headlines, now.gapMarks, 0, len(now.headlines)+len(now.gapMarks)) {
		if l.isSame(chosen) {
			n.list = n.shift(i - n.cursor)
			break
		}
	}
	return n
}

func (l newsLine) isSame(other newsLine) bool {
	if l.story != nil && other.story != nil {
		return l.story.Seq == other.story.Seq
	}
	a, b := l.mark, other.mark
	return a != nil && b != nil && a.feed == b.feed && (a.gap == b.gap || a.after == b.after)
}

// noteRead takes the headlines for read when the pane loses the keyboard, or has the screen to itself.
func (n newsPane) noteRead(focused bool, t *shownData) newsPane {
	newest := t.newestStory
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
	w.writeLeft(muted, timeCell(s.Published(), area.now), 8)
	w.writeBlanks(2)
	n.drawFeed(w, area, s)
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

// drawFeed names the feed of a headline where several feeds give some: two that carry the same would look like a repeat.
func (n newsPane) drawFeed(w *lineWriter, area drawContext, s *market.Story) {
	if n.manyFeeds && n.folded == nil && area.width >= minNewsFeed {
		w.writeLeft(muted, s.Feed, n.feedWidth)
		w.writeBlanks(2)
	}
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
