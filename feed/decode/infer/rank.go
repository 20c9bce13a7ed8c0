package infer

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

type rankedSet struct {
	set   *rowSet
	score int
}

// rankRowSets are the row sets with a price, a book or a headline, the likeliest first.
func rankRowSets(read []payload) []rankedSet {
	var all []rankedSet
	for _, s := range rowSets(read) {
		if score := s.score(read); score > 0 {
			all = append(all, rankedSet{s, score - len(s.names)})
		}
	}
	slices.SortStableFunc(all, func(a, b rankedSet) int { return b.score - a.score })
	return all
}

func (s *rowSet) score(read []payload) int {
	if l := listRowsOf(s, read); l != nil {
		return 8 + len(l.roles)
	}
	if s.holdsPricesByTicker() || s.holdsPricesByTime(read) {
		return 9
	}
	w := &ruleWriter{}
	all := s.leaves()
	f, doubts := assignFields(all)
	book := w.book(s, &f)
	currency := s.currencyPrice(all, f)
	outer := s.payloadFields(read)
	hasSymbol := s.namesSymbol(f, outer)
	f.dropVague(hasSymbol)
	score := f.score()
	if s.byCol {
		if !f.hasPrice() {
			return 0
		}
		score += 10 // what stands in its lists is no row
	}
	switch {
	case book != nil && len(f["last"]) == 0:
		score += 24 // it hides nothing that stands beside it
	case book != nil:
		score += 12
	}
	if currency != "" && !hasSymbol {
		return 0
	}
	switch {
	case score == 0 && len(doubts)+len(w.doubts) > 0:
		return 1 // to tell them
	case score == 0 || len(f["symbol"]) > 0:
	case s.hasSymbolKeys():
		score += 5
	case len(s.names) > 0:
		score -= 4
	}
	if score > 0 && f.hasTickerAbove() {
		score = max(score-8, 1)
	}
	return score
}

// namesSymbol reports whether rows, their keys or the payload around them name a symbol, so that what is vaguely called a price is one.
func (s *rowSet) namesSymbol(f, outer fields) bool {
	return (len(f["symbol"]) > 0 || s.hasSymbolKeys() || s.tickerAbove() != "" || len(outer["symbol"]) > 0) && !slices.ContainsFunc(s.keys(), namesOtherNumbers)
}

// payloadFields are the fields of the payloads themselves, for rows below them.
func (s *rowSet) payloadFields(read []payload) fields {
	if len(s.names) == 0 {
		return fields{}
	}
	f, _ := assignFields(s.membersAbove(read))
	return f
}

// payloadSymbol is what the payload around rows, whose fields are outer, calls the symbol; nil when it names none plainly.
func (s *rowSet) payloadSymbol(outer fields) *mapping.Value {
	if named, _ := outer.symbols(); len(named) > 0 {
		return &mapping.Value{Path: s.above() + named[0].leaf.path}
	}
	return nil
}

// holdsPricesByTicker reports whether the rows are numbers under tickers: {"BTC": 64000.1, "ETH": 3000}.
func (s *rowSet) holdsPricesByTicker() bool {
	return s.holdsNumbers() && s.hasTickerKeys() && !slices.ContainsFunc(s.names, namesOtherNumbers)
}

// holdsPricesByTime reports whether the rows are prices under times: {"prices": {"2026-01-01": 41, "2026-01-02": 42}}.
// Beside them there may be members that say what they are about.
func (s *rowSet) holdsPricesByTime(read []payload) bool {
	timed, _ := s.splitTimes()
	return timed != nil && timed.holdsNumbers() && (s.namesPrices() || s.tickerAbove() != "" || s.payloadSymbol(s.payloadFields(read)) != nil) && !slices.ContainsFunc(s.names, namesOtherNumbers)
}

// splitTimes are the rows under times and the keys of the others; nil when there is none under a time.
func (s *rowSet) splitTimes() (timed *rowSet, others []string) {
	if !s.keyed {
		return nil, nil
	}
	for _, f := range s.rows {
		switch {
		case isTimeKey(f.key):
			if timed == nil {
				timed = &rowSet{names: s.names, keyed: true}
			}
			timed.rows = append(timed.rows, f)
		case !slices.Contains(others, f.key):
			others = append(others, f.key)
		}
	}
	slices.Sort(others)
	return timed, others
}

func (s *rowSet) holdsNumbers() bool {
	return !slices.ContainsFunc(s.rows, func(f foundRow) bool { return !isNumber(f.value) })
}

// namesPrices reports whether the name of the list or map of rows says that they are prices, or a series of them.
func (s *rowSet) namesPrices() bool {
	if len(s.names) < 2 {
		return false
	}
	name := s.names[len(s.names)-2]
	m, _ := matchName(strings.TrimSuffix(plainName(name), "s"))
	return m.field == "last" && m.rank < weak || hasWord(name, seriesWords)
}

// packedPath is the path of a member that holds JSON in a string, when payloads have one.
func packedPath(read []payload) string {
	count := map[string]int{}
	for _, p := range read {
		p.json.ForEach(func(key, v gjson.Result) bool {
			if s := strings.TrimSpace(v.Str); v.Type == gjson.String && s != "" && isWritable(key.Str) && strings.ContainsRune("[{", rune(s[0])) && mapping.IsJSON(s) {
				count[pathOf([]string{key.Str})]++
			}
			return true
		})
		if s := strings.TrimSpace(p.json.Str); p.json.Type == gjson.String && strings.HasPrefix(s, "{") && mapping.IsJSON(s) {
			count["$value"]++
		}
	}
	best := ""
	for path, n := range count {
		if n > count[best] || n == count[best] && path < best {
			best = path
		}
	}
	return best
}
