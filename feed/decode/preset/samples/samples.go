// Package samples holds what real services send, with the updates that a decoder must make of it. It is for tests
// only: of decoders, and of the whole way from HTTP to the board.
package samples

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	yaml "github.com/goccy/go-yaml"

	"livetape/feed/decode/preset"
)

//go:embed samples.jsonl
var foundLines []byte

//go:embed further.yaml
var furtherYAML []byte

// Sample is one body as a service sends it.
type Sample struct {
	Name   string   `json:"name"`
	Preset string   `json:"preset"`
	Format string   `json:"format"` // sse or ndjson
	Source string   `json:"source"` // where it was found
	Wire   string   `json:"wire"`   // the whole body
	IDs    []string `json:"ids"`    // the event ids that a listener sees; nil when there are none
	Expect []Expect `json:"expect"` // the updates, in order

	Feed    *preset.Definition `json:"-" yaml:"feed"`    // how to read it, in place of a preset
	Notices []string           `json:"-" yaml:"notices"` // the messages for the status line, in order
	Cause   string             `json:"-" yaml:"cause"`   // how the end is told
	Resume  string             `json:"-" yaml:"resume"`  // the id to resume from, where that is in a payload

	Anonymous bool     `json:"-" yaml:"anonymous"` // nothing in it tells which service it is
	Inferred  []Expect `json:"-" yaml:"inferred"`  // what must come of it when its Feed is not known
}

// Expect is what one update must say. What is empty does not matter. Numbers are compared digit for digit.
type Expect struct {
	Kind      string   `json:"kind"` // quote, unless it is news or reading
	Symbol    string   `json:"symbol"`
	Price     string   `json:"price"` // as the board shows it: the last, or the mid of bid and ask
	Bid       string   `json:"bid"`
	Ask       string   `json:"ask"`
	BidSize   string   `json:"bid_size" yaml:"bid_size"`
	AskSize   string   `json:"ask_size" yaml:"ask_size"`
	Size      string   `json:"size"`
	Volume    string   `json:"volume"`
	Open      string   `json:"-" yaml:"open"`
	High      string   `json:"-" yaml:"high"`
	Low       string   `json:"-" yaml:"low"`
	PrevClose string   `json:"-" yaml:"prev_close"`
	VWAP      string   `json:"-" yaml:"vwap"`
	Change    string   `json:"change"`
	ChangePct string   `json:"change_pct" yaml:"change_pct"`
	Time      int64    `json:"time"`        // ms since 1970, rounded down
	At        string   `json:"-" yaml:"at"` // RFC 3339, to the nanosecond
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	URL       string   `json:"-" yaml:"url"`
	Source    string   `json:"-" yaml:"source"`
	Symbols   []string `json:"-" yaml:"symbols"`
}

// Load reads the samples.
func Load() ([]Sample, error) {
	all, err := loadFound()
	if err != nil {
		return nil, err
	}
	var more []Sample
	if err := yaml.UnmarshalWithOptions(furtherYAML, &more, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("further samples: %w", err)
	}
	all = append(all, more...)
	for i := range all {
		all[i].Format = cmp.Or(all[i].Format, "sse")
		all[i].Cause = cmp.Or(all[i].Cause, "the server ended the stream")
	}
	return all, nil
}

// loadFound are the samples that were found as they are, with what else there is to say of them.
func loadFound() ([]Sample, error) {
	var all []Sample
	for line := range bytes.Lines(foundLines) {
		var s Sample
		if err := json.Unmarshal(line, &s); err != nil {
			return nil, fmt.Errorf("sample %d: %w", len(all)+1, err)
		}
		switch s.Preset {
		case "pyth-tv":
			d, err := preset.Parse([]byte(pythTV))
			if err != nil {
				return nil, fmt.Errorf("sample %s: %w", s.Name, err)
			}
			s.Preset, s.Feed = "", &d
			s.Inferred = []Expect{{Symbol: "Crypto.BTC/USD", Price: "30416.745", Time: 1687766105000}}
		case "tradestation":
			s.Notices, s.Cause = []string{"DualLogon"}, "the server asked to connect again"
		case "ably":
			const expired = "Token expired. (See https://help.ably.io/error/40142 for help.) (40142)"
			s.Notices, s.Cause = []string{expired}, "the server ended the stream: "+expired
		case "ntfy":
			s.Resume = "p0M5y6gcCY"
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
	if s.Feed != nil {
		return *s.Feed, nil
	}
	d := preset.Definition{Preset: s.Preset, Vars: map[string]string{"host": "feed.example", "account": "1", "project": "p"}}
	switch s.Preset {
	case "mercure", "ntfy", "ably":
		d.Symbols = []string{"topic"}
		d.Vars["base"] = "https://feed.example"
	case "livetape":
		d.URL = "https://feed.example/events"
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
		e, ok := parseEvent(block, &id)
		if ok {
			all = append(all, e)
		}
	}
	return all
}

func parseEvent(block string, id *string) (Event, bool) {
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
