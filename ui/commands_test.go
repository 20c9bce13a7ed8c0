package ui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
)

func TestACommandIsFoundByAFewLettersAndRun(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(100, 40).openMarket()
	s.keys(":")
	for _, want := range []string{"ctrl+u", "half a page up", "details", "retry all", "In the log"} {
		for range 40 {
			if !strings.Contains(s.screen(), want) {
				s.keys("down")
			}
		}
		if !strings.Contains(s.screen(), want) {
			t.Errorf("no %q among all commands", want)
		}
	}
	s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("rawq")})
	if !strings.Contains(s.screen(), "no action matches") {
		t.Errorf("what is typed at once is not all taken:\n%s", s.screen())
	}
	s.send(tea.KeyMsg{Type: tea.KeyBackspace})
	for typed, want := range map[string]string{"raw": "raw-events", "rewind": "backward"} {
		s.m.palette.query = typed
		if found := s.m.commands(); len(found) == 0 || found[0].name != want {
			t.Errorf("%s does not find %s first: %v", typed, want, found)
		}
	}
	s.m.palette.query = "raw"
	if s.keys("enter"); !s.m.showRaw || s.m.overlay != noOverlay {
		t.Errorf("it does not run:\n%s", s.screen())
	}
}

func TestEveryCommandRunsOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	config := newHarness(demoConfig).m.config
	keys := newKeys(config)
	for _, a := range keys.actions() {
		s := newHarness(demoConfig).resize(100, 40).openMarket()
		s.keys(":")
		for s.m.commands()[s.m.palette.cursor].name != a.name && s.m.palette.cursor < s.m.palette.total-1 {
			s.keys("down")
		}
		if s.m.commands()[s.m.palette.cursor].name != a.name {
			if a.binding.Enabled() {
				t.Errorf("%s is not among the commands", a.name)
			}
			continue
		}
		if s.keys("enter"); s.m.overlay == commandsOverlay && a.name != "commands" {
			t.Errorf("%s does not close the list", a.name)
		}
		if strings.Contains(s.m.toast.text, runPrefix) {
			t.Errorf("%s: %s", a.name, s.m.toast.text)
		}
	}
}

func TestTheFooterBeginsWithWhatIsNeededMost(t *testing.T) {
	t.Parallel()
	footer := func(s *harness) string {
		lines := strings.Split(s.screen(), "\n")
		return strings.TrimSpace(lines[len(lines)-1])
	}
	s := newHarness(demoConfig).resize(80, 24).openMarket()
	if got := footer(s); !strings.HasPrefix(got, "enter details · ") || !strings.Contains(got, "? help") {
		t.Errorf("live: %s", got)
	}
	s.status(feed.Status{State: feed.Waiting, Cause: "connection refused", RetryAt: s.now.Add(4e9)})
	if got := footer(s); !strings.HasPrefix(got, "r retry now · enter details · ") {
		t.Errorf("down: %s", got)
	}
	s.keys(":")
	if got := footer(s); got != "enter run · esc close · ↓ down · ↑ up" {
		t.Errorf("commands: %s", got)
	}
}
