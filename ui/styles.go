package ui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// ink is a meaning that a piece of text can have; what it looks like is decided here alone.
type ink int8

const (
	plain ink = iota
	strong
	muted
	stale
	accent // where the keyboard is
	title
	up
	down
	upFlash // digits that just changed
	downFlash
	flatFlash
	good
	warn
	bad
	live // the badges
	busy
	broken
	ended
	banner
	held
	keyName
	inks // how many there are
)

// look is one ink's style with colours, and the attributes that stand for it without any.
type look struct {
	color lipgloss.Style
	mono  ansi.Style
}

// theme says what every ink looks like on a renderer's terminal, dark or light.
func theme(r *lipgloss.Renderer) [inks]look {
	fg := func(light, dark string) lipgloss.Style {
		return r.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: light, Dark: dark})
	}
	on := func(s lipgloss.Style, light, dark string) lipgloss.Style {
		return s.Background(lipgloss.AdaptiveColor{Light: light, Dark: dark})
	}
	none, boldMono := ansi.NewStyle(), ansi.NewStyle().Bold()
	faint, reverse := ansi.NewStyle().Faint(), ansi.NewStyle().Reverse(true)
	return [inks]look{
		plain:     {r.NewStyle(), none},
		strong:    {r.NewStyle().Bold(true), boldMono},
		muted:     {fg("#667079", "#8b949e"), none},
		stale:     {fg("#8c959f", "#6b7480"), faint},
		accent:    {fg("#0969da", "#58a6ff").Bold(true), boldMono},
		title:     {fg("#57606a", "#9aa4af").Bold(true), none},
		up:        {fg("#1a7f37", "#3fb950"), none},
		down:      {fg("#cf222e", "#ff6b61"), none},
		upFlash:   {on(fg("#0b4f1f", "#d6ffe0"), "#aceebb", "#196c2e").Bold(true), reverse},
		downFlash: {on(fg("#7d0c17", "#ffe3e0"), "#ffcecb", "#a1251f").Bold(true), reverse},
		flatFlash: {r.NewStyle().Bold(true), boldMono},
		good:      {fg("#1a7f37", "#3fb950"), none},
		warn:      {fg("#8a5a00", "#e3b341"), boldMono},
		bad:       {fg("#cf222e", "#ff7b72").Bold(true), boldMono},
		live:      {fg("#1a7f37", "#3fb950").Bold(true), boldMono},
		busy:      {fg("#8a5a00", "#e3b341").Bold(true), boldMono},
		broken:    {on(fg("#ffffff", "#ffffff"), "#cf222e", "#b62324").Bold(true), reverse},
		ended:     {on(fg("#ffffff", "#f0f3f6"), "#57606a", "#484f58").Bold(true), reverse},
		banner:    {on(fg("#3b2300", "#1c1400"), "#ffd33d", "#d29922").Bold(true), reverse},
		held:      {on(fg("#ffffff", "#ffffff"), "#0969da", "#1f6feb").Bold(true), reverse},
		keyName:   {r.NewStyle().Bold(true), boldMono},
	}
}

// styles are the escape sequences of every ink, made once: rendering a style for each of a
// thousand cells, thirty times a second, would cost more than everything else together.
type styles struct {
	open     [inks]string // switches the ink on after a reset
	selected [inks]string // the same on the row under the cursor
	boxed    [inks]bool   // shows on blanks, too
}

const reset = "\x1b[m"

// newStyles resolves the theme for a renderer's colours and background.
func newStyles(r *lipgloss.Renderer) *styles {
	s := &styles{}
	cursor := lipgloss.AdaptiveColor{Light: "#e4ebf3", Dark: "#262d36"}
	colorless := r.ColorProfile() == termenv.Ascii
	for k, l := range theme(r) {
		_, unset := l.color.GetBackground().(lipgloss.NoColor)
		s.boxed[k] = !unset
		if colorless {
			s.open[k] = strings.TrimSuffix(l.mono.String(), reset)
			s.selected[k] = s.open[k]
			continue
		}
		s.open[k] = opening(l.color)
		s.selected[k] = s.open[k]
		if unset {
			s.selected[k] = opening(l.color.Background(cursor))
		}
	}
	return s
}

// opening is what a style writes before its text.
func opening(s lipgloss.Style) string {
	before, _, _ := strings.Cut(s.Render("x"), "x")
	return before
}
