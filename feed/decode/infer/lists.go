package infer

import (
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// listRows are rows that are lists: [["BTC/USD", 64000.1, 1714748300000], …].
type listRows struct{ roles map[fieldRole]listColumn }

type listColumn struct {
	place int
	first gjson.Result
}

// listRowsOf finds out what stands at which place of rows that are lists; nil when rows are something else.
func listRowsOf(p *rowSet) *listRows {
	var cells [][]gjson.Result
	for _, f := range p.rows {
		if !f.value.IsArray() {
			return nil
		}
		row := f.value.Array()
		if len(row) == 0 {
			continue
		}
		for _, cell := range row {
			if cell.IsObject() || cell.IsArray() {
				return nil
			}
		}
		cells = append(cells, row)
	}
	if len(cells) == 0 {
		return nil
	}
	t := &listRows{map[fieldRole]listColumn{}}
	for i := range cells[0] {
		if sideOfBook(cells[0][i].Str) != "" {
			return nil // a level of a book
		}
		t.assignColumn(i, cells)
	}
	t.bars(cells)
	_, priced := t.roles["last"]
	_, named := t.roles["symbol"]
	_, timed := t.roles["time"]
	_, isBar := t.roles["open"]
	if !priced || !named && !isBar && !p.hasTickerKeys() && !(timed && p.namesPrices()) {
		return nil // numbers that nothing calls prices
	}
	return t
}

// assignColumn gives a column the first role that fits and is free.
func (t *listRows) assignColumn(i int, cells [][]gjson.Result) {
	every := func(test func(gjson.Result) bool) bool {
		for _, row := range cells {
			if i >= len(row) || row[i].Type != gjson.Null && !test(row[i]) {
				return false
			}
		}
		return true
	}
	for _, role := range []struct {
		field fieldRole
		test  func(gjson.Result) bool
	}{{"symbol", isWordy}, {"time", isTime}, {"last", isNumber}} {
		if _, taken := t.roles[role.field]; !taken && every(role.test) {
			t.roles[role.field] = listColumn{i, cells[0][i]}
			return
		}
	}
}

// bars takes four numbers behind a time for those of a bar, and a fifth for the volume, in an order that services use and
// in which the high is never below the others and the low never above.
func (t *listRows) bars(cells [][]gjson.Result) {
	at := t.roles["time"].place + 1
	if _, timed := t.roles["time"]; !timed || t.roles["last"].place != at {
		return
	}
	for _, order := range [][]fieldRole{{"open", "high", "low", "last"}, {"low", "high", "open", "last"}} {
		if !areBars(cells, at, order) {
			continue
		}
		for i, field := range append(order, "volume") {
			if at+i < len(cells[0]) && isNumber(cells[0][at+i]) {
				t.roles[field] = listColumn{at + i, cells[0][at+i]}
			}
		}
		return
	}
}

func areBars(cells [][]gjson.Result, at int, order []fieldRole) bool {
	high, low := slices.Index(order, "high"), slices.Index(order, "low")
	for _, row := range cells {
		bar := row[min(at, len(row)):]
		if len(bar) < len(order) {
			return false
		}
		for _, cell := range bar[:len(order)] {
			if !isNumber(cell) || lessThan(bar[high], cell) || lessThan(cell, bar[low]) {
				return false
			}
		}
	}
	return true
}

func lessThan(a, b gjson.Result) bool {
	x, err1 := mapping.ParseNumber(a)
	y, err2 := mapping.ParseNumber(b)
	return err1 == nil && err2 == nil && x.Cmp(y) < 0
}

func (t *listRows) rule(p *rowSet, outer fields, w *ruleWriter) mapping.Rule {
	r := mapping.Rule{Each: p.each()}
	for _, c := range []struct {
		field fieldRole
		to    **mapping.Value
	}{{"symbol", &r.Symbol}, {"last", &r.Last}, {"open", &r.Open}, {"high", &r.High}, {"low", &r.Low}, {"volume", &r.Volume}, {"time", &r.Time}} {
		if col, ok := t.roles[c.field]; ok {
			*c.to = &mapping.Value{Path: strconv.Itoa(col.place)}
		}
	}
	if r.Time != nil {
		r.Time.Unit = mapping.TimeUnit(t.roles["time"].first)
	}
	if named := p.payloadSymbol(outer); r.Symbol == nil && p.hasSymbolKeys() && (named == nil || p.hasTickerKeys()) {
		r.Symbol = &mapping.Value{Path: "$key"}
	} else if r.Symbol == nil {
		r.Symbol = named
	}
	if r.Time != nil && len(p.rows) > 1 && (r.Open != nil || p.namesPrices()) {
		r.Rows = mapping.Latest
	}
	if r.Open != nil {
		w.note("%s: rows are lists, and look like bars, place %s the close: check this", p.label(), r.Last.Path)
		return r
	}
	w.note("%s: rows are lists; place %s is taken for the price, for it is the first number: check this", p.label(), r.Last.Path)
	return r
}
