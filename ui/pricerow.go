package ui

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

// drawRow draws one symbol.
func (d *priceTable) drawRow(r *market.Row, f *rowText, isLive bool) string {
	t := d.toneOf(r, isLive)
	if d.pen.selected {
		d.pen.write(accent, "▌ ")
	} else {
		d.pen.writeBlanks(gutter)
	}
	for i, s := range d.plan.slots {
		if i > 0 {
			d.pen.writeBlanks(d.plan.gap)
		}
		d.drawCell(s, r, f, t)
	}
	return d.pen.endLine()
}

// rowStyles is how a row's inks fade with its age.
type rowStyles struct {
	symbol, number, quiet, age style
	up, down                   style
	isFaded                    bool
}

func (d *priceTable) toneOf(r *market.Row, isLive bool) rowStyles {
	old := elapsed(d.now, r.Updated)
	switch {
	case !isLive:
		return rowStyles{symbol: stale, number: stale, quiet: stale, age: warn, up: stale, down: stale, isFaded: true}
	case old >= staleFrom:
		return rowStyles{symbol: stale, number: stale, quiet: stale, age: stale, up: stale, down: stale, isFaded: true}
	case old >= freshUntil:
		return rowStyles{symbol: plain, number: plain, quiet: muted, age: muted, up: up, down: down}
	}
	return rowStyles{symbol: strong, number: plain, quiet: muted, age: muted, up: up, down: down}
}

func (t rowStyles) forSign(sign int) style {
	switch {
	case sign > 0:
		return t.up
	case sign < 0:
		return t.down
	}
	return t.quiet
}

func (d *priceTable) drawCell(s columnSlot, r *market.Row, f *rowText, t rowStyles) {
	switch s.col {
	case colSymbol:
		d.pen.writeLeft(t.symbol, r.Symbol, s.width)
	case colFeed:
		d.pen.writeLeft(t.quiet, r.Feed, s.width)
	case colName:
		d.drawName(s, f, t)
	case colLast:
		d.drawLast(s, r, f, t)
	case colChange:
		d.drawNumber(s.ext, s.width, f.change, t.forSign(signOf(f.change)))
	case colPercent:
		d.drawPercent(s, f, t)
	case colBid:
		d.drawBidOrAsk(s, &r.Bid, f.bid, t)
	case colAsk:
		d.drawBidOrAsk(s, &r.Ask, f.ask, t)
	case colVolume:
		d.drawVolume(s, f, t)
	case colRange:
		d.drawRange(s, f, t)
	case colAge:
		d.pen.writeRight(t.age, humanize.Age(elapsed(d.now, r.Updated)), s.width)
	}
}

func signOf(number string) int {
	switch {
	case strings.HasPrefix(number, "+"):
		return 1
	case strings.HasPrefix(number, "-"):
		return -1
	}
	return 0
}

// drawName draws the name, or what keeps the symbol from trading.
func (d *priceTable) drawName(s columnSlot, f *rowText, t rowStyles) {
	if f.tag == "" {
		d.pen.writeLeft(t.quiet, f.name, s.width)
		return
	}
	tag := f.tag
	if cells(tag) > s.width {
		tag = truncate(tag, s.width)
	}
	d.pen.write(f.tagInk, tag)
	d.pen.writeLeft(t.quiet, prefixed(" ", f.name), s.width-cells(tag))
}

// drawArrow draws which way the price went, and the mark of a mid price.
func (d *priceTable) drawArrow(r *market.Row, f *rowText, t rowStyles) {
	arrow := " "
	switch {
	case r.Tick > 0:
		arrow = "▲"
	case r.Tick < 0:
		arrow = "▼"
	}
	d.pen.write(t.forSign(r.Tick), arrow)
	mid := " "
	if f.mid {
		mid = "≈"
	}
	d.pen.write(t.quiet, mid)
}

// drawLast draws the price with its direction; the digits that just changed light up.
func (d *priceTable) drawLast(s columnSlot, r *market.Row, f *rowText, t rowStyles) {
	width := s.width
	if !d.plan.noArrow {
		d.drawArrow(r, f, t)
		width -= arrowCells
	}
	if f.mid || t.isFaded || !isFlashing(&r.Last, d.now) {
		d.drawNumber(s.ext, width, f.price, t.number)
		return
	}
	k := upFlash
	if r.Tick < 0 {
		k = downFlash
	}
	d.drawHighlighted(s.ext, width, f.price, highlight{t.number, k, firstDifference(r.Last.Prev.String(), f.price)})
}

// drawBidOrAsk draws a bid or an ask.
func (d *priceTable) drawBidOrAsk(s columnSlot, c *market.Cell, text string, t rowStyles) {
	if t.isFaded || !isFlashing(c, d.now) {
		d.drawNumber(s.ext, s.width, text, t.number)
		return
	}
	d.drawHighlighted(s.ext, s.width, text, highlight{t.number, flatFlash, firstDifference(c.Prev.String(), text)})
}

// isFlashing reports whether a number changed just now.
func isFlashing(c *market.Cell, now time.Time) bool {
	return !c.Changed.IsZero() && now.Before(c.Changed.Add(flashDuration))
}

// drawPercent draws the change in percent, and its basis when rows differ; a symbol that does not trade says so
// here when there is no room for names.
func (d *priceTable) drawPercent(s columnSlot, f *rowText, t rowStyles) {
	if f.tag != "" && !d.plan.byName {
		d.pen.writeRight(f.tagInk, f.tag, s.width)
		return
	}
	mark := ""
	if d.basisMixed && f.percent != "" {
		mark = [...]string{"", "p", "o", "s", "f"}[f.basis]
	}
	d.drawNumber(s.ext, s.width-1, f.percent, t.forSign(signOf(f.percent)))
	d.pen.writeLeft(t.quiet, mark, 1)
}

// highlight is an ink for a number and one for its digits from a place on.
type highlight struct {
	ink, flash style
	from       int
}

// drawNumber draws a number with its decimal point where the column has it.
func (d *priceTable) drawNumber(e numberWidth, width int, text string, k style) {
	d.drawHighlighted(e, width, text, highlight{k, k, len(text)})
}

// drawHighlighted draws a number whose digits from a place on are lit.
func (d *priceTable) drawHighlighted(e numberWidth, width int, text string, l highlight) {
	if text == "" {
		before := max(width-e.fraction-1, 0)
		if e.ragged {
			before = max(width-1, 0)
		}
		d.pen.writeBlanks(before)
		d.pen.writeLeft(muted, missing, width-before)
		return
	}
	before, text := alignNumber(e, width, text)
	d.pen.writeBlanks(before)
	from := min(l.from, len(text))
	for from < len(text) && !utf8.RuneStart(text[from]) { // within the ellipsis of a number that was cut
		from--
	}
	d.pen.write(l.ink, text[:from])
	d.pen.write(l.flash, text[from:])
	d.pen.writeBlanks(width - before - cells(text))
}

// alignNumber is the room before a number in a column, and the number itself. One that is too long loses digits
// after the point and shows it; one whose whole part does not fit is not shown at all, since
// what would be left of it is another number.
func alignNumber(e numberWidth, width int, number string) (before int, text string) {
	whole, fraction := split(number)
	if e.ragged {
		e = numberWidth{whole: len(whole), fraction: min(len(fraction), max(width-len(whole), 0))}
	}
	room := max(min(e.fraction, width-e.whole), 0)
	pointAt := width - room
	switch {
	case len(whole) > pointAt, room == 0 && fraction != "" && len(whole) == pointAt:
		return max(pointAt-1, 0), "…"
	case len(fraction) <= room:
		return pointAt - len(whole), number
	case room == 0:
		return pointAt - len(whole) - 1, whole + "…"
	}
	return pointAt - len(whole), whole + fraction[:room-1] + "…"
}

// drawVolume draws the volume in full, or cut short where that has no room.
func (d *priceTable) drawVolume(s columnSlot, f *rowText, t rowStyles) {
	if d.plan.shortVol && f.volume != "" {
		d.pen.writeRight(t.quiet, humanize.Abbreviate(f.volume), s.width)
		return
	}
	d.drawNumber(s.ext, s.width, f.volume, t.quiet)
}

// drawRange draws where between low and high the price stands, between the two numbers when there is room.
func (d *priceTable) drawRange(s columnSlot, f *rowText, t rowStyles) {
	if f.low == "" || f.high == "" {
		d.pen.writeBlanks(s.width / 2)
		d.pen.writeLeft(muted, missing, s.width-s.width/2)
		return
	}
	if !d.plan.rangeText {
		d.drawRangeBar(f, t)
		d.pen.writeBlanks(s.width - barCells)
		return
	}
	d.pen.writeRight(t.quiet, f.low, s.ext.whole)
	d.pen.writeBlanks(1)
	d.drawRangeBar(f, t)
	d.pen.writeBlanks(1)
	d.pen.writeLeft(t.quiet, f.high, s.ext.fraction)
}

func (d *priceTable) drawRangeBar(f *rowText, t rowStyles) {
	at := rangeBarCell(f.low, f.high, f.price)
	d.pen.write(stale, strings.Repeat("─", at))
	d.pen.write(t.number, "●")
	d.pen.write(stale, strings.Repeat("─", barCells-1-at))
}

// rangeBarCell is the cell of a bar for a price; a picture needs no exact number.
func rangeBarCell(low, high, price string) int {
	l, errLow := strconv.ParseFloat(low, 64)
	h, errHigh := strconv.ParseFloat(high, 64)
	p, errPrice := strconv.ParseFloat(price, 64)
	if errLow != nil || errHigh != nil || errPrice != nil || h <= l {
		return barCells / 2
	}
	return int(min(max((p-l)/(h-l), 0), 1) * (barCells - 1))
}
