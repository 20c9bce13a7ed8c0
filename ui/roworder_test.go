package ui

import (
	"strings"
	"testing"

	"livetape/feed"
	"livetape/feed/market"
)

func withSymbols(all bool, symbols ...string) func(*Config) {
	return func(c *Config) { c.Feeds[0].Symbols, c.Feeds[0].AllComing = symbols, all }
}

func (s *harness) price(name, symbol string) {
	s.receive(feed.Event{Feed: name, Message: &feed.Message{Updates: []market.Update{market.Quote{Symbol: symbol, Last: decimal("1.5")}}}})
}

// rowNames are the symbols of the rows, from top to bottom.
func (s *harness) rowNames() string {
	var names []string
	for _, r := range s.m.shownData().rows {
		names = append(names, r.Symbol)
	}
	return strings.Join(names, " ")
}

func TestRowsStandInTheOrderOfTheirListsAtEveryStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		config func(*Config)
		want   string
	}{
		{"without a list", withSymbols(false), "AAPL BTC MSFT NVDA EUR"},
		{"with a list", withSymbols(false, "MSFT", "NVDA"), "MSFT NVDA AAPL BTC EUR"},
		{"in lower case", withSymbols(false, "nvda", "btc", "tsla"), "NVDA BTC AAPL MSFT EUR"},
		{"all of which are to come", withSymbols(true, "msft", "TSLA", "NVDA"), "MSFT TSLA NVDA AAPL BTC EUR"},
	} {
		for _, arrivals := range []string{"NVDA AAPL MSFT BTC", "BTC NVDA MSFT AAPL", "AAPL BTC MSFT NVDA"} {
			s := newHarness(c.config, func(c *Config) { c.Feeds = append(c.Feeds, Source{Name: "fx"}) }).resize(120, 30).goLive()
			s.price("fx", "EUR")
			for symbol := range strings.FieldsSeq(arrivals) {
				s.price(deskFeed, symbol)
			}
			if got := s.rowNames(); got != c.want {
				t.Errorf("%s, as %s: %s, want %s", c.name, arrivals, got, c.want)
			}
		}
	}
}

func TestASymbolThatNeverCameHasARow(t *testing.T) {
	t.Parallel()
	for _, width := range []int{40, 80, 120, 200} {
		s := newHarness(withSymbols(true, "QRS", "NOPE", "LMN")).resize(width, 24).goLive()
		if view := s.screen(); strings.Contains(view, "NOPE") || !strings.Contains(view, "Connected.") {
			t.Errorf("before the first price:\n%s", view)
		}
		s.price(deskFeed, "LMN")
		s.price(deskFeed, "qrs")
		view := s.screen()
		line := lineOf(t, strings.Split(view, "\n"), "NOPE")
		if !strings.Contains(line, "no price yet") || !strings.Contains(view, "Prices 2 of 3 ") || strings.Contains(view, "QRS") {
			t.Errorf("%d columns:\n%s", width, view)
		}
		s.send(reloadMsg{Reload{Feeds: []Source{{Name: deskFeed, Symbols: []string{"LMN", "MORE"}, AllComing: true}}}})
		if got := s.rowNames(); got != "LMN MORE qrs" {
			t.Errorf("with another list: %s", got)
		}
		s.send(reloadMsg{Reload{Feeds: []Source{{Name: deskFeed, Symbols: []string{"QRS", "NOPE", "LMN"}, AllComing: true}}}})
		s.price(deskFeed, "NOPE")
		if view := s.screen(); strings.Contains(view, "no price yet") || !strings.Contains(view, "Prices 3 ") {
			t.Errorf("after it came:\n%s", view)
		}
	}
}

func TestTheCursorStaysOnItsRowWhenOthersComeBeforeIt(t *testing.T) {
	t.Parallel()
	s := newHarness(withSymbols(false)).resize(80, 24).goLive()
	for _, symbol := range []string{"M", "N", "P"} {
		s.price(deskFeed, symbol)
	}
	s.keys("down")
	s.price(deskFeed, "A")
	s.price(deskFeed, "B")
	if r := s.m.selectedRow(s.m.shownData()); r.Symbol != "N" {
		t.Errorf("it is on %s", r.Symbol)
	}
	s.keys("p")
	s.price(deskFeed, "C")
	s.keys("p")
	if r := s.m.selectedRow(s.m.shownData()); r.Symbol != "N" {
		t.Errorf("after a pause it is on %s", r.Symbol)
	}
}
