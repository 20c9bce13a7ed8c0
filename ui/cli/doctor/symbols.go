package doctor

import (
	"slices"
	"strings"

	"livetape/feed/market"
)

// keepOnly leaves out what was read of other symbols. No symbols are all.
func (r *reading) keepOnly(symbols []string) {
	if len(symbols) == 0 {
		return
	}
	asked := func(symbol string) bool {
		return slices.ContainsFunc(symbols, func(s string) bool { return strings.EqualFold(s, symbol) })
	}
	r.updates = slices.DeleteFunc(r.updates, func(u arrived) bool { return !market.Concerns(u.Update, asked) })
}
