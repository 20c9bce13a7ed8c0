package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// overflow says what of a screen does not fit its terminal; empty when all does.
func overflow(view string, width, height int) string {
	lines := strings.Split(view, "\n")
	if len(lines) != height {
		return "lines: " + itoa(len(lines)) + " of " + itoa(height)
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w > width {
			return "line " + itoa(i) + " is " + itoa(w) + " of " + itoa(width) + " cells: " + ansi.Strip(line)
		}
	}
	return ""
}

func TestEveryScreenFitsEveryTerminal(t *testing.T) {
	for name, play := range scenes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(demo, func(c *Config) { c.Renderer = renderer(termenv.TrueColor, true) }).size(80, 24)
			play(s)
			for width := 1; width <= 130; width += 1 + width/20 {
				for _, height := range []int{1, 2, 4, 6, 8, 9, 11, 15, 24, 45} {
					s.size(width, height)
					if fault := overflow(s.m.View(), width, height); fault != "" {
						t.Fatalf("%d×%d: %s", width, height, fault)
					}
				}
			}
		})
	}
}

func TestTheLiveScreenFitsAllSizesUpTo130By45(t *testing.T) {
	s := newStage(demo).size(80, 24)
	scenes()["live"](s)
	for width := 1; width <= 130; width++ {
		for height := 1 + width%2; height <= 45; height += 2 {
			s.size(width, height)
			if fault := overflow(s.m.View(), width, height); fault != "" {
				t.Fatalf("%d×%d: %s", width, height, fault)
			}
		}
	}
}

func TestTheBadgeIsTheLastThingToLeaveTheScreen(t *testing.T) {
	for _, height := range []int{1, 2, 3, 5, 8} {
		s := newStage(demo).size(40, height)
		scenes()["retrying"](s)
		if view := ansi.Strip(s.m.View()); !strings.Contains(view, "↻ RETRY in 2.4 s") {
			t.Errorf("40×%d does not show the state of the feed:\n%s", height, view)
		}
	}
}

func TestTheBannerIsInPlainSightFromFortyColumns(t *testing.T) {
	for name, play := range scenes() {
		for _, width := range []int{40, 41, 55, 80, 120, 200} {
			s := newStage(demo).size(width, 8)
			play(s)
			if first, _, _ := strings.Cut(ansi.Strip(s.m.View()), "\n"); !strings.Contains(first, "DEMO · simulated prices") {
				t.Errorf("%s at %d columns: %q", name, width, first)
			}
		}
	}
}

func TestAFortyByEightTerminalShowsPricesWithTheirAge(t *testing.T) {
	s := newStage(demo).size(40, 8)
	scenes()["retrying"](s)
	view := ansi.Strip(s.m.View())
	for _, want := range []string{"NVDA", "181.18", "3s", "connection refused", "? help"} {
		if !strings.Contains(view, want) {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
}
