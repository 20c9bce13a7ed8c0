package emulate_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"livetape/mockserver/emulate"
	"livetape/mockserver/market"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// now is in the range of the times in the services' own samples.
var now = time.Date(2026, 3, 2, 15, 4, 5, 123456789, time.UTC)

const usdc = "credit_alphanum4&%[1]s_asset_code=USDC&%[1]s_asset_issuer=GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"

func pair(base, counter string) string {
	return base + "_asset_type=native&" + counter + "_asset_type=" + fmt.Sprintf(usdc, counter)
}

// snapshot has the instruments of the services' samples.
func snapshot() market.Snapshot {
	quote := func(symbol string, decimals, sizeDecimals int, last, bid, ask int64) market.Quote {
		return market.Quote{
			Instrument: &market.Instrument{Symbol: symbol, Name: "The " + symbol, Currency: "USD", Decimals: decimals, SizeDecimals: sizeDecimals},
			Last:       last, Bid: bid, Ask: ask, Open: last - 5, High: last + 9, Low: last - 9, PrevClose: last - 7,
			Size: 100, Volume: 48211900, Traded: true, Time: now,
		}
	}
	return market.Snapshot{
		Quotes: []market.Quote{
			quote("BTC/USD", 2, 4, 6163260, 6163255, 6163270),
			quote("ETH/USD", 2, 3, 214578, 214570, 214580),
			quote("SHIB/USD", 8, 0, 1234, 1233, 1235),
			quote("EUR/USD", 5, 0, 109180, 109177, 109188),
			quote("AAPL", 2, 0, 21430, 21420, 21444),
		},
		News: []*market.Headline{{ID: "m-n1", Title: "A title", URL: "https://example.com/tape/m-n1", Symbols: []string{"AAPL"}, Time: now}},
	}
}

// openSession requests a stream of a service.
func openSession(t *testing.T, service, target string, header ...string) emulate.Session {
	t.Helper()
	s, ok := emulate.Find(service)
	if !ok {
		t.Fatalf("there is no %s", service)
	}
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	session, refusal := s.NewSession(r, now)
	if refusal != nil {
		t.Fatalf("%s %s: %d %s", service, target, refusal.Status, refusal.Body)
	}
	return session
}

// transcript is what a session sends at first, and for one event of each quote and headline.
func transcript(session emulate.Session) string {
	m := snapshot()
	b, over := session.Open(nil, m.Quotes, now)
	events := []emulate.Event{}
	for i := range m.Quotes {
		q := m.Quotes[i]
		q.Bid--
		events = append(events, emulate.Event{Quote: &q})
	}
	for _, h := range m.News {
		events = append(events, emulate.Event{News: h})
	}
	for i, e := range events {
		e.Number = 1001 + uint64(i)
		if !over && session.Wants(e) {
			b, over = session.Encode(b, e, now)
		}
	}
	return string(b)
}

// requests are those that the samples answer, by the name of the sample.
var requests = map[string]struct {
	service, target string
	header          []string
}{
	"pyth-hermes-doc": {
		"pyth", "/v2/updates/price/stream?ids%5B%5D=e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43",
		[]string{"Authorization", "Bearer x"},
	},
	"stellar-trade-page": {"stellar-trades", "/trades?limit=1&" + pair("base", "counter"), []string{"Accept", "text/event-stream"}},
	"stellar-order-book": {"stellar-book", "/order_book?" + pair("selling", "buying"), []string{"Accept", "text/event-stream"}},
	"dexpaprika-prices": {
		"dexpaprika", "/sse/prices?method=token_price&chain=ethereum&address=0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", nil,
	},
	"oanda-pricing": {"oanda", "/v3/accounts/1/pricing/stream?instruments=EUR_USD", []string{"Authorization", "Bearer x"}},
	"dxfeed-quote":  {"dxfeed", "/webservice/rest/eventSource.json?events=Quote&symbols=AAPL:USLF24", nil},
}

// sample is a stream from a service's documentation.
type sample struct{ Name, Source, Wire string }

func samples(t *testing.T) map[string]sample {
	t.Helper()
	file, err := os.Open("testdata/documented.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all := map[string]sample{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var s sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		all[s.Name] = s
	}
	return all
}

// payloads returns the JSON values of an event stream or of JSON lines.
func payloads(t *testing.T, wire string) (all []any) {
	t.Helper()
	for line := range strings.Lines(wire) {
		data, ok := strings.CutPrefix(line, "data:")
		if !ok && !strings.HasPrefix(line, "{") {
			continue
		}
		var value any
		if err := json.Unmarshal([]byte(data), &value); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, value)
	}
	return all
}

// shape replaces every scalar in a value with its type.
func shape(v any) any {
	switch v := v.(type) {
	case map[string]any:
		members := map[string]any{}
		for name, member := range v {
			if name == "AAPL:USLF24" || name == "XAU/USD:BFX" {
				name = "symbol"
			}
			members[name] = shape(member)
		}
		return members
	case []any:
		if len(v) == 0 {
			return "empty list"
		}
		return []any{shape(v[0])}
	}
	return fmt.Sprintf("%T", v)
}

func TestPayloadsHaveTheMembersOfTheDocumentedOnes(t *testing.T) {
	t.Parallel()
	documented := samples(t)
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire := documented[name].Wire
			got := transcript(openSession(t, request.service, request.target, request.header...))
			switch request.service {
			case "stellar-trades": // numbers became strings, and trade_type was added (stellar/go protocols/horizon)
				wire = strings.Replace(wire, `"price":{"n":1000,"d":1}`, `"price":{"n":"1000","d":"1"},"trade_type":"orderbook"`, 1)
			case "oanda": // a newer field that says the same
				wire = strings.ReplaceAll(wire, `"status":"tradeable",`, `"status":"tradeable","tradeable":true,`)
				got += string(openSession(t, request.service, request.target, request.header...).Heartbeat(nil, now))
			case "dexpaprika":
				got += string(openSession(t, request.service, request.target, request.header...).Heartbeat(nil, now))
			}
			wantShapes, gotShapes := shapes(payloads(t, wire)), shapes(payloads(t, got))
			if diff := cmp.Diff(wantShapes, gotShapes); diff != "" {
				t.Errorf("documented (-), sent (+):\n%s\n%s", diff, got)
			}
		})
	}
}

// shapes returns the set of shapes.
func shapes(values []any) map[string]bool {
	all := map[string]bool{}
	for _, v := range values {
		text, err := json.Marshal(shape(v))
		if err == nil {
			all[string(text)] = true
		}
	}
	return all
}

// TestStreamsAreFramedAsTheDocumentationSays pins framing, order of fields and digits.
func TestStreamsAreFramedAsTheDocumentationSays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, service, target string
		header                []string
		want                  string // a pattern
	}{
		{
			"pyth, no space after the colon, all ids in each event", "pyth",
			"/v2/updates/price/stream?ids[]=e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43&ids[]=0xff61491a931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace&encoding=base64",
			[]string{"Authorization", "Bearer x"},
			`(data:\{"binary":\{"encoding":"base64","data":\["UE5BVQEAAA[A-Za-z0-9+/=]+"\]\},"parsed":\[` +
				`\{"id":"e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43","price":\{"price":"6163260000000","conf":"\d+","expo":-8,"publish_time":1772463845\},"ema_price":\{[^}]+\},"metadata":\{"slot":\d+,"proof_available_time":\d+,"prev_publish_time":\d+\}\},` +
				`\{"id":"ff61491a931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace","price":\{"price":"214578000000",[^]]+\]\}\n\n){2}`,
		},
		{
			"pyth, binary alone", "pyth",
			"/v2/updates/price/stream?ids[]=e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43&parsed=false",
			[]string{"Authorization", "Bearer x"}, `data:\{"binary":\{"encoding":"hex","data":\["504e4155[0-9a-f]+"\]\}\}\n\n`,
		},
		{
			"horizon, trades", "stellar-trades", "/trades?limit=1&" + pair("base", "counter"), []string{"Accept", "text/event-stream"},
			`retry: 1000\nevent: open\ndata: "hello"\n\nid: 4112385-0\ndata: \{"_links":\{"self":\{"href":""\},.*"id":"4112385-0","paging_token":"4112385-0","ledger_close_time":"2026-03-02T15:04:05Z",` +
				`.*"base_account":"G[A-Z2-7]{55}","base_amount":"100.0000000","base_asset_type":"native",.*"counter_amount":"12.3400000","counter_asset_type":"credit_alphanum4","counter_asset_code":"USDC",` +
				`.*"price":\{"n":"617","d":"5000"\}\}\n\nretry: 10\nevent: close\ndata: "byebye"\n\n`,
		},
		{
			"horizon, an order book that changes once", "stellar-book", "/order_book?limit=1&" + pair("selling", "buying"), []string{"Accept", "text/event-stream"},
			`retry: 1000\nevent: open\ndata: "hello"\n\ndata: \{"bids":\[\{"price_r":\{"n":1233,"d":10000\},"price":"0.1233000","amount":"100.0000000"\}\],"asks":\[\{"price_r":\{"n":247,"d":2000\},"price":"0.1235000",` +
				`"amount":"100.0000000"\}\],"base":\{"asset_type":"native"\},"counter":\{"asset_type":"credit_alphanum4","asset_code":"USDC","asset_issuer":"G\w+"\}\}\n\ndata: \{"bids":\[\{"price_r":\{"n":77,"d":625\}.*\}\n\n`,
		},
		{
			"dexpaprika, an unknown field", "dexpaprika",
			"/sse/prices?method=token_price&chain=ethereum&address=0xC02aaa39b223fe8d0a0e5c4f27ead9083c756cc2&request_id=7&limit=1", nil,
			`event: token_price\nrequest_id: 7\ndata: \{"address":"0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2","chain":"ethereum","price":"2145.78","timestamp":1772463845,"timestamp_price":1772463845,"token_price":1772463845\}\n\n`,
		},
		{
			"dexpaprika, the old path", "dexpaprika", "/stream?method=t_p&chain=ethereum&address=0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", nil,
			`event: warning\ndata: \{"message":".+"\}\n\nevent: t_p\nrequest_id: 0\ndata: \{"a":"0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2","c":"ethereum","p":"2145.78","t":\d+,"t_p":\d+\}\n\n`,
		},
		{
			"dexpaprika, a token that needs a key", "dexpaprika", "/sse/prices?method=token_price&chain=ethereum&address=0x2260fac5e5542a773aa44fbcfedf7c193bc2c599", nil, ``,
		},
		{
			"dexpaprika, the same with a key", "dexpaprika", "/sse/prices?method=token_price&chain=ethereum&address=0x2260fac5e5542a773aa44fbcfedf7c193bc2c599",
			[]string{"Authorization", "key-without-bearer"}, `event: token_price\n.*\n.*"price":"61632.60".*\n\n`,
		},
		{
			"oanda, a snapshot, and no second price within 250 ms", "oanda", "/v3/accounts/1/pricing/stream?instruments=EUR_USD", []string{"Authorization", "Bearer x"},
			`\{"type":"PRICE","time":"2026-03-02T15:04:05.123456789Z","bids":\[\{"price":"1.09177","liquidity":1000000\},\{"price":"1.09176","liquidity":2000000\}\],"asks":\[\{"price":"1.09188","liquidity":1000000\},\{"price":"1.09189","liquidity":2000000\}\],` +
				`"closeoutBid":"1.09176","closeoutAsk":"1.09189","status":"tradeable","tradeable":true,"instrument":"EUR_USD"\}\n`,
		},
		{
			"oanda, without a snapshot, in UNIX time", "oanda", "/v3/accounts/1/pricing/stream?instruments=EUR_USD&snapshot=false",
			[]string{"Authorization", "Bearer x", "Accept-Datetime-Format", "UNIX"}, `\{"type":"PRICE","time":"1772463845.123456789",.*"bids":\[\{"price":"1.09176".*\}\n`,
		},
		{
			"dxfeed, all at first and then what changed", "dxfeed", "/webservice/rest/eventSource.json?events=Quote,Trade,Summary,TimeAndSale&symbols=AAPL:USLF24", nil,
			`data: \{"Quote":\{"AAPL:USLF24":\{"askExchangeCode":"","askPrice":214.44,"askSize":100,"askTime":1772463845123,.*"bidPrice":214.2,.*\}\},"Summary":\{.*"dayClosePrice":"NaN",.*\},"Trade":\{"AAPL:USLF24":\{"change":0.07,"dayTurnover":"NaN",.*"price":214.3,.*\}\},"status":"OK"\}\n\n` +
				`data: \{"Quote":\{"AAPL:USLF24":\{.*"bidPrice":214.19,.*\}\},"TimeAndSale":\{"AAPL:USLF24":\[\{.*\}\]\},"Trade":\{.*\},"status":"OK"\}\n\n`,
		},
		{
			"firebase, the document and a patch", "firebase", "/prices.json", []string{"Accept", "text/event-stream"},
			`event: put\ndata: \{"path":"/","data":\{"BTC-USD":\{"ask":61632.7,.*"symbol":"BTC/USD",.*\}\}\}\n\n(event: patch\ndata: \{"path":"/[A-Z-]+","data":\{"bid":[\d.]+\}\}\n\n){5}`,
		},
		{
			"firebase, from the root", "firebase", "/.json", []string{"Accept", "text/event-stream"},
			`event: put\ndata: \{"path":"/","data":\{"prices":\{"BTC-USD":\{.*\}\}\}\}\n\n(event: patch\ndata: \{"path":"/prices/[A-Z-]+","data":\{"bid":[\d.]+\}\}\n\n){5}`,
		},
		{
			"firebase, one row", "firebase", "/prices/AAPL.json", []string{"Accept", "text/event-stream"},
			`event: put\ndata: \{"path":"/","data":\{"ask":214.44,.*\}\}\n\nevent: patch\ndata: \{"path":"/","data":\{"bid":214.19\}\}\n\n`,
		},
		{
			"firebase, one value", "firebase", "/prices/AAPL/bid.json", []string{"Accept", "text/event-stream"},
			`event: put\ndata: \{"path":"/","data":214.2\}\n\nevent: put\ndata: \{"path":"/","data":214.19\}\n\n`,
		},
		{"firebase, no stream", "firebase", "/prices/AAPL/bid.json", nil, `214.2`},
		{
			"mercure, a comment without an empty line after it", "mercure", "/.well-known/mercure?topic=https://example.com/prices/%7Bsymbol%7D", nil,
			`:\n(id: urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\ndata: \{"symbol":"[A-Z/]+","price":"[\d.]+",.*\}\n\n){5}`,
		},
		{
			"mercure, headlines have a type", "mercure", "/.well-known/mercure?match=news", nil,
			`:\nevent: news\nid: urn:uuid:.*\ndata: \{"id":"m-n1","headline":"A title",.*\}\n\n`,
		},
		{
			"wikimedia, positions as ids", "wikimedia", "/v2/stream/recentchange", nil,
			`:ok\n\nevent: message\nid: \[\{"topic":"eqiad.mediawiki.recentchange","partition":0,"timestamp":1772463845124\},\{"topic":"codfw.mediawiki.recentchange","partition":0,"offset":-1\}\]\n` +
				`data: \{"\$schema":"/mediawiki/recentchange/1.0.0","meta":\{.*"domain":"example.com","stream":"mediawiki.recentchange","dt":"2026-03-02T15:04:05.123Z",.*\},.*"type":"edit",.*"title":"A title",.*\}\n\n`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := transcript(openSession(t, test.service, test.target, test.header...))
			if !regexp.MustCompile("^" + test.want + "$").MatchString(got) {
				t.Errorf("sent %s", got)
			}
		})
	}
}

// TestPythEventsAreAsLargeAsItsOwn compares with the provider's samples: 2,912 bytes for one id, 3,817 for two.
func TestPythEventsAreAsLargeAsItsOwn(t *testing.T) {
	t.Parallel()
	const one = "/v2/updates/price/stream?ids[]=e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43"
	const two = one + "&ids[]=241b9a5ce1c3e4bfc68e377158328628f1b478afaa796c4b1760bd3713c2d2d2"
	for target, want := range map[string]int{one: 2912, two: 3817} {
		m := snapshot()
		session := openSession(t, "pyth", target, "Authorization", "Bearer x")
		session.Open(nil, m.Quotes, now)
		event, _ := session.Encode(nil, emulate.Event{Number: 1001, Quote: &m.Quotes[0]}, now)
		if n := len(event); n < want*95/100 || n > want*105/100 {
			t.Errorf("an event has %d bytes, want about %d", n, want)
		}
	}
}

func FuzzAnyRequestIsAnswered(f *testing.F) {
	for _, s := range emulate.Services() {
		f.Add(s.Name, http.MethodGet, s.Example, "", "Last-Event-ID", "1-0")
	}
	f.Add("dexpaprika", http.MethodPost, "/sse/prices", `[{"chain":"solana","address":"So11111111111111111111111111111111111111112","method":"token_price"}]`, "Authorization", "k")
	f.Add("wikimedia", http.MethodGet, "/v2/stream/recentchange?since=-1", "", "Last-Event-ID", `[{"topic":"eqiad.mediawiki.recentchange","offset":9223372036854775807}]`)
	f.Add("mercure", http.MethodGet, "/.well-known/mercure?topic=%5B%7Ba%7D%28", "", "Last-Event-ID", "urn:uuid:")
	f.Fuzz(func(t *testing.T, name, method, target, body, field, value string) {
		s, ok := emulate.Find(name)
		r, err := http.NewRequest(method, "http://mock"+target, strings.NewReader(body))
		if !ok || err != nil {
			return
		}
		r.Header.Set(field, value)
		r.Header.Set("Accept", "text/event-stream")
		session, refusal := s.NewSession(r, now)
		if (session == nil) == (refusal == nil) {
			t.Fatalf("answered with %v and %v", session, refusal)
		}
		if refusal != nil {
			if refusal.Status < 200 || refusal.Status > 499 {
				t.Errorf("the status is %d", refusal.Status)
			}
			return
		}
		session.Start()
		if sent := transcript(session); strings.Contains(sent, "\x00") {
			t.Errorf("sent %q", sent)
		}
	})
}
