package infer

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// leaf is a path in rows at which a single value, or a list of texts, is found.
type leaf struct {
	path   string // as a rule writes it
	names  []string
	values []gjson.Result // one for each row; those that are missing do not exist

	replace  []string // turns its texts into JSON numbers; nil: they are
	decimals string   // of its whole numbers, where the name says so

	twoReadings bool // its texts, beside each other, may mean other numbers than alone
}

// Bounds on the leaves of one row: depth, items of a list, leaves in all.
const (
	maxLeafDepth = 3
	maxItems     = 2
	maxLeaves    = 200
)

// leavesOf are all leaves of rows that are maps, in the order in which they first come.
func leavesOf(rows []gjson.Result) []*leaf {
	c := leafCollector{at: map[string]*leaf{}, rows: len(rows)}
	for i, row := range rows {
		c.walk(row, i, nil)
	}
	return c.all
}

// leaves are those of the rows. Those of columns are called in the singular: prices are the price of each row.
func (s *rowSet) leaves() []*leaf {
	all := leavesOf(s.rowValues())
	if s.sided != nil {
		all = s.leavesBesideLevels()
	}
	for _, l := range all {
		if _, known := matchName(strings.TrimSuffix(l.name(), "s")); s.byCol && known && len(l.name()) > 2 {
			l.names = []string{strings.TrimSuffix(l.name(), "s")}
		}
	}
	return all
}

// leavesBesideLevels are those of rows that have, or are, lists of levels that say their side.
func (s *rowSet) leavesBesideLevels() []*leaf {
	c := leafCollector{at: map[string]*leaf{}, rows: len(s.rows)}
	for i, f := range s.rows {
		if len(s.sided) > 0 {
			c.walk(f.value, i, nil)
		}
		c.addLevelSymbol(s.sided, f.value, i)
	}
	return c.all
}

type leafCollector struct {
	all  []*leaf
	at   map[string]*leaf
	rows int
}

func (c *leafCollector) walk(v gjson.Result, row int, names []string) {
	if len(names) > maxLeafDepth {
		return
	}
	index, timed := 0, false
	v.ForEach(func(key, below gjson.Result) bool {
		name := key.Str
		if v.IsArray() {
			name = strconv.Itoa(index)
			if index++; index > maxItems {
				return false
			}
		}
		if !isWritable(name) || isTimeKey(name) {
			return true
		}
		here := append(slices.Clip(names), name)
		if member := symbolOfItems(name, below); member != "" {
			c.add(here, row, below.Get("#."+gjson.Escape(member)), ".#."+gjson.Escape(member))
		} else if mapping.IsAmount(below) {
			c.addAmount(here, row, below)
		} else if mapping.IsTimeParts(below) && sideOf(here) == "" {
			c.add(here, row, below, "")
		} else if inner, within := unwrapped(below); within != nil {
			c.addAt(pathOf(append(slices.Clip(here), within...)), here, row, inner)
		} else if below.IsObject() || below.IsArray() && sideOf(here) != "" {
			c.walk(below, row, here)
		} else if !below.IsArray() || holdsTexts(below) {
			c.add(here, row, below, "")
		} else if item := firstItem(below); item.IsArray() || isTime(item) {
			c.addPairs(here, row, below)
			timed = timed || isTime(item)
		}
		return true
	})
	if timed {
		c.addSeries(v, names, row)
	}
}

// isWritable reports whether a configuration can name a member.
func isWritable(name string) bool {
	return name != "" && utf8.ValidString(name) && strings.IndexFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// symbolOfItems is the member that names the symbol in a list of maps, where a headline lists what it is about.
func symbolOfItems(name string, list gjson.Result) (member string) {
	if m, ok := matchName(name); !ok || m.field != "symbols" || !list.IsArray() {
		return ""
	}
	firstItem(list).ForEach(func(key, v gjson.Result) bool {
		if m, ok := matchName(key.Str); ok && m.field == "symbol" && m.rank < weak && v.Type == gjson.String && isWritable(key.Str) {
			member = key.Str
		}
		return member == ""
	})
	return member
}

// add takes in what stands in a row; below is the rest of a path into the maps of a list. Of a member that stands twice
// the last one counts, as in browsers.
func (c *leafCollector) add(names []string, row int, v gjson.Result, below string) {
	c.addAt(pathOf(names)+below, names, row, v)
}

func (c *leafCollector) addAt(path string, names []string, row int, v gjson.Result) {
	l := c.at[path]
	if l == nil {
		if len(c.all) >= maxLeaves {
			return
		}
		l = &leaf{path: path, names: names, values: make([]gjson.Result, c.rows)}
		c.at[path] = l
		c.all = append(c.all, l)
	}
	if m, _ := matchName(l.name()); !mapping.IsMissing(v) && !(priceFields[m.field] && mapping.IsMissingNumber(v)) {
		l.values[row] = v
	}
}

// addAmount takes in an amount of units and billionths, and its currency.
func (c *leafCollector) addAmount(names []string, row int, amount gjson.Result) {
	c.add(names, row, amount, "")
	amount.ForEach(func(key, v gjson.Result) bool {
		if v.Type == gjson.String && strings.HasPrefix(plainName(key.Str), "currency") {
			c.add(append(slices.Clip(names), key.Str), row, v, "")
		}
		return true
	})
}

// typeNames are names of the only member of a map that says of which type the value in it is: {"price": {"doubleValue": 41.05}}.
var typeNames = mapping.WordSet("double float int integer long string decimal number n s $numberdouble $numberdecimal $numberlong $numberint $date stringvalue doublevalue integervalue timestampvalue " +
	"int32 int64 float32 float64 utf8 #text _text __text $t")

// unwrapped is the single value in a map that only says its type, with the names that lead to it; nil for anything else.
func unwrapped(v gjson.Result) (inner gjson.Result, within []string) {
	inner = v
	for inner.IsObject() && len(within) < maxLeafDepth {
		name, members := "", 0
		next := gjson.Result{}
		inner.ForEach(func(key, below gjson.Result) bool {
			name, next = key.Str, below
			members++
			return members < 2
		})
		if members != 1 || !typeNames[strings.ToLower(name)] || !isWritable(name) {
			return v, nil
		}
		inner, within = next, append(within, name)
	}
	if inner.Type == gjson.JSON {
		return v, nil
	}
	return inner, within
}

// holdsTexts reports whether v is a list of texts.
func holdsTexts(v gjson.Result) bool {
	item := firstItem(v)
	return item.Type == gjson.String && !isNumber(item)
}

// firstItem is the first item of a list, which may be long.
func firstItem(list gjson.Result) (item gjson.Result) {
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
		if strings.HasPrefix(name, " ") {
			parts[i] = `\` + parts[i]
		}
		if strings.HasSuffix(name, " ") {
			parts[i] = strings.TrimSuffix(parts[i], " ") + `\ `
		}
	}
	path := strings.Join(parts, ".")
	if strings.HasPrefix(path, "$") {
		path = `\` + path
	}
	return path
}

// everyValue reports whether a leaf has values, and test holds of each.
func (l *leaf) everyValue(test func(gjson.Result) bool) bool {
	tested, held := l.countValues(test)
	return tested > 0 && held == tested
}

// mostValues reports whether test holds of at least two in three of a leaf's values, so that one odd value is an error of its
// event and not a reason to leave the field out.
func (l *leaf) mostValues(test func(gjson.Result) bool) bool {
	tested, held := l.countValues(test)
	return held > 0 && 3*held >= 2*tested
}

func (l *leaf) countValues(test func(gjson.Result) bool) (tested, held int) {
	for _, v := range l.values {
		if v.Exists() {
			tested++
			if test(v) {
				held++
			}
		}
	}
	return tested, held
}

// firstValue is the first value of the leaf.
func (l *leaf) firstValue() gjson.Result {
	for _, v := range l.values {
		if v.Exists() {
			return v
		}
	}
	return gjson.Result{}
}

func (l *leaf) name() string { return l.names[len(l.names)-1] }

// isBeside reports whether l stands in the same map as another leaf, or above it.
func isBeside(l, other *leaf) bool {
	above := l.names[:len(l.names)-1]
	if len(above) >= len(other.names) {
		return false
	}
	for i, name := range above {
		if other.names[i] != name {
			return false
		}
	}
	return true
}

func isNumber(v gjson.Result) bool {
	if v.Type != gjson.Number && v.Type != gjson.String && !mapping.IsAmount(v) {
		return false
	}
	n, err := mapping.ParseNumber(v)
	return err == nil && n.IsSet()
}

func isWhole(v gjson.Result) bool {
	n, err := mapping.ParseNumber(v)
	return err == nil && n.IsSet() && !strings.Contains(n.String(), ".")
}

// isWordy reports whether a value is text that is neither a number nor a time.
func isWordy(v gjson.Result) bool { return v.Type == gjson.String && !isNumber(v) && !isTime(v) }
