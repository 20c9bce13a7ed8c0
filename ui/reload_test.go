package ui

import (
	"strings"
	"testing"

	"livetape/feed"
	"livetape/feed/market"
)

func liveEvent(name string) feed.Event {
	return feed.Event{Feed: name, Status: &feed.Status{State: feed.Live, Connections: 1}}
}

func priceEvent(name, symbol, last string) feed.Event {
	return feed.Event{Feed: name, Message: &feed.Message{Type: "price", Updates: []market.Update{market.Quote{Symbol: symbol, Last: decimal(last)}}}}
}

func TestFeedsComeAndGoOnTheScreen(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).receive(liveEvent(deskFeed), priceEvent(deskFeed, "NVDA", "181.46"))
	before := s.m.feeds.byName(deskFeed)

	s.send(reloadMsg{Reload{Feeds: []Source{{Name: "pyth", URL: "https://pyth.example/"}, {Name: deskFeed, URL: "http://127.0.0.1:8080/other"}}}})
	s.receive(liveEvent("pyth"), priceEvent("pyth", "BTC/USD", "61632.60"))
	if s.m.feeds.byName(deskFeed) != before || before.url != "http://127.0.0.1:8080/other" {
		t.Error("what was known of a feed that stays is lost")
	}
	requireOrder(t, s.screen(), "● pyth", "● desk", "NVDA")

	s.send(reloadMsg{Reload{Feeds: []Source{{Name: "pyth", URL: "https://pyth.example/"}}}})
	s.receive(priceEvent(deskFeed, "NVDA", "999.99"), priceEvent("pyth", "BTC/USD", "61633.00"))
	if view := s.screen(); strings.Contains(view, "999.99") || !strings.Contains(view, "61,633.00") || !strings.Contains(view, "181.46") {
		t.Errorf("after desk went:\n%s", view)
	}
	if len(s.m.feeds) != 1 {
		t.Errorf("%d feeds have a badge", len(s.m.feeds))
	}

	s.send(reloadMsg{Reload{Feeds: []Source{{Name: deskFeed, URL: ""}, {Name: "pyth", URL: "https://pyth.example/"}}}})
	s.receive(liveEvent(deskFeed), priceEvent(deskFeed, "NVDA", "200.00"))
	if view := s.screen(); !strings.Contains(view, "200.00") {
		t.Errorf("after desk came back:\n%s", view)
	}
}

func TestAnEventThatOvertakesItsSetupCounts(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).receive(liveEvent("new"), priceEvent("new", "NVDA", "181.46"))
	s.send(reloadMsg{Reload{Feeds: []Source{{Name: deskFeed, URL: ""}, {Name: "new", URL: "https://new.example/"}}}})
	if h := s.m.feeds.byName("new"); h == nil || h.messages != 1 || h.url != "https://new.example/" {
		t.Errorf("it is known as %+v", h)
	}
}

func TestTroubleWithTheSetupStaysOnScreenUntilItIsGone(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{40, 6}, {40, 12}, {80, 24}, {200, 50}} {
		s := newHarness().resize(size[0], size[1]).goLive()
		s.send(reloadMsg{Reload{Problem: "livetape.yaml:3:5: unknown key \"proxi\"\x1b[2J · the old settings hold"}})
		s.waitFor(toastDuration * 10)
		lines := strings.Split(s.screen(), "\n")
		view := strings.Join(lines, "\n")
		if !strings.Contains(view, "livetape.yaml:3:5") || !strings.Contains(view, "LIVE") || len(lines) != size[1] {
			t.Errorf("at %v:\n%s", size, view)
		}
		s.send(reloadMsg{})
		if view := s.screen(); strings.Contains(view, "livetape.yaml") || len(s.m.feeds) != 1 {
			t.Errorf("at %v, after it was mended:\n%s", size, view)
		}
	}
}

func requireOrder(t *testing.T, view string, words ...string) {
	t.Helper()
	rest := view
	for _, w := range words {
		_, after, found := strings.Cut(rest, w)
		if !found {
			t.Fatalf("%q does not follow:\n%s", w, view)
		}
		rest = after
	}
}

func TestAReloadToASCIIShowsAllZerosOfATinyPrice(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	s.requireText(t, "0.0₄1234")
	s.send(reloadMsg{Reload{Looks: &Looks{ASCII: true}}})
	s.requireText(t, " 0.00001234 ")
	s.send(reloadMsg{Reload{Looks: &Looks{}}})
	s.requireText(t, "0.0₄1234")
}
