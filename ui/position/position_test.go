package position_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/market"
	"livetape/ui/position"
)

func number(t testing.TB, s string) market.Decimal {
	t.Helper()
	if s == "" {
		return market.Decimal{}
	}
	d, err := market.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// lots reads "300@171.20 -100@180": quantities, and what one cost.
func lots(t testing.TB, text string) (all []position.Lot) {
	t.Helper()
	for _, lot := range strings.Fields(text) {
		quantity, cost, _ := strings.Cut(lot, "@")
		all = append(all, position.Lot{Quantity: number(t, quantity), Cost: number(t, cost)})
	}
	return all
}

func TestAPositionIsValuedExactly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lots, price, close string
		want               string // quantity, average cost, value, P&L, percent, day
	}{
		"one lot":                       {"300@171.20", "181.46", "175.44", "300 171.2 54438 3078 5.99 1806"},
		"two lots and their average":    {"100@10 300@20", "20", "20", "400 17.5 8000 1000 14.29 0"},
		"tenths that floats do not add": {"3@0.1", "0.2", "0.1", "3 0.1 0.6 0.3 100 0.3"},
		"short":                         {"-2@97000", "96000", "97500", "-2 97000 -192000 2000 1.03 3000"},
		"short that loses":              {"-2@97000", "98000", "", "-2 97000 -196000 -2000 -1.03 -"},
		"long and short lots":           {"100@10 -40@12", "11", "11", "60 8.67 660 140 9.46 0"},
		"nothing on balance":            {"100@10 -100@12", "50", "40", "0 - 0 200 9.09 0"},
		"no price":                      {"100@10", "", "9", "100 10 - - - -"},
		"a lot without a cost":          {"100@10 100", "11", "10", "200 - 2200 - - 200"},
		"a price below zero":            {"10@5", "-37.63", "1", "10 5 -376.3 -426.3 -852.6 -386.3"},
		"given away":                    {"10@0", "5", "5", "10 0 50 50 - 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := position.Position{Symbol: "X", Lots: lots(t, test.lots)}.At(position.Priced{Price: number(t, test.price), PrevClose: number(t, test.close)})
			if diff := cmp.Diff(test.want, text(v.Quantity, v.Cost, v.Value, v.PnL, v.PnLPct, v.Day)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// text is numbers with two decimals at most, a dash for an absent one.
func text(all ...market.Decimal) string {
	words := make([]string, len(all))
	for i, d := range all {
		words[i] = "-"
		if d.IsSet() {
			words[i] = d.Round(2).String()
			if strings.Contains(words[i], ".") {
				words[i] = strings.TrimRight(strings.TrimRight(words[i], "0"), ".")
			}
		}
	}
	return strings.Join(words, " ")
}

func TestTotalsMixNoCurrenciesAndNameWhatIsMissing(t *testing.T) {
	t.Parallel()
	at := func(symbol, currency, lot string, m position.Priced) position.Value {
		return position.Position{Symbol: symbol, Currency: currency, Lots: lots(t, lot)}.At(m)
	}
	priced := func(price, close string) position.Priced {
		return position.Priced{Price: number(t, price), PrevClose: number(t, close), Currency: "USD"}
	}
	stale := priced("10", "10")
	stale.StaleFor = 4 * time.Minute
	values := []position.Value{
		at("NVDA", "", "300@171.20", priced("181.46", "175.44")),
		at("AMD", "", "-10@200", stale),
		at("SAP", "EUR", "10@100", priced("200", "")),
		at("NOPE", "", "5@1", position.Priced{Currency: "USD"}),
		at("GIFT", "", "1", priced("2", "1")),
	}
	var got []string
	for _, total := range position.Totals(values) {
		got = append(got, fmt.Sprintf("%s %s; no price %v, no cost %v, no close %v, stale %v", total.Currency,
			text(total.Value, total.PnL, total.Day), total.NoPrice, total.NoCost, total.NoClose, total.Stale))
	}
	want := []string{
		"EUR 2000 1000 -; no price [], no cost [], no close [SAP], stale []",
		"USD 54440 3078 1807; no price [NOPE], no cost [GIFT], no close [], stale [AMD]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := text(values[0].Weight, values[1].Weight, values[2].Weight, values[3].Weight); got != "100 - 100 -" {
		t.Errorf("the weights are %s", got)
	}
}
