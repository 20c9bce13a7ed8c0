package infer

import (
	"slices"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// fieldRole is what a member of a payload may be, named by the key of a mapping rule.
type fieldRole string

// nameMatch is what the name of a member says.
type nameMatch struct {
	field fieldRole
	rank  int // of several members for one field, the lowest counts first
}

// Ranks from which on a name says little: a price called "p" is one only beside a symbol or an id, a price called
// "value" only beside a symbol, and a bid called "b" only beside an ask.
const (
	weak  = 50
	vague = 80
)

// fieldNames are the usual names of each field, best first; those after one bar are weak, after two vague. They are
// written without capitals and signs.
var fieldNames = map[fieldRole]string{
	"symbol": "symbol sym ticker instrument instrumentid instrumentname pair currencypair symbolname eventsymbol " +
		"productid instid tradingsymbol security securityid contract asset coin isin cusip sedol wkn ric conid scrip scripcode figi underlying code s | market id token channel topic ch",
	"name":     "companyname longname shortname displayname fullname name",
	"currency": "currency ccy quotecurrency currencycode",
	"last": "last price lastprice lastpricetraded px lastpx tradeprice lasttradeprice lasttrade lasttraded lasttradedprice tradedprice lastdone " +
		"lastpr markpx latestprice currentprice marketprice regularmarketprice lastsaleprice spotprice markprice priceusd ltp curprice currprice nowprice rate exchangerate spot | close closeprice closingprice p c mark mid lp | value val",
	"bid":        "bid bidprice bestbid bestbidprice bidpx bp bid1 bid1price highestbid bidpr topbid | b",
	"ask":        "ask askprice bestask bestaskprice askpx offer offerprice ap ask1 ask1price lowestask askpr topask | a",
	"bid_size":   "bidsize bidsz bidqty bestbidsize bestbidqty bidquantity bidvolume bs bid1size",
	"ask_size":   "asksize asksz askqty bestasksize bestaskqty askquantity askvolume offersize as ask1size",
	"size":       "size lastsize lastqty tradesize qty quantity lastquantity lastsalesize sz lastsz lasttradedqty lasttradedquantity tradevolume amount | q",
	"volume":     "volume vol dayvolume totalvolume cumvolume latestvolume volume24h vol24h basevolume v",
	"open":       "open openprice openingprice dayopen open24h o",
	"high":       "high highprice dayhigh high24h h",
	"low":        "low lowprice daylow low24h",
	"prev_close": "prevclose previousclose previousclosingprice prevdayclose prevdaycloseprice closeprev yesterdayclose lastclose prevcloseprice prevclosingprice pc",
	"vwap":       "vwap dayvwap volumeweightedaverageprice",
	"change":     "change netchange pricechange chg change24h",
	"change_pct": "changepct changepercent changepercentage percentchange pctchange pricechangepercent chgpct netchangepct dp",
	"time": "time timestamp ts datetime eventtime tradetime quotetime publishtime timestampms lasttradetime latestupdate " +
		"lastupdate lastupdated updated updatedat createdat published publishedat pubdate date at t | start starttime begin validfrom hour",
	"headline":   "headline title | message text msg",
	"summary":    "summary description abstract body content",
	"source":     "source provider publisher agency",
	"url":        "url link href",
	"symbols":    "symbols tickers related stocks | tags",
	"id":         "guid newsid articleid storyid uid uuid",
	"importance": "importance",
}

// letterNames are single capitals as exchanges use them beside the small letter of another meaning: E is the time of the
// event beside its type e, B and A are the sizes at the bid b and the ask a.
var letterNames = map[string]nameMatch{
	"E": {"time", 20}, "T": {"time", 25}, "S": {"symbol", weak}, "A": {"ask", weak + 1}, "B": {"bid", weak + 1},
	"P": {"last", weak + 10}, "C": {"last", weak + 11}, "L": {"last", weak + 12},
}

// matches is fieldNames turned round.
var matches = func() map[string]nameMatch {
	all := map[string]nameMatch{}
	for f, line := range fieldNames {
		rank := 0
		for name := range strings.FieldsSeq(line) {
			if name == "|" {
				if rank < weak {
					rank = weak
				} else {
					rank = vague
				}
				continue
			}
			all[name] = nameMatch{f, rank}
			rank++
		}
	}
	return all
}()

// matchName is what the name of a member says; ok is false when it says nothing. Capitals and _ - . between words do
// not count, but for single letters.
func matchName(name string) (m nameMatch, ok bool) {
	if m, ok = letterNames[name]; ok {
		return m, true
	}
	if m, ok = matches[name]; ok {
		return m, true
	}
	m, ok = matches[plainName(name)]
	return m, ok
}

// maxName bounds the names that are looked up, in bytes.
const maxName = 40

// plainName is a name in small letters without the signs between its words; "" for one that is too long.
func plainName(name string) string {
	if len(name) > maxName {
		return ""
	}
	if number := strings.TrimLeft(name, "0123456789"); strings.HasPrefix(number, ". ") {
		name = number // "05. price"
	}
	return strings.Map(func(r rune) rune {
		switch r {
		case '_', '-', '.', ' ':
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// nameWords are the words of a name: previous_row, prevDay and old.price have two each.
func nameWords(name string) []string {
	var b strings.Builder
	small := false
	for _, r := range name {
		if unicode.IsUpper(r) && small {
			b.WriteByte(' ')
		}
		small = unicode.IsLower(r)
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = ' '
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Fields(b.String())
}

// withoutCurrentWords is a name without the words that say that it is of now: newPrice, current_bid.
func withoutCurrentWords(name string) string {
	words := slices.DeleteFunc(nameWords(name), func(w string) bool { return w == "new" || w == "current" || w == "now" || w == "latest" })
	return strings.Join(words, "")
}

// hasWord reports whether one of the words of a name is in the set.
func hasWord(name string, set map[string]bool) bool {
	return slices.ContainsFunc(nameWords(name), func(w string) bool { return set[w] })
}

// pastWords are words in the names of members that hold what was before: what stands below is no current price.
var pastWords = mapping.WordSet("old original previous prev before prior past yesterday prevday previousday was remove removed delete deleted")

// namesPast reports whether one of the names that lead to a value says that it belongs to the past.
func namesPast(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return hasWord(name, pastWords) })
}

// priceFields are the fields that are prices, or the difference of two.
var priceFields = map[fieldRole]bool{"last": true, "bid": true, "ask": true, "open": true, "high": true, "low": true, "prev_close": true, "vwap": true, "change": true}

// isMoment reports whether a member called like the last trade says when that was, rather than at which price.
func isMoment(name string, v gjson.Result) bool {
	switch plainName(name) {
	case "lasttrade", "lasttraded", "lastdone":
		return isTime(v)
	}
	return false
}

// containerNames are names that hold rows and name none.
var containerNames = mapping.WordSet("data payload result results quote quotes price prices tick ticks ticker tickers trade trades update updates " +
	"item items row rows values value message messages msg body content params event events response snapshot stocks articles news stories list records record " +
	"book books orderbook orderbooks bids asks bid ask parsed pub diff market markets instruments symbols changes delta meta metadata top bars candles series history forecast " +
	"links source object rates conversionrates exchangerates attributes fields properties detail details info result0 new after current now latest old before previous prev")

// isContainer reports whether the name of a member says that it holds rows, rather than what the row below it is about.
func isContainer(name string) bool {
	if containerNames[plainName(name)] || hasWord(name, pastWords) {
		return true
	}
	_, known := matchName(name)
	return known
}

// Words that are written like tickers and are none, as names of members and as what these say.
var (
	notTickerNames = mapping.WordSet("type event ev e kind op action side status state exchange exch venue mic market channel topic stream currency ccy unit tape condition " +
		"conditions flag flags source session phase country locale lang version mode quality level severity trend direction")
	notSymbols = mapping.WordSet("OK BUY SELL BID ASK TRUE FALSE OPEN CLOSED HALTED USD EUR GBP JPY CHF CNY USDT PRICE TRADE TRADES QUOTE QUOTES TICK TICKER UPDATE SNAPSHOT " +
		"DELTA NEWS DATA LIVE UP DOWN NYSE NASDAQ XNAS XNYS HEARTBEAT PING ERROR INFO UTC GMT SPOT PERP")
)

// isTicker reports whether s is written like a ticker: capitals, with digits and the usual signs between.
func isTicker(s string) bool {
	capitals := 0
	for _, c := range s {
		switch {
		case c >= 'A' && c <= 'Z':
			capitals++
		case c >= '0' && c <= '9' || strings.ContainsRune("/-_.:=^", c):
		default:
			return false
		}
	}
	return capitals >= 2
}

func isTickerName(name string) bool {
	return isTicker(name) && !isContainer(name) && sideOf([]string{name}) == ""
}

// areTickers reports whether all of a list, or of a text with commas, are written without small letters and blanks, and
// with a capital.
func areTickers(v gjson.Result) bool {
	var all []string
	switch {
	case v.Type == gjson.String:
		all = strings.Split(v.Str, ",")
	case v.IsArray():
		for _, item := range v.Array() {
			all = append(all, item.Str) // of what is no text, ""
		}
	}
	return len(all) > 0 && !slices.ContainsFunc(all, func(s string) bool {
		s = strings.TrimSpace(s)
		return len(s) > 24 || !strings.ContainsFunc(s, unicode.IsUpper) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLower(r) || unicode.IsSpace(r) })
	})
}

// currencyNames are members called by the currency of the price they hold, the usual one first.
var currencyNames = strings.Fields("usd eur gbp jpy chf cny usdt usdc cad aud krw inr btc")

// isCounterName reports whether a name is one by which streams count, or speak of themselves, or of a share of something:
// such a number is no price, and tells no rows apart.
func isCounterName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range counterWords {
		if strings.HasPrefix(name, word) || strings.HasSuffix(name, word) {
			return true
		}
	}
	return false
}

var counterWords = strings.Fields("heartbeat ping pong keepalive seq sequence counter count code status version offset partition total length interval retry ttl " +
	"uptime clients epoch nonce bps pct percent spread")
