package infer

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/decode/mapping"
	"livetape/feed/market"
)

// unreadBookChange is why a book cannot be followed where an event changes it in a way that rules do not read; empty where it does
// not, or they do.
func unreadBookChange(rules []mapping.Rule, e decode.Event, m decode.Message) string {
	v := gjson.Parse(decode.Text(e.Data))
	switch {
	case removesLevels(v, 0):
		return "levels are removed from a book in a way that livetape does not read: neither bid nor ask is shown"
	case m.Unmapped == mapping.ReasonNoSnapshot && haveTwoForms(rules) || m.Unmapped != "" && m.Unmapped != mapping.ReasonNoSnapshot && (holdsSides(v, 0) || holdsLevelsAt(v, levelLists(rules), 0)):
		return "a book is changed in a way that livetape does not read: neither bid nor ask is shown"
	}
	return ""
}

// haveTwoForms reports whether one rule reads books with a list for each side, and another books whose levels say their side: what the one
// keeps, the other would have to change.
func haveTwoForms(rules []mapping.Rule) bool {
	bySide := slices.ContainsFunc(rules, func(r mapping.Rule) bool { return isBookRule(r) && r.Book.Levels == nil })
	return bySide && slices.ContainsFunc(rules, func(r mapping.Rule) bool { return isBookRule(r) && r.Book.Levels != nil })
}

// maxChangeDepth is how deep in an event changes to a book are looked for.
const maxChangeDepth = 4

// removalWords are words in the names of lists and maps of what is taken away from a book.
var removalWords = mapping.WordSet("remove removes removed removals delete deletes deleted deletions")

// removesLevels reports whether a list or map is called by what is taken away: {"remove": {"bids": ["40.9"]}}.
func removesLevels(v gjson.Result, depth int) (found bool) {
	v.ForEach(func(key, below gjson.Result) bool {
		found = below.Type == gjson.JSON && (hasWord(key.Str, removalWords) && firstItem(below).Exists() || depth < maxChangeDepth && removesLevels(below, depth+1))
		return !found
	})
	return found
}

// mayRemoveLevels reports whether an event may hold what removesLevels looks for, at little cost.
func mayRemoveLevels(data []byte) bool {
	return bytes.Contains(data, []byte("emove")) || bytes.Contains(data, []byte("elet"))
}

// holdsSides reports whether a list or map with something in it is called by a side of a book.
func holdsSides(v gjson.Result, depth int) (found bool) {
	v.ForEach(func(key, below gjson.Result) bool {
		if below.Type == gjson.JSON && !hasWord(key.Str, pastWords) {
			found = sideOfBook(key.Str) != "" && firstItem(below).Exists() && (len(key.Str) > 1 || isNumber(firstItem(below).Get("1"))) || (namesChanges(key.Str) || hasWord(key.Str, levelsWord)) && saysSide(firstItem(below)) || depth < maxChangeDepth && holdsSides(below, depth+1)
		}
		return !found
	})
	return found
}

// levelLists are the names of the lists of levels that say their side; empty for a list that is the row.
func levelLists(rules []mapping.Rule) (names []string) {
	for _, r := range rules {
		if isBookRule(r) && r.Book.Levels != nil {
			steps := strings.Split(strings.TrimPrefix(r.Book.Levels.Path, "$value"), ".")
			names = append(names, steps[len(steps)-1])
		}
	}
	return names
}

// holdsLevelsAt reports whether a list of one of the names holds levels that say their side.
func holdsLevelsAt(v gjson.Result, names []string, depth int) (found bool) {
	if depth == 0 && v.IsArray() && slices.Contains(names, "") && saysSide(firstItem(v)) {
		return true
	}
	v.ForEach(func(key, below gjson.Result) bool {
		isList := key.Str != "" && below.IsArray() && slices.Contains(names, key.Str)
		found = isList && saysSide(firstItem(below)) || below.Type == gjson.JSON && depth < maxChangeDepth && holdsLevelsAt(below, names, depth+1)
		return !found
	})
	return found
}

// Words in the names of lists and maps: of what holds nothing but changes to a book, of what may be the whole of it as well, and of
// levels.
var (
	changeListWords = mapping.WordSet("changes change deltas delta diffs diff")
	updateWords     = mapping.WordSet("updates update")
	levelsWord      = mapping.WordSet("levels")
)

// namesChanges reports whether the name of a list says that it may hold changes to a book.
func namesChanges(name string) bool {
	return hasWord(name, changeListWords) || hasWord(name, updateWords)
}

// saysSide reports whether a change names the side of the book that it is to: ["buy", "40.98", "0"], {"side": "buy", "price": 40.98}.
func saysSide(change gjson.Result) (found bool) {
	change.ForEach(func(key, v gjson.Result) bool {
		found = v.Type == gjson.String && sideOfBook(v.Str) != "" && (change.IsArray() || plainName(key.Str) == "side" || plainName(key.Str) == "type")
		return !found
	})
	return found
}

// hasBook reports whether a rule reads a book.
func hasBook(rules []mapping.Rule) bool { return slices.ContainsFunc(rules, isBookRule) }

func isBookRule(r mapping.Rule) bool { return r.Book != nil }

// clearedQuotes take back the best bids and asks that a map has shown which took changes to a book for the whole of it, or did not
// read them.
func (r *Reader) clearedQuotes(now Result) (all []market.Update) {
	before := r.result
	if (before.changesBook() || !now.changesBook()) && (before.bookUnread || !now.bookUnread) {
		return nil
	}
	for _, symbol := range slices.Sorted(maps.Keys(r.guard.last)) {
		all = append(all, market.Quote{Symbol: symbol, NoBid: true, NoAsk: true})
	}
	return all
}

func (r Result) changesBook() bool {
	return slices.ContainsFunc(r.Definition.Map, func(rule mapping.Rule) bool { return rule.Book != nil && rule.Book.Deltas })
}
