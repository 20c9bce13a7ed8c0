// Package samples holds what real services send, with the updates that a decoder must make of it. It is for tests
// only: of decoders, and of the whole way from HTTP to the board.
package samples

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"livetape/feed/decode/preset"
	"livetape/feed/market"
)

//go:embed samples.jsonl
var lines []byte

// Sample is one body as a service sends it.
type Sample struct {
	Name   string   `json:"name"`
	Preset string   `json:"preset"`
	Format string   `json:"format"` // sse or ndjson
	Source string   `json:"source"` // where it was found
	Wire   string   `json:"wire"`   // the whole body
	IDs    []string `json:"ids"`    // the event ids that a listener sees; nil when there are none
	Expect []Expect `json:"expect"` // the updates, in order
}

// Expect is what one update must say. What is empty does not matter. Numbers are compared digit for digit.
type Expect struct {
	Kind      string `json:"kind"` // quote, unless it is news
	Symbol    string `json:"symbol"`
	Price     string `json:"price"` // as the board shows it: the last, or the mid of bid and ask
	Bid       string `json:"bid"`
	Ask       string `json:"ask"`
	BidSize   string `json:"bid_size"`
	AskSize   string `json:"ask_size"`
	Size      string `json:"size"`
	Volume    string `json:"volume"`
	Change    string `json:"change"`
	ChangePct string `json:"change_pct"`
	Time      int64  `json:"time"` // ms since 1970, rounded down
	ID        string `json:"id"`
	Title     string `json:"title"`
}

// Load reads the samples.
func Load() ([]Sample, error) {
	var all []Sample
	for line := range bytes.Lines(lines) {
		var s Sample
		if err := json.Unmarshal(line, &s); err != nil {
			return nil, fmt.Errorf("sample %d: %w", len(all)+1, err)
		}
		all = append(all, s)
	}
	return all, nil
}

// pythTV is a feed that livetape has no preset for: it cannot be asked for single symbols.
const pythTV = `
url: https://benchmarks.pyth.network/v1/shims/tradingview/streaming
format: ndjson
aliases: {Crypto.BTC/USD: BTC/USD}
map:
  - symbol: id
    only: alias
    last: p
    time: {path: t, unit: s}
`

// Definition is how to read a sample: its preset, with the choices that a user has to make filled in.
func (s Sample) Definition() (preset.Definition, error) {
	if s.Preset == "pyth-tv" {
		return preset.Parse([]byte(pythTV))
	}
	d := preset.Definition{Preset: s.Preset, Vars: map[string]string{"host": "feed.example", "account": "1", "project": "p"}}
	switch s.Preset {
	case "mercure", "ntfy", "ably":
		d.Symbols = []string{"topic"}
		d.Vars["base"] = "https://feed.example"
	}
	return d.Resolve()
}

// Event is one event of a sample.
type Event struct {
	Type, ID string
	Data     []byte
}

// Events cuts a sample's body into events, for tests of decoders alone.
func (s Sample) Events() []Event {
	var all []Event
	text := strings.ReplaceAll(s.Wire, "\r\n", "\n")
	if s.Format == "ndjson" {
		for line := range strings.SplitSeq(text, "\n") {
			if line != "" {
				all = append(all, Event{Type: "message", Data: []byte(line)})
			}
		}
		return all
	}
	id := ""
	for block := range strings.SplitSeq(text, "\n\n") {
		e, ok := event(block, &id)
		if ok {
			all = append(all, e)
		}
	}
	return all
}

func event(block string, id *string) (Event, bool) {
	e := Event{Type: "message"}
	var data []string
	for line := range strings.SplitSeq(block, "\n") {
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "data":
			data = append(data, value)
		case "event":
			e.Type = value
		case "id":
			*id = value
		}
	}
	e.ID, e.Data = *id, []byte(strings.Join(data, "\n"))
	return e, data != nil
}

// Differ says where updates differ from what is expected; empty when they do not. The updates go onto a board of
// their own, in order.
func (s Sample) Differ(updates []market.Update) []string {
	var wrong []string
	if len(updates) != len(s.Expect) {
		wrong = append(wrong, fmt.Sprintf("%d updates, want %d: %+v", len(updates), len(s.Expect), updates))
	}
	board := market.NewBoard(market.Limits{})
	for i, u := range updates {
		board.Apply(s.Name, u, time.Unix(0, 0))
		if i < len(s.Expect) {
			for _, w := range s.Expect[i].differ(u, board, s.Name) {
				wrong = append(wrong, fmt.Sprintf("update %d: %s", i+1, w))
			}
		}
	}
	return wrong
}

func (e Expect) differ(u market.Update, board *market.Board, feed string) (wrong []string) {
	check := func(what, got, want string) {
		if want != "" && got != want {
			wrong = append(wrong, fmt.Sprintf("%s is %q, want %q", what, got, want))
		}
	}
	at := time.Time{}
	switch u := u.(type) {
	case market.Headline:
		check("kind", "news", e.Kind)
		check("id", u.ID, e.ID)
		check("title", u.Title, e.Title)
		at = u.Time
	case market.Quote:
		if e.Kind == "news" {
			return []string{fmt.Sprintf("a quote, want news: %+v", u)}
		}
		check("symbol", u.Symbol, e.Symbol)
		if row := board.Row(feed, u.Symbol); row != nil {
			price, _ := row.Price()
			check("price", price.String(), e.Price)
		}
		for _, n := range []struct {
			what string
			got  market.Decimal
			want string
		}{
			{"bid", u.Bid, e.Bid}, {"ask", u.Ask, e.Ask}, {"bid size", u.BidSize, e.BidSize}, {"ask size", u.AskSize, e.AskSize},
			{"size", u.Size, e.Size}, {"volume", u.Volume, e.Volume}, {"change", u.Change, e.Change}, {"change in percent", u.ChangePct, e.ChangePct},
		} {
			check(n.what, n.got.String(), n.want)
		}
		at = u.Time
	}
	if e.Time != 0 && at.UnixMilli() != e.Time {
		wrong = append(wrong, fmt.Sprintf("time is %s, want %s", at, time.UnixMilli(e.Time).UTC()))
	}
	return wrong
}
