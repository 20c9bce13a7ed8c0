package ui

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed/market"
)

// keptIn keeps what is set up on a screen in values, for the next one.
func keptIn(values map[string]string) func(*Config) {
	return func(c *Config) {
		c.Settings = values
		c.SaveSettings = func(changes map[string]string) error {
			maps.Copy(values, changes)
			maps.DeleteFunc(values, func(_, value string) bool { return value == "" })
			return nil
		}
	}
}

// keysAndSave presses keys, and saves what they ask to be kept.
func (s *harness) keysAndSave(names ...string) {
	for _, name := range names {
		for _, msg := range runCmd(s.keys(name)) {
			if saved, ok := msg.(settingsSavedMsg); ok {
				s.send(saved)
			}
		}
	}
}

func TestWhatWasReadIsReadInTheNextRun(t *testing.T) {
	t.Parallel()
	kept := map[string]string{}
	s := newHarness(keptIn(kept)).resize(120, 40).openMarket()
	s.requireText(t, "News 3 · 3 unread")
	s.keys("n")
	s.keysAndSave("esc")
	s = newHarness(keptIn(kept)).resize(120, 40).openMarket()
	if view := s.screen(); strings.Contains(view, "unread") {
		t.Errorf("in the next run they are unread:\n%s", view)
	}
	s.headline("Something new")
	s.requireText(t, "News 4 · 1 unread")
}

func TestMarksOfReadHeadlinesAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kept := map[string]string{}
		s := newHarness(keptIn(kept)).resize(120, 40).openMarket()
		for i := range maxReadMarks + 10 {
			s.waitFor(time.Second)
			s.headline(fmt.Sprint("headline ", i))
			s.keys("n")
			s.keysAndSave("esc")
		}
		if n := len(s.m.settings.withPrefix("read\t")); n != maxReadMarks {
			t.Errorf("%d are kept", n)
		}
		s = newHarness(keptIn(kept)).resize(120, 40).openMarket().headline("headline 509")
		s.requireText(t, "News 4 · 3 unread")
	})
}

func TestAnAlertThatWasTypedComesBackUntilItIsRemoved(t *testing.T) {
	t.Parallel()
	kept := map[string]string{}
	s := newHarness(keptIn(kept)).resize(120, 40).openMarket()
	s.keysAndSave("a", "> 200", "enter", "a", "> 200", "enter", "a", "news bank", "enter")
	if len(s.m.alerts.typed) != 2 {
		t.Errorf("there are %v", s.m.alerts.typed)
	}
	s = newHarness(keptIn(kept)).resize(120, 40).openMarket()
	s.keys("A")
	s.requireText(t, "NVDA > 200", `"bank" in news of NVDA`)
	s.keysAndSave("-")
	s = newHarness(keptIn(kept)).resize(120, 40).openMarket()
	if rules := s.m.alerts.engine.Rules(); len(rules) != 1 || rules[0].Keyword != "bank" {
		t.Errorf("after one was removed there are %v", rules)
	}
	s.keysAndSave("A", "-")
	for key := range kept {
		if strings.HasPrefix(key, "alert") {
			t.Errorf("%q is kept", key)
		}
	}
}

func TestAnAlertOfTheConfigurationIsRemovedUntilTheNextRun(t *testing.T) {
	t.Parallel()
	kept := map[string]string{}
	s := newHarness(keptIn(kept), func(c *Config) { c.Alerts = alertRules() }).resize(120, 40).openMarket()
	s.keysAndSave("A", "-")
	s.requireText(t, "removed until livetape starts again: NVDA crosses 181.50")
	if len(kept) != 0 {
		t.Errorf("kept is %v", kept)
	}
}

func TestTheChartIsKeptAsItWasLeft(t *testing.T) {
	t.Parallel()
	kept := map[string]string{}
	s := newHarness(keptIn(kept)).resize(120, 40).openMarket()
	s.keysAndSave("enter", "tab", "]", "c")
	s.requireText(t, "NVDA 10 s line")
	s = newHarness(keptIn(kept)).resize(120, 40).openMarket()
	s.keys("enter")
	s.requireText(t, "NVDA 10 s line")
	for text, want := range map[string]string{"": "0", "3 candles": "3 candles", "99 line": "4 line", "-1": "0", "x y z": "0 line"} {
		if got := parseChart(text).String(); got != want {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

func TestTheDetailsHaveTheNewsOfTheSymbolAndTheAlerts(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(200, 60)
	playAlerts(s)
	s.headline("About nobody")
	s.requireText(t, "News of NVDA 1 · 1 unread", "N news of NVDA", "─ Alerts 4 ", "▲ 12:03:21  NVDA crossed 181.50", "armed: BTC-USD < 95,000 · any silent for 30s", "A all · a new")
	for range 6 {
		s.message("news", "{}", market.Headline{Title: "On NVDA", Symbols: []string{"NVDA"}})
	}
	s.requireText(t, "News of NVDA 7 · 7 unread")
	s.keys("down")
	s.requireText(t, "News of AAPL 0", "none yet")
	if view := s.resize(120, 40).screen(); strings.Contains(view, "News of") {
		t.Errorf("they are on a narrow screen, too:\n%s", view)
	}
}
