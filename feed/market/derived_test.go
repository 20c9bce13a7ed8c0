package market_test

import (
	"testing"

	"livetape/feed/market"
)

func TestTheAveragePriceOfTradesIsWeightedByTheirSizes(t *testing.T) {
	t.Parallel()
	p := newTestBoard(t, market.Limits{})
	p.last("99")
	if got, _ := p.row().VWAP(); got.IsSet() {
		t.Errorf("without a size: %s", got)
	}
	for _, trade := range [][2]string{{"10.00", "300"}, {"11.00", "100"}, {"50", "0"}, {"50", "-5"}} {
		p.say(market.Quote{Symbol: "A", Last: dec(t, trade[0]), Size: dec(t, trade[1])})
	}
	p.say(market.Quote{Symbol: "A", Last: dec(t, "12.00"), Size: dec(t, "900"), FromSnapshot: true})
	if got, isEstimate := p.row().VWAP(); got.Cmp(dec(t, "10.25")) != 0 || !isEstimate {
		t.Errorf("got %s, want 10.25: a snapshot is no trade", got)
	}
	for range 50 {
		p.say(market.Quote{Symbol: "A", Last: dec(t, "9999999999999999.99"), Size: dec(t, "9999999999999999.99")})
	}
	if got, _ := p.row().VWAP(); !got.IsSet() {
		t.Error("sums without room for another trade forget those before")
	}
	p.say(market.Quote{Symbol: "A", Last: dec(t, "12"), Size: dec(t, "1"), VWAP: dec(t, "11.03")})
	if got, isEstimate := p.row().VWAP(); got.String() != "11.03" || isEstimate {
		t.Errorf("got %s, want 11.03: the feed gives it", got)
	}
}

func TestASpreadIsExactAndMayBeNegative(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"1.08421", "1.08425", "0.00004"}, {"2", "1.5", "-0.5"}, {"2", "", ""}} {
		p := newTestBoard(t, market.Limits{})
		q := market.Quote{Symbol: "A", Bid: dec(t, c[0])}
		if c[1] != "" {
			q.Ask = dec(t, c[1])
		}
		if got := p.say(q).row().Spread().String(); got != c[2] {
			t.Errorf("%s to %s: %s", c[0], c[1], got)
		}
	}
}

func TestASymbolHasAsManyDecimalsAsItsPricesNeed(t *testing.T) {
	t.Parallel()
	for want, prices := range map[int][]string{
		0:  {"3012.0", "3013", "12000000"},
		1:  {"41.0", "41.5"},
		2:  {"181.50", "96193.28000000", "96193.30000000", "0.10000000000000001"},
		5:  {"1.08421", "1.0842"},
		8:  {"0.00001230", "0.00001234"},
		12: {"0.000000001234"},
	} {
		p := newTestBoard(t, market.Limits{})
		p.last(prices...)
		if got := p.row().Decimals(); got != want {
			t.Errorf("%q: %d, want %d", prices, got, want)
		}
		p.say(market.Quote{Symbol: "A", Last: dec(t, "1"), Decimals: 14})
		if got := p.row().Decimals(); got != 14 {
			t.Errorf("%q: %d, and 14 are asked for", prices, got)
		}
	}
}

func TestDigitsAreCountedWithoutZerosAtTheEnd(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]int{
		"0": {1, 0}, "0.00": {1, 0}, "96193.28000000": {5, 2}, "-0.00001281": {1, 8}, "3000": {4, 0}, "-12345678901234567890123.4500": {23, 2},
	} {
		if whole, fraction := dec(t, text).Digits(); [2]int{whole, fraction} != want {
			t.Errorf("%s: %d, %d", text, whole, fraction)
		}
	}
	if whole, fraction := (market.Decimal{}).Digits(); whole != 0 || fraction != 0 {
		t.Errorf("of nothing: %d, %d", whole, fraction)
	}
}
