package ui

import (
	"slices"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

type column int8

const (
	colSymbol column = iota
	colFeed
	colName
	colLast
	colChange
	colPercent
	colTrend // a spark line, of readings only
	colBid
	colAsk
	colSpread
	colSize // of the last trade
	colVolume
	colVWAP
	colRange
	colAge
	columns
)

// columnNames are what settings call the columns.
var columnNames = [columns]string{
	colSymbol: "symbol", colFeed: "feed", colName: "name", colLast: "last", colChange: "chg", colPercent: "chg%", colTrend: "trend", colBid: "bid", colAsk: "ask",
	colSpread: "spread", colSize: "size", colVolume: "vol", colVWAP: "vwap", colRange: "range", colAge: "age",
}

func (c column) String() string { return columnNames[c] }

// defaultColumns are all columns from left to right.
func defaultColumns() []column {
	return []column{colSymbol, colFeed, colName, colLast, colChange, colPercent, colTrend, colBid, colAsk, colSpread, colSize, colVolume, colVWAP, colRange, colAge}
}

// columnPriority is the order in which columns get their space. A narrow screen loses the last ones first.
var columnPriority = [...]column{colSymbol, colLast, colAge, colPercent, colChange, colFeed, colTrend, colBid, colAsk, colName, colVolume, colRange, colSpread, colSize, colVWAP}

const (
	gutter     = 2 // the cursor's sign, before the first column
	arrowCells = 2 // the arrow of the last change and the sign of a mid price, before the price
	ageCells   = 3
	barCells   = 9 // the bar of a range

	minSymbolWidth = 4
	minNameWidth   = 16
	maxNameWidth   = 30
	minTrendWidth  = 8
	maxTrendWidth  = 60
	minVolumeWidth = 6 // of a volume abbreviated to three digits and a unit
)

type rowText struct {
	numbers   [columns]string // of the columns with one number
	mid       bool            // the price is the middle of bid and ask
	basis     market.Basis    // of the change
	low, high string
	rangeSeen bool // low and high are those of the prices seen
	name, tag string
	tagStyle  style
}

func newRowText(r *market.Row) rowText {
	price, mid := r.Price()
	change, percent, basis := r.Change()
	low, high, seen := r.Range()
	text := rowText{mid: mid, basis: basis, low: low.String(), high: high.String(), rangeSeen: seen, name: r.Name}
	text.numbers = [columns]string{
		colLast: price.String(), colChange: withPlus(change), colPercent: withPlus(percent),
		colBid: r.Bid.Value.String(), colAsk: r.Ask.Value.String(), colVolume: humanize.Group(r.Volume.Value.String()),
	}
	switch {
	case r.IsReading:
		text.numbers[colPercent] = "" // of 0 °C, or of a count, that means nothing
	case percent.IsSet():
		text.numbers[colPercent] += "%"
	}
	text.tag, text.tagStyle = haltTag(r.Halt)
	if text.tag != "" && r.Halt.Reason != "" {
		text.name = r.Halt.Reason
	}
	return text
}

// columnWidths is the width that each column needs for all rows seen so far. It grows and never shrinks: nobody can
// read a column that moves with every tick.
type columnWidths struct {
	readings           bool // the rows are readings, not prices
	symbol, feed, name int
	numbers            [columns]numberWidth // of the range: low as whole, high as fraction
}

func (w *columnWidths) widenFor(r *market.Row) {
	text := newRowText(r)
	w.symbol = max(w.symbol, cells(r.Symbol))
	w.feed = max(w.feed, cells(r.Feed))
	w.name = max(w.name, cells(text.name)+cells(withSeparator(" ", text.tag)))
	for c, number := range text.numbers {
		w.numbers[c].fit(number)
	}
	bounds := &w.numbers[colRange]
	bounds.whole, bounds.fraction = max(bounds.whole, cells(shortNumber(text.low))), max(bounds.fraction, cells(shortNumber(text.high)))
}

func (w columnWidths) unaligned(cols ...column) *columnWidths {
	for _, c := range cols {
		w.numbers[c].unaligned = true
	}
	return &w
}

type columnSlot struct {
	col     column
	width   int
	numbers numberWidth // of columns of numbers
}

type columnLayout struct {
	slots        []columnSlot // from left to right
	gap          int
	hasName      bool
	shortVolume  bool // volumes are abbreviated to three digits and a unit
	noArrow      bool // no arrow before the price
	rangeNumbers bool // low and high stand beside the bar of the range
}

// layOut chooses those of the wanted columns, in the order from left to right, that a line has room for. On a narrow one, rather than drop the change it does not align
// last prices on their points, and rather than show a bid without its ask it does not align these.
func (w *columnWidths) layOut(order []column, width int, manyFeeds bool) columnLayout {
	all := w.choose(order, width, manyFeeds)
	if all.widths[colBid] > 0 && all.widths[colAsk] == 0 {
		unaligned := w.unaligned(colChange, colBid, colAsk)
		if both := unaligned.choose(order, width, manyFeeds); both.widths[colAsk] > 0 {
			return unaligned.spread(order, both)
		}
	}
	if all.widths[colPercent] > 0 || all.count == 0 || w.readings {
		return w.spread(order, all)
	}
	unaligned := w.unaligned(colLast)
	tight := unaligned.choose(order, width, manyFeeds)
	switch {
	case tight.widths[colPercent] == 0 && all.widths[colLast] == w.widthFor(colLast, width):
		return w.spread(order, all)
	case tight.widths[colLast] == unaligned.widthFor(colLast, width):
		return unaligned.spread(order, tight)
	}
	return unaligned.symbolAndPriceOnly(width)
}

// symbolAndPriceOnly is the layout of a line that has no room for more than symbols, cut where need be, and prices
// without arrows.
func (w *columnWidths) symbolAndPriceOnly(width int) columnLayout {
	l := columnLayout{gap: 2, shortVolume: true, noArrow: true}
	room, need := max(width-gutter, 0), max(w.numbers[colLast].total(), len("LAST"))
	symbol := min(max(room-l.gap-need, minSymbolWidth), w.widthFor(colSymbol, width), room)
	l.slots = append(l.slots, columnSlot{colSymbol, symbol, numberWidth{}})
	if last := min(need, room-symbol-l.gap); last > 0 {
		l.slots = append(l.slots, columnSlot{colLast, last, w.numbers[colLast]})
	}
	return l
}

type chosenColumns struct {
	widths [columns]int
	count  int
	left   int // cells of the line
}

func (w *columnWidths) choose(order []column, width int, manyFeeds bool) chosenColumns {
	chosen := chosenColumns{left: width - gutter}
	for _, c := range columnPriority {
		need, gap := w.widthFor(c, width), min(chosen.count, 1)*2
		if need == 0 || (c == colFeed && !manyFeeds) || !slices.Contains(order, c) {
			continue
		}
		if gap+need > chosen.left && chosen.count < 2 { // even the narrowest screen has a symbol and some of its price
			need = chosen.left - gap
		}
		if gap+need > chosen.left || need <= 0 {
			break
		}
		chosen.widths[c] = need
		chosen.left -= gap + need
		chosen.count++
	}
	return chosen
}

func (c *chosenColumns) widen(col column, width int) bool {
	more := max(width-c.widths[col], 0)
	if c.widths[col] == 0 || more > c.left {
		return false
	}
	c.widths[col] += more
	c.left -= more
	return true
}

// spread gives what is left of a line to names, whole volumes, the numbers of the range, and the gaps.
func (w *columnWidths) spread(order []column, chosen chosenColumns) columnLayout {
	l := columnLayout{gap: 2, hasName: chosen.widths[colName] > 0}
	if !chosen.widen(colName, min(w.name, maxNameWidth)) {
		chosen.widen(colName, chosen.widths[colName]+chosen.left)
	}
	l.shortVolume = !chosen.widen(colVolume, max(w.numbers[colVolume].total(), minVolumeWidth))
	l.rangeNumbers = chosen.widen(colRange, w.numbers[colRange].total()+barCells+2)
	last := w.numbers[colLast]
	if more := last.allDecimals - last.fraction; !last.unaligned && chosen.widen(colLast, chosen.widths[colLast]+more) {
		last.fraction += more
	}
	chosen.widen(colTrend, min(chosen.widths[colTrend]+chosen.left, maxTrendWidth))
	if chosen.count > 1 {
		l.gap += min(chosen.left/(chosen.count-1), 2)
	}
	for _, c := range order {
		if chosen.widths[c] == 0 {
			continue
		}
		slot := columnSlot{c, chosen.widths[c], w.numbers[c]}
		if slot.col == colLast {
			slot.numbers = last
		}
		l.slots = append(l.slots, slot)
	}
	return l
}

// widthFor is the least width of a column; zero when no row has anything in it.
func (w *columnWidths) widthFor(c column, width int) int {
	switch c {
	case colSymbol:
		return max(min(w.symbol, w.maxSymbolWidth(width)), len(symbolLabel(w.readings)))
	case colFeed:
		return max(min(w.feed, 12), 4)
	case colName:
		return min(w.name, minNameWidth)
	case colLast:
		return arrowCells + max(w.numbers[colLast].total(), 4)
	case colTrend:
		if !w.readings {
			return 0
		}
		return minTrendWidth
	case colPercent:
		if w.readings {
			return 0
		}
		return max(w.numbers[colPercent].total()+1, len("VS CLOSE"))
	case colRange:
		if w.numbers[colRange].total() == 0 {
			return 0
		}
		return barCells
	case colVolume:
		return min(w.numbers[colVolume].total(), 1) * minVolumeWidth
	case colAge:
		return ageCells
	case colSpread, colSize, colVWAP:
		return 0
	}
	if e := w.numbers[c]; e.total() > 0 {
		return max(e.total(), 3)
	}
	return 0
}

// maxSymbolWidth is that of the symbol column on a line of some width. The names of readings are words.
func (w *columnWidths) maxSymbolWidth(width int) int {
	if w.readings {
		return max(width/3, 10)
	}
	return max(width/6, 6) + 4
}
