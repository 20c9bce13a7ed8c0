package ui

import (
	"time"

	"livetape/feed/market"
)

// detailPart is one part of the details of the selected symbol.
type detailPart struct {
	pane            paneID                                   // that has the keyboard in it; noPane where there is nothing to do
	second          bool                                     // stands in the second column, where there is room for two
	grows           bool                                     // takes lines that no part wants
	minimum, wanted int                                      // lines, with the title. A part without room for its minimum is not shown
	view            func(m Model, area drawContext) []string // of the model when it is drawn: to keep a copy of it in each part costs more
}

// detailParts are the parts of the details of a row, in the order on screen. The first ones get their lines first.
func (m Model) detailParts(r *market.Row) []detailPart {
	h := m.feeds.byName(r.Feed)
	quote, chart := m.quotePart(r, h), chartPart(r, h)
	brief := m.areDetailsBrief(m.shownData())
	parts := []detailPart{quote}
	if brief {
		parts = []detailPart{chart}
	}
	if s := m.symbolOf(r); s != nil {
		parts = append(parts, m.peersPart(s))
	}
	if brief {
		parts = append(parts, quote)
	} else {
		parts = append(parts, chart)
	}
	if !r.IsReading {
		parts = append(parts, tapePart(r))
	}
	t := m.shownData()
	if p, shown := m.newsPart(t); shown {
		parts = append(parts, p)
	}
	if p, shown := m.alertsPart(); shown {
		parts = append(parts, p)
	}
	if v, held := m.positionOf(r); held {
		parts = append(parts, m.positionPart(v))
	}
	return append(parts, m.sourcePart(h))
}

// detailLayout is where the details stand, and how many lines each part has.
type detailLayout struct {
	beside, below bool  // the panes; neither where the details have the screen for themselves, or are not shown
	widths        []int // of the columns, one or two
	heights       []int // of the parts; zero for those without room
	height        int
}

const (
	minTwoColumns  = 110 // cells for the parts of the details to stand in two columns
	minSharedAbove = 16  // lines of body for several panes above the details
	minDetailLines = 9   // including the title
	minScrolled    = 32  // lines of body for the details to stand below rows of which not all have room
)

// showsDetails reports whether the details of the selected row are on screen.
func (m Model) showsDetails(t *shownData) bool {
	return !m.isPageFocused() && m.selectedRow(t) != nil && (m.overlay == detailOverlay && !m.readsText() || m.showsDetailsUnasked(t))
}

// showsDetailsUnasked reports whether there is room for the details without a key: beside the panes of a wide screen, or
// below them. It does not depend on whether there are news, so that the details stay when the first come.
func (m Model) showsDetailsUnasked(t *shownData) bool {
	switch {
	case m.width >= minBeside:
		return true
	case m.detailsClosed || m.showLog || m.showsBottom() || m.readsText() && m.overlay == detailOverlay || t.isOnlyNews() || m.showsRaw(t):
		return false
	}
	return m.hasRoomForDetails(t)
}

// hasRoomForDetails reports whether the details have room below all rows, or below as many as a large screen shows beside
// them.
func (m Model) hasRoomForDetails(t *shownData) bool {
	return m.width >= minTwoColumns && m.usualBody() >= minScrolled || m.hasRoomForAll(t)
}

// hasRoomForAll reports whether the details have room below all rows.
func (m Model) hasRoomForAll(t *shownData) bool {
	body := m.usualBody() - minDetailLines
	return body >= t.size && body-newsShare(body) >= m.priceLines(t)
}

// areDetailsBrief reports whether the details have taken lines from rows without being asked for.
func (m Model) areDetailsBrief(t *shownData) bool {
	return m.width < minBeside && m.overlay != detailOverlay && !m.hasRoomForAll(t)
}

// usualBody is how many lines the panes have while the state of the feeds takes one line. By those that they have now, the
// details would come and go with the cause of a lost connection.
func (m Model) usualBody() int {
	l := m.linesAround()
	usual := 1
	if m.config.Deck != nil {
		usual++
	}
	return m.height - l.header - l.tabs - l.footer - usual
}

// detailWidth is how wide the details are. On a wide screen they stand beside the panes.
func (m Model) detailWidth() int {
	if m.width < minBeside || m.overlay == detailOverlay && m.zoomed && !m.readsText() {
		return m.width
	}
	return m.width * 36 / 100
}

// placeDetails gives the details their lines and returns those that are left.
func (m Model) placeDetails(l layout, body int, t *shownData) (layout, int) {
	if !m.showsDetails(t) {
		return l, body
	}
	width, height, parts := m.detailWidth(), body, m.detailParts(m.selectedRow(t))
	switch {
	case width < m.width:
		l.details.beside = true
		l.width -= width + 2 // a line, and a blank before it
	case m.zoomed && m.overlay == detailOverlay || body < minShared:
	default:
		want := max(minDetailLines, m.spareLines(t, body))
		switch {
		case m.overlay == detailOverlay:
			want = max(want, body*2/5)
		case m.areDetailsBrief(t):
			want = max(want, body/3, leastInFirstColumn(parts))
		}
		l.details.below, height = true, min(want, max(body-4, body/2))
	}
	l.details = l.details.share(parts, m.focus, width, height)
	if l.details.beside {
		return l, body
	}
	return l, body - height
}

// leastInFirstColumn is how many lines the parts of the first of two columns need.
func leastInFirstColumn(parts []detailPart) (n int) {
	for _, p := range parts {
		if !p.second {
			n += p.minimum
		}
	}
	return n
}

// share gives parts their lines: the one with the keyboard comes first.
func (d detailLayout) share(parts []detailPart, focus paneID, width, height int) detailLayout {
	d.height, d.widths, d.heights = height, detailColumns(width), make([]int, len(parts))
	for column := range d.widths {
		var inColumn []int
		for i, p := range parts {
			switch {
			case d.columnOf(p) != column:
			case p.pane == focus:
				inColumn = append([]int{i}, inColumn...)
			default:
				inColumn = append(inColumn, i)
			}
		}
		d.shareColumn(parts, inColumn)
	}
	return d
}

// detailColumns are the widths of the columns of the details.
func detailColumns(width int) []int {
	if width < minTwoColumns {
		return []int{width}
	}
	return []int{width * 5 / 8, width - width*5/8 - 1}
}

// columnOf is the number of the column of a part.
func (d detailLayout) columnOf(p detailPart) int {
	if p.second {
		return len(d.widths) - 1
	}
	return 0
}

// shareColumn gives the parts of a column what they need, then what they want, and the rest to those that grow.
func (d detailLayout) shareColumn(parts []detailPart, inColumn []int) {
	left, growing := d.height, 0
	for _, i := range inColumn {
		if parts[i].minimum <= left {
			d.heights[i] = parts[i].minimum
			left -= d.heights[i]
		}
	}
	for _, i := range inColumn {
		if d.heights[i] == 0 {
			continue
		}
		more := min(max(parts[i].wanted-d.heights[i], 0), left)
		d.heights[i] += more
		left -= more
		if parts[i].grows {
			growing++
		}
	}
	for _, i := range inColumn {
		if parts[i].grows && d.heights[i] > 0 {
			more := (left + growing - 1) / growing
			d.heights[i] += more
			left, growing = left-more, growing-1
		}
	}
}

// partArea is the area of the part that a pane stands for; of no height when there is none.
func (m Model) partArea(pane paneID) drawContext {
	d, r := m.layout.details, m.selectedRow(m.shownData())
	if d.height > 0 && r != nil {
		for i, p := range m.detailParts(r) {
			if p.pane == pane {
				return m.areaOf(d.widths[d.columnOf(p)], d.heights[i], pane)
			}
		}
	}
	return m.areaOf(0, 0, pane)
}

// placedPart is a part of the details under the mouse, and the cell in it.
type placedPart struct {
	pane paneID
	x, y int
}

// detailPartAt is the part of the details at a cell of the screen.
func (m Model) detailPartAt(x, y int) (placedPart, bool) {
	l, d, r := m.layout, m.layout.details, m.selectedRow(m.shownData())
	if d.height == 0 || r == nil {
		return placedPart{}, false
	}
	y -= m.height - l.footer - d.height
	if d.beside {
		x -= l.width + 1
	}
	column := 0
	if len(d.widths) > 1 && x > d.widths[0] {
		column, x = 1, x-d.widths[0]-1
	}
	if x < 0 || y < 0 {
		return placedPart{}, false
	}
	for i, p := range m.detailParts(r) {
		if d.columnOf(p) != column {
			continue
		}
		if y < d.heights[i] {
			return placedPart{p.pane, x, y}, x < d.widths[column]
		}
		y -= d.heights[i]
	}
	return placedPart{}, false
}

// clickDetails gives a part the keyboard. In the chart, the cross-hair comes to where the mouse is.
func (m Model) clickDetails(p placedPart) Model {
	if p.pane == noPane {
		return m
	}
	m.focus = p.pane
	if p.pane == focusChart && p.y > 0 {
		return m.setCross(p.x)
	}
	return m
}

// detailsNextChange is when the details next change by time alone.
func (m Model) detailsNextChange(now time.Time) time.Time {
	second, r := now.Truncate(time.Second).Add(time.Second), m.selectedRow(m.shownData())
	if r == nil || m.fold != nil || m.tape.held != nil || chartPaces()[m.chart.paceIndex(r, now)].bySec {
		return second
	}
	h := m.feeds.byName(r.Feed)
	times, next := newRowTimes(r, h), time.Time{}
	for _, at := range [...]time.Time{times.price, times.quote, r.Updated} {
		if !at.IsZero() {
			next = earliest(next, nextAgeChange(now, at))
		}
	}
	delay := m.areaOf(0, 0, noPane).sparkAxisFor(r, h).usualDelay
	minute := now.Truncate(time.Second).Add(time.Second - 1 - delay).Truncate(time.Minute).Add(time.Minute)
	return earliest(next, minute.Add(delay).Truncate(time.Second))
}

// viewDetails draws the parts of the details that have room.
func (m Model) viewDetails(t *shownData) []string {
	d := m.layout.details
	if d.height == 0 {
		return nil
	}
	columns := make([][]string, len(d.widths))
	for i, p := range m.detailParts(m.selectedRow(t)) {
		if c := d.columnOf(p); d.heights[i] > 0 {
			area := m.areaOf(d.widths[c], d.heights[i], p.pane)
			columns[c] = append(columns[c], padLines(p.view(m, area), area.height)...)
		}
	}
	if len(columns) == 2 {
		return joinColumns(m.theme, columns[0], padLines(columns[1], d.height), d.widths[0])
	}
	return padLines(columns[0], d.height)
}
