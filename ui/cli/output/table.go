package output

import (
	"bytes"
	"cmp"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"livetape/feed/market"
)

// tableFormat writes aligned lines for people. A column grows with the widest number that it has had; lines that were
// printed before stay as they are.
type tableFormat struct {
	zone    *time.Location
	cells   fieldTexts
	columns []field
	widths  []int
	feed    int // width of the feeds' names; 0 without them
	symbol  int // width of the symbols
}

const (
	timeOfDay   = "15:04:05.000" // the form of the first column
	maxFeedName = 32
)

func newTable(zone *time.Location, manyFeeds bool) *tableFormat {
	t := &tableFormat{zone: zone, symbol: 8}
	if manyFeeds {
		t.feed = 8
	}
	widths := map[string]int{"last": 10, "bid": 10, "ask": 10, "size": 6, "volume": 12}
	for _, f := range fields {
		if width, shown := widths[f.column]; shown {
			t.columns = append(t.columns, f)
			t.widths = append(t.widths, width)
		}
	}
	return t
}

func (f *tableFormat) header(b []byte) []byte {
	b = append(padRight(b, "TIME", len(timeOfDay)), "  "...)
	if f.feed > 0 {
		b = append(padRight(b, "FEED", f.feed), "  "...)
	}
	b = padRight(b, "SYMBOL", f.symbol)
	for i, c := range f.columns {
		b = padLeft(append(b, "  "...), strings.ToUpper(c.column), f.widths[i])
	}
	return append(b, '\n')
}

func (f *tableFormat) line(b []byte, r *row) ([]byte, error) {
	start := len(b)
	b = append(r.receivedAt.In(f.zone).AppendFormat(b, timeOfDay), "  "...)
	if f.feed > 0 {
		name := market.PlainText(r.feed, maxFeedName)
		f.feed = max(f.feed, lipgloss.Width(name))
		b = append(padRight(b, name, f.feed), "  "...)
	}
	switch r.kind {
	case News:
		b = f.news(b, r)
	case Status:
		b = f.status(b, r)
	case Reading:
		b = append(append(padRight(b, r.reading.Name, f.symbol), "  "...), r.reading.Value.String()...)
	default:
		b = f.price(b, r)
	}
	return append(bytes.TrimRight(makeTerminalSafe(b, start), " "), '\n'), nil
}

func (f *tableFormat) price(b []byte, r *row) []byte {
	f.symbol = max(f.symbol, lipgloss.Width(r.quote.Symbol))
	b = padRight(b, r.quote.Symbol, f.symbol)
	for i, cell := range f.cells.textsOf(r, f.columns) {
		f.widths[i] = max(f.widths[i], len(cell))
		b = padLeft(append(b, "  "...), cell, f.widths[i])
	}
	return b
}

func (f *tableFormat) news(b []byte, r *row) []byte {
	b = padRight(b, strings.Join(r.headline.Symbols, ","), f.symbol)
	b = append(append(b, "  NEWS  "...), r.headline.Title...)
	if r.headline.Source != "" {
		b = append(append(b, " · "...), r.headline.Source...)
	}
	return b
}

func (f *tableFormat) status(b []byte, r *row) []byte {
	b = padRight(b, cmp.Or(r.halt.Symbol, "(market)"), f.symbol)
	b = append(append(b, "  "...), strings.ToUpper(string(r.halt.State))...)
	if r.halt.Reason != "" {
		b = append(append(b, "  "...), r.halt.Reason...)
	}
	return b
}

func padRight(b []byte, s string, width int) []byte {
	return appendSpaces(append(b, s...), width-lipgloss.Width(s))
}

// padLeft is for numbers and column names, in which every byte is one cell wide.
func padLeft(b []byte, s string, width int) []byte {
	return append(appendSpaces(b, width-len(s)), s...)
}

func appendSpaces(b []byte, n int) []byte {
	for ; n > 0; n-- {
		b = append(b, ' ')
	}
	return b
}
