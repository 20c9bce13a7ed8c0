package ui

import (
	"cmp"
	"math"
	"strings"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/fold"
	"livetape/ui/humanize"
)

const (
	haltedSign  = "‖" // before LAST
	notLiveSign = "‼" // before the symbol
	midSign     = "≈" // of a price that is the middle of bid and ask
	outsideSign = "≠" // of a last price outside bid and ask
)

type tableRow struct {
	*market.Row
	text   rowText
	since  rowTimes
	isLive bool
	styles rowStyles // of all that goes by the age of the price
	sign   string    // in the gutter
	axis   sparkAxis
	symbol string       // as it is cut
	feeds  *fold.Symbol // nil for a row of one feed
	peers  span
}

// rowText is what a row says.
type rowText struct {
	row             *market.Row
	format          priceFormat
	price           market.Decimal
	mid             bool // the price is the middle of bid and ask
	change, percent market.Decimal
	basis           market.Basis // of the change
	low, high       market.Decimal
	rangeSeen       bool   // low and high are those of the prices seen
	tag             string // the symbol is halted, closed, …
	tagStyle        style
}

func newRowText(r *market.Row, format priceFormat) rowText {
	text := rowText{row: r, format: format.withDecimals(r.Decimals())}
	text.price, text.mid = r.Price()
	text.change, text.percent, text.basis = r.Change()
	text.low, text.high, text.rangeSeen = r.Range()
	text.tag, text.tagStyle = haltTag(r.Halt)
	if r.IsReading { // of 0 °C, or of a count, it means nothing
		text.percent = market.Decimal{}
	}
	return text
}

// number is that of a column; empty where there is none.
func (t *rowText) number(c column) string {
	r, f := t.row, t.format
	switch c {
	case colLast:
		return t.priceFormat().text(t.price)
	case colChange:
		return t.priceFormat().signedText(plusSign(t.change), t.change, "")
	case colPercent:
		return f.withDecimals(2).signedText(plusSign(t.percent), t.percent, "%")
	case colBid:
		return f.text(r.Bid.Value)
	case colAsk:
		return f.text(r.Ask.Value)
	case colSpread:
		return f.spreadText(r)
	case colSize:
		return f.sizeText(r.Size.Value)
	case colVolume:
		return f.sizeText(r.Volume.Value)
	case colVWAP:
		price, _ := r.VWAP()
		return f.text(price.Round(f.decimals))
	}
	return ""
}

// priceFormat is that of the price, which may need one more decimal as the middle of two.
func (t *rowText) priceFormat() priceFormat {
	if t.mid {
		return t.format.withDecimals(t.format.decimals + 1)
	}
	return t.format
}

// direction is the sign of the change.
func (t *rowText) direction() int { return cmp.Or(t.change.Sign(), t.percent.Sign()) }

// newTableRow is a row and how its feed is; the feed is nil once it is no longer watched.
func newTableRow(r *market.Row, h *feedHealth, now time.Time, format priceFormat) tableRow {
	isLive := h != nil && h.state(now) == feed.Live
	since := newRowTimes(r, h)
	age, quoteAge := elapsed(now, since.price), elapsed(now, since.quote)
	row := tableRow{r, newRowText(r, format), since, isLive, newRowStyles(age, isLive), " ", sparkAxis{}, r.Symbol, nil, span{}}
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
	if t.pins[strings.ToUpper(r.Symbol)] {
		r.sign = pinSign
	}
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
		t.w.writeLeft(r.styles.quiet, feedsText(r.Row, r.feeds, s.width), s.width)
	case colPeers:
		t.w.writeLeft(r.peers.style, r.peers.text, s.width)
	case colName:
		t.w.writeLeft(r.styles.quiet, r.Name, s.width)
	case colLast:
		t.drawLast(s, r)
	case colChange:
		t.drawNumber(s.width, r.text.number(colChange), r.styles.forSign(r.text.direction()))
	case colPercent:
		t.drawPercent(s, r)
	case colTrend:
		t.w.writeSized(r.styles.quiet, t.trends.line(r.Row, r.axis, t.span, s.width), s.width)
	case colBid:
		t.drawBidOrAsk(s, r, &r.Bid)
	case colAsk:
		t.drawBidOrAsk(s, r, &r.Ask)
	case colSpread:
		st := r.styles.quiet
		if r.feeds != nil && r.feeds.Crossed() > 0 {
			st = warn
		}
		t.drawNumber(s.width, r.text.number(s.col), st)
	case colVWAP:
		t.drawVWAP(s, r)
	case colSize:
		t.drawNumber(s.width, r.text.number(s.col), newRowStyles(elapsed(t.now, earliest(r.Size.At, r.since.price)), r.isLive).quiet)
	case colVolume:
		t.drawNumber(s.width, r.text.number(s.col), newRowStyles(elapsed(t.now, r.Volume.At), r.isLive).quiet)
	case colRange:
		t.drawRange(s, r)
	case colAge:
		t.w.writeRight(r.styles.age, r.since.ageText(t.now), s.width)
	}
}

// estimateNote stands behind a number that livetape reckons from what it has seen.
const estimateNote = " est."

func (t *priceTable) drawVWAP(s columnSlot, r *tableRow) {
	t.drawNumber(s.width-len(estimateNote), r.text.number(colVWAP), r.styles.quiet)
	if price, isEstimate := r.VWAP(); price.IsSet() && isEstimate {
		t.w.write(muted, estimateNote)
		return
	}
	t.w.writeBlanks(len(estimateNote))
}

// drawSigns draws what stands before a price: that it is halted or the arrow of the last change, and the sign of a price that
// is a mid, or outside bid and ask.
func (t *priceTable) drawSigns(r *tableRow) {
	arrow, st, kind := " ", r.styles.forSign(r.Tick), " "
	switch {
	case r.text.tag != "":
		arrow, st = haltedSign, r.text.tagStyle
	case r.Tick > 0:
		arrow = "▲"
	case r.Tick < 0:
		arrow = "▼"
	}
	switch {
	case r.text.mid:
		kind = midSign
	case r.isOutsideQuote():
		kind = outsideSign
	}
	t.w.write(st, arrow)
	t.w.write(r.styles.quiet, kind+" ")
}

// isOutsideQuote is of the bid and ask of the feed that gives the last price.
func (r *tableRow) isOutsideQuote() bool {
	if r.feeds != nil {
		return r.feeds.First.Row.IsOutsideQuote()
	}
	return r.IsOutsideQuote()
}

func (t *priceTable) drawLast(s columnSlot, r *tableRow) {
	width, text := s.width, r.text.number(colLast)
	if t.columns.arrow {
		t.drawSigns(r)
		width -= arrowCells
	}
	if r.text.mid || r.styles.faded || !isFlashing(&r.Last, t.now) {
		t.drawNumber(width, text, r.styles.number)
		return
	}
	flash := upFlash
	if r.Tick < 0 {
		flash = downFlash
	}
	t.drawHighlighted(width, text, highlight{r.styles.number, flash, firstDifference(r.text.format.text(r.Last.Prev), text)})
}

func (t *priceTable) drawBidOrAsk(s columnSlot, r *tableRow, c *market.Cell) {
	text, styles := r.text.number(s.col), newRowStyles(elapsed(t.now, earliest(c.At, r.since.quote)), r.isLive)
	if styles.faded || !isFlashing(c, t.now) {
		t.drawNumber(s.width, text, styles.number)
		return
	}
	t.drawHighlighted(s.width, text, highlight{styles.number, flatFlash, firstDifference(r.text.format.text(c.Prev), text)})
}

func isFlashing(c *market.Cell, now time.Time) bool {
	return !c.Changed.IsZero() && now.Before(c.Changed.Add(flashDuration))
}

// drawPercent draws the change in percent, and the sign of its basis where that is not the usual one. A symbol that does
// not trade says so here.
func (t *priceTable) drawPercent(s columnSlot, r *tableRow) {
	if r.text.tag != "" {
		t.w.writeRight(r.text.tagStyle, truncate(r.text.tag, s.width-1), s.width-1)
		t.w.writeBlanks(1)
		return
	}
	basis := ""
	if r.text.percent.IsSet() {
		basis = t.basisSign(r.text.basis)
	}
	text := r.text.number(colPercent)
	if cells(text) >= s.width {
		text = fitNumber(strings.TrimSuffix(text, "%"), s.width-2) + "%"
	}
	t.drawNumber(s.width-1, text, r.styles.forSign(r.text.direction()))
	t.w.writeLeft(r.styles.quiet, basis, 1)
}

// drawRange draws where the price is between low and high, and marks a range of the prices seen among those of a day.
func (t *priceTable) drawRange(s columnSlot, r *tableRow) {
	bar, seen := s.width-1, ""
	if !r.text.low.IsSet() || !r.text.high.IsSet() {
		t.w.writeBlanks(bar / 2)
		t.w.writeLeft(muted, missing, s.width-bar/2)
		return
	}
	if r.text.rangeSeen && t.widths.dayRange {
		seen = basisTexts[market.FromFirstSeen].inRow
	}
	at := rangeBarCell(r.text.low, r.text.high, r.text.price, bar)
	t.w.writeSized(border, strings.Repeat("─", at), at)
	t.w.writeSized(r.styles.number, "●", 1)
	t.w.writeSized(border, strings.Repeat("─", bar-1-at), bar-1-at)
	t.w.writeLeft(r.styles.quiet, seen, 1)
}

// rangeBarCell is the cell of a bar for a price between low and high. A picture needs no exact number.
func rangeBarCell(low, high, price market.Decimal, cells int) int {
	l, h := low.Approx(), high.Approx()
	if at := (price.Approx() - l) / (h - l); h > l && !math.IsNaN(at) {
		return int(min(max(at, 0), 1) * float64(cells-1))
	}
	return cells / 2
}
