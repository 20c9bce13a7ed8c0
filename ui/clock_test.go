package ui

import (
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/tape"
)

// header is the first line of the screen.
func (s *harness) header() string {
	line, _, _ := strings.Cut(s.screen(), "\n")
	return line
}

func TestTheHeaderEndsWithTheTime(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 24).openMarket()
	for _, want := range []string{"12:03:17 UTC", "12:03:18 UTC", "12:03:19 UTC"} {
		if !strings.HasSuffix(s.header(), "   "+want) {
			t.Errorf("not %s: %q", want, s.header())
		}
		s.waitForWake()
	}
}

func TestTheTimeIsThatOnScreen(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 24).openMarket().trade(25)
	s.keys("left")
	s.waitFor(3 * time.Second)
	s.requireText(t, "REWIND −13s  12:03:32")
	if !strings.HasSuffix(s.header(), " 12:03:32 UTC") {
		t.Errorf("gone back to 12:03:32, it is %q", s.header())
	}
	deck := newHarness(func(c *Config) { c.Deck = &fakeDeck{} }).resize(120, 24)
	deck.send(deckPositionMsg{Position: tape.Position{Clock: noon().Add(-24 * time.Hour), Paused: true}})
	if !strings.HasSuffix(deck.header(), " 11 Mar 2026 12:03:17 UTC") {
		t.Errorf("of a recording it is %q", deck.header())
	}
}

func TestTheTimeIsTheFirstToGoOnANarrowScreen(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).openMarket()
	url := "http://127.0.0.1:8080/events"
	for _, c := range []struct {
		width int
		want  string
	}{{80, "12:03:17 UTC"}, {65, "12:03:17"}, {58, ""}} {
		line := s.resize(c.width, 24).header()
		if got := strings.TrimSpace(line[strings.LastIndex(line, "events")+len("events"):]); got != c.want || !strings.Contains(line, url+" ") {
			t.Errorf("%d columns: time %q, want %q: %q", c.width, got, c.want, line)
		}
	}
}

func TestAScreenThatStandsHasNoClock(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 24).openMarket()
	s.status(feed.Status{State: feed.Closed, Cause: "by server (204)"})
	if !strings.Contains(s.header(), "UTC") {
		t.Errorf("ages count seconds: %q", s.header())
	}
	s.waitFor(20 * time.Minute)
	if strings.Contains(s.header(), "UTC") {
		t.Errorf("ages count minutes: %q", s.header())
	}
}
