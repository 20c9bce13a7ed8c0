package decode_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode"
	"livetape/feed/market"
)

// fixture is one line of testdata/native.jsonl, which pins the wire format.
type fixture struct {
	Name, Type, ID, Data string
	Expect               meaning
}

// meaning is a Message, and the error beside it, in a form to read and to write by hand.
type meaning struct {
	Updates    []update `json:"updates,omitempty"`
	Continuity *gap     `json:"continuity,omitempty"`
	Unmapped   string   `json:"unmapped,omitempty"`
	Error      string   `json:"error,omitempty"`
}

type update struct {
	Quote    map[string]any `json:"quote,omitempty"`
	Headline map[string]any `json:"headline,omitempty"`
	Halt     map[string]any `json:"halt,omitempty"`
}

type gap struct {
	From     string `json:"from"`
	Reset    bool   `json:"reset"`
	Replayed int    `json:"replayed"`
	Missed   *int   `json:"missed"`
}

func TestTheFixturesMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures(t) {
		t.Run(f.Name, func(t *testing.T) {
			m, err := decode.Native{}.Decode(f.Type, []byte(f.Data))
			if diff := cmp.Diff(f.Expect, describe(m, err)); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", f.Type, f.Data, diff)
			}
		})
	}
}

func fixtures(t testing.TB) []fixture {
	t.Helper()
	file, err := os.Open("testdata/native.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []fixture
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var f fixture
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Fatalf("line %d: %v", len(all)+1, err)
		}
		all = append(all, f)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func describe(m decode.Message, err error) meaning {
	out := meaning{Unmapped: m.Unmapped}
	for _, u := range m.Updates {
		out.Updates = append(out.Updates, describeUpdate(u))
	}
	if c := m.Continuity; c != nil {
		out.Continuity = &gap{From: c.From, Reset: c.Reset, Replayed: c.Replayed}
		if c.Missed != decode.Unknown {
			out.Continuity.Missed = &c.Missed
		}
	}
	if err != nil {
		out.Error = err.Error()
	}
	return out
}

func describeUpdate(u market.Update) update {
	d := description{}
	switch u := u.(type) {
	case market.Quote:
		d.quote(u)
		return update{Quote: d}
	case market.Headline:
		d.headline(u)
		return update{Headline: d}
	case market.Halt:
		d["symbol"], d["state"] = u.Symbol, string(u.State)
		d.text("reason", u.Reason)
		d.time(u.Time)
		return update{Halt: d}
	}
	return update{}
}

type description map[string]any

func (d description) quote(q market.Quote) {
	d["symbol"] = q.Symbol
	d.text("name", q.Name)
	d.text("currency", q.Currency)
	for key, n := range map[string]market.Decimal{
		"last": q.Last, "bid": q.Bid, "ask": q.Ask, "size": q.Size, "volume": q.Volume,
		"open": q.Open, "high": q.High, "low": q.Low, "prev_close": q.PrevClose, "vwap": q.VWAP,
	} {
		d.text(key, n.String())
	}
	d.time(q.Time)
	if q.FromSnapshot {
		d["standing"] = true
	}
}

func (d description) headline(h market.Headline) {
	d["title"] = h.Title
	d.text("id", h.ID)
	d.text("summary", h.Summary)
	d.text("source", h.Source)
	d.text("url", h.URL)
	for _, s := range h.Symbols {
		list, _ := d["symbols"].([]any)
		d["symbols"] = append(list, s)
	}
	d["importance"] = map[market.Importance]string{market.Low: "low", market.Normal: "normal", market.High: "high"}[h.Importance]
	d.time(h.Time)
}

func (d description) text(key, s string) {
	if s != "" {
		d[key] = s
	}
}

func (d description) time(t time.Time) {
	if !t.IsZero() {
		d["time"] = t.Format(time.RFC3339Nano)
	}
}
