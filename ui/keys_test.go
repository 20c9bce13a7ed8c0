package ui

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/market"
)

// screen is what can be read.
func (s *harness) screen() string { return ansi.Strip(s.m.View()) }

func TestQuitAndControlCEndTheProgramAndEscNever(t *testing.T) {
	for _, name := range []string{"q", "ctrl+c"} {
		if !answersWith[tea.QuitMsg](newHarness().resize(80, 24).keys(name)) {
			t.Errorf("%s does not quit", name)
		}
	}
	for _, open := range []string{"", "?", "F", "!", "enter"} {
		s := newHarness(demoConfig).resize(80, 24).openMarket()
		before := s.m.overlay
		if open != "" {
			s.keys(open)
		}
		for range 3 {
			if answersWith[tea.QuitMsg](s.keys("esc")) {
				t.Errorf("esc quits after %q", open)
			}
		}
		if s.m.overlay != before || s.m.showLog {
			t.Errorf("esc does not close what %q opens", open)
		}
	}
}

func TestTheHelpNamesEveryKeyThatWorks(t *testing.T) {
	t.Parallel()
	t.Run("live", func(t *testing.T) { requireHelp(t, newHarness(demoConfig).resize(120, 40).openMarket()) })
	t.Run("on a recording", func(t *testing.T) { requireHelp(t, newHarness(withDeck(&fakeDeck{})).resize(120, 40).openMarket()) })
}

func requireHelp(t *testing.T, s *harness) {
	t.Helper()
	s.keys("?")
	view := s.screen()
	for _, a := range s.m.allKeys.actions() {
		if name := keyNamesOf(*a.binding); a.binding.Enabled() && !strings.Contains(view, name) {
			t.Errorf("the help does not name %q", name)
		}
	}
}

func TestEveryKeyOfTheKeyMapIsAnAction(t *testing.T) {
	t.Parallel()
	if got, want := len(new(keyMap).actions()), reflect.TypeFor[keyMap]().NumField(); got != want {
		t.Errorf("%d of %d keys have an action", got, want)
	}
}

func TestTheHelpSaysWhatAKeyWouldDoNow(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(158, 40).openMarket()
	if !strings.Contains(s.screen(), "x disconnect") {
		t.Error("no x disconnect while live")
	}
	s.status(feed.Status{State: feed.Closed, Cause: "by you"})
	if !strings.Contains(s.screen(), "x connect") {
		t.Error("no x connect while closed")
	}
	if strings.Contains(s.screen(), "F faults") {
		t.Error("F is offered though there are no faults")
	}
	bare := newHarness(func(c *Config) { c.Control = nil }).resize(158, 40)
	if strings.Contains(bare.screen(), "retry") {
		t.Error("r is offered though nobody listens")
	}
}

func TestTheFooterOfWhatStandsOverThePanesHasItsKeys(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{40, 10}, {80, 24}, {200, 60}} {
		for _, c := range []struct{ open, want string }{
			{"F", " enter inject · esc close"},
			{"?", " esc close · ↓ down"},
			{"enter", " esc close · ↓ down"},
		} {
			s := newHarness(demoConfig).resize(size[0], size[1]).openMarket()
			footer := func() string { return strings.Split(s.screen(), "\n")[size[1]-1] }
			before := footer()
			s.keys(c.open)
			if got := footer(); !strings.HasPrefix(got, c.want) || strings.Count(got, "esc") != 1 {
				t.Errorf("%v after %s: %q", size, c.open, got)
			}
			if s.keys("esc"); footer() != before {
				t.Errorf("%v after esc: %q, want %q", size, footer(), before)
			}
		}
	}
}

func TestRetryAndDisconnectAreAskedOfTheFeed(t *testing.T) {
	control := &fakeControl{}
	s := newHarness(func(c *Config) { c.Control = control }).resize(120, 40).openMarket()
	runCmd(s.keys("r"))
	runCmd(s.keys("x"))
	s.status(feed.Status{State: feed.Closed})
	runCmd(s.keys("x"))
	s.status(feed.Status{State: feed.Failed})
	runCmd(s.keys("x"))
	want := []string{"retry desk", "disconnect desk", "connect desk", "connect desk"}
	if diff := cmp.Diff(want, control.asked); diff != "" {
		t.Error(diff)
	}
}

func TestWithSeveralFeedsAKeySpeaksOfTheSelectedRowsFeed(t *testing.T) {
	control := &fakeControl{}
	s := newHarness(func(c *Config) { c.Feeds = append(c.Feeds, Source{Name: "fx"}); c.Control = control }).resize(120, 40).goLive()
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("1")})
	s.receive(feed.Event{Feed: "fx", Status: &feed.Status{State: feed.Live}},
		feed.Event{Feed: "fx", Message: &feed.Message{Updates: []market.Update{market.Quote{Symbol: "EURUSD", Last: decimal("1.1")}}}})
	s.keys("down")
	runCmd(s.keys("r"))
	if diff := cmp.Diff([]string{"retry fx"}, control.asked); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{"FEED", "● desk", "● fx"} {
		if !strings.Contains(s.screen(), want) {
			t.Errorf("no %q in\n%s", want, s.screen())
		}
	}
}

func TestTheCursorGoesWhereTheKeysSay(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).openMarket()
	height, last := s.m.prices.height, len(s.m.board.Rows())-1
	for _, step := range []struct {
		key  string
		want int
	}{
		{"j", 1}, {"down", 2}, {"k", 1}, {"up", 0}, {"up", 0}, {"G", last}, {"j", last}, {"g", 0}, {"pgdown", height - 1}, {"pgup", 0},
		{"ctrl+d", height / 2}, {"ctrl+u", 0}, {"end", last}, {"home", 0},
	} {
		s.keys(step.key)
		if got := s.m.prices.cursor; got != step.want {
			t.Fatalf("%s leads to row %d, not %d", step.key, got, step.want)
		}
		if p := s.m.prices; p.cursor < p.top || p.cursor >= p.top+p.height {
			t.Fatalf("after %s row %d is not among those from %d", step.key, p.cursor, p.top)
		}
	}
}

func TestKeysThatArriveTogetherAreAllPressed(t *testing.T) {
	control := &fakeControl{}
	s := newHarness(func(c *Config) { c.Control = control }).resize(80, 24).openMarket()
	s.keys("jjjj")
	if s.m.prices.cursor != 4 {
		t.Errorf("jjjj leads to row %d", s.m.prices.cursor)
	}
	s.keys("?jj")
	if s.m.overlay != helpOverlay || s.m.page.total == 0 {
		t.Error("?jj does not open the help")
	}
	runCmd(s.keys("rx"))
	if diff := cmp.Diff([]string{"disconnect desk", "retry desk"}, slices.Sorted(slices.Values(control.asked))); diff != "" {
		t.Error(diff)
	}
	if cmd := s.keys("qp"); !answersWith[tea.QuitMsg](cmd) || s.m.paused != nil {
		t.Error("qp does not end with q")
	}
}

func TestAPasteIsNoKey(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).openMarket()
	s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jjp"), Paste: true})
	if s.m.prices.cursor != 0 || s.m.paused != nil {
		t.Error("a paste was pressed")
	}
}

func TestTabGoesRoundThePanes(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 50).openMarket()
	s.keys("!")
	var got []paneID
	for range 3 {
		s.keys("tab")
		got = append(got, s.m.focus)
	}
	if diff := cmp.Diff([]paneID{focusPrices, focusNews, focusLog}, got); diff != "" {
		t.Error(diff)
	}
}

func TestASmallScreenShowsThePaneThatHasTheKeyboard(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(60, 10).openMarket()
	if view := s.screen(); !strings.Contains(view, "NVDA") || strings.Contains(view, "Euro steady") {
		t.Errorf("not the prices:\n%s", view)
	}
	s.keys("tab")
	if view := s.screen(); strings.Contains(view, "AAPL") || !strings.Contains(view, "Euro steady") {
		t.Errorf("not the news:\n%s", view)
	}
}

func TestAPausedScreenIsWhollyStill(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket().trade(3)
	s.keys("enter", "p")
	before := s.m.View()
	for i := range 3 {
		s.quote(market.Quote{Symbol: "NVDA", Last: decimal("1234567.8" + itoa(i)), Time: s.now})
	}
	s.message("news", "{}", market.Headline{Title: "Later", Source: "A long source", Symbols: []string{"ALL", "OF", "THEM"}})
	after := strings.ReplaceAll(s.m.View(), "PAUSED · 4 held", "PAUSED · 0 held")
	body := func(view string) []string { return strings.Split(view, "\n")[2:] }
	if diff := cmp.Diff(body(before), body(after)); diff != "" {
		t.Error(diff)
	}
	s.keys("p")
	if view := s.screen(); !strings.Contains(view, "1,234,567.82") {
		t.Errorf("the new price has no room after the pause:\n%s", view)
	}
}

func TestPausingHoldsTheScreenAndCountsWhatComes(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	s.keys("p")
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("200.00")})
	s.quote(market.Quote{Symbol: "NEW", Last: decimal("1.00")})
	s.message("news", "{…}", market.Headline{ID: "1", Title: "Changed"}, market.Headline{ID: "7", Title: "Later"})
	view := s.screen()
	for _, want := range []string{"PAUSED · 3 held", "181.46", "● LIVE", "Nvidia unveils"} {
		if !strings.Contains(view, want) {
			t.Errorf("no %q while paused:\n%s", want, view)
		}
	}
	for _, not := range []string{"200.00", "NEW", "Changed", "Later"} {
		if strings.Contains(view, not) {
			t.Errorf("%q shows while paused", not)
		}
	}
	s.waitFor(9 * time.Second)
	if line := lineOf(t, strings.Split(s.screen(), "\n"), "NVDA"); !strings.HasSuffix(strings.TrimRight(line, " "), " 9s") {
		t.Errorf("a held price does not grow old: %q", line)
	}
	s.status(feed.Status{State: feed.Waiting, Cause: "connection refused", RetryAt: s.now.Add(time.Second)})
	if !strings.Contains(s.screen(), "RETRY") {
		t.Error("a paused screen hides that the feed is lost")
	}
	s.keys("p")
	for _, want := range []string{"200.00", "Changed", "Later"} {
		if !strings.Contains(s.screen(), want) {
			t.Errorf("no %q after the pause", want)
		}
	}
	if strings.Contains(s.screen(), "PAUSED") {
		t.Error("still paused")
	}
}

func TestAFaultOfTheMenuIsInjectedAndItsOutcomeTold(t *testing.T) {
	var injected []string
	s := newHarness(func(c *Config) {
		c.Faults = []FaultMenuItem{
			{"drop", "cut it", func(context.Context) error { injected = append(injected, "drop"); return nil }},
			{"503", "refuse", func(context.Context) error { return errors.New("server is gone") }},
		}
	}).resize(100, 30).openMarket()
	s.keys("F")
	if view := s.screen(); !strings.Contains(view, "Inject a fault") || !strings.Contains(view, "refuse") {
		t.Fatalf("no menu:\n%s", view)
	}
	for _, msg := range runCmd(s.keys("enter")) {
		s.send(msg)
	}
	if len(injected) != 1 || !strings.Contains(s.screen(), "fault injected: drop") || strings.Contains(s.screen(), "Inject a fault") {
		t.Errorf("injected %v:\n%s", injected, s.screen())
	}
	s.keys("F", "down")
	for _, msg := range runCmd(s.keys("enter")) {
		s.send(msg)
	}
	if !strings.Contains(s.screen(), "inject 503: server is gone") {
		t.Errorf("the error is not told:\n%s", s.screen())
	}
}

func TestNoTwoThingsHaveTheSameKeyInOnePlace(t *testing.T) {
	t.Parallel()
	used, keys := map[string]string{}, newKeys(Config{})
	for _, a := range keys.actions() {
		for _, k := range typedKeys(*a.binding) {
			where := k
			if !slices.Contains(placesEverywhere(), a.place) {
				where += " " + string(a.place)
			}
			if other := used[where]; other != "" {
				t.Errorf("%s: %q is also that of %s", a.name, k, other)
			}
			used[where] = a.name
		}
	}
}

func TestTheFooterOffersNoKeyThatDoesNothing(t *testing.T) {
	t.Parallel()
	playMarket := func(s *harness) { s.openMarket().trade(1) }
	for name, c := range map[string]struct {
		play func(*harness)
		open string
	}{
		"news alone":     {func(s *harness) { s.goLive().headline("one").headline("two") }, ""},
		"news and a log": {func(s *harness) { s.goLive().headline("one").headline("two") }, "!"},
		"alerts":         {playAlerts, "A"},
		"faults":         {playMarket, "F"},
		"feeds":          {playMarket, "f"},
		"several feeds":  {func(s *harness) { playMarket(s); playSickFeeds(s) }, "f"},
		"help":           {playMarket, "?"},
		"a map":          {func(s *harness) { playGuessed(s) }, "M"},
		"positions":      {playPositions, "P"},
		"no row yet":     {func(s *harness) { s.goLive() }, ""},
		"a failed feed":  {playFailed, ""},
		"feeds down":     {func(s *harness) { playRetrying(s); playSickFeeds(s) }, ""},
		"few rows":       {func(s *harness) { playGuessed(s) }, ""},
		"a chart":        {func(s *harness) { playMarket(s); s.keys("enter", "tab") }, ""},
		"an empty list":  {func(s *harness) { playMarket(s); s.keys("2") }, ""},
		"no such row":    {func(s *harness) { playMarket(s); s.keys("/", "zzz", "enter") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newHarness(demoConfig).resize(300, 30)
			c.play(s)
			if c.open != "" {
				s.keys(c.open)
			}
			start, before := s.m, s.screen()
			for _, h := range start.footerHints() {
				s.m = start
				typed := h.binding.Keys()[0]
				cmd := s.keys(typed)
				isSame := s.screen() == before && cmd == nil && typed != "up" && typed != "down"
				if after := s.screen(); isSame || strings.Contains(after, "does nothing here") || strings.Contains(after, "No symbol is selected") {
					t.Errorf("%s %s does nothing", typed, h.binding.Help().Desc)
				}
			}
		})
	}
}
