package ui

import (
	"livetape/feed/market"
	"livetape/ui/humanize"
)

// column is one column of the price table.
type column int8

const (
	colSymbol column = iota
	colFeed
	colName
	colLast
	colChange
	colPercent
	colBid
	colAsk
	colVolume
	colRange
	colAge
	columns
)

// columnPriority is the order in which columns get their space: the last ones leave a narrow screen first.
var columnPriority = [...]column{colSymbol, colLast, colAge, colPercent, colChange, colFeed, colBid, colAsk, colName, colVolume, colRange}

const (
	gutter     = 2 // the cursor's mark, before the first column
	arrowCells = 2 // the tick's arrow and the mark of a mid price, before the last price
	symbolMin  = 4
	nameMin    = 16
	nameMax    = 30
	barCells   = 9  // of the picture of a range
	volumeMin  = 6  // of a volume cut to three digits and a unit
	maxDigits  = 20 // cells that one column gives to either side of a decimal point
	ageCells   = 3
)

// rowText is what a row says, as text: digit for digit what the board holds.
type rowText struct {
	price            string
	mid              bool
	change, percent  string
	basis            market.Basis
	bid, ask, volume string
	low, high        string
	rangeSeen        bool
	name, tag        string
	tagInk           style
}

// rowTextOf turns a row into text.
func rowTextOf(r *market.Row) rowText {
	text := rowText{name: r.Name, bid: r.Bid.Value.String(), ask: r.Ask.Value.String(), volume: humanize.Group(r.Volume.Value.String())}
	price, mid := r.Price()
	text.price, text.mid = price.String(), mid
	abs, pct, basis := r.Change()
	text.change, text.percent, text.basis = withPlus(abs.String(), abs.Sign()), withPlus(pct.String(), pct.Sign()), basis
	if text.percent != "" {
		text.percent += "%"
	}
	low, high, seen := r.Range()
	text.low, text.high, text.rangeSeen = low.String(), high.String(), seen
	text.tag, text.tagInk = haltTag(r.Halt)
	if text.tag != "" && r.Halt.Reason != "" {
		text.name = r.Halt.Reason
	}
	return text
}

// numberWidth is the room that a column's numbers need before and after the decimal point.
type numberWidth struct {
	whole, fraction int
	longest         int  // of the numbers, which is less than both where a large one has few decimals
	unaligned       bool // drawn without regard to the point, where both have no room
}

func (e *numberWidth) fit(number string) {
	whole, fraction := split(number)
	e.whole = min(max(e.whole, len(whole)), maxDigits)
	e.fraction = min(max(e.fraction, len(fraction)), maxDigits)
	e.longest = min(max(e.longest, len(number)), maxDigits)
}

func (e numberWidth) total() int {
	if e.unaligned {
		return e.longest
	}
	return e.whole + e.fraction
}

// columnWidths is the room that every column needs for all rows seen so far. It grows and never shrinks:
// a column that moves with every tick cannot be read.
type columnWidths struct {
	symbol, feed, name                      int
	last, change, percent, bid, ask, volume numberWidth
	low, high                               int
}

// grow makes room for a row.
func (w *columnWidths) grow(r *market.Row) {
	text := rowTextOf(r)
	w.symbol = max(w.symbol, cells(r.Symbol))
	w.feed = max(w.feed, cells(r.Feed))
	w.name = max(w.name, cells(text.name)+cells(prefixed(" ", text.tag)))
	w.last.fit(text.price)
	w.change.fit(text.change)
	w.percent.fit(text.percent)
	w.bid.fit(text.bid)
	w.ask.fit(text.ask)
	w.volume.fit(text.volume)
	w.low, w.high = max(w.low, len(text.low)), max(w.high, len(text.high))
}

// columnSlot is a column on screen.
type columnSlot struct {
	col     column
	width   int
	numbers numberWidth // of a number
}

// columnLayout is the columns for a line of some width.
type columnLayout struct {
	slots        []columnSlot // as drawn
	gap          int
	hasName      bool // there is a name column
	shortVolume  bool // volumes are cut to three digits and a unit
	noArrow      bool // nothing stands before a price
	rangeNumbers bool // the numbers of a range stand beside its picture
}

// plan chooses the columns that a line has room for. On a narrow one it gives up aligning the last prices on
// their points before it gives up the change, and of the other prices before it shows a bid without its ask.
func (w *columnWidths) plan(width int, manyFeeds bool) columnLayout {
	chosen, left, n := w.chooseColumns(width, manyFeeds)
	if chosen[colBid] > 0 && chosen[colAsk] == 0 {
		tight := *w
		tight.change.unaligned, tight.bid.unaligned, tight.ask.unaligned = true, true, true
		if both, bothLeft, bothN := tight.chooseColumns(width, manyFeeds); both[colAsk] > 0 {
			return tight.spreadRest(both, bothLeft, bothN)
		}
	}
	if chosen[colPercent] > 0 || n == 0 {
		return w.spreadRest(chosen, left, n)
	}
	whole := chosen[colLast] == w.widthFor(colLast, width)
	ragged := *w
	ragged.last.unaligned = true
	if tight, tightLeft, tightN := ragged.chooseColumns(width, manyFeeds); tight[colPercent] > 0 || !whole {
		if tight[colLast] == ragged.widthFor(colLast, width) {
			return ragged.spreadRest(tight, tightLeft, tightN)
		}
		return ragged.symbolAndPriceOnly(width)
	}
	return w.spreadRest(chosen, left, n)
}

// symbolAndPriceOnly is the plan of a line that has no room for more than symbols, of which only the begin where need be, and
// prices without arrows.
func (w *columnWidths) symbolAndPriceOnly(width int) columnLayout {
	p := columnLayout{gap: 2, shortVolume: true, noArrow: true}
	room, need := max(width-gutter, 0), max(w.last.total(), len("LAST"))
	symbol := min(max(room-p.gap-need, symbolMin), w.widthFor(colSymbol, width), room)
	p.slots = append(p.slots, columnSlot{colSymbol, symbol, numberWidth{}})
	if last := min(need, room-symbol-p.gap); last > 0 {
		p.slots = append(p.slots, columnSlot{colLast, last, w.last})
	}
	return p
}

// chooseColumns takes columns while there is room, and returns what is left of it and how many it took.
func (w *columnWidths) chooseColumns(width int, manyFeeds bool) (chosen [columns]int, left, n int) {
	left = width - gutter
	for _, c := range columnPriority {
		need, gap := w.widthFor(c, width), min(n, 1)*2
		if need == 0 || (c == colFeed && !manyFeeds) {
			continue
		}
		if gap+need > left && n < 2 { // even the narrowest screen has a symbol and some of its price
			need = left - gap
		}
		if gap+need > left || need <= 0 {
			break
		}
		chosen[c] = need
		left -= gap + need
		n++
	}
	return chosen, left, n
}

// spreadRest gives what is left of a line to names, whole volumes, the numbers of the range, and the gaps.
func (w *columnWidths) spreadRest(chosen [columns]int, left, n int) columnLayout {
	p := columnLayout{gap: 2, hasName: chosen[colName] > 0, shortVolume: true}
	widen := func(c column, to int) bool {
		more := max(to-chosen[c], 0)
		if chosen[c] == 0 || more > left {
			return false
		}
		chosen[c] += more
		left -= more
		return true
	}
	if !widen(colName, min(w.name, nameMax)) {
		widen(colName, chosen[colName]+left)
	}
	p.shortVolume = !widen(colVolume, max(w.volume.total(), volumeMin))
	p.rangeNumbers = widen(colRange, w.low+1+barCells+1+w.high)
	if n > 1 {
		p.gap += min(left/(n-1), 2)
	}
	for c := range columns {
		if chosen[c] > 0 {
			p.slots = append(p.slots, columnSlot{c, chosen[c], w.numbersOf(c)})
		}
	}
	return p
}

// widthFor is the room that a column wants; zero when no row has anything for it.
func (w *columnWidths) widthFor(c column, width int) int {
	switch c {
	case colSymbol:
		return max(min(w.symbol, symbolMax(width)), 6)
	case colFeed:
		return max(min(w.feed, 12), 4)
	case colName:
		return min(w.name, nameMin)
	case colLast:
		return arrowCells + max(w.last.total(), 4)
	case colPercent:
		return max(w.percent.total()+1, len("VS CLOSE"))
	case colRange:
		if w.low == 0 {
			return 0
		}
		return barCells
	case colVolume:
		return min(w.volume.total(), 1) * volumeMin
	case colAge:
		return ageCells
	}
	if e := w.numbersOf(c); e.total() > 0 {
		return max(e.total(), 3)
	}
	return 0
}

func symbolMax(width int) int { return max(width/6, 6) + 4 }

func (w *columnWidths) numbersOf(c column) numberWidth {
	switch c {
	case colLast:
		return w.last
	case colChange:
		return w.change
	case colPercent:
		return w.percent
	case colBid:
		return w.bid
	case colAsk:
		return w.ask
	case colVolume:
		return w.volume
	case colRange: // low and high stand to either side of the dash
		return numberWidth{whole: w.low, fraction: w.high}
	}
	return numberWidth{}
}
