package config

import (
	"cmp"
	"fmt"
	"strings"
	"sync/atomic"

	"livetape/feed/decode"
	"livetape/feed/market"
	"livetape/ui"
)

// SymbolTable says what symbols are called and which are shown. [SymbolTable.Load] may replace what it says while feeds
// run, from any goroutine.
type SymbolTable struct {
	entries *atomic.Pointer[symbolEntries]
	only    map[string]bool // in capitals; nil: all
}

// symbolEntries is what a table says at one time. It never changes.
type symbolEntries struct {
	aliases   map[string]string // what feeds call a symbol → its name
	symbols   map[string]Symbol
	pad       bool
	watchlist map[string]bool // the symbols to show; nil: all
	order     []string        // of watchlist
	lists     []ui.List
}

// SymbolOptions say what a [SymbolTable] does besides naming symbols.
type SymbolOptions struct {
	Watchlist string // show the symbols of this list alone; empty: all
	Pad       bool   // add the zeros that Symbol.Decimals asks for: for a screen, not for a pipe
}

// NewSymbolTable makes a table that leaves symbols as they are.
func NewSymbolTable() *SymbolTable {
	t := &SymbolTable{entries: &atomic.Pointer[symbolEntries]{}}
	t.entries.Store(&symbolEntries{})
	return t
}

// Load replaces what the table says by what the file says. With an error, the table stays as it was.
func (t *SymbolTable) Load(f *File, o SymbolOptions) error {
	e := &symbolEntries{aliases: map[string]string{}, symbols: f.Symbols, pad: o.Pad}
	for symbol, s := range f.Symbols {
		for _, alias := range s.Aliases {
			e.aliases[alias] = symbol
		}
	}
	for _, name := range f.listOrder {
		e.lists = append(e.lists, ui.List{Name: name, Symbols: e.symbolNames(f.Watchlists[name])})
	}
	if o.Watchlist != "" {
		list, err := f.watchlist(o.Watchlist)
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		e.watchlist, e.order, e.lists = map[string]bool{}, e.symbolNames(list), nil
		for _, symbol := range e.order {
			e.watchlist[symbol] = true
		}
	}
	t.entries.Store(e)
	return nil
}

// Watchlist is the symbols that are shown, in the order of their list; nil for all.
func (t *SymbolTable) Watchlist() []string { return t.entries.Load().order }

// Lists are all watchlists of the file, in its order; none where one of them alone is shown.
func (t *SymbolTable) Lists() []ui.List { return t.entries.Load().lists }

// Only is the same table for decoders that leave out all symbols but these, in upper or lower case.
func (t *SymbolTable) Only(symbols []string) *SymbolTable {
	only := map[string]bool{}
	for _, symbol := range symbols {
		only[strings.ToUpper(symbol)] = true
	}
	return &SymbolTable{t.entries, only}
}

// Decoder renames and filters the symbols in what inner decodes.
func (t *SymbolTable) Decoder(inner decode.Decoder) decode.Decoder {
	return &symbolDecoder{t, inner}
}

type symbolDecoder struct {
	table *SymbolTable
	inner decode.Decoder
}

// Unwrap returns the decoder whose symbols are renamed.
func (d *symbolDecoder) Unwrap() decode.Decoder { return d.inner }

// Decode implements [decode.Decoder].
func (d *symbolDecoder) Decode(eventType string, data []byte) (decode.Message, error) {
	m, err := d.inner.Decode(eventType, data)
	e := d.table.entries.Load()
	asked := func(symbol string) bool {
		return (e.watchlist == nil || e.watchlist[symbol]) && (d.table.only == nil || d.table.only[strings.ToUpper(symbol)])
	}
	kept := m.Updates[:0]
	for _, u := range m.Updates {
		if u = e.rename(u); market.MatchesSymbols(u, asked) {
			kept = append(kept, u)
		}
	}
	m.Updates = kept
	return m, err
}

func (e *symbolEntries) symbolNames(symbols []string) (names []string) {
	for _, symbol := range symbols {
		names = append(names, e.symbolName(symbol))
	}
	return names
}

func (e *symbolEntries) symbolName(symbol string) string {
	if name, ok := e.aliases[symbol]; ok {
		return name
	}
	return symbol
}

func (e *symbolEntries) rename(u market.Update) market.Update {
	if len(e.symbols) == 0 {
		return u
	}
	switch u := u.(type) {
	case market.Quote:
		return e.renameQuote(u)
	case market.Halt:
		u.Symbol = e.symbolName(u.Symbol)
		return u
	case market.Headline:
		symbols := make([]string, len(u.Symbols))
		for i, s := range u.Symbols {
			symbols[i] = e.symbolName(s)
		}
		u.Symbols = symbols
		return u
	}
	return u
}

func (e *symbolEntries) renameQuote(q market.Quote) market.Quote {
	q.Symbol = e.symbolName(q.Symbol)
	shown := e.symbols[q.Symbol]
	q.Name = cmp.Or(shown.Name, q.Name)
	if e.pad && shown.Decimals > 0 {
		q.Decimals = shown.Decimals
		for _, d := range []*market.Decimal{&q.Last, &q.Bid, &q.Ask, &q.Open, &q.High, &q.Low, &q.PrevClose, &q.VWAP, &q.Change} {
			*d = padZeros(*d, shown.Decimals)
		}
	}
	return q
}

// padZeros is d with zeros added up to so many decimals. Its digits stay as they are.
func padZeros(d market.Decimal, decimals int) market.Decimal {
	_, fraction, _ := strings.Cut(d.String(), ".")
	missing := decimals - len(fraction)
	if !d.IsSet() || missing <= 0 {
		return d
	}
	one, err := market.ParseDecimal("1." + strings.Repeat("0", missing))
	if err != nil {
		return d // not reached: a number of few digits
	}
	return d.Mul(one)
}
