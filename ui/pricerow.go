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
func (d *priceTable) drawRow(r *market.Row, text *rowText, isLive bool) string {
	styles := d.toneOf(r, isLive)
	if d.pen.selected {
		d.pen.write(accent, "▌ ")
	} else {
		d.pen.writeBlanks(gutter)
	}
	for i, s := range d.plan.slots {
		if i > 0 {
			d.pen.writeBlanks(d.plan.gap)
		}
		d.drawCell(s, r, text, styles)
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

func (styles rowStyles) forSign(sign int) style {
	switch {
	case sign > 0:
		return styles.up
	case sign < 0:
		return styles.down
	}
	return styles.quiet
}

func (d *priceTable) drawCell(s columnSlot, r *market.Row, text *rowText, styles rowStyles) {
	switch s.col {
	case colSymbol:
		d.pen.writeLeft(styles.symbol, r.Symbol, s.width)
	case colFeed:
		d.pen.writeLeft(styles.quiet, r.Feed, s.width)
	case colName:
		d.drawName(s, text, styles)
	case colLast:
		d.drawLast(s, r, text, styles)
	case colChange:
		d.drawNumber(s.numbers, s.width, text.change, styles.forSign(signOf(text.change)))
	case colPercent:
		d.drawPercent(s, text, styles)
	case colBid:
		d.drawBidOrAsk(s, &r.Bid, text.bid, styles)
	case colAsk:
		d.drawBidOrAsk(s, &r.Ask, text.ask, styles)
	case colVolume:
		d.drawVolume(s, text, styles)
	case colRange:
		d.drawRange(s, text, styles)
	case colAge:
		d.pen.writeRight(styles.age, humanize.Age(elapsed(d.now, r.Updated)), s.width)
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
func (d *priceTable) drawName(s columnSlot, text *rowText, styles rowStyles) {
	if text.tag == "" {
		d.pen.writeLeft(styles.quiet, text.name, s.width)
		return
	}
	tag := text.tag
	if cells(tag) > s.width {
		tag = truncate(tag, s.width)
	}
	d.pen.write(text.tagInk, tag)
	d.pen.writeLeft(styles.quiet, prefixed(" ", text.name), s.width-cells(tag))
}

// drawArrow draws which way the price went, and the mark of a mid price.
func (d *priceTable) drawArrow(r *market.Row, text *rowText, styles rowStyles) {
	arrow := " "
	switch {
	case r.Tick > 0:
		arrow = "▲"
	case r.Tick < 0:
		arrow = "▼"
	}
	d.pen.write(styles.forSign(r.Tick), arrow)
	mid := " "
	if text.mid {
		mid = "≈"
	}
	d.pen.write(styles.quiet, mid)
}

// drawLast draws the price with its direction; the digits that just changed light up.
func (d *priceTable) drawLast(s columnSlot, r *market.Row, text *rowText, styles rowStyles) {
	width := s.width
	if !d.plan.noArrow {
		d.drawArrow(r, text, styles)
		width -= arrowCells
	}
	if text.mid || styles.isFaded || !isFlashing(&r.Last, d.now) {
		d.drawNumber(s.numbers, width, text.price, styles.number)
		return
	}
	st := upFlash
	if r.Tick < 0 {
		st = downFlash
	}
	d.drawHighlighted(s.numbers, width, text.price, highlight{styles.number, st, firstDifference(r.Last.Prev.String(), text.price)})
}

// drawBidOrAsk draws a bid or an ask.
func (d *priceTable) drawBidOrAsk(s columnSlot, c *market.Cell, text string, styles rowStyles) {
	if styles.isFaded || !isFlashing(c, d.now) {
		d.drawNumber(s.numbers, s.width, text, styles.number)
		return
	}
	d.drawHighlighted(s.numbers, s.width, text, highlight{styles.number, flatFlash, firstDifference(c.Prev.String(), text)})
}

// isFlashing reports whether a number changed just now.
func isFlashing(c *market.Cell, now time.Time) bool {
	return !c.Changed.IsZero() && now.Before(c.Changed.Add(flashDuration))
}

// drawPercent draws the change in percent, and its basis when rows differ; a symbol that does not trade says so
// here when there is no room for names.
func (d *priceTable) drawPercent(s columnSlot, text *rowText, styles rowStyles) {
	if text.tag != "" && !d.plan.hasName {
		d.pen.writeRight(text.tagInk, text.tag, s.width)
		return
	}
	mark := ""
	if d.basisMixed && text.percent != "" {
		mark = [...]string{"", "p", "o", "s", "f"}[text.basis]
	}
	d.drawNumber(s.numbers, s.width-1, text.percent, styles.forSign(signOf(text.percent)))
	d.pen.writeLeft(styles.quiet, mark, 1)
}

// highlight is an ink for a number and one for its digits from a place on.
type highlight struct {
	ink, flash style
	from       int
}

// drawNumber draws a number with its decimal point where the column has it.
func (d *priceTable) drawNumber(e numberWidth, width int, text string, st style) {
	d.drawHighlighted(e, width, text, highlight{st, st, len(text)})
}

// drawHighlighted draws a number whose digits from a place on are lit.
func (d *priceTable) drawHighlighted(e numberWidth, width int, text string, l highlight) {
	if text == "" {
		before := max(width-e.fraction-1, 0)
		if e.unaligned {
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
	if e.unaligned {
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
func (d *priceTable) drawVolume(s columnSlot, text *rowText, styles rowStyles) {
	if d.plan.shortVolume && text.volume != "" {
		d.pen.writeRight(styles.quiet, humanize.Abbreviate(text.volume), s.width)
		return
	}
	d.drawNumber(s.numbers, s.width, text.volume, styles.quiet)
}

// drawRange draws where between low and high the price stands, between the two numbers when there is room.
func (d *priceTable) drawRange(s columnSlot, text *rowText, styles rowStyles) {
	if text.low == "" || text.high == "" {
		d.pen.writeBlanks(s.width / 2)
		d.pen.writeLeft(muted, missing, s.width-s.width/2)
		return
	}
	if !d.plan.rangeNumbers {
		d.drawRangeBar(text, styles)
		d.pen.writeBlanks(s.width - barCells)
		return
	}
	d.pen.writeRight(styles.quiet, text.low, s.numbers.whole)
	d.pen.writeBlanks(1)
	d.drawRangeBar(text, styles)
	d.pen.writeBlanks(1)
	d.pen.writeLeft(styles.quiet, text.high, s.numbers.fraction)
}

func (d *priceTable) drawRangeBar(text *rowText, styles rowStyles) {
	at := rangeBarCell(text.low, text.high, text.price)
	d.pen.write(stale, strings.Repeat("─", at))
	d.pen.write(styles.number, "●")
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
