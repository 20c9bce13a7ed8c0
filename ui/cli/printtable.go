package cli

import (
	"bytes"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"livetape/feed/market"
)

// tablePrinter writes aligned lines for people. A column grows with the widest number that it has had; one that
// was printed before stays where it is.
type tablePrinter struct {
	zone    *time.Location
	texts   texts
	columns []field
	widths  []int
	feed    int // width of the feeds' names; 0 without them
	symbol  int // width of the symbols
}

const (
	timeOfDay   = "15:04:05.000" // the form of the first column
	maxFeedName = 32
)

func newTablePrinter(zone *time.Location, manyFeeds bool) *tablePrinter {
	p := &tablePrinter{zone: zone, symbol: 8}
	if manyFeeds {
		p.feed = 8
	}
	widths := map[string]int{"last": 10, "bid": 10, "ask": 10, "size": 6, "volume": 12}
	for _, f := range fields {
		if width, shown := widths[f.name]; shown {
			p.columns = append(p.columns, f)
			p.widths = append(p.widths, width)
		}
	}
	return p
}

func (p *tablePrinter) header(b []byte) []byte {
	b = append(padRight(b, "TIME", len(timeOfDay)), "  "...)
	if p.feed > 0 {
		b = append(padRight(b, "FEED", p.feed), "  "...)
	}
	b = padRight(b, "SYMBOL", p.symbol)
	for i, c := range p.columns {
		b = padLeft(append(b, "  "...), strings.ToUpper(c.name), p.widths[i])
	}
	return append(b, '\n')
}

func (p *tablePrinter) line(b []byte, r *record) ([]byte, error) {
	b = append(r.at.In(p.zone).AppendFormat(b, timeOfDay), "  "...)
	if p.feed > 0 {
		name := market.PlainText(r.feed, maxFeedName)
		p.feed = max(p.feed, lipgloss.Width(name))
		b = append(padRight(b, name, p.feed), "  "...)
	}
	switch r.kind {
	case news:
		b = p.news(b, r)
	case status:
		b = p.status(b, r)
	default:
		b = p.price(b, r)
	}
	return append(bytes.TrimRight(b, " "), '\n'), nil
}

func (p *tablePrinter) price(b []byte, r *record) []byte {
	p.symbol = max(p.symbol, lipgloss.Width(r.quote.Symbol))
	b = padRight(b, r.quote.Symbol, p.symbol)
	for i, cell := range p.texts.of(r, p.columns) {
		p.widths[i] = max(p.widths[i], len(cell))
		b = padLeft(append(b, "  "...), cell, p.widths[i])
	}
	return b
}

func (p *tablePrinter) news(b []byte, r *record) []byte {
	b = padRight(b, strings.Join(r.story.Symbols, ","), p.symbol)
	b = append(append(b, "  NEWS  "...), r.story.Title...)
	if r.story.Source != "" {
		b = append(append(b, " · "...), r.story.Source...)
	}
	return b
}

func (p *tablePrinter) status(b []byte, r *record) []byte {
	symbol := r.halt.Symbol
	if symbol == "" {
		symbol = "(market)"
	}
	b = padRight(b, symbol, p.symbol)
	b = append(append(b, "  "...), strings.ToUpper(string(r.halt.State))...)
	if r.halt.Reason != "" {
		b = append(append(b, "  "...), r.halt.Reason...)
	}
	return b
}

func padRight(b []byte, s string, width int) []byte {
	return appendSpaces(append(b, s...), width-lipgloss.Width(s))
}

// padLeft is for numbers and names of columns: one cell a byte.
func padLeft(b []byte, s string, width int) []byte {
	return append(appendSpaces(b, width-len(s)), s...)
}

func appendSpaces(b []byte, n int) []byte {
	for ; n > 0; n-- {
		b = append(b, ' ')
	}
	return b
}
