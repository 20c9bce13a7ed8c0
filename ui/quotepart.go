package ui

import (
	"slices"
	"strings"
	"time"

	"livetape/feed/market"
	"livetape/ui/fold"
	"livetape/ui/humanize"
)

// fact is a number of the details with its name. Its note says more of it.
type fact struct {
	name, value, note string
	style             style
}

func (f fact) cells() int {
	return cells(f.name) + 1 + cells(f.value) + cells(withSeparator(" ", f.note))
}

// quotePane is the price of the selected row with all that belongs to it. Its lines grow and never shrink while the row is
// selected: what is below is not to jump when an age takes a line more.
type quotePane struct {
	of           rowKey
	brief        bool
	width, lines int
}

func (q quotePane) grow(brief bool, area drawContext, r *market.Row, lines int) quotePane {
	if of := (rowKey{r.Feed, r.Symbol}); q.of != of || q.brief != brief || q.width != area.width {
		return quotePane{of, brief, area.width, lines}
	}
	q.lines = max(q.lines, lines)
	return q
}

func (m Model) quotePart(r *market.Row, h *feedHealth) detailPart {
	p := detailPart{pane: noPane, minimum: 3, wanted: m.quote.lines, view: func(m Model, area drawContext) []string {
		return m.viewQuote(area, r, h)
	}}
	switch {
	case m.overlay == detailOverlay && m.zoomed:
		p.minimum = p.wanted // the other parts are a tab away
	case m.areDetailsBrief(m.shownData()):
		p.minimum = p.wanted
	case m.width < minBeside && m.height < minWholeQuote:
		p.wanted = min(p.wanted, wantQuoteLines)
	}
	return p
}

func (m Model) viewQuote(area drawContext, r *market.Row, h *feedHealth) []string {
	view := viewWholeQuote
	if m.areDetailsBrief(m.shownData()) {
		view = viewBriefQuote
	}
	return m.drawn.quote.draw(m.stateOfQuote(area, r, h), func() []string { return view(area, r, h) })
}

const (
	wantQuoteLines = 5  // of details below the table
	minWholeQuote  = 50 // lines of a screen on which these can have more
)

func viewWholeQuote(area drawContext, r *market.Row, h *feedHealth) []string {
	w := newLineWriter(area.theme, area.width)
	lines := append([]string{paneTitleLine(w, area, r.Symbol, quoteTitle(area, r), "")}, haltLines(w, r)...)
	lines = append(lines, spanLines(w, priceSpans(area, r, h))...)
	lines = append(lines, spanLines(w, ageSpans(area, r, h))...)
	lines = append(lines, factLines(w, rowFacts(r, area.fold.Symbol(r)), area.width)...)
	if all := rangeSpans(r); all != nil {
		lines = append(lines, spanLines(w, all)...)
	}
	return append(lines, w.wrapped([]span{{muted, quoteCountText(area, r)}}, 3)...)
}

// quoteTitle is what belongs to a symbol in a title, behind it.
func quoteTitle(area drawContext, r *market.Row) string {
	words := withSeparator(" · ", r.Name) + withSeparator(" · ", r.Currency)
	if area.manyFeeds {
		words += " · " + feedsText(r, area.fold.Symbol(r), area.width)
	}
	return strings.TrimPrefix(words, " ")
}

// haltLines are why a symbol is not traded.
func haltLines(w *lineWriter, r *market.Row) []string {
	tag, st := haltTag(r.Halt)
	if tag == "" {
		return nil
	}
	return w.wrapped([]span{{st, tag + withSeparator(": ", r.Halt.Reason)}}, 2)
}

// viewBriefQuote has what the row in the table does not say, as much of it as fits on one line. It stands below the chart.
func viewBriefQuote(area drawContext, r *market.Row, h *feedHealth) []string {
	w := newLineWriter(area.theme, area.width)
	var facts [][]span
	for _, f := range rowFacts(r, area.fold.Symbol(r)) {
		facts = append(facts, []span{{muted, f.name + " "}, {f.style, f.value}, {muted, withSeparator(" ", f.note)}})
		if f.name == "Spread" {
			for _, s := range quoteAgeSpans(area, r, h) {
				facts = append(facts, []span{s})
			}
		}
	}
	if len(facts) == 0 {
		facts = [][]span{priceSpans(area, r, h)}
	}
	return append(haltLines(w, r), w.indented(packFacts(facts, area.width-gutter-1)[:1], gutter)...)
}

// quoteAgeSpans are how old the quote is, and whether the last price is outside it.
func quoteAgeSpans(area drawContext, r *market.Row, h *feedHealth) []span {
	all := []span{{muted, "quote " + agoText(area.now, newRowTimes(r, h).quote)}}
	if row := (tableRow{Row: r, feeds: area.fold.Symbol(r)}); row.isOutsideQuote() {
		all = append(all, span{warn, outsideSign + " outside the quote"})
	}
	return all
}

// spanLines are spans in as many lines as they need, three at most.
func spanLines(w *lineWriter, all []span) []string {
	return w.indented(wrapSpans(all, w.width-gutter-1, 3), gutter)
}

// fullNumber is a number with all its digits, and at least as many decimals as the symbol's prices have.
func fullNumber(d market.Decimal, decimals int) string {
	return priceFormat{decimals: decimals, unfolded: true}.text(d)
}

// priceSpans are the price and its change.
func priceSpans(area drawContext, r *market.Row, h *feedHealth) []span {
	price, isMid := r.Price()
	styles := newRowStyles(elapsed(area.now, newRowTimes(r, h).price), h != nil)
	change, percent, basis := r.Change()
	if !price.IsSet() {
		return []span{{muted, "no price yet"}}
	}
	all := []span{{strong, fullNumber(price, r.Decimals())}}
	if isMid {
		all = append(all, span{muted, " mid"})
	}
	if arrow := [...]string{"▼", "", "▲"}[r.Tick+1]; arrow != "" {
		all = append(all, span{styles.forSign(r.Tick), " " + arrow})
	}
	if change.IsSet() {
		all = append(all, span{styles.forSign(change.Sign()), "  " + plusSign(change) + fullNumber(change, r.Decimals())})
	}
	if percent.IsSet() && !r.IsReading {
		all = append(all, span{styles.forSign(percent.Sign()), "  " + plusSign(percent) + percent.String() + "%"})
	}
	switch {
	case r.IsReading:
		all = append(all, span{muted, " from the first value seen"})
	case basis != market.NoBasis:
		all = append(all, span{muted, " from " + basisTexts[basis].inTitle})
	}
	return all
}

// ageSpans are the last trade and how old it and the quote are.
func ageSpans(area drawContext, r *market.Row, h *feedHealth) []span {
	since, size := newRowTimes(r, h), ""
	var all []span
	switch {
	case r.IsReading:
		return []span{{muted, "Last reading"}, {plain, " " + agoText(area.now, since.price)}}
	case r.Last.Value.IsSet():
		if r.Size.At.Equal(r.Trade.Arrival) {
			size = withSuffix(fullNumber(r.Size.Value, 0), " @ ")
		}
		all = append(all, span{muted, "Last trade"}, span{plain, " " + size + fullNumber(r.Last.Value, r.Decimals()) + ", " + agoText(area.now, since.price)})
	case !since.quote.IsZero():
		all = append(all, span{muted, "No trade"})
	}
	if !since.quote.IsZero() {
		for i, s := range quoteAgeSpans(area, r, h) {
			all = append(all, span{s.style, [...]string{" · ", "  "}[i] + s.text})
		}
	}
	return all
}

func agoText(now, at time.Time) string {
	if d := elapsed(now, at); d >= time.Second {
		return humanize.Coarse(d) + " ago"
	}
	return "just now"
}

// withSuffix is text before a suffix; empty if text is.
func withSuffix(text, suffix string) string {
	if text == "" {
		return ""
	}
	return text + suffix
}

func plusSign(d market.Decimal) string {
	if d.Sign() > 0 {
		return "+"
	}
	return ""
}

// rowFacts are the numbers of a row, in the order of their importance.
func rowFacts(r *market.Row, s *fold.Symbol) []fact {
	if r.IsReading {
		return nil
	}
	price := func(name string, d market.Decimal) fact { return fact{name, fullNumber(d, r.Decimals()), "", strong} }
	with := func(f fact, note string) fact { f.note = note; return f }
	sized := func(f fact, size market.Decimal, best func(*fold.Symbol) *fold.Feed) fact {
		note := withSeparator("× ", fullNumber(size, 0))
		if s != nil && best(s) != nil {
			note = strings.TrimSpace(note + " " + best(s).Row.Feed)
		}
		return with(f, note)
	}
	all := []fact{
		sized(price("Bid", r.Bid.Value), r.BidSize.Value, func(s *fold.Symbol) *fold.Feed { return s.BestBid }),
		sized(price("Ask", r.Ask.Value), r.AskSize.Value, func(s *fold.Symbol) *fold.Feed { return s.BestAsk }),
		with(price("Spread", r.Spread()), spreadNote(r)), price("Mid", r.Bid.Value.Mid(r.Ask.Value)),
		price("Open", r.Open.Value), price("High", r.High.Value), price("Low", r.Low.Value), price("Prev close", r.PrevClose.Value),
		{"Volume", fullNumber(r.Volume.Value, 0), "", strong}, vwapFact(r),
	}
	return slices.DeleteFunc(all, func(f fact) bool { return f.value == "" })
}

func vwapFact(r *market.Row) fact {
	average, isEstimate := r.VWAP()
	if !isEstimate {
		return fact{"VWAP", fullNumber(average, r.Decimals()), "", strong}
	}
	return fact{"VWAP", fullNumber(average.Round(r.Decimals()+1), r.Decimals()), strings.TrimSpace(estimateNote), strong}
}

// spreadNote is the spread in hundredths of a percent of the mid.
func spreadNote(r *market.Row) string {
	mid := r.Bid.Value.Mid(r.Ask.Value)
	hundredths, err := r.Spread().Quo(mid).Shift(4)
	if !hundredths.IsSet() || err != nil || mid.Sign() <= 0 {
		return ""
	}
	return hundredths.Round(1).String() + " bp"
}

// factLines arrange facts in as many columns as fit without cutting one, three at most. One that is wider than the line
// shows no part of its number.
func factLines(w *lineWriter, all []fact, width int) []string {
	columns := factColumns(all, 3)
	for n := 2; n > 0 && factCells(columns) > width-gutter; n-- {
		columns = factColumns(all, n)
	}
	if len(columns) == 0 {
		return nil
	}
	spare := min(max((width-gutter-factCells(columns))/len(columns), 0), 6)
	var lines []string
	for i := range columns[0].facts {
		w.writeBlanks(gutter)
		end := gutter
		for _, c := range columns {
			w.writeBlanks(end - w.used)
			if i < len(c.facts) {
				drawFact(w, c.facts[i], c.nameWidth)
			}
			end += c.width + spare
		}
		lines = append(lines, w.endLine())
	}
	return lines
}

// factColumn is facts below each other.
type factColumn struct {
	facts            []fact
	nameWidth, width int // with the gutter after it
}

// factColumns fill at most so many columns, one after the other.
func factColumns(all []fact, n int) (columns []factColumn) {
	for facts := range slices.Chunk(all, max((len(all)+n-1)/n, 1)) {
		c := factColumn{facts: facts}
		for _, f := range facts {
			c.nameWidth = max(c.nameWidth, cells(f.name))
		}
		for _, f := range facts {
			c.width = max(c.width, c.nameWidth+f.cells()-cells(f.name)+gutter)
		}
		columns = append(columns, c)
	}
	return columns
}

// factCells is the width of columns, without the gutter after the last.
func factCells(columns []factColumn) int {
	n := -gutter
	for _, c := range columns {
		n += c.width
	}
	return n
}

func drawFact(w *lineWriter, f fact, nameWidth int) {
	w.writeLeft(muted, f.name, nameWidth+1)
	if w.used+cells(f.value) > w.width {
		w.write(f.style, "…")
		return
	}
	w.write(f.style, f.value)
	if note := withSeparator(" ", f.note); w.used+cells(note) <= w.width {
		w.write(muted, note)
	}
}

// rangeSpans are the range with the place of the price in it.
func rangeSpans(r *market.Row) []span {
	low, high, seen := r.Range()
	if !low.IsSet() {
		return nil
	}
	name := "Day range"
	if seen {
		name = "Range seen"
	}
	price, _ := r.Price()
	at := rangeBarCell(low, high, price, barCells)
	return []span{
		{muted, name}, {strong, " " + fullNumber(low, r.Decimals())},
		{stale, " " + strings.Repeat("─", at)}, {plain, "●"}, {stale, strings.Repeat("─", barCells-1-at)},
		{strong, " " + fullNumber(high, r.Decimals())},
	}
}

// quoteCountText says how many messages of the symbol came, from where and when.
func quoteCountText(area drawContext, r *market.Row) string {
	noun := "quote"
	if r.IsReading {
		noun = "reading"
	}
	words := humanize.Plural(r.Count, noun) + " from " + r.Feed
	if !r.Quoted.IsZero() {
		words += " · stamped " + timeText(r.Quoted, area.now)
	}
	if !r.Updated.IsZero() {
		words += " · received " + agoText(area.now, r.Updated)
	}
	return words
}
