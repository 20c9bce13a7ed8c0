package auto

import (
	"slices"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// Field is what a member of a payload may be, named by the key of a mapping rule.
type Field string

// Spelling is what the name of a member says.
type Spelling struct {
	Field Field
	Rank  int // of several members for one field, the lowest counts
}

// Ranks from which on a name says little: a price called "p" is one only beside a symbol or an id, a price called
// "value" only beside a symbol, and a bid called "b" only beside an ask.
const (
	Weak  = 50
	Vague = 80
)

// spellings are the usual names of each field, best first; those after one bar are weak, after two vague.
var spellings = map[Field]string{
	"symbol": "symbol sym ticker instrument instrumentid instrumentname pair currencypair symbolname eventsymbol " +
		"productid product market security securityid contract asset coin isin figi code s | id channel topic",
	"name":       "companyname longname shortname displayname fullname name",
	"currency":   "currency ccy quotecurrency",
	"last":       "last price lastprice px lastpx tradeprice lasttradeprice lasttrade lasttraded lasttradedprice tradedprice lastdone latestprice currentprice marketprice regularmarketprice lastsaleprice spotprice markprice priceusd ltp rate spot | close p c mark mid lp | value val",
	"bid":        "bid bidprice bestbid bestbidprice bidpx bp | b",
	"ask":        "ask askprice bestask bestaskprice askpx offer offerprice ap | a",
	"bid_size":   "bidsize bidsz bidqty bestbidsize bestbidqty bidquantity bidvolume",
	"ask_size":   "asksize asksz askqty bestasksize bestaskqty askquantity askvolume offersize",
	"size":       "size lastsize lastqty tradesize qty quantity lastquantity lastsalesize amount q",
	"volume":     "volume vol dayvolume totalvolume cumvolume latestvolume volume24h vol24h basevolume v",
	"open":       "open openprice dayopen open24h o",
	"high":       "high highprice dayhigh high24h h",
	"low":        "low lowprice daylow low24h",
	"prev_close": "prevclose previousclose previousclosingprice prevdayclose prevdaycloseprice closeprev yesterdayclose pc",
	"change":     "change netchange pricechange chg change24h",
	"change_pct": "changepct changepercent changepercentage percentchange pctchange pricechangepercent chgpct netchangepct dp",
	"time": "time timestamp ts datetime eventtime tradetime quotetime publishtime timestampms lasttradetime latestupdate " +
		"lastupdate lastupdated updated updatedat createdat published publishedat pubdate date at t",
	"headline":   "headline title",
	"summary":    "summary description abstract body content",
	"source":     "source provider publisher agency",
	"url":        "url link href",
	"symbols":    "symbols tickers related stocks | tags",
	"id":         "guid newsid articleid storyid uid uuid",
	"importance": "importance",
}

// names is spellings turned round.
var names = func() map[string]Spelling {
	all := map[string]Spelling{}
	for field, line := range spellings {
		rank := 0
		for name := range strings.FieldsSeq(line) {
			if name == "|" && rank < Weak {
				rank = Weak
				continue
			} else if name == "|" {
				rank = Vague
				continue
			}
			all[name] = Spelling{field, rank}
			rank++
		}
	}
	return all
}()

// Spelled is what the name of a member says; ok is false when it says nothing. Capitals and _ - . between words do
// not count.
func Spelled(name string) (s Spelling, ok bool) {
	if s, ok = names[name]; ok {
		return s, true
	}
	s, ok = names[plain(name)]
	return s, ok
}

// Moment reports whether a member called like the last trade says when that was, rather than at which price.
func Moment(name string, v gjson.Result) bool {
	switch plain(name) {
	case "lasttrade", "lasttraded", "lastdone":
	default:
		return false
	}
	at, err := mapping.ParseTime(v)
	return err == nil && at.Year() >= 1990 && at.Year() < 2100
}

// Tickers reports whether all of a list, or of a text with commas, are written like tickers: without small letters and
// blanks, and with a capital.
func Tickers(v gjson.Result) bool {
	var all []string
	switch {
	case v.Type == gjson.String:
		all = strings.Split(v.Str, ",")
	case v.IsArray():
		for _, item := range v.Array() {
			all = append(all, item.Str) // of what is no text, ""
		}
	}
	return len(all) > 0 && !slices.ContainsFunc(all, func(s string) bool { return !ticker(strings.TrimSpace(s)) })
}

func ticker(s string) bool {
	if len(s) > 24 || !strings.ContainsFunc(s, unicode.IsUpper) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLower(r) || unicode.IsSpace(r) })
}

func plain(name string) string {
	if len(name) > 40 {
		return ""
	}
	if number := strings.TrimLeft(name, "0123456789"); strings.HasPrefix(number, ". ") {
		name = number // "05. price"
	}
	var b [40]byte
	n := 0
	for i := range len(name) {
		switch c := name[i]; {
		case c == '_' || c == '-' || c == '.' || c == ' ':
		case c >= 'A' && c <= 'Z':
			b[n] = c + 'a' - 'A'
			n++
		default:
			b[n] = c
			n++
		}
	}
	return string(b[:n])
}

// containers are names that hold rows and name none.
var containers = func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq("data payload result results quote quotes price prices tick ticks ticker tickers trade trades update updates " +
		"item items row rows values value message messages msg body content params event events response snapshot stocks articles news stories list records " +
		"book orderbook bids asks bid ask parsed pub diff market markets instruments symbols changes delta meta metadata " +
		"links source object attributes fields properties detail details info result0") {
		all[name] = true
	}
	return all
}()

// Container reports whether the name of a member says that it holds rows, rather than what the row below it is about.
func Container(name string) bool {
	if containers[plain(name)] {
		return true
	}
	_, spelled := Spelled(name)
	return spelled
}
