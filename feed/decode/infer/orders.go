package infer

import (
	"slices"

	"livetape/feed/decode/mapping"

	"github.com/tidwall/gjson"
)

// whyNotNow says why prices of rows are none of now; empty when they may be.
func (s *rowSet) whyNotNow(all []*leaf, f fields, hasBook bool, read []payload) string {
	if !hasBook && f.hasPrice() && (hasAnyWord(s.rowNames(f), levelWords) || hasAnyWord(s.rowNames(f), bookWords) && hasSides(all) || holdsOrders(append(slices.Clone(all), s.membersAbove(read)...))) {
		return s.label() + ": the rows are orders or levels of a book: their price is not the last one"
	}
	if times := f.best("time"); hasAnyWord(s.names, forecastWords) && (times == nil || isAhead(times, s.arrivalTimes(read))) {
		return s.label() + " is a forecast: its prices are not of now"
	}
	return ""
}

// notCancelled is the condition that a row does not say of itself that it is gone: {"cancel": false}.
func notCancelled(all []*leaf) mapping.When {
	when := mapping.When{}
	for _, l := range all {
		if word := nameWords(l.name()); len(word) > 0 && (otherKinds[word[len(word)-1]] == "a cancellation" || otherKinds[word[len(word)-1]] == "a deletion") && l.everyValue(gjson.Result.IsBool) {
			when[l.path] = mapping.Condition{Not: []string{"true"}}
		}
	}
	if len(when) == 0 {
		return nil
	}
	return when
}

// levelWords are words in the names of lists whose rows are levels of a book, or orders.
var levelWords = wordSet("levels depth orders orderbook bids asks")

// bookWords are words in the names of lists whose rows are levels of a book where each says its side.
var bookWords = wordSet("book books quotes")

// hasSides reports whether rows say on which side of a book they are.
func hasSides(all []*leaf) bool {
	return slices.ContainsFunc(all, func(l *leaf) bool {
		return plainName(l.name()) == "side" && l.everyValue(func(v gjson.Result) bool { return sideOfBook(v.Str) != "" })
	})
}

// holdsOrders reports whether rows have the number of an order, and do not say that they are trades.
func holdsOrders(all []*leaf) bool {
	numbered := false
	for _, l := range all {
		switch name := plainName(l.name()); {
		case slices.Contains(kindNames, name) && l.everyValue(func(v gjson.Result) bool { return hasWord(v.Str, tradeWords) }):
			return false
		case (name == "orderid" || name == "clientorderid" || name == "remainingsize" || name == "ordstatus" || name == "orderstatus") && l.mostValues(func(gjson.Result) bool { return true }):
			numbered = true
		}
	}
	return numbered
}

var tradeWords = wordSet("trade trades match matched tick execution executed")
