package cli

import (
	"strings"
	"time"

	"livetape/feed/market"
)

// field is one thing that a record may say. A missing one has no text.
type field struct {
	name   string // as a JSON key and as a CSV column
	word   string // in a template
	append func(b []byte, r *record) []byte
	form   form
}

// form is what a field is in JSON. In the other formats all are text.
type form int8

const (
	bare   form = iota // a string in which nothing needs to be escaped: numbers and times
	text               // a string, plain by the decoder's care
	opaque             // a string of any characters: exact in JSON, made plain elsewhere
	list               // a list of strings, comma-separated in text
	flag               // true, or missing
)

// fields are all that a record may say, in the order of CSV's columns. Numbers are strings in JSON too: most of
// its readers would make floating point of them.
var fields = []field{
	{"feed", "Feed", func(b []byte, r *record) []byte { return append(b, r.feed...) }, opaque},
	{"kind", "Kind", func(b []byte, r *record) []byte { return append(b, r.kind...) }, bare},
	{"symbol", "Symbol", func(b []byte, r *record) []byte { return append(b, r.symbol()...) }, text},
	{"event_id", "EventID", func(b []byte, r *record) []byte { return append(b, r.eventID...) }, opaque},
	{"received", "Received", func(b []byte, r *record) []byte { return append(b, r.stamp...) }, bare},
	{"time", "Time", appendTime, bare},

	{"last", "Last", number(func(q *market.Quote) *market.Decimal { return &q.Last }), bare},
	{"bid", "Bid", number(func(q *market.Quote) *market.Decimal { return &q.Bid }), bare},
	{"ask", "Ask", number(func(q *market.Quote) *market.Decimal { return &q.Ask }), bare},
	{"size", "Size", number(func(q *market.Quote) *market.Decimal { return &q.Size }), bare},
	{"volume", "Volume", number(func(q *market.Quote) *market.Decimal { return &q.Volume }), bare},
	{"open", "Open", number(func(q *market.Quote) *market.Decimal { return &q.Open }), bare},
	{"high", "High", number(func(q *market.Quote) *market.Decimal { return &q.High }), bare},
	{"low", "Low", number(func(q *market.Quote) *market.Decimal { return &q.Low }), bare},
	{"prev_close", "PrevClose", number(func(q *market.Quote) *market.Decimal { return &q.PrevClose }), bare},
	{"bid_size", "BidSize", number(func(q *market.Quote) *market.Decimal { return &q.BidSize }), bare},
	{"ask_size", "AskSize", number(func(q *market.Quote) *market.Decimal { return &q.AskSize }), bare},
	{"change", "Change", number(func(q *market.Quote) *market.Decimal { return &q.Change }), bare},
	{"change_pct", "ChangePct", number(func(q *market.Quote) *market.Decimal { return &q.ChangePct }), bare},
	{"currency", "Currency", func(b []byte, r *record) []byte { return append(b, r.quote.Currency...) }, text},
	{"name", "Name", func(b []byte, r *record) []byte { return append(b, r.quote.Name...) }, text},
	{"standing", "Standing", appendStanding, flag},

	{"id", "ID", func(b []byte, r *record) []byte { return append(b, r.story.ID...) }, text},
	{"headline", "Headline", func(b []byte, r *record) []byte { return append(b, r.story.Title...) }, text},
	{"summary", "Summary", func(b []byte, r *record) []byte { return append(b, r.story.Summary...) }, text},
	{"source", "Source", func(b []byte, r *record) []byte { return append(b, r.story.Source...) }, text},
	{"url", "URL", func(b []byte, r *record) []byte { return append(b, r.story.URL...) }, text},
	{"symbols", "Symbols", func(b []byte, r *record) []byte { return append(b, strings.Join(r.story.Symbols, ",")...) }, list},
	{"importance", "Importance", appendImportance, bare},

	{"state", "State", func(b []byte, r *record) []byte { return append(b, r.halt.State...) }, text},
	{"reason", "Reason", func(b []byte, r *record) []byte { return append(b, r.halt.Reason...) }, text},
}

func number(of func(*market.Quote) *market.Decimal) func([]byte, *record) []byte {
	return func(b []byte, r *record) []byte { return append(b, of(&r.quote).String()...) }
}

func appendTime(b []byte, r *record) []byte {
	if t := r.time(); !t.IsZero() {
		return t.UTC().AppendFormat(b, time.RFC3339Nano)
	}
	return b
}

func appendStanding(b []byte, r *record) []byte {
	if r.quote.Standing {
		return append(b, "true"...)
	}
	return b
}

func appendImportance(b []byte, r *record) []byte {
	if r.kind != news {
		return b
	}
	switch r.story.Importance {
	case market.High:
		return append(b, "high"...)
	case market.Low:
		return append(b, "low"...)
	}
	return append(b, "normal"...)
}

// texts gives the fields of records as texts.
type texts struct {
	scratch []byte
	ends    []int
	out     []string
}

// of is the texts of the given fields of r, until the next call. They share one string.
func (t *texts) of(r *record, which []field) []string {
	t.scratch, t.ends, t.out = t.scratch[:0], t.ends[:0], t.out[:0]
	for i := range which {
		begin := len(t.scratch)
		t.scratch = which[i].append(t.scratch, r)
		if which[i].form == opaque {
			t.scratch = plain(t.scratch, begin)
		}
		t.ends = append(t.ends, len(t.scratch))
	}
	all, begin := string(t.scratch), 0
	for _, end := range t.ends {
		t.out = append(t.out, all[begin:end])
		begin = end
	}
	return t.out
}

// plain makes what stands in b from value on fit for a terminal.
func plain(b []byte, value int) []byte {
	for _, c := range b[value:] {
		if c < ' ' || c > '~' {
			return append(b[:value], market.PlainText(string(b[value:]), len(b))...)
		}
	}
	return b
}
