package market_test

import (
	"testing"
	"time"

	"livetape/feed/market"
)

func TestTheFeedsOwnChangeIsShownWhileItIsAsNewAsThePrice(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	type want struct {
		abs, pct string
		basis    market.Basis
	}
	for _, c := range []struct {
		name   string
		quotes []market.Quote
		want   want
	}{
		{"given both ways", []market.Quote{{Last: dec(t, "304.75"), PrevClose: dec(t, "308.92"), Change: dec(t, "4.55"), ChangePct: dec(t, "1.50500")}},
			want{"4.55", "1.51", market.FromFeed}},
		{"given as a number", []market.Quote{{Last: dec(t, "110"), Change: dec(t, "10")}}, want{"10", "10.00", market.FromFeed}},
		{"given in percent", []market.Quote{{Last: dec(t, "110"), ChangePct: dec(t, "-0.5")}}, want{"", "-0.5", market.FromFeed}},
		{"given before the price moved", []market.Quote{{Last: dec(t, "110"), PrevClose: dec(t, "100"), Change: dec(t, "10")}, {Last: dec(t, "120")}},
			want{"20", "20.00", market.FromPrevClose}},
		{"given before the price was repeated", []market.Quote{{Last: dec(t, "110"), PrevClose: dec(t, "100"), Change: dec(t, "9")}, {Last: dec(t, "110")}},
			want{"9", "8.91", market.FromFeed}},
		{"given beside bid and ask", []market.Quote{{Bid: dec(t, "109"), Ask: dec(t, "111"), PrevClose: dec(t, "100"), Change: dec(t, "9")}}, want{"9", "8.91", market.FromFeed}},
		{"given before the ask moved", []market.Quote{{Bid: dec(t, "109"), Ask: dec(t, "111"), PrevClose: dec(t, "100"), Change: dec(t, "9")}, {Ask: dec(t, "131")}},
			want{"20", "20.00", market.FromPrevClose}},
	} {
		b := market.NewBoard(market.Limits{})
		for i, q := range c.quotes {
			q.Symbol = "X"
			b.Apply("desk", q, at.Add(time.Duration(i)*time.Second))
		}
		abs, pct, basis := b.Row("desk", "X").Change()
		if got := (want{abs.String(), pct.String(), basis}); got != c.want {
			t.Errorf("a change %s is %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSizesOfBidAndAskReachTheRow(t *testing.T) {
	b := market.NewBoard(market.Limits{})
	b.Apply("desk", market.Quote{Symbol: "X", Bid: dec(t, "1"), BidSize: dec(t, "5"), AskSize: dec(t, "7")}, time.Time{})
	r := b.Row("desk", "X")
	if r.BidSize.Value != dec(t, "5") || r.AskSize.Value != dec(t, "7") {
		t.Errorf("the sizes are %s and %s, want 5 and 7", r.BidSize.Value, r.AskSize.Value)
	}
}
