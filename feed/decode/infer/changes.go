package infer

import (
	"slices"

	"livetape/feed/decode/mapping"
)

// changeWords are words in the types of events that hold only what has changed of a row.
var changeWords = mapping.WordSet("patch update delta change diff")

// joinChanges puts the payloads of changes that name no symbol to those of the only other type, which they complete.
func joinChanges(types map[string][]payload, order *[]string) (joined map[string][]string) {
	joined = map[string][]string{}
	whole := slices.DeleteFunc(slices.Clone(*order), func(event string) bool { return hasWord(event, changeWords) })
	if len(whole) != 1 {
		return joined
	}
	*order = slices.DeleteFunc(*order, func(event string) bool {
		set := &rowSet{}
		for i, p := range types[event] {
			set.rows = append(set.rows, foundRow{value: p.json, payload: i})
		}
		f, _ := assignFields(set.leaves())
		isChange := event != whole[0] && f.hasPrice() && f.best("symbol") == nil
		if isChange {
			types[whole[0]] = append(types[whole[0]], types[event]...)
			joined[whole[0]] = append(joined[whole[0]], event)
		}
		return isChange
	})
	return joined
}

// merge is the key by which rows that only have what changed, and no symbol, are completed; empty when there are none, or
// nothing says which row they change.
func (w *ruleWriter) merge(s *rowSet, all []*leaf, f fields) string {
	named, _ := f.symbols()
	if len(s.names) > 0 || len(named) == 0 {
		return ""
	}
	symbols, prices := textsOf(named), rowPrices(f, len(s.rows))
	if !slices.ContainsFunc(symbols, func(symbol string) bool { return symbol == "" }) || countDistinct(symbols) == 0 {
		return ""
	}
	if countDistinct(symbols) == 1 && countJumps(make([]string, len(symbols)), prices) == 0 && symbols[0] != "" {
		w.note("events without a symbol are changes to its only row")
		return "true"
	}
	for _, l := range all {
		if isID(l.name()) && l != named[0].leaf && namesRows(l.texts(), symbols) {
			w.note("events without a symbol are changes to the row with their %s", l.path)
			return l.path
		}
	}
	return ""
}

// namesRows reports whether keys stand for one symbol each, also where there is none.
func namesRows(keys, symbols []string) bool {
	symbolOf := map[string]string{}
	for i, key := range keys {
		if symbols[i] != "" && symbolOf[key] != "" && symbolOf[key] != symbols[i] || key == "" {
			return false
		}
		if symbols[i] != "" {
			symbolOf[key] = symbols[i]
		}
	}
	return !slices.ContainsFunc(keys, func(key string) bool { return symbolOf[key] == "" })
}
