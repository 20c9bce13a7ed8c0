package ui

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// usualBackgrounds are those that terminals have for a theme: the extremes, and those between that many have.
func usualBackgrounds(theme string) []string {
	switch {
	case strings.HasSuffix(theme, "dark"):
		return []string{"#000000", "#1e1e1e", "#282a36"}
	case strings.HasSuffix(theme, "light"):
		return []string{"#ffffff", "#f6f8fa", "#fdf6e3"}
	}
	return []string{"#000000", "#ffffff"}
}

func TestEveryThemeIsLegible(t *testing.T) {
	t.Parallel()
	const least = 4.5 // to 1: the level AA of the WCAG
	for _, theme := range BuiltInThemes() {
		if theme.mono {
			continue
		}
		for _, p := range []termenv.Profile{termenv.TrueColor, termenv.ANSI256} {
			require := func(what string, c colors, backgrounds ...string) {
				t.Helper()
				if c.ground != "" {
					backgrounds = []string{c.ground}
					if c.text == "" {
						t.Errorf("%s: %s has a ground of its own, and the text of the terminal", theme.Name, what)
					}
				}
				for _, b := range backgrounds {
					if got := contrast(p, c.text, b); c.text != "" && got < least {
						t.Errorf("%s, %s: %s %s on %s has a contrast of %.2f", theme.Name, p.Name(), what, c.text, b, got)
					}
				}
			}
			for st := range styleCount {
				if st == border {
					continue
				}
				require("style "+itoa(int(st)), theme.colors[st], usualBackgrounds(theme.Name)...)
				require("selected style "+itoa(int(st)), theme.onSelected(st))
			}
		}
	}
}

// contrast is that of two colors as a terminal shows them, by the WCAG.
func contrast(p termenv.Profile, a, b string) float64 {
	luminance := func(hex string) float64 {
		r, g, b := termenv.ConvertToRGB(nearestColor(p, hex)).LinearRgb()
		return 0.2126*r + 0.7152*g + 0.0722*b
	}
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func TestOnSixteenColorsNoTextIsOnAColorOfTheThemes(t *testing.T) {
	t.Parallel()
	for _, theme := range BuiltInThemes() {
		for st, c := range theme.basic {
			if c.ground != "" && c.ground != reversed {
				t.Errorf("%s: style %d has the ground %s, which may be as light or as dark as the text", theme.Name, st, c.ground)
			}
		}
	}
}

func TestThemesAreTriedOutBeforeOneIsKept(t *testing.T) {
	t.Parallel()
	mine, err := BuiltInThemes()[0].With("up", "#00ffaa")
	if err != nil {
		t.Fatal(err)
	}
	mine.Name = "mine"
	s := newHarness(func(c *Config) {
		c.Renderer, c.Themes, c.Theme = renderer(termenv.TrueColor, true), []Theme{mine}, "light"
	}).resize(100, 40).openMarket()
	before := s.m.View()
	s.keys("T")
	if !strings.Contains(s.screen(), "▌ light") {
		t.Errorf("the cursor is not at the theme on screen:\n%s", s.screen())
	}
	s.keys("g", "down")
	if !strings.Contains(s.m.View(), "38;2;0;255;170") {
		t.Error("the theme under the cursor is not tried out")
	}
	if s.keys("esc"); s.m.View() != before {
		t.Error("esc does not take back what was tried out")
	}
	s.keys("T", "g", "down", "enter")
	if !strings.Contains(s.m.View(), "38;2;0;255;170") || !strings.Contains(s.screen(), "theme mine") {
		t.Errorf("the theme is not kept:\n%s", s.screen())
	}
}

func TestEachThemeInTheListHasItsOwnColors(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) { c.Renderer, c.Theme = renderer(termenv.TrueColor, true), "dark" }).resize(120, 40).openMarket()
	s.keys("T")
	lines := strings.Split(s.m.View(), "\n")
	for _, theme := range BuiltInThemes() {
		at := slices.IndexFunc(lines, func(line string) bool {
			return strings.HasPrefix(strings.TrimLeft(ansi.Strip(line), " ▌"), theme.Name+" ")
		})
		want := newLook(theme, termenv.TrueColor, Looks{}).normal[up]
		if theme.Name == "dark" {
			want = newLook(theme, termenv.TrueColor, Looks{}).selected[up]
		}
		if at < 0 || !strings.Contains(lines[at], want+" ▲ +1.25%") {
			t.Errorf("%s: its sample is not in its own colors:\n%q", theme.Name, lines[max(at, 0)])
		}
	}
}

func TestABackgroundDecidesBetweenTwoThemes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		asked   string
		dark    bool
		unknown bool
		want    string
	}{
		{"", true, false, "dark"}, {"auto", false, false, "light"}, {"", true, true, "neutral"},
		{"red-up", false, false, "red-up-light"}, {"color-blind", true, true, "color-blind-dark"}, {"mono", true, false, "mono"},
		{"dark", false, false, "dark"},
	} {
		config := Config{Renderer: renderer(termenv.TrueColor, c.dark), UnknownBackground: c.unknown}
		if got := config.theme(c.asked).Name; got != c.want {
			t.Errorf("%q on dark=%v unknown=%v is %s, want %s", c.asked, c.dark, c.unknown, got, c.want)
		}
	}
}

func TestNothingFlashesWithReducedMotion(t *testing.T) {
	t.Parallel()
	for _, p := range []termenv.Profile{termenv.TrueColor, termenv.ANSI, termenv.Ascii} {
		s := newHarness(func(c *Config) { c.Renderer, c.ReducedMotion = renderer(p, true), true }).resize(120, 30).openMarket().trade(3)
		before := s.m.View()
		s.waitFor(flashDuration + time.Millisecond)
		lines := strings.Split(s.m.View(), "\n")
		for i, line := range strings.Split(before, "\n") {
			if strings.Contains(line, "NVDA") && ansi.Strip(line) == ansi.Strip(lines[i]) && line != lines[i] {
				t.Errorf("%s: it flashed:\n%q\n%q", p.Name(), line, lines[i])
			}
		}
	}
}

func TestReducedMotionComesAndGoesWithTheConfiguration(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 30).openMarket()
	for _, reduced := range []bool{true, false} {
		looks := Looks{ReducedMotion: reduced}
		s.send(reloadMsg{Reload{Looks: &looks}})
		if got, want := s.m.FrameInterval(), FrameInterval(looks); got != want {
			t.Errorf("with reduced motion %v there is a frame in %v, not in %v", reduced, got, want)
		}
	}
}

func TestAKeptThemeHoldsUntilAnotherIsConfigured(t *testing.T) {
	t.Parallel()
	kept := map[string]string{}
	s := newHarness(func(c *Config) {
		c.Theme = "dark"
		c.SaveSettings = func(changes map[string]string) error { maps.Copy(kept, changes); return nil }
	}).resize(100, 40)
	s.keys("T", "G")
	runCmd(s.keys("enter"))
	for configured, want := range map[string]string{"dark": "mono", "light": "light", "": "auto"} {
		next := newHarness(func(c *Config) { c.Theme, c.Settings = configured, kept })
		if next.m.themeName != want {
			t.Errorf("with %q configured it is %s, want %s (kept: %v)", configured, next.m.themeName, want, kept)
		}
	}
}
