package infer

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// listRows are rows that are lists: [["BTC/USD", 64000.1, 1714748300000], …].
type listRows struct {
	roles  map[fieldRole]listColumn
	named  bool     // a list beside the rows names their places
	doubts []string // why what is named a price is not used as one
}

type listColumn struct {
	place int
	first gjson.Result
	value mapping.Value
}

func columnAt(place int, first gjson.Result) listColumn {
	return listColumn{place, first, mapping.Value{Path: strconv.Itoa(place)}}
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
	names := p.columnNames(read, len(cells[0]))
	if named := listRowsByNames(names, cells); named != nil {
		return named
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
	if names != nil && !t.priceMayBeCalled(names, cells[0]) {
		return nil
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
var headerNames = mapping.WordSet("columns cols column columnnames fields fieldnames header headers names keys")

// listRowsByNames gives places the roles that their names say; nil where none is plainly called a price.
func listRowsByNames(names []string, cells [][]gjson.Result) *listRows {
	var all []*leaf
	for i, name := range names {
		l := &leaf{path: strconv.Itoa(i), names: []string{name}}
		for _, row := range cells {
			v := gjson.Result{}
			if m, _ := matchName(name); i < len(row) && !mapping.IsMissing(row[i]) && !(priceFields[m.field] && mapping.IsMissingNumber(row[i])) {
				v = row[i]
			}
			l.values = append(l.values, v)
		}
		all = append(all, l)
	}
	f := byName(all)
	f.scaleMinorUnits(all)
	if f.dropWeakNames(); !f.hasPrice() {
		return nil
	}
	f.dropCaseVariants()
	t := &listRows{roles: map[fieldRole]listColumn{}, named: true, doubts: f.keepAgreeing(all)}
	f.dropLoneSide()
	for field := range f {
		if l := f.best(field); l != nil && isListRole(field) {
			place, _ := strconv.Atoi(l.path) // as written above
			t.roles[field] = listColumn{place, l.firstValue(), l.value()}
		}
	}
	if !f.hasPrice() || f.isScaled(all) {
		return nil
	}
	return t
}

// isScaled reports whether a price is a whole number beside a scale, which is read in maps alone.
func (f fields) isScaled(all []*leaf) bool {
	price := cmp.Or(f.best("last"), f.best("bid"), f.best("ask"))
	return price.everyValue(isWhole) && slices.ContainsFunc(all, func(l *leaf) bool {
		name := plainName(l.name())
		return scaleNames[name] || factorNames[name] || exponentNames[name]
	})
}

// dropWeakNames drops what names say little of, a letter above all, unless others plainly name a symbol and a price.
func (f fields) dropWeakNames() {
	isPlain := func(field fieldRole) bool { return len(f[field]) > 0 && f[field][0].nameRank < weak }
	arePrices := isPlain("last") || isPlain("bid") || isPlain("ask")
	if isPlain("symbol") && arePrices {
		return
	}
	for field, all := range f {
		f[field] = slices.DeleteFunc(all, func(c fieldCandidate) bool { return c.nameRank >= weak })
	}
}

// priceMayBeCalled reports whether the place that is used as the price may be one by its name: a weak one, or one that is not known
// where no other number is.
func (t *listRows) priceMayBeCalled(names []string, row []gjson.Result) bool {
	if m, ok := matchName(names[t.roles["last"].place]); ok {
		return m.field == "last" && m.rank >= weak
	}
	numbers := 0
	for _, cell := range row {
		if isNumber(cell) && !isTime(cell) {
			numbers++
		}
	}
	return numbers == 1
}

// isListRole reports whether a place of rows that are lists may be a field.
func isListRole(field fieldRole) bool {
	return slices.ContainsFunc(listFields(&mapping.Rule{}), func(c listField) bool { return c.field == field })
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
			t.roles[role.field] = columnAt(i, cells[0][i])
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
				t.roles[field] = columnAt(at+i, cells[0][at+i])
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
			*c.to = &col.value
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
		w.doubtAll(t.doubts)
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
