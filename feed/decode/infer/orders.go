package infer

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"livetape/feed/decode/mapping"

	"github.com/tidwall/gjson"
)

// whyNotNow says why prices of rows are none of now; empty when they may be.
func (s *rowSet) whyNotNow(all []*leaf, f fields, hasBook bool, read []payload) string {
	if !hasBook && f.hasPrice() && (hasAnyWord(s.rowNames(f), levelWords) || hasAnyWord(s.rowNames(f), bookWords) && hasSides(all) || f.holdsLevels(all) || holdsOrders(append(slices.Clone(all), s.membersAbove(read)...))) {
		return s.label() + ": the rows are orders or levels of a book: their price is not the last one"
	}
	if states := s.stateLeaves(all, read); !hasBook && f.hasPrice() && len(states) > 0 && !slices.ContainsFunc(states, (*leaf).hasExecuted) {
		return s.label() + ": the rows are orders that are not executed: their price is not the last one"
	}
	if times := f.best("time"); hasAnyWord(s.rowNames(f), forecastWords) && (times == nil || isAhead(times, s.arrivalTimes(read))) {
		return s.label() + " is a forecast: its prices are not of now"
	}
	return ""
}

// countsNow is the condition that a row does not say of itself that it is gone, {"cancel": false}, nor that it tells of an order
// that was not executed.
func (w *ruleWriter) countsNow(all, states []*leaf) mapping.When {
	when := mapping.When{}
	for _, l := range all {
		if what := saysGone(l.name()); what != "" && l.everyValue(gjson.Result.IsBool) {
			w.note("rows of which %s is true are left out: each is %s", l.path, what)
			when[l.path] = mapping.Condition{Not: []string{"true"}}
		}
	}
	for _, l := range states {
		w.note("%s says what became of an order: rows of orders that were not executed are left out", l.path)
		when[l.path] = mapping.Condition{Is: l.executedValues()}
	}
	for _, l := range all {
		if len(l.names) == 1 && namesFate(l.name()) && !slices.Contains(states, l) && l.everyValue(func(v gjson.Result) bool { return v.Type == gjson.String }) && !l.everyValue(saysWhatIsGone) {
			when[l.path] = l.countingValues()
			if slices.ContainsFunc(l.values, saysWhatIsGone) {
				w.note("rows of which %s says that they are cancelled or deleted are left out", l.path)
			}
		}
	}
	if len(when) == 0 {
		return nil
	}
	return when
}

// fateWords end the names of members that say what became of a row.
var fateWords = mapping.WordSet("status state action operation op cmd command verb act mutation")

// fateKinds are names of members that say of which kind a row is, and so whether it is gone.
var fateKinds = mapping.WordSet("type kind event eventtype msgtype messagetype changetype")

// namesFate reports whether a member is called as one that says what became of a row.
func namesFate(name string) bool {
	words := nameWords(name)
	return len(words) > 0 && (fateWords[words[len(words)-1]] || fateKinds[strings.Join(words, "")])
}

// saysWhatIsGone reports whether a value says that a row is cancelled or deleted.
func saysWhatIsGone(v gjson.Result) bool { return len(v.Str) > 1 && isGone(whyNotPrice(v.Str)) }

// maxNamed is how many kinds of messages are named in a condition at the most.
const maxNamed = 4

// countingValues is the condition that a row counts: it is of a kind that was seen, where these are few, since another one may be
// that of orders; else it does not say that it is gone.
func (l *leaf) countingValues() mapping.Condition {
	seen := slices.Compact(slices.Sorted(slices.Values(l.texts())))
	isKind := fateKinds[plainName(l.name())] && !isTerm(l) && len(seen) <= maxNamed
	if !isKind || slices.Contains(seen, "") || slices.ContainsFunc(l.values, saysWhatIsGone) {
		return mapping.Condition{Not: l.goneValues()}
	}
	return mapping.Condition{Is: seen}
}

// goneSpellings are how most servers write that a row is gone.
const goneSpellings = "cancelled canceled cancel busted void deleted delete removed"

// goneValues are what the leaf says of rows that are gone: the usual words, as it writes its own, and those that it has.
func (l *leaf) goneValues() []string {
	spellings := goneSpellings
	if first := l.firstValue().Str; first != "" && first == strings.ToUpper(first) {
		spellings = strings.ToUpper(spellings)
	} else if unicode.IsUpper(rune(first[0])) {
		spellings = capitalized.ReplaceAllStringFunc(spellings, strings.ToUpper)
	}
	gone := strings.Fields(spellings)
	for _, v := range l.values {
		if saysWhatIsGone(v) && !slices.Contains(gone, v.Str) {
			gone = append(gone, v.Str)
		}
	}
	return gone
}

// capitalized is the first letter of each word.
var capitalized = regexp.MustCompile(`\b[a-z]`)

// saysGone is what a row is of which a member with that name is true: a cancellation or a deletion; "" for neither.
func saysGone(name string) string {
	words := nameWords(name)
	if len(words) == 0 {
		return ""
	}
	if what := otherKinds[words[len(words)-1]]; isGone(what) {
		return what
	}
	return ""
}

// whyGone says why the price of a payload counts no more: {"cancel": true}; "" where no member says so.
func whyGone(payload gjson.Result) (why string) {
	payload.ForEach(func(key, v gjson.Result) bool {
		if what := saysGone(key.Str); what != "" && v.Type == gjson.True {
			why = key.Str + " is true: the row is " + what + ", and its price is not the last one"
		} else if namesFate(key.Str) && saysWhatIsGone(v) {
			why = key.Str + " is " + v.Str + ": the row is " + whyNotPrice(v.Str) + ", and its price is not the last one"
		}
		return why == ""
	})
	return why
}

// levelWords are words in the names of lists whose rows are levels of a book, or orders.
var levelWords = mapping.WordSet("levels depth orders orderbook bids asks bbo")

// bookWords are words in the names of lists whose rows are levels of a book where each says its side.
var bookWords = mapping.WordSet("book books quotes")

// hasSides reports whether rows say on which side of a book they are.
func hasSides(all []*leaf) bool {
	return slices.ContainsFunc(all, func(l *leaf) bool {
		return plainName(l.name()) == "side" && l.everyValue(func(v gjson.Result) bool { return sideOfBook(v.Str) != "" })
	})
}

// holdsLevels reports whether rows are levels of a book: they say that they are a bid or an ask, where trades are bought or sold, or
// that nothing is left of them.
func (f fields) holdsLevels(all []*leaf) bool {
	if saysTrade(all) || !hasSides(all) {
		return false
	}
	size := cmp.Or(f.best("size"), f.best("volume"))
	return slices.ContainsFunc(all, func(l *leaf) bool {
		return plainName(l.name()) == "side" && l.everyValue(func(v gjson.Result) bool { return sides[strings.ToLower(v.Str)] != "" })
	}) || size != nil && slices.ContainsFunc(size.values, func(v gjson.Result) bool { return v.Exists() && v.Float() == 0 })
}

// saysTrade reports whether rows say that they are trades.
func saysTrade(all []*leaf) bool {
	return slices.ContainsFunc(all, func(l *leaf) bool {
		return slices.Contains(kindNames, plainName(l.name())) && l.everyValue(func(v gjson.Result) bool { return hasWord(v.Str, tradeWords) })
	})
}

// holdsOrders reports whether rows have the number of an order, and do not say that they are trades.
func holdsOrders(all []*leaf) bool {
	return !saysTrade(all) && slices.ContainsFunc(all, func(l *leaf) bool {
		switch plainName(l.name()) {
		case "orderid", "clientorderid", "remainingsize", "ordstatus", "orderstatus", "orderno", "ordernumber", "orderref":
			return l.mostValues(func(gjson.Result) bool { return true })
		case "order": // alone it may be the place of a row among others
			return hasSides(all) && l.mostValues(func(gjson.Result) bool { return true })
		}
		return false
	})
}

// positionWords are words in the names of lists of what is held.
var positionWords = mapping.WordSet("position positions portfolio holding holdings")

// dropHeldSize drops a size that is of what is held: no trade's.
func (f fields) dropHeldSize(rowNames []string, all []*leaf) {
	size := f.best("size")
	if hasAnyWord(rowNames, positionWords) || size != nil && !hasWord(size.name(), tradeSizeWords) && slices.ContainsFunc(all, (*leaf).isOfPosition) {
		delete(f, "size")
	}
}

// tradeSizeWords are words in the names of sizes that are those of trades, whatever stands beside them.
var tradeSizeWords = mapping.WordSet("last trade")

// isOfPosition reports whether a member tells what is held, or for how much it was bought.
func (l *leaf) isOfPosition() bool {
	switch plainName(l.name()) {
	case "avgprice", "averageprice", "avgentryprice", "entryprice", "costbasis", "marketvalue", "unrealizedpnl", "unrealizedpl":
		return true
	}
	return false
}

var tradeWords = mapping.WordSet("trade trades match matched tick execution executed fill fills")

// Members that say what became of an order: by their names alone, or beside others that tell of an order.
var (
	statusNames     = mapping.WordSet("exectype ordstatus orderstatus orderstate")
	orderStateNames = mapping.WordSet("status state action type kind x")
	orderNames      = mapping.WordSet("ordtype ordertype orderid orderqty clordid clientorderid origclordid")
	orderWords      = mapping.WordSet("order orders execution executions executed exec fill fills")
)

// What orders become, without the signs between words: those that were executed, and the others.
var (
	executedStates = mapping.WordSet("trade fill filled partialfill partiallyfilled executed partiallyexecuted 1 2 F")
	orderStates    = mapping.WordSet("new open opened accepted received placed pending pendingnew pendingcancel pendingreplace working live active resting queued submitted " +
		"untriggered triggered amended modified replaced canceled cancelled rejected expired suspended stopped calculated doneforday acknowledged")
)

// How most servers write that an order was executed: in words, or by the codes of FIX.
const (
	executedSpellings = "TRADE FILL FILLED PARTIAL_FILL PARTIALLY_FILLED"
	executedCodes     = "1 2 F"
)

// executedValues are the states of executed orders: the usual ones, as the leaf writes them, and those that it has.
func (l *leaf) executedValues() []string {
	executed := strings.Fields(executedSpellings)
	switch {
	case l.everyValue(func(v gjson.Result) bool { return len(v.String()) == 1 }):
		executed = strings.Fields(executedCodes)
	case l.everyValue(func(v gjson.Result) bool { return v.Str == strings.ToLower(v.Str) }):
		executed = strings.Fields(strings.ToLower(executedSpellings))
	}
	for _, v := range l.values {
		if executedStates[stateWord(v)] && !slices.Contains(executed, v.String()) {
			executed = append(executed, v.String())
		}
	}
	return executed
}

func (l *leaf) hasExecuted() bool {
	return slices.ContainsFunc(l.values, func(v gjson.Result) bool { return executedStates[stateWord(v)] })
}

// executionPrices are names of the price of an execution, beside which the price is that of the order.
var executionPrices = mapping.WordSet("lastpx lastprice lastfillprice lastexecutedprice executionprice executedprice execprice fillprice")

// takeExecutionPrice has the price be that of the execution where rows have one.
func (f fields) takeExecutionPrice(all, states []*leaf) {
	if len(states) == 0 {
		return
	}
	for _, l := range all {
		isLetter := l.name() == "L" && f.best("last") != nil && f.best("last").name() == "p"
		if (isLetter || executionPrices[plainName(l.name())]) && l.mostValues(isNumber) {
			f["last"] = []fieldCandidate{{leaf: l}}
		}
	}
}

// stateLeaves are the members that say what became of an order.
func (s *rowSet) stateLeaves(all []*leaf, read []payload) (states []*leaf) {
	tellsOfOrders := slices.ContainsFunc(all, (*leaf).saysOrderState) || s.tellsOfOrders(append(slices.Clone(all), s.membersAbove(read)...), read)
	for _, l := range all {
		name := plainName(l.name())
		if statusNames[name] || tellsOfOrders && orderStateNames[name] && l.mostValues(func(v gjson.Result) bool {
			return orderStates[stateWord(v)] || len(v.Str) > 1 && executedStates[stateWord(v)]
		}) {
			states = append(states, l)
		}
	}
	return states
}

// saysOrderState reports whether a member says what became of an order, by words of which one is said of nothing else.
func (l *leaf) saysOrderState() bool {
	return (plainName(l.name()) == "status" || plainName(l.name()) == "state") && slices.ContainsFunc(l.values, func(v gjson.Result) bool { return plainOrderStates[stateWord(v)] }) &&
		l.mostValues(func(v gjson.Result) bool { return orderStates[stateWord(v)] || executedStates[stateWord(v)] })
}

// plainOrderStates are states of nothing but orders.
var plainOrderStates = mapping.WordSet("filled partiallyfilled partialfill pendingnew pendingcancel pendingreplace working untriggered doneforday replaced")

// stateWord is a state without the signs between its words, and in small letters if it is no code.
func stateWord(v gjson.Result) string {
	if len(v.String()) == 1 {
		return v.String()
	}
	return plainName(v.String())
}

// tellsOfOrders reports whether rows say by their kind, or by a member, that they tell of an order.
func (s *rowSet) tellsOfOrders(all []*leaf, read []payload) bool {
	if hasWord(read[s.rows[0].payload].event, orderWords) {
		return true
	}
	return slices.ContainsFunc(all, func(l *leaf) bool {
		name := plainName(l.name())
		return orderNames[name] || slices.Contains(kindNames, name) && l.everyValue(func(v gjson.Result) bool { return hasWord(v.Str, orderWords) })
	})
}
