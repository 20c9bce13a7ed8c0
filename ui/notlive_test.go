package ui

import (
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

// twoFeeds is a screen of two feeds that are live, with rows of each.
func twoFeeds(width, height int) *harness {
	s := newHarness(withSymbols(false, "A", "B", "C"), func(c *Config) {
		c.Feeds = append(c.Feeds, Source{Name: "asia", Symbols: []string{"X", "Y"}})
	}).resize(width, height)
	s.receive(liveEvent(deskFeed), liveEvent("asia"))
	for _, symbol := range []string{"X", "Y"} {
		s.price("asia", symbol)
	}
	for _, symbol := range []string{"A", "B", "C"} {
		s.price(deskFeed, symbol)
	}
	return s
}

func quietEvent(s *harness, name string) feed.Event {
	return feed.Event{Feed: name, Status: &feed.Status{State: feed.Quiet, Since: s.now, LastEvent: s.now.Add(-4 * time.Minute), UsualGap: time.Second}}
}

func TestRowsThatAreNotLiveStandUnderALineThatSaysWhy(t *testing.T) {
	t.Parallel()
	s := twoFeeds(120, 30)
	if got := s.rowNames(); got != "A B C X Y" || strings.Contains(s.screen(), "╌") {
		t.Errorf("while both are live: %s\n%s", got, s.screen())
	}
	s.keys("down")
	s.receive(quietEvent(s, deskFeed))
	requireOrder(t, s.screen(), "  X ", "  Y ", "╌╌ not live: desk ◌ QUIET no event for 4 min", "‼A ", "▌‼B", "‼C ")
	s.receive(quietEvent(s, "asia"))
	requireOrder(t, s.screen(), "╌╌ not live: desk", "‼A ", "‼B", "‼C ", "╌╌ not live: asia", "‼X")
	s.receive(liveEvent(deskFeed), liveEvent("asia"))
	if got := s.rowNames(); got != "A B C X Y" || s.m.selectedRow(s.m.shownData()).Symbol != "B" {
		t.Errorf("live again: %s", got)
	}
}

func TestTheTitleSaysWhyNothingIsLive(t *testing.T) {
	t.Parallel()
	s := newHarness(withSymbols(false, "A")).resize(100, 24).goLive()
	s.price(deskFeed, "A")
	before := len(strings.Split(strings.Split(s.screen(), "▌ A ")[0], "\n"))
	s.status(feed.Status{State: feed.Failed, Cause: "401"})
	if view := s.screen(); !strings.Contains(view, "Prices 1 ╌╌ not live: desk ✕ FAILED 401 ╌") || len(strings.Split(strings.Split(view, "‼A ")[0], "\n")) != before {
		t.Errorf("rows move, or it is not said why:\n%s", view)
	}
}

func TestTheLineAboveRowsThatAreNotLiveStaysWhileTheyScroll(t *testing.T) {
	t.Parallel()
	s := newHarness(withSymbols(false), func(c *Config) { c.Feeds = append(c.Feeds, Source{Name: "asia"}) }).resize(80, 12)
	s.receive(liveEvent(deskFeed), liveEvent("asia"))
	for i := range 20 {
		s.price([]string{deskFeed, "asia"}[i/10], "S"+itoa(10+i))
	}
	s.receive(quietEvent(s, "asia"))
	for i := range 20 {
		if view := s.screen(); !strings.Contains(view, "S"+itoa(10+i)) || i >= 10 != strings.Contains(view, "╌╌ not live: asia") && i >= 10 {
			t.Fatalf("row %d:\n%s", i, view)
		}
		s.keys("down")
	}
	if fault := overflowOf(s.m.View(), 80, 12); fault != "" {
		t.Error(fault)
	}
}

func TestARowWithoutAFeedSaysThatItIsNotWatched(t *testing.T) {
	t.Parallel()
	s := twoFeeds(120, 30)
	s.send(reloadMsg{Reload{Feeds: []Source{{Name: "asia"}}}})
	s.receive(feed.Event{Feed: "asia", Message: &feed.Message{Updates: []market.Update{market.Quote{Symbol: "X", Last: decimal("2")}}}})
	requireOrder(t, s.screen(), "▌ X ", "╌╌ not live: desk is no longer watched", "‼A ")
}
