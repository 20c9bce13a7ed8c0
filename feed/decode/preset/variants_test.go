package preset_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"livetape/feed/decode"
	"livetape/feed/decode/preset"
	"livetape/feed/market"
)

// told is a message in one line.
func told(m decode.Message) string {
	var parts []string
	for _, u := range m.Updates {
		parts = append(parts, line(u))
	}
	if m.Notice != "" {
		parts = append(parts, "notice: "+m.Notice)
	}
	if m.End {
		parts = append(parts, "end")
	}
	if m.Heartbeat {
		parts = append(parts, "heartbeat")
	}
	if m.ResumeID != "" {
		parts = append(parts, "resume "+m.ResumeID)
	}
	if m.Unmapped != "" {
		parts = append(parts, "("+m.Unmapped+")")
	}
	return strings.Join(parts, "; ")
}

func line(u market.Update) string {
	var b strings.Builder
	at := time.Time{}
	switch u := u.(type) {
	case market.Quote:
		b.WriteString(u.Symbol)
		for _, n := range []struct {
			key string
			d   market.Decimal
		}{
			{"last", u.Last}, {"bid", u.Bid}, {"ask", u.Ask}, {"bidsize", u.BidSize}, {"asksize", u.AskSize}, {"size", u.Size}, {"volume", u.Volume},
			{"open", u.Open}, {"high", u.High}, {"low", u.Low}, {"prev", u.PrevClose}, {"change", u.Change}, {"pct", u.ChangePct},
		} {
			if n.d.IsSet() {
				fmt.Fprintf(&b, " %s=%s", n.key, n.d)
			}
		}
		at = u.Time
	case market.Headline:
		fmt.Fprintf(&b, "news %q", u.Title)
		for _, s := range []string{u.ID, u.Source, u.URL, strings.Join(u.Symbols, ","), u.Summary} {
			if s != "" {
				b.WriteString(" " + s)
			}
		}
		if u.Importance != market.Normal {
			fmt.Fprintf(&b, " importance=%d", u.Importance)
		}
		at = u.Time
	case market.Halt:
		fmt.Fprintf(&b, "%s is %s", u.Symbol, u.State)
		at = u.Time
	}
	if !at.IsZero() {
		b.WriteString(" at " + at.Format(time.RFC3339Nano))
	}
	return b.String()
}

type variant struct{ event, data, want string }

func TestPresetsReadWhatTheServicesDocument(t *testing.T) {
	t.Parallel()
	for name, variants := range map[string][]variant{
		"stellar-trades": {
			{"message", `{"base_asset_type":"credit_alphanum12","base_asset_code":"AQUAAQUA","counter_asset_type":"native","base_amount":"1.0000000","price":{"n":"10000000","d":"416041"},"ledger_close_time":"2026-02-28T11:29:40.5Z"}`,
				"AQUAAQUA/XLM last=24.03609259664311931 size=1.0000000 at 2026-02-28T11:29:40.5Z"},
			{"message", `{"base_asset_type":"native","counter_asset_code":"USDC","price":{"n":1,"d":4}}`, "XLM/USDC last=0.25"},
			{"message", `{"base_asset_type":"native","price":{"n":1,"d":0},"base_amount":"1"}`, "(there is no price)"},
			{"open", `"hello"`, "heartbeat"},
			{"close", `"byebye"`, "heartbeat"},
			{"close", `"181.46"`, "(the feed's events are not of type close)"},
			{"error", `Rate limit exceeded`, "notice: Rate limit exceeded"},
			{"error", "\x1b[31mbad\r\nthing", "notice: bad thing"},
		},
		"stellar-book": {
			{"message", `{"bids":[],"asks":[{"price":"2.5000000","amount":"3.0"}],"base":{"asset_type":"credit_alphanum4","asset_code":"AQUA"},"counter":{"asset_type":"native"}}`,
				"AQUA/XLM ask=2.5000000 asksize=3.0"},
			{"message", `{"bids":[],"asks":[],"base":{"asset_type":"native"},"counter":{"asset_code":"USDC"}}`, "XLM/USDC"},
		},
		"pyth": {
			{"message", `{"parsed":[{"id":"0xE62DF6C8B4A85FE1A67DB44DC12DE5DB330F7AC66B72DC658AFEDF0F4A415B43","price":{"price":"6163260000000","expo":-8,"publish_time":1714748300},"metadata":{"slot":null}},` +
				`{"id":"aa","price":{"price":"12","expo":"2","publish_time":0},"metadata":null},{"id":"bb","price":{"price":"-5","expo":0}}]}`,
				"BTC/USD last=61632.60000000 at 2024-05-03T14:58:20Z; aa last=1200; bb last=-5"},
			{"message", `{"binary":{"encoding":"hex","data":["50"]},"parsed":null}`, "(there is no list or map of rows at parsed)"},
			{"message", `{"parsed":[{"id":"aa","price":{"price":"1","conf":"1"}}]}`, "(there is none of last)"},
			{"error", `Connection timeout reached (24h)`, "notice: Connection timeout reached (24h)"},
		},
		"dexpaprika": {
			{"token_price", `{"address":"0xC02AAA39B223FE8D0A0E5C4F27EAD9083C756CC2","chain":"ethereum","price":"0.00000000012","timestamp":1779110450}`,
				"WETH/USD last=0.00000000012 at 2026-05-18T13:20:50Z"},
			{"t_p", `{"a":"So11111111111111111111111111111111111111112","c":"solana","p":"2739.79","t":1769778188,"t_p":1769778187}`, "SOL/USD last=2739.79 at 2026-01-30T13:03:07Z"},
			{"ping", `{"time":1779110440}`, "heartbeat"},
			{"error", `{"message":"ip stream limit exceeded"}`, "notice: ip stream limit exceeded"},
			{"warning", `{"message":"deprecated"}`, "notice: deprecated"},
		},
		"oanda": {
			{"message", `{"type":"PRICE","instrument":"XAU_USD","bids":[],"asks":[],"closeoutBid":"1.5","closeoutAsk":"1.6","time":"1477557523.094548890"}`,
				"XAU/USD bid=1.5 ask=1.6 at 2016-10-27T08:38:43.09454889Z"},
			{"message", `{"type":"HEARTBEAT","time":"2016-10-27T08:38:44.327443673Z"}`, "heartbeat"},
		},
		"tradestation": {
			{"message", `{"Symbol":"MSFT","Last":"234.5","NetChange":"-0.5","NetChangePct":"-0.2","PreviousClose":"235","Volume":"71551","LastSize":"5","TradeTime":"2021-03-02T22:13:00Z","Open":"","High":null}`,
				"MSFT last=234.5 size=5 volume=71551 prev=235 change=-0.5 pct=-0.2 at 2021-03-02T22:13:00Z"},
			{"message", `{"Symbol":"MSFT","BidSize":"7"}`, "MSFT bidsize=7"},
			{"message", `{"Heartbeat":1,"Timestamp":"2026-04-19T16:52:56Z"}`, "heartbeat"},
			{"message", `{"StreamStatus":"EndSnapshot"}`, "(no rule is for it)"},
			{"message", `{"StreamStatus":"GoAway"}`, "end"},
			{"message", `{"Symbol":"AAPL","Error":"DualLogon"}`, "notice: DualLogon"},
			{"message", `{"High":"233.87","Close":"233.75","TimeStamp":"2021-03-02T22:13:00Z","Epoch":1614723180000}`, "desk last=233.75 at 2021-03-02T22:13:00Z"},
			{"message", `END`, "(error: the data is not JSON)"},
		},
		"dxfeed": {
			{"message", `{"Quote":{"IBM":{"eventSymbol":"IBM","bidPrice":"NaN","askPrice":1.5,"bidTime":0,"askTime":1753710744000,"bidSize":"NaN"}},"Trade":{"IBM":{"eventSymbol":"IBM","price":2.25,"size":100,"dayVolume":"NaN","time":1753710744001}},"status":"OK"}`,
				"IBM ask=1.5 at 2025-07-28T13:52:24Z; IBM last=2.25 size=100 at 2025-07-28T13:52:24.001Z"},
			{"message", `{"TimeAndSale":{"IBM":[{"eventSymbol":"IBM","price":1,"size":2,"time":1753710744000},{"price":1.1,"size":3,"time":1753710744500}]}}`,
				"IBM last=1 size=2 at 2025-07-28T13:52:24Z; IBM last=1.1 size=3 at 2025-07-28T13:52:24.5Z"},
			{"message", `{"Quote":{"IBM":[{"bidPrice":1}]}}`, "IBM bid=1"},
			{"message", `{"Summary":{"IBM":{"dayOpenPrice":1,"dayHighPrice":"NaN","prevDayClosePrice":0.99}}}`, "IBM open=1 prev=0.99"},
			{"message", `{"status":"OK"}`, "(there is no list or map of rows at Quote)"},
		},
		"iex": {
			{"message", `[{"symbol":"BTCUSDT","latestPrice":"6500.10","bidPrice":"6500","askPrice":"6501","iexBidPrice":null,"latestUpdate":1614947647740,"changePercent":null},{"symbol":"X","lastSalePrice":1.0}]`,
				"BTCUSDT last=6500.10 bid=6500 ask=6501 at 2021-03-05T12:34:07.74Z; X last=1.0"},
			{"message", `[]`, "(the list is empty)"},
		},
		"iex-news": {
			{"message", `[{"datetime":1545215400000,"headline":"Up","source":"Benzinga","url":"https://x.example/1","summary":"s","related":"AAPL, MSFT,","hasPaywall":true},{"headline":null},{"headline":"Bad link","url":"javascript:alert(1)"}]`,
				`news "Up" Benzinga https://x.example/1 AAPL,MSFT s at 2018-12-19T10:30:00Z; news "Bad link"; (error: row 3: url: "javascript:alert(1)" is not an http or https address)`},
		},
		"firebase": {
			{"put", `{"path":"/","data":{"BTC":{"last":1,"bid":0.5},"ETH":3}}`, "BTC last=1 bid=0.5; ETH last=3"},
			{"patch", `{"path":"/","data":{"BTC/last":2,"ETH":null,"SOL":{"price":"7"}}}`, "BTC last=2; SOL last=7"},
			{"put", `{"path":"/ETH","data":null}`, "(the change touches no row)"},
			{"put", `{"path":"/BTC/bid","data":null}`, "(the change touches no row)"},
			{"put", `{"path":"/BTC/time","data":1714748301}`, "(there is none of last, bid, ask, volume, prev_close)"},
			{"patch", `{"path":"/BTC","data":{"last":"-","ask":9}}`, "BTC ask=9"},
			{"put", `{"path":"/","data":null}`, "(the change touches no row)"},
			{"put", `{"path":"/","data":[null,{"last":4}]}`, "1 last=4"},
			{"put", `{"data":1}`, `(error: the data is not {"path": …, "data": …})`},
			{"keep-alive", `null`, "heartbeat"},
			{"cancel", `null`, "notice: cancel"},
			{"auth_revoked", `"credential is no longer valid"`, "notice: credential is no longer valid"},
		},
		"mercure": {
			{"message", `{"status": "checked out"}`, "(no member looks like a price or a headline)"},
			{"message", `{"symbol":"X","price":"1.50"}`, "X last=1.50"},
		},
		"centrifugo": {
			{"message", `{}`, "heartbeat"},
			{"message", `{"connect":{"client":"c","version":"5","ping":25}}`, "(there is no pub)"},
			{"message", `{"channel":"prices","pub":{"data":{"px":1.5,"ts":1714748300000}}}`, "prices last=1.5 at 2024-05-03T14:58:20Z"},
			{"message", `{"disconnect":{"code":3000,"reason":"shutdown"}}`, "notice: shutdown"},
		},
		"ably": {
			{"message", `{"id":"a","channel":"ch","timestamp":1556806691341,"encoding":"json","data":"{\"symbol\":\"X\",\"bid\":1.10}"}`, "X bid=1.10 at 2019-05-02T14:18:11.341Z"},
			{"message", `{"id":"a","channel":"ch","timestamp":1556806691341,"data":"101.5"}`, "ch last=101.5 at 2019-05-02T14:18:11.341Z"},
			{"message", `{"id":"a","channel":"ch","timestamp":1556806691341,"data":{"price":1}}`, "ch last=1 at 2019-05-02T14:18:11.341Z"},
			{"message", `{"id":"a","channel":"ch","timestamp":1556806691341,"data":"hello"}`, `(error: last: "hello" is not a number)`},
			{"error", `{"message":"Token expired","code":40142,"statusCode":401}`, "notice: Token expired (40142)"},
		},
		"ntfy": {
			{"message", `{"id":"a","time":1635528909,"event":"message","topic":"t","message":"body","title":"head","priority":5,"click":"https://x.example"}`,
				`news "head" a t https://x.example body importance=1 at 2021-10-29T17:35:09Z; resume a`},
			{"message", `{"id":"b","time":1635528909,"event":"keepalive","topic":"t"}`, "resume b; (no rule is for it)"},
			{"keepalive", `{"id":"b","time":1635528909,"event":"keepalive","topic":"t"}`, "heartbeat"},
		},
		"wikimedia": {
			{"message", `{"type":"edit","title":"Ulm","comment":"c","server_name":"de.wikipedia.org","meta":{"uri":"https://de.wikipedia.org/wiki/Ulm","id":"u1","dt":"2026-01-02T03:04:05.678Z","domain":"de.wikipedia.org"}}`,
				`news "Ulm" u1 de.wikipedia.org https://de.wikipedia.org/wiki/Ulm c at 2026-01-02T03:04:05.678Z`},
			{"message", `{"type":"edit","title":"Canary","meta":{"domain":"canary"}}`, "(meta.domain is canary)"},
			{"message", `{"type":"log","title":"x"}`, "(type is not edit or new)"},
		},
		"livetape": {
			{"price", `{"symbol":"NVDA","last":"181.46"}`, "NVDA last=181.46"},
			{"message", `{"value": 42}`, "(no rule for event type message)"},
		},
	} {
		d, err := preset.Definition{Preset: name}.Resolve()
		if err != nil {
			t.Fatal(err)
		}
		events := make([][2]string, len(variants))
		for i, v := range variants {
			events[i] = [2]string{v.event, v.data}
		}
		for i, m := range said(t, d, events...) {
			if got := told(m); got != variants[i].want {
				t.Errorf("%s: event %s with %s says\n%s, want\n%s", name, variants[i].event, variants[i].data, got, variants[i].want)
			}
		}
	}
}
