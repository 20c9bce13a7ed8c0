package ui

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// style is the meaning of a piece of text. What a meaning looks like is decided by themes. Green and red, or what a theme has in
// their place, mean the direction of a price and nothing else: the health of a feed is told by signs and words.
type style int8

const (
	plain style = iota
	strong
	muted
	stale
	border // lines between panes, which say nothing
	accent // what has the keyboard
	title
	tag // a symbol beside a headline
	up
	down
	upFlash // digits that just changed
	downFlash
	flatFlash
	good
	warn
	bad
	live // the badges, up to held
	busy
	broken
	ended
	banner
	held
	keyStyle // the name of a key
	styleCount
)

// styleNames are the styles as a theme of the configuration calls them; those without a name are bold text.
func styleNames() [styleCount]string {
	return [styleCount]string{
		plain: "text", muted: "muted", stale: "stale", border: "border", accent: "accent", title: "title", tag: "tag",
		up: "up", down: "down", upFlash: "up-flash", downFlash: "down-flash", warn: "warning", bad: "error", busy: "waiting",
		broken: "failed", ended: "ended", banner: "banner", held: "paused",
	}
}

// isBold reports whether a style is bold where there are colors.
func (st style) isBold() bool {
	switch st {
	case plain, muted, stale, border, tag, up, down, good, warn:
		return false
	}
	return true
}

// monoSequence is what a style looks like without colors.
func (st style) monoSequence() string {
	switch st {
	case stale, border:
		return "\x1b[2m"
	case upFlash, downFlash, broken, ended, banner, held:
		return "\x1b[7m"
	case strong, accent, flatFlash, warn, bad, live, busy, keyStyle:
		return "\x1b[1m"
	}
	return ""
}

// look is how lines are drawn: the escape sequences of all styles, made once, and the signs. Rendering a Lip Gloss style for
// each of a thousand cells, thirty times a second, would cost more than everything else together.
type look struct {
	normal        [styleCount]string // switches the style on after a reset
	selected      [styleCount]string // the same for the row under the cursor
	hasBackground [styleCount]bool   // the style shows on blanks
	asciiSigns    map[rune]rune      // what stands for other signs; nil: all signs are drawn as they are
}

const resetSequence = "\x1b[m"

// newLook makes the sequences of a theme for a terminal of so many colors.
func newLook(t Theme, profile termenv.Profile, with Looks) *look {
	l := &look{}
	if with.ASCII {
		l.asciiSigns = asciiSigns()
	}
	for st := range styleCount {
		normal, selected := t.colors[st], t.onSelected(st)
		switch {
		case t.mono || profile == termenv.Ascii:
			l.normal[st] = st.monoSequence()
			l.hasBackground[st] = strings.Contains(l.normal[st], "7")
			l.selected[st] = l.normal[st]
			continue
		case profile == termenv.ANSI:
			normal = t.basic[st]
			selected = normal // none of the sixteen is faint enough for a background
		}
		l.normal[st] = normal.sequence(profile, st.isBold())
		l.selected[st] = selected.sequence(profile, st.isBold())
		l.hasBackground[st] = normal.ground != ""
	}
	if with.ReducedMotion {
		for _, st := range []style{upFlash, downFlash, flatFlash} {
			l.normal[st], l.selected[st], l.hasBackground[st] = l.normal[plain], l.selected[plain], false
		}
	}
	return l
}

// colors are the color of text and of what is behind it: "#rrggbb", a number of a terminal's palette, or empty for the
// terminal's own.
type colors struct{ text, ground string }

// reversed as a color of the ground is the text in the color of the screen on the ground of the text, which is legible
// whatever a terminal makes of its sixteen colors.
const reversed = "reversed"

func (c colors) sequence(p termenv.Profile, bold bool) string {
	var codes []string
	if bold {
		codes = append(codes, "1")
	}
	if c.ground == reversed {
		codes = append(codes, "7")
	} else if c.ground != "" {
		codes = append(codes, nearestColor(p, c.ground).Sequence(true))
	}
	if c.text != "" {
		codes = append(codes, nearestColor(p, c.text).Sequence(false))
	}
	if len(codes) == 0 {
		return ""
	}
	return "\x1b[" + strings.Join(codes, ";") + "m"
}

// nearestColor is a color as a terminal has it.
func nearestColor(p termenv.Profile, c string) termenv.Color {
	if rgb := ansi.XParseColor(c); p == termenv.ANSI256 && rgb != nil {
		return termenv.ANSI256Color(ansi.Convert256(rgb)) // Termenv takes a gray for a lighter one
	}
	return p.Color(c)
}

// useTheme draws everything by a theme from now on.
func (m Model) useTheme(name string) Model {
	m.themeName = cmp.Or(name, autoTheme)
	m.theme = newLook(m.config.theme(name), m.config.Renderer.ColorProfile(), m.config.Looks)
	return m
}

// theme is the theme of that name, or the one for the terminal's background. The background also decides between two themes
// whose names begin so.
func (c Config) theme(name string) Theme {
	background := "-light"
	if c.Renderer.HasDarkBackground() {
		background = "-dark"
	}
	all := slices.Concat(c.Themes, BuiltInThemes())
	t := findTheme(name, all)
	if t == nil {
		t = findTheme(name+background, all)
	}
	if t == nil && c.UnknownBackground {
		t = findTheme(neutralTheme, all)
	}
	if t == nil {
		t = findTheme(background[1:], all)
	}
	return *t
}
