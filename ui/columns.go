package ui

import (
	"slices"
	"time"

	"livetape/feed/market"
	"livetape/ui/fold"
)

type column int8

const (
	colSymbol column = iota
	colFeed
	colPeers // how the feeds of a row stand to each other
	colName
	colLast
	colChange
	colPercent
	colTrend // a spark line
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
	colSymbol: "symbol", colFeed: "feed", colPeers: "peers", colName: "name", colLast: "last", colChange: "chg", colPercent: "chg%", colTrend: "trend", colBid: "bid", colAsk: "ask",
	colSpread: "spread", colSize: "size", colVolume: "vol", colVWAP: "vwap", colRange: "range", colAge: "age",
}

func (c column) String() string { return columnNames[c] }

// defaultColumns are all columns from left to right.
func defaultColumns() []column {
	return []column{colSymbol, colFeed, colPeers, colName, colLast, colChange, colPercent, colTrend, colBid, colAsk, colSpread, colSize, colVolume, colVWAP, colRange, colAge}
}

// columnPriority is the order in which columns get their space. A narrow screen loses the last ones first.
var columnPriority = [...]column{colSymbol, colLast, colAge, colPercent, colChange, colFeed, colTrend, colSpread, colVolume, colName, colRange, colBid, colAsk, colSize, colVWAP}

// foldedPriority is the same of rows of several feeds.
var foldedPriority = [...]column{colSymbol, colLast, colAge, colPeers, colPercent, colBid, colAsk, colFeed, colSpread, colChange, colTrend, colVolume, colName, colRange, colSize, colVWAP}

const (
	gutter     = 2 // the cursor's sign, before the first column
	columnGap  = 2
	arrowCells = 3 // before a price: the arrow of the last change, the sign of a mid price, and a blank
	ageCells   = 3
	barCells   = 9 // the bar of a range
	peersCells = 16

	minSymbolWidth = 4
	minNameWidth   = 8
	maxNameWidth   = 30
	minVolumeWidth = 6  // of a volume abbreviated to three digits and a unit
	maxNumberWidth = 12 // that one number may cost the spark line and the name
	maxPriceWidth  = 18 // the same of the last price, with its arrow
	arrowsFrom     = 36 // cells of a line that has room for arrows before prices
)

// leastWidths are what is planned with for each column, whatever its numbers are: they may grow while one watches, and
// nobody can read columns that come and go. The spark line's are those that divide the time it spans.
var leastWidths = [columns]int{
	colPeers: peersCells, colName: 18, colLast: len("96,193.28"), colChange: len("-1,119.22"), colPercent: len("+12.34%") + 1, colTrend: 15, colBid: len("96,193.28"), colAsk: len("96,193.28"),
	colSpread: minVolumeWidth, colSize: minVolumeWidth, colVolume: minVolumeWidth, colVWAP: len("96,193.28" + estimateNote), colRange: barCells + 1, colAge: ageCells,
}

var trendWidths = [...]int{10, 15, 30}

// columnWidths is how wide the widest text of each column was so far; zero for a column that nothing came for. It grows
// and never shrinks.
type columnWidths struct {
	readings bool // the rows are readings, not prices
	format   priceFormat
	widest   [columns]int
	since    time.Time // arrival of the first price
	dayRange bool      // some feed gives the range of its day
}

func (w *columnWidths) widenFor(r *market.Row) {
	w.fit(colSymbol, cells(r.Symbol))
	w.fit(colFeed, cells(r.Feed))
	if !hasData(r) {
		return
	}
	if w.since.IsZero() {
		w.since = r.Updated
	}
	w.fit(colName, cells(r.Name))
	text := newRowText(r, w.format)
	f := text.format
	w.fitNumber(&text, colLast, text.price, text.priceFormat(), 0)
	w.fitNumber(&text, colChange, text.change, text.priceFormat(), len("+"))
	w.fitNumber(&text, colPercent, text.percent, f.withDecimals(2), len("+%"))
	w.fitNumber(&text, colBid, r.Bid.Value, f, 0)
	w.fitNumber(&text, colAsk, r.Ask.Value, f, 0)
	w.fitNumber(&text, colSpread, r.Spread(), f.withDecimals(min(f.decimals, 2)), len("p"))
	w.fitSize(&text, colSize, r.Size.Value)
	w.fitSize(&text, colVolume, r.Volume.Value)
	if r.Size.Value.IsSet() || r.FeedVWAP.Value.IsSet() {
		w.fit(colVWAP, w.widest[colLast]+len(estimateNote))
	}
	w.dayRange = w.dayRange || text.low.IsSet() && !text.rangeSeen
}

// widenForFeeds makes room for what a row says of its feeds; s is nil for a row of one.
func (w *columnWidths) widenForFeeds(s *fold.Symbol) {
	if s != nil {
		w.fit(colFeed, cells(s.First.Row.Feed)+len(" +1"))
		w.fit(colPeers, peersCells)
	}
}

// widenForFold makes room for the rows of a book, or for rows that are no longer folded, and then has no column of peers.
func (w *columnWidths) widenForFold(rows []*market.Row, book *fold.Book) {
	w.widest[colPeers] = 0
	for _, r := range rows {
		if !r.IsReading {
			w.widenFor(r)
			w.widenForFeeds(book.Symbol(r))
		}
	}
}

// fitNumber makes room for the number of a column and so many cells of signs. It is written only where it may be wider than
// those so far: this is done for every row that changes.
func (w *columnWidths) fitNumber(text *rowText, c column, d market.Decimal, f priceFormat, signs int) {
	if d.IsSet() && f.mostCells(d)+signs > w.widest[c] {
		w.fit(c, cells(text.number(c)))
	}
}

// fitSize makes room for a size. Those of one and more are abbreviated.
func (w *columnWidths) fitSize(text *rowText, c column, d market.Decimal) {
	if whole, fraction := d.Digits(); whole == 1 && fraction > 0 {
		w.fitNumber(text, c, d, priceFormat{}, 0)
	} else if whole > 0 {
		w.fit(c, minVolumeWidth)
	}
}

func (w *columnWidths) fit(c column, width int) { w.widest[c] = max(w.widest[c], width) }

// has reports whether a column has something to show.
func (w *columnWidths) has(c column, manyFeeds bool) bool {
	switch c {
	case colFeed:
		return manyFeeds
	case colSymbol, colLast, colAge:
		return true
	case colTrend, colRange:
		return w.widest[colLast] > 0
	case colPercent: // of 0 °C, or of a count, it means nothing
		return !w.readings
	}
	return w.widest[c] > 0
}

// least is the width with which a column of a line is planned.
func (w *columnWidths) least(c column, line int) int {
	switch c {
	case colSymbol:
		return max(min(w.widest[c], w.maxSymbolWidth(line)), len(symbolLabel(w.readings)))
	case colFeed:
		return max(min(w.widest[c], 12), len("FEED"))
	case colLast:
		return leastWidths[c] + w.arrow(line)
	case colRange:
		return max(len(w.rangeLabel()), leastWidths[c])
	}
	return leastWidths[c]
}

// need is the width of a column that cuts nothing.
func (w *columnWidths) need(c column, line int) int {
	need := w.widest[c]
	switch c {
	case colName:
		need = min(need, maxNameWidth)
	case colLast:
		need += w.arrow(line)
	case colPercent:
		need++ // for the sign of its basis
	case colTrend:
		return trendWidths[len(trendWidths)-1]
	case colSymbol, colFeed:
		need = 0
	}
	return max(need, w.least(c, line))
}

// most is what a column may take of the spark line and the name.
func (w *columnWidths) most(c column) int {
	switch c {
	case colSymbol, colFeed, colRange:
		return w.need(c, maxLine)
	case colLast:
		return maxPriceWidth
	}
	return maxNumberWidth
}

func (w *columnWidths) arrow(line int) int {
	if line < arrowsFrom {
		return 0
	}
	return arrowCells
}

// maxSymbolWidth is that of the symbol column on a line of some width. The names of readings are words.
func (w *columnWidths) maxSymbolWidth(line int) int {
	if w.readings {
		return max(line/3, 10)
	}
	return max(line/6, 6) + 4
}

// rangeLabel says of what time the range is.
func (w *columnWidths) rangeLabel() string {
	if w.dayRange || w.since.IsZero() {
		return "DAY RANGE"
	}
	return "RANGE since " + w.since.Local().Format("15:04")
}

// columnPlan is the columns of a table, chosen once for a size and a number of rows, so that none vanishes while one
// watches.
type columnPlan struct {
	wanted    []column // from left to right
	line      int      // cells
	rows      int
	manyFeeds bool

	chosen []column // from left to right
}

// plan chooses columns anew if what they were planned for has changed. Else it adds those that something came for, if
// there is room.
func (w *columnWidths) plan(old, next columnPlan) columnPlan {
	var kept []column
	if next.line == old.line && next.rows == old.rows && next.manyFeeds == old.manyFeeds && slices.Equal(next.wanted, old.wanted) {
		kept = old.chosen
	}
	var chosen [columns]bool
	left, count := next.line-gutter, 0
	isOpen := func(c column) bool {
		return !chosen[c] && w.has(c, next.manyFeeds) && slices.Contains(next.wanted, c)
	}
	take := func(c column) {
		need, room := w.least(c, next.line)+min(count, 1)*columnGap, left
		if c == colBid && isOpen(colAsk) || c == colAsk && isOpen(colBid) { // neither says much without the other
			room -= need
		}
		if isOpen(c) && (need <= room || count < 2) { // even the narrowest screen has a symbol and some of its price
			chosen[c] = true
			left -= need
			count++
		}
	}
	for _, c := range kept {
		take(c)
	}
	for _, c := range w.priority() {
		take(c)
	}
	next.chosen = slices.DeleteFunc(slices.Clone(next.wanted), func(c column) bool { return !chosen[c] })
	return next
}

func (w *columnWidths) priority() []column {
	if w.widest[colPeers] > 0 {
		return foldedPriority[:]
	}
	return columnPriority[:]
}

type columnSlot struct {
	col   column
	width int
}

type columnLayout struct {
	slots []columnSlot // from left to right
	gap   int
	arrow bool // before prices
}

// layOut shares a line among the columns of a plan. Numbers get what they need, the most important first; then the spark
// line and the name get what is left.
func (w *columnWidths) layOut(p columnPlan) columnLayout {
	share := lineShare{left: p.line - gutter - columnGap*max(len(p.chosen)-1, 0)}
	for _, c := range p.chosen {
		share.widths[c] = w.least(c, p.line)
		share.left -= share.widths[c]
	}
	share.shrink(colTrend, trendWidths[0])
	share.shrink(colName, minNameWidth)
	if p.line < arrowsFrom {
		share.shrink(colSymbol, max(share.widths[colSymbol]+share.left+share.widths[colLast]-w.need(colLast, p.line), minSymbolWidth))
		share.shrink(colLast, share.widths[colLast]+share.left)
	}
	for _, c := range w.priority() {
		if c != colTrend && c != colName {
			share.widen(c, min(w.need(c, p.line), w.most(c)))
		}
	}
	share.widenTrend(leastWidths[colTrend])
	share.widen(colName, min(w.need(colName, p.line), leastWidths[colName]))
	share.widenTrend(trendWidths[len(trendWidths)-1])
	share.widen(colName, w.need(colName, p.line))
	share.widen(colLast, w.need(colLast, p.line))
	l := columnLayout{gap: columnGap, arrow: w.arrow(p.line) > 0}
	for _, c := range p.chosen {
		l.slots = append(l.slots, columnSlot{c, share.widths[c]})
	}
	if n := len(l.slots) - 1; n > 0 && share.left >= n {
		l.gap++
	}
	return l
}

// trendStep is after what time the spark lines of a table move; zero without any.
func (l columnLayout) trendStep(span sparkSpan) time.Duration {
	for _, s := range l.slots {
		if s.col == colTrend {
			return span.step(s.width * sparkPoints)
		}
	}
	return 0
}

// lineShare is how the cells of a line are shared.
type lineShare struct {
	widths [columns]int // zero for a column that there is not
	left   int
}

func (s *lineShare) widen(c column, to int) {
	if more := min(to-s.widths[c], s.left); s.widths[c] > 0 && more > 0 {
		s.widths[c] += more
		s.left -= more
	}
}

// widenTrend gives the spark line the widest of its widths that there is room for.
func (s *lineShare) widenTrend(most int) {
	for _, width := range trendWidths {
		if width <= min(most, s.widths[colTrend]+s.left) {
			s.widen(colTrend, width)
		}
	}
}

func (s *lineShare) shrink(c column, to int) {
	if less := s.widths[c] - max(to, 0); less > 0 {
		s.widths[c] -= less
		s.left += less
	}
}
