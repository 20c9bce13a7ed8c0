package infer

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/auto"
)

// place is where rows may be: at a path, and what they hold there.
type place struct {
	names []string // of the path; none: the payload is the row
	keyed bool     // the rows are members of maps, under keys
	kind  bool     // the rows are those of one kind, among others
	rows  []found
}

// found is one row and where it is from.
type found struct {
	value   gjson.Result
	key     string
	payload int // index of its payload
}

// Bounds on the places that are looked at: depth, places, rows of one place.
const (
	maxPlaceDepth = 3
	maxPlaces     = 60
	maxRows       = 500
)

// places are all places where rows may be, the payload itself first.
func places(read []payload) []*place {
	s := survey{at: map[string]*place{}}
	for i, p := range read {
		s.row(nil, found{p.json, "", i})
		s.walk(nil, p.json, i)
	}
	return s.all
}

type survey struct {
	all []*place
	at  map[string]*place
}

// walk takes the members of lists and maps as rows.
func (s *survey) walk(names []string, v gjson.Result, payload int) {
	if v.IsArray() {
		s.members(names, v, payload)
		return
	}
	if !v.IsObject() {
		return
	}
	s.members(names, v, payload)
	if len(names) >= maxPlaceDepth {
		return
	}
	v.ForEach(func(key, below gjson.Result) bool {
		if sayable(key.Str) && (below.IsObject() || below.IsArray()) {
			s.walk(append(slices.Clip(names), key.Str), below, payload)
		}
		return true
	})
}

// members are rows under `each: names`.
func (s *survey) members(names []string, v gjson.Result, payload int) {
	each := append(slices.Clip(names), "*")
	n := 0
	v.ForEach(func(key, row gjson.Result) bool {
		switch {
		case !v.IsObject():
			s.row(each, found{row, "", payload})
		case row.IsArray() && auto.Container(key.Str): // a place of its own
		case v.IsObject() && firstOf(row).IsArray() && !firstOf(firstOf(row)).IsObject(): // lists of lists under keys: bars of symbols
			s.listed(append(slices.Clip(each), "*"), key.Str, row, payload)
		default:
			s.row(each, found{row, key.Str, payload})
		}
		n++
		return n < maxRows
	})
	s.groups(each, v, payload)
}

// groups are rows two maps down, under tickers: {"FX": {"EURUSD": {…}, "GBPUSD": {…}}, "METALS": {…}}.
func (s *survey) groups(each []string, v gjson.Result, payload int) {
	var all []gjson.Result
	v.ForEach(func(_, group gjson.Result) bool {
		if isGroup(group) {
			all = append(all, group)
		}
		return len(all) < maxRows
	})
	if len(all) < 2 || !v.IsObject() {
		return
	}
	for _, group := range all {
		n := 0
		group.ForEach(func(key, row gjson.Result) bool {
			s.row(append(slices.Clip(each), "*"), found{row, key.Str, payload})
			n++
			return n < maxRows
		})
	}
}

// isGroup reports whether v is a map of maps under tickers.
func isGroup(v gjson.Result) bool {
	tickers := false
	if v.IsObject() {
		v.ForEach(func(key, row gjson.Result) bool {
			tickers = row.IsObject() && tickerName(key.Str)
			return tickers
		})
	}
	return tickers
}

func (s *survey) listed(each []string, key string, list gjson.Result, payload int) {
	n := 0
	list.ForEach(func(_, row gjson.Result) bool {
		s.row(each, found{row, key, payload})
		n++
		return n < maxRows
	})
}

// row notes a row; a list of maps in its place stands for its items.
func (s *survey) row(names []string, f found) {
	if f.value.IsArray() && firstOf(f.value).IsObject() {
		n := 0
		f.value.ForEach(func(_, item gjson.Result) bool {
			s.row(names, found{item, f.key, f.payload})
			n++
			return n < maxRows
		})
		return
	}
	id := strings.Join(names, "\x00")
	p := s.at[id]
	if p == nil {
		if len(s.all) >= maxPlaces {
			return
		}
		p = &place{names: names}
		s.at[id] = p
		s.all = append(s.all, p)
	}
	if len(p.rows) < maxRows {
		p.rows = append(p.rows, f)
	}
	p.keyed = p.keyed || f.key != ""
}

// each is the place as a rule writes it; "" when the payload is the row.
func (p *place) each() string {
	if len(p.names) == 0 {
		return ""
	}
	if n := len(p.names); n > 1 && p.names[n-2] == "*" {
		return strings.TrimPrefix(pathOf(p.names[:n-2])+".*.*", ".")
	}
	if len(p.names) == 1 {
		return "*"
	}
	return pathOf(p.names[:len(p.names)-1])
}

// values are the rows alone.
func (p *place) values() []gjson.Result {
	all := make([]gjson.Result, len(p.rows))
	for i, f := range p.rows {
		all[i] = f.value
	}
	return all
}

// symbolKeys reports whether the keys of rows look like symbols: none names a member that payloads usually have.
func (p *place) symbolKeys() bool {
	if !p.keyed {
		return false
	}
	for _, f := range p.rows {
		if f.key == "" || len(f.key) > 40 || auto.Container(f.key) {
			return false
		}
	}
	return true
}

// tickers reports whether all keys are written like tickers: capitals, with digits and the usual signs between.
func (p *place) tickers() bool {
	for _, f := range p.rows {
		if !ticker(f.key) {
			return false
		}
	}
	return p.symbolKeys()
}

func ticker(s string) bool {
	capitals := 0
	for _, c := range s {
		switch {
		case c >= 'A' && c <= 'Z':
			capitals++
		case c >= '0' && c <= '9' || strings.ContainsRune("/-_.:=^", c):
		default:
			return false
		}
	}
	return capitals >= 2
}

// within reports whether one place is the other or lies in it. A * may be any name.
func within(a, b *place) bool {
	short, long := a.path(), b.path()
	if len(short) > len(long) {
		short, long = long, short
	}
	return slices.EqualFunc(short, long[:len(short)], func(x, y string) bool { return x == y || x == "*" || y == "*" })
}

func (p *place) path() []string {
	if len(p.names) == 0 {
		return nil
	}
	return p.names[:len(p.names)-1]
}
