package output

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"livetape/feed/market"
)

// field is one thing that a row may say. A missing one has no text.
type field struct {
	column  string // as a JSON key and as a CSV column
	name    string // in a template
	append  func(b []byte, r *row) []byte
	content fieldContent
	of      []string // the kinds of an update that may have it; nil for all
}

// fieldContent is what a field holds, which decides how JSON writes it. In the other formats every field is text.
type fieldContent int8

const (
	ascii   fieldContent = iota // a string in which nothing needs to be escaped: numbers and times
	text                        // a string of any characters: exact in JSON, cleaned elsewhere
	list                        // a list of such strings, comma-separated in text
	boolean                     // true, or missing
)

// fields are all that a row may say, in the order of CSV's columns. Numbers are strings in JSON too: most of its
// readers would make floating point of them.
var fields = []field{
	{"feed", "Feed", func(b []byte, r *row) []byte { return append(b, r.feed...) }, text, nil},
	{"kind", "Kind", func(b []byte, r *row) []byte { return append(b, r.kind...) }, ascii, nil},
	{"symbol", "Symbol", func(b []byte, r *row) []byte { return append(b, r.symbol()...) }, text, []string{Price, Status}},
	{"event_id", "EventID", func(b []byte, r *row) []byte { return append(b, r.eventID...) }, text, nil},
	{"received", "Received", func(b []byte, r *row) []byte { return append(b, r.receivedText...) }, ascii, nil},
	{"time", "Time", appendTime, ascii, nil},

	{"last", "Last", decimalField(func(q *market.Quote) *market.Decimal { return &q.Last }), ascii, ofPrice},
	{"bid", "Bid", decimalField(func(q *market.Quote) *market.Decimal { return &q.Bid }), ascii, ofPrice},
	{"ask", "Ask", decimalField(func(q *market.Quote) *market.Decimal { return &q.Ask }), ascii, ofPrice},
	{"size", "Size", decimalField(func(q *market.Quote) *market.Decimal { return &q.Size }), ascii, ofPrice},
	{"volume", "Volume", decimalField(func(q *market.Quote) *market.Decimal { return &q.Volume }), ascii, ofPrice},
	{"open", "Open", decimalField(func(q *market.Quote) *market.Decimal { return &q.Open }), ascii, ofPrice},
	{"high", "High", decimalField(func(q *market.Quote) *market.Decimal { return &q.High }), ascii, ofPrice},
	{"low", "Low", decimalField(func(q *market.Quote) *market.Decimal { return &q.Low }), ascii, ofPrice},
	{"prev_close", "PrevClose", decimalField(func(q *market.Quote) *market.Decimal { return &q.PrevClose }), ascii, ofPrice},
	{"bid_size", "BidSize", decimalField(func(q *market.Quote) *market.Decimal { return &q.BidSize }), ascii, ofPrice},
	{"ask_size", "AskSize", decimalField(func(q *market.Quote) *market.Decimal { return &q.AskSize }), ascii, ofPrice},
	{"change", "Change", decimalField(func(q *market.Quote) *market.Decimal { return &q.Change }), ascii, ofPrice},
	{"change_pct", "ChangePct", decimalField(func(q *market.Quote) *market.Decimal { return &q.ChangePct }), ascii, ofPrice},
	{"currency", "Currency", func(b []byte, r *row) []byte { return append(b, r.quote.Currency...) }, text, ofPrice},
	{"name", "Name", func(b []byte, r *row) []byte { return append(append(b, r.quote.Name...), r.reading.Name...) }, text, []string{Price, Reading}},
	{"standing", "Standing", booleanField(func(q *market.Quote) bool { return q.FromSnapshot }), boolean, ofPrice},

	{"id", "ID", func(b []byte, r *row) []byte { return append(b, r.headline.ID...) }, text, ofNews},
	{"headline", "Headline", func(b []byte, r *row) []byte { return append(b, r.headline.Title...) }, text, ofNews},
	{"summary", "Summary", func(b []byte, r *row) []byte { return append(b, r.headline.Summary...) }, text, ofNews},
	{"source", "Source", func(b []byte, r *row) []byte { return append(b, r.headline.Source...) }, text, ofNews},
	{"url", "URL", func(b []byte, r *row) []byte { return append(b, r.headline.URL...) }, text, ofNews},
	{"symbols", "Symbols", func(b []byte, r *row) []byte { return append(b, strings.Join(r.headline.Symbols, ",")...) }, list, ofNews},
	{"importance", "Importance", appendImportance, ascii, ofNews},

	{"state", "State", func(b []byte, r *row) []byte { return append(b, r.halt.State...) }, text, ofStatus},
	{"reason", "Reason", func(b []byte, r *row) []byte { return append(b, r.halt.Reason...) }, text, ofStatus},

	{"value", "Value", func(b []byte, r *row) []byte { return r.reading.Value.Append(b) }, ascii, ofReading},

	{"no_bid", "NoBid", booleanField(func(q *market.Quote) bool { return q.NoBid }), boolean, ofPrice},
	{"no_ask", "NoAsk", booleanField(func(q *market.Quote) bool { return q.NoAsk }), boolean, ofPrice},

	{"report", "Report", func(b []byte, r *row) []byte { return append(b, r.quote.Report.String()...) }, ascii, ofPrice},
	{"vwap", "VWAP", decimalField(func(q *market.Quote) *market.Decimal { return &q.VWAP }), ascii, ofPrice},
}

var ofPrice, ofNews, ofStatus, ofReading = []string{Price}, []string{News}, []string{Status}, []string{Reading}

func decimalField(of func(*market.Quote) *market.Decimal) func([]byte, *row) []byte {
	return func(b []byte, r *row) []byte { return of(&r.quote).Append(b) }
}

func appendTime(b []byte, r *row) []byte {
	if t := r.time(); !t.IsZero() {
		return t.UTC().AppendFormat(b, time.RFC3339Nano)
	}
	return b
}

func booleanField(of func(*market.Quote) bool) func([]byte, *row) []byte {
	return func(b []byte, r *row) []byte {
		if of(&r.quote) {
			return append(b, "true"...)
		}
		return b
	}
}

func appendImportance(b []byte, r *row) []byte {
	if r.kind != News {
		return b
	}
	switch r.headline.Importance {
	case market.High:
		return append(b, "high"...)
	case market.Low:
		return append(b, "low"...)
	}
	return append(b, "normal"...)
}

type fieldTexts struct {
	buf  []byte
	ends []int
	out  []string
}

// textsOf is the texts of the given fields of r, until the next call. They share one string.
func (c *fieldTexts) textsOf(r *row, which []field) []string {
	c.buf, c.ends, c.out = c.buf[:0], c.ends[:0], c.out[:0]
	for i := range which {
		start := len(c.buf)
		c.buf = which[i].append(c.buf, r)
		c.buf = makeTerminalSafe(c.buf, start)
		c.ends = append(c.ends, len(c.buf))
	}
	all, start := string(c.buf), 0
	for _, end := range c.ends {
		c.out = append(c.out, all[start:end])
		start = end
	}
	return c.out
}

// makeTerminalSafe makes b[start:] safe for a terminal.
func makeTerminalSafe(b []byte, start int) []byte {
	for _, c := range b[start:] {
		if c < ' ' || c > '~' {
			return append(b[:start], market.PlainText(string(b[start:]), len(b))...)
		}
	}
	return b
}

// FieldNames are the fields as JSON and CSV call them.
func FieldNames() []string { return namesOf(func(f field) string { return f.column }) }

// TemplateNames are the same fields as templates call them.
func TemplateNames() []string { return namesOf(func(f field) string { return f.name }) }

func namesOf(name func(field) string) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = name(f)
	}
	return names
}

// fieldsOf are the fields of these names, in their order; all for none.
func fieldsOf(names []string) []field {
	if len(names) == 0 {
		return fields
	}
	var chosen []field
	for _, name := range names {
		i := slices.IndexFunc(fields, func(f field) bool { return f.column == name })
		if i >= 0 {
			chosen = append(chosen, fields[i])
		}
	}
	return chosen
}

// FieldHelp lists the fields by both of their names, three a line, for a help text.
func FieldHelp() string {
	var lines []string
	for three := range slices.Chunk(fields, 3) {
		line := ""
		for _, f := range three {
			line += fmt.Sprintf("  %-24s", f.column+" (."+f.name+")")
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return strings.Join(lines, "\n")
}
