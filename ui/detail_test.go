package ui

import (
	"regexp"
	"strings"
	"testing"

	"livetape/feed/market"
)

func TestTheDetailsCutNoNumber(t *testing.T) {
	t.Parallel()
	cutNumber := regexp.MustCompile(`[0-9.]…`)
	s := newHarness(demoConfig).resize(120, 24).openMarket().trade(2)
	s.keys("enter")
	if !s.m.zoomed {
		s.keys("z")
	}
	for width := 40; width <= 200; width += 1 + width/10 {
		for _, height := range []int{10, 24, 60} {
			s.resize(width, height).keys("g")
			for i, r := range s.m.board.Rows() {
				view := s.screen()
				_, details, _ := strings.Cut(view, "─ "+r.Symbol)
				if cutNumber.MatchString(strings.ReplaceAll(details, "live…", "")) {
					t.Errorf("%d×%d, row %d: a number is cut:\n%s", width, height, i, view)
				}
				for _, f := range rowFacts(r, nil) {
					if height >= 24 && !strings.Contains(details, f.value) {
						t.Errorf("%d×%d: no %s %s:\n%s", width, height, f.name, f.value, view)
					}
				}
				s.keys("j")
			}
		}
	}
}

func TestASymbolWithoutANumberHasDetails(t *testing.T) {
	t.Parallel()
	for _, width := range []int{10, 35, 80} {
		s := newHarness().resize(width, 24).goLive()
		s.message("status", "{}", market.Halt{Symbol: "NVDA", State: market.Halted, Reason: "News pending"})
		s.keys("enter")
		if screen := s.screen(); !strings.Contains(screen, "HALTED") {
			t.Errorf("%d columns:\n%s", width, screen)
		}
	}
}
