package ui

import (
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

func TestTheTimeLineOfAFeedHasItsLastHour(t *testing.T) {
	t.Parallel()
	s := newHarness()
	h := s.m.feeds[0]
	change := func(after time.Duration, st feed.Status) {
		s.waitFor(after)
		s.status(st)
	}
	s.goLive()
	for range 5 { // a server that ends its streams now and then is well
		change(time.Minute, feed.Status{State: feed.Waiting, Planned: true, RetryAt: s.now.Add(time.Minute)})
		change(time.Second, feed.Status{State: feed.Live})
	}
	change(10*time.Minute, feed.Status{State: feed.Waiting, Cause: "connection refused"})
	change(5*time.Minute, feed.Status{State: feed.Live})
	change(10*time.Minute, feed.Status{State: feed.Quiet})
	change(5*time.Minute, feed.Status{State: feed.Failed})
	s.waitFor(5 * time.Minute)
	line := func() string {
		var text strings.Builder
		for _, cell := range h.history.timeLine(h.state(s.m.now), s.m.now, 60) {
			text.WriteString(cell.text)
		}
		return text.String()
	}
	want := strings.Repeat(" ", 19) + strings.Repeat("━", 15) + strings.Repeat("↻", 6) + strings.Repeat("━", 9) + strings.Repeat("◌", 5) + strings.Repeat("✕", 6)
	if got := line(); got != want {
		t.Errorf("it is\n%q, want\n%q", got, want)
	}
	before := line()
	s.now = s.now.Add(-3 * time.Hour)
	if s.send(clockMsg{s.now}); line() != before {
		t.Errorf("after the clock was set back it is\n%q, was\n%q", line(), before)
	}
	s.waitFor(2 * time.Hour)
	if got := line(); got != strings.Repeat("✕", 60) {
		t.Errorf("two hours later it is %q", got)
	}
}

func TestTheRatesOfAFeedAreASparkLineOfWholeSlots(t *testing.T) {
	t.Parallel()
	s := newHarness().goLive()
	for _, events := range []int{8, 4, 0, 1} {
		for range events {
			s.quote(market.Quote{Symbol: "A", Last: decimal("1")})
		}
		s.waitFor(slotSeconds * time.Second)
	}
	if got := s.m.feeds[0].history.rates(s.now, 6); got != "  ▇▄ ▁" {
		t.Errorf("it is %q", got)
	}
}

func TestTheFeedPaneHasAllThatIsKnownOfTheSelectedFeed(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	s.status(feed.Status{State: feed.Live, Retry: 3 * time.Second, Connections: 2, Duplicates: 4, Protocol: "HTTP/2.0", Compression: "gzip", Redirected: "https://other.example"})
	s.gap(feed.Gap{Kind: feed.NotResumed, Length: 5 * time.Minute, Missed: 1204})
	s.receive(feed.Event{Message: &feed.Message{Type: "x", Unmapped: "there is no symbol"}})
	for i := range 120 {
		s.waitFor(100 * time.Millisecond)
		late := 3 * time.Millisecond
		if i%50 == 0 {
			late = 80 * time.Millisecond
		}
		s.quote(market.Quote{Symbol: "NVDA", Last: decimal("181"), Time: s.now.Add(-late)})
	}
	s.keys("f")
	for _, want := range []string{
		"p50 3 ms p99 80 ms", "1 gap, 5 min, 1,204 missed", "today 1 gap, 5 min, 1,204 missed", "4 duplicates", "last id e1-", "retry: 3 s",
		"2 connections", "HTTP/2 · gzip", "  rate  ", "  delay ", "▄ p50 3 ms p99 80 ms", "redirected to https://other.example", "not mapped: there is no symbol", "━ 12:0", "━ live ◌ silent ┄ lost ↻ waiting ✕ failed",
	} {
		if view := s.screen(); !strings.Contains(view, want) {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
}

func TestEnterOnAFeedShowsHowItIsConfigured(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) {
		c.Feeds[0].Definition = "preset: pyth\nheaders:\n  Authorization: •••\n# idle_timeout: 90s\n"
	}).resize(80, 24).openMarket()
	s.keys("f", "enter")
	for _, want := range []string{"Feed desk", "preset: pyth", "  Authorization: •••", "# idle_timeout: 90s"} {
		if view := s.screen(); !strings.Contains(view, want) {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
	if s.keys("esc"); !strings.Contains(s.screen(), "▸ Feeds 1") {
		t.Errorf("esc does not go back:\n%s", s.screen())
	}
}
