package infer

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// rowSet is what stands at one path of the payloads: candidates for the rows of a table.
type rowSet struct {
	names []string // of the path; none: the payload is the row
	keyed bool     // the rows are members of maps, under keys
	kind  bool     // the rows are those of one kind, among others
	inner bool     // the rows are in a list of each of several maps
	byCol bool     // the rows are made of a map of lists: see [mapping.Rule.Columns]
	sided []string // below a row, the path of a list of levels that say their side; empty: the row is the list; nil: there is none
	rows  []foundRow
}

// foundRow is one row and where it is from.
type foundRow struct {
	value   gjson.Result
	key     string
	payload int          // index of its payload
	around  gjson.Result // of inner rows, the map that their list is in
}

// Bounds on the survey: depth, row sets, rows of one.
const (
	maxRowSetDepth = 3
	maxRowSets     = 60
	maxRows        = 500
)

// rowSets are all paths at which rows may be, the payload itself first.
func rowSets(read []payload) []*rowSet {
	s := rowSetFinder{sided: findSidedLists(read), at: map[string]*rowSet{}, single: !slices.ContainsFunc(read, func(p payload) bool { return p.json.IsArray() && len(p.json.Array()) != 1 })}
	for i, p := range read {
		s.add(nil, foundRow{value: p.json, payload: i})
		if !s.sided.has(nil) {
			s.walk(nil, p.json, i)
		}
	}
	areItems := slices.ContainsFunc(read, func(p payload) bool { return p.json.IsArray() })
	for _, set := range s.all {
		if path, ok := s.sided.below(set.names, areItems && len(set.names) == 0); ok && !set.byCol {
			set.sided = append([]string{}, path...)
		}
	}
	return s.all
}

type rowSetFinder struct {
	sided  sidedLists
	all    []*rowSet
	at     map[string]*rowSet
	single bool // payloads that are lists have one item
}

// walk takes the members of lists and maps for rows.
func (s *rowSetFinder) walk(names []string, v gjson.Result, payload int) {
	if v.IsArray() {
		if item := firstItem(v); s.single && item.IsObject() && len(names) == 0 { // as though it were a map around the item
			s.walk(append(slices.Clip(names), "0"), item, payload)
		}
		s.members(names, v, payload)
		return
	}
	if !v.IsObject() {
		return
	}
	s.columns(names, v, payload)
	s.members(names, v, payload)
	if len(names) >= maxRowSetDepth {
		return
	}
	v.ForEach(func(key, below gjson.Result) bool {
		if isWritable(key.Str) && (below.IsObject() || below.IsArray()) && !hasWord(key.Str, pastWords) && !isBookSide(key.Str, below) && !isTimeKey(key.Str) && !s.sided.has(append(slices.Clip(names), key.Str)) {
			s.walk(append(slices.Clip(names), key.Str), below, payload)
		}
		return true
	})
}

// members are the rows of `each: names`. What belongs to the past, and the levels of a book, are no rows.
func (s *rowSetFinder) members(names []string, v gjson.Result, payload int) {
	each := append(slices.Clip(names), "*")
	n := 0
	v.ForEach(func(key, row gjson.Result) bool {
		switch {
		case !v.IsObject():
			s.add(each, foundRow{value: row, payload: payload})
		case hasWord(key.Str, pastWords) || isBookSide(key.Str, row) || s.sided.has(append(slices.Clip(names), key.Str)):
		case row.IsArray() && isContainer(key.Str): // a row set of its own
		case firstItem(row).IsArray() && !firstItem(firstItem(row)).IsObject() && row.IsArray(): // lists of lists under keys: bars of symbols
			s.items(append(slices.Clip(each), "*"), key.Str, row, payload)
		default:
			s.add(each, foundRow{value: row, key: key.Str, payload: payload})
		}
		n++
		return n < maxRows
	})
	s.groups(each, v, payload)
	s.inner(each, v, payload)
}

// inner are the rows in lists of several maps: [{"symbol": "AAA", "trades": [{…}, …]}, …].
func (s *rowSetFinder) inner(each []string, v gjson.Result, payload int) {
	n := 0
	v.ForEach(func(key, around gjson.Result) bool {
		if !around.IsObject() || v.IsObject() && !isTickerName(key.Str) {
			return true
		}
		around.ForEach(func(name, list gjson.Result) bool {
			if !list.IsArray() || !firstItem(list).IsObject() || !isWritable(name.Str) || hasWord(name.Str, pastWords) || isBookSide(name.Str, list) || s.sided.has(append(slices.Clip(each), name.Str)) {
				return true
			}
			list.ForEach(func(_, row gjson.Result) bool {
				s.add(append(slices.Clip(each), name.Str, "*"), foundRow{row, key.Str, payload, around}).inner = true
				n++
				return n < maxRows
			})
			return n < maxRows
		})
		return n < maxRows
	})
}

// columns are the rows of a map of lists of one length, of which one holds texts or times: {"symbols": [A, B], "prices": [1, 2]}.
func (s *rowSetFinder) columns(names []string, v gjson.Result, payload int) {
	var lists [][]gjson.Result
	var keys []string
	oneLength, named := true, false
	v.ForEach(func(key, list gjson.Result) bool {
		if !list.IsArray() {
			return true
		}
		keys, lists = append(keys, key.Str), append(lists, list.Array())
		items := lists[len(lists)-1]
		named = named || len(items) > 0 && items[0].Type == gjson.String && !isNumber(items[0]) || len(items) > 1 && isTime(items[0])
		oneLength = len(items) == len(lists[0]) && !slices.ContainsFunc(items, func(item gjson.Result) bool { return item.Type == gjson.JSON })
		return oneLength
	})
	if !oneLength || !named || len(lists) < 2 {
		return
	}
	for i := range lists[0][:min(len(lists[0]), maxRows)] {
		row := map[string]json.RawMessage{}
		v.ForEach(func(key, value gjson.Result) bool {
			if value.Type != gjson.JSON && len(value.Raw) <= maxSymbolBytes {
				row[key.Str] = json.RawMessage(value.Raw)
			}
			return true
		})
		for k, key := range keys {
			row[key] = json.RawMessage(lists[k][i].Raw)
		}
		text, err := json.Marshal(row)
		if err != nil {
			return
		}
		s.add(append(slices.Clip(names), "", "*"), foundRow{value: gjson.ParseBytes(text), payload: payload}).byCol = true
	}
}

// groups are rows two maps down, under tickers: {"FX": {"EURUSD": {…}, "GBPUSD": {…}}, "METALS": {…}}.
func (s *rowSetFinder) groups(each []string, v gjson.Result, payload int) {
	var all []gjson.Result
	v.ForEach(func(key, group gjson.Result) bool {
		if isGroup(group) && !isTimeKey(key.Str) {
			all = append(all, group)
		}
		return len(all) < maxRows
	})
	if len(all) < 2 && v.IsObject() {
		return
	}
	for _, group := range all {
		n := 0
		group.ForEach(func(key, row gjson.Result) bool {
			s.add(append(slices.Clip(each), "*"), foundRow{value: row, key: key.Str, payload: payload})
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
			tickers = row.IsObject() && isTickerName(key.Str)
			return tickers
		})
	}
	return tickers
}

func (s *rowSetFinder) items(each []string, key string, list gjson.Result, payload int) {
	n := 0
	list.ForEach(func(_, row gjson.Result) bool {
		s.add(each, foundRow{value: row, key: key, payload: payload})
		n++
		return n < maxRows
	})
}

// add takes in a row, and returns the set that it is in; a list of maps in its place stands for its items.
func (s *rowSetFinder) add(names []string, f foundRow) (set *rowSet) {
	if f.value.IsArray() && firstItem(f.value).IsObject() && !(len(names) == 0 && s.sided.has(nil)) {
		n := 0
		f.value.ForEach(func(_, item gjson.Result) bool {
			set = s.add(names, foundRow{item, f.key, f.payload, f.around})
			n++
			return n < maxRows
		})
		return set
	}
	id := strings.Join(names, "\x00")
	if set = s.at[id]; set == nil {
		set = &rowSet{names: names}
		if len(s.all) >= maxRowSets {
			return set
		}
		s.at[id] = set
		s.all = append(s.all, set)
	}
	if len(set.rows) < maxRows {
		set.rows = append(set.rows, f)
	}
	set.keyed = set.keyed || f.key != ""
	return set
}

// each is the path of the rows as a rule writes it; "" when the payload is the row.
func (s *rowSet) each() string {
	if len(s.names) == 0 || s.byCol {
		return ""
	}
	if s.inner {
		return strings.TrimPrefix(pathOf(s.names[:len(s.names)-3])+".*."+pathOf(s.names[len(s.names)-2:len(s.names)-1]), ".")
	}
	if n := len(s.names); n > 1 && s.names[n-2] == "*" {
		return strings.TrimPrefix(pathOf(s.names[:n-2])+".*.*", ".")
	}
	if len(s.names) == 1 {
		return "*"
	}
	return pathOf(s.names[:len(s.names)-1])
}

// columnsPath is the path of a map of lists that the rows are made of; empty for other rows.
func (s *rowSet) columnsPath() string {
	if !s.byCol {
		return ""
	}
	return cmp.Or(pathOf(s.names[:len(s.names)-2]), "$")
}

// above is what begins the paths of members around the rows.
func (s *rowSet) above() string {
	if s.inner {
		return "$parent."
	}
	return "$."
}

// label is the path for people.
func (s *rowSet) label() string {
	if each := s.each(); each != "" && each != "*" {
		return each
	}
	return "the payload"
}

// rowValues are the rows alone.
func (s *rowSet) rowValues() []gjson.Result {
	all := make([]gjson.Result, len(s.rows))
	for i, f := range s.rows {
		all[i] = f.value
	}
	return all
}

// arrivalTimes are when the rows came.
func (s *rowSet) arrivalTimes(read []payload) []time.Time {
	all := make([]time.Time, len(s.rows))
	for i, f := range s.rows {
		all[i] = read[f.payload].at
	}
	return all
}

// membersAbove are the members of the payloads that rows are from, and of the maps around the rows, one value for each row.
func (s *rowSet) membersAbove(read []payload) (top []*leaf) {
	var maps []gjson.Result // around rows, each once
	mapOf := make([]int, len(s.rows))
	for i, f := range s.rows {
		at := read[f.payload].json
		if s.inner {
			at = f.around
		}
		if i == 0 || f.payload != s.rows[i-1].payload || s.inner && at.Index != s.rows[i-1].around.Index {
			maps = append(maps, at)
		}
		mapOf[i] = len(maps) - 1
	}
	for _, l := range leavesOf(maps) {
		values := l.values
		l.values = make([]gjson.Result, len(s.rows))
		for i, at := range mapOf {
			l.values[i] = values[at]
		}
		if s.inner {
			top = append(top, l)
			continue
		}
		around := l.names[:len(l.names)-1]
		if len(around) <= len(s.parent()) && slices.Equal(around, s.parent()[:len(around)]) || len(around) == 1 && headNames[plainName(around[0])] {
			top = append(top, l)
		}
	}
	return top
}

// headNames are names of maps beside the rows that say what these are about.
var headNames = mapping.WordSet("meta metadata header head info arg")

// hasSymbolKeys reports whether the keys of rows may be symbols: none names a member that payloads usually have, or is a time,
// and where several rows of a payload have keys, these differ.
func (s *rowSet) hasSymbolKeys() bool {
	if !s.keyed || s.hasTimeKeys() {
		return false
	}
	type place struct {
		payload int
		key     string
	}
	seen := map[place]bool{}
	for i, f := range s.rows {
		at := place{f.payload, f.key}
		if f.key == "" || len(f.key) > 40 || isContainer(f.key) || sideOfBook(f.key) != "" {
			return false
		}
		if seen[at] && !(isTicker(f.key) && s.rows[i-1].key == f.key) { // the name of a list, or a key in several maps
			return false
		}
		seen[at] = true
	}
	return !s.isMemberByLetter()
}

// isMemberByLetter reports whether all rows are under one and the same small letter in a map below the payload: it names a member, as
// in {"data": {"k": {…}}}.
func (s *rowSet) isMemberByLetter() bool {
	key := s.rows[0].key
	return len(s.rows) > 1 && len(s.names) > 1 && len(key) == 1 && key[0] >= 'a' && key[0] <= 'z' && !slices.ContainsFunc(s.rows, func(f foundRow) bool { return f.key != key })
}

// hasTimeKeys reports whether rows are under times: {"2026-01-01": {…}, "2026-01-02": {…}}.
func (s *rowSet) hasTimeKeys() bool {
	return s.keyed && !slices.ContainsFunc(s.rows, func(f foundRow) bool { return !isTimeKey(f.key) })
}

// tickerAbove is the name of the map around the rows where that is written like a ticker; else empty.
func (s *rowSet) tickerAbove() string {
	if n := len(s.names); n > 1 && isTickerName(s.names[n-2]) {
		return s.names[n-2]
	}
	return ""
}

// hasTickerKeys reports whether all keys are written like tickers.
func (s *rowSet) hasTickerKeys() bool {
	for _, f := range s.rows {
		if !isTicker(f.key) {
			return false
		}
	}
	return s.hasSymbolKeys()
}

// overlap reports whether one row set is at the other's path or below it. A * may be any name.
func overlap(a, b *rowSet) bool {
	short, long := a.parent(), b.parent()
	if len(short) > len(long) {
		short, long = long, short
	}
	return slices.EqualFunc(short, long[:len(short)], func(x, y string) bool { return x == y || x == "*" || y == "*" })
}

func (s *rowSet) parent() []string {
	if len(s.names) == 0 {
		return nil
	}
	return s.names[:len(s.names)-1]
}
