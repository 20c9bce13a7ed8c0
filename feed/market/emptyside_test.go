package market_test

import (
	"testing"
	"time"

	"livetape/feed/market"
)

func TestASideOfABookThatIsEmptyIsNotShownAnyMore(t *testing.T) {
	board := market.NewBoard(market.Limits{})
	number := func(s string) market.Decimal {
		d, err := market.ParseDecimal(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	at := time.Now()
	board.Apply("f", market.Quote{Symbol: "A", Bid: number("100"), Ask: number("101")}, at)
	board.Apply("f", market.Quote{Symbol: "A", NoBid: true, Ask: number("109")}, at)
	row := board.Rows()[0]
	if row.Bid.Value.IsSet() || row.Ask.Value.String() != "109" {
		t.Errorf("bid %s, ask %s, want none and 109", row.Bid.Value, row.Ask.Value)
	}
	if price, _ := row.Price(); price.IsSet() {
		t.Errorf("the mid of one side is %s", price)
	}
}
