package terminal

import (
	"testing"

	"github.com/muesli/termenv"
	"github.com/xo/terminfo"
)

func TestColorsAreThoseOfTheTerminal(t *testing.T) {
	for _, c := range []struct {
		kind, session, noColor string
		known, want            termenv.Profile
	}{
		{"screen", "", "", termenv.Ascii, termenv.ANSI},
		{"screen", "", "1", termenv.Ascii, termenv.Ascii},
		{"vt100", "", "", termenv.Ascii, termenv.Ascii},
		{"no-such-terminal", "", "", termenv.Ascii, termenv.Ascii},
		{"screen.xterm-256color", "1.pts-0", "", termenv.TrueColor, termenv.ANSI256},
		{"xterm-256color", "", "", termenv.TrueColor, termenv.TrueColor},
		{"xterm-256color", "1.pts-0", "", termenv.ANSI256, termenv.ANSI256},
	} {
		if _, err := terminfo.Load(c.kind); err != nil && c.want == termenv.ANSI {
			t.Skipf("there is no terminfo of %s here", c.kind)
		}
		t.Setenv("TERM", c.kind)
		t.Setenv("STY", c.session)
		t.Setenv("NO_COLOR", c.noColor)
		if got := ColorProfile(c.known); got != c.want {
			t.Errorf("%+v: it is %s", c, got.Name())
		}
	}
}
