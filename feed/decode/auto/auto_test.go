package auto

import (
	"strings"
	"testing"

	"livetape/feed/decode"
	"livetape/feed/market"
)

func shown(m decode.Message, err error) string {
	var parts []string
	for _, u := range m.Updates {
		switch u := u.(type) {
		case market.Headline:
			parts = append(parts, strings.TrimSpace("news "+u.Title+" "+u.ID+" "+strings.Join(u.Symbols, ",")+" "+u.URL))
		case market.Quote:
			s := u.Symbol
			for _, n := range []struct {
				key string
				d   market.Decimal
			}{{"", u.Last}, {"bid=", u.Bid}, {"ask=", u.Ask}, {"size=", u.Size}, {"volume=", u.Volume}, {"prev=", u.PrevClose}, {"change=", u.Change}, {"pct=", u.ChangePct}} {
				if n.d.IsSet() {
					s += " " + n.key + n.d.String()
				}
			}
			if !u.Time.IsZero() {
				s += " " + u.Time.Format("15:04:05.999")
			}
			parts = append(parts, s)
		}
	}
	if m.Unmapped != "" {
		parts = append(parts, "("+m.Unmapped+")")
	}
	if err != nil {
		parts = append(parts, "error: "+err.Error())
	}
	return strings.Join(parts, "; ")
}

func TestTheUsualSpellingsAreRead(t *testing.T) {
	d := New("desk", map[string]string{"XBT": "BTC"})
	for _, c := range [][2]string{
		{`{"symbol":"NVDA","price":181.460,"bid":"181.45","ask":181.47,"volume":100,"time":1714748300}`, "NVDA 181.460 bid=181.45 ask=181.47 volume=100 14:58:20"},
		{`{"s":"XBT","p":"1.5","ts":1714748300123}`, "BTC 1.5 14:58:20.123"},
		{`{"ticker":"A","last":1,"timestamp":"1714748300123456"}`, "A 1 14:58:20.123"},
		{`{"id":"Crypto.BTC/USD","px":2,"t":1714748300123456789}`, "Crypto.BTC/USD 2 14:58:20.123"},
		{`{"instrument_id":"A","Last_Price":1,"Prev-Close":2,"tradeTime":"2024-05-03T14:58:20Z"}`, "A 1 prev=2 14:58:20"},
		{`{"data":{"symbol":"A","price":1}}`, "A 1"},
		{`{"ts":1714748300,"data":[{"s":"A","p":1},{"s":"B","p":2}]}`, "A 1 14:58:20; B 2 14:58:20"},
		{`{"quotes":{"AAPL":{"last":1},"MSFT":{"last":2}}}`, "AAPL 1; MSFT 2"},
		{`[{"symbol":"A","price":1},null,{"symbol":"B","price":"-"}]`, "A 1"},
		{`{"channel":"trades","data":{"price":1}}`, "trades 1"},
		{`{"price":{"price":"616","expo":-2},"id":"BTC"}`, "BTC 6.16"},
		{`{"price":42}`, "desk 42"},
		{`{"open":1,"high":3,"low":0.5,"close":2,"volume":9}`, "desk 2 volume=9"},
		{`101.5`, "desk 101.5"},
		{`"101.50"`, "desk 101.50"},
		{`{"headline":"Up","id":7,"tickers":["A","B"],"url":"https://x.example"}`, "news Up 7 A,B https://x.example"},
		{`{"title":"Up","uid":"n7","tags":["NVDA","BRK.B"]}`, "news Up n7 NVDA,BRK.B"},
		{`{"title":"Up","uid":"n7","tags":["chips","NVDA"]}`, "news Up n7"},
		{`{"title":"Up","symbol":"A","url":"javascript:x"}`, "news Up  A"},
		{`{"symbol":"A","price":1,"title":"Corp"}`, "A 1"},
		{`{"symbol":"A","lastTrade":1.2,"b":1,"a":1.5}`, "A 1.2 bid=1 ask=1.5"},
		{`{"symbol":"A","lastTrade":1714748300123,"b":1,"a":1.5}`, "A bid=1 ask=1.5 14:58:20.123"},
		{`{"symbol":"A","price":1,"changePercent":0.5,"change":2}`, "A 1 change=2"},
	} {
		if got := shown(d.Decode("message", []byte(c[0]))); got != c[1] {
			t.Errorf("of %s it says\n%s, want\n%s", c[0], got, c[1])
		}
	}
}

func TestWhatIsNotPlainIsNotGuessed(t *testing.T) {
	d := New("desk", nil)
	for _, c := range [][2]string{
		{`{"value": 42}`, noPrice},
		{`{"sensor":{"value": 42}}`, noPrice},
		{`{"id":"7f0c","value":42}`, noPrice},
		{`{"p": 42}`, noPrice},
		{`{"status":"checked out"}`, noPrice},
		{`{"cpu":0.5,"mem":"1"}`, noPrice},
		{`{"symbol":"A","last":309298,"decimals":2}`, unclear},
		{`{"symbol":"A","price":null}`, noPrice},
		{`hello`, "the data is not JSON"},
		{``, "the data is empty"},
		{`null`, "the data is null"},
		{`true`, noPrice},
		{`"hello"`, noPrice},
		{strings.Repeat("[", 5000), "the data nests deeper than 128"},
	} {
		m, err := d.Decode("message", []byte(c[0]))
		if err != nil || len(m.Updates) > 0 || m.Unmapped != c[1] {
			t.Errorf("of %.40s it says %s, want (%s)", c[0], shown(m, err), c[1])
		}
	}
}

func TestAValueBesideASymbolIsAPrice(t *testing.T) {
	if got := shown(New("desk", nil).Decode("message", []byte(`{"symbol":"A","value":42}`))); got != "A 42" {
		t.Error(got)
	}
}

func TestNativeEventsAreReadAsSuchAndElseGuessed(t *testing.T) {
	for _, c := range [][3]string{
		{"price", `{"symbol":"A","last":"1"}`, "A 1"},
		{"price", `{"ticker":"A","px":"1"}`, "A 1"},
		{"news", `{"headline":"Up"}`, "news Up"},
		{"price", `{"value":42}`, "error: price: symbol is missing"},
		{"snapshot", `{"prices":[{"symbol":"A","last":1}]}`, "A 1"},
		{"tick", `{"symbol":"A","last":"1"}`, "A 1"},
	} {
		if got := shown(New("desk", nil).Decode(c[0], []byte(c[1]))); got != c[2] {
			t.Errorf("of %s %s it says %s, want %s", c[0], c[1], got, c[2])
		}
	}
	if m, err := New("desk", nil).Decode("resume", []byte(`{"from":"1-2","replayed":3}`)); err != nil || m.Continuity == nil || m.Continuity.Replayed != 3 {
		t.Errorf("a resume is %+v, %v", m, err)
	}
}

func TestAStreamThatHasShownItselfNativeIsNotGuessedAt(t *testing.T) {
	const snapshot = `{"prices":[{"symbol":"A","last":"1"}]}`
	type event struct{ kind, data, want string }
	for name, events := range map[string][]event{
		"a native one": {
			{"snapshot", snapshot, "A 1"},
			{"price", `{"last":"1.00"}`, "error: price: symbol is missing"},
			{"price", `{"symbol":"A","last":"2"}`, "A 2"},
			{"price", `[{"symbol":"NVDA","last":"1.00"}]`, "error: price: a list is not an object"},
			{"message", `{"last":"1.00"}`, "(no rule for event type message)"},
			{"message", `[{"symbol":"NVDA","last":"1.00"}]`, "(no rule for event type message)"},
			{"horoscope", `{"symbol":"NVDA","last":"1.00"}`, "(no rule for event type horoscope)"},
			{"news", `{"headline":"Up"}`, "news Up"},
		},
		"one that was resumed": {
			{"resume", `{"from":"7f-1","replayed":1}`, ""},
			{"price", `{"symbol":"A","last":"2"}`, "A 2"},
			{"message", `{"last":"1.00"}`, "(no rule for event type message)"},
		},
		"another's that calls its types so": {
			{"snapshot", snapshot, "A 1"},
			{"tick", `{"ticker":"A","px":2}`, "A 2"},
			{"price", `{"symbol":"A","last":"3"}`, "A 3"},
			{"price", `{"ticker":"A","px":4}`, "A 4"},
			{"tick", `{"ticker":"A","px":5}`, "A 5"},
		},
		"another's whose prices look native": {
			{"price", `{"symbol":"A","last":"3"}`, "A 3"},
			{"reset", `{}`, ""},
			{"price", `{"ticker":"A","px":4}`, "A 4"},
			{"message", `{"ticker":"A","px":5}`, "A 5"},
		},
	} {
		d := New("desk", nil)
		for _, ev := range events {
			if got := shown(d.Decode(ev.kind, []byte(ev.data))); got != ev.want {
				t.Errorf("%s: of %s %s it says %s, want %s", name, ev.kind, ev.data, got, ev.want)
			}
		}
	}
}

func FuzzGuessingNeverPanics(f *testing.F) {
	for _, s := range []string{`{"symbol":"A","price":1}`, `[[1,2],{"a":{"b":{"last":"1e9"}}}]`, `{"price":1,"expo":-99999999999}`, `"1"`} {
		f.Add("message", s)
	}
	f.Fuzz(func(t *testing.T, event, data string) {
		m, err := New("desk", nil).Decode(event, []byte(data))
		if len(m.Updates) > maxRows+1 {
			t.Errorf("%d updates", len(m.Updates))
		}
		if err == nil && len(m.Updates) == 0 && m.Unmapped == "" && m.Continuity == nil && event != "snapshot" {
			t.Errorf("nothing, and no reason, of %q", data)
		}
	})
}

func TestNoNameIsSpelledForTwoFields(t *testing.T) {
	seen := map[string]Field{}
	for field, line := range spellings {
		for _, name := range strings.Fields(line) {
			if other, ok := seen[name]; ok && name != "|" {
				t.Errorf("%q is both %s and %s", name, field, other)
			}
			if name != "|" && name != plain(name) {
				t.Errorf("%q is never found: names are compared as %q", name, plain(name))
			}
			seen[name] = field
		}
	}
}
