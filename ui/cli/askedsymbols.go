package cli

import (
	"maps"
	"slices"
	"strings"
)

// askedSymbols are the symbols that the user has added to what a feed is asked for (true), or removed from it (false), by
// feed. They go over the configuration.
type askedSymbols map[string]map[string]bool

// keptAskedSymbols are those that the settings of the screen have.
func keptAskedSymbols(settings map[string]string) askedSymbols {
	asked := askedSymbols{}
	for key, value := range settings {
		if parts := strings.SplitN(key, "\t", 3); len(parts) == 3 && parts[0] == "feed" {
			asked.set(parts[1], parts[2], value == "added")
		}
	}
	return asked
}

func (a askedSymbols) set(feed, symbol string, wanted bool) {
	if a[feed] == nil {
		a[feed] = map[string]bool{}
	}
	for known := range a[feed] {
		if strings.EqualFold(known, symbol) {
			delete(a[feed], known)
		}
	}
	a[feed][symbol] = wanted
}

// added are the symbols that a feed is asked for besides those of the configuration.
func (a askedSymbols) added(feed string) (symbols []string) {
	for _, symbol := range slices.Sorted(maps.Keys(a[feed])) {
		if a[feed][symbol] {
			symbols = append(symbols, symbol)
		}
	}
	return symbols
}

// over is what a feed is asked for, where the configuration says symbols. A feed that is asked for symbols needs one: if
// all are removed, it is asked as before.
func (a askedSymbols) over(feed string, symbols []string) []string {
	kept := slices.DeleteFunc(slices.Clone(symbols), func(s string) bool {
		for edited, wanted := range a[feed] {
			if !wanted && strings.EqualFold(edited, s) {
				return true
			}
		}
		return false
	})
	for _, symbol := range a.added(feed) {
		if !slices.ContainsFunc(kept, func(s string) bool { return strings.EqualFold(s, symbol) }) {
			kept = append(kept, symbol)
		}
	}
	if len(kept) == 0 {
		return symbols
	}
	return kept
}
