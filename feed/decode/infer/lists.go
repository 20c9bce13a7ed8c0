package infer

import (
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// listRows are rows that are lists: [["BTC/USD", 64000.1, 1714748300000], …].
type listRows struct {
	roles map[fieldRole]listColumn
	named bool // a list beside the rows names their places
}

type listColumn struct {
	place int
	first gjson.Result
	rank  int // of its name
}

// listRowsOf finds out what stands at which place of rows that are lists; nil when rows are something else.
func listRowsOf(p *rowSet, read []payload) *listRows {
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
	t := &listRows{roles: map[fieldRole]listColumn{}}
	if names := p.columnNames(read, len(cells[0])); names != nil {
		return t.byNames(names, cells)
	}
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

// columnNames are the names of the places of rows, where a list beside the rows says them: {"columns": ["symbol", "price"], "rows": […]}.
func (s *rowSet) columnNames(read []payload, n int) (names []string) {
	if len(s.names) == 0 || slices.ContainsFunc(s.rows, func(f foundRow) bool { return headerNames[plainName(f.key)] }) {
		return nil
	}
	for _, l := range s.membersAbove(read) {
		list := l.firstValue()
		if !headerNames[plainName(l.name())] || !list.IsArray() || len(list.Array()) != n {
			continue
		}
		for _, name := range list.Array() {
			names = append(names, name.Str)
		}
		return names
	}
	return nil
}

// headerNames are names of lists of the names of columns.
var headerNames = wordSet("columns cols column columnnames fields fieldnames header headers names keys")

// byNames gives places the roles that their names say; nil where none is a price.
func (t *listRows) byNames(names []string, cells [][]gjson.Result) *listRows {
	for i, name := range names {
		m, ok := matchName(name)
		best, taken := t.roles[m.field]
		if !ok || !isListRole(m.field) || taken && best.rank <= m.rank {
			continue
		}
		l := &leaf{path: strconv.Itoa(i), names: []string{name}}
		for _, row := range cells {
			v := gjson.Result{}
			if i < len(row) && !mapping.IsMissing(row[i]) {
				v = row[i]
			}
			l.values = append(l.values, v)
		}
		if valuesFit(m.field, m.rank, l) {
			t.roles[m.field] = listColumn{i, l.firstValue(), m.rank}
		}
	}
	t.named = true
	for _, role := range []fieldRole{"last", "bid", "ask"} {
		if _, ok := t.roles[role]; ok {
			return t
		}
	}
	return nil
}

// isListRole reports whether a place of rows that are lists may be a field.
func isListRole(field fieldRole) bool {
	var r mapping.Rule
	for _, c := range listFields(&r) {
		if c.field == field {
			return true
		}
	}
	return false
}

// listField is a field of a rule for rows that are lists.
type listField struct {
	field fieldRole
	to    **mapping.Value
}

func listFields(r *mapping.Rule) []listField {
	return []listField{{"symbol", &r.Symbol}, {"last", &r.Last}, {"bid", &r.Bid}, {"ask", &r.Ask}, {"bid_size", &r.BidSize}, {"ask_size", &r.AskSize}, {"size", &r.Size},
		{"open", &r.Open}, {"high", &r.High}, {"low", &r.Low}, {"prev_close", &r.PrevClose}, {"volume", &r.Volume}, {"time", &r.Time}}
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
			t.roles[role.field] = listColumn{place: i, first: cells[0][i]}
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
				t.roles[field] = listColumn{place: at + i, first: cells[0][at+i]}
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
	for _, c := range listFields(&r) {
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
	if t.named {
		w.note("%s: rows are arrays, and an array beside them names their places", p.label())
		return r
	}
	if r.Open != nil {
		w.note("%s: rows are arrays and look like bars, with place %s as the close: check this", p.label(), r.Last.Path)
		return r
	}
	w.note("%s: rows are arrays; place %s is used as the price because it is the first number: check this", p.label(), r.Last.Path)
	return r
}
