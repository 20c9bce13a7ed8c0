package ui

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

// row draws one symbol.
func (d *priceLines) row(r *market.Row, f *face, isLive bool) string {
	t := d.tone(r, isLive)
	if d.pen.selected {
		d.pen.put(accent, "▌ ")
	} else {
		d.pen.space(gutter)
	}
	for i, s := range d.plan.slots {
		if i > 0 {
			d.pen.space(d.plan.gap)
		}
		d.cell(s, r, f, t)
	}
	return d.pen.end()
}

// tone is how a row's inks fade with its age.
type tone struct {
	symbol, number, quiet, age ink
	up, down                   ink
	faded                      bool
}

func (d *priceLines) tone(r *market.Row, isLive bool) tone {
	old := since(d.now, r.Updated)
	switch {
	case !isLive:
		return tone{symbol: stale, number: stale, quiet: stale, age: warn, up: stale, down: stale, faded: true}
	case old >= staleFrom:
		return tone{symbol: stale, number: stale, quiet: stale, age: stale, up: stale, down: stale, faded: true}
	case old >= freshUntil:
		return tone{symbol: plain, number: plain, quiet: muted, age: muted, up: up, down: down}
	}
	return tone{symbol: strong, number: plain, quiet: muted, age: muted, up: up, down: down}
}

func (t tone) sign(sign int) ink {
	switch {
	case sign > 0:
		return t.up
	case sign < 0:
		return t.down
	}
	return t.quiet
}

func (d *priceLines) cell(s slot, r *market.Row, f *face, t tone) {
	switch s.col {
	case colSymbol:
		d.pen.left(t.symbol, r.Symbol, s.width)
	case colFeed:
		d.pen.left(t.quiet, r.Feed, s.width)
	case colName:
		d.name(s, f, t)
	case colLast:
		d.last(s, r, f, t)
	case colChange:
		d.number(s.ext, s.width, f.change, t.sign(signOf(f.change)))
	case colPercent:
		d.percent(s, f, t)
	case colBid:
		d.cellNumber(s, &r.Bid, f.bid, t)
	case colAsk:
		d.cellNumber(s, &r.Ask, f.ask, t)
	case colVolume:
		d.volume(s, f, t)
	case colRange:
		d.span(s, f, t)
	case colAge:
		d.pen.right(t.age, humanize.Age(since(d.now, r.Updated)), s.width)
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

// name draws the name, or what keeps the symbol from trading.
func (d *priceLines) name(s slot, f *face, t tone) {
	if f.tag == "" {
		d.pen.left(t.quiet, f.name, s.width)
		return
	}
	tag := f.tag
	if cells(tag) > s.width {
		tag = cut(tag, s.width)
	}
	d.pen.put(f.tagInk, tag)
	d.pen.left(t.quiet, join(" ", f.name), s.width-cells(tag))
}

// arrow draws which way the price went, and the mark of a mid price.
func (d *priceLines) arrow(r *market.Row, f *face, t tone) {
	arrow := " "
	switch {
	case r.Tick > 0:
		arrow = "▲"
	case r.Tick < 0:
		arrow = "▼"
	}
	d.pen.put(t.sign(r.Tick), arrow)
	mid := " "
	if f.mid {
		mid = "≈"
	}
	d.pen.put(t.quiet, mid)
}

// last draws the price with its direction; the digits that just changed light up.
func (d *priceLines) last(s slot, r *market.Row, f *face, t tone) {
	width := s.width
	if !d.plan.noArrow {
		d.arrow(r, f, t)
		width -= arrowCells
	}
	if f.mid || t.faded || !flashing(&r.Last, d.now) {
		d.number(s.ext, width, f.price, t.number)
		return
	}
	k := upFlash
	if r.Tick < 0 {
		k = downFlash
	}
	d.flash(s.ext, width, f.price, lit{t.number, k, changedFrom(r.Last.Prev.String(), f.price)})
}

// cellNumber draws a bid or an ask.
func (d *priceLines) cellNumber(s slot, c *market.Cell, text string, t tone) {
	if t.faded || !flashing(c, d.now) {
		d.number(s.ext, s.width, text, t.number)
		return
	}
	d.flash(s.ext, s.width, text, lit{t.number, flatFlash, changedFrom(c.Prev.String(), text)})
}

// flashing reports whether a number changed just now.
func flashing(c *market.Cell, now time.Time) bool {
	return !c.Changed.IsZero() && now.Before(c.Changed.Add(flashTime))
}

// percent draws the change in percent, and its basis when rows differ; a symbol that does not trade says so
// here when there is no room for names.
func (d *priceLines) percent(s slot, f *face, t tone) {
	if f.tag != "" && !d.plan.byName {
		d.pen.right(f.tagInk, f.tag, s.width)
		return
	}
	mark := ""
	if d.mixed && f.percent != "" {
		mark = [...]string{"", "p", "o", "s", "f"}[f.basis]
	}
	d.number(s.ext, s.width-1, f.percent, t.sign(signOf(f.percent)))
	d.pen.left(t.quiet, mark, 1)
}

// lit is an ink for a number and one for its digits from a place on.
type lit struct {
	ink, flash ink
	from       int
}

// number draws a number with its decimal point where the column has it.
func (d *priceLines) number(e extent, width int, text string, k ink) {
	d.flash(e, width, text, lit{k, k, len(text)})
}

// flash draws a number whose digits from a place on are lit.
func (d *priceLines) flash(e extent, width int, text string, l lit) {
	if text == "" {
		before := max(width-e.fraction-1, 0)
		if e.ragged {
			before = max(width-1, 0)
		}
		d.pen.space(before)
		d.pen.left(muted, missing, width-before)
		return
	}
	before, text := align(e, width, text)
	d.pen.space(before)
	from := min(l.from, len(text))
	for from < len(text) && !utf8.RuneStart(text[from]) { // within the ellipsis of a number that was cut
		from--
	}
	d.pen.put(l.ink, text[:from])
	d.pen.put(l.flash, text[from:])
	d.pen.space(width - before - cells(text))
}

// align is the room before a number in a column, and the number itself. One that is too long loses digits
// after the point and shows it; one whose whole part does not fit is not shown at all, since
// what would be left of it is another number.
func align(e extent, width int, number string) (before int, text string) {
	whole, fraction := split(number)
	if e.ragged {
		e = extent{whole: len(whole), fraction: min(len(fraction), max(width-len(whole), 0))}
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

// volume draws the volume in full, or cut short where that has no room.
func (d *priceLines) volume(s slot, f *face, t tone) {
	if d.plan.shortVol && f.volume != "" {
		d.pen.right(t.quiet, humanize.Abbreviate(f.volume), s.width)
		return
	}
	d.number(s.ext, s.width, f.volume, t.quiet)
}

// span draws where between low and high the price stands, between the two numbers when there is room.
func (d *priceLines) span(s slot, f *face, t tone) {
	if f.low == "" || f.high == "" {
		d.pen.space(s.width / 2)
		d.pen.left(muted, missing, s.width-s.width/2)
		return
	}
	if !d.plan.rangeText {
		d.bar(f, t)
		d.pen.space(s.width - barCells)
		return
	}
	d.pen.right(t.quiet, f.low, s.ext.whole)
	d.pen.space(1)
	d.bar(f, t)
	d.pen.space(1)
	d.pen.left(t.quiet, f.high, s.ext.fraction)
}

func (d *priceLines) bar(f *face, t tone) {
	at := position(f.low, f.high, f.price)
	d.pen.put(stale, strings.Repeat("─", at))
	d.pen.put(t.number, "●")
	d.pen.put(stale, strings.Repeat("─", barCells-1-at))
}

// position is the cell of a bar for a price; a picture needs no exact number.
func position(low, high, price string) int {
	l, errLow := strconv.ParseFloat(low, 64)
	h, errHigh := strconv.ParseFloat(high, 64)
	p, errPrice := strconv.ParseFloat(price, 64)
	if errLow != nil || errHigh != nil || errPrice != nil || h <= l {
		return barCells / 2
	}
	return int(min(max((p-l)/(h-l), 0), 1) * (barCells - 1))
}
