package mapping

import (
	"math"
	"slices"
	"strings"

	"livetape/feed/market"
)

// DropFillers takes out of a quote the numbers that stand for none beside others that do not: a bid of 0 or -1 beside a
// positive last, an ask of 99999.99. It reports whether there were any.
func DropFillers(q *market.Quote) (some bool) {
	prices := [...]*market.Decimal{&q.Last, &q.Bid, &q.Ask, &q.Open, &q.High, &q.Low, &q.PrevClose, &q.VWAP}
	least := math.Inf(1) // of those that are positive
	set, none := 0, 0
	for _, d := range prices {
		if d.Sign() > 0 {
			least = min(least, d.Approx())
		}
		if d.IsSet() {
			set++
			if d.Cmp(minusOne) == 0 {
				none++
			}
		}
	}
	if set == none && none > 1 {
		least = 0 // all of them are -1
	}
	for _, d := range prices {
		if !math.IsInf(least, 1) && d.IsSet() && (d.Sign() == 0 || d.Cmp(minusOne) == 0 || (d.Sign() < 0 || d.Approx() > fillerFactor*least) && IsFillerNumber(d.String())) {
			*d, some = market.Decimal{}, true
		}
	}
	for _, d := range [...]*market.Decimal{&q.BidSize, &q.AskSize, &q.Size, &q.Volume} {
		if d.Sign() < 0 {
			*d, some = market.Decimal{}, true
		}
	}
	return some
}

// fillerFactor is how many times another price one is that is only there because there has to be one.
const fillerFactor = 20

// IsFillerNumber reports whether a number is the largest of a type, or nothing but nines.
func IsFillerNumber(n string) bool {
	digits := strings.NewReplacer("-", "", ".", "").Replace(n)
	least := 4 // nines
	if strings.HasPrefix(n, "-") {
		least = 3
	}
	return len(digits) >= least && strings.Trim(digits, "9") == "" || slices.Contains([]string{"2147483647", "2147483648", "4294967295", "9223372036854775807", "9223372036854775808", "18446744073709551615"}, digits)
}

var minusOne = mustDecimal("-1")

func mustDecimal(s string) market.Decimal {
	d, err := market.ParseDecimal(s)
	if err != nil {
		panic(err) // not reached: s is a constant
	}
	return d
}
