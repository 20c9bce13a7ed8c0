package infer

import (
	"maps"
	"slices"
	"strings"

	"livetape/feed/decode/mapping"

	"github.com/tidwall/gjson"
)

// sessionStates are the words by which rows say whether their symbol is traded, as the rules of a map write it.
var sessionStates = map[string]string{
	"halted": "halted", "halt": "halted", "suspended": "halted", "paused": "halted", "tradinghalt": "halted", "trading_halt": "halted", "stopped": "halted",
	"open": "open", "trading": "open", "resumed": "open", "active": "open", "closed": "closed", "pre": "pre", "post": "post", "premarket": "pre", "postmarket": "post",
}

var stateNames = mapping.WordSet("status state tradingstatus tradingstate marketstate marketstatus sessionstate tradestatus")

var haltNames = mapping.WordSet("halted ishalted tradinghalted suspended issuspended")

// saysState reports whether a payload says of one symbol whether it is traded.
func saysState(payload gjson.Result) (found bool) {
	payload.ForEach(func(key, v gjson.Result) bool {
		found = stateNames[plainName(key.Str)] && sessionStates[strings.ToLower(v.Str)] != ""
		return !found
	})
	return found
}

// haltsOf writes the rule for rows that only say whether their symbol is traded.
func (w *ruleWriter) haltsOf(s *rowSet, read []payload) (mapping.Rule, bool) {
	all := s.leaves()
	f, _ := assignFields(all)
	if f.hasPrice() || f.best("symbol") == nil {
		return mapping.Rule{}, false
	}
	return w.halts(s, all, &mapping.Rule{Each: s.each(), Symbol: f.value("symbol"), Time: w.timeOf(f, fields{}, s, read)})
}

// halts writes the rule for a member that says whether a symbol is traded, once it has said that one is halted.
func (w *ruleWriter) halts(s *rowSet, all []*leaf, quote *mapping.Rule) (mapping.Rule, bool) {
	for _, l := range all {
		states := sessionStates
		if haltNames[plainName(l.name())] {
			states = map[string]string{"true": "halted", "false": "open"}
		} else if !stateNames[plainName(l.name())] {
			continue
		}
		state := func(v gjson.Result) string { return states[strings.ToLower(v.String())] }
		if !l.everyValue(func(v gjson.Result) bool { return state(v) != "" }) || !slices.ContainsFunc(l.values, func(v gjson.Result) bool { return state(v) == "halted" }) {
			continue
		}
		alias := maps.Clone(states)
		maps.DeleteFunc(alias, func(word, state string) bool { return word == state })
		r := mapping.Rule{Each: quote.Each, Columns: quote.Columns, Kind: "status", When: mapping.When{l.path: mapping.Condition{Exists: true}},
			Symbol: quote.Symbol, State: &mapping.Value{Path: l.path, Alias: alias}, Time: quote.Time}
		for _, why := range all {
			if name := plainName(why.name()); (name == "reason" || name == "haltreason") && why.everyValue(isWordy) {
				r.Reason = &mapping.Value{Path: why.path}
			}
		}
		return r, true
	}
	return mapping.Rule{}, false
}
