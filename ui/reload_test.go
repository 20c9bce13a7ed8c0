package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"livetape/feed"
	"livetape/feed/market"
)

func liveOf(name string) feed.Event {
	return feed.Event{Feed: name, Status: &feed.Status{State: feed.Live, Connections: 1}}
}

func priceOf(name, symbol, last string) feed.Event {
	return feed.Event{Feed: name, Message: &feed.Message{Type: "price", Updates: []market.Update{market.Quote{Symbol: symbol, Last: num(last)}}}}
}

func TestFeedsComeAndGoOnTheScreen(t *testing.T) {
	s := newStage().size(120, 40).events(liveOf(desk), priceOf(desk, "NVDA", "181.46"))
	before := s.m.feeds.byName(desk)

	s.tell(reloadMsg{Reload{Feeds: []Source{{"pyth", "https://pyth.example/"}, {desk, "http://127.0.0.1:8080/other"}}}})
	s.events(liveOf("pyth"), priceOf("pyth", "BTC/USD", "61632.60"))
	if s.m.feeds.byName(desk) != before || before.url != "http://127.0.0.1:8080/other" {
		t.Error("what was known of a feed that stays is lost")
	}
	requireOrder(t, screenOf(s), "pyth", "LIVE", "desk", "LIVE", "NVDA")

	s.tell(reloadMsg{Reload{Feeds: []Source{{"pyth", "https://pyth.example/"}}}})
	s.events(priceOf(desk, "NVDA", "999.99"), priceOf("pyth", "BTC/USD", "61633.00"))
	if view := screenOf(s); strings.Contains(view, "999.99") || !strings.Contains(view, "61633.00") || !strings.Contains(view, "181.46") {
		t.Errorf("after desk went:\n%s", view)
	}
	if len(s.m.feeds) != 1 {
		t.Errorf("%d feeds have a badge", len(s.m.feeds))
	}

	s.tell(reloadMsg{Reload{Feeds: []Source{{desk, ""}, {"pyth", "https://pyth.example/"}}}})
	s.events(liveOf(desk), priceOf(desk, "NVDA", "200.00"))
	if view := screenOf(s); !strings.Contains(view, "200.00") {
		t.Errorf("after desk came back:\n%s", view)
	}
}

func TestAnEventThatOvertakesItsSetupCounts(t *testing.T) {
	s := newStage().size(120, 40).events(liveOf("new"), priceOf("new", "NVDA", "181.46"))
	s.tell(reloadMsg{Reload{Feeds: []Source{{desk, ""}, {"new", "https://new.example/"}}}})
	if h := s.m.feeds.byName("new"); h == nil || h.messages != 1 || h.url != "https://new.example/" {
		t.Errorf("it is known as %+v", h)
	}
}

func TestTroubleWithTheSetupStaysOnScreenUntilItIsGone(t *testing.T) {
	for _, size := range [][2]int{{40, 6}, {40, 12}, {80, 24}, {200, 50}} {
		s := newStage().size(size[0], size[1]).live()
		s.tell(reloadMsg{Reload{Problem: "livetape.yaml:3:5: unknown key \"proxi\"\x1b[2J · the old settings hold"}})
		s.pass(toastDuration * 10)
		lines := strings.Split(screenOf(s), "\n")
		view := strings.Join(lines, "\n")
		if !strings.Contains(view, "livetape.yaml:3:5") || !strings.Contains(view, "LIVE") || len(lines) != size[1] {
			t.Errorf("at %v:\n%s", size, view)
		}
		s.tell(reloadMsg{})
		if view := screenOf(s); strings.Contains(view, "livetape.yaml") || len(s.m.feeds) != 1 {
			t.Errorf("at %v, after it was mended:\n%s", size, view)
		}
	}
}

// screenOf is the screen without its styles.
func screenOf(s *stage) string { return ansi.Strip(s.m.View()) }

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
