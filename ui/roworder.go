package ui

import (
	"cmp"
	"slices"
	"strings"

	"livetape/feed/market"
)

// orderRows has the board's rows stand by their feeds in the order of the screen, then in the order of each feed's symbols,
// then by name, and has a row wait for each symbol that is to come. Readings stand as the feed gives them.
func (m *moment) orderRows() {
	type rank struct {
		feed    int
		symbols map[string]int // by symbol in upper case
	}
	ranks := map[string]rank{}
	for i, h := range m.feeds {
		r := rank{i, map[string]int{}}
		for n, symbol := range h.symbols {
			r.symbols[strings.ToUpper(symbol)] = n - len(h.symbols) // before all others
		}
		ranks[h.name] = r
	}
	m.board.SetOrder(func(a, b *market.Row) int {
		if a.IsReading || b.IsReading {
			return compareBools(a.IsReading, b.IsReading)
		}
		ra, rb := ranks[a.Feed], ranks[b.Feed]
		return cmp.Or(
			cmp.Compare(ra.feed, rb.feed),
			cmp.Compare(ra.symbols[strings.ToUpper(a.Symbol)], rb.symbols[strings.ToUpper(b.Symbol)]),
			cmp.Compare(a.Feed, b.Feed),
			cmp.Compare(a.Symbol, b.Symbol),
		)
	})
	for _, h := range m.feeds {
		m.awaitSymbols(h)
	}
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (m *moment) awaitSymbols(h *feedHealth) {
	coming := h.added
	if h.allComing {
		coming = slices.Concat(h.symbols, h.added)
	}
	m.board.Await(h.name, coming)
}

// hasData reports whether anything came for a row. Else it waits for a symbol.
func hasData(r *market.Row) bool { return !r.Updated.IsZero() }

// keepOnRow moves the cursor of a table with its row, which others may have come before, unless it is the first: that one
// nobody has chosen.
func (p tablePane) keepOnRow(rows []*market.Row, r *market.Row) tablePane {
	if r == nil || p.cursor == 0 || p.cursor < len(rows) && rows[p.cursor] == r {
		return p
	}
	for i, other := range rows {
		if other == r || other.Feed == r.Feed && other.Symbol == r.Symbol {
			by := i - p.cursor
			p.list.total += max(by, 0)
			p.list = p.shift(by)
			return p
		}
	}
	return p
}

func (p tablePane) rowAtCursor(rows []*market.Row) *market.Row {
	if p.cursor < len(rows) {
		return rows[p.cursor]
	}
	return nil
}
