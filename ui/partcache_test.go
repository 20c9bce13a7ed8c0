package ui

import (
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

// drawnAnew is the screen without what is kept of an earlier one.
func drawnAnew(m Model) string {
	m.drawn = &partCache{}
	return m.draw()
}

// tellOfSelected has an update come from the feed of the selected row, if there is one.
func (s *harness) tellOfSelected(update func(symbol string) market.Update) {
	if row := s.m.selected; row.symbol != "" {
		s.receive(feed.Event{Feed: row.feed, Message: &feed.Message{Type: "price", Data: []byte("{}"), Updates: []market.Update{update(row.symbol)}}})
	}
}

func TestKeptPartsOfTheDetailsAreUpToDate(t *testing.T) {
	t.Parallel()
	revised := func(report market.Report) func(string) market.Update {
		return func(symbol string) market.Update {
			return market.Quote{Symbol: symbol, Last: decimal("99"), Size: decimal("5"), Report: report}
		}
	}
	correction, cancel := revised(market.Correction), revised(market.Cancel)
	halt := func(symbol string) market.Update {
		return market.Halt{Symbol: symbol, State: market.Halted, Reason: "News pending"}
	}
	for name, play := range scenes() {
		for _, size := range [][2]int{{120, 40}, {200, 60}} {
			s := newHarness(demoConfig).resize(size[0], size[1])
			play(s)
			for _, step := range []func(){
				func() {}, func() { s.trade(1) }, func() { s.tellOfSelected(correction) }, func() { s.tellOfSelected(cancel) }, func() { s.tellOfSelected(halt) }, func() { s.waitFor(time.Second) }, func() { s.keys("j") }, func() { s.keys("t", "t") },
				func() { s.keys("p") }, func() { s.trade(1) }, func() { s.waitFor(time.Minute) }, func() { s.keys("p", "left") }, func() { s.waitFor(time.Hour) },
			} {
				if step(); s.m.View() != drawnAnew(s.m) {
					t.Fatalf("%s, %d×%d: the screen is\n%s\nand is to be\n%s", name, size[0], size[1], s.m.View(), drawnAnew(s.m))
				}
			}
		}
	}
}

func TestThePartsOfASymbolAreKeptWhileOthersAreTraded(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket().trade(2)
	s.requireText(t, "12:03:19")
	kept := *s.m.drawn
	s.quote(fullQuote("ASML", "", "690.01", "690", "690.02", "1", "701.05"))
	s.requireText(t, "690.01")
	for _, part := range []struct {
		name        string
		before, now []string
	}{{"quote", kept.quote.lines, s.m.drawn.quote.lines}, {"chart", kept.chart.lines, s.m.drawn.chart.lines}, {"tape", kept.tape.lines, s.m.drawn.tape.lines}} {
		if len(part.now) == 0 || &part.now[0] != &part.before[0] {
			t.Errorf("the %s was drawn anew", part.name)
		}
	}
}
