package ui

import (
	"strconv"
	"strings"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

type tableRow struct {
	*market.Row
	text   rowText
	since  rowTimes
	isLive bool
	styles rowStyles // of all that goes by the age of the price
	sign   string    // in the gutter
	trend  sparkAxis
	symbol string // as it is cut
}

// newTableRow is a row and how its feed is; the feed is nil once it is no longer watched.
func newTableRow(r *market.Row, h *feedHealth, now time.Time) tableRow {
	isLive := h != nil && h.state(now) == feed.Live
	since := newRowTimes(r, h)
	age, quoteAge := elapsed(now, since.price), elapsed(now, since.quote)
	row := tableRow{r, newRowText(r), since, isLive, newRowStyles(age, isLive), " ", sparkAxis{}, r.Symbol}
	if quoteAge < age {
		row.styles.symbol = newRowStyles(quoteAge, isLive).symbol
	}
	if h != nil && h.isGuessed() {
		row.sign = guessSign
	}
	return row
}

// rowTimes are the times from which the ages of a row's cells count; zero for cells that the feed never gave.
type rowTimes struct{ price, quote time.Time }

func newRowTimes(r *market.Row, h *feedHealth) rowTimes {
	var usual time.Duration
	switch {
	case h == nil:
	case h.untimed:
		return rowTimes{r.PriceTimes().Arrival, r.Quote.Arrival}
	default:
		usual = h.delay.usual()
	}
	return rowTimes{r.PriceTimes().Since(usual), r.Quote.Since(usual)}
}

// ageText is the age of the price.
func (t rowTimes) ageText(now time.Time) string {
	if t.price.IsZero() {
		return missing
	}
	return humanize.Age(elapsed(now, t.price))
}

// rowStyles are the styles of a row's parts, which fade as they grow old.
type rowStyles struct {
	symbol, number, quiet, age style
	up, down                   style
	faded                      bool
}

func newRowStyles(age time.Duration, isLive bool) rowStyles {
	switch {
	case !isLive:
		return rowStyles{symbol: stale, number: stale, quiet: stale, age: warn, up: stale, down: stale, faded: true}
	case age >= staleFrom:
		return rowStyles{symbol: stale, number: stale, quiet: stale, age: stale, up: stale, down: stale, faded: true}
	case age >= freshUntil:
		return rowStyles{symbol: plain, number: plain, quiet: muted, age: muted, up: up, down: down}
	}
	return rowStyles{symbol: strong, number: plain, quiet: muted, age: muted, up: up, down: down}
}

func (s rowStyles) forSign(sign int) style {
	switch {
	case sign > 0:
		return s.up
	case sign < 0:
		return s.down
	}
	return s.quiet
}

func (t *priceTable) rowLine(r *tableRow) string {
	drawGutter(t.w, r.sign)
	for i, s := range t.columns.slots {
		if i > 0 {
			t.w.writeBlanks(t.columns.gap)
		}
		if !hasData(r.Row) && s.col > colFeed {
			t.w.write(muted, "no price yet")
			break
		}
		t.drawCell(s, r)
	}
	return t.w.endLine()
}

func (t *priceTable) drawCell(s columnSlot, r *tableRow) {
	switch s.col {
	case colSymbol:
		t.w.writeLeft(r.styles.symbol, r.symbol, s.width)
	case colFeed:
		t.w.writeLeft(r.styles.quiet, r.Feed, s.width)
	case colName:
		t.drawName(s, r)
	case colLast:
		t.drawLast(s, r)
	case colChange:
		t.drawNumber(s.numbers, s.width, r.text.numbers[colChange], r.styles.forSign(signOf(r.text.numbers[colChange])))
	case colPercent:
		t.drawPercent(s, r)
	case colTrend:
		t.w.writeRight(r.styles.quiet, r.trend.sparkline(&r.Seconds, s.width), s.width)
	case colBid:
		t.drawBidOrAsk(s, r, &r.Bid)
	case colAsk:
		t.drawBidOrAsk(s, r, &r.Ask)
	case colVolume:
		t.drawVolume(s, r)
	case colRange:
		t.drawRange(s, r)
	case colAge:
		t.w.writeRight(r.styles.age, r.since.ageText(t.now), s.width)
	}
}

func (t *priceTable) drawName(s columnSlot, r *tableRow) {
	tag := truncate(r.text.tag, s.width)
	t.w.write(r.text.tagStyle, tag)
	separator := " "
	if tag == "" {
		separator = ""
	}
	t.w.writeLeft(r.styles.quiet, withSeparator(separator, r.text.name), s.width-cells(tag))
}

const outsideSign = "≠" // of a last price outside bid and ask

func (t *priceTable) drawArrow(r *tableRow) {
	arrow, mid := " ", " "
	switch {
	case r.Tick > 0:
		arrow = "▲"
	case r.Tick < 0:
		arrow = "▼"
	}
	switch {
	case r.text.mid:
		mid = "≈"
	case r.IsOutsideQuote():
		mid = outsideSign
	}
	t.w.write(r.styles.forSign(r.Tick), arrow)
	t.w.write(r.styles.quiet, mid)
}

func (t *priceTable) drawLast(s columnSlot, r *tableRow) {
	width := s.width
	if !t.columns.noArrow {
		t.drawArrow(r)
		width -= arrowCells
	}
	if r.text.mid || r.styles.faded || !isFlashing(&r.Last, t.now) {
		t.drawNumber(s.numbers, width, r.text.numbers[colLast], r.styles.number)
		return
	}
	flash := upFlash
	if r.Tick < 0 {
		flash = downFlash
	}
	t.drawHighlighted(s.numbers, width, r.text.numbers[colLast], highlight{r.styles.number, flash, firstDifference(r.Last.Prev.String(), r.text.numbers[colLast])})
}

func (t *priceTable) drawBidOrAsk(s columnSlot, r *tableRow, c *market.Cell) {
	text, styles := r.text.numbers[s.col], newRowStyles(elapsed(t.now, earliest(c.At, r.since.quote)), r.isLive)
	if styles.faded || !isFlashing(c, t.now) {
		t.drawNumber(s.numbers, s.width, text, styles.number)
		return
	}
	t.drawHighlighted(s.numbers, s.width, text, highlight{styles.number, flatFlash, firstDifference(c.Prev.String(), text)})
}

func isFlashing(c *market.Cell, now time.Time) bool {
	return !c.Changed.IsZero() && now.Before(c.Changed.Add(flashDuration))
}

// drawPercent draws the change in percent, and its basis where rows have different ones. Without a name column, this is
// where a symbol that does not trade says so.
func (t *priceTable) drawPercent(s columnSlot, r *tableRow) {
	if r.text.tag != "" && !t.columns.hasName {
		t.w.writeRight(r.text.tagStyle, r.text.tag, s.width)
		return
	}
	basis := ""
	if t.basisMixed && r.text.numbers[colPercent] != "" {
		basis = basisTexts[r.text.basis].inRow
	}
	t.drawNumber(s.numbers, s.width-1, r.text.numbers[colPercent], r.styles.forSign(signOf(r.text.numbers[colPercent])))
	t.w.writeLeft(r.styles.quiet, basis, 1)
}

func (t *priceTable) drawVolume(s columnSlot, r *tableRow) {
	st := newRowStyles(elapsed(t.now, r.Volume.At), r.isLive).quiet
	if t.columns.shortVolume && r.text.numbers[colVolume] != "" {
		t.w.writeRight(st, humanize.Abbreviate(r.text.numbers[colVolume]), s.width)
		return
	}
	t.drawNumber(s.numbers, s.width, r.text.numbers[colVolume], st)
}

func (t *priceTable) drawRange(s columnSlot, r *tableRow) {
	if r.text.low == "" || r.text.high == "" {
		t.w.writeBlanks(s.width / 2)
		t.w.writeLeft(muted, missing, s.width-s.width/2)
		return
	}
	if !t.columns.rangeNumbers {
		t.drawRangeBar(r)
		t.w.writeBlanks(s.width - barCells)
		return
	}
	t.w.writeRight(r.styles.quiet, shortNumber(r.text.low), s.numbers.whole)
	t.w.writeBlanks(1)
	t.drawRangeBar(r)
	t.w.writeBlanks(1)
	t.w.writeLeft(r.styles.quiet, shortNumber(r.text.high), s.numbers.fraction)
}

func (t *priceTable) drawRangeBar(r *tableRow) {
	at := rangeBarCell(r.text.low, r.text.high, r.text.numbers[colLast])
	t.w.write(stale, strings.Repeat("─", at))
	t.w.write(r.styles.number, "●")
	t.w.write(stale, strings.Repeat("─", barCells-1-at))
}

// rangeBarCell is the cell of the bar for a price. A picture needs no exact number.
func rangeBarCell(low, high, price string) int {
	l, errLow := strconv.ParseFloat(low, 64)
	h, errHigh := strconv.ParseFloat(high, 64)
	p, errPrice := strconv.ParseFloat(price, 64)
	if errLow != nil || errHigh != nil || errPrice != nil || h <= l {
		return barCells / 2
	}
	return int(min(max((p-l)/(h-l), 0), 1) * (barCells - 1))
}
