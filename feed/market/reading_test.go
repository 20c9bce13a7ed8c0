package market_test

import (
	"testing"

	"livetape/feed/market"
)

func TestAReadingHasARowThatIsNoPrice(t *testing.T) {
	p := newTestBoard(t, market.Limits{})
	p.say(market.Reading{Name: "humidity", Value: dec(t, "60")}, market.Reading{Name: "humidity", Value: dec(t, "61.5")})
	r := p.Row("feed", "humidity")
	if r == nil || !r.IsReading || r.Last.Value.String() != "61.5" || r.Tick != 1 {
		t.Fatalf("the row is %+v", r)
	}
	if c := p.Counts(); c.Readings != 2 || c.Quotes != 0 {
		t.Errorf("counted %+v", c)
	}
}

func TestAFeedThatIsReadAnewBeginsWithoutRows(t *testing.T) {
	p := newTestBoard(t, market.Limits{})
	p.last("10")
	p.Apply("other", market.Quote{Symbol: "B", Last: dec(t, "1")}, second(5))
	before := p.Rows()
	p.Forget("feed")
	p.Forget("nobody")
	if len(before) != 2 || len(p.Rows()) != 1 || p.Row("feed", "A") != nil || p.Row("other", "B") == nil {
		t.Errorf("rows are %v", p.Rows())
	}
	if p.last("11"); p.row().Last.Value.String() != "11" {
		t.Error("a row that comes again is not kept")
	}
}
