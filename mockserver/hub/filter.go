package hub

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Filter is what a client asked for. The zero Filter lets everything through.
type Filter struct {
	symbols map[string]bool // nil: all
	types   map[string]bool // nil: all
}

// ParseFilter reads the query: ?symbols=NVDA,EUR/USD&types=price,news. Either may be left out, be empty, or repeat.
// Types are those that there are. The error is for the client.
func ParseFilter(query url.Values, types []string) (f Filter, err error) {
	const maxSymbols = 1000
	asked := splitValues(query["types"])
	for _, name := range asked {
		if !slices.Contains(types, name) {
			return f, fmt.Errorf("types: there is no type %.40q; there are %s", name, strings.Join(types, ", "))
		}
	}
	symbols := splitValues(query["symbols"])
	if len(symbols) > maxSymbols {
		return f, fmt.Errorf("symbols: %d are more than %d", len(symbols), maxSymbols)
	}
	return Filter{setOf(symbols), setOf(asked)}, nil
}

// splitValues splits the values of a query parameter at commas and leaves out what is empty.
func splitValues(values []string) []string {
	return strings.FieldsFunc(strings.Join(values, ","), func(r rune) bool { return r == ',' })
}

// setOf is nil for an empty list.
func setOf(list []string) (set map[string]bool) {
	for _, s := range list {
		if set == nil {
			set = map[string]bool{}
		}
		set[s] = true
	}
	return set
}

func (f Filter) matchesAll() bool { return f.symbols == nil && f.types == nil }

// symbol also lets through what is about the whole market.
func (f Filter) symbol(s string) bool { return f.symbols == nil || s == "" || f.symbols[s] }

// Passes reports whether an event of a type about these symbols was asked for: any one of them is enough.
func (f Filter) Passes(eventType string, symbols []string) bool {
	return f.matchesAll() || (f.types == nil || f.types[eventType]) && slices.ContainsFunc(symbols, f.symbol)
}
