package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"livetape/feed/market"
)

const (
	flashTime  = 400 * time.Millisecond
	freshUntil = 5 * time.Second
	staleFrom  = 30 * time.Second
)

// frame is what a pane is drawn on.
type frame struct {
	styles        *styles
	now           time.Time
	width, height int
	focused       bool
}

// prices is the price table: a cursor over the board's rows, and the columns' room.
type prices struct {
	list
	widths    widths
	manyFeeds bool
	titled    bool // there is room for a title above the column heads
}

// heads is the number of lines above the first row.
func (p prices) heads(height int) int {
	switch {
	case height < 3:
		return 0
	case p.titled:
		return 2
	}
	return 1
}

// arrange takes the pane's height and the number of rows there are.
func (p prices) arrange(height, rows int, titled bool) prices {
	p.titled = titled
	p.list = p.fit(height-p.heads(height), rows)
	return p
}

// view draws the pane in exactly f.height lines.
func (p prices) view(f frame, rows []*market.Row, isLive func(feed string) bool) []string {
	pl := p.widths.plan(f.width, p.manyFeeds)
	pn := newPen(f.styles, f.width)
	shown := rows[p.top:max(min(p.end(), len(rows)), p.top)]
	d := priceLines{pen: pn, plan: pl, frame: f, faces: make([]face, len(shown))}
	for i, r := range shown {
		d.faces[i] = read(r)
	}
	d.learn()
	lines := make([]string, 0, f.height)
	if p.heads(f.height) == 2 {
		lines = append(lines, d.title(p.list))
	}
	if p.heads(f.height) > 0 {
		lines = append(lines, d.head())
	}
	for i, r := range shown {
		pn.selected = f.focused && p.top+i == p.cursor
		lines = append(lines, d.row(r, &d.faces[i], isLive(r.Feed)))
	}
	return pad(lines, f.height)
}

// priceLines draws the lines of one frame of the table.
type priceLines struct {
	frame
	pen   *pen
	plan  plan
	faces []face

	basis      market.Basis // of all rows shown, when they agree
	mixed      bool
	seen       bool // all ranges are since the start
	rangeMixed bool
}

// learn finds out what the column heads can say for all rows at once.
func (d *priceLines) learn() {
	ranges := 0
	for i := range d.faces {
		f := &d.faces[i]
		if f.basis != market.NoBasis {
			d.mixed = d.mixed || (d.basis != market.NoBasis && d.basis != f.basis)
			d.basis = f.basis
		}
		if f.low != "" {
			d.rangeMixed = d.rangeMixed || (ranges > 0 && d.seen != f.rangeSeen)
			d.seen = f.rangeSeen
			ranges++
		}
	}
}

func (d *priceLines) title(l list) string {
	right := ""
	switch {
	case d.mixed:
		right = "change: p from previous close, o from open, s from first seen, f by the feed"
	case d.basis != market.NoBasis:
		right = "change from " + basisWords(d.basis)
	}
	return rule(d.pen, d.frame, "Prices", place(l), right)
}

func basisWords(b market.Basis) string {
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

// place says which rows of a list are on screen.
func place(l list) string {
	if l.total <= l.height || l.height == 0 {
		return strconv.Itoa(l.total)
	}
	return fmt.Sprintf("%d–%d of %d", l.top+1, l.end(), l.total)
}

// head names the columns.
func (d *priceLines) head() string {
	d.pen.space(gutter)
	for i, s := range d.plan.slots {
		if i > 0 {
			d.pen.space(d.plan.gap)
		}
		text := d.label(s)
		switch s.col {
		case colSymbol, colFeed, colName:
			d.pen.left(title, text, s.width)
		case colRange:
			d.pen.left(title, strings.Repeat(" ", max((s.width-len(text))/2, 0))+text, s.width)
		default:
			d.heading(s, text)
		}
	}
	return d.pen.end()
}

// heading stands over the digits that most numbers have, not over the tail of the longest.
func (d *priceLines) heading(s slot, text string) {
	tail := 0
	if !s.ext.ragged {
		tail = min(max(s.ext.fraction-3, 0), max(s.width-cells(text), 0))
	}
	d.pen.right(title, text, s.width-tail)
	d.pen.space(tail)
}

func (d *priceLines) label(s slot) string {
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
		if d.plan.shortVol {
			return "VOL≈"
		}
		return "VOLUME"
	case colRange:
		switch seen := d.seen && !d.rangeMixed; {
		case seen && s.width >= len("SEEN RANGE"):
			return "SEEN RANGE"
		case seen:
			return "SEEN"
		}
		return "RANGE"
	}
	return "AGE"
}

func (d *priceLines) percentLabel() string {
	switch {
	case d.mixed || d.basis == market.NoBasis:
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

// changes is when the rows on screen will next look different by time alone; zero for never.
func (p prices) changes(rows []*market.Row, now time.Time) time.Time {
	var next time.Time
	for _, r := range rows[min(p.top, len(rows)):min(p.end(), len(rows))] {
		next = earlier(next, ages(now, r.Updated))
		for _, c := range [...]*market.Cell{&r.Last, &r.Bid, &r.Ask} {
			if flashing(c, now) {
				next = earlier(next, c.Changed.Add(flashTime))
			}
		}
	}
	return next
}
