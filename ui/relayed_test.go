package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

// relayHarness watches a relay with the feeds desk and hall behind it.
func relayHarness() *harness {
	s := newHarness(func(c *Config) { c.Feeds = []Source{{Name: "relay", URL: "http://127.0.0.1:8081/events"}} })
	s.resize(120, 30)
	s.relay(feed.Event{Status: &feed.Status{State: feed.Live, Connections: 1, Since: s.now}})
	live := feed.Status{State: feed.Live, Since: s.now}
	s.relay(feed.Event{Message: &feed.Message{Type: "snapshot", ID: "r-1",
		Reports: []feed.Report{{Feed: "desk", Status: live}, {Feed: "hall", Status: live}},
		Updates: []market.Update{
			market.Quote{Feed: "desk", Symbol: "NVDA", Last: decimal("181.46"), Time: s.now.Add(-time.Hour), FromSnapshot: true},
			market.Quote{Feed: "hall", Symbol: "NVDA", Last: decimal("181.52"), Time: s.now, FromSnapshot: true},
		}}})
	return s
}

func (s *harness) relay(ev feed.Event) {
	ev.Feed = "relay"
	s.receive(ev)
}

func (s *harness) report(r feed.Report) {
	s.relay(feed.Event{Message: &feed.Message{Type: "feed", Reports: []feed.Report{r}}})
}

// lineWith is the first line of the screen with all of some words.
func (s *harness) lineWith(t *testing.T, words ...string) string {
	t.Helper()
	for line := range strings.SplitSeq(s.screen(), "\n") {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
			return line
		}
	}
	t.Fatalf("no line has all of %q in:\n%s", words, s.screen())
	return ""
}

func TestATerminalBehindARelayShowsHowTheFeedBehindItIs(t *testing.T) {
	t.Parallel()
	s := relayHarness()
	s.lineWith(t, "● relay", "● desk", "● hall")
	s.report(feed.Report{Feed: "desk", Status: feed.Status{State: feed.Failed, Cause: "401 Unauthorized", Since: s.now}})
	s.lineWith(t, "✕ desk 401 Unauthorized", "● relay", "● hall")
	s.lineWith(t, "not live: desk ✕ FAILED 401 Unauthorized")
	if h := s.m.feeds.byName("hall"); h.state(s.now) != feed.Live {
		t.Error("hall is not live, though only desk failed")
	}
}

func TestRowsBehindARelayAreAsOldAsTheirFeedSays(t *testing.T) {
	t.Parallel()
	s := relayHarness()
	if line := s.lineWith(t, "NVDA", "desk"); !strings.Contains(line, "1h") {
		t.Errorf("a price of an hour ago: %s", line)
	}
	if line := s.lineWith(t, "NVDA", "hall"); !strings.Contains(line, "0s") {
		t.Errorf("a current price: %s", line)
	}
}

func TestAGapOfAFeedBehindARelayIsTold(t *testing.T) {
	t.Parallel()
	s := relayHarness()
	s.relay(feed.Event{Message: &feed.Message{Type: "news", Updates: []market.Update{market.Headline{ID: "1", Title: "one"}}}})
	s.report(feed.Report{Feed: "desk", Status: feed.Status{State: feed.Live, Since: s.now},
		Gap: &feed.Gap{Kind: feed.NotResumed, Lost: s.now.Add(-7 * time.Second), Length: 7 * time.Second, Missed: 12}})
	s.lineWith(t, "desk", "gap 7 s", "12 missed")
	if s.m.feeds.byName("relay").gap != nil {
		t.Error("the relay itself missed nothing")
	}
}

func TestWithoutTheRelayNothingBehindItIsLive(t *testing.T) {
	t.Parallel()
	s := relayHarness()
	s.relay(feed.Event{Status: &feed.Status{State: feed.Waiting, Attempt: 1, Cause: "connection reset", RetryAt: s.now.Add(3 * time.Second), Since: s.now}})
	for _, name := range []string{"relay", "desk", "hall"} {
		if got := s.m.feeds.byName(name).state(s.now); got != feed.Waiting {
			t.Errorf("%s is %s", name, got)
		}
	}
	s.relay(feed.Event{Status: &feed.Status{State: feed.Live, Connections: 2, Since: s.now}})
	s.relay(feed.Event{Message: &feed.Message{Type: "resume"}})
	for _, name := range []string{"relay", "desk", "hall"} {
		if got := s.m.feeds.byName(name).state(s.now); got != feed.Live {
			t.Errorf("%s is %s again", name, got)
		}
	}
}

func TestOnlyTheRelayIsConnectedTo(t *testing.T) {
	t.Parallel()
	s := relayHarness()
	s.report(feed.Report{Feed: "desk", Status: feed.Status{State: feed.Failed, Cause: "401", Since: s.now}})
	s.run(s.keys("r"))
	control := s.m.config.Control.(*fakeControl)
	if want := []string{"retry relay"}; !slices.Equal(control.asked, want) {
		t.Errorf("asked %q, want %q", control.asked, want)
	}
}

func TestAReloadKeepsTheFeedsBehindARelay(t *testing.T) {
	t.Parallel()
	s := relayHarness()
	s.send(reloadMsg{Reload{Feeds: []Source{{Name: "relay"}}}})
	s.lineWith(t, "● relay", "● desk", "● hall")
	s.send(reloadMsg{Reload{Feeds: []Source{{Name: "other"}}}})
	if s.m.feeds.byName("desk") != nil {
		t.Error("desk is still there without its relay")
	}
}
