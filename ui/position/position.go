// Package position tells what the user's holdings are worth at the prices of the board, exactly, and what it cannot tell.
package position

import (
	"cmp"
	"slices"
	"time"

	"livetape/feed/market"
)

// Lot is one purchase, or, with a quantity below zero, one short sale.
type Lot struct {
	Quantity market.Decimal // required; not zero
	Cost     market.Decimal // for one, in the position's currency; may be absent
}

// Position is all lots of one symbol.
type Position struct {
	Symbol   string // in upper or lower case
	Feed     string // empty: the first feed that has a price of the symbol
	Currency string // empty: that of the row
	Lots     []Lot
}

// Priced is what the market says of a position's symbol. The zero value is a symbol without a price.
type Priced struct {
	Price     market.Decimal
	PrevClose market.Decimal
	Currency  string
	StaleFor  time.Duration // more than zero where the price is not one of now
}

// Value is a position at a price. A number that cannot be told is absent.
type Value struct {
	Symbol   string
	Currency string
	Quantity market.Decimal // of all lots; zero or less where as much is sold short
	Cost     market.Decimal // of one, on average; absent where a lot has none, or nothing is held on balance
	Price    market.Decimal
	Value    market.Decimal // less than zero where it is owed
	PnL      market.Decimal // against the cost of all lots
	PnLPct   market.Decimal // of the amount that was paid, or taken in
	Day      market.Decimal // against the previous close
	Weight   market.Decimal // percent of all amounts in the total of its currency, long and short
	StaleFor time.Duration
}

// At values the position.
func (p Position) At(m Priced) Value {
	v := Value{Symbol: p.Symbol, Currency: cmp.Or(p.Currency, m.Currency), Price: m.Price, StaleFor: m.StaleFor}
	var paid, invested market.Decimal // what was paid less what was taken in, and both together
	known := true
	for _, l := range p.Lots {
		v.Quantity = sum(v.Quantity, l.Quantity)
		cost := l.Quantity.Mul(l.Cost)
		known = known && cost.IsSet()
		paid, invested = sum(paid, cost), sum(invested, cost.Abs())
	}
	v.Value = v.Quantity.Mul(m.Price)
	v.Day = v.Value.Sub(v.Quantity.Mul(m.PrevClose))
	if !known {
		return v
	}
	if v.Quantity.Sign() != 0 {
		v.Cost = paid.Quo(v.Quantity)
	}
	v.PnL = v.Value.Sub(paid)
	if invested.Sign() > 0 {
		v.PnLPct = v.PnL.Quo(invested).Mul(hundred)
	}
	return v
}

// Total is the sum of the positions in one currency. What is missing in it is named.
type Total struct {
	Currency string // empty where the feeds do not say which
	Value    market.Decimal
	PnL      market.Decimal
	Day      market.Decimal

	NoPrice []string // symbols without a price: they are in none of the sums
	NoCost  []string // symbols that are not in PnL
	NoClose []string // symbols that are not in Day
	Stale   []string // symbols whose price is not one of now: they are in none of the sums
}

// Totals sums values by currency, in the order of their names, and sets the weights of values. Amounts of two
// currencies are never added.
func Totals(values []Value) []Total {
	var totals []Total
	amounts := map[string]market.Decimal{}
	for _, v := range values {
		i := slices.IndexFunc(totals, func(t Total) bool { return t.Currency == v.Currency })
		if i < 0 {
			i = len(totals)
			totals = append(totals, Total{Currency: v.Currency})
		}
		totals[i].add(v)
		if v.StaleFor == 0 {
			amounts[v.Currency] = sum(amounts[v.Currency], v.Value.Abs())
		}
	}
	for i, v := range values {
		if all := amounts[v.Currency]; all.Sign() > 0 && v.StaleFor == 0 {
			values[i].Weight = v.Value.Abs().Quo(all).Mul(hundred)
		}
	}
	slices.SortFunc(totals, func(a, b Total) int { return cmp.Compare(a.Currency, b.Currency) })
	return totals
}

func (t *Total) add(v Value) {
	if !v.Value.IsSet() {
		t.NoPrice = append(t.NoPrice, v.Symbol)
		return
	}
	if v.StaleFor > 0 {
		t.Stale = append(t.Stale, v.Symbol)
		return
	}
	t.Value = sum(t.Value, v.Value)
	if t.PnL = sum(t.PnL, v.PnL); !v.PnL.IsSet() {
		t.NoCost = append(t.NoCost, v.Symbol)
	}
	if t.Day = sum(t.Day, v.Day); !v.Day.IsSet() {
		t.NoClose = append(t.NoClose, v.Symbol)
	}
}

var hundred, _ = market.ParseDecimal("100")

// sum adds what is there.
func sum(a, b market.Decimal) market.Decimal {
	switch {
	case !a.IsSet():
		return b
	case !b.IsSet():
		return a
	}
	return a.Add(b)
}
