package ui

import (
	"fmt"
	"time"

	"livetape/feed/market"
)

const (
	flashDuration = 400 * time.Millisecond
	freshUntil    = 5 * time.Second
	staleFrom     = 30 * time.Second
)

// tablePane is the table of prices or that of readings: a cursor over rows of the board, and the widths of the columns.
type tablePane struct {
	list
	columns []column // that the user wants, from left to right
	widths  columnWidths
	titled  bool // there is room for a title above the column heads
}

func (p tablePane) headLines(height int) int {
	switch {
	case height < 3:
		return 0
	case p.titled:
		return 2
	}
	return 1
}

func (p tablePane) arrange(height, rows int, titled bool) tablePane {
	p.titled = titled
	p.list = p.fit(height-p.headLines(height), rows)
	return p
}

// view draws the pane in exactly area.height lines.
func (p tablePane) view(area drawContext, rows []*market.Row, feeds feedList) []string {
	t := priceTable{drawContext: area, w: newLineWriter(area.theme, area.width), columns: p.widths.layOut(p.columns, area.width, area.manyFeeds), readings: p.widths.readings}
	shown := rows[p.top:max(min(p.end(), len(rows)), p.top)]
	t.rows = make([]tableRow, 0, len(shown))
	for _, r := range shown {
		h := feeds.byName(r.Feed)
		row := newTableRow(r, h, area.now)
		row.trend = area.sparkAxisFor(r, h)
		if area.alerts.isHighlighted(r, area.now) {
			row.styles.symbol = banner
		}
		t.rows = append(t.rows, row)
	}
	t.compareRows()
	if slots := t.columns.slots; len(slots) > 0 {
		t.cutSymbols(slots[0].width)
	}
	for _, r := range rows {
		if hasData(r) {
			t.come++
		}
	}
	lines := make([]string, 0, area.height)
	if p.headLines(area.height) == 2 {
		lines = append(lines, t.title(p.list))
	}
	if p.headLines(area.height) > 0 {
		lines = append(lines, t.columnHeads())
	}
	for i := range t.rows {
		t.w.selected = area.focused && p.top+i == p.cursor
		lines = append(lines, t.rowLine(&t.rows[i]))
	}
	return padLines(lines, area.height)
}

func (p tablePane) nextChange(rows []*market.Row, feeds feedList, now time.Time) time.Time {
	var next time.Time
	for _, r := range rows[min(p.top, len(rows)):min(p.end(), len(rows))] {
		since := newRowTimes(r, feeds.byName(r.Feed))
		if !since.price.IsZero() {
			next = earliest(next, nextAgeChange(now, since.price))
		}
		if p.widths.readings && now.Sub(since.price) <= 2*maxTrendWidth*time.Second { // spark lines move on
			next = earliest(next, now.Truncate(time.Second).Add(time.Second))
		}
		for _, at := range [...]time.Time{r.Bid.At, r.Ask.At, r.Volume.At} {
			if now.Sub(at) <= staleFrom {
				next = earliest(next, nextAgeChange(now, at))
			}
		}
		for _, c := range [...]*market.Cell{&r.Last, &r.Bid, &r.Ask} {
			if isFlashing(c, now) {
				next = earliest(next, c.Changed.Add(flashDuration))
			}
		}
	}
	return next
}

type priceTable struct {
	drawContext
	w        *lineWriter
	columns  columnLayout
	rows     []tableRow // on screen
	come     int        // of all rows, those for which anything came
	readings bool       // the rows are readings, not prices

	basis      market.Basis // of the changes in all rows; see basisMixed
	basisMixed bool         // rows have different bases
	rangeSeen  bool         // the ranges are those of the prices seen; see rangeMixed
	rangeMixed bool         // some are and some are not
}

// compareRows finds out what the column heads can say for all rows at once.
func (t *priceTable) compareRows() {
	ranges := 0
	for i := range t.rows {
		text := &t.rows[i].text
		if text.basis != market.NoBasis {
			t.basisMixed = t.basisMixed || (t.basis != market.NoBasis && t.basis != text.basis)
			t.basis = text.basis
		}
		if text.low != "" {
			t.rangeMixed = t.rangeMixed || (ranges > 0 && t.rangeSeen != text.rangeSeen)
			t.rangeSeen = text.rangeSeen
			ranges++
		}
	}
}

func (t *priceTable) title(l list) string {
	right := ""
	switch {
	case t.readings:
		return paneTitleLine(t.w, t.drawContext, "Readings", positionText(l), "change from the first value seen")
	case t.basisMixed:
		right = "change: p from previous close, o from open, s from first seen, f by the feed"
	case t.basis != market.NoBasis:
		right = "change from " + basisTexts[t.basis].inTitle
	}
	where := positionText(l)
	switch waiting := l.total - t.come; {
	case waiting > 0 && l.total <= l.height:
		where = fmt.Sprintf("%d of %d", t.come, l.total)
	case waiting > 0:
		where += fmt.Sprintf(", %d without a price", waiting)
	}
	return paneTitleLine(t.w, t.drawContext, "Prices", where, right)
}

// basisTexts are what a row, the title and the column head call the basis of a change.
var basisTexts = [...]struct{ inRow, inTitle, inHead string }{
	market.NoBasis:       {"", "", "CHG%"},
	market.FromPrevClose: {"p", "previous close", "VS CLOSE"},
	market.FromOpen:      {"o", "open", "VS OPEN"},
	market.FromFirstSeen: {"s", "the first price seen", "VS FIRST"},
	market.FromFeed:      {"f", "the feed's own figures", "BY FEED"},
}

func (t *priceTable) columnHeads() string {
	t.w.writeBlanks(gutter)
	for i, s := range t.columns.slots {
		if i > 0 {
			t.w.writeBlanks(t.columns.gap)
		}
		label := t.columnLabel(s)
		switch s.col {
		case colSymbol, colFeed, colName:
			t.w.writeLeft(title, label, s.width)
		case colRange:
			t.w.writeLeft(title, spaces(max((s.width-len(label))/2, 0))+label, s.width)
		default:
			t.drawNumberHead(s, label)
		}
	}
	return t.w.endLine()
}

// drawNumberHead draws a label over the digits that most numbers have, not over the end of the longest.
func (t *priceTable) drawNumberHead(s columnSlot, label string) {
	tail := 0
	if !s.numbers.unaligned {
		tail = min(max(s.numbers.fraction-3, 0), max(s.width-cells(label), 0))
	}
	t.w.writeRight(title, label, s.width-tail)
	t.w.writeBlanks(tail)
}

func symbolLabel(readings bool) string {
	if readings {
		return "READING"
	}
	return "SYMBOL"
}

func (t *priceTable) columnLabel(s columnSlot) string {
	switch {
	case s.col == colPercent && t.basisMixed:
		return basisTexts[market.NoBasis].inHead
	case s.col == colPercent:
		return basisTexts[t.basis].inHead
	case s.col == colSymbol:
		return symbolLabel(t.readings)
	case s.col == colVolume && t.columns.shortVolume:
		return "VOL≈"
	case s.col == colRange && t.rangeSeen && !t.rangeMixed && s.width >= len("SEEN RANGE"):
		return "SEEN RANGE"
	case s.col == colRange && t.rangeSeen && !t.rangeMixed:
		return "SEEN"
	}
	return [columns]string{
		colFeed: "FEED", colName: "NAME", colLast: "LAST", colChange: "CHG",
		colTrend: "TREND", colBid: "BID", colAsk: "ASK", colVolume: "VOLUME", colRange: "RANGE", colAge: "AGE",
	}[s.col]
}
