package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/memory"
	"livetape/ui/alert"
)

// playStory lets a feed trade, tell news, be cut off and resume, in steps of ten seconds.
func playStory(s *harness, begin func()) {
	s.openMarket()
	s.waitFor(time.Second / 2)
	for i := range 9 {
		begin()
		s.waitFor(time.Second / 2)
		switch i {
		case 4:
			s.status(feed.Status{State: feed.Waiting, RetryAt: s.now.Add(20 * time.Second), Cause: "connection refused", Attempt: 1})
			s.waitFor(9*time.Second + time.Second/2)
			continue
		case 5:
			s.status(feed.Status{State: feed.Live, Connections: 2})
			s.gap(feed.Gap{Kind: feed.NotResumed, Lost: s.now.Add(-10 * time.Second), Length: 10 * time.Second, Missed: 12})
			s.message("news", "{…}", market.Headline{ID: "2", Title: "Corrected after the cut", Source: "Desk", Symbols: []string{"EURUSD"}, Time: s.now})
		}
		s.trade(9)
		s.message("news", "{…}", market.Headline{ID: fmt.Sprint("n", i), Title: fmt.Sprint("Headline number ", i), Source: "Wire", Time: s.now})
		s.message("status", "{…}", market.Halt{Symbol: "GME", State: []market.Session{market.Halted, market.Open}[i%2], Reason: "volatility", Time: s.now})
		s.waitFor(time.Second / 2)
	}
}

// bodyLines are what a screen says below the header and the badge, with the badge of one line, and above the footer.
func bodyLines(m Model) []string {
	lines := strings.Split(ansi.Strip(m.View()), "\n")
	return lines[2 : len(lines)-1]
}

func TestTheScreenOfThenIsAsItWasThen(t *testing.T) {
	t.Parallel()
	for _, kept := range []int{64 << 20, 400 << 10} {
		for _, keys := range []string{"", "enter", "t", "enter z", "! c", "s s"} {
			t.Run(fmt.Sprint(kept, " bytes ", keys), func(t *testing.T) {
				t.Parallel()
				s := newHarness(func(c *Config) { c.Rewind = kept }).resize(200, 60)
				s.keys(strings.Fields(keys)...)
				type screen struct {
					model Model // of whose layout some grows and never shrinks
					lines []string
				}
				before := map[time.Time]screen{}
				playStory(s, func() { before[s.now] = screen{s.m, bodyLines(s.m)} })
				compared := 0
				for range len(before) {
					s.m, _ = s.m.rewind(-seekStep)
					then, wasSeen := before[s.m.now]
					if !wasSeen {
						continue // what is kept begins between
					}
					compared++
					m := s.m
					m.rewound, m.quote, m.prices.widths, m.news = nil, then.model.quote, then.model.prices.widths, then.model.news
					if diff := cmp.Diff(then.lines, bodyLines(m.layOut())); diff != "" {
						t.Fatalf("%v (-then +rewound):\n%s", s.m.now, diff)
					}
				}
				if compared < 3 {
					t.Errorf("only %d screens were compared", compared)
				}
			})
		}
	}
}

func TestWhatComesWhileTheScreenIsRewoundIsThereAfterwards(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {200, 60}} {
		var screens []string
		for _, keys := range []struct{ away, back string }{{}, {"left left", "end"}, {"left", "p"}, {"left left", "right right right"}, {"p left", "end"}} {
			s := newHarness(func(c *Config) { c.Rewind = 400 << 10 }).resize(size[0], size[1])
			s.openMarket().trade(60)
			s.keys("j", "j", "n", "j")
			s.keys(strings.Fields(keys.away)...)
			s.status(feed.Status{State: feed.Waiting, RetryAt: s.now.Add(4 * time.Second), Cause: "connection refused"})
			s.waitFor(5 * time.Second)
			s.status(feed.Status{State: feed.Live, Connections: 2})
			s.gap(feed.Gap{Kind: feed.NotResumed, Lost: s.now.Add(-5 * time.Second), Length: 5 * time.Second, Missed: 12})
			s.trade(4)
			s.keys(strings.Fields(keys.back)...)
			if s.m.rewound != nil || s.m.paused != nil {
				t.Errorf("after %v it is not live", keys)
			}
			s.waitFor(time.Second)
			screens = append(screens, s.screen())
			if diff := cmp.Diff(screens[0], s.screen()); diff != "" {
				t.Errorf("%v (-never rewound +rewound):\n%s", keys, diff)
			}
		}
	}
}

func TestTheLineOfARewoundScreenCountsOnAndTheFeedIsAsItIsNow(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40)
	s.openMarket().trade(30)
	s.keys("left", "left", "left")
	s.waitFor(103 * time.Second)
	s.requireText(t, "◀ REWIND −2m13s  12:03:17", "0 events since · end goes live", "now ● LIVE")
	s.status(feed.Status{State: feed.Failed, Cause: "401 Unauthorized"})
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("999.99")})
	s.requireText(t, "1 event since", "now ✕ FAILED", "401 Unauthorized")
	if strings.Contains(s.screen(), "999.99") {
		t.Error("a price of the present is on a screen of the past")
	}
}

func TestNobodyGoesBackFurtherThanTheEventsReach(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		kept  int
		begin func(*harness)
		says  string
	}{
		{"the first event", 1 << 20, func(s *harness) { s.openMarket().trade(5) }, "the events that are kept begin at 12:03:17"},
		{"the oldest that is kept", 100 << 10, func(s *harness) { s.openMarket().trade(60) }, "the events that are kept begin at 12:04:0"},
		{"less than an event", 10, func(s *harness) { s.openMarket().trade(5) }, "there is nothing to go back to"},
		{"nothing yet", 1 << 20, func(*harness) {}, "there is nothing to go back to"},
		{"nothing by configuration", 0, func(s *harness) { s.openMarket().trade(5) }, "there is nothing to go back to: rewind is 0"},
	} {
		s := newHarness(func(c2 *Config) { c2.Rewind = c.kept }).resize(120, 40)
		c.begin(s)
		for range 10 {
			s.keys("left")
		}
		if screen := s.screen(); !strings.Contains(screen, c.says) {
			t.Errorf("%s: it does not say %q:\n%s", c.name, c.says, screen)
		}
	}
}

func TestAScreenThatTheEventsNoLongerReachStaysAsItIs(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) { c.Rewind = 200 << 10 }).resize(120, 40)
	s.openMarket().trade(20)
	s.keys("left")
	s.requireText(t, "12:03:27")
	s.trade(60)
	s.keys("left")
	s.requireText(t, "REWIND −1m10s  12:03:27", "the events that are kept begin at 12:04:")
	s.keys("right")
	s.requireText(t, "REWIND", "  12:04:", "the events that are kept begin at 12:04:")
}

func TestAlertsComeTrueOnceAndNeverByRewinding(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) { c.Alerts = []alert.Rule{mustParseAlert(t, "NVDA", "> 181.9")} }).resize(120, 40)
	s.openMarket().trade(20)
	fired := len(s.m.alerts.engine.History())
	s.keys("left", "left", "left", "right", "end", "left")
	if n := len(s.m.alerts.engine.History()); fired == 0 || n != fired {
		t.Errorf("%d alerts came true, and %d with rewinding", fired, n)
	}
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("1")})
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("999")})
	if n := len(s.m.alerts.engine.History()); n != fired+1 {
		t.Errorf("while rewound, %d alerts came true, want 1", n-fired)
	}
	s.requireText(t, "REWIND", "▲ NVDA")
}

func mustParseAlert(t *testing.T, symbol, text string) alert.Rule {
	t.Helper()
	r, err := alert.Parse(symbol, text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// answer sends what a command, or each of a batch, answers with.
func (s *harness) answer(cmd tea.Cmd) {
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			if c != nil {
				s.answer(c)
			}
		}
	case clockMsg: // of another clock
	default:
		s.send(msg)
	}
}

func TestACopyOfARewoundScreenSaysOfWhen(t *testing.T) {
	t.Parallel()
	var copied string
	s := newHarness(func(c *Config) { c.Copy = func(text string) error { copied = text; return nil } }).resize(120, 40)
	s.openMarket().trade(10)
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("999")})
	s.waitFor(5 * time.Second)
	s.keys("left")
	s.answer(s.keys("y"))
	if copied != "NVDA 181.92" {
		t.Errorf("copied %q", copied)
	}
	s.requireText(t, "to copy, as of 12:03:22: NVDA 181.92")
}

func TestInTheChartTheArrowsMoveTheCrossHair(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40)
	s.openMarket().trade(20)
	s.keys("enter", "tab", "left")
	if s.m.rewound != nil || s.m.chart.cross.IsZero() {
		t.Fatal("the cross-hair did not move, or the screen is rewound")
	}
	s.keys("shift+tab", "left", "tab", "left", "end")
	if s.m.rewound != nil {
		t.Error("end in the chart does not show the present")
	}
}

func TestAClockThatIsSetBackIsNoTimeToGoBackTo(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40)
	s.openMarket().trade(20)
	s.waitFor(-time.Hour)
	s.keys("left")
	s.requireText(t, "there is nothing to go back to")
	s.trade(15)
	s.keys("left")
	s.requireText(t, "REWIND −10s  11:03:42")
}

func TestAClockThatIsSetBackEndsTheRewind(t *testing.T) {
	t.Parallel()
	for _, by := range []time.Duration{time.Hour, 24 * time.Hour} {
		s := newHarness().resize(120, 40)
		s.openMarket().trade(20)
		s.keys("left")
		s.requireText(t, "REWIND −10s")
		s.waitFor(-by)
		if screen := s.screen(); strings.Contains(screen, "REWIND") || strings.Contains(screen, "0001") || !strings.Contains(screen, "● LIVE") {
			t.Errorf("set back by %s:\n%s", by, screen)
		}
	}
}

func TestWhatIsWatchedCanChangeWhileTheScreenIsRewound(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40)
	s.openMarket().trade(20)
	s.keys("left")
	s.send(reloadMsg{Reload{Feeds: []Source{{Name: "other"}}}})
	s.requireText(t, "REWIND −10s", "now ◐ CONNECTING", "NVDA")
	s.receive(feed.Event{Feed: "other", Message: &feed.Message{Updates: []market.Update{fullQuote("NEW", "", "1", "", "", "", "")}}})
	s.keys("left", "end", "g")
	requireOrder(t, s.screen(), " NEW ", "╌╌ not live: desk is no longer watched")
}

func TestAnEventThatIsKeptTakesNoMemoryOfItsOwn(t *testing.T) {
	event := func(i int) feed.Event {
		return feed.Event{Feed: deskFeed, At: noon().Add(time.Duration(i) * time.Millisecond), Message: &feed.Message{Updates: []market.Update{market.Quote{Symbol: "NVDA", Last: decimal(fmt.Sprint(100 + i%7))}}}}
	}
	r := newRecentEvents(Config{Rewind: 256 << 10})
	var events []feed.Event
	for i := range 4000 {
		events = append(events, event(i))
	}
	for _, ev := range events[:2000] {
		r.add(ev)
	}
	i := 2000
	if n := testing.AllocsPerRun(1900, func() { r.add(events[i]); i++ }); n >= 0.1 {
		t.Errorf("%v allocations an event", n)
	}
	if r.size > r.limit || r.size < r.limit-2000 {
		t.Errorf("%d of %d bytes are used", r.size, r.limit)
	}
}

func TestFoldedRowsAreOfThenToo(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) { c.Feeds = append(c.Feeds, Source{Name: "wire"}); c.Fold = true }).resize(120, 18)
	play := func(desk, wire string) {
		s.waitFor(5 * time.Second)
		for feedName, price := range map[string]string{deskFeed: desk, "wire": wire} {
			s.receive(feed.Event{Feed: feedName, Message: &feed.Message{Updates: []market.Update{fullQuote("NVDA", "NVIDIA", price, "", "", "", "")}}})
		}
		s.waitFor(5 * time.Second)
	}
	for _, name := range []string{deskFeed, "wire"} {
		s.receive(feed.Event{Feed: name, Status: &feed.Status{State: feed.Live, Since: s.now, Connections: 1}})
	}
	play("100", "100")
	play("100", "150")
	play("100", "100")
	s.keys("left")
	s.requireText(t, "REWIND", "≠NVDA", "feeds folded")
	s.keys("u")
	if n := strings.Count(s.screen(), "NVIDIA "); n != 2 {
		t.Errorf("unfolded, there are %d rows", n)
	}
	s.requireText(t, "REWIND −10s")
	s.keys("u", "end")
	if n := strings.Count(s.screen(), "NVIDIA "); n != 1 {
		t.Errorf("folded in the past, there are %d rows in the present", n)
	}
}

func TestEventsThatAreKeptShareTheMemoryOfTheirFeed(t *testing.T) {
	t.Parallel()
	budget := memory.NewBudget(1 << 20)
	s := newHarness(func(c *Config) {
		c.Rewind, c.Memory = 8<<20, func(string) *memory.Budget { return budget }
	}).resize(120, 40)
	s.openMarket().trade(120)
	if r := s.m.recent; r.size < 200<<10 || r.size > 256<<10 {
		t.Errorf("%d bytes are kept of 1 MiB", r.size)
	}
	used := budget.Used()
	s.waitFor(-time.Hour) // nothing is kept then
	if gave := used - budget.Used(); gave < 200<<10 {
		t.Errorf("%d bytes are given back", gave)
	}
	s.trade(20)
	s.keys("left", "left", "left")
	s.requireText(t, "the events that are kept begin at 11:05:")
}

func TestThePastHasTheMemoryThatItsFeedMayHave(t *testing.T) {
	t.Parallel()
	budget := memory.NewBudget(1 << 20)
	s := newHarness(func(c *Config) {
		c.Rewind, c.Memory = 256<<10, func(string) *memory.Budget { return budget }
	}).resize(160, 40)
	s.openMarket().trade(40)
	used := budget.Used()
	s.keys("left")
	if s.m.rewound == nil || budget.Used() != used {
		t.Errorf("the past takes %d bytes of the present's", budget.Used()-used)
	}
	many := make([]feed.Event, 500)
	for i := range many {
		many[i] = priceEvent(deskFeed, fmt.Sprint("S", i), "1")
		s.m.moment.replay(many[i])
	}
	if rows := len(s.m.board.Rows()); s.m.board.Counts().Refused == 0 || rows > 1<<20/2500 {
		t.Errorf("the past has %d rows within 1 MiB", rows)
	}
}
