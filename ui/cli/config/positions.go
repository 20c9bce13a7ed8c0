package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
	"livetape/ui/position"
)

// Position is what the user holds of one symbol.
type Position struct {
	Lots     []string `yaml:"lots,flow"`          // "300 @ 171.20": so many at so much each; a minus is a short sale. The cost may be left out
	Currency string   `yaml:"currency,omitempty"` // of the cost; left out: as the feed says
	Feed     string   `yaml:"feed,omitempty"`     // whose price values it; left out: the first that has one
}

// Positions are the positions of the file, by their symbols.
func (f *File) Positions() []position.Position {
	var all []position.Position
	for _, symbol := range slices.Sorted(maps.Keys(f.Held)) {
		held := f.Held[symbol]
		p := position.Position{Symbol: symbol, Feed: held.Feed, Currency: held.Currency}
		for _, text := range held.Lots {
			lot, err := parseLot(text)
			if err == nil { // Parse has refused the others
				p.Lots = append(p.Lots, lot)
			}
		}
		all = append(all, p)
	}
	return all
}

func (f *File) checkPositions(errs *configerr.List) {
	for symbol, held := range f.Held {
		at := configerr.Path{"positions", symbol}
		if len(held.Lots) == 0 {
			errs.Add(at, "has no lots: write lots: [300 @ 171.20]")
		}
		for i, text := range held.Lots {
			if _, err := parseLot(text); err != nil {
				errs.Add(slices.Concat(at, configerr.Path{"lots", i}), "%s", err)
			}
		}
		if _, known := f.Feeds[held.Feed]; held.Feed != "" && !known {
			errs.Add(at.Key("feed"), "there is no feed %q%s", held.Feed, configerr.DidYouMean(held.Feed, f.order, nil))
		}
	}
}

func parseLot(text string) (position.Lot, error) {
	quantity, cost, hasCost := strings.Cut(text, "@")
	q, errQuantity := parseAmount(quantity)
	c, errCost := parseAmount(cost)
	switch {
	case errQuantity != nil || hasCost && errCost != nil:
		return position.Lot{}, fmt.Errorf("%q is not a lot: write 300 @ 171.20, or -300 @ 171.20 for a short sale: %w", text, cmp.Or(errQuantity, errCost))
	case q.Sign() == 0:
		return position.Lot{}, fmt.Errorf("%q is a lot of nothing", text)
	}
	return position.Lot{Quantity: q, Cost: c}, nil
}

func parseAmount(s string) (market.Decimal, error) {
	return market.ParseDecimal(strings.ReplaceAll(strings.TrimSpace(s), ",", ""))
}
