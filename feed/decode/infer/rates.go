package infer

import (
	"math"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// otherRates are words in names of rates that are no prices: of funding, interest, inflation.
var otherRates = mapping.WordSet("funding interest borrow borrowing lending lend loan repo deposit mortgage inflation tax hash hashrate yield conversion premium predicted unemployment discount " +
	"success error fill click")

// dropOtherRates takes what stands below the name of something else out of the candidates for the price, and what is called a
// rate, unless it is one of exchange: of a pair, or a currency, or too large to be a share of something.
func (f fields) dropOtherRates(all []*leaf) {
	f["last"] = slices.DeleteFunc(f["last"], func(c fieldCandidate) bool {
		return slices.ContainsFunc(c.leaf.names[:len(c.leaf.names)-1], namesOtherNumbers) || plainName(c.leaf.name()) == "rate" && !isExchangeRate(c.leaf, all)
	})
}

func isExchangeRate(rate *leaf, all []*leaf) bool {
	for _, l := range all {
		if hasAnyWord(l.names, otherRates) || slices.Contains(kindNames, plainName(l.name())) && hasWord(l.firstValue().Str, otherRates) {
			return false
		}
	}
	if _, isPair := pairOf(all); isPair || !rate.everyValue(func(v gjson.Result) bool { return math.Abs(v.Float()) < 100 }) {
		return true
	}
	return slices.ContainsFunc(all, func(l *leaf) bool {
		m, known := matchName(l.name())
		return known && m.field == "currency" || l.everyValue(func(v gjson.Result) bool { return isPair(v.Str) })
	})
}

// isPair reports whether a text names two currencies, or one: EUR/USD, EURUSD, EUR.
func isPair(s string) bool {
	isCurrency := func(s string) bool { return slices.Contains(currencyNames, strings.ToLower(s)) }
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/-_: ", r) })
	if len(words) == 2 {
		return isTicker(words[0]) && isTicker(words[1]) && slices.ContainsFunc(words, isCurrency)
	}
	return isCurrency(s) || len(s) == 6 && isTicker(s) && (isCurrency(s[:3]) || isCurrency(s[3:]))
}

// otherNumbers are words in names of maps whose numbers under tickers are no prices.
var otherNumbers = mapping.WordSet("volume volumes weight weights balance balances change changes holdings positions position size sizes amount amounts dominance supply score scores votes count counts " +
	"percent percentages allocation allocations marketcap caps fees fee")

// namesOtherNumbers reports whether a name says that numbers below it are no prices.
func namesOtherNumbers(name string) bool {
	return hasWord(name, otherRates) || hasWord(name, otherNumbers)
}
