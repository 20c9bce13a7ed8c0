package infer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/mapping"
	"livetape/feed/decode/preset"
	"livetape/feed/market"
)

// read shows a reader the events of a stream at once, decodes them in turn, and writes what each says as a line.
func read(events ...string) (lines []string) {
	r, err := infer.NewDecoder("desk", preset.Definition{})
	if err != nil {
		panic(err)
	}
	all := make([]decode.Event, len(events))
	for i, data := range events {
		kind := "message"
		if k, rest, ok := strings.Cut(data, "|"); ok && !strings.ContainsAny(k, `{["' `) {
			kind, data = k, rest
		}
		all[i] = decode.Event{Type: kind, Data: []byte(data)}
	}
	if l, ok := decode.LearnerOf(r); ok {
		l.Learn(all)
	}
	for _, e := range all {
		m, err := r.Decode(e.Type, e.Data)
		lines = append(lines, said(m, err)...)
	}
	return lines
}

func said(m decode.Message, err error) (lines []string) {
	for _, u := range m.Updates {
		lines = append(lines, updateLine(u))
	}
	switch {
	case m.Notice != "":
		lines = append(lines, "notice: "+m.Notice)
	case m.Finished:
		lines = append(lines, "finished")
	case m.Heartbeat:
		lines = append(lines, "heartbeat")
	case m.Unmapped != "":
		lines = append(lines, "- "+m.Unmapped)
	}
	if err != nil {
		lines = append(lines, "error: "+err.Error())
	}
	return lines
}

func updateLine(u market.Update) string {
	switch u := u.(type) {
	case market.Quote:
		parts := []string{u.Symbol}
		for _, n := range []struct {
			key string
			d   market.Decimal
		}{{"", u.Last}, {"bid=", u.Bid}, {"ask=", u.Ask}, {"size=", u.Size}, {"open=", u.Open}, {"high=", u.High}, {"low=", u.Low}, {"prev=", u.PrevClose}, {"vwap=", u.VWAP}, {"chg=", u.Change}, {"pct=", u.ChangePct}} {
			if n.d.IsSet() {
				parts = append(parts, n.key+n.d.String())
			}
		}
		if !u.Time.IsZero() {
			parts = append(parts, u.Time.Format("2006-01-02T15:04:05.999"))
		}
		return strings.Join(parts, " ")
	case market.Reading:
		return "reading " + u.Name + " " + u.Value.String()
	case market.Headline:
		return "news " + u.Title
	case market.Halt:
		return strings.TrimSpace(u.Symbol + " is " + string(u.State) + " " + u.Reason)
	}
	return "?"
}

func TestAPayloadIsUnderstoodOrNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		events []string
		want   []string
	}{
		// Names and values.
		{"capitals of another exchange", []string{`{"S":"QRS","B":"40.98","A":"41.02","L":"41.00"}`}, []string{"QRS 41.00 bid=40.98 ask=41.02"}},
		{"a close beside a price that is a change", []string{`{"sym":"Q","price":0.5,"close":41,"high":42,"low":40}`}, []string{"Q 41 high=42 low=40"}},
		{"an average price", []string{`{"sym":"Q","price":41.2,"vwap":41.07}`}, []string{"Q 41.2 vwap=41.07"}},
		{"an average price alone is no price", []string{`{"sym":"Q","vwap":41.07,"volume":4}`}, []string{"reading Q vwap 41.07", "reading Q volume 4"}},
		{"a price outside of its range alone stays", []string{`{"sym":"Q","price":41,"high":0,"low":0}`}, []string{"Q 41"}},
		{"a mark and a last", []string{`{"symbol":"Q","markPrice":"41.5","lastPrice":"41.0"}`}, []string{"Q 41.0"}},
		{"bid and ask the wrong way round by name", []string{`{"symbol":"Q","bid":100,"ask":3,"last":41}`}, []string{"Q 41"}},
		{"sizes called bid and ask beside prices", []string{`{"symbol":"Q","bid":40.98,"ask":41.02,"bidSize":100,"askSize":3}`}, []string{"Q bid=40.98 ask=41.02"}},
		{"a change that is a percentage", []string{`{"symbol":"Q","last":44,"prevClose":40,"change":10}`}, []string{"Q 44 prev=40 pct=10"}},
		{"a small change that is a percentage", []string{`{"symbol":"Q","last":41,"prevClose":40.9,"price_change":0.24}`}, []string{"Q 41 prev=40.9 pct=0.24"}},
		{"a change of which nothing shows what it is", []string{`{"symbol":"Q","last":41,"high":42,"low":40,"price_change":-3.1}`}, []string{"Q 41 high=42 low=40"}},
		{"a change of nothing", []string{`{"symbol":"Q","last":44,"prevClose":44,"change":0}`}, []string{"Q 44 prev=44 chg=0"}},
		{"a change that is neither", []string{`{"symbol":"Q","last":44,"prevClose":40,"change":7}`}, []string{"Q 44 prev=40"}},
		{"a change that a percentage beside it proves", []string{`{"symbol":"Q","last":44,"change":4,"changePercent":10}`}, []string{"Q 44 chg=4 pct=10"}},
		{"one percentage under two names", []string{`{"symbol":"Q","last":44,"price_change":10,"price_change_percentage":10}`}, []string{"Q 44"}},
		{"a change that adds up", []string{`{"symbol":"Q","last":44,"prevClose":40,"change":4}`}, []string{"Q 44 prev=40 chg=4"}},
		{"two prices of the same name", []string{`{"symbol":"Q","a":{"price":41},"b":{"price":39}}`}, []string{"- a.price and b.price may both be the price, and differ: neither is shown"}},
		{"two prices, one of them in the spread", []string{`{"symbol":"Q","x":{"price":3},"y":{"price":41},"bid":40.9,"ask":41.1}`}, []string{"Q 41 bid=40.9 ask=41.1"}},
		// Scale, missing.
		{"an exponent that is no number", []string{`{"symbol":"Q","price":"4100250","expo":"x"}`}, []string{"- price is scaled by expo, which is not a whole number: it is not shown"}},
		{"a bid of 0", []string{`{"symbol":"Q","last":41,"bid":0,"ask":41.1}`}, []string{"Q 41 ask=41.1"}},
		{"the largest float", []string{`{"symbol":"Q","last":41,"bid":1.7976931348623157e308,"ask":41.1}`}, []string{"Q 41 ask=41.1"}},
		{"a last of 0 beside bid and ask", []string{`{"symbol":"Q","last":0,"bid":40,"ask":41}`}, []string{"Q bid=40 ask=41"}},
		{"negative prices", []string{`{"symbol":"CL","last":-37.63,"bid":-38,"ask":-37}`}, []string{"CL -37.63 bid=-38 ask=-37"}},
		{"a price of -1 among negative ones", []string{`{"symbol":"CL","last":-1,"bid":-1.5,"ask":-0.5}`}, []string{"CL -1 bid=-1.5 ask=-0.5"}},
		{"a currency sign and thousands", []string{`{"symbol":"Q","price":"$1,234.50"}`}, []string{"Q 1234.50"}},
		{"euros behind", []string{`{"symbol":"Q","price":"1234.50 €"}`}, []string{"Q 1234.50"}},
		// Books.
		{"a book of maps", []string{`{"symbol":"Q","bids":{"40.9":"1","40.8":"2"},"asks":{"41.1":"3"}}`}, []string{"Q bid=40.9 ask=41.1"}},
		{"a book below data", []string{`{"channel":"book","data":{"symbol":"Q","b":[["40.9","1"]],"a":[["41.1","2"]]}}`}, []string{"Q bid=40.9 ask=41.1"}},
		{"a book that is not sorted", []string{`{"s":"Q","bids":[["40.8","1"],["40.9","1"]],"asks":[["41.3","2"],["41.1","2"]]}`}, []string{"Q bid=40.9 ask=41.1"}},
		{"deltas with a size of 0", []string{`{"s":"Q","bids":[["40.9","1"],["40.8","1"]],"asks":[["41.1","2"]]}`, `{"s":"Q","bids":[["40.9","0"]],"asks":[]}`}, []string{"Q bid=40.9 ask=41.1", "Q bid=40.8 ask=41.1"}},
		{"deltas without a snapshot", []string{`{"s":"Q","bids":[["40.9","0"]],"asks":[["41.1","2"]]}`, `{"s":"Q","action":"update","bids":[["40.9","1"],["40.8","1"]],"asks":[["41.1","2"]]}`}, []string{"- " + mapping.ReasonNoSnapshot, "- " + mapping.ReasonNoSnapshot}},
		{"a snapshot and deltas by event type", []string{`snapshot|{"s":"Q","bids":[["40.9","1"],["40.8","1"]],"asks":[["41.1","2"]]}`, `update|{"s":"Q","bids":[["40.90","0"]],"asks":[]}`, `update|{"s":"R","bids":[["5","1"]],"asks":[["6","1"]]}`},
			[]string{"Q bid=40.9 ask=41.1", "Q bid=40.8 ask=41.1", "- " + mapping.ReasonNoSnapshot}},
		{"a book and a last", []string{`{"symbol":"Q","last":41,"bids":[[40.9,1]],"asks":[[41.1,1]]}`}, []string{"Q 41 bid=40.9 ask=41.1"}},
		{"buy and sell sides", []string{`{"symbol":"Q","buy":[{"price":40.9,"qty":1}],"sell":[{"price":41.1,"qty":1}]}`}, []string{"Q bid=40.9 ask=41.1"}},
		{"levels that begin with an id", []string{`{"symbol":"Q","bids":[["x1","40.98","12"]],"asks":[["y1","41.02","7"]]}`}, []string{"Q bid=40.98 ask=41.02"}},
		{"levels of a book that say their side", []string{`{"symbol":"Q","book":[{"side":"buy","price":40.98},{"side":"sell","price":41.02}]}`}, []string{"- book: the rows are orders or levels of a book: their price is not the last one"}},
		{"a book whose changes are of another form", []string{`{"type":"snapshot","s":"Q","bids":[["40.98","12"]],"asks":[["41.02","7"]]}`, `{"type":"l2update","s":"Q","changes":[["buy","40.98","0"]]}`},
			[]string{"Q bid=40.98 ask=41.02", "Q ask=41.02"}},
		{"changes that name their side behind the size", []string{`{"type":"snapshot","s":"Q","bids":[["40.98","12"],["40.9","1"]],"asks":[["41.02","7"]]}`, `{"type":"l2update","s":"Q","changes":[["40.98","0","bid"],["41.01","3","ask"]]}`},
			[]string{"Q bid=40.98 ask=41.02", "Q bid=40.9 ask=41.01"}},
		{"changes that name their side, without a snapshot", []string{`{"type":"l2update","s":"Q","changes":[["buy","40.98","3"],["sell","41.02","1"]]}`},
			[]string{"- l2update holds changes to a book, of which the whole was not sent: neither bid nor ask is shown"}},
		{"changes that call the symbol otherwise than the snapshot", []string{`{"type":"snapshot","symbol":"Q","bids":[["40.98","12"]],"asks":[["41.02","7"]]}`, `{"type":"l2update","product_id":"Q","changes":[["buy","40.98","0"]]}`},
			[]string{"- a book is changed in a way that livetape does not read: neither bid nor ask is shown", "- a book is changed in a way that livetape does not read: neither bid nor ask is shown"}},
		{"changes with a time to a snapshot without", []string{`{"type":"snapshot","product_id":"Q","bids":[["40.98","12"]],"asks":[["41.02","7"]]}`, `{"type":"l2update","product_id":"Q","time":"2026-01-01T00:00:00Z","changes":[["buy","40.99","3"]]}`},
			[]string{"Q bid=40.98 ask=41.02", "Q bid=40.99 ask=41.02 2026-01-01T00:00:00"}},
		{"levels that each say their side", []string{`book|[{"side":"buy","price":40.98,"size":1},{"side":"buy","price":40.9,"size":1},{"side":"sell","price":41.02,"size":2}]`},
			[]string{"desk bid=40.98 ask=41.02"}},
		{"levels that each say their side and their symbol", []string{`{"table":"book","action":"partial","data":[{"symbol":"Q","side":"Sell","size":1,"price":80},{"symbol":"Q","side":"Buy","size":1,"price":60}]}`},
			[]string{"Q bid=60 ask=80"}},
		{"levels that say their side by their type", []string{`{"symbol":"Q","book":[{"type":"bid","px":40.98,"qty":1},{"type":"ask","px":41.02,"qty":2}]}`},
			[]string{"Q bid=40.98 ask=41.02"}},
		{"a level without a price among changes", []string{
			`{"action":"snapshot","symbol":"Q","levels":[{"side":"bid","price":40.98,"size":1},{"side":"ask","price":41.02,"size":1}]}`,
			`{"action":"update","symbol":"Q","levels":[{"side":"bid","id":7,"size":5}]}`,
		}, []string{"- a book is changed in a way that livetape does not read: neither bid nor ask is shown", "- a book is changed in a way that livetape does not read: neither bid nor ask is shown"}},
		{"trades that were bought and sold", []string{`[{"symbol":"Q","side":"buy","price":41.1,"size":1},{"symbol":"Q","side":"sell","price":41,"size":2}]`},
			[]string{"Q 41.1 size=1", "Q 41 size=2"}},
		{"trades in a falling market", []string{`{"data":[{"symbol":"Q","side":"sell","price":41.1,"size":1},{"symbol":"Q","side":"buy","price":41,"size":2}]}`},
			[]string{"Q 41.1 size=1", "Q 41 size=2"}},
		{"trades in a rising market, with times", []string{`{"data":[{"symbol":"Q","side":"buy","price":41,"size":1,"time":1767225600000},{"symbol":"Q","side":"sell","price":41.1,"size":2,"time":1767225601000}]}`},
			[]string{"Q 41 size=1 2026-01-01T00:00:00", "Q 41.1 size=2 2026-01-01T00:00:01"}},
		{"trades in a bare list, in a falling market", []string{`[{"symbol":"Q","side":"sell","price":41.1,"size":1},{"symbol":"Q","side":"buy","price":41,"size":2}]`},
			[]string{"Q 41.1 size=1", "Q 41 size=2"}},
		{"trades by letters, in a falling market", []string{`{"s":"QRS","ticks":[{"side":"s","p":41.1,"q":1},{"side":"b","p":41,"q":1}]}`}, []string{"QRS 41.1 size=1", "QRS 41 size=1"}},
		{"trades that a list calls updates", []string{`{"symbol":"Q","updates":[{"side":"buy","price":41,"size":2}]}`, `{"symbol":"Q","updates":[{"side":"sell","price":41.1,"size":2}]}`},
			[]string{"Q 41 size=2", "Q 41.1 size=2"}},
		{"updates of which one has the size 0 are levels", []string{`{"symbol":"Q","updates":[{"side":"buy","price":41,"size":2},{"side":"sell","price":41.1,"size":2},{"side":"sell","price":42,"size":0}]}`},
			[]string{"- " + mapping.ReasonNoSnapshot}},
		{"trades whose channel says so", []string{`{"channel":"fills","symbol":"Q","data":[{"side":"sell","price":41.1,"size":1},{"side":"buy","price":41,"size":2}]}`},
			[]string{"Q 41.1 size=1", "Q 41 size=2"}},
		{"levels whose channel says so", []string{`{"channel":"orderbook","symbol":"Q","data":[{"side":"sell","price":41.1,"size":1},{"side":"buy","price":41,"size":2}]}`},
			[]string{"Q bid=41 ask=41.1"}},
		{"levels with times whose table says so", []string{`{"table":"orderBookL2","action":"partial","data":[{"symbol":"Q","side":"Sell","size":1,"price":80,"timestamp":"2026-01-01T00:00:00Z"},{"symbol":"Q","side":"Buy","size":1,"price":60,"timestamp":"2026-01-01T00:00:00Z"}]}`},
			[]string{"Q bid=60 ask=80"}},
		{"levels in an order book are no orders", []string{`{"symbol":"Q","order_book":[{"side":"buy","price":41,"size":2},{"side":"sell","price":41.1,"size":1}]}`},
			[]string{"Q bid=41 ask=41.1"}},
		{"a user's orders", []string{`{"symbol":"Q","orders":[{"side":"buy","price":40,"qty":1},{"side":"sell","price":45,"qty":1}]}`},
			[]string{"- the payload: the rows are orders or levels of a book: their price is not the last one"}},
		{"positions that were bought and sold", []string{`{"positions":[{"symbol":"Q","side":"buy","price":40,"qty":1},{"symbol":"Q","side":"sell","price":45,"qty":1}]}`},
			[]string{"Q 40", "Q 45"}},
		{"signals to buy and to sell", []string{`{"symbol":"Q","signals":[{"side":"buy","price":40,"size":1},{"side":"sell","price":45,"size":1}]}`}, []string{"Q 40 size=1", "Q 45 size=1"}},
		{"quotes that are called bid and ask", []string{`{"symbol":"Q","quotes":[{"type":"bid","price":40.98,"size":1},{"type":"ask","price":41.02,"size":2}]}`}, []string{"Q bid=40.98 ask=41.02"}},
		{"fills that are called bid and ask", []string{`{"symbol":"Q","fills":[{"side":"ask","price":41.1,"size":1},{"side":"bid","price":41,"size":1}]}`},
			[]string{"- the payload: the rows are orders or levels of a book: their price is not the last one"}},
		{"lists of sides and numbers that nothing calls a book", []string{`{"symbol":"Q","items":[["sell",41.1,1],["buy",41,2]]}`}, []string{"- no member looks like a price or a headline"}},
		{"a book beside trades", []string{`{"type":"book","symbol":"Q","bids":[[40.98,1]],"asks":[[41.02,1]]}`, `{"type":"trade","symbol":"Q","data":[{"side":"sell","price":41.01,"size":1,"time":1767225600000},{"side":"buy","price":41,"size":1,"time":1767225600000}]}`, `{"type":"book","symbol":"Q","bids":[[40.97,1]],"asks":[[41.02,1]]}`},
			[]string{"Q bid=40.98 ask=41.02", "Q 41.01 size=1 2026-01-01T00:00:00", "Q 41 size=1 2026-01-01T00:00:00", "Q bid=40.97 ask=41.02"}},
		{"trades before a book", []string{`{"type":"trade","symbol":"Q","data":[{"side":"sell","price":41.1,"size":1},{"side":"buy","price":41,"size":1}]}`, `{"type":"book","symbol":"Q","bids":[[40.98,1]],"asks":[[41.2,1]]}`},
			[]string{"Q 41.1 size=1", "Q 41 size=1", "Q bid=40.98 ask=41.2"}},
		{"levels beside trades in a list of the same name, by the types of the events", []string{`book|{"symbol":"Q","data":[{"side":"buy","price":40.98,"size":1},{"side":"sell","price":41.02,"size":1}]}`, `trades|{"symbol":"Q","data":[{"side":"sell","price":41.02,"size":1},{"side":"buy","price":40.98,"size":1}]}`},
			[]string{"Q bid=40.98 ask=41.02", "Q 41.02 size=1", "Q 40.98 size=1"}},
		{"trades with numbers that were sold above what others were bought at", []string{`{"symbol":"Q","trades":[{"side":"buy","price":41.0,"size":1,"tradeId":1},{"side":"sell","price":41.1,"size":2,"tradeId":2}]}`},
			[]string{"Q 41.0 size=1", "Q 41.1 size=2"}},
		{"trades beside changes to a book", []string{`{"type":"l2_updates","symbol":"Q","changes":[["buy","40.98","1"],["sell","41.02","3"]],"trades":[{"type":"trade","price":"41.0","quantity":"1","side":"sell"}]}`},
			[]string{"Q bid=40.98 ask=41.02", "Q 41.0 size=1"}},
		{"levels that have a bid and an ask each", []string{`{"code":"Q","orderbook_units":[{"ask_price":41.02,"bid_price":40.98,"ask_size":5,"bid_size":4},{"ask_price":41.1,"bid_price":40.9,"ask_size":1,"bid_size":2}]}`},
			[]string{"Q bid=40.98 ask=41.02"}},
		{"quotes of one symbol in turn are no levels", []string{`{"symbol":"Q","quotes":[{"bid":40.98,"ask":41.02},{"bid":40.99,"ask":41.03}]}`}, []string{"Q bid=40.98 ask=41.02", "Q bid=40.99 ask=41.03"}},
		{"quotes of one symbol whose spread widens are no levels", []string{`{"symbol":"Q","quotes":[{"bid":40.98,"ask":41.02},{"bid":40.97,"ask":41.03}]}`}, []string{"Q bid=40.98 ask=41.02", "Q bid=40.97 ask=41.03"}},
		{"quotes with times in a book are no levels", []string{`{"symbol":"Q","book":[{"time":1767225600000,"bid":40.98,"ask":41.02},{"time":1767225601000,"bid":40.97,"ask":41.03}]}`}, []string{"Q bid=40.98 ask=41.02 2026-01-01T00:00:00", "Q bid=40.97 ask=41.03 2026-01-01T00:00:01"}},
		{"quotes of several makers in a book are no levels", []string{`{"symbol":"Q","book":[{"maker":"A","bid":40.98,"ask":41.02},{"maker":"B","bid":40.97,"ask":41.03}]}`}, []string{"Q bid=40.98 ask=41.02", "Q bid=40.97 ask=41.03"}},
		{"quotes of several names are no levels", []string{`{"data":{"rows":[{"name":"Gold","bid":100,"ask":101},{"name":"Silver","bid":30,"ask":310}]}}`}, []string{"Gold bid=100 ask=101", "Silver bid=30 ask=310"}},
		{"quotes of several accounts are no levels", []string{`{"data":{"rows":[{"account":"A","bid":100,"ask":101},{"account":"B","bid":99,"ask":102}]}}`}, []string{"desk bid=100 ask=101", "desk bid=99 ask=102"}},
		{"changes to a book in a map that is called so", []string{`{"symbol":"Q","changes":{"bids":[["40.98","1"]],"asks":[["41.02","3"]]}}`},
			[]string{"- changes has changes to a book that was never sent whole there: neither bid nor ask is shown"}},
		{"sizes of 0 in levels without a price", []string{`{"symbol":"Q","last":41,"depth":{"buy":[{"quantity":0,"price":0}],"sell":[{"quantity":7,"price":41.02}]}}`}, []string{"Q 41 ask=41.02"}},
		{"rows of a hub's call below a letter", []string{`{"C":"d-1","M":[{"H":"hub","M":"tick","A":[{"symbol":"Q","price":41}]}]}`}, []string{"Q 41"}},
		// Scales and currencies.
		{"a scale that is a factor rather than a number of digits", []string{`{"symbol":"Q","price":410500,"priceScale":100}`}, []string{"- price may be divided by priceScale, or not: it is not shown"}},
		{"two scales that are factors", []string{`{"symbol":"Q","price":18998,"scale":100}`, `{"symbol":"R","price":18998,"scale":1000}`}, []string{"- price may be divided by scale, or not: it is not shown", "- price may be divided by scale, or not: it is not shown"}},
		{"two scales that are numbers of digits", []string{`{"symbol":"Q","price":18998,"scale":2}`, `{"symbol":"R","price":18998,"scale":3}`}, []string{"Q 189.98", "R 18.998"}},
		{"a price scale beside a point", []string{`{"symbol":"Q","price":41.05,"pricescale":100}`}, []string{"Q 41.05"}},
		{"digits beside a whole price", []string{`{"symbol":"EURUSD","bid":108123,"ask":108131,"digits":5}`}, []string{"- bid may be divided by 10^digits, or not: it is not shown"}},
		{"digits beside a price with a point", []string{`{"symbol":"EURUSD","bid":1.08123,"ask":1.08131,"digits":5}`}, []string{"EURUSD bid=1.08123 ask=1.08131"}},
		{"digits to show of a price that is too small to be divided", []string{`{"symbol":"Q","price":41,"precision":2}`}, []string{"Q 41"}},
		{"the precision of an amount of money", []string{`{"symbol":"Q","price":{"amount":4105,"currency":"EUR","precision":2}}`}, []string{"Q 41.05"}},
		{"two precisions of amounts", []string{`{"symbol":"Q","price":{"amount":4105,"currency":"EUR","precision":2}}`, `{"symbol":"R","price":{"amount":4105,"currency":"JPY","precision":0}}`}, []string{"Q 41.05", "R 4105"}},
		{"the precision of a value may be how it is shown", []string{`{"symbol":"Q","price":{"value":190,"precision":2}}`}, []string{"- price.value may be divided by 10^price.precision, or not: it is not shown"}},
		{"an unscaled value and its scale", []string{`{"symbol":"Q","price":{"unscaledValue":4100250,"scale":5}}`}, []string{"Q 41.00250"}},
		{"a price by lakh", []string{`{"symbol":"Q","price":"₹1,23,456.50"}`}, []string{"Q 123456.50"}},
		{"a price in dollars of a country, per unit, and below zero with a sign of typography", []string{`{"symbol":"Q","price":"US$41.05"}`, `{"symbol":"R","price":"41.05 EUR/MWh"}`, `{"symbol":"S","price":"−3.12"}`}, []string{"Q 41.05", "R 41.05", "S -3.12"}},
		{"digits of another script", []string{`{"symbol":"Q","price":"٤١٫٠٥"}`}, []string{`- price is not shown: "٤١٫٠٥" is not a number`}},
		// Values that say their type.
		{"values under the names of their types", []string{`{"symbol":{"string":"Q"},"price":{"double":41.05},"bid":{"double":41},"ask":null}`}, []string{"Q 41.05 bid=41"}},
		{"values of a document with their types", []string{`{"fields":{"symbol":{"stringValue":"Q"},"price":{"doubleValue":41.05},"ts":{"timestampValue":"2026-01-01T00:00:00Z"}}}`}, []string{"Q 41.05 2026-01-01T00:00:00"}},
		{"values of an image with their types by letters", []string{`{"dynamodb":{"NewImage":{"symbol":{"S":"Q"},"price":{"N":"41.05"}},"OldImage":{"symbol":{"S":"Q"},"price":{"N":"39"}}}}`}, []string{"Q 41.05"}},
		{"a type within a type", []string{`{"symbol":"Q","price":{"$numberInt":"41"},"ts":{"$date":{"$numberLong":"1767225600000"}}}`}, []string{"Q 41 2026-01-01T00:00:00"}},
		{"readings that are called like types", []string{`{"load":{"int":3,"float":4}}`}, []string{"reading int 3", "reading float 4"}},
		{"how long something took, of two hosts", []string{`{"host":"a","uptime":{"seconds":5}}`, `{"host":"b","uptime":{"seconds":50}}`}, []string{"reading a seconds 5", "reading b seconds 50"}},
		{"how long something took, in parts", []string{`{"host":"a","load":1.5,"gc":{"seconds":1,"nanos":5}}`}, []string{"reading a load 1.5", "reading a seconds 1", "reading a nanos 5"}},
		{"a time in parts, of two hosts", []string{`{"host":"a","load":1.5,"at":{"seconds":1767225600,"nanos":5}}`, `{"host":"b","load":2.5,"at":{"seconds":1767225660}}`}, []string{"reading a load 1.5", "reading b load 2.5"}},
		{"a list on one side that could be a date", []string{`{"symbol":"Q","bid":[2000,1,2,3,4],"ask":[2001,1,2,3,4]}`}, []string{"Q bid=2000 ask=2001"}},
		// Columns with names.
		{"rows that are lists, with the names of their places", []string{`{"columns":["symbol","size","price"],"rows":[["Q",3,41.05],["R",1,8125]]}`}, []string{"Q 41.05 size=3", "R 8125 size=1"}},
		{"a bid and an ask by the names of their places", []string{`{"cols":["symbol","bid","ask"],"data":[["Q",40.98,41.02]]}`}, []string{"Q bid=40.98 ask=41.02"}},
		{"places that are named by letters", []string{`{"keys":["A","B","C"],"data":[[1,2,3],[4,5,6]]}`}, []string{"- no member looks like a price or a headline"}},
		{"places that are named by letters, behind a symbol", []string{`{"keys":["symbol","A","B","C"],"data":[["Q",1,2,3]]}`}, []string{"- no member looks like a price or a headline"}},
		{"letters beside the names of a symbol and a price", []string{`{"columns":["symbol","last","b","a"],"rows":[["Q",41,40.98,41.02]]}`}, []string{"Q 41 bid=40.98 ask=41.02"}},
		{"a price by a letter, behind a symbol", []string{`{"columns":["ticker","p"],"rows":[["Q",41.05]]}`}, []string{"Q 41.05"}},
		{"a bar by the letters of its places", []string{`{"symbol":"Q","columns":["t","o","h","l","c"],"rows":[[1767225600,40,42,39,41]]}`}, []string{"Q 41 open=40 high=42 low=39 2026-01-01T00:00:00"}},
		{"a whole price beside the place of its scale", []string{`{"columns":["symbol","price","scale"],"rows":[["Q",18998,2]]}`}, []string{"- no member looks like a price or a headline"}},
		{"a bid above an ask by the names of their places", []string{`{"columns":["symbol","last","bid","ask"],"rows":[["Q",41,60,3]]}`}, []string{"Q 41"}},
		{"two prices of places that differ", []string{`{"columns":["symbol","price","price"],"rows":[["Q",41,39]]}`}, []string{"- no member looks like a price or a headline"}},
		{"as many rows as places have names", []string{`{"columns":["symbol","price"],"index":[0,1],"data":[["Q",41.05],["R",8125]]}`}, []string{"Q 41.05", "R 8125"}},
		{"places that are named, of which none is a price", []string{`{"columns":["symbol","size"],"rows":[["Q",3]]}`}, []string{"- no member looks like a price or a headline"}},
		// Names.
		{"names with spaces around them", []string{`{"symbol ":"Q"," price":41.05," bid ":41,"ask":41.1}`}, []string{"Q 41.05 bid=41 ask=41.1"}},
		// Topics.
		{"symbols behind the kind in the types of events", []string{`price.QRS|{"price":41}`, `price.LMN|{"price":8125}`}, []string{"QRS 41", "LMN 8125"}},
		{"symbols behind two kinds in the types of events", []string{`price.QRS|{"price":41}`, `quote.LMN|{"price":8125}`}, []string{"price.QRS 41", "quote.LMN 8125"}},
		{"readings under small letters", []string{`{"a":{"temp":21.5},"b":{"temp":12.5}}`}, []string{"reading a temp 21.5", "reading b temp 12.5"}},
		{"a symbol that is a small letter", []string{`{"x":{"price":41}}`, `{"x":{"price":42}}`}, []string{"x 41", "x 42"}},
		{"kinds in the types of events", []string{`price.update|{"symbol":"Q","price":41}`, `price.tick|{"symbol":"Q","price":41.1}`}, []string{"Q 41", "Q 41.1"}},
		{"sensors with a letter", []string{`{"sensors":{"kitchen":{"t":21.5},"cellar":{"t":12.5}}}`}, []string{"reading kitchen t 21.5", "reading cellar t 12.5"}},
		{"times and temperatures by a letter", []string{`{"sensors":{"kitchen":{"t":1767225600,"x":1},"cellar":{"t":1767225660,"x":2}}}`}, []string{"reading kitchen x 1", "reading cellar x 2"}},
		{"bars of two topics", []string{`{"topic":"kline.5.QRSUSDT","data":[{"open":"40","close":"41","high":"42","low":"39"}]}`, `{"topic":"kline.5.LMNUSDT","data":[{"open":"8100","close":"8125","high":"8200","low":"8000"}]}`},
			[]string{"kline.5.QRSUSDT 41 open=40 high=42 low=39", "kline.5.LMNUSDT 8125 open=8100 high=8200 low=8000"}},
		{"bars of two streams below a letter", []string{`{"stream":"qrs@kline","data":{"k":{"o":"1","h":"2","l":"0.5","c":"1.5"}}}`, `{"stream":"lmn@kline","data":{"k":{"o":"10","h":"20","l":"5","c":"15"}}}`},
			[]string{"qrs@kline 1.5 open=1 high=2 low=0.5", "lmn@kline 15 open=10 high=20 low=5"}},
		{"a series of each symbol under its name", []string{`{"QRS":[{"t":1767225600,"p":40.5},{"t":1767225660,"p":41}],"LMN":[{"t":1767225600,"p":8125}]}`},
			[]string{"QRS 40.5 2026-01-01T00:00:00", "QRS 41 2026-01-01T00:01:00", "LMN 8125 2026-01-01T00:00:00"}},
		{"contracts of two months", []string{`{"root":"CL","month":"2026-02","price":60.5}`, `{"root":"CL","month":"2026-03","price":61.2}`}, []string{"CL 2026-02 60.5", "CL 2026-03 61.2"}},
		{"rates of pairs by letters", []string{`{"c":"EUR/USD","r":1.0812}`, `{"c":"USD/JPY","r":156.2}`}, []string{"reading EUR/USD r 1.0812", "reading USD/JPY r 156.2"}},
		// The past, and what is only about the payload.
		{"what was and what is now", []string{`{"symbol":"Q","was":{"price":39},"now":{"price":41}}`}, []string{"Q 41"}},
		{"rows before and after a change, by a sign", []string{`{"op":"+I","data":{"symbol":"Q","price":41}}`, `{"op":"-U","data":{"symbol":"Q","price":41}}`, `{"op":"+U","data":{"symbol":"Q","price":42}}`, `{"op":"-D","data":{"symbol":"Q","price":42}}`},
			[]string{"Q 41", "- -U is a deletion: its price is not the last one", "Q 42", "- -D is a deletion: its price is not the last one"}},
		{"the version of a protocol is no reading", []string{`{"jsonrpc":"2.0","method":"m","params":{"result":{"number":"0x1b4"}}}`}, []string{"- no member looks like a price or a headline"}},
		{"the version of an envelope is no reading", []string{`{"specversion":"1.0","type":"t","data":{"temperature":21.5}}`}, []string{"reading temperature 21.5"}},
		{"readings whose names only end like a version", []string{`{"host":"a","conversion":5,"inversion":3}`}, []string{"reading a conversion 5", "reading a inversion 3"}},
		{"values rather than their number", []string{`{"count":1,"results":[{"value_inc_vat":10.6}]}`}, []string{"reading value_inc_vat 10.6"}},
		{"a number of something alone", []string{`{"count":1}`}, []string{"reading count 1"}},
		{"a best bid and ask by other names", []string{`{"symbol":"Q","last":"41","lowest_ask":"41.02","highest_bid":"40.98"}`}, []string{"Q 41 bid=40.98 ask=41.02"}},
		{"changes of letters to a book", []string{`[336,{"as":[["41.02","2"]],"bs":[["40.98","1"]]},"book","QRS"]`, `[336,{"b":[["40.98","0"]]},"book","QRS"]`},
			[]string{"- a book is changed in a way that livetape does not read: neither bid nor ask is shown", "- a book is changed in a way that livetape does not read: neither bid nor ask is shown"}},
		// Kinds of messages beside trades.
		{"a call for margin beside trades", []string{`{"type":"trade","symbol":"Q","price":41}`, `{"type":"margin_call","symbol":"Q","price":60}`, `{"type":"trade","symbol":"Q","price":41.1}`},
			[]string{"Q 41", "- margin_call is a margin: its price is not the last one", "Q 41.1"}},
		{"a paper trade beside trades", []string{`{"type":"trade","symbol":"Q","price":41}`, `{"type":"paper_trade","symbol":"Q","price":60}`}, []string{"Q 41", "- paper_trade is a simulation: its price is not the last one"}},
		{"an estimate beside quotes", []string{`{"type":"quote","symbol":"Q","price":41}`, `{"type":"estimate","symbol":"Q","price":60}`}, []string{"Q 41", "- estimate is an estimate: its price is not the last one"}},
		{"indexes beside trades", []string{`{"type":"trade","symbol":"Q","price":41}`, `{"type":"index","symbol":"SPX","price":5000}`}, []string{"Q 41", "SPX 5000"}},
		{"markets as kinds beside quotes", []string{`{"type":"quote","symbol":"Q","price":41}`, `{"type":"crypto","symbol":"BTC","price":64000}`, `{"type":"forex","symbol":"EURUSD","price":1.08}`}, []string{"Q 41", "BTC 64000", "EURUSD 1.08"}},
		{"indexes beside trades, by the types of events", []string{`trade|{"symbol":"Q","price":41}`, `index|{"symbol":"SPX","price":5000}`}, []string{"Q 41", "SPX 5000"}},
		{"simulated trades alone", []string{`{"type":"simulated","symbol":"Q","price":41}`, `{"type":"simulated","symbol":"Q","price":41.1}`}, []string{"Q 41", "Q 41.1"}},
		{"paper trades and quotes alone", []string{`{"type":"paper_trade","symbol":"Q","price":41}`, `{"type":"paper_quote","symbol":"Q","price":41.1}`}, []string{"Q 41", "Q 41.1"}},
		{"estimates alone", []string{`{"type":"estimate","symbol":"Q","price":41}`}, []string{"Q 41"}},
		{"a demo by the type of its events", []string{`demo|{"symbol":"Q","price":41}`, `demo|{"symbol":"Q","price":41.1}`}, []string{"Q 41", "Q 41.1"}},
		{"another kind of trade", []string{`{"type":"trade","symbol":"Q","price":41}`, `{"type":"block_trade","symbol":"Q","price":41.2}`, `{"type":"timesale","symbol":"Q","price":41.3}`}, []string{"Q 41", "Q 41.2", "Q 41.3"}},
		{"orders by their state alone", []string{`{"id":1,"symbol":"Q","price":41,"status":"filled"}`, `{"id":2,"symbol":"Q","price":60,"status":"open"}`}, []string{"Q 41", "- status is not trade or fill or filled or partial_fill or partially_filled"}},
		{"an order by its number", []string{`{"order":123,"stock":"Q","side":"B","shares":100,"price":40.98}`}, []string{"- the payload: the rows are orders or levels of a book: their price is not the last one"}},
		{"the place of a row among others, called its order", []string{`{"symbol":"Q","price":5,"order":0}`, `{"symbol":"R","price":6,"order":1}`}, []string{"Q 5", "R 6"}},
		{"numbers of orders in the letters of bid and ask", []string{`{"e":"trade","s":"Q","p":"101","q":"0.1","b":4611,"a":4612}`}, []string{"Q 101 size=0.1"}},
		{"letters of bid and ask near the price of a trade", []string{`{"e":"trade","s":"Q","p":"101","q":"0.1","b":100.9,"a":101.1}`}, []string{"Q 101 bid=100.9 ask=101.1 size=0.1"}},
		{"letters of which nothing tells what is the price", []string{`{"s":"Q","p":"101","b":4611,"a":4612}`}, []string{"- p is far from b and a, and it is not known which of them are prices: none is shown"}},
		// Symbols.
		{"the number of a subscription beside a ticker", []string{`{"type":"ticker","sid":11,"msg":{"market_ticker":"FED-T3","price":48}}`}, []string{"FED-T3 48"}},
		{"a symbol that is too long", []string{`{"symbol":"` + strings.Repeat("A", 300) + `","price":41}`}, []string{"- symbol: " + strings.Repeat("A", 39) + "… is longer than 256 characters"}},
		{"a price that is not there yet", []string{`{"symbol":"Q","price":NaN}`}, []string{"- price has no value: it is null, NaN or an empty text"}},
		// Heartbeats.
		{"errors as services write them", []string{
			`{"symbol":"Q","price":41}`, `{"error":true,"message":"symbol R is unknown"}`, `{"ok":false,"error_code":400,"description":"no such chat"}`, `{"retCode":10001,"retMsg":"params error","result":{}}`,
			`[{"T":"error","code":402,"msg":"auth failed"}]`, `{"status":"error","err-code":"bad-request","err-msg":"invalid topic"}`, `{"detail":"Not authenticated"}`, `{"__type":"ThrottlingException","message":"Rate exceeded"}`,
		}, []string{"Q 41", "notice: symbol R is unknown", "notice: no such chat", "notice: params error", "notice: auth failed (402)", "notice: invalid topic", "notice: Not authenticated", "notice: Rate exceeded"}},
		{"errors and last words in text", []string{`{"symbol":"Q","price":41}`, `ERROR: symbol R is unknown`, `close|The server restarts.`}, []string{"Q 41", "notice: ERROR: symbol R is unknown", "notice: The server restarts."}},
		{"the end of a stream by other words", []string{`{"symbol":"Q","price":41}`, `stream_end|{}`}, []string{"Q 41", "finished"}},
		{"a feed of a coin that is called as an end", []string{`EOS|{"price":3}`, `EOS|{"price":4}`}, []string{"EOS 3", "EOS 4"}},
		{"a coin in small letters that is called as an end", []string{`{"type":"eos","price":3}`, `{"type":"eos","price":4}`}, []string{"desk 3", "desk 4"}},
		{"an end by eos", []string{`{"symbol":"Q","price":41}`, `{"type":"eos"}`, `eos|{}`}, []string{"Q 41", "finished", "finished"}},
		{"an end with the number of its items", []string{`{"symbol":"Q","price":41}`, `complete|{"count":1}`}, []string{"Q 41", "finished"}},
		{"an end with the last id", []string{`{"symbol":"Q","price":41}`, `end|{"last":42}`}, []string{"Q 41", "finished"}},
		{"last prices in events that are done", []string{`done|{"symbol":"Q","last":41}`}, []string{"Q 41"}},
		{"prices in events that are done", []string{`done|{"symbol":"Q","price":41}`, `done|{"symbol":"Q","price":42}`}, []string{"Q 41", "Q 42"}},
		{"codes that are those of errors as well", []string{`{"code":500,"description":"Animoca","price":1.23}`, `{"code":700,"description":"Other","price":2.5}`}, []string{"500 1.23", "700 2.5"}},
		{"a code of an error with its words and numbers", []string{`{"symbol":"Q","price":41}`, `{"code":429,"message":"slow down","used":1201,"retry_after":30}`}, []string{"Q 41", "notice: slow down (429)"}},
		{"prices of which something failed", []string{`{"symbol":"Q","price":41,"status":"settlement_failed"}`, `{"symbol":"Q","price":42,"status":"fail"}`}, []string{"Q 41", "Q 42"}},
		{"prices with the number of an error", []string{`{"symbol":"Q","price":41,"errorcode":"E7","title":"late"}`}, []string{"Q 41"}},
		{"prices that say that there is an error", []string{`{"symbol":"Q","price":41,"error":true,"title":"late"}`}, []string{"Q 41"}},
		{"prices in lists that say that there is an error", []string{`[{"symbol":"Q","price":41,"code":500,"message":"late"}]`}, []string{"Q 41"}},
		{"headlines about what failed", []string{`{"type":"merger_failed","headline":"Merger of A and B failed","id":"1"}`}, []string{"news Merger of A and B failed"}},
		{"readings of what failed", []string{`{"event":"login_failed","user":"bob","count":3}`}, []string{"reading count 3"}},
		{"readings of checks that fail", []string{`{"status":"fail","host":"a","latency":33}`}, []string{"reading a latency 33"}},
		{"the heartbeat and the error of a service behind its name", []string{`{"symbol":"Q","price":41}`, `{"event":"pusher:ping","data":{}}`, `{"event":"pusher:error","data":{"code":4001,"message":"no such app"}}`}, []string{"Q 41", "heartbeat", "notice: {\"event\":\"pusher:error\",\"data\":{\"code\":4001,\"message\":\"no such app\"}}"}},
		{"headlines that begin as errors do", []string{`Error: a story of markets`, `Fatal: crash on the M25`}, []string{"news Error: a story of markets", "news Fatal: crash on the M25"}},
		{"headlines of news that begin as errors do, beside prices", []string{`tick|{"symbol":"Q","price":41}`, `news|{"headline":"Fatal: crash on the M25"}`}, []string{"Q 41", "news Fatal: crash on the M25"}},
		{"prices in text at the close", []string{`close|AAPL 180.98`, `close|AAPL 181.98`}, []string{"news AAPL 180.98", "news AAPL 181.98"}},
		{"an item of a list that is done is no end", []string{`{"id":7,"title":"Sweep","done":true}`}, []string{"news Sweep"}},
		{"a headline about an error", []string{`Error in the index corrected`, `Second line`}, []string{"news Error in the index corrected", "news Second line"}},
		{"a word of success", []string{`{"symbol":"Q","price":41}`, `{"retCode":0,"retMsg":"OK"}`}, []string{"Q 41", "- there is none of last"}},
		{"a close of an event that is called so", []string{`close|{"symbol":"Q","close":41}`}, []string{"Q 41"}},
		{"a heartbeat in a list", []string{`[17470,"hb"]`, `{"symbol":"Q","price":41}`}, []string{"heartbeat", "Q 41"}},
		{"a ping with the name of its library", []string{`{"event":"pusher:ping","data":{}}`, `{"symbol":"Q","price":41}`}, []string{"heartbeat", "Q 41"}},
		{"a list of a symbol and a price", []string{`["Q", 41]`}, []string{"Q 41"}},
		// Numbers that stand for none.
		{"words of languages for no value", []string{`[{"symbol":"Q","last":41,"bid":"None","ask":"nil"},{"symbol":"R","last":81,"bid":"80.9","ask":"#N/A"}]`}, []string{"Q 41", "R 81 bid=80.9"}},
		{"no number in capitals, in quotes and without", []string{`{"symbol":"Q","last":41,"bid":"INF","ask":"NAN"}`, `{"symbol":"R","last":81,"bid":INF,"ask":NAN}`, `{"symbol":"S","last":5,"bid":"-NaN","ask":"Inf"}`}, []string{"Q 41", "R 81", "S 5"}},
		{"tickers that are written like no number", []string{`{"symbol":"NAN","last":13.1,"bid":13}`, `{"symbol":"INF","last":"INF","bid":14}`}, []string{"NAN 13.1 bid=13", "INF bid=14"}},
		{"the least integer in place of a bid", []string{`{"symbol":"Q","last":41,"bid":-2147483648,"ask":41.1}`}, []string{"Q 41 ask=41.1"}},
		{"a book below what was subscribed to", []string{`{"arg":{"instId":"Q"},"action":"snapshot","data":[{"bids":[["40.98","1"],["40.9","1"]],"asks":[]}]}`, `{"arg":{"instId":"Q"},"action":"update","data":[{"bids":[["40.98","0"]],"asks":[]}]}`}, []string{"Q bid=40.98", "Q bid=40.9"}},
		{"a scale beside a whole price", []string{`{"symbol":"Q","price":4100250,"scale":5}`}, []string{"Q 41.00250"}},
		// The past.
		{"original and current", []string{`{"original":{"symbol":"Q","price":39},"current":{"symbol":"Q","price":41}}`}, []string{"Q 41"}},
		{"a record and an old record", []string{`{"type":"UPDATE","table":"prices","record":{"symbol":"Q","price":41},"old_record":{"symbol":"Q","price":39}}`}, []string{"Q 41"}},
		{"before and after", []string{`{"op":"u","before":{"symbol":"Q","price":39},"after":{"symbol":"Q","price":41}}`, `{"op":"d","before":{"symbol":"Q","price":41},"after":null}`}, []string{"Q 41", "- d is a deletion: its price is not the last one"}},
		{"the day before", []string{`{"ticker":"Q","day":{"c":41,"h":42,"l":40,"o":40.5},"prevDay":{"c":39,"h":40,"l":38,"o":38.5}}`}, []string{"Q 41 open=40.5 high=42 low=40 prev=39"}},
		{"a deleted row", []string{`{"action":"set","symbol":"Q","price":41}`, `{"action":"delete","symbol":"Q","price":41}`}, []string{"Q 41", "- delete is a deletion: its price is not the last one"}},
		{"an old value beside a new one", []string{`{"symbol":"Q","oldPrice":39,"newPrice":41}`}, []string{"Q 41"}},
		// Kinds.
		{"orders and trades by event type", []string{`trade|{"symbol":"Q","price":41}`, `order|{"symbol":"Q","price":60}`}, []string{"Q 41", "- order is an order: its price is not the last one"}},
		{"an order alone", []string{`{"type":"order","symbol":"Q","price":60}`}, []string{"- order is an order: its price is not the last one"}},
		{"an order below its kind", []string{`{"e":"forceOrder","o":{"s":"Q","p":"60"}}`, `{"e":"trade","o":{"s":"Q","p":"41"}}`}, []string{"- forceOrder is a liquidation: its price is not the last one", "Q 41"}},
		{"an imbalance", []string{`{"type":"imbalance","symbol":"Q","price":60}`}, []string{"- imbalance is an indication: its price is not the last one"}},
		{"a halt", []string{`{"symbol":"Q","price":41,"status":"trading"}`, `{"symbol":"Q","price":41,"status":"halted","reason":"news pending"}`}, []string{"Q 41", "Q is open", "Q 41", "Q is halted news pending"}},
		{"an order that is not executed", []string{`{"type":"execution_report","ordStatus":"NEW","symbol":"Q","price":60}`}, []string{"- the payload: the rows are orders that are not executed: their price is not the last one"}},
		{"orders by their status in an event of executions", []string{`execution|{"symbol":"Q","status":"accepted","price":60}`, `execution|{"symbol":"Q","status":"filled","price":41}`, `execution|{"symbol":"Q","status":"pending","price":62}`},
			[]string{"- status is not trade or fill or filled or partial_fill or partially_filled", "Q 41", "- status is not trade or fill or filled or partial_fill or partially_filled"}},
		{"orders by the codes of FIX", []string{`{"symbol":"Q","execType":"0","price":60}`, `{"symbol":"Q","execType":"F","price":41}`}, []string{"- execType is not 1 or 2 or F", "Q 41"}},
		{"the price of an execution, not of its order", []string{`{"type":"execution_report","ordStatus":"FILLED","symbol":"Q","price":60,"lastPx":41}`}, []string{"Q 41"}},
		{"a market with the status open", []string{`{"type":"ticker","symbol":"Q","price":41,"status":"open"}`}, []string{"Q 41"}},
		{"an order book is no order", []string{`{"type":"orderbook","symbol":"Q","bids":[[40.9,1]],"asks":[[41.1,1]]}`}, []string{"Q bid=40.9 ask=41.1"}},
		// Series.
		{"a series oldest first", []string{`{"symbol":"Q","history":[{"time":1767225600,"price":40},{"time":1767225660,"price":41}]}`}, []string{"Q 41 2026-01-01T00:01:00"}},
		{"a forecast", []string{`{"symbol":"Q","forecast":[{"time":1767225600,"price":40},{"time":1798761600,"price":99}]}`}, []string{"Q 40 2026-01-01T00:00:00"}},
		{"trades newest first", []string{`{"symbol":"Q","trades":[{"time":1767225660,"price":41},{"time":1767225600,"price":40}]}`}, []string{"Q 40 2026-01-01T00:00:00", "Q 41 2026-01-01T00:01:00"}},
		{"prices of an area that is named around them", []string{`{"area":"DE","prices":[{"start":"2026-01-01T00:00:00Z","price":42.1}]}`, `{"area":"FR","prices":[{"start":"2026-01-01T00:00:00Z","price":45.1}]}`}, []string{"DE 42.1 2026-01-01T00:00:00", "FR 45.1 2026-01-01T00:00:00"}},
		{"readings of a series", []string{`{"sensor":"a","bars":[{"time":1767225660,"value":21},{"time":1767225600,"value":20}]}`}, []string{"reading value 21"}},
		{"currencies of one coin", []string{`{"bitcoin":{"usd":64000,"eur":59000},"ethereum":{"usd":3000,"eur":2800}}`}, []string{"bitcoin/USD 64000", "ethereum/USD 3000"}},
		{"prices under dates beside a symbol", []string{`{"symbol":"QRS","2026-11-26":100,"2026-01-02":101.5,"2099-01-01":150}`}, []string{"QRS 100 2026-11-26T00:00:00"}},
		{"prices under dates under symbols", []string{`{"QRS":{"2026-01-01":100,"2026-01-02":101.5},"LMN":{"2026-01-02":8125,"2026-01-01":8000}}`}, []string{"QRS 101.5 2026-01-02T00:00:00", "LMN 8125 2026-01-02T00:00:00"}},
		{"prices under dates by name", []string{`{"prices":{"2026-01-02":101.5,"2026-01-01":100}}`}, []string{"desk 101.5 2026-01-02T00:00:00"}},
		{"bars under dates", []string{`{"meta":{"symbol":"Q"},"series":{"2026-01-02":{"close":41},"2026-01-01":{"close":40}}}`}, []string{"Q 41 2026-01-02T00:00:00"}},
		{"rows of dates", []string{`{"symbol":"Q","list":[{"date":"2026-01-02","price":41},{"date":"2026-01-01","price":40}]}`}, []string{"Q 41 2026-01-02T00:00:00"}},
		{"a date beside one price is not its time", []string{`{"symbol":"Q","price":41,"date":"2026-01-02"}`}, []string{"Q 41"}},
		{"numbers under dates that nothing calls prices", []string{`{"temperature":{"2026-01-01":20,"2026-01-02":21.5}}`}, []string{"- numbers stand under times (2026-01-01), and nothing says of what they are the price"}},
		// Rates and other numbers.
		{"a funding rate alone", []string{`{"symbol":"BTC-PERP","rate":0.0001,"type":"funding"}`, `{"symbol":"BTC-PERP","rate":0.0002,"type":"funding"}`}, []string{"- funding is a rate: its price is not the last one", "- funding is a rate: its price is not the last one"}},
		{"a rate below funding", []string{`{"symbol":"BTC-PERP","funding":{"rate":0.0001}}`}, []string{"reading BTC-PERP rate 0.0001"}},
		{"a rate of interest", []string{`{"country":"US","rate":5.33}`}, []string{"reading US rate 5.33"}},
		{"rates of exchange", []string{`{"pair":"EUR/USD","rate":1.08}`, `{"pair":"EUR/USD","rate":1.09}`}, []string{"EUR/USD 1.08", "EUR/USD 1.09"}},
		{"rates of currencies", []string{`[{"currency":"USD","rate":1.08},{"currency":"JPY","rate":160}]`}, []string{"USD 1.08", "JPY 160"}},
		{"a rate as large as a price", []string{`{"code":"BTC","rate":64000.5}`}, []string{"BTC 64000.5"}},
		{"volumes under tickers", []string{`{"volumes":{"BTC":100,"ETH":2000}}`}, []string{"reading BTC 100", "reading ETH 2000"}},
		{"rates of a base under currencies", []string{`{"base":"USD","rates":{"EUR":0.92,"GBP":0.78}}`}, []string{"USD/EUR 0.92", "USD/GBP 0.78"}},
		// Lists in lists, and columns.
		{"trades of several symbols in lists", []string{`[{"symbol":"QRS","trades":[{"price":41},{"price":41.1}]},{"trades":[{"price":8125}],"symbol":"LMN"}]`}, []string{"QRS 41", "QRS 41.1", "LMN 8125"}},
		{"lists in lists below a wrapper, with the time around them", []string{`{"data":[{"symbol":"QRS","time":1767225600,"trades":[{"price":41}]},{"symbol":"LMN","time":1767225660,"trades":[{"price":8125}]}]}`},
			[]string{"QRS 41 2026-01-01T00:00:00", "LMN 8125 2026-01-01T00:01:00"}},
		{"lists under symbols", []string{`{"QRS":{"trades":[{"price":41}]},"LMN":{"trades":[{"price":8125}]}}`}, []string{"QRS 41", "LMN 8125"}},
		{"groups of rows", []string{`{"groups":[{"name":"Metals","rows":[{"symbol":"XAU","price":4000}]},{"name":"FX","rows":[{"symbol":"EURUSD","price":1.08}]}]}`}, []string{"XAU 4000", "EURUSD 1.08"}},
		{"parallel lists", []string{`{"symbols":["A","B"],"prices":[1,2]}`}, []string{"A 1", "B 2"}},
		{"parallel lists below a wrapper", []string{`{"type":"update","data":{"symbol":["A","B"],"bid":[0.9,1.9],"ask":["1.1","2.1"]}}`}, []string{"A bid=0.9 ask=1.1", "B bid=1.9 ask=2.1"}},
		{"bars in columns", []string{`{"s":"ok","t":[1767225660,1767225600],"o":[2,1],"h":[3,2],"l":[1.5,0.5],"c":[2.5,1.5]}`}, []string{"desk 2.5 open=2 high=3 low=1.5 2026-01-01T00:01:00"}},
		{"a bid and an ask with their sizes are no columns", []string{`{"symbol":"Q","bid":[40.9,5],"ask":[41.1,3]}`}, []string{"Q bid=40.9 ask=41.1"}},
		{"lists of different lengths", []string{`{"symbols":["A","B","C"],"prices":[1,2]}`}, []string{"- no member looks like a price or a headline"}},
		// Identity.
		{"text ids of instruments", []string{`{"uuid":"x7","id":"bitcoin","price":64000}`, `{"uuid":"x8","id":"ethereum","price":3000}`}, []string{"bitcoin 64000", "ethereum 3000"}},
		{"venue and symbol", []string{`{"exchange":"kraken","symbol":"Q","price":41}`, `{"exchange":"bitstamp","symbol":"Q","price":41.1}`}, []string{"Q 41", "Q 41.1"}},
		{"a symbol at several venues, to which it comes back", []string{
			`{"exchange":"kraken","symbol":"Q","price":41}`, `{"exchange":"bitstamp","symbol":"Q","price":41.1}`, `{"exchange":"kraken","symbol":"Q","price":41.2}`, `{"exchange":"bitstamp","symbol":"Q","price":41.1}`,
		}, []string{"Q kraken 41", "Q bitstamp 41.1", "Q kraken 41.2", "Q bitstamp 41.1"}},
		{"a symbol at several markets", []string{`[{"base":"Q","target":"EUR","market":{"name":"Kraken"},"last":41},{"base":"Q","target":"EUR","market":{"name":"Bitstamp"},"last":41.1},{"base":"Q","target":"EUR","market":{"name":"Kraken"},"last":41}]`},
			[]string{"Q/EUR Kraken 41", "Q/EUR Bitstamp 41.1", "Q/EUR Kraken 41"}},
		{"a consolidated tape, with the letters of exchanges", []string{
			`{"exchange":"Q","symbol":"Q","price":41}`, `{"exchange":"V","symbol":"Q","price":41.1}`, `{"exchange":"Q","symbol":"Q","price":41.2}`, `{"exchange":"V","symbol":"Q","price":41.1}`,
		}, []string{"Q 41", "Q 41.1", "Q 41.2", "Q 41.1"}},
		{"symbols of one venue each", []string{
			`{"exchange":"NYSE","symbol":"Q","price":41}`, `{"exchange":"NASDAQ","symbol":"R","price":8}`, `{"exchange":"NYSE","symbol":"Q","price":41.2}`, `{"exchange":"NASDAQ","symbol":"R","price":8.1}`,
		}, []string{"Q 41", "R 8", "Q 41.2", "R 8.1"}},
		{"a book with the sizes of its levels in front", []string{`{"symbol":"Q","bids":[[12,40.98],[5,40.90]],"asks":[[7,41.02],[9,41.1]]}`}, []string{"Q bid=40.98 ask=41.02"}},
		{"a crossed book with sizes that are not", []string{`{"symbol":"Q","bids":[[41.02,5],[40.90,1]],"asks":[[40.98,9],[41.1,9]]}`}, []string{"Q bid=41.02 ask=40.98"}},
		{"a book whose changes name their side", []string{
			`{"type":"snapshot","product":"Q","bids":[["40.98","12"]],"asks":[["41.02","7"]]}`, `{"type":"update","product":"Q","changes":[["buy","40.98","0"]]}`,
		}, []string{"Q bid=40.98 ask=41.02", "Q ask=41.02"}},
		{"a kind of message that was not seen when the map was found", []string{`{"event":"fill","symbol":"Q","price":41}`, `{"event":"order_rejected","symbol":"Q","price":60}`, `{"event":"fill","symbol":"Q","price":41.1}`},
			[]string{"Q 41", "- order_rejected is an order: its price is not the last one", "Q 41.1"}},
		{"a kind of instrument that was not seen when the map was found", []string{`{"type":"equity","symbol":"Q","price":41}`, `{"type":"fund","symbol":"R","price":60}`, `{"type":"equity","symbol":"Q","price":41.1}`},
			[]string{"Q 41", "R 60", "Q 41.1"}},
		{"a base and a quote with their codes", []string{`{"product":{"base":{"code":"Q"},"quote":{"code":"EUR"}},"price":41}`, `{"product":{"base":{"code":"Q"},"quote":{"code":"JPY"}},"price":8125}`}, []string{"Q/EUR 41", "Q/JPY 8125"}},
		{"nines for a last price beside a quote", []string{`{"symbol":"Q","last":999999.99,"bid":7.1,"ask":7.2}`}, []string{"Q bid=7.1 ask=7.2"}},
		{"a current price with the prices of its day", []string{`{"code":"Q","cur_price":41,"open_price":40,"high_price":42,"low_price":39,"limit_up":44}`}, []string{"Q 41 open=40 high=42 low=39"}},
		{"an amount of units and billionths", []string{`{"figi":"Q","price":{"units":"41","nano":250000000}}`}, []string{"Q 41.25"}},
		{"amounts of which the half that is 0 is left out", []string{`{"symbol":"Q","price":{"currencyCode":"EUR","units":"-1","nanos":-750000000}}`, `{"symbol":"Q","price":{"currencyCode":"EUR","units":"8"}}`, `{"symbol":"Q","price":{"nanos":-50000000}}`}, []string{"Q -1.75", "Q 8", "Q -0.05"}},
		{"units that are no amount", []string{`{"station":"a","load":{"units":5,"watts":7}}`}, []string{"reading a units 5", "reading a watts 7"}},
		{"levels of a book in such amounts", []string{`{"figi":"Q","bids":[{"price":{"units":"40","nano":980000000},"quantity":"12"}],"asks":[{"price":{"units":"41","nano":20000000},"quantity":"7"}]}`}, []string{"Q bid=40.98 ask=41.02"}},
		{"points of which one may stand between thousands", []string{`{"symbol":"Q","price":"1.234"}`, `{"symbol":"Q","price":"12.345,60"}`},
			[]string{"- price is not shown: \"1.234\" is unclear: its point may be a decimal point or separate thousands, because other values have a comma", "- price is not shown: \"1.234\" is unclear: its point may be a decimal point or separate thousands, because other values have a comma"}},
		{"a command that deletes a row", []string{`{"cmd":"add","symbol":"Q","price":41}`, `{"cmd":"delete","symbol":"Q","price":41}`}, []string{"Q 41", "- delete is a deletion: its price is not the last one"}},
		{"prices of a day in two letters", []string{`{"code":"Q","tp":41,"pcp":40,"op":40.5,"hp":42,"lp":39}`}, []string{"Q 41 open=40.5 high=42 low=39 prev=40"}},
		{"bids and asks under symbols", []string{`{"bid":{"QRS":40.98,"LMN":8124},"ask":{"QRS":41.02,"LMN":8126}}`}, []string{"QRS bid=40.98", "LMN bid=8124", "QRS ask=41.02", "LMN ask=8126"}},
		{"a value of which another member says what it is", []string{`{"symbol":"Q","field":"last","value":41}`, `{"symbol":"Q","field":"bid","value":40.98}`, `{"symbol":"Q","field":"volume","value":900}`},
			[]string{"reading Q last 41", "reading Q bid 40.98", "reading Q volume 900"}},
		{"prices and volumes under symbols", []string{`{"volume":{"QRS":900,"LMN":5},"price":{"QRS":41,"LMN":8125},"open":{"QRS":40,"LMN":8000}}`}, []string{"QRS 41", "LMN 8125"}},
		{"cents, by the unit beside them", []string{`{"symbol":"Q","price":4105,"bid":4100.5,"ask":4110,"unit":"cents"}`}, []string{"Q 41.05 bid=41.005 ask=41.10"}},
		{"another unit beside a price", []string{`{"symbol":"Q","price":41,"unit":"barrel"}`}, []string{"Q 41"}},
		{"base and quote", []string{`{"base":"QRS","quote":"EUR","price":41}`, `{"base":"QRS","quote":"JPY","price":8125}`}, []string{"QRS/EUR 41", "QRS/JPY 8125"}},
		{"options by strike and right", []string{`{"underlying":"AAA","strike":190,"right":"C","price":4.1}`, `{"underlying":"AAA","strike":150,"right":"C","price":41}`, `{"underlying":"AAA","strike":190,"right":"C","price":4.2}`}, []string{"AAA 190 4.1", "AAA 150 41", "AAA 190 4.2"}},
		{"a member that comes again", []string{`{"isbn":"A1","price":41}`, `{"isbn":"B2","price":8125}`, `{"isbn":"A1","price":41.1}`, `{"isbn":"B2","price":8126}`}, []string{"A1 41", "B2 8125", "A1 41.1", "B2 8126"}},
		{"rows that nothing tells apart", []string{`{"price":41}`, `{"price":8125}`}, []string{"- rows cannot be told apart: nothing but the price differs between them", "- rows cannot be told apart: nothing but the price differs between them"}},
		{"trade ids", []string{`{"trade_id":1001,"price":41}`, `{"trade_id":1002,"price":41.1}`, `{"trade_id":1003,"price":41.2}`}, []string{"desk 41", "desk 41.1", "desk 41.2"}},
		{"a long symbol", []string{`{"symbol":"` + strings.Repeat("AB", 50) + `1","price":1}`, `{"symbol":"` + strings.Repeat("AB", 50) + `2","price":2}`}, []string{strings.Repeat("AB", 50) + "1 1", strings.Repeat("AB", 50) + "2 2"}},
		{"a fast market", []string{`{"symbol":"Q","price":41}`, `{"symbol":"Q","price":82}`, `{"symbol":"Q","price":20}`}, []string{"Q 41", "Q 82", "Q 20"}},
		{"a crash of a plainly named symbol", []string{`{"symbol":"Q","price":41,"seq":1}`, `{"symbol":"Q","price":0.01,"seq":2}`}, []string{"Q 41", "Q 0.01"}},
		{"keys one level down", []string{`{"markets":{"QRS":{"quote":{"last":41}},"LMN":{"quote":{"last":8125}}}}`}, []string{"QRS 41", "LMN 8125"}},
		{"an index of the list is no symbol", []string{`{"rows":[{"price":41},{"price":8125}]}`}, []string{"- rows cannot be told apart: nothing but the price differs between them"}},
		{"numbers as text", []string{`[{"instrument":"7001","ltp":"41.0"},{"instrument":"7002","ltp":"8125"}]`}, []string{"7001 41.0", "7002 8125"}},
		// Times.
		{"microseconds", []string{`{"symbol":"Q","price":41,"ts":1767225600000001}`}, []string{"Q 41 2026-01-01T00:00:00"}},
		{"a time of day is none", []string{`{"symbol":"Q","price":41,"time":"10:17:08"}`}, []string{"Q 41"}},
		{"a time in the far future", []string{`{"symbol":"Q","price":41,"time":4102444800}`}, []string{"Q 41"}},
		{"an offset without minutes", []string{`{"symbol":"Q","price":41,"time":"2026-01-01 00:01:30.5+00"}`}, []string{"Q 41 2026-01-01T00:01:30.5"}},
		// Almost JSON.
		{"a trailing comma", []string{`{"symbol":"Q","price":41,}`}, []string{"Q 41"}},
		{"a comma behind", []string{`{"symbol":"Q","price":41},`}, []string{"Q 41"}},
		{"an object of JavaScript", []string{`[object Object]`}, []string{"error: not JSON: a JavaScript object without its content: the server must send JSON.stringify(…)"}},
		{"two values", []string{`{"symbol":"Q","price":41}{"symbol":"L","price":2}`}, []string{"Q 41", "L 2"}},
		{"a member twice", []string{`{"symbol":"Q","price":39,"price":41}`}, []string{"Q 41"}},
		// Streams that are not prices, and the server's words.
		{"a random number", []string{`{"value":0.53}`, `{"value":0.11}`}, []string{"reading value 0.53", "reading value 0.11"}},
		{"temperature and humidity", []string{`{"temperature":25,"humidity":60}`}, []string{"reading temperature 25", "reading humidity 60"}},
		{"a message", []string{`{"message":"Hello","timestamp":"2026-01-01T00:00:00Z"}`}, []string{"news Hello"}},
		{"plain text", []string{`new server event 10:17:08 AM`}, []string{"news new server event 10:17:08 AM"}},
		{"a bare date", []string{`Sat Nov 28 2026 10:17:08 GMT+0000`}, []string{"news Sat Nov 28 2026 10:17:08 GMT+0000"}},
		{"a status of another format before any price", []string{`status|{"state":"connected"}`, `status|{"status":"ok"}`, `message|{"symbol":"Q","price":41}`},
			[]string{"- status is a status message: its price is not the last one", "- status is a status message: its price is not the last one", "Q 41"}},
		{"a heartbeat of many members", []string{`{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"Q","time":"2026-01-01T00:00:00Z"}`}, []string{"heartbeat"}},
		{"odds of selections", []string{`{"market":"Odds","selection":"A","odds":2.5}`, `{"market":"Odds","selection":"B","odds":1.5}`}, []string{"reading Odds A odds 2.5", "reading Odds B odds 1.5"}},
		{"nothing", []string{`{"ok":true}`}, []string{"- no member looks like a price or a headline"}},
		{"an error object", []string{`{"symbol":"Q","price":41}`, `{"error":{"message":"trial is over","code":402}}`}, []string{"Q 41", "notice: trial is over (402)"}},
		{"GraphQL errors", []string{`{"errors":[{"message":"no such field"}]}`}, []string{"notice: no such field"}},
		{"done", []string{`{"symbol":"Q","price":41}`, `[DONE]`}, []string{"Q 41", "finished"}},
		{"an end by type", []string{`complete|{}`}, []string{"finished"}},
		{"heartbeats", []string{`{}`, `ping|{"time":1}`, `{"type":"HEARTBEAT"}`}, []string{"heartbeat", "heartbeat", "heartbeat"}},
		{"a JSON Patch", []string{`[{"op":"replace","path":"/price","value":41}]`}, []string{"- the event is a JSON Patch (RFC 6902), which livetape does not apply: the feed has to send whole rows"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, read(c.events...)); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}

func TestOptionsAreToldApartFromTheEventWithAnotherTermOn(t *testing.T) {
	t.Parallel()
	option := func(strike, right, price string) string {
		return `{"symbol":"AAA","strike":` + strike + `,"right":"` + right + `","price":` + price + `}`
	}
	for _, c := range []struct {
		name   string
		events []string
		want   []string
	}{
		{"another right", []string{option("190", "C", "4.1"), option("190", "C", "4.2"), option("190", "P", "3.3"), option("190", "C", "4.3")}, []string{"AAA 4.1", "AAA 4.2", "AAA P 3.3", "AAA C 4.3"}},
		{"another strike, long after the first event", append(slices.Repeat([]string{option("190", "C", "4.1")}, 100), option("195", "C", "3.9")), append(slices.Repeat([]string{"AAA 4.1"}, 100), "AAA 195 3.9")},
		{"what they are options on", []string{option("190", "C", "4.1"), `{"symbol":"AAA","price":190.1}`, option("190", "C", "4.3")}, []string{"AAA 4.1", "AAA 190.1", "AAA 190 C 4.3"}},
		{"what they are options on, in livetape's own format", []string{`price|{"symbol":"AAA","last":"190.1"}`, `price|{"symbol":"AAA","strike":190,"right":"C","last":"4.1"}`}, []string{"AAA 190.1", "AAA 190 C 4.1"}},
	} {
		r := infer.NewReader("desk", nil)
		var got []string
		for _, data := range c.events {
			kind, payload, ok := strings.Cut(data, "|")
			if !ok {
				kind, payload = "message", data
			}
			m, err := r.Decode(kind, []byte(payload))
			m.Updates = slices.DeleteFunc(m.Updates, func(u market.Update) bool { q, ok := u.(market.Quote); return ok && !q.Last.IsSet() })
			got = append(got, said(m, err)...)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: want (-), got (+):\n%s", c.name, diff)
		}
	}
}

func TestNoNumberLeavesWithTheEventThatShowsTheMapToBeWrong(t *testing.T) {
	t.Parallel()
	r := infer.NewReader("desk", nil)
	for i, data := range []string{`{"id":1,"price":41}`, `{"id":2,"price":8125}`, `{"id":3,"price":42}`} {
		m, err := r.Decode("message", []byte(data))
		if wanted := i == 0; err != nil || (len(m.Updates) > 0) != wanted || !wanted && !strings.Contains(m.Unmapped, "told apart") {
			t.Errorf("%s: %+v, %v", data, m, err)
		}
	}
}

func TestABookThatTurnsOutToBeChangedIsTakenBack(t *testing.T) {
	t.Parallel()
	r := infer.NewReader("desk", nil)
	var got []string
	for _, data := range []string{`{"type":"update","s":"Q","bids":[["40.9","1"]],"asks":[["41.1","2"]]}`, `{"type":"update","s":"Q","bids":[["40.8","1"]],"asks":[["41.2","2"]]}`,
		`{"type":"update","s":"Q","bids":[["40.9","0"]],"asks":[]}`, `{"type":"snapshot","s":"Q","bids":[["40.8","0"],["40.7","1"]],"asks":[["41.1","2"]]}`} {
		m, err := r.Decode("message", []byte(data))
		for _, u := range m.Updates {
			if q, ok := u.(market.Quote); ok && q.NoBid && q.NoAsk {
				got = append(got, "neither side")
			}
		}
		got = append(got, said(m, err)...)
	}
	if diff := cmp.Diff([]string{"Q bid=40.9 ask=41.1", "Q bid=40.8 ask=41.2", "neither side", "Q", "- " + mapping.ReasonNoSnapshot, "Q bid=40.7 ask=41.1"}, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestABookIsTakenBackWhenItsChangesCannotBeRead(t *testing.T) {
	t.Parallel()
	const snapshot = `{"type":"snapshot","s":"Q","bids":[["40.98","12"]],"asks":[["41.02","7"]]}`
	for name, c := range map[string]struct{ changes, reason string }{
		"as a map of changes": {`{"type":"l2update","s":"Q","changes":{"buy":["40.98"]}}`, "l2update changes a book in a way that is not read: neither bid nor ask is shown"},
		"as what is removed":  {`{"type":"update","s":"Q","remove":{"bids":["40.98"]}}`, "levels are removed from a book in a way that livetape does not read: neither bid nor ask is shown"},
		"as what is removed beside other levels": {`{"type":"snapshot","s":"Q","bids":[["40.9","1"]],"asks":[["41.02","7"]],"remove":{"bids":["40.98"]}}`,
			"levels are removed from a book in a way that livetape does not read: neither bid nor ask is shown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := infer.NewReader("desk", nil)
			var got []string
			for _, data := range []string{snapshot, snapshot, snapshot, snapshot, snapshot, c.changes, c.changes} {
				m, err := r.Decode("message", []byte(data))
				for _, u := range m.Updates {
					if q, ok := u.(market.Quote); ok && q.NoBid && q.NoAsk {
						got = append(got, "neither side")
					}
				}
				got = append(got, said(m, err)...)
			}
			if diff := cmp.Diff([]string{"Q bid=40.98 ask=41.02", "neither side", "Q", "- " + c.reason, "- " + c.reason}, got[4:]); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}

func TestHowManyEventsAMapWasFoundFromIsToldAsTheyGrow(t *testing.T) {
	t.Parallel()
	r := infer.NewReader("desk", nil)
	sample := 0
	for range 8 {
		if m, _ := r.Decode("message", []byte(`{"symbol":"Q","price":41}`)); m.Map != nil {
			sample = m.Map.Sample
		}
	}
	if sample < 3 {
		t.Errorf("the map is said to be found from %d events", sample)
	}
}

// TestTheMapOfAPresetThatOnlySaysHowToConnectIsAGuess recognises a Mercure hub by its ids; what it publishes is found as anywhere.
func TestTheMapOfAPresetThatOnlySaysHowToConnectIsAGuess(t *testing.T) {
	t.Parallel()
	price := []byte(`{"symbol":"AMD","price":"206.49","bid":"206.44","ask":"206.49"}`)
	for id, want := range map[string]string{"urn:uuid:40076663-6e43-8a2c-9b0a-0086692a403e": "mercure", "1": ""} {
		r, err := infer.NewDecoder("desk", preset.Definition{})
		if err != nil {
			t.Fatal(err)
		}
		l, ok := decode.LearnerOf(r)
		if !ok {
			t.Fatal("it does not learn")
		}
		l.Learn([]decode.Event{{Type: "message", ID: id, Data: price}})
		m, err := r.Decode("message", price)
		if err != nil || m.Map == nil {
			t.Fatalf("id %s: no map: %+v, %v", id, m, err)
		}
		if m.Map.Preset != want || !m.Map.Guess {
			t.Errorf("id %s: preset %q, a guess: %v; want %q, true", id, m.Map.Preset, m.Map.Guess, want)
		}
	}
}

// What check refuses when it has seen all events, a stream refuses from the event on that shows why.
func TestAPriceThatLaterEventsShowToHaveTwoReadingsIsNoLongerShown(t *testing.T) {
	t.Parallel()
	r := infer.NewReader("desk", nil)
	var got []string
	for _, data := range []string{`{"symbol":"Q","price":"1.234"}`, `{"symbol":"R","price":"12.345,60"}`, `{"symbol":"Q","price":"1.235"}`} {
		got = append(got, said(r.Decode("message", []byte(data)))...)
	}
	const why = `- price is not shown: "1.234" is unclear: its point may be a decimal point or separate thousands, because other values have a comma`
	if diff := cmp.Diff([]string{"Q 1.234", why, why}, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}
