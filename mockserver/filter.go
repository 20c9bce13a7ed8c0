package mockserver

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"livetape/mockserver/market"
)

// maxFilter bounds the symbols that one client may ask for.
const maxFilter = 1000

// filter is what of the market a client asked for. The zero filter lets everything through.
type filter struct {
	symbols map[string]bool      // nil: all
	kinds   map[market.Kind]bool // nil: all
}

// parseFilter reads the query: ?symbols=NVDA,EUR/USD&types=price,news. Either may be left out, be empty, or
// come several times. The error is for the client.
func parseFilter(query url.Values) (filter, error) {
	var f filter
	for _, name := range list(query["types"]) {
		k := slices.Index(market.KindNames(), name)
		if k < 0 {
			return f, fmt.Errorf("types: there is no type %.40q; there are %s", name, strings.Join(market.KindNames(), ", "))
		}
		if f.kinds == nil {
			f.kinds = map[market.Kind]bool{}
		}
		f.kinds[market.Kind(k)] = true
	}
	symbols := list(query["symbols"])
	if len(symbols) > maxFilter {
		return f, fmt.Errorf("symbols: %d are more than %d", len(symbols), maxFilter)
	}
	for _, symbol := range symbols {
		if f.symbols == nil {
			f.symbols = map[string]bool{}
		}
		f.symbols[symbol] = true
	}
	return f, nil
}

// list splits the values of a query parameter at commas and leaves out what is empty.
func list(values []string) []string {
	return strings.FieldsFunc(strings.Join(values, ","), func(r rune) bool { return r == ',' })
}

// all reports whether nothing is held back.
func (f filter) all() bool { return f.symbols == nil && f.kinds == nil }

func (f filter) kind(k market.Kind) bool { return f.kinds == nil || f.kinds[k] }

// symbol also lets through what is about the whole market.
func (f filter) symbol(s string) bool { return f.symbols == nil || s == "" || f.symbols[s] }

// passes reports whether an event of kind k about these symbols was asked for: any one of them is enough.
func (f filter) passes(k market.Kind, symbols []string) bool {
	return f.all() || f.kind(k) && slices.ContainsFunc(symbols, f.symbol)
}
