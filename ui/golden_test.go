package ui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"
)

// update is set by `go test ./ui -update`, which writes the screens anew; teatest brings the flag.
func update() bool { return flag.Lookup("update").Value.String() == "true" }

// goldenSizes are the terminals that every scene is drawn on.
func goldenSizes() [][2]int { return [][2]int{{40, 10}, {60, 20}, {80, 24}, {120, 40}, {200, 60}} }

func TestEveryStateOfAFeedHasItsScreenInEveryLook(t *testing.T) {
	t.Parallel()
	for name, play := range scenes() {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			for _, size := range goldenSizes() {
				s := newHarness(demoConfig).resize(size[0], size[1])
				play(s)
				screen := s.screen()
				fmt.Fprintf(&out, "═══ %d×%d\n%s\n", size[0], size[1], screen)
				s.requireSameInEveryLook(t, screen)
			}
			compareGolden(t, name, out.String())
		})
	}
}

// requireSameInEveryLook draws the screen in colors: what can be read is the same. In ASCII it has the same letters and digits.
func (s *harness) requireSameInEveryLook(t *testing.T, screen string) {
	t.Helper()
	m := s.m
	for _, look := range []struct {
		name    string
		profile termenv.Profile
		Looks
	}{
		{"dark", termenv.TrueColor, Looks{Theme: "dark"}},
		{"light", termenv.TrueColor, Looks{Theme: "light"}},
		{"256 colors", termenv.ANSI256, Looks{Theme: "color-blind-dark"}},
		{"16 colors", termenv.ANSI, Looks{Theme: "red-up-light"}},
		{"ASCII", termenv.Ascii, Looks{ASCII: true}},
	} {
		m.config.Renderer = renderer(look.profile, true)
		view := m.useLooks(look.Looks).layOut().View()
		if rest := styleSequence.ReplaceAllString(view, ""); strings.Contains(rest, "\x1b") {
			t.Errorf("%s: it has more than styles: %q", look.name, rest)
		}
		got, want := strings.Split(ansi.Strip(view), "\n"), strings.Split(screen, "\n")
		for i := range want {
			if look.ASCII {
				want[i] = asciiText(want[i], cells(want[i]), asciiSigns())
				if isASCII := strings.IndexFunc(got[i], isBeyondASCII) < 0; !isASCII {
					t.Errorf("%s, line %d has other signs:\n%s", look.name, i, got[i])
				}
				want[i], got[i] = notWord.ReplaceAllString(want[i], " "), notWord.ReplaceAllString(got[i], " ")
			}
			if strings.TrimRight(got[i], " ") != strings.TrimRight(want[i], " ") {
				t.Errorf("%s, line %d is\n%q, want\n%q", look.name, i, got[i], want[i])
			}
		}
	}
}

var (
	styleSequence = regexp.MustCompile(`\x1b\[[0-9;]*m`)
	notWord       = regexp.MustCompile(`(\b[a-zA-Z]\b|[^A-Za-z0-9])+`) // the signs of a chart in ASCII are others than of one in braille
)

func TestColorsSayWhatSignsSay(t *testing.T) {
	t.Parallel()
	for _, look := range []struct {
		name    string
		profile termenv.Profile
		dark    bool
		Looks
	}{
		{"dark", termenv.TrueColor, true, Looks{}}, {"light", termenv.TrueColor, false, Looks{}},
		{"color-blind", termenv.TrueColor, true, Looks{Theme: "color-blind"}}, {"red-up", termenv.TrueColor, true, Looks{Theme: "red-up"}},
		{"256", termenv.ANSI256, true, Looks{}}, {"16", termenv.ANSI, true, Looks{}}, {"16-light", termenv.ANSI, false, Looks{}},
		{"none", termenv.Ascii, true, Looks{}}, {"ascii", termenv.Ascii, true, Looks{ASCII: true}},
	} {
		for _, scene := range []string{"live", "retrying", "sickfeeds"} {
			t.Run(look.name+" "+scene, func(t *testing.T) {
				s := newHarness(demoConfig, func(c *Config) { c.Renderer, c.Looks = renderer(look.profile, look.dark), look.Looks }).resize(80, 24)
				scenes()[scene](s)
				compareGolden(t, "color-"+look.name+"-"+scene, strings.ReplaceAll(s.m.View(), "\x1b", "␛")+"\n")
			})
		}
	}
}

// compareGolden compares a screen with the one that was looked at.
func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if update() {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
