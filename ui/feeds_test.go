package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/market"
)

// sixFeeds are feeds of which three are not live.
func sixFeeds(options ...func(*Config)) *harness {
	s := newHarness(append(options, func(c *Config) {
		for _, name := range []string{"coins", "wire", "broker", "pyth", "asia"} {
			c.Feeds = append(c.Feeds, Source{Name: name, URL: "https://" + name + ".example/events"})
		}
	})...).resize(120, 30)
	for _, h := range s.m.feeds {
		s.receive(feed.Event{Feed: h.name, Status: &feed.Status{State: feed.Live, Since: s.now}})
	}
	s.quote(market.Quote{Symbol: "A", Last: decimal("1")})
	s.waitFor(time.Second)
	s.receive(
		feed.Event{Feed: "asia", Status: &feed.Status{State: feed.Quiet, Since: s.now, LastEvent: s.now.Add(-252 * time.Second), UsualGap: 800 * time.Millisecond}},
		feed.Event{Feed: "broker", Status: &feed.Status{State: feed.Failed, Since: s.now, Cause: "401: the token has expired", Advice: "Renew it at /login."}},
		feed.Event{Feed: "pyth", Status: &feed.Status{State: feed.Waiting, Since: s.now, Attempt: 3, Cause: "503 Service Unavailable", RetryAt: s.now.Add(4200 * time.Millisecond)}},
		feed.Event{Feed: "pyth", Gap: &feed.Gap{Kind: feed.Unreplayed, Lost: s.now.Add(-8 * time.Minute), Length: 8 * time.Minute, Missed: feed.Unknown}},
	)
	return s
}

func TestTheSickFeedsComeFirstAndTheGreenShrinkFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		width, height int
		want          string
	}{
		{200, 60, " ✕ broker 401: the token has expired   ↻ pyth in 4.2 s, try 3: 503 Service Unavailable   ◌ asia no event for 4 min 12 s, usually in 0.8 s   ● desk 1.0/s   ● coins 0/s     ● wire 0/s           f feeds"},
		{120, 30, " ✕ broker 401: the t…   ↻ pyth in 4.2 s   ◌ asia 4 min 12 s   ● desk 1.0/s   ● coins 0/s     ● wire 0/s         f feeds"},
		{80, 24, " ✕ broker 401: the t…  ↻ pyth in 4.2 s  ◌ asia 4 min 12 s  ● 3 more     f feeds"},
		{60, 20, " ✕ broker 401: the t…  ↻ pyth in 4.2 s  ◌ asia  ● 3 more"},
		{40, 10, " ✕ broker  ↻ pyth  ◌ asia  ● 3 more"},
		{20, 10, "✕ broker  + 5 more"},
	} {
		lines := strings.Split(sixFeeds().resize(c.width, c.height).screen(), "\n")
		if lines[1] != c.want {
			t.Errorf("%d×%d: %q, want %q", c.width, c.height, lines[1], c.want)
		}
	}
}

func TestALargeScreenHasTheLastHourOfItsFeeds(t *testing.T) {
	t.Parallel()
	s := sixFeeds().resize(200, 60)
	s.receive(feed.Event{Feed: deskFeed, Message: &feed.Message{Type: "price", ID: "abcdefghij-000142"}})
	table := func() []string {
		lines := strings.Split(s.screen(), "\n")
		at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "─ Feeds") })
		if at < 0 {
			return nil
		}
		return lines[at : len(lines)-1]
	}
	if got := table(); len(got) != 8 || !strings.HasPrefix(got[0], "─ Feeds, the last hour 6 · 3 not live ─") || !strings.HasPrefix(got[2], "  broker  ") || !strings.Contains(got[3], "RETRY in") {
		t.Errorf("below the panes there is\n%s", strings.Join(got, "\n"))
	}
	for i, want := range []string{"STATE GAPS MISSED LAST ID", "401: the token has expired 0 0 –", "503 Service Unavailable 1 gap 8m ? –", "usually in 0.8 s 0 0 –", "LIVE 1.0/s 0 0 …cdefghij-000142", "LIVE 0/s 0 0 –"} {
		if line, _, _ := strings.Cut(table()[1+i], "│"); !strings.HasSuffix(strings.Join(strings.Fields(line), " "), want) {
			t.Errorf("line %d is\n%s, want %s", 1+i, line, want)
		}
	}
	if s.keys("left"); len(table()) != 8 || !strings.HasPrefix(table()[0], "─ Feeds now, ") || !strings.Contains(table()[3], "RETRY in") {
		t.Errorf("of the past, the feeds are not as they are now:\n%s", s.screen())
	}
	s.keys("end", "f")
	if got := table(); len(got) != 0 {
		t.Errorf("beside the list of feeds they are there twice:\n%s", s.screen())
	}
	s.keys("esc")
	for _, size := range [][2]int{{159, 60}, {200, 31}} {
		if s.resize(size[0], size[1]); len(table()) != 0 {
			t.Errorf("at %d×%d they take the room of the prices:\n%s", size[0], size[1], s.screen())
		}
	}
	for range 9 {
		s.m = s.m.withFeeds(append(s.m.feeds, newFeedHealth(Source{Name: "f" + itoa(len(s.m.feeds))})))
	}
	if s.resize(200, 60); len(table()) != 10 || !strings.HasPrefix(table()[0], "─ Feeds, the last hour 1–8 of 15 · 12 not live ─") {
		t.Errorf("of many feeds there is\n%s", s.screen())
	}
}

func TestTheListOfFeedsHasACursorForRetriesAndCuts(t *testing.T) {
	t.Parallel()
	control := &fakeControl{}
	s := sixFeeds(func(c *Config) { c.Control = control })
	press := func(keys ...string) {
		for _, key := range keys {
			runCmd(s.keys(key))
		}
	}
	press("r")                                // the first that is not live
	press("f", "r", "down", "down", "x", "r") // broker, asia
	view := s.screen()
	for _, want := range []string{"▸ Feeds 6 · 3 not live", "▌ asia", "1 gap 8m", "https://asia.example/events"} {
		if !strings.Contains(view, want) {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
	s.receive(feed.Event{Feed: "desk", Status: &feed.Status{State: feed.Failed, Since: s.now, Cause: "404"}})
	press("x", "R")
	want := []string{"retry broker", "retry broker", "disconnect asia", "retry asia", "disconnect asia", "retry desk", "retry broker", "retry pyth", "retry asia"}
	if diff := cmp.Diff(want, control.asked); diff != "" {
		t.Error(diff)
	}
	press("esc")
	if strings.Contains(s.screen(), "▸ Feeds") {
		t.Error("esc does not close it")
	}
}

func TestAKeyThatDoesNothingSaysSoForASecond(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).openMarket()
	for _, key := range []string{"Z", "w", "F", "esc", "J"} {
		s.keys(key)
		if view := s.screen(); !strings.Contains(view, key+" does nothing here") {
			t.Errorf("%s says nothing:\n%s", key, view)
		}
	}
	s.send(toastGoneMsg{s.m.toast.id})
	if view := s.screen(); strings.Contains(view, "does nothing") {
		t.Errorf("it stays:\n%s", view)
	}
	s.keys("Z", "down")
	if view := s.screen(); strings.Contains(view, "does nothing") {
		t.Errorf("it stays after a key that does something:\n%s", view)
	}
}
