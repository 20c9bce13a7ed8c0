package ui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"
)

// update is set by `go test ./ui -update`, which writes the screens anew; teatest brings the flag.
func update() bool { return flag.Lookup("update").Value.String() == "true" }

// goldenSizes are the terminals that every scene is drawn on.
func goldenSizes() [][2]int { return [][2]int{{40, 10}, {80, 24}, {120, 40}, {200, 60}} }

func TestEveryStateOfAFeedHasItsScreen(t *testing.T) {
	t.Parallel()
	for name, play := range scenes() {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			for _, size := range goldenSizes() {
				s := newHarness(demoConfig).resize(size[0], size[1])
				play(s)
				fmt.Fprintf(&out, "═══ %d×%d\n%s\n", size[0], size[1], ansi.Strip(s.m.View()))
			}
			compareGolden(t, name, out.String())
		})
	}
}

func TestColorsSayWhatSignsSay(t *testing.T) {
	t.Parallel()
	for _, look := range []struct {
		name    string
		profile termenv.Profile
		dark    bool
	}{{"dark", termenv.TrueColor, true}, {"light", termenv.TrueColor, false}, {"256", termenv.ANSI256, true}, {"16", termenv.ANSI, true}, {"none", termenv.Ascii, true}} {
		for _, scene := range []string{"live", "retrying"} {
			t.Run(look.name+" "+scene, func(t *testing.T) {
				s := newHarness(demoConfig, func(c *Config) { c.Renderer = renderer(look.profile, look.dark) }).resize(80, 24)
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
