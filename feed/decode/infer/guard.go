package infer

import (
	"math"

	"livetape/feed/market"
)

// rowGuard keeps two prices that have nothing to do with each other off one row, behind a map that was inferred. It does not
// doubt rows that a plain name tells apart: their prices may jump.
type rowGuard struct {
	named   bool // rows are told apart by what is plainly called a symbol: their prices may jump
	jumps   int  // so far
	last    map[string]float64
	problem string // why nothing is shown any more; empty while all is well
	blocked bool   // since it was asked last
}

// maxGuarded bounds the rows that are watched.
const maxGuarded = 10_000

// reset begins anew with another map.
func (g *rowGuard) reset(r Result) {
	*g = rowGuard{named: r.Named, jumps: g.jumps, last: map[string]float64{}}
}

// maxJumps is how many jumps of prices are reason to look for another map.
const maxJumps = 16

// suspicious reports whether one of the prices has nothing to do with the one before it on its row, so that there may be a
// better map.
func (g *rowGuard) suspicious(updates []market.Update) bool {
	if g.jumps >= maxJumps || g.problem != "" {
		return false
	}
	for _, u := range updates {
		if q, ok := u.(market.Quote); ok {
			if before, known := g.last[q.Symbol]; known && IsJump(before, priceOf(&q)) {
				g.jumps++
				return true
			}
		}
	}
	return false
}

// comparePrice compares a price with the one before it on its row, and remembers it for the next one.
func (g *rowGuard) comparePrice(symbol string, price float64) {
	if math.IsNaN(price) || g.problem != "" {
		return
	}
	before, known := g.last[symbol]
	if known && !g.named && IsJump(before, price) {
		g.problem, g.blocked = "rows cannot be told apart: two prices of one row have nothing to do with each other", true
		return
	}
	if known || len(g.last) < maxGuarded {
		g.last[symbol] = price
	}
}

// justBlocked reports, once, that the guard has begun to block.
func (g *rowGuard) justBlocked() bool {
	was := g.blocked
	g.blocked = false
	return was
}

// priceOf is the price of a quote for comparing; NaN when it has none.
func priceOf(q *market.Quote) float64 {
	for _, d := range [...]market.Decimal{q.Last, q.Bid, q.Ask} {
		if d.IsSet() {
			return d.Approx()
		}
	}
	return math.NaN()
}
