package doctor_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"livetape/feed/decode/infer"
	"livetape/ui/cli/doctor"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/market"
)

// shapes are payloads that no preset was written for.
var shapes = []struct {
	name string
	wire string
	want []string // the quotes, in order
}{
	{"a flat map, numbers as strings, ms as a string",
		"data: {\"instr\":\"x\",\"ticker\":\"NVDA\",\"px\":\"181.4600\",\"when\":\"1714748300123\"}\n\ndata: {\"instr\":\"x\",\"ticker\":\"AMD\",\"px\":\"99.10\",\"when\":\"1714748300456\"}\n\n",
		[]string{"NVDA 181.4600", "AMD 99.10"}},
	{"nested maps",
		"data: {\"msg\":{\"kind\":\"tick\",\"body\":{\"instrument\":{\"code\":\"EURUSD\"},\"quote\":{\"bid\":{\"price\":\"1.09110\"},\"ask\":{\"price\":\"1.09130\"}},\"at\":\"2024-05-03T14:58:20.25Z\"}}}\n\n",
		[]string{"EURUSD 1.09110/1.09130 14:58:20.25"}},
	{"a last trade, and numbers that nothing knows",
		"data: {\"msg\":{\"kind\":\"tick\",\"body\":{\"ticker\":\"A\",\"quote\":{\"lastTrade\":1.25,\"b\":1,\"a\":1.5,\"x#: y\":7}}}}\n\n",
		[]string{"A 1.25 1/1.5"}},
	{"an array of arrays of objects",
		"data: {\"batches\":[[{\"sym\":\"A\",\"last\":\"1.50\"},{\"sym\":\"B\",\"last\":2.5}],[{\"sym\":\"C\",\"last\":3.5}]],\"time\":1714748300500}\n\n",
		[]string{"A 1.50 14:58:20.5", "B 2.5 14:58:20.5", "C 3.5 14:58:20.5"}},
	{"lists for rows",
		"event: rows\ndata: [[\"BTC/USD\",64000.1,1714748300000],[\"ETH/USD\",3000,1714748300500]]\n\nevent: rows\ndata: [[\"SOL/USD\",150.25,1714748301000]]\n\n",
		[]string{"BTC/USD 64000.1 14:58:20", "ETH/USD 3000 14:58:20.5", "SOL/USD 150.25 14:58:21"}},
	{"symbols for keys",
		"data: {\"prices\":{\"AAPL\":{\"price\":214.20,\"v\":100},\"MSFT\":{\"price\":400}}}\n\ndata: {\"prices\":{\"AAPL\":{\"price\":214.3,\"v\":110}}}\n\n",
		[]string{"AAPL 214.20", "MSFT 400", "AAPL 214.3"}},
	{"numbers below symbols",
		"data: {\"BTC-USD\":64000.10,\"ETH-USD\":3000}\n\ndata: {\"BTC-USD\":64000.2}\n\n",
		[]string{"BTC-USD 64000.10", "ETH-USD 3000", "BTC-USD 64000.2"}},
	{"no symbol: the feed's name",
		"data: {\"price\":\"42.10\",\"timestamp\":1714748300123}\n\n",
		[]string{"desk 42.10 14:58:20.123"}},
	{"a lonely value without a symbol",
		"event: tick\r\ndata: {\"value\": 42}\r\n\r\nevent: tick\r\ndata: {\"value\": 43.50}\r\n\r\n",
		[]string{"reading value 42", "reading value 43.50"}},
	{"bare numbers", "data: 101.5\n\ndata: 101.75\n\n", []string{"reading desk 101.5", "reading desk 101.75"}},
	{"event types for symbols",
		"event: BTCUSD\ndata: {\"price\":1.10}\n\nevent: ETHUSD\ndata: {\"price\":2.20}\n\n",
		[]string{"BTCUSD 1.10", "ETHUSD 2.20"}},
	{"integers with an exponent",
		"data: {\"feed\":{\"id\":\"Crypto.BTC/USD\",\"quote\":{\"price\":\"6163260000000\",\"expo\":-8,\"publish_time\":1714748300}}}\n\n",
		[]string{"Crypto.BTC/USD 61632.60000000 14:58:20"}},
	{"json in a string, among heartbeats",
		"event: ping\ndata: {}\n\ndata: {\"channel\":\"prices\",\"payload\":\"{\\\"symbol\\\":\\\"X\\\",\\\"price\\\":1.50}\"}\n\nevent: ping\ndata: {}\n\n",
		[]string{"X 1.50"}},
	{"kinds of messages on one stream",
		"data: {\"ev\":\"T\",\"sym\":\"A\",\"p\":10.5,\"s\":100,\"t\":1714748300000}\n\ndata: {\"ev\":\"Q\",\"sym\":\"A\",\"bp\":10,\"ap\":11,\"t\":1714748300100}\n\ndata: {\"ev\":\"status\",\"message\":\"connected\"}\n\ndata: {\"ev\":\"T\",\"sym\":\"B\",\"p\":20.5,\"s\":5,\"t\":1714748300200}\n\n",
		[]string{"A 10.5 14:58:20", "A 10/11 14:58:20.1", "B 20.5 14:58:20.2"}},
}

// TestAnyPayloadShapeIsReadAndItsYAMLWorksUnchanged examines each shape, and subscribes to the same server
// with the YAML unchanged.
func TestAnyPayloadShapeIsReadAndItsYAMLWorksUnchanged(t *testing.T) {
	t.Parallel()
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			withServer(t, streamOf(sseType, step{0, s.wire}), func(t *testing.T, n *network) {
				r := n.examine(t.Context(), t, feed.Config{}, doctor.Options{})
				if r.Verdict != doctor.Understood || r.Reading == nil {
					t.Fatalf("not understood:\n%s", reportText(t, r))
				}
				if diff := cmp.Diff(s.want, n.subscribe(t, r, len(s.want))); diff != "" {
					t.Errorf("want (-), got (+):\n%s\n%s", diff, r.Reading.YAML)
				}
			})
		})
	}
}

func TestUnusedFieldsAreReportedAndStayAComment(t *testing.T) {
	t.Parallel()
	r := examineServer(t, streamOf(sseType, step{0, "data: {\"symbol\":\"A\",\"price\":1,\"settle\":2,\"x#: y\":7}\n\n"}), feed.Config{}, doctor.Options{})
	requireFinding(t, r, "not used", doctor.Good, `settle, x\#: y`)
	if !strings.Contains(r.Reading.YAML, "# not used: settle, x") {
		t.Errorf("it is no comment:\n%s", r.Reading.YAML)
	}
}

// subscribe subscribes as the report's YAML says, and returns the first updates.
func (n *network) subscribe(t *testing.T, r *doctor.Report, updates int) (got []string) {
	t.Helper()
	d, err := definitionOf(t, r).Resolve()
	if err != nil {
		t.Fatal(err)
	}
	request, err := d.Request()
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := infer.NewDecoder("desk", d)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	transport := &http.Transport{DialContext: n.dial}
	defer transport.CloseIdleConnections()
	set, err := feed.Start(ctx, feed.Config{
		Name: "desk", URL: request.URL, Header: request.Headers, IdleTimeout: d.IdleLimit(), Decoder: decoder, Client: &http.Client{Transport: transport},
	})
	if err != nil {
		t.Fatal(err)
	}
	for ev := range set.Events() {
		if ev.Message != nil {
			for _, u := range ev.Message.Updates {
				got = append(got, quoteLine(u))
			}
		}
		if len(got) >= updates || ev.Status != nil && ev.Status.State > feed.Live {
			break
		}
	}
	stop()
	for range set.Events() {
	}
	return got
}

func quoteLine(u market.Update) string {
	if r, ok := u.(market.Reading); ok {
		return "reading " + r.Name + " " + r.Value.String()
	}
	q, ok := u.(market.Quote)
	if !ok {
		return "no quote"
	}
	parts := []string{q.Symbol}
	if q.Last.IsSet() {
		parts = append(parts, q.Last.String())
	}
	if q.Bid.IsSet() || q.Ask.IsSet() {
		parts = append(parts, q.Bid.String()+"/"+q.Ask.String())
	}
	if !q.Time.IsZero() {
		parts = append(parts, q.Time.Format("15:04:05.999"))
	}
	return strings.Join(parts, " ")
}

func TestAMapIsAdvisedOnlyWhereItHelps(t *testing.T) {
	t.Parallel()
	for data, helps := range map[string]bool{
		`{"type":"info","level":[[["x",41.5]]]}`:                          true,
		`{"type":"liquidation","symbol":"QRS","price":41.5}`:              false,
		`{"e":"forceOrder","o":{"s":"QRS","p":"41.5","q":"1","S":"BUY"}}`: false,
		`{"id":7,"ok":true}`: false,
	} {
		withServer(t, streamOf(sseType, step{0, strings.Repeat("data: "+data+"\n\n", 3)}), func(t *testing.T, n *network) {
			report := reportText(t, n.examine(t.Context(), t, feed.Config{}, doctor.Options{}))
			if strings.Contains(report, "write a map") != helps || strings.Contains(report, "no map helps") == helps {
				t.Errorf("of %s it says:\n%s", data, report)
			}
		})
	}
}
