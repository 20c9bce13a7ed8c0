package ui

import (
	"strings"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/humanize"
	"livetape/ui/position"
)

// positionValues are the user's positions at the prices of all rows, in the order of their symbols, and their totals.
func (m Model) positionValues() ([]position.Value, []position.Total) {
	values := make([]position.Value, 0, len(m.config.Positions))
	for _, p := range m.config.Positions {
		_, r := m.rowOf(p)
		values = append(values, p.At(m.pricedBy(r)))
	}
	return values, position.Totals(values)
}

// rowOf is the row that a position is in, and that which values it: where rows fold, the latter may be of one of its feeds.
// Both are nil where none has a price.
func (m Model) rowOf(p position.Position) (shown, priced *market.Row) {
	for _, r := range m.feeds.liveFirst(m.baseRows(), m.now) {
		if !strings.EqualFold(r.Symbol, p.Symbol) {
			continue
		}
		priced := r
		if s := m.symbolOf(r); s != nil && p.Feed != "" {
			priced = s.RowOf(p.Feed)
		}
		if priced == nil || p.Feed != "" && priced.Feed != p.Feed {
			continue
		}
		if price, _ := priced.Price(); price.IsSet() {
			return r, priced
		}
	}
	return nil, nil
}

// pricedBy is what a row says of a position's symbol. The price of a feed that is not live is not one of now.
func (m Model) pricedBy(r *market.Row) position.Priced {
	if r == nil {
		return position.Priced{}
	}
	price, _ := r.Price()
	priced := position.Priced{Price: price, PrevClose: r.PrevClose.Value, Currency: r.Currency}
	h := m.feeds.byName(r.Feed)
	if h == nil || h.state(m.now) != feed.Live {
		priced.StaleFor = max(elapsed(m.now, newRowTimes(r, h).price), time.Second)
	}
	return priced
}

// positionOf is the user's position in the symbol of a row, if there is one.
func (m Model) positionOf(r *market.Row) (position.Value, bool) {
	for i, p := range m.config.Positions {
		if shown, _ := m.rowOf(p); shown == r {
			values, _ := m.positionValues()
			return values[i], true
		}
	}
	return position.Value{}, false
}

func (m Model) positionPart(v position.Value) detailPart {
	facts := [][]span{{{strong, quantityText(v.Quantity)}, {muted, withSeparator(" @ ", money(v.Cost))}}, {{muted, "value "}, {plain, orMissing(money(v.Value))}},
		amountSpans("P&L ", v.PnL, v.PnLPct), amountSpans("today ", v.Day, market.Decimal{})}
	if v.Weight.IsSet() {
		facts = append(facts, []span{{muted, "weight " + v.Weight.Round(1).String() + "%"}})
	}
	lines := packFacts(facts, detailColumns(m.detailWidth())[0]-gutter-1)
	height := 1 + len(lines)
	return detailPart{pane: noPane, minimum: height, wanted: height, view: func(_ Model, area drawContext) []string {
		w := newLineWriter(area.theme, area.width)
		area.focused = false
		return append([]string{paneTitleLine(w, area, "Position", "", v.Currency)}, w.indented(lines, gutter)...)
	}}
}

// packFacts puts facts into as few lines as hold them, none of them broken.
func packFacts(facts [][]span, width int) [][]span {
	lines := [][]span{nil}
	for _, fact := range facts {
		last := len(lines) - 1
		switch {
		case lines[last] == nil:
		case spanCells(lines[last])+3+spanCells(fact) > width:
			lines, last = append(lines, nil), last+1
		default:
			lines[last] = append(lines[last], span{plain, "   "})
		}
		lines[last] = append(lines[last], fact...)
	}
	return lines
}

func orMissing(s string) string {
	if s == "" {
		return missing
	}
	return s
}

// money is an amount with two decimals; empty for none.
func money(d market.Decimal) string {
	if !d.IsSet() {
		return ""
	}
	return humanize.Group(d.Round(2).Add(noCents).String())
}

var noCents, _ = market.ParseDecimal("0.00") // a sum has the decimals of the finer of two

func quantityText(d market.Decimal) string { return orMissing(humanize.Group(d.String())) }

// signed is an amount of money with its sign, also above zero.
func signed(d market.Decimal) string {
	return orMissing(plusSign(d) + money(d))
}

func amountStyle(d market.Decimal) style { return newRowStyles(0, true).forSign(d.Sign()) }

func amountSpans(label string, d, percent market.Decimal) []span {
	out := []span{{muted, label}, {amountStyle(d), signed(d)}}
	if percent.IsSet() {
		out = append(out, span{amountStyle(percent), " " + signed(percent) + "%"})
	}
	return out
}

// positionColumns are the columns of the list of positions, from the first that is shown on a narrow screen.
var positionColumns = [...]struct {
	head  string
	width int
	text  func(position.Value) string
	style func(position.Value) style
}{
	{"VALUE", 15, func(v position.Value) string { return orMissing(money(v.Value)) }, func(position.Value) style { return plain }},
	{"P&L", 14, func(v position.Value) string { return signed(v.PnL) }, func(v position.Value) style { return amountStyle(v.PnL) }},
	{"P&L%", 10, func(v position.Value) string { return percentText(v.PnLPct) }, func(v position.Value) style { return amountStyle(v.PnLPct) }},
	{"TODAY", 14, func(v position.Value) string { return signed(v.Day) }, func(v position.Value) style { return amountStyle(v.Day) }},
	{"WEIGHT", 9, func(v position.Value) string { return strings.TrimPrefix(percentText(v.Weight), "+") }, func(position.Value) style { return muted }},
	{"QUANTITY", 14, func(v position.Value) string { return quantityText(v.Quantity) }, func(position.Value) style { return plain }},
	{"COST", 13, func(v position.Value) string { return orMissing(money(v.Cost)) }, func(position.Value) style { return muted }},
	{"PRICE", 13, func(v position.Value) string { return orMissing(humanize.Group(v.Price.String())) }, func(position.Value) style { return plain }},
}

func percentText(d market.Decimal) string {
	if !d.IsSet() {
		return missing
	}
	return signed(d) + "%"
}

const positionSymbolWidth = 14

// positionLines are how many lines the list of positions has below its title and its head.
func (m Model) positionLines() int {
	_, totals := m.positionValues()
	return len(m.config.Positions) + 2*len(totals)
}

func (m Model) viewPositions(height int) []string {
	area := m.overlayArea(height)
	w := newLineWriter(m.theme, area.width)
	values, totals := m.positionValues()
	lines := []string{paneTitleLine(w, area, "Positions", humanize.Count(len(values)), keyLabel(m.keys.back)+" closes")}
	if len(values) == 0 {
		w.writeBlanks(gutter)
		w.write(muted, "No positions: add them to the configuration, under positions:")
		return padLines(append(lines, w.endLine()), height)
	}
	w.writeBlanks(gutter)
	w.writeLeft(title, "SYMBOL", positionSymbolWidth)
	for _, c := range positionColumns {
		if w.used+c.width <= w.width {
			w.writeRight(title, c.head, c.width)
		}
	}
	lines = append(lines, w.endLine())
	for _, v := range values {
		lines = append(lines, drawPosition(w, v, v.Symbol+withSeparator(" ", v.Currency)))
	}
	for _, t := range totals {
		total := position.Value{Value: t.Value, PnL: t.PnL, Day: t.Day}
		lines = append(lines, drawPosition(w, total, "total "+t.Currency))
		if words := withoutText(t); words != "" {
			w.writeBlanks(gutter)
			w.write(warn, words)
			lines = append(lines, w.endLine())
		}
	}
	l := m.page
	return padLines(append(lines[:2:2], lines[2+min(l.top, len(lines)-2):]...), height)
}

func drawPosition(w *lineWriter, v position.Value, name string) string {
	st := strong
	if v.StaleFor > 0 {
		st = stale
	}
	w.writeBlanks(gutter)
	w.writeLeft(st, plainLine(name), positionSymbolWidth)
	for _, c := range positionColumns {
		if w.used+c.width > w.width {
			continue
		}
		cellStyle := c.style(v)
		if v.StaleFor > 0 {
			cellStyle = stale
		}
		w.writeRight(cellStyle, c.text(v), c.width)
	}
	if v.StaleFor > 0 {
		w.write(warn, "  "+humanize.Age(v.StaleFor)+" old")
	}
	return w.endLine()
}

// withoutText says what is missing in a total, or not of now.
func withoutText(t position.Total) string {
	var parts []string
	for _, missing := range []struct {
		what    string
		symbols []string
	}{
		{"without %s: no price", t.NoPrice},
		{"without %s: no current price", t.Stale},
		{"P&L without %s: no cost", t.NoCost},
		{"today without %s: no previous close", t.NoClose},
	} {
		if len(missing.symbols) > 0 {
			parts = append(parts, strings.Replace(missing.what, "%s", plainLine(strings.Join(missing.symbols, ", ")), 1))
		}
	}
	return strings.Join(parts, " · ")
}
