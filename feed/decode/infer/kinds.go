package infer

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// kindNames are names of members that say what kind of message a row is.
var kindNames = strings.Fields("type event ev e msgtype messagetype kind op operation operationtype action changetype eventtype channel topic stream t table cmd command verb act mutation")

// priceKinds are words in kinds of messages whose price is one of now.
var priceKinds = mapping.WordSet("trade trades aggtrade tick ticks ticker tickers quote quotes price prices match matched bar bars candle candles kline ohlc ohlcv book depth " +
	"timesale timesales tradex sale sales print prints deal deals transaction transactions nbbo summary spot bbo l1 l2 level1 l2update delta diff top mark set add put post upsert update updated snapshot refresh insert inserted create created change changed last new u c r")

// plainKinds are words in kinds of messages whose price is plainly one of now.
var plainKinds = mapping.WordSet("trade trades tick ticks ticker tickers quote quotes price prices match last aggtrade")

// plainKindNames are names of members that say the kind of a message, rather than where it comes from or what was done to a row.
var plainKindNames = mapping.WordSet("type event ev msgtype messagetype kind eventtype")

// besideKinds are words in kinds of messages whose price is none of now where a plain kind stands beside, with what such a message
// is. Alone, they name what a demo or a model sends.
var besideKinds = kindsOf(map[string]string{
	"a margin":     "margin margins",
	"an estimate":  "estimate estimated estimates theoretical",
	"a simulation": "paper simulated simulation hypothetical backtest demo",
})

// isPlainKind reports whether the price of a kind of message is plainly one of now.
func isPlainKind(kind string) bool { return hasWord(kind, plainKinds) && whyNotBeside(kind) == "" }

// whyNotBeside says what a kind of message is when its price is none of now beside messages of a plain kind; else "".
func whyNotBeside(kind string) string {
	for _, word := range kindWords(kind) {
		if what := besideKinds[word]; what != "" {
			return what
		}
	}
	return ""
}

// hidesBeside reports whether a member tells plain kinds of messages from others that are none beside them.
func hidesBeside(kind *leaf, kinds []rowsOfKind) bool {
	return plainKindNames[plainName(kind.name())] && slices.ContainsFunc(kinds, func(k rowsOfKind) bool { return isPlainKind(k.name) }) &&
		slices.ContainsFunc(kinds, func(k rowsOfKind) bool { return whyNotBeside(k.name) != "" })
}

// What messages are of which no map makes a price, a reading or a headline that says something.
const (
	orderKind        = "an order"
	liquidationKind  = "a liquidation"
	cancellationKind = "a cancellation"
	deletionKind     = "a deletion"
	rejectionKind    = "a rejection"
	expiryKind       = "an expiry"
	requestKind      = "a request"
	heartbeatKind    = "a heartbeat"
	announcementKind = "an announcement"
	errorKind        = "an error"
)

// otherKinds are words in kinds of messages that have a price which is not the last one, with what such a message is.
var otherKinds = kindsOf(map[string]string{
	orderKind:            "order orders",
	liquidationKind:      mapping.LiquidationWords + " force forceorder forceorders adl",
	"an auction":         "auction auctions",
	cancellationKind:     mapping.CancelWords,
	deletionKind:         mapping.DeleteWords,
	rejectionKind:        "reject rejected",
	expiryKind:           "expire expired",
	"an alert":           "alert alerts",
	"a settlement":       "settlement settled",
	"a position":         "position positions portfolio holding holdings",
	requestKind:          "request requested rfq subscribe",
	"a forecast":         "forecast forecasts prediction predicted target",
	"a correction":       "correction corrected correct",
	"a corporate action": "split splits dividend dividends",
	"an indication":      "indication indicative imbalance",
	"a rate":             "funding interest inflation",
	heartbeatKind:        "heartbeat ping pong keepalive hb",
	announcementKind:     "subscribed subscription unsubscribed ack welcome hello connected",
	errorKind:            "error errors",
	"a status message":   "status info system notice",
})

// kindsOf are words with what they say, of lines of words.
func kindsOf(lines map[string]string) map[string]string {
	all := map[string]string{}
	for what, line := range lines {
		for word := range strings.FieldsSeq(line) {
			all[word] = what
		}
	}
	return all
}

// whyNotPrice says what a kind of message is when its price is none of now; "" when it may be one, or nothing is known of it.
func whyNotPrice(kind string) string {
	if len(kind) == len("-U") && kind[0] == '-' {
		return deletionKind // of the row as it was before: +U is the one after
	}
	words := kindWords(kind)
	if slices.Contains(words, "book") || slices.Contains(words, "orderbook") {
		return ""
	}
	what := ""
	for _, word := range words {
		if other := otherKinds[word]; other != "" && (what == "" || isGone(other) || other == liquidationKind && !isGone(what)) {
			what = other
		}
	}
	return what
}

// isGone reports whether rows of a kind are gone: cancelled or deleted.
func isGone(what string) bool { return what == cancellationKind || what == deletionKind }

// maxKindWords is how many words name a kind of message at the most: more are a name or a sentence.
const maxKindWords = 4

// kindWords are the words of what may be a kind of message; of several, single letters say nothing.
func kindWords(kind string) []string {
	words := nameWords(kind)
	if len(words) > 1 {
		words = slices.DeleteFunc(words, func(w string) bool { return len(w) == 1 })
	}
	if len(words) > maxKindWords {
		return nil
	}
	return words
}

// changeKinds are words in kinds of messages that hold changes to a book.
var changeKinds = mapping.WordSet("delta deltas diff incremental l2update")

// isBookChange reports whether a kind of message holds changes to a book, and not the whole of it.
func isBookChange(kind string) bool {
	words := kindWords(kind)
	return slices.ContainsFunc(words, func(w string) bool { return changeKinds[w] }) || slices.Contains(words, "depth") && slices.Contains(words, "update")
}

// namesKind reports whether a value is one by which messages say what kind they are.
func namesKind(kind string) bool {
	return whyNotPrice(kind) != "" || hasWord(kind, priceKinds) || sessionStates[strings.ToLower(kind)] == "halted"
}

// rowsOfKind is the set of the rows of one kind, with its name.
type rowsOfKind struct {
	name string
	set  *rowSet
}

// maxKinds bounds the kinds of rows in one row set.
const maxKinds = 12

// splitKinds finds the member that tells kinds of rows apart, and the rows of each kind; nil when all are alike.
func (s *rowSet) splitKinds() (*leaf, []rowsOfKind) {
	all := s.leaves()
	for _, name := range kindNames {
		for _, l := range all {
			if len(l.names) != 1 || plainName(l.names[0]) != name || l.everyValue(isOptionRight) {
				continue
			}
			if kinds := s.kindsBy(l); kinds != nil {
				return l, kinds
			}
		}
	}
	return nil, nil
}

// isOptionRight reports whether a value says that an option is a call or a put.
func isOptionRight(v gjson.Result) bool {
	return slices.Contains([]string{"c", "p", "call", "put"}, strings.ToLower(v.Str))
}

// kindsBy are the rows by what l says; nil when it names no kinds of messages, nor goes with which members rows have.
func (s *rowSet) kindsBy(l *leaf) []rowsOfKind {
	at := map[string]*rowSet{}
	var kinds []rowsOfKind
	named, other := true, false
	for i, v := range l.values {
		if v.Type != gjson.String || !isWritable(v.Str) {
			return nil
		}
		set := at[v.Str]
		if set == nil {
			if len(kinds) >= maxKinds {
				return nil
			}
			set = &rowSet{names: s.names, keyed: s.keyed, kind: true, inner: s.inner, sided: s.sided}
			at[v.Str] = set
			kinds = append(kinds, rowsOfKind{v.Str, set})
			named, other = named && namesKind(v.Str), other || whyNotPrice(v.Str) != ""
		}
		set.rows = append(set.rows, s.rows[i])
	}
	if named || other || hidesBeside(l, kinds) {
		return kinds
	}
	members := map[string]bool{}
	for _, k := range kinds {
		members[k.set.memberNames()] = true
	}
	if len(kinds) < 2 || len(members) < 2 {
		return nil
	}
	return kinds
}

// memberNames are the paths of all leaves of the rows.
func (s *rowSet) memberNames() string {
	var names []string
	for _, l := range s.leaves() {
		names = append(names, l.path)
	}
	slices.Sort(names)
	return strings.Join(names, "\x00")
}

// joinKinds makes rules that differ only in the kind of row one.
func joinKinds(rules []mapping.Rule, at string) []mapping.Rule {
	var all []mapping.Rule
	for _, r := range rules {
		found := false
		for i := range all {
			a, b := all[i], r
			a.When, b.When = nil, nil
			if found = sameRule(a, b) || joinBook(&a, b); found {
				when := all[i].When
				all[i] = a
				all[i].When = when
				c := all[i].When[at]
				c.Is = append(c.Is, r.When[at].Is...)
				all[i].When[at] = c
				break
			}
		}
		if !found {
			all = append(all, r)
		}
	}
	return all
}
