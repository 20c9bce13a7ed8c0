package infer

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/auto"
	"livetape/feed/decode/mapping"
)

// leaf is a place in rows that holds a single value, or a list of texts.
type leaf struct {
	path   string // as a rule writes it
	names  []string
	values []gjson.Result // one for each row; those that say nothing do not exist

	replace  []string // what makes JSON numbers of its numbers; nil: they are
	decimals string   // of its whole numbers, where the name says so
}

// Bounds on the places that are looked at in one row: depth, items of a list, places in all.
const (
	maxLeafDepth = 3
	maxItems     = 2
	maxLeaves    = 200
)

// leaves are all places in rows that are maps, in the order in which they first come.
func leaves(rows []gjson.Result) []*leaf {
	t := table{at: map[string]*leaf{}, rows: len(rows)}
	for i, row := range rows {
		t.walk(row, i, nil)
	}
	return t.all
}

type table struct {
	all  []*leaf
	at   map[string]*leaf
	rows int
}

func (t *table) walk(v gjson.Result, row int, names []string) {
	if len(names) > maxLeafDepth {
		return
	}
	place := 0
	v.ForEach(func(key, below gjson.Result) bool {
		name := key.Str
		if v.IsArray() {
			name = strconv.Itoa(place)
			if place++; place > maxItems {
				return false
			}
		}
		if !sayable(name) {
			return true
		}
		here := append(names[:len(names):len(names)], name)
		if member := listed(name, below); member != "" {
			t.note(here, row, below.Get("#."+gjson.Escape(member)), ".#."+gjson.Escape(member))
		} else if below.IsObject() || below.IsArray() && sideOf(here) != "" {
			t.walk(below, row, here)
		} else if !below.IsArray() || texts(below) {
			t.note(here, row, below, "")
		}
		return true
	})
}

// sayable reports whether a configuration can name a member.
func sayable(name string) bool {
	return name != "" && utf8.ValidString(name) && strings.IndexFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// listed is the member that names the symbol in a list of maps, where a headline lists what it is about.
func listed(name string, list gjson.Result) (member string) {
	if s, ok := auto.Spelled(name); !ok || s.Field != "symbols" || !list.IsArray() {
		return ""
	}
	firstOf(list).ForEach(func(key, v gjson.Result) bool {
		if s, ok := auto.Spelled(key.Str); ok && s.Field == "symbol" && s.Rank < auto.Weak && v.Type == gjson.String && sayable(key.Str) {
			member = key.Str
		}
		return member == ""
	})
	return member
}

// note says what stands in a row; below is the rest of a path into the maps of a list.
func (t *table) note(names []string, row int, v gjson.Result, below string) {
	path := pathOf(names) + below
	l := t.at[path]
	if l == nil {
		if len(t.all) >= maxLeaves {
			return
		}
		l = &leaf{path: path, names: names, values: make([]gjson.Result, t.rows)}
		t.at[path] = l
		t.all = append(t.all, l)
	}
	if !mapping.IsMissing(v) {
		l.values[row] = v
	}
}

// texts reports whether v is a list of texts.
func texts(v gjson.Result) bool {
	item := firstOf(v)
	return item.Type == gjson.String && !numeric(item)
}

// firstOf is the first item of a list, which may be long.
func firstOf(list gjson.Result) (item gjson.Result) {
	list.ForEach(func(_, v gjson.Result) bool {
		item = v
		return false
	})
	return item
}

func pathOf(names []string) string {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = gjson.Escape(name)
	}
	path := strings.Join(parts, ".")
	if strings.HasPrefix(path, "$") {
		path = `\` + path
	}
	return path
}

// every reports whether a leaf says something, and test holds of all that it says.
func (l *leaf) every(test func(gjson.Result) bool) bool {
	said := false
	for _, v := range l.values {
		if v.Exists() {
			if !test(v) {
				return false
			}
			said = true
		}
	}
	return said
}

// first is the first thing that the leaf says.
func (l *leaf) first() gjson.Result {
	for _, v := range l.values {
		if v.Exists() {
			return v
		}
	}
	return gjson.Result{}
}

func (l *leaf) name() string { return l.names[len(l.names)-1] }

func numeric(v gjson.Result) bool {
	if v.Type != gjson.Number && v.Type != gjson.String {
		return false
	}
	n, err := mapping.ParseNumber(v)
	return err == nil && n.IsSet()
}

func whole(v gjson.Result) bool {
	n, err := mapping.ParseNumber(v)
	return err == nil && n.IsSet() && !strings.Contains(n.String(), ".")
}

// dated reports whether a value is a plausible time: a date, or a number that counts since 1970 and lies between 1990
// and 2100.
func dated(v gjson.Result) bool {
	if v.Type != gjson.Number && v.Type != gjson.String {
		return false
	}
	at, err := mapping.ParseTime(v)
	return err == nil && at.Year() >= 1990 && at.Year() < 2100
}

func wordy(v gjson.Result) bool { return v.Type == gjson.String && !numeric(v) && !dated(v) }
