package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/tape"
	"livetape/ui/alert"
	"livetape/ui/position"
)

func alertRules() []alert.Rule {
	return []alert.Rule{
		{Symbol: "NVDA", Kind: alert.Crosses, Limit: decimal("181.50"), Rearm: 0.01, Actions: alert.Actions{Bell: true, Desktop: true}},
		{Name: "cheap", Symbol: "BTC-USD", Kind: alert.Below, Limit: decimal("95000"), Actions: alert.Actions{Exec: []string{"./page.sh", "--now"}}},
		{Kind: alert.Silent, Within: 30 * time.Second},
		{Kind: alert.News, Keyword: "bank"},
	}
}

func playAlerts(s *harness) {
	s.m.alerts = newAlerts(alertRules())
	s.openMarket().trade(3)
	s.waitFor(time.Second).quote(market.Quote{Symbol: "NVDA", Last: decimal("181.55")})
}

func playPositions(s *harness) {
	s.m.config.Positions = []position.Position{
		{Symbol: "7203.T", Currency: "JPY", Lots: []position.Lot{{Quantity: decimal("100"), Cost: decimal("2400")}}},
		{Symbol: "AAPL", Lots: []position.Lot{{Quantity: decimal("-50"), Cost: decimal("240")}}},
		{Symbol: "EURUSD", Currency: "USD", Lots: []position.Lot{{Quantity: decimal("10000")}}},
		{Symbol: "NOPE", Currency: "USD", Lots: []position.Lot{{Quantity: decimal("5"), Cost: decimal("1")}}},
		{Symbol: "nvda", Lots: []position.Lot{{Quantity: decimal("300"), Cost: decimal("171.20")}, {Quantity: decimal("100"), Cost: decimal("180")}}},
	}
	s.openMarket().trade(3)
}

func TestATotalIsWithoutWhatHasNoPriceOfNow(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40)
	playPositions(s)
	s.keys("P")
	s.requireText(t, "total USD           71,705.35", "without NOPE: no price · P&L")
	s.status(feed.Status{State: feed.Waiting, Attempt: 1, RetryAt: s.now.Add(time.Minute)}).waitFor(5 * time.Second)
	s.requireText(t, "without NOPE: no price · without AAPL, EURUSD, nvda: no current price", "nvda USD            72,472.00")
	s.requireText(t, "total USD                   –")
}

func withSent(sent chan<- alert.Firing) func(*Config) {
	return func(c *Config) {
		c.Alerts = []alert.Rule{{Symbol: "NVDA", Kind: alert.Above, Limit: decimal("200")}}
		c.SendAlert = func(f alert.Firing) { sent <- f }
	}
}

// runAll runs what a command brings, timers and all, each in a goroutine of its own that ends with the timer.
func runAll(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		if batch, ok := cmd().(tea.BatchMsg); ok {
			for _, one := range batch {
				runAll(one)
			}
		}
	}()
}

func TestAnAlertIsOnScreenAndSentOnce(t *testing.T) {
	t.Parallel()
	sent := make(chan alert.Firing, 10)
	s := newHarness(withSent(sent)).resize(120, 40).openMarket()
	s.waitFor(time.Second)
	next, cmd := s.m.Update(feedBatchMsg{[]feed.Event{{Feed: deskFeed, At: s.now, Message: &feed.Message{Updates: []market.Update{market.Quote{Symbol: "NVDA", Last: decimal("200.01")}}}}}, s.now})
	s.m = next.(Model)
	runAll(cmd)
	if f := <-sent; f.Text != "NVDA is above 200: 200.01" {
		t.Errorf("%q is sent", f.Text)
	}
	screen := ansi.Strip(s.m.View())
	for _, want := range []string{"▲ 1 alert ", "▲ NVDA is above 200: 200.01"} {
		if !strings.Contains(screen, want) {
			t.Errorf("the screen does not say %q:\n%s", want, screen)
		}
	}
	s.keys("A")
	if screen = ansi.Strip(s.m.View()); strings.Contains(screen, "1 alert") || !strings.Contains(screen, "true now  NVDA > 200") {
		t.Errorf("the list of alerts:\n%s", screen)
	}
	s.keys("-")
	if rules := s.m.alerts.engine.Rules(); len(rules) != 0 {
		t.Errorf("after it was removed there are %v", rules)
	}
}

func TestAnAlertSaysOfWhichFeedItIsAndKeepsItsPrice(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) {
		c.Alerts = []alert.Rule{{Symbol: "NVDA", Kind: alert.Above, Limit: decimal("200.123456")}, {Kind: alert.Gap, Within: time.Second}}
	}).resize(120, 70).openMarket()
	s.receive(feed.Event{Feed: "wire", Status: &feed.Status{State: feed.Live, Since: s.now}})
	s.waitFor(time.Second)
	for _, name := range []string{deskFeed, "wire"} {
		s.receive(feed.Event{Feed: name, At: s.now, Message: &feed.Message{Updates: []market.Update{market.Quote{Symbol: "NVDA", Last: decimal("210.654321")}}}})
	}
	for _, want := range []string{deskFeed + "  NVDA is abov…: 210.654321", "wire  NVDA is abov…: 210.654321"} {
		if !strings.Contains(s.screen(), want) {
			t.Errorf("the details do not say %q:\n%s", want, s.screen())
		}
	}
	s.keys("A")
	for _, want := range []string{deskFeed + "  NVDA is above 200.123456: 210.654321", "wire  NVDA is above 200.123456: 210.654321"} {
		if !strings.Contains(s.screen(), want) {
			t.Errorf("the list does not say %q:\n%s", want, s.screen())
		}
	}
}

func TestAlertsOfARecordingAreShownAndNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // which does not wait for the toast to go
		sent := make(chan alert.Firing, 10)
		s := newHarness(withSent(sent), func(c *Config) { c.Deck = &fakeDeck{at: tape.Position{Clock: noon()}} }).resize(120, 40).openMarket()
		s.quote(market.Quote{Symbol: "NVDA", Last: decimal("200.01")})
		if len(s.m.alerts.engine.History()) != 1 {
			t.Fatal("the alert does not come true")
		}
		s.m.alerts.fired = s.m.alerts.engine.History()
		_, cmd := s.m.tellAlerts()
		if batch, ok := cmd().(tea.BatchMsg); ok {
			t.Errorf("besides the words on screen, there are %d commands", len(batch))
		}
		if len(sent) > 0 {
			t.Errorf("%q is sent", (<-sent).Text)
		}
	})
}

func TestAnAlertIsTypedOnARow(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	s.keys("a")
	if screen := ansi.Strip(s.m.View()); !strings.Contains(screen, "alert on NVDA:") {
		t.Fatalf("there is no line to type in:\n%s", screen)
	}
	s.keys("<", " ", "1", "8", "0", "enter")
	if rules := s.m.alerts.engine.Rules(); len(rules) != 1 || rules[0].String() != "NVDA < 180" {
		t.Fatalf("the alerts are %v", rules)
	}
	s.keys("a", "?", "enter")
	if screen := ansi.Strip(s.m.View()); !strings.Contains(screen, `"?" is no alert: write one of > 182`) {
		t.Errorf("the mistake is not told:\n%s", screen)
	}
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("179")})
	if screen := ansi.Strip(s.m.View()); !strings.Contains(screen, "NVDA is below 180: 179") {
		t.Errorf("the alert does not come true:\n%s", screen)
	}
}

func TestAlertsComeTrueByTimeAlone(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) { c.Alerts = alertRules() }).resize(120, 40).openMarket()
	due := s.m.alerts.engine.NextCheck()
	if want := s.now.Add(30 * time.Second); !due.Equal(want) {
		t.Fatalf("the next check is at %v, not %v", due, want)
	}
	s.m.wake = time.Time{}
	s.send(wakeMsg{s.m.generation, due})
	if screen := ansi.Strip(s.m.View()); !strings.Contains(screen, "desk gave no event for 30 s") {
		t.Errorf("the screen does not say so:\n%s", screen)
	}
}

func TestAReloadKeepsWhatIsKnownOfRulesThatStay(t *testing.T) {
	t.Parallel()
	rules := alertRules()
	s := newHarness(func(c *Config) { c.Alerts = rules }).resize(120, 40).openMarket()
	s.quote(market.Quote{Symbol: "BTC-USD", Last: decimal("94000")})
	s.send(reloadMsg{Reload{Feeds: []Source{{Name: deskFeed}}, Alerts: []alert.Rule{rules[1], rules[3]}}})
	engine := s.m.alerts.engine
	if got := engine.Rules(); len(got) != 2 || engine.IsArmed(0) || len(engine.History()) == 0 {
		t.Errorf("there are %v, and the first is armed: %v", got, engine.IsArmed(0))
	}
}
