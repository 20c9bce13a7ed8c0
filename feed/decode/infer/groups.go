package infer

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/decode/mapping"
	"livetape/feed/market"
)

// severalGroups says why rows cannot be told apart that stand in several groups of one event, as those of several venues, under one
// symbol and at different prices; empty where they do not.
func (s *rowSet) severalGroups(id rowIdentity, prices []float64) string {
	type place struct {
		of      string
		payload int
	}
	first := map[place]int{}
	for i, row := range s.rows {
		at := place{id.of[i], row.payload}
		before, ok := first[at]
		if !ok {
			first[at] = i
			continue
		}
		a, b := s.groupOf(before), s.groupOf(i)
		isKeyed := slices.Equal(id.paths, []string{"$key"}) && !s.inner && s.rows[i-1].key != row.key // the keys of one map are different, but not those of a list below
		if (isKeyed || a != b && a != "" && b != "") && prices[i] != prices[before] && !math.IsNaN(prices[i]-prices[before]) {
			return fmt.Sprintf("rows cannot be told apart: %s is in several groups of one event, at different prices", market.PlainText(at.of, market.MaxName))
		}
	}
	return ""
}

// joinVenue joins the venue that payloads name above their rows, where one symbol comes from several.
func (s *rowSet) joinVenue(id rowIdentity, read []payload) rowIdentity {
	if s.inner || len(s.names) == 0 || id.value == nil {
		return id
	}
	for _, l := range s.membersAbove(read) {
		if isVenue(l) && l.differs(id.of) && l.everyValue(isVenueName) {
			above := *l
			above.path = s.above() + l.path
			return joinLeaf(" ", id, &above)
		}
	}
	return id
}

// groupOf is the name of the group that a row stands in; empty where nothing names it.
func (s *rowSet) groupOf(row int) (name string) {
	r := s.rows[row]
	if !s.inner {
		if !strings.ContainsFunc(r.key, func(c rune) bool { return !unicode.IsLetter(c) }) && !slices.Contains(currencyNames, strings.ToLower(r.key)) {
			return r.key
		}
		return ""
	}
	r.around.ForEach(func(key, v gjson.Result) bool {
		if venueNames[plainName(key.Str)] {
			name = v.String()
		}
		return name == ""
	})
	return name
}

// nameGroups joins the name of their group to the symbols of rules that are alike but for the group, where one symbol stands in
// several of them, at different prices: {"XETR": {"QRS": {"price": 41}}, "XNYS": {"QRS": {"price": 41.1}}}.
func (w *ruleWriter) nameGroups(feed string, rules []mapping.Rule, samples []decode.Event) {
	for i := range rules {
		alike := []int{i}
		for k := i + 1; k < len(rules); k++ {
			a, b := rules[i], rules[k]
			if a.Each, b.Each = "", ""; rules[i].Each != rules[k].Each && rules[i].Each != "" && rules[k].Each != "" && sameRule(a, b) {
				alike = append(alike, k)
			}
		}
		if len(alike) < 2 || rules[i].Symbol == nil || rules[i].Symbol.Path+rules[i].Symbol.Text == "" || !shareSymbols(feed, rules, alike, samples) {
			continue
		}
		if steps := strings.Split(rules[i].Each, "."); isTickerName(steps[len(steps)-1]) {
			continue // the group is the symbol
		}
		for _, k := range alike {
			steps := strings.Split(rules[k].Each, ".")
			symbol := rules[k].Symbol.Text
			if symbol == "" {
				symbol = "{" + rules[k].Symbol.Path + "}"
			}
			rules[k].Symbol = &mapping.Value{Text: symbol + " " + steps[len(steps)-1]}
		}
		w.note("one symbol is in several groups: the group's name is made part of it")
		w.problem = "" // of rows of which the group was not known
	}
}

// shareSymbols reports whether one symbol comes by two of the rules, at different prices: of groups that may be kinds of messages,
// in one event.
func shareSymbols(feed string, rules []mapping.Rule, which []int, samples []decode.Event) bool {
	areKinds := slices.ContainsFunc(which, func(k int) bool {
		steps := strings.Split(rules[k].Each, ".")
		return isContainer(steps[len(steps)-1]) || namesKind(steps[len(steps)-1])
	})
	type place struct {
		price market.Decimal
		rule  int
	}
	seen := map[string]place{}
	for _, s := range samples {
		if areKinds {
			clear(seen)
		}
		for _, k := range which {
			d, err := mapping.Compile(feed, mapping.Spec{Map: rules[k : k+1]})
			if err != nil {
				return false
			}
			m, _ := d.Decode(s.Type, s.Data)
			own := map[string]market.Decimal{}
			for _, u := range m.Updates {
				if q, ok := u.(market.Quote); ok {
					price := q.Last
					if !price.IsSet() {
						price = q.Bid
					}
					if before, ok := seen[q.Symbol]; ok && before.rule != k && price.IsSet() && before.price.Cmp(price) != 0 {
						return true
					}
					own[q.Symbol] = price
				}
			}
			for symbol, price := range own {
				if price.IsSet() {
					seen[symbol] = place{price, k}
				}
			}
		}
	}
	return false
}
