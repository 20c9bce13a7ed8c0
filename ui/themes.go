package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Theme is a choice of colors.
type Theme struct {
	Name string

	colors   [styleCount]colors // on terminals of 256 colors and more
	basic    [styleCount]colors // on terminals of sixteen colors, which each user may have redefined
	selected colors             // plain text in the row under the cursor; empty: a sign is all that marks the row
	mono     bool               // no colors, but bold, faint and reversed text
}

// onSelected are the colors of a style in the row under the cursor. Both are set, so that the row is legible even where the
// theme does not suit the terminal's background.
func (t Theme) onSelected(st style) colors {
	c := t.colors[st]
	if c.ground == "" {
		c.ground = t.selected.ground
	}
	if c.text == "" {
		c.text = t.selected.text
	}
	return c
}

// BuiltInThemes are the themes that come with the program. Each has a contrast of 4.5 to 1 at least on the backgrounds that
// it is for.
func BuiltInThemes() []Theme {
	var all []Theme
	for _, b := range []background{darkBackground(), lightBackground()} {
		blind := b
		blind.warning, blind.basicWarning = b.violet, "5" // amber is too near to orange
		all = append(all,
			b.theme(b.name, b.green, b.red),
			b.theme("red-up-"+b.name, b.red, b.green),
			blind.theme("color-blind-"+b.name, b.blue, b.orange))
	}
	neutral := neutralBackground()
	return append(all, neutral.theme(neutral.name, neutral.green, neutral.red), Theme{Name: "mono", mono: true})
}

// background has what themes for one background of the terminal have in common.
type background struct {
	name                            string
	muted, stale, border, basicGray string
	accent, basicAccent             string
	warning, basicWarning           string
	selected                        colors
	green, red, blue, orange        directionColors
	violet                          string
	failed, ended, banner, paused   colors
}

// directionColors are the colors of prices that go one way.
type directionColors struct {
	text  string
	flash colors
	basic string
}

func darkBackground() background {
	return background{
		name: "dark", muted: "#b2b2b2", stale: "#9a9a9a", border: "#5f5f5f", basicGray: "7",
		accent: "#6cb0ff", basicAccent: "6", warning: "#e3b341", basicWarning: "3", violet: "#dd9ac8",
		selected: colors{"#f0f0f0", "#2c2c2c"},
		green:    directionColors{"#4cc764", colors{"#d6ffe0", "#14582a"}, "2"},
		red:      directionColors{"#ff7b72", colors{"#ffe3e0", "#832119"}, "1"},
		blue:     directionColors{"#56b4e9", colors{"#d6f0ff", "#0b4f78"}, "6"},
		orange:   directionColors{"#f0a830", colors{"#fff0d0", "#734a00"}, "3"},
		failed:   colors{"#000000", "#e0e0e0"},
		ended:    colors{"#ffffff", "#4e4e4e"},
		banner:   colors{"#1c1400", "#d29922"},
		paused:   colors{"#ffffff", "#1a5fc8"},
	}
}

func lightBackground() background {
	return background{
		name: "light", muted: "#4e4e4e", stale: "#5c5c5c", border: "#a8a8a8", basicGray: "8",
		accent: "#004fa8", basicAccent: "4", warning: "#6a4500", basicWarning: "", violet: "#8a2a6a",
		selected: colors{"#111111", "#e6e6e6"},
		green:    directionColors{"#146c2e", colors{"#0b4f1f", "#aceebb"}, "2"},
		red:      directionColors{"#b3121f", colors{"#7d0c17", "#ffcecb"}, "1"},
		blue:     directionColors{"#005a9c", colors{"#00375f", "#b8dcf8"}, "4"},
		orange:   directionColors{"#873f00", colors{"#5c2b00", "#ffdcb0"}, "5"},
		failed:   colors{"#ffffff", "#303030"},
		ended:    colors{"#ffffff", "#5f5f5f"},
		banner:   colors{"#3b2300", "#ffd33d"},
		paused:   colors{"#ffffff", "#0757ba"},
	}
}

// neutralBackground is for a terminal that does not tell its background: every color is about as far from black as from white.
func neutralBackground() background {
	return background{
		name: neutralTheme, muted: "#767676", stale: "#767676", border: "#767676", basicGray: "",
		accent: "#5f5fff", basicAccent: "4",
		green:  directionColors{"#00875f", colors{"#d6ffe0", "#14582a"}, "2"},
		red:    directionColors{"#af5f5f", colors{"#ffe3e0", "#832119"}, "1"},
		failed: colors{"#ffffff", "#303030"},
		ended:  colors{"#ffffff", "#4e4e4e"},
		banner: colors{"#1c1400", "#d29922"},
		paused: colors{"#ffffff", "#1a5fc8"},
	}
}

func (b background) theme(name string, rising, falling directionColors) Theme {
	text := func(s string) colors { return colors{text: s} }
	return Theme{
		Name: name, selected: b.selected,
		colors: [styleCount]colors{
			muted: text(b.muted), stale: text(b.stale), border: text(b.border), title: text(b.muted),
			accent: text(b.accent), tag: text(b.accent),
			up: text(rising.text), down: text(falling.text), upFlash: rising.flash, downFlash: falling.flash,
			warn: text(b.warning), bad: text(b.warning), busy: text(b.warning),
			broken: b.failed, ended: b.ended, banner: b.banner, held: b.paused,
		},
		basic: [styleCount]colors{
			muted: text(b.basicGray), stale: text(b.basicGray), border: text(b.basicGray), title: text(b.basicGray),
			accent: text(b.basicAccent), tag: text(b.basicAccent),
			up: text(rising.basic), down: text(falling.basic), upFlash: {rising.basic, reversed}, downFlash: {falling.basic, reversed},
			warn: text(b.basicWarning), bad: text(b.basicWarning), busy: text(b.basicWarning),
			broken: {"", reversed}, ended: {b.basicGray, reversed}, banner: {b.basicWarning, reversed}, held: {"4", reversed},
		},
	}
}

// ThemeNames are what may be asked for: the built-in themes and the given ones, and what the background decides: "auto", and
// "color-blind" for "color-blind-dark" or "color-blind-light".
func ThemeNames(own []Theme) []string {
	all := slices.Concat(own, BuiltInThemes())
	names := []string{autoTheme}
	for _, t := range all {
		if stem, isDark := strings.CutSuffix(t.Name, "-dark"); isDark && findTheme(stem+"-light", all) != nil {
			names = append(names, stem)
		}
		names = append(names, t.Name)
	}
	return names
}

const (
	autoTheme    = "auto"
	neutralTheme = "neutral"
)

// findTheme is the theme of that name, or nil.
func findTheme(name string, all []Theme) *Theme {
	if i := slices.IndexFunc(all, func(t Theme) bool { return t.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// StyleNames are the styles of which a theme chooses the colors.
func StyleNames() []string {
	names := styleNames()
	return slices.DeleteFunc(append(names[:], selectedName), func(name string) bool { return name == "" })
}

const selectedName = "selected" // the row under the cursor

// With is a theme with other colors of one of [StyleNames]: "#rrggbb" or the number of one of the terminal's 256, or such a
// color on another.
func (t Theme) With(style, value string) (Theme, error) {
	text, ground, paired := strings.Cut(value, " on ")
	if !isColor(text) || paired && !isColor(ground) {
		return t, fmt.Errorf(`%q is not a colour: write "#4cc764" with the quotes, a number from 0 to 255, or one colour on another: "#1c1400 on #d29922"`, value)
	}
	names := styleNames()
	switch {
	case style != selectedName:
		t.colors[slices.Index(names[:], style)] = colors{text, ground}
	case paired:
		t.selected = colors{text, ground}
	default:
		t.selected.ground = text
	}
	t.mono = false
	return t, nil
}

func isColor(s string) bool {
	if digits, ok := strings.CutPrefix(s, "#"); ok {
		_, err := strconv.ParseUint(digits, 16, 32)
		return err == nil && len(digits) == 6
	}
	_, err := strconv.ParseUint(s, 10, 8)
	return err == nil
}
