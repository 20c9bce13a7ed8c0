package infer

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/auto"
)

// wrapped is the meaning of a leaf in a map around one value: {"bidPrice": {"amount": "181.45", "currency": "USD"}}.
func wrapped(l *leaf) (auto.Field, int, bool) {
	if len(l.names) < 2 || !slices.Contains([]string{"amount", "value", "raw", "val"}, strings.ToLower(l.name())) {
		return "", 0, false
	}
	s, ok := auto.Spelled(l.names[len(l.names)-2])
	return s.Field, s.Rank, ok && auto.Price(s.Field)
}

// Words that are written like tickers and are none, as names of members and as what these say.
var (
	noTickers = words("type event ev e kind op action side status state exchange exch venue mic market channel topic stream currency ccy unit tape condition " +
		"conditions flag flags source session phase country locale lang version")
	noSymbols = words("OK BUY SELL BID ASK TRUE FALSE OPEN CLOSED HALTED USD EUR GBP JPY CHF CNY USDT PRICE TRADE TRADES QUOTE QUOTES TICK TICKER UPDATE SNAPSHOT " +
		"DELTA NEWS DATA LIVE UP DOWN NYSE NASDAQ XNAS XNYS HEARTBEAT PING ERROR INFO UTC GMT")
)

func words(line string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(line) {
		all[word] = true
	}
	return all
}

// ticked is a leaf that no name calls a symbol, and that says nothing but tickers: {"sid": "AAPL.O"}. It is nil when
// there is none, or several.
func ticked(all []*leaf) (found *leaf) {
	for _, l := range all {
		if _, known := auto.Spelled(l.name()); known && l.name() != "i" || noTickers[strings.ToLower(l.name())] {
			continue
		}
		if !l.every(func(v gjson.Result) bool {
			return v.Type == gjson.String && ticker(v.Str) && len(v.Str) <= 24 && !dated(v) && !noSymbols[v.Str]
		}) {
			continue
		}
		if found != nil {
			return nil
		}
		found = l
	}
	return found
}

// pastTicker reports whether a price stands below a name that looks like a ticker: its rows are further down.
func (f fields) pastTicker() bool {
	for _, field := range []auto.Field{"last", "bid", "ask"} {
		if l := f.best(field); l != nil && slices.ContainsFunc(l.names[:len(l.names)-1], tickerName) {
			return true
		}
	}
	return false
}

func tickerName(name string) bool {
	return ticker(name) && !auto.Container(name) && sideOf([]string{name}) == ""
}
