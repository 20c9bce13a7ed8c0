package config

import (
	"fmt"
	"strings"
	"sync/atomic"

	"livetape/feed/decode"
	"livetape/feed/market"
)

// Book says what symbols are called and which are shown. It may be turned to another page while feeds run, from any
// goroutine.
type Book struct{ page atomic.Pointer[page] }

// page is one state of a book. It never changes.
type page struct {
	names map[string]string // what feeds call symbols → what they are called
	marks map[string]mark   // by what they are called
	only  map[string]bool   // nil: all
}

type mark struct {
	name     string
	decimals int
}

// Options say what a [Book] does besides naming symbols.
type Options struct {
	Watchlist string // show the symbols of this list alone; empty: all
	Pad       bool   // add the zeros that Symbol.Decimals asks for: for a screen, not for a pipe
}

// NewBook opens a book that leaves symbols as they are.
func NewBook() *Book {
	b := &Book{}
	b.page.Store(&page{})
	return b
}

// Turn makes the book say what the file says.
func (b *Book) Turn(f *File, o Options) error {
	p := &page{names: map[string]string{}, marks: map[string]mark{}}
	for symbol, s := range f.Symbols {
		m := mark{name: s.Name}
		if o.Pad {
			m.decimals = s.Decimals
		}
		p.marks[symbol] = m
		for _, alias := range s.Aliases {
			p.names[alias] = symbol
		}
	}
	if o.Watchlist != "" {
		list, err := f.list(o.Watchlist)
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		p.only = map[string]bool{}
		for _, symbol := range list {
			p.only[p.called(symbol)] = true
		}
	}
	b.page.Store(p)
	return nil
}

// Decoder names the symbols in what inner decodes.
func (b *Book) Decoder(inner decode.Decoder) decode.Decoder { return &named{b, inner} }

type named struct {
	book  *Book
	inner decode.Decoder
}

// Decode implements [decode.Decoder].
func (n *named) Decode(eventType string, data []byte) (decode.Message, error) {
	m, err := n.inner.Decode(eventType, data)
	p := n.book.page.Load()
	kept := m.Updates[:0]
	for _, u := range m.Updates {
		if u = p.name(u); p.shows(u) {
			kept = append(kept, u)
		}
	}
	m.Updates = kept
	return m, err
}

func (p *page) called(symbol string) string {
	if name, ok := p.names[symbol]; ok {
		return name
	}
	return symbol
}

// name is the update with the names of the book.
func (p *page) name(u market.Update) market.Update {
	if len(p.marks) == 0 {
		return u
	}
	switch u := u.(type) {
	case market.Quote:
		return p.quote(u)
	case market.Halt:
		u.Symbol = p.called(u.Symbol)
		return u
	case market.Headline:
		symbols := make([]string, len(u.Symbols))
		for i, s := range u.Symbols {
			symbols[i] = p.called(s)
		}
		u.Symbols = symbols
		return u
	}
	return u
}

func (p *page) quote(q market.Quote) market.Quote {
	q.Symbol = p.called(q.Symbol)
	m, ok := p.marks[q.Symbol]
	if !ok {
		return q
	}
	if m.name != "" {
		q.Name = m.name
	}
	if m.decimals > 0 {
		for _, d := range []*market.Decimal{&q.Last, &q.Bid, &q.Ask, &q.Open, &q.High, &q.Low, &q.PrevClose, &q.Change} {
			*d = padded(*d, m.decimals)
		}
	}
	return q
}

// shows reports whether an update is of the list: what speaks of no symbol is of every one.
func (p *page) shows(u market.Update) bool {
	if p.only == nil {
		return true
	}
	switch u := u.(type) {
	case market.Quote:
		return p.only[u.Symbol]
	case market.Halt:
		return u.Symbol == "" || p.only[u.Symbol]
	case market.Headline:
		for _, s := range u.Symbols {
			if p.only[s] {
				return true
			}
		}
		return len(u.Symbols) == 0
	}
	return true
}

// padded is d with zeros added to so many decimals. Its digits stay as they are.
func padded(d market.Decimal, places int) market.Decimal {
	_, fraction, _ := strings.Cut(d.String(), ".")
	missing := places - len(fraction)
	if !d.IsSet() || missing <= 0 {
		return d
	}
	one, err := market.ParseDecimal("1." + strings.Repeat("0", missing))
	if err != nil {
		return d // not reached: a number of few digits
	}
	return d.Mul(one)
}
