package ui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// style is the meaning of a piece of text. What a meaning looks like is decided in this file alone.
type style int8

const (
	plain style = iota
	strong
	muted
	stale
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

// styleVariants is what a style looks like: with colors, and without any.
type styleVariants struct {
	color lipgloss.Style
	mono  ansi.Style
}

// adaptiveColor is one color for light and for dark backgrounds, and its equivalent on a terminal of sixteen colors,
// which each user may have redefined.
type adaptiveColor struct{ light, dark, ansi string }

func (c adaptiveColor) forProfile(p termenv.Profile) lipgloss.TerminalColor {
	if p == termenv.ANSI {
		return lipgloss.Color(c.ansi)
	}
	return lipgloss.AdaptiveColor{Light: c.light, Dark: c.dark}
}

func variantsFor(r *lipgloss.Renderer) [styleCount]styleVariants {
	p := r.ColorProfile()
	fg := func(light, dark, ansi string) lipgloss.Style {
		return r.NewStyle().Foreground(adaptiveColor{light, dark, ansi}.forProfile(p))
	}
	box := func(text, ground adaptiveColor) lipgloss.Style {
		return r.NewStyle().Foreground(text.forProfile(p)).Background(ground.forProfile(p)).Bold(true)
	}
	none, bold := ansi.NewStyle(), ansi.NewStyle().Bold()
	faint, reverse := ansi.NewStyle().Faint(), ansi.NewStyle().Reverse(true)
	white := adaptiveColor{"#ffffff", "#ffffff", "15"}
	return [styleCount]styleVariants{
		plain:     {r.NewStyle(), none},
		strong:    {r.NewStyle().Bold(true), bold},
		muted:     {fg("#666666", "#949494", "7"), none},
		stale:     {fg("#7a7a7a", "#707070", "8"), faint},
		accent:    {fg("#0969da", "#58a6ff", "6").Bold(true), bold},
		tag:       {fg("#0969da", "#79b8ff", "6"), none},
		title:     {fg("#5f5f5f", "#a3a3a3", "7").Bold(true), none},
		up:        {fg("#1a7f37", "#3fb950", "2"), none},
		down:      {fg("#cf222e", "#ff6b61", "1"), none},
		upFlash:   {box(adaptiveColor{"#0b4f1f", "#d6ffe0", "0"}, adaptiveColor{"#aceebb", "#14582a", "2"}), reverse},
		downFlash: {box(adaptiveColor{"#7d0c17", "#ffe3e0", "15"}, adaptiveColor{"#ffcecb", "#832119", "1"}), reverse},
		flatFlash: {r.NewStyle().Bold(true), bold},
		good:      {fg("#1a7f37", "#3fb950", "2"), none},
		warn:      {fg("#8a5a00", "#e3b341", "3"), bold},
		bad:       {fg("#cf222e", "#ff7b72", "1").Bold(true), bold},
		live:      {fg("#1a7f37", "#3fb950", "2").Bold(true), bold},
		busy:      {fg("#8a5a00", "#e3b341", "3").Bold(true), bold},
		broken:    {box(white, adaptiveColor{"#cf222e", "#b62324", "1"}), reverse},
		ended:     {box(white, adaptiveColor{"#5f5f5f", "#4e4e4e", "8"}), reverse},
		banner:    {box(adaptiveColor{"#3b2300", "#1c1400", "0"}, adaptiveColor{"#ffd33d", "#d29922", "3"}), reverse},
		held:      {box(white, adaptiveColor{"#0969da", "#1f6feb", "4"}), reverse},
		keyStyle:  {r.NewStyle().Bold(true), bold},
	}
}

// theme is the escape sequences of all styles, made once: rendering a Lip Gloss style for each of a
// thousand cells, thirty times a second, would cost more than everything else together.
type theme struct {
	normal        [styleCount]string // switches the style on after a reset
	selected      [styleCount]string // the same for the row under the cursor
	hasBackground [styleCount]bool   // the style shows on blanks
}

const resetSequence = "\x1b[m"

func newTheme(r *lipgloss.Renderer) *theme {
	s := &theme{}
	cursor := lipgloss.AdaptiveColor{Light: "#e6e6e6", Dark: "#2a2a2a"}
	p := r.ColorProfile()
	for k, l := range variantsFor(r) {
		_, unset := l.color.GetBackground().(lipgloss.NoColor)
		s.hasBackground[k] = !unset
		if p == termenv.Ascii {
			s.normal[k] = strings.TrimSuffix(l.mono.String(), resetSequence)
			s.selected[k] = s.normal[k]
			continue
		}
		s.normal[k] = styleSequence(l.color)
		s.selected[k] = s.normal[k]
		if unset && p != termenv.ANSI { // none of the sixteen is faint enough as a background
			s.selected[k] = styleSequence(l.color.Background(cursor))
		}
	}
	return s
}

func styleSequence(s lipgloss.Style) string {
	before, _, _ := strings.Cut(s.Render("x"), "x")
	return before
}
