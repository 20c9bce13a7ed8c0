package decode_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"livetape/feed/decode"
	"livetape/feed/market"
)

// FuzzNativeDecode checks that every payload of a known type gives something or a reason, that what it
// gives is bounded and plain, and that nothing but JSON is taken.
func FuzzNativeDecode(f *testing.F) {
	for _, fixture := range fixtures(f) {
		f.Add(fixture.Type, []byte(fixture.Data))
	}
	f.Fuzz(func(t *testing.T, eventType string, data []byte) {
		m, err := decode.Native{}.Decode(eventType, data)
		something := len(m.Updates)+len(m.Reports) > 0 || m.Continuity != nil || m.Unmapped != ""
		if !something && err == nil && eventType != "snapshot" {
			t.Errorf("neither an update nor a reason")
		}
		if something && m.Unmapped == "" && !json.Valid(data) {
			t.Errorf("took something from what is not JSON")
		}
		if err != nil && (len(err.Error()) > 8192 || !utf8.ValidString(err.Error())) {
			t.Errorf("error: %q", err)
		}
		plain(t, m.Unmapped, 256)
		for _, u := range m.Updates {
			plain(t, market.Origin(u), market.MaxName)
			checkUpdate(t, u)
		}
		for _, r := range m.Reports {
			plain(t, r.Feed, market.MaxName)
			plain(t, r.Status.Cause, 1000)
			plain(t, r.Status.Advice, 1000)
		}
	})
}

func checkUpdate(t *testing.T, u market.Update) {
	switch u := u.(type) {
	case market.Quote:
		if u.Symbol == "" || !u.Last.IsSet() && !u.Bid.IsSet() && !u.Ask.IsSet() && !u.NoBid && !u.NoAsk {
			t.Errorf("a quote of nothing: %+v", u)
		}
		plain(t, u.Symbol, market.MaxSymbol)
		plain(t, u.Name, market.MaxName)
		plain(t, u.Currency, market.MaxCurrency)
	case market.Headline:
		if u.Title == "" || len(u.Symbols) > market.MaxSymbols {
			t.Errorf("headline: %+v", u)
		}
		plain(t, u.ID, market.MaxID)
		plain(t, u.Title, market.MaxHeadline)
		plain(t, u.Summary, market.MaxSummary)
		plain(t, u.Source, market.MaxSource)
		plain(t, u.URL, market.MaxURL)
		plain(t, strings.Join(u.Symbols, ""), market.MaxSymbols*market.MaxSymbol)
	case market.Halt:
		if u.State == "" {
			t.Errorf("a halt of no state: %+v", u)
		}
		plain(t, u.Symbol, market.MaxSymbol)
		plain(t, u.Reason, market.MaxReason)
	}
}

func plain(t *testing.T, s string, limit int) {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > limit || strings.ContainsFunc(s, unicode.IsControl) {
		t.Errorf("not plain text of at most %d characters: %q", limit, s)
	}
}
