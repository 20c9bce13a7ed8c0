package ui

import (
	"math"
	"strings"
	"testing"

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
