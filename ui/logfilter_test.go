package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
)

// mixedLog is a log with an entry of each kind, of two feeds.
func mixedLog(options ...func(*Config)) *harness {
	s := newHarness(append(options, func(c *Config) {
		c.Feeds = append(c.Feeds, Source{Name: "wire", URL: "https://wire.example/events"})
	})...).resize(120, 40)
	s.receive(feed.Event{Feed: "wire", Status: &feed.Status{State: feed.Live, Since: s.now}})
	s.goLive()
	s.receive(
		feed.Event{Feed: "wire", Gap: &feed.Gap{Kind: feed.Unreplayed, Length: time.Minute}},
		feed.Event{Message: &feed.Message{Type: "odd", Unmapped: "no rule for it"}},
		feed.Event{Message: &feed.Message{Type: "price", Err: errors.New("1,5 is not a number")}},
		feed.Event{Feed: "wire", Message: &feed.Message{Type: "info", Notice: "maintenance at noon"}},
		feed.Event{Message: &feed.Message{Type: "ping", Data: []byte("tick")}},
	)
	s.m.log = s.m.log.add(logEntry{at: s.now, feed: "wire", peers: "AAPL agrees with its peers again", agrees: true})
	s.send(diagnosticMsg{"a library complains"})
	s.keys("!")
	return s
}

func TestTheLogIsNarrowedByFeedKindAndWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		filter string
		want   []string
	}{
		{"", []string{"state", "state", "gap", "unmapped", "error", "notice", "event", "peers", "program"}},
		{"feed:wire", []string{"state", "gap", "notice", "peers"}},
		{"kind:gap,error", []string{"gap", "error"}},
		{"kind:gap feed:desk", nil},
		{"NOON", []string{"notice"}},
		{"feed:WIRE maintenance noon", []string{"notice"}},
		{"kind:peers", []string{"peers"}},
		{"kind:program", []string{"program"}},
	} {
		s := mixedLog()
		s.keys("&", c.filter, "enter")
		var got []string
		for _, e := range s.m.shownData().log.entries {
			got = append(got, e.kind())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.filter, diff)
		}
	}
}

func TestAFilteredLogSaysSoFollowsAndIsClearedByEsc(t *testing.T) {
	t.Parallel()
	s := mixedLog()
	s.keys("&", "kind:gap")
	if view := s.screen(); !strings.Contains(view, "show only: kind:gap") || !strings.Contains(view, "Event log 1 · only kind:gap") {
		t.Errorf("it does not say so:\n%s", view)
	}
	s.keys("enter")
	s.gap(feed.Gap{Kind: feed.Unreplayed, Length: 2 * time.Minute})
	if view := s.screen(); !strings.Contains(view, "2 min without the stream") || !strings.Contains(view, "following") {
		t.Errorf("the newest is not on screen:\n%s", view)
	}
	if s.keys("&", "ctrl+u", "kind:none", "enter"); !strings.Contains(s.screen(), "No entry matches: & takes words, feed:NAME") {
		t.Errorf("an empty log does not say why:\n%s", s.screen())
	}
	if s.keys("esc"); s.m.logPane.filter.text != "" || !s.m.showLog {
		t.Error("esc does not clear the filter first")
	}
}

func TestTheLogIsWrittenAsItIsShown(t *testing.T) {
	t.Parallel()
	var text string
	var failure error
	s := mixedLog(func(c *Config) {
		c.WriteFile = func(base, extension, written string) (string, error) {
			text = written
			return base + "-2" + extension, failure
		}
	})
	s.keys("&", "feed:wire", "enter")
	press := func() {
		for _, msg := range runCmd(s.keys("w")) {
			s.send(msg)
		}
	}
	press()
	for _, want := range []string{"Z\twire\tstate\t● live", "Z\twire\tgap\t┄ 1 min without the stream", "Z\twire\tnotice\t! info [the server says: maintenance at noon]", "Z\twire\tpeers\t= AAPL agrees with its peers again"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if view := s.screen(); strings.Contains(text, "desk") || !strings.Contains(view, "4 lines of the log written to livetape-events-2.log") {
		t.Errorf("written is\n%s\nand said\n%s", text, view)
	}
	failure = errors.New("no space left on device")
	if press(); !strings.Contains(s.screen(), "the log was not written: no space left on device") {
		t.Errorf("a failure is not said:\n%s", s.screen())
	}
}
