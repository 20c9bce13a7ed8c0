package infer

import (
	"strings"
	"testing"
	"time"

	"livetape/feed/decode"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode/preset"
	"livetape/feed/decode/preset/samples"
	"livetape/feed/market"
)

func TestEverySampleOfARealServiceIsRecognisedOrInferred(t *testing.T) {
	all, err := samples.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			var events []decode.Event
			for _, e := range s.Events() {
				events = append(events, decode.Event{Type: e.Type, ID: e.ID, Data: e.Data})
			}
			if s.Anonymous {
				return
			}
			if s.Feed != nil {
				inferredAs(t, s, events)
				return
			}
			if names := Recognise(events); len(names) == 0 || names[0] != s.Preset {
				t.Fatalf("recognised as %q, want %s", names, s.Preset)
			}
			if len(s.Expect) == 0 {
				return
			}
			r, ok := Infer(s.Name, events)
			if !ok || r.Definition.Preset != s.Preset || r.Definition.Map != nil && s.Preset != "mercure" {
				t.Errorf("the result is %+v, %v; want preset %s as it is", r, ok, s.Preset)
			}
		})
	}
}

// inferredAs infers from a sample of a service that there is no preset for.
func inferredAs(t *testing.T, s samples.Sample, events []decode.Event) {
	t.Helper()
	r, ok := Infer(s.Name, events)
	if !ok && s.Inferred == nil {
		return
	}
	decoder, err := r.Definition.NewDecoder(s.Name, nothingDecoder{})
	if err != nil {
		t.Fatal(err)
	}
	var updates []market.Update
	for _, e := range events {
		m, err := decoder.Decode(e.Type, e.Data)
		if err != nil {
			t.Errorf("%s: %s", e.Data, err)
		}
		updates = append(updates, m.Updates...)
	}
	if s.Expect = s.Inferred; s.Expect != nil {
		for _, wrong := range s.Diff(updates) {
			t.Error(wrong)
		}
	}
}

// check infers from events, writes the result as YAML, reads that back, and looks at the quotes it gives.
func check(t *testing.T, events []decode.Event, want []string) Result {
	t.Helper()
	r, ok := Infer("desk", events)
	if !ok {
		t.Fatalf("nothing was found: %+v", r)
	}
	text, err := r.YAML()
	if err != nil {
		t.Fatal(err)
	}
	d, err := preset.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s\n%s", err, text)
	}
	d.URL = "https://feed.example/stream"
	if err := d.Validate(); d.Preset == "" && err != nil {
		t.Errorf("the result is not valid: %s\n%s", err, text)
	}
	full, err := d.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := full.NewDecoder("desk", nothingDecoder{})
	if err != nil {
		t.Fatalf("%s\n%s", err, text)
	}
	var got []string
	for _, e := range events {
		m, err := decoder.Decode(e.Type, e.Data)
		if err != nil {
			t.Errorf("%s: %s", e.Data, err)
		}
		for _, u := range m.Updates {
			got = append(got, line(u))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s\n%s", diff, text)
	}
	return r
}

func line(u market.Update) string {
	switch u := u.(type) {
	case market.Quote:
		parts := []string{u.Symbol}
		for _, n := range []struct {
			key string
			d   market.Decimal
		}{{"", u.Last}, {"bid=", u.Bid}, {"ask=", u.Ask}, {"bidsize=", u.BidSize}, {"asksize=", u.AskSize}, {"size=", u.Size}, {"volume=", u.Volume}, {"pct=", u.ChangePct}} {
			if n.d.IsSet() {
				parts = append(parts, n.key+n.d.String())
			}
		}
		if !u.Time.IsZero() {
			parts = append(parts, u.Time.Format("15:04:05.999"))
		}
		return strings.Join(parts, " ")
	case market.Reading:
		if u.Time.IsZero() {
			return "reading " + u.Name + " " + u.Value.String()
		}
		return "reading " + u.Name + " " + u.Value.String() + u.Time.Format(" 15:04:05")
	case market.Headline:
		parts := []string{"news", u.Title, strings.Join(u.Symbols, ","), u.ID}
		if strings.HasSuffix(u.URL, "/1") && !u.Time.IsZero() {
			parts = append(parts, u.URL, u.Time.Format("15:04:05"))
		}
		return strings.Join(parts, " ")
	}
	return "?"
}

func messages(data ...string) []decode.Event {
	all := make([]decode.Event, len(data))
	for i, d := range data {
		all[i] = decode.Event{Type: "message", Data: []byte(d)}
	}
	return all
}

func TestShapesThatNobodyPreparedForAreRead(t *testing.T) {
	for _, c := range []struct {
		name   string
		events []decode.Event
		want   []string
	}{
		{"a flat map", messages(
			`{"ticker":"NVDA","px":181.46,"qty":200,"ts":1714748300000}`,
			`{"ticker":"AMD","px":99,"qty":5,"ts":1714748301500}`),
			[]string{"NVDA 181.46 size=200 14:58:20", "AMD 99 size=5 14:58:21.5"}},
		{"nested maps", messages(
			`{"type":"tick","body":{"instrument":{"code":"EURUSD"},"quote":{"bid":{"price":"1.0911","size":"5"},"ask":{"price":"1.0913","size":"7"}},"at":"2024-05-03T14:58:20.25Z"}}`),
			[]string{"EURUSD bid=1.0911 ask=1.0913 bidsize=5 asksize=7 14:58:20.25"}},
		{"a list of maps below a head", messages(
			`{"seq":1,"time":1714748300,"data":[{"s":"BTC/USD","p":"64000.10"},{"s":"ETH/USD","p":"3000.5"}]}`),
			[]string{"BTC/USD 64000.10 14:58:20", "ETH/USD 3000.5 14:58:20"}},
		{"a list of lists", messages(
			`[["BTC/USD",64000.1,1714748300000],["ETH/USD",3000,1714748300500]]`,
			`[["SOL/USD",150.25,1714748301000]]`),
			[]string{"BTC/USD 64000.1 14:58:20", "ETH/USD 3000 14:58:20.5", "SOL/USD 150.25 14:58:21"}},
		{"lists of maps in a list of lists", messages(
			`{"batches":[[{"sym":"A","last":1.5},{"sym":"B","last":2.5}],[{"sym":"C","last":3.5}]]}`),
			[]string{"A 1.5", "B 2.5", "C 3.5"}},
		{"maps under symbols", messages(
			`{"prices":{"AAPL":{"price":214.2,"v":100},"MSFT":{"price":400,"v":7}}}`,
			`{"prices":{"AAPL":{"price":214.3,"v":110}}}`),
			[]string{"AAPL 214.2 volume=100", "MSFT 400 volume=7", "AAPL 214.3 volume=110"}},
		{"numbers under symbols", messages(`{"BTC-USD":64000.1,"ETH-USD":3000}`, `{"BTC-USD":64000.2}`),
			[]string{"BTC-USD 64000.1", "ETH-USD 3000", "BTC-USD 64000.2"}},
		{"no symbol", messages(`{"price":"42.10","timestamp":"1714748300123456789"}`), []string{"desk 42.10 14:58:20.123"}},
		{"a lonely number in a map", messages(`{"value": 42}`, `{"value": 43.5}`), []string{"reading value 42", "reading value 43.5"}},
		{"plain numbers", messages(`101.5`, `101.75`), []string{"reading desk 101.5", "reading desk 101.75"}},
		{"several numbers", messages(`{"cpu":0.5,"mem":0.7,"at":1714748300,"seq":7}`), []string{"reading cpu 0.5 14:58:20", "reading mem 0.7 14:58:20"}},
		{"readings of several places", messages(`{"sensor":"cellar","temperature":12}`, `{"sensor":"roof","temperature":31}`), []string{"reading cellar temperature 12", "reading roof temperature 31"}},
		{"plain text", messages("new server event 10:17:08 AM", "and one more"), []string{"news new server event 10:17:08 AM  ", "news and one more  "}},
		{"a message with a time", messages(`{"message":"Hello","timestamp":"2024-05-03T14:58:20Z"}`), []string{"news Hello  "}},
		{"symbols as event types", []decode.Event{{Type: "BTCUSD", Data: []byte(`{"price":1}`)}, {Type: "ETHUSD", Data: []byte(`{"price":2}`)}},
			[]string{"BTCUSD 1", "ETHUSD 2"}},
		{"kinds of maps on one stream", messages(
			`{"ev":"T","sym":"A","p":10.5,"s":100,"t":1714748300000}`,
			`{"ev":"Q","sym":"A","bp":10,"ap":11,"t":1714748300100}`,
			`{"ev":"status","message":"connected"}`,
			`{"ev":"T","sym":"B","p":20.5,"s":5,"t":1714748300200}`),
			[]string{"A 10.5 size=100 14:58:20", "A bid=10 ask=11 14:58:20.1", "B 20.5 size=5 14:58:20.2"}},
		{"kinds of maps in one list", messages(
			`[{"T":"q","symbol":"A","bid":10,"ask":11},{"T":"t","symbol":"A","price":10.5}]`),
			[]string{"A bid=10 ask=11", "A 10.5"}},
		{"event types with shapes of their own", []decode.Event{
			{Type: "quote", Data: []byte(`{"symbol":"A","bid":"1.0","ask":"1.2"}`)},
			{Type: "trade", Data: []byte(`{"trade":{"symbol":"A","price":"1.1","size":"5"}}`)},
			{Type: "ping", Data: []byte(`{}`)}},
			[]string{"A bid=1.0 ask=1.2", "A 1.1 size=5"}},
		{"integers with an exponent", messages(`{"feed":{"id":"Crypto.BTC/USD","price":{"price":"6163260000000","expo":-8,"publish_time":1714748300}}}`),
			[]string{"Crypto.BTC/USD 61632.60000000 14:58:20"}},
		{"integers with decimals", messages(`{"symbol":"600519","last":309298,"decimals":2}`), []string{"600519 3092.98"}},
		{"a book of lists", messages(`{"market":"XBT/EUR","bids":[["100.1","5"],["100.0","9"]],"asks":[["100.3","2"]]}`),
			[]string{"XBT/EUR bid=100.1 ask=100.3 bidsize=5 asksize=2"}},
		{"json in a string", messages(`{"channel":"prices","payload":"{\"symbol\":\"X\",\"price\":1.5}"}`), []string{"X 1.5"}},
		{"spellings that change", messages(`{"symbol":"A","last":1}`, `{"symbol":"A","price":2}`), []string{"A 1", "A 2"}},
		{"a fraction for a per cent", messages(`{"symbol":"A","price":110,"change":10,"changePercent":0.1}`), []string{"A 110 pct=10.0"}},
		{"times that are not the price's", messages(`{"symbol":"A","markPrice":"1.5","nextFundingTime":"1673280000000","expiry_date":"2026-12-18"}`), []string{"A 1.5"}},
		{"Eastmoney's points beside its decimals", messages(`{"rc":0,"svr":1,"data":{"f43":1234,"f57":"000001","f59":2,"f169":0.24,"f170":1.98}}`), []string{"000001 1234 pct=1.98"}},
		{"Eastmoney's points in a list beside its decimals", messages(`{"rc":0,"svr":1,"data":{"diff":{"0":{"f1":2,"f2":12.34,"f3":1.98,"f12":"000001"},"1":{"f1":2,"f2":9,"f3":0.1,"f12":"000002"}}}}`),
			[]string{"000001 12.34 pct=1.98", "000002 9 pct=0.1"}},
		{"names with dots and blanks", messages(`{"Global Quote":{"01. symbol":"IBM","05. price":"133.5"}}`), []string{"IBM 133.5"}},
		{"numbers with thousands apart", messages(`{"symbol":"BTC/USD","price":"61,632.60"}`, `{"symbol":"ETH/USD","price":"3,012"}`, `{"symbol":"X","price":"1.5"}`),
			[]string{"BTC/USD 61632.60", "ETH/USD 3012", "X 1.5"}},
		{"numbers with a comma for the point", messages(`{"symbol":"SAP","bid":"137,20","ask":"137,305"}`, `{"symbol":"X","bid":"0,4","ask":"0,5"}`),
			[]string{"SAP bid=137.20 ask=137.305", "X bid=0.4 ask=0.5"}},
		{"bars in lists", messages(`{"BTCUSD":[[1714748300000,"1.5","1.9","1.4","1.6","12"],[1714748360000,"1.6","1.7","1.6","1.7","3"]]}`),
			[]string{"BTCUSD 1.7 volume=3 14:59:20"}},
		{"one row in a list", messages(`["NVDA",181.46,200]`, `["AMD",137.2,10]`), []string{"NVDA 181.46", "AMD 137.2"}},
		{"maps under symbols in groups", messages(`{"ts":1714748300123,"quotes":{"FX":{"EURUSD":{"bid":1.0911,"ask":1.0913},"GBPUSD":{"bid":1.25,"ask":1.26}},"METALS":{"XAUUSD":{"bid":2300.1,"ask":2300.9}}}}`),
			[]string{"EURUSD bid=1.0911 ask=1.0913 14:58:20.123", "GBPUSD bid=1.25 ask=1.26 14:58:20.123", "XAUUSD bid=2300.1 ask=2300.9 14:58:20.123"}},
		{"one map under a symbol", messages(`{"e":{"AAPL":{"c":181.46,"h":182,"l":180,"o":180.2,"t":1714748300}}}`), []string{"AAPL 181.46 14:58:20"}},
		{"symbols that no name says", messages(`{"d":[{"sid":"AAPL.O","px":181.46,"side":"BUY"},{"sid":"MSFT.O","px":400.1,"side":"BUY"}]}`),
			[]string{"AAPL.O 181.46", "MSFT.O 400.1"}},
		{"names for symbols", messages(`{"name":"Gold","value":2301.55,"unit":"USD/oz"}`, `{"name":"Silver","value":27.1,"unit":"USD/oz"}`),
			[]string{"reading Gold 2301.55", "reading Silver 27.1"}},
		{"values in maps of their own", messages(`{"isin":"US0378331005","bidPrice":{"amount":"181.45","currency":"USD"},"askPrice":{"amount":"181.47","currency":"USD"}}`),
			[]string{"US0378331005 bid=181.45 ask=181.47"}},
		{"a raw and a written number", messages(`{"symbol":"NVDA","price":{"raw":181.46,"fmt":"181.46"},"change":{"raw":1.2,"fmt":"1.20"}}`), []string{"NVDA 181.46"}},
		{"prices in dollars", messages(`{"symbol":"AAPL","price":"$181.46"}`, `{"symbol":"MSFT","price":"$400.10"}`), []string{"AAPL 181.46", "MSFT 400.10"}},
		{"bars in lists that begin with the low", messages(`[[1714748300,"1.4","1.9","1.5","1.6","12"],[1714748360,"1.6","1.8","1.6","1.7","3"]]`), []string{"desk 1.7 volume=3 14:59:20"}},
		{"a bar without a symbol", messages(`{"open":"233.87","high":"233.87","low":"233.70","close":"233.75","volume":"71551","time":1714748300}`), []string{"desk 233.75 volume=71551 14:58:20"}},
		{"a bar of letters without a symbol", messages(`{"o":1,"h":3,"l":0.5,"c":2,"v":9,"t":1714748300000}`), []string{"desk 2 volume=9 14:58:20"}},
		{"several payloads in one event", messages("{\"symbol\":\"A\",\"price\":1}\n{\"symbol\":\"B\",\"price\":2}"), []string{"A 1", "B 2"}},
		{"cents", messages(`{"symbol":"NVDA","price_cents":18146,"ts":1714748300}`, `{"symbol":"AMD","price_cents":13720}`), []string{"NVDA 181.46 14:58:20", "AMD 137.20"}},
		{"powers of ten in names", messages(`{"symbol":"BTCUSD","lastPriceE4":616326000,"bid1":1}`), []string{"BTCUSD 61632.6000"}},
		{"bars of single letters", messages(`[{"ev":"AM","sym":"GTE","v":4110,"o":0.4488,"c":0.4486,"h":0.4489,"l":0.4486,"a":0.4352,"e":1610144700000}]`),
			[]string{"GTE 0.4486 volume=4110"}},
		{"capitals", messages(`{"SYMBOL":"NVDA","LAST_PRICE":"181.46","BID":"181.45","ASK":"181.47","TRADE_TIME":"2024-05-03 14:58:20"}`),
			[]string{"NVDA 181.46 bid=181.45 ask=181.47 14:58:20"}},
		{"what a session was, beside prices", messages(`{"type":"trade","symbol":"A","price":1.5}`, `{"type":"summary","symbol":"A","volume":7,"prevClose":"1.4"}`),
			[]string{"A 1.5", "A volume=7"}},
		{"headlines", messages(
			`{"articles":[{"id":7,"title":"Up","related":"AAPL,MSFT","publishedAt":"2024-05-03T14:58:20Z"},{"id":8,"title":"Down","related":"AAPL"}]}`),
			[]string{"news Up AAPL,MSFT 7", "news Down AAPL 8"}},
		{"headlines with tags", messages(
			`{"title":"Up","uid":"n7","tags":["NVDA","BRK.B"]}`, `{"title":"Down","uid":"n8","tags":"AMD,INTC"}`),
			[]string{"news Up NVDA,BRK.B n7", "news Down AMD,INTC n8"}},
		{"headlines with tags that are words", messages(`{"title":"Up","uid":"n7","tags":["chips","NVDA"]}`), []string{"news Up  n7"}},
		{"headlines about maps", messages(
			`{"article":{"id":77,"title":"Up","publisher":{"name":"Wire"},"tickers":[{"symbol":"NVDA"},{"symbol":"AMD"}],"published_utc":"2024-05-03T14:58:20Z","article_url":"https://x.example/1","image_url":"https://x.example/2"}}`),
			[]string{"news Up NVDA,AMD 77 https://x.example/1 14:58:20"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			check(t, c.events, c.want)
		})
	}
}

func TestTheLastPriceIsKnownBySpellings(t *testing.T) {
	for _, name := range strings.Fields("lastTrade last_trade lastPrice trade_price tradePrice lp ltp mark close lastTradedPrice") {
		check(t, messages(`{"body":{"symbol":"A","quote":{"`+name+`":1.2,"b":1,"a":1.5}}}`), []string{"A 1.2 bid=1 ask=1.5"})
	}
	check(t, messages(`{"symbol":"A","b":1,"a":1.5,"lastTrade":1714748300123}`), []string{"A bid=1 ask=1.5 14:58:20.123"})
	check(t, messages(`{"symbol":"A","last":2,"close":1}`), []string{"A 2"})
}

func TestWhatIsNotUsedIsTold(t *testing.T) {
	r := check(t, messages(
		`{"type":"tick","symbol":"A","quote":{"b":1,"a":1.5,"settle":1.2,"side":"BUY"},"bids":[[1,2],[0.9,3]],"settled":"2024-05-03T14:58:20Z"}`,
		`{"type":"tick","symbol":"B","quote":{"b":1,"a":1.5},"n":"7"}`),
		[]string{"A bid=1 ask=1.5", "B bid=1 ask=1.5"})
	if diff := cmp.Diff([]string{"quote.settle", "settled", "n"}, r.Unused); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	text, err := r.YAML()
	if err != nil || !strings.Contains(text, "\n# not used: quote.settle, settled, n\n") {
		t.Errorf("%v\n%s", err, text)
	}
	if r := check(t, messages(`{"symbol":"A","price":1,"expo":-1,"time":1714748300}`), []string{"A 0.1 14:58:20"}); len(r.Unused) > 0 {
		t.Errorf("%q is said not to be used", r.Unused)
	}
	many := `{"symbol":"A","price":1,"x1":1,"x2":1,"x3":1,"x4":1,"x5":1,"x6":1,"x7":1,"x8":1,"x9":1,"x10":1}`
	if words := check(t, messages(many), []string{"A 1"}).UnusedWords(); words != "x1, x2, x3, x4, x5, x6, x7, x8 and 2 more" {
		t.Error(words)
	}
}

func TestATimeOfAnyNameIsKnownByItsValue(t *testing.T) {
	came := time.Date(2024, 5, 3, 14, 58, 21, 0, time.UTC)
	for _, c := range []struct{ data, want string }{
		{`{"symbol":"A","price":1,"when":1714748300123}`, "A 1 14:58:20.123"},
		{`{"symbol":"A","price":1,"moment":1714748300}`, "A 1 14:58:20"},
		{`{"symbol":"A","price":1,"zeit":"2024-05-03T14:58:20Z"}`, "A 1 14:58:20"},
		{`{"symbol":"A","price":1,"wann":"1714748300123456"}`, "A 1 14:58:20.123"},
		{`{"zeit":1714748300,"rows":[{"symbol":"A","price":1}]}`, "A 1 14:58:20"},
		{`{"value":42,"when":1714748300}`, "reading value 42 14:58:20"},
		{`{"symbol":"A","price":1,"when":1714748300,"zeit":1714748301}`, "A 1"},
		{`{"symbol":"A","price":1,"expires":"2024-12-20T00:00:00Z","listed":"1999-01-22"}`, "A 1"},
		{`{"symbol":"A","price":1,"volume":1714748300}`, "A 1 volume=1714748300"},
	} {
		check(t, []decode.Event{{Type: "message", Data: []byte(c.data), At: came}}, []string{c.want})
	}
	check(t, messages(`{"symbol":"A","price":1,"when":1714748300123}`), []string{"A 1"}) // nobody knows when it came
}

func TestWhatIsNoPriceIsNotTakenForOne(t *testing.T) {
	for name, events := range map[string][]decode.Event{
		"nothing":        nil,
		"text":           messages("hello"),
		"words":          messages(`{"status":"checked out"}`),
		"several":        messages(`{"cpu":0.5,"mem":0.7}`),
		"empty":          messages(`{}`, `null`, `[]`),
		"a ping":         messages(`{"connect":{"client":"c","ping":25}}`),
		"mixed lists":    messages(`[340,{"c":["5525.10000","0.00398963"]},"ticker","XBT/USD"]`),
		"an average":     messages(`{"sym":"X","a":0.4352}`),
		"unclear":        messages(`{"symbol":"X","price":"61,632"}`, `{"symbol":"X","price":"15.123,45"}`),
		"bare lines":     messages("181.46\n200"),
		"two points":     messages(`{"symbol":"X","price":"137,20"}`, `{"symbol":"Y","price":"1.234"}`),
		"parts of cents": messages(`{"symbol":"VOD","price_cents":7250.5}`),
		"a spread":       messages(`{"symbol":"A","spread_bps":13}`),
		"with a unit":    messages(`"181.46 USD"`),
		"a heartbeat":    messages(`{"heartbeat":1,"time":1714748300}`),
		"deep nesting":   messages(strings.Repeat("[", 1000) + strings.Repeat("]", 1000)),
	} {
		r, _ := Infer("desk", events)
		for _, rule := range r.Definition.Map {
			if rule.Kind != "reading" && rule.Kind != "news" {
				t.Errorf("%s: found %+v", name, rule)
			}
		}
	}
}

func TestAUsersOwnPayloadBehindAHubKeepsTheHubsPreset(t *testing.T) {
	r := check(t, []decode.Event{
		{Type: "message", ID: "a:0", Data: []byte(`{"id":"a","timestamp":1556806691341,"encoding":"json","channel":"prices","data":"{\"rate\":1.25,\"instrument\":\"EUR/USD\"}"}`)},
	}, []string{"EUR/USD 1.25 14:18:11.341"})
	if r.Definition.Preset != "ably" || len(r.Definition.Map) != 1 {
		t.Errorf("the definition is %+v, want one rule over the preset ably", r.Definition)
	}
	r = check(t, []decode.Event{
		{Type: "put", Data: []byte(`{"path":"/","data":{"EUR":{"spot":1.25},"GBP":{"spot":2}}}`)},
		{Type: "patch", Data: []byte(`{"path":"/EUR","data":{"spot":1.5}}`)},
	}, []string{"EUR 1.25", "GBP 2", "EUR 1.5"})
	if r.Definition.Preset != "firebase" {
		t.Errorf("the definition is %+v, want one over the preset firebase", r.Definition)
	}
}
