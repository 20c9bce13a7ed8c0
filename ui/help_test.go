package ui

import (
	"strings"
	"testing"
)

func TestTheHelpCanBeReadToItsEndOnEveryScreen(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{30, 8}, {40, 10}, {80, 24}, {120, 40}} {
		s := newHarness(demoConfig).resize(size[0], size[1]).openMarket()
		s.keys("?")
		var read strings.Builder
		for range s.m.page.total {
			read.WriteString(s.screen() + "\n")
			s.keys("j")
		}
		text := strings.Join(strings.Fields(read.String()), " ")
		for _, want := range []string{"suspend", "half a page down", "Signs", "the", "live", "could", "used"} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: no %q", size, want)
			}
		}
		if strings.Contains(text, "…") {
			t.Errorf("%v: a line is cut:\n%s", size, read.String())
		}
	}
}

func TestTheHelpMovesAndTellsThePlace(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(40, 10).openMarket()
	s.keys("?")
	total := s.m.page.total
	place := func(from, to int) string { return "Keys " + itoa(from) + "–" + itoa(to) + " of " + itoa(total) }
	for _, c := range []struct {
		key  string
		from int
	}{{"j", 2}, {"down", 3}, {"k", 2}, {"up", 1}, {"up", 1}, {"pgdown", 6}, {"ctrl+u", 3}, {"G", total - 5}, {"j", total - 5}, {"k", total - 6}, {"g", 1}} {
		s.keys(c.key)
		if want := place(c.from, c.from+5); !strings.Contains(s.screen(), want) {
			t.Fatalf("after %s no %q in\n%s", c.key, want, s.screen())
		}
	}
	s.keys("G", "?", "?")
	if !strings.Contains(s.screen(), place(1, 6)) {
		t.Errorf("opened anew it is not at its begin:\n%s", s.screen())
	}
	if s.resize(120, 150); strings.Contains(s.screen(), " of ") && strings.Contains(s.screen(), "Keys 1–") {
		t.Errorf("a place is told though all is on screen:\n%s", s.screen())
	}
}

func TestTheHelpExplainsTheSignsOfChartAndTape(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(120, 80).openMarket()
	s.keys("?")
	for _, sign := range []string{"┃║", "░", "▸", "bid ask", "est."} {
		if !strings.Contains(s.screen(), " "+sign+" ") {
			t.Errorf("the help does not explain %q:\n%s", sign, s.screen())
		}
	}
}

func TestTheHelpExplainsEveryBadge(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(120, 90).openMarket()
	s.keys("?")
	for _, badge := range []string{"LIVE", "CONNECTING", "RETRY", "QUIET", "SILENT", "CLOSED", "FINISHED", "FAILED", "PAUSED", "REC", "CORRECTED"} {
		if !strings.Contains(s.screen(), badge) {
			t.Errorf("the help does not explain %s:\n%s", badge, s.screen())
		}
	}
}

func TestHelpExplainsFoldedZerosOnlyWhereTheyAreFolded(t *testing.T) {
	t.Parallel()
	for _, isASCII := range []bool{false, true} {
		s := newHarness(func(c *Config) { c.ASCII = isASCII }).resize(200, 90).openMarket()
		s.keys("?")
		if explains := strings.Contains(s.screen(), "five zeros after the point"); explains == isASCII {
			t.Errorf("ASCII: %v, the help explains them: %v\n%s", isASCII, explains, s.screen())
		}
	}
}
