package market

import (
	"strings"

	"github.com/govalues/decimal"
)

// Spread is ask - bid, exact and negative when they are crossed; absent when either is.
func (r *Row) Spread() Decimal { return r.Ask.Value.Sub(r.Bid.Value) }

// VWAP is the volume-weighted average price of the session, as the feed gives it. From a feed that does not, it is that of
// the trades that came since the row was made, to 19 digits, and then isEstimate is true: nothing is known of the trades
// before. It is absent before the first trade with a size.
func (r *Row) VWAP() (price Decimal, isEstimate bool) {
	if r.FeedVWAP.Value.IsSet() {
		return r.FeedVWAP.Value, false
	}
	if r.traded.size.IsZero() {
		return Decimal{}, true
	}
	average, err := r.traded.value.Quo(r.traded.size)
	if err != nil {
		return Decimal{}, true
	}
	return Decimal{average, notWide}, true
}

// Decimals is how many digits after the point the symbol's prices have: the most that a last, a bid or an ask needed so
// far, and at least those that the user asks for. Zeros at the end are needed up to the second digit, where the feed writes
// as many.
func (r *Row) Decimals() int { return int(r.decimals) }

// tradeSums are the sums of price × size and of size over all trades, rounded to 19 digits where need be.
type tradeSums struct{ value, size decimal.Decimal }

func (s *tradeSums) add(price, size Decimal) {
	if price.wide != notWide || size.wide != notWide || size.Sign() <= 0 {
		return
	}
	value, err := s.value.AddMul(price.num, size.num)
	if err != nil {
		return
	}
	if sum, err := s.size.Add(size.num); err == nil {
		s.value, s.size = value, sum
	}
}

// Digits is how many digits a number has before and after its point, without zeros at the end; both are 0 when absent.
func (d Decimal) Digits() (whole, fraction int) {
	switch {
	case d.wide == notWide:
		return max(d.num.Prec()-d.num.Scale(), 1), d.num.MinScale()
	case !d.IsSet():
		return 0, 0
	}
	before, after, _ := strings.Cut(strings.TrimPrefix(d.wide.Value(), "-"), ".")
	return len(before), len(strings.TrimRight(after, "0"))
}

// maxSignificant is the most digits of a price that count for Row.Decimals. More are the noise of a binary number.
const maxSignificant = 15

// neededDecimals is how many digits after the point a price needs, where those are more than known; see Row.Decimals.
func (d Decimal) neededDecimals(known int8) int8 {
	scale := d.num.Scale()
	if d.wide != notWide || scale <= int(known) {
		return known
	}
	needed := d.num.MinScale()
	if d.num.Prec()-(scale-needed) > maxSignificant {
		return known
	}
	if scale >= 2 {
		needed = max(needed, 2)
	}
	return max(int8(needed), known)
}
