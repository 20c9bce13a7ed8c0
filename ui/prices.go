package ui

import (
	"strings"
	"time"

	"livetape/feed/market"
)

const (
	flashDuration = 400 * time.Millisecond
	freshUntil    = 5 * time.Second
	staleFrom     = 30 * time.Second
)

// pricesPane is the price table: a cursor over the board's rows, and the columns' room.
type pricesPane struct {
	list
	widths columnWidths
	titled bool // there is room for a title above the column heads
}

// headLines is the number of lines above the first row.
func (p pricesPane) headLines(height int) int {
	switch {
	case height < 3:
		return 0
	case p.titled:
		return 2
	}
	return 1
}

// arrange takes the pane's height and the number of rows there are.
func (p pricesPane) arrange(height, rows int, titled bool) pricesPane {
	p.titled = titled
	p.list = p.fit(height-p.headLines(height), rows)
	return p
}

// view draws the pane in exactly f.height lines.
func (p pricesPane) view(area drawArea, rows []*market.Row, isLive func(feed string) bool) []string {
	pl := p.widths.plan(area.width, area.manyFeeds)
	w := newLineWriter(area.theme, area.width)
	shown := rows[p.top:max(min(p.end(), len(rows)), p.top)]
	d := priceTable{pen: w, plan: pl, drawArea: area, texts: make([]rowText, len(shown))}
	for i, r := range shown {
		d.texts[i] = rowTextOf(r)
	}
	d.compareRows()
	lines := make([]string, 0, area.height)
	if p.headLines(area.height) == 2 {
		lines = append(lines, d.drawTableTitle(p.list))
	}
	if p.headLines(area.height) > 0 {
		lines = append(lines, d.drawColumnHeads())
	}
	for i, r := range shown {
		w.selected = area.focused && p.top+i == p.cursor
		lines = append(lines, d.drawRow(r, &d.texts[i], isLive(r.Feed)))
	}
	return padLines(lines, area.height)
}

// priceTable draws the lines of one frame of the table.
type priceTable struct {
	drawArea
	pen   *lineWriter
	plan  columnLayout
	texts []rowText

	basis      market.Basis // of all rows shown, when they agree
	basisMixed bool
	rangeSeen  bool // all ranges are since the start
	rangeMixed bool
}

// compareRows finds out what the column heads can say for all rows at once.
func (d *priceTable) compareRows() {
	ranges := 0
	for i := range d.texts {
		text := &d.texts[i]
		if text.basis != market.NoBasis {
			d.basisMixed = d.basisMixed || (d.basis != market.NoBasis && d.basis != text.basis)
			d.basis = text.basis
		}
		if text.low != "" {
			d.rangeMixed = d.rangeMixed || (ranges > 0 && d.rangeSeen != text.rangeSeen)
			d.rangeSeen = text.rangeSeen
			ranges++
		}
	}
}

func (d *priceTable) drawTableTitle(l list) string {
	right := ""
	switch {
	case d.basisMixed:
		right = "change: p from previous close, o from open, s from first seen, f by the feed"
	case d.basis != market.NoBasis:
		right = "change from " + basisText(d.basis)
	}
	return titleLine(d.pen, d.drawArea, "Prices", positionText(l), right)
}

func basisText(b market.Basis) string {
	switch b {
	case market.FromPrevClose:
		return "previous close"
	case market.FromOpen:
		return "open"
	case market.FromFeed:
		return "the feed's own figures"
	}
	return "the first price seen"
}

// drawColumnHeads names the columns.
func (d *priceTable) drawColumnHeads() string {
	d.pen.writeBlanks(gutter)
	for i, s := range d.plan.slots {
		if i > 0 {
			d.pen.writeBlanks(d.plan.gap)
		}
		text := d.columnLabel(s)
		switch s.col {
		case colSymbol, colFeed, colName:
			d.pen.writeLeft(title, text, s.width)
		case colRange:
			d.pen.writeLeft(title, strings.Repeat(" ", max((s.width-len(text))/2, 0))+text, s.width)
		default:
			d.drawNumberHead(s, text)
		}
	}
	return d.pen.endLine()
}

// drawNumberHead stands over the digits that most numbers have, not over the tail of the longest.
func (d *priceTable) drawNumberHead(s columnSlot, text string) {
	tail := 0
	if !s.numbers.unaligned {
		tail = min(max(s.numbers.fraction-3, 0), max(s.width-cells(text), 0))
	}
	d.pen.writeRight(title, text, s.width-tail)
	d.pen.writeBlanks(tail)
}

func (d *priceTable) columnLabel(s columnSlot) string {
	switch s.col {
	case colSymbol:
		return "SYMBOL"
	case colFeed:
		return "FEED"
	case colName:
		return "NAME"
	case colLast:
		return "LAST"
	case colChange:
		return "CHG"
	case colPercent:
		return d.percentLabel()
	case colBid:
		return "BID"
	case colAsk:
		return "ASK"
	case colVolume:
		if d.plan.shortVolume {
			return "VOL≈"
		}
		return "VOLUME"
	case colRange:
		switch seen := d.rangeSeen && !d.rangeMixed; {
		case seen && s.width >= len("SEEN RANGE"):
			return "SEEN RANGE"
		case seen:
			return "SEEN"
		}
		return "RANGE"
	}
	return "AGE"
}

func (d *priceTable) percentLabel() string {
	switch {
	case d.basisMixed || d.basis == market.NoBasis:
		return "CHG%"
	case d.basis == market.FromPrevClose:
		return "VS CLOSE"
	case d.basis == market.FromOpen:
		return "VS OPEN"
	case d.basis == market.FromFeed:
		return "BY FEED"
	}
	return "VS FIRST"
}

// nextChange is when the rows on screen will next look different by time alone; zero for never.
func (p pricesPane) nextChange(rows []*market.Row, now time.Time) time.Time {
	var next time.Time
	for _, r := range rows[min(p.top, len(rows)):min(p.end(), len(rows))] {
		next = earlier(next, nextAgeChange(now, r.Updated))
		for _, c := range [...]*market.Cell{&r.Last, &r.Bid, &r.Ask} {
			if isFlashing(c, now) {
				next = earlier(next, c.Changed.Add(flashDuration))
			}
		}
	}
	return next
}
