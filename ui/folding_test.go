package ui

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/alert"
	"livetape/ui/position"
)

// foldableFeeds are desk and wire with the same symbols at other prices. They are live.
func foldableFeeds(options ...func(*Config)) *harness {
	both := func(c *Config) {
		c.Feeds = []Source{{Name: deskFeed, CanAsk: true}, {Name: "wire", CanAsk: true}}
		c.Ask = func(string, string, bool) {}
	}
	s := newHarness(append([]func(*Config){both}, options...)...).resize(200, 40)
	for _, name := range []string{deskFeed, "wire"} {
		s.receive(feed.Event{Feed: name, Status: &feed.Status{State: feed.Live, Since: s.now}})
	}
	s.waitFor(3 * time.Second)
	for i, symbol := range []string{"AAPL", "MSFT", "NVDA"} {
		s.foldedQuote(deskFeed, symbol, "", 10_000*(i+1), 2)
		s.foldedQuote("wire", symbol, "", 10_000*(i+1)+1, 2)
	}
	return s.waitFor(0)
}

func (s *harness) requireShown(t *testing.T, when string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if view := s.screen(); !strings.Contains(view, text) {
			t.Errorf("%s: there is no %q:\n%s", when, text, view)
		}
	}
}

func TestRowsFoldAndUnfoldByAKey(t *testing.T) {
	t.Parallel()
	s := foldableFeeds()
	s.requireSymbols(t, "at first", "AAPL", "MSFT", "NVDA", "AAPL", "MSFT", "NVDA")
	s.keys("G")
	if r := s.m.selectedRow(s.m.shownData()); r.Feed != "wire" || r.Symbol != "NVDA" {
		t.Fatalf("selected is %s of %s", r.Symbol, r.Feed)
	}
	s.keys("u")
	s.requireSymbols(t, "folded", "AAPL", "MSFT", "NVDA")
	s.requireShown(t, "folded", "Prices 3, feeds folded", "desk +1", "u shows each", "USD · desk +1", "Feeds 2 of 2 count", "Bid 299.99 × 900 wire", "Ask 300.02 × 1,300 desk")
	if r := s.m.selectedRow(s.m.shownData()); r.Symbol != "NVDA" || r.Bid.Value.String() != "299.99" || r.Ask.Value.String() != "300.02" {
		t.Errorf("selected is %s with %s, %s", r.Symbol, r.Bid.Value, r.Ask.Value)
	}
	s.keys("u")
	s.requireSymbols(t, "unfolded", "AAPL", "MSFT", "NVDA", "AAPL", "MSFT", "NVDA")
	if r := s.m.selectedRow(s.m.shownData()); r.Symbol != "NVDA" {
		t.Errorf("then %s is selected", r.Symbol)
	}
}

func TestThatRowsFoldIsConfiguredAndKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, configured := range []bool{false, true} {
			kept := map[string]string{}
			options := func(c *Config) {
				c.Fold, c.Settings = configured, kept
				c.SaveSettings = func(changes map[string]string) error {
					maps.Copy(kept, changes)
					return nil
				}
			}
			s := foldableFeeds(options)
			if folds := s.m.fold != nil; folds != configured {
				t.Errorf("configured %v, and it is %v", configured, folds)
			}
			s.keysWithCommands("u")
			if again := foldableFeeds(options); (again.m.fold != nil) == configured {
				t.Errorf("configured %v, the next run begins so; kept: %v", configured, kept)
			}
			s.keysWithCommands("u")
			if kept["fold"] != "" {
				t.Errorf("what is as configured is kept: %v", kept)
			}
		}
	})
}

func TestFoldedRowsAreSortedFilteredPinnedAndListed(t *testing.T) {
	t.Parallel()
	s := foldableFeeds(func(c *Config) { c.Fold, c.Lists = true, []List{{"two", []string{"NVDA", "AAPL"}}} })
	for filter, want := range map[string][]string{
		`feed = "wire"`:   {"AAPL", "MSFT", "NVDA"},
		`feed = "nobody"`: nil,
		`spread = 0.03`:   {"AAPL", "MSFT", "NVDA"},
		`ask = 200.02`:    {"MSFT"},
		`peers > 0.6`:     {"AAPL"},
		"nv":              {"NVDA"},
	} {
		s.m = s.m.setFilter(filter).layOut()
		s.requireSymbols(t, filter, want...)
	}
	s.m = s.m.setFilter("").layOut()
	s.m, _ = s.m.sortBy(sortOrder{colPeers, true, false})
	s.m = s.m.layOut()
	s.requireSymbols(t, "the farthest apart last", "NVDA", "MSFT", "AAPL")
	s.m, _ = s.m.sortBy(sortOrder{})
	s.keys("g", "down", " ")
	s.requireSymbols(t, "one pinned", "MSFT", "AAPL", "NVDA")
	s.keys("2")
	s.requireSymbols(t, "the pinned", "MSFT")
	s.keys("3")
	s.requireSymbols(t, "a list", "NVDA", "AAPL")
}

func TestAnAlertOfAnyFeedStandsOnTheFoldedRow(t *testing.T) {
	t.Parallel()
	s := foldableFeeds(func(c *Config) {
		c.Fold, c.Alerts = true, []alert.Rule{{Symbol: "NVDA", Feed: "wire", Kind: alert.Above, Limit: decimal("310")}}
	})
	s.foldedQuote("wire", "NVDA", "", 31_500, 2)
	r := s.m.shownData().rows[2]
	if !s.m.isAlerted(r) || !s.m.alerts.isHighlighted(r, s.m.symbolOf(r), s.now) {
		t.Error("it does not")
	}
	s.keys("a")
	s.requireShown(t, "a new alert", "alert on AAPL")
}

func TestAPositionIsWorthWhatItsFeedSaysAlsoInAFoldedRow(t *testing.T) {
	t.Parallel()
	s := foldableFeeds(func(c *Config) {
		c.Fold = true
		c.Positions = []position.Position{
			{Symbol: "NVDA", Feed: "wire", Lots: []position.Lot{{Quantity: decimal("10")}}},
			{Symbol: "AAPL", Lots: []position.Lot{{Quantity: decimal("10")}}},
			{Symbol: "MSFT", Feed: "coins", Lots: []position.Lot{{Quantity: decimal("10")}}},
		}
	})
	s.m = s.m.setFilter("msft").layOut() // which rows are shown says nothing of what is held
	values, _ := s.m.positionValues()
	for i, want := range []string{"3000.10", "1000.00", ""} {
		if got := values[i].Value.String(); got != want {
			t.Errorf("%s is worth %s, want %s", values[i].Symbol, got, want)
		}
	}
	s.m = s.m.setFilter("nvda").layOut()
	if v, held := s.m.positionOf(s.m.shownData().rows[0]); !held || v.Value.String() != "3000.10" {
		t.Errorf("the details have %s, %v", v.Value, held)
	}
}

func TestAFoldedRowStandsStillWhilePausedAndCanUnfoldThen(t *testing.T) {
	t.Parallel()
	s := foldableFeeds(func(c *Config) { c.Fold = true })
	s.keys("p")
	s.foldedQuote("wire", "NVDA", "", 40_000, 2)
	s.foldedQuote("wire", "NEW", "", 100, 2)
	s.receive(feed.Event{Feed: "wire", Status: &feed.Status{State: feed.Closed, Since: s.now}})
	nvda := func() *market.Row { return s.m.shownData().rows[2] }
	if bid := nvda().Bid.Value.String(); bid != "299.99" {
		t.Errorf("paused, the bid is %s", bid)
	}
	if n := nvda().Seconds.Len(); n != 1 {
		t.Errorf("paused, there are %d bars", n)
	}
	s.keys("u")
	s.requireSymbols(t, "unfolded", "AAPL", "MSFT", "NVDA", "AAPL", "MSFT", "NVDA")
	s.keys("u")
	s.requireSymbols(t, "folded again", "AAPL", "MSFT", "NVDA")
	s.keys("p")
	s.requireSymbols(t, "going on", "AAPL", "MSFT", "NVDA", "NEW")
	if bid := nvda().Bid.Value.String(); bid != "299.98" {
		t.Errorf("going on, the bid is %s", bid)
	}
}

func TestAFoldedRowFollowsHaltsReloadsAndReplaysThatStartOver(t *testing.T) {
	t.Parallel()
	s := foldableFeeds(func(c *Config) { c.Fold = true })
	s.message("status", "{…}", market.Halt{Symbol: "MSFT", State: market.Halted, Reason: "volatility pause"})
	s.requireShown(t, "halted", "HALTED")
	s.send(reloadMsg{Reload{Feeds: []Source{{Name: "wire"}}}})
	s.requireShown(t, "without desk", "desk down", "wire")
	if r := s.m.shownData().rows[2]; r.Feed != "wire" {
		t.Errorf("without desk, the price is of %s", r.Feed)
	}
	s.m = s.m.startOver().layOut()
	if rows := s.m.shownData().rows; len(rows) != 0 {
		t.Errorf("started over, there are %d rows", len(rows))
	}
}

func TestARemovedSymbolIsNoLongerAskedOfAnyFeed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		s := foldableFeeds(func(c *Config) {
			c.Fold = true
			c.Ask = func(feed, symbol string, wanted bool) {
				if !wanted {
					asked = append(asked, feed+" "+symbol)
				}
			}
		})
		s.keysWithCommands("-")
		if !slices.Equal(asked, []string{"desk AAPL", "wire AAPL"}) {
			t.Errorf("asked no longer is %v", asked)
		}
	})
}

func TestOneFeedAloneHasNothingToFold(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	before := s.screen()
	s.keys("u")
	if s.m.fold != nil {
		t.Error("it folds")
	}
	s.send(toastGoneMsg{s.m.toast.id})
	if after := s.screen(); after != before {
		t.Errorf("it is another screen:\n%s", after)
	}
}

func TestAFoldedRowIsMarkedByTimeAloneAndHasRoomForItsNumbers(t *testing.T) {
	t.Parallel()
	s := foldableFeeds(func(c *Config) { c.Fold = true }).resize(120, 40)
	s.foldedQuote(deskFeed, "BTC", "", 9_704_505, 2)
	s.foldedQuote("wire", "BTC", "", 9_704_505*1003/1000, 2)
	s.requireShown(t, "at once", "× by 30.0 bp", "97,336.16", "97,045.07", "-291.09")
	s.waitFor(3 * time.Second)
	s.requireShown(t, "3 s later", "× 30.0 bp apart", "≠ desk disagrees", "≠ wire disagrees")
	s.foldedQuote("wire", "BTC", "", 9_704_505, 2)
	s.waitFor(3 * time.Second)
	if view := s.screen(); strings.Contains(view, "apart") || strings.Contains(view, "disagrees") {
		t.Errorf("it is still marked:\n%s", view)
	}
}

func TestALongNameCostsTheNumbersOfPeersNothing(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{"+29.7 bp": "bina… +29.7 bp", "12s": "binance-s… 12s", "+40 ms": "binanc… +40 ms"} {
		if got := withNumber("binance-spot-eu", words); got != want || cells("≠ "+got) > peersCells {
			t.Errorf("it is %q, want %q", got, want)
		}
	}
}

func TestTheFeedsOfASymbolAreComparedInAnyWidth(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40)
	playFolded(s)
	folded := s.m.symbolOf(s.m.shownData().rows[2])
	for width := range 120 {
		for height := range 12 {
			area := s.m.areaOf(width, height, noPane)
			for _, line := range s.m.viewPeers(area, folded) {
				if lineCells(line) > width {
					t.Fatalf("in %d cells, a line has %d: %q", width, lineCells(line), line)
				}
			}
		}
	}
	view := strings.Join(s.m.viewPeers(s.m.areaOf(57, 9, noPane), folded), "\n")
	for _, text := range []string{"desk", "first", "+29.7 bp", "15 s behind", "RETRY in 4.0 s", "coins bids 182.09, desk asks 181.58"} {
		if !strings.Contains(view, text) {
			t.Errorf("there is no %q in\n%s", text, view)
		}
	}
	if view := s.m.viewPeers(s.m.areaOf(80, 4, noPane), folded); len(view) != 4 || !strings.Contains(view[3], "+ 3 more") {
		t.Errorf("in 4 lines there is\n%s", strings.Join(view, "\n"))
	}
}

func TestAHeadlineOfSeveralFoldedFeedsIsThereOnceWithTheirNames(t *testing.T) {
	t.Parallel()
	s := foldableFeeds(func(c *Config) { c.Fold = true })
	tell := func(feedName, title string, after time.Duration, symbols ...string) {
		news := market.Headline{Title: title, Symbols: symbols, Time: s.now.Add(after)}
		s.receive(feed.Event{Feed: feedName, Message: &feed.Message{Updates: []market.Update{news}}})
	}
	for _, name := range []string{deskFeed, "wire"} {
		tell(name, "Chips rise", 0, "NVDA")
		tell(name, "Halted", 0, map[string]string{deskFeed: "AAPL", "wire": "MSFT"}[name])
	}
	tell("wire", "Chips rise", 0, "NVDA")
	tell(deskFeed, "Prices are mixed", -time.Hour)
	tell("wire", "Prices are mixed", 0)
	if got := len(s.m.shownData().headlines); got != 6 {
		t.Errorf("there are %d headlines, not 6:\n%s", got, s.screen())
	}
	s.requireShown(t, "folded", "Chips rise  desk, wire")
	s.keys("n", "G", "k", "enter")
	s.requireShown(t, "read in full", "desk, wire · published")
	s.keys("esc", "u")
	if got := len(s.m.shownData().headlines); got != 7 || strings.Contains(s.screen(), "desk, wire") {
		t.Errorf("unfolded, there are %d headlines:\n%s", got, s.screen())
	}
}
