package decode_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode"
	"livetape/feed/health"
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
	Reports    []any    `json:"reports,omitempty"`
	Continuity *gap     `json:"continuity,omitempty"`
	Unmapped   string   `json:"unmapped,omitempty"`
	Error      string   `json:"error,omitempty"`
}

type update struct {
	Quote    map[string]any `json:"quote,omitempty"`
	Headline map[string]any `json:"headline,omitempty"`
	Halt     map[string]any `json:"halt,omitempty"`
	Reading  map[string]any `json:"reading,omitempty"`
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
	for _, r := range m.Reports {
		out.Reports = append(out.Reports, describeReport(r))
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

// describeReport is a report as it is written again.
func describeReport(r health.Report) (written any) {
	text, err := json.Marshal(r)
	if err == nil {
		err = json.Unmarshal(text, &written)
	}
	if err != nil {
		return err.Error()
	}
	return written
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
		d.text("feed", u.Feed)
		d.time(u.Time)
		return update{Halt: d}
	case market.Reading:
		d["name"], d["value"] = u.Name, u.Value.String()
		d.text("feed", u.Feed)
		d.time(u.Time)
		return update{Reading: d}
	}
	return update{}
}

type description map[string]any

func (d description) quote(q market.Quote) {
	d["symbol"] = q.Symbol
	d.text("feed", q.Feed)
	d.text("name", q.Name)
	d.text("currency", q.Currency)
	for key, n := range map[string]market.Decimal{
		"last": q.Last, "bid": q.Bid, "ask": q.Ask, "size": q.Size, "volume": q.Volume,
		"open": q.Open, "high": q.High, "low": q.Low, "prev_close": q.PrevClose, "vwap": q.VWAP,
		"bid_size": q.BidSize, "ask_size": q.AskSize, "change": q.Change, "change_pct": q.ChangePct,
	} {
		d.text(key, n.String())
	}
	d.time(q.Time)
	for key, set := range map[string]bool{"standing": q.FromSnapshot, "no_bid": q.NoBid, "no_ask": q.NoAsk} {
		if set {
			d[key] = true
		}
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

func TestAnUpdateIsWrittenAsItIsRead(t *testing.T) {
	t.Parallel()
	received := time.Date(2026, 3, 2, 15, 4, 9, 0, time.UTC)
	for _, f := range fixtures(t) {
		m, err := decode.Native{}.Decode(f.Type, []byte(f.Data))
		if err != nil {
			continue
		}
		for _, u := range m.Updates {
			kind, text := decode.AppendNative(nil, u, received)
			again, err := decode.Native{}.Decode(kind, text)
			want := withTime(u, received)
			if diff := cmp.Diff(describe(decode.Message{Updates: []market.Update{want}}, nil), describe(again, err)); diff != "" {
				t.Errorf("%s: %s is written as %s (-want +got):\n%s", f.Name, f.Data, text, diff)
			}
		}
	}
}

// withTime is u with the time at which it was received, if it has none of its own.
func withTime(u market.Update, received time.Time) market.Update {
	fill := func(t *time.Time) {
		if t.IsZero() {
			*t = received
		}
	}
	switch u := u.(type) {
	case market.Quote:
		fill(&u.Time)
		return u
	case market.Headline:
		fill(&u.Time)
		return u
	case market.Halt:
		fill(&u.Time)
		return u
	case market.Reading:
		fill(&u.Time)
		return u
	}
	return u
}
