package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"livetape/feed/market"
	"livetape/ui/fold"
)

type drawContext struct {
	theme         *look
	now           time.Time
	width, height int
	focused       bool
	manyFeeds     bool // rows name their feed
	board         *market.Board
	alerts        alerts
	until         time.Time // with which spark lines end: now, or the begin of a pause
	pins          map[string]bool
	order         sortOrder
	held          bool       // the order of the rows
	fold          *fold.Book // nil where each feed has rows of its own
}

// sparkAxisFor is what a spark line of a row needs; the feed is nil once it is no longer watched.
func (a drawContext) sparkAxisFor(r *market.Row, h *feedHealth) sparkAxis {
	t := sparkAxis{until: a.until.Truncate(time.Second).Add(time.Second - 1)} // all of the second, so that it changes with the ages
	if a.board != nil {
		t.outages = a.board.Outages(r.Feed)
	}
	if h != nil && !h.untimed {
		t.usualDelay = h.delay.usual()
	}
	return t
}

func (m Model) areaOf(width, height int, pane paneID) drawContext {
	focused := m.focus == pane && (m.overlay == noOverlay || m.overlay == detailOverlay)
	area := m.overlayArea(height)
	area.width, area.focused = width, focused
	return area
}

// overlayArea is the area of what covers panes, as wide as they are.
func (m Model) overlayArea(height int) drawContext {
	area := drawContext{m.theme, m.now, m.layout.width, height, true, m.manyFeeds, m.board, m.alerts, m.now, m.view.pins, m.view.order, m.view.isHeld(m.now), m.shownFold()}
	if m.paused != nil {
		area.until = m.paused.at
	}
	if m.rewound != nil {
		area.alerts = alerts{} // they came true later, or stood out before
	}
	return area
}

func drawCursorMark(w *lineWriter) { drawGutter(w, " ") }

func drawGutter(w *lineWriter, sign string) {
	switch {
	case w.selected:
		w.write(accent, "▌"+sign)
	case sign == " ":
		w.writeBlanks(gutter)
	default:
		w.write(muted, " "+sign)
	}
}

// paneTitleLine is a pane's title line: its name, which rows it shows, and a remark on the right.
func paneTitleLine(w *lineWriter, area drawContext, name, where, right string) string {
	paneTitle(w, area, name, where)
	if room := w.width - w.used - cells(right) - 4; right != "" && room > 0 {
		w.write(border, strings.Repeat("─", room))
		w.write(muted, " "+right+" ")
	}
	w.fillWith(border, "─")
	return w.endLine()
}

// paneTitle begins a pane's title line.
func paneTitle(w *lineWriter, area drawContext, name, where string) {
	st, sign := title, "─ "
	if area.focused {
		st, sign = accent, "▸ "
	}
	w.write(st, sign+name)
	w.write(muted, withSeparator(" ", where)+" ")
}

func padLines(lines []string, height int) []string {
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines[:max(height, 0)]
}

func positionText(l list) string {
	if l.total <= l.height || l.height == 0 {
		return strconv.Itoa(l.total)
	}
	return fmt.Sprintf("%d–%d of %d", l.top+1, l.end(), l.total)
}

// viewEmptyReason fills the price pane with the reason why it has nothing to show.
func viewEmptyReason(area drawContext, words []span) []string {
	w := newLineWriter(area.theme, area.width)
	lines := w.wrapped(words, area.height)
	if len(lines)+2 <= area.height {
		lines = append([]string{paneTitleLine(w, area, "Prices", "", ""), ""}, lines...)
	}
	return padLines(lines, area.height)
}
