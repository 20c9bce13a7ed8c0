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
	feeds   map[string]bool // nil: all
}

// ParseFilter reads the query: ?symbols=NVDA,EUR/USD&types=price,news&feeds=desk. Each may be left out, be empty, or repeat.
// Types are those that there are; nil: any. The error is for the client.
func ParseFilter(query url.Values, types []string) (f Filter, err error) {
	const maxSymbols = 1000
	asked := splitValues(query["types"])
	for _, name := range asked {
		if types != nil && !slices.Contains(types, name) {
			return f, fmt.Errorf("types: there is no type %.40q; there are %s", name, strings.Join(types, ", "))
		}
	}
	symbols := splitValues(query["symbols"])
	if len(symbols) > maxSymbols {
		return f, fmt.Errorf("symbols: %d are more than %d", len(symbols), maxSymbols)
	}
	return Filter{setOf(symbols), setOf(asked), setOf(splitValues(query["feeds"]))}, nil
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

func (f Filter) matchesAll() bool { return f.symbols == nil && f.types == nil && f.feeds == nil }

// symbol also lets through what is about the whole market.
func (f Filter) symbol(s string) bool { return f.symbols == nil || s == "" || f.symbols[s] }

// Passes reports whether an event of a type about these symbols was asked for: any one of them is enough. How a feed behind
// a relay is concerns all who get anything of it.
func (f Filter) Passes(eventType string, symbols []string) bool {
	return f.matchesAll() || (f.types == nil || f.types[eventType] || eventType == FeedType) && slices.ContainsFunc(symbols, f.symbol)
}

// FeedType is the type of the events that say how a feed behind a relay is.
const FeedType = "feed"

// PassesFeed reports whether events of a feed were asked for.
func (f Filter) PassesFeed(feed string) bool { return f.feeds == nil || feed == "" || f.feeds[feed] }

// Within is what both f and another filter let through of symbols and feeds, of which nil are all.
func (f Filter) Within(symbols, feeds []string) Filter {
	f.symbols, f.feeds = intersection(f.symbols, symbols), intersection(f.feeds, feeds)
	return f
}

// intersection is nil for all; else it has what both have, which may be nothing.
func intersection(asked map[string]bool, allowed []string) map[string]bool {
	if allowed == nil {
		return asked
	}
	both := map[string]bool{}
	for _, s := range allowed {
		if asked == nil || asked[s] {
			both[s] = true
		}
	}
	return both
}
