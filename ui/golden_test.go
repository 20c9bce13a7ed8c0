package ui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"
)

// update is set by `go test ./ui -update`, which writes the screens anew; teatest brings the flag.
func update() bool { return flag.Lookup("update").Value.String() == "true" }

// goldenSizes are the terminals that every scene is drawn on.
func goldenSizes() [][2]int { return [][2]int{{40, 10}, {60, 20}, {80, 24}, {120, 40}, {200, 60}} }

// TestEveryStateOfAFeedHasItsScreenInEveryLook has a golden file of the text of each scene, and one of its styles: a letter
// for each cell, by the order of the styles, in upper case on the row under the cursor. In every look, a screen is that text in
// these styles.
func TestEveryStateOfAFeedHasItsScreenInEveryLook(t *testing.T) {
	t.Parallel()
	for name, play := range scenes() {
		t.Run(name, func(t *testing.T) {
			var texts, styles strings.Builder
			for _, size := range goldenSizes() {
				s := newHarness(demoConfig).resize(size[0], size[1])
				play(s)
				screen, letters := s.screen(), s.styleLetters()
				fmt.Fprintf(&texts, "═══ %d×%d\n%s\n", size[0], size[1], screen)
				fmt.Fprintf(&styles, "═══ %d×%d\n%s\n", size[0], size[1], letters)
				s.requireSameInEveryLook(t, screen, letters)
			}
			compareGolden(t, name, texts.String())
			compareGolden(t, filepath.Join("styles", name), styles.String())
		})
	}
}

// styleLetters has a letter for the style of each cell of the screen: blank for plain text, a question mark for the sample
// of another theme.
func (s *harness) styleLetters() string {
	m := s.m
	m.config.Renderer = renderer(termenv.TrueColor, true)
	m = m.useLooks(Looks{Theme: "dark"}).layOut()
	theme := *m.theme
	letters := map[string]rune{"": ' '}
	for st := range styleCount {
		theme.normal[st], theme.selected[st] = fmt.Sprintf("\x1b[%dm", 100+int(st)), fmt.Sprintf("\x1b[%dm", 200+int(st))
		letters[theme.normal[st]], letters[theme.selected[st]] = 'a'+rune(st), 'A'+rune(st)
	}
	theme.normal[plain] = ""
	m.theme, m.frame = &theme, &frame{}
	var out []string
	for line := range strings.SplitSeq(m.View(), "\n") {
		row := []rune{}
		for _, cell := range styledRunes(line) {
			letter, known := letters[cell.sequence]
			if !known {
				letter = '?'
			}
			row = append(row, letter)
		}
		out = append(out, strings.TrimRight(string(row), " "))
	}
	return strings.Join(out, "\n")
}

// styledRune is a character, and the sequence that its style began with.
type styledRune struct {
	rune
	sequence string
}

func styledRunes(line string) (all []styledRune) {
	sequence := ""
	for line != "" {
		if at := styleSequence.FindStringIndex(line); at != nil && at[0] == 0 {
			if sequence = line[:at[1]]; sequence == resetSequence {
				sequence = ""
			}
			line = line[at[1]:]
			continue
		}
		r, n := utf8.DecodeRuneInString(line)
		all, line = append(all, styledRune{r, sequence}), line[n:]
	}
	return all
}

// requireStyles checks that a line is drawn in the styles of its letters. That of a sample has those of another theme.
func (l *look) requireStyles(t *testing.T, where, line, letters string) {
	t.Helper()
	if strings.Contains(letters, "?") {
		return
	}
	for i, cell := range styledRunes(line) {
		want, st := "", plain
		if i < len(letters) && letters[i] != ' ' {
			st = style(letters[i]|0x20) - 'a'
		}
		switch {
		case cell.rune == ' ': // what has a ground in some themes has none there
			continue
		case i < len(letters) && letters[i] >= 'A' && letters[i] <= 'Z':
			want = l.selected[st]
		default:
			want = l.normal[st]
		}
		if cell.sequence != want {
			t.Errorf("%s, cell %d: %q is drawn by %q, want %q of style %d", where, i, cell.rune, cell.sequence, want, st)
			return
		}
	}
}

// requireSameInEveryLook draws the screen in colors: what can be read is the same. In ASCII it has the same letters and digits.
func (s *harness) requireSameInEveryLook(t *testing.T, screen, letters string) {
	t.Helper()
	m, styles := s.m, strings.Split(letters, "\n")
	for _, look := range []struct {
		name    string
		profile termenv.Profile
		Looks
	}{
		{"dark", termenv.TrueColor, Looks{Theme: "dark"}},
		{"light", termenv.TrueColor, Looks{Theme: "light"}},
		{"256 colors", termenv.ANSI256, Looks{Theme: "color-blind-dark"}},
		{"16 colors", termenv.ANSI, Looks{Theme: "red-up-light"}},
		{"no colors", termenv.Ascii, Looks{}},
		{"ASCII", termenv.Ascii, Looks{ASCII: true}},
	} {
		m.config.Renderer = renderer(look.profile, true)
		drawn := m.useLooks(look.Looks).layOut()
		view := drawn.View()
		if rest := styleSequence.ReplaceAllString(view, ""); strings.Contains(rest, "\x1b") {
			t.Errorf("%s: it has more than styles: %q", look.name, rest)
		}
		lines, got, want := strings.Split(view, "\n"), strings.Split(ansi.Strip(view), "\n"), strings.Split(screen, "\n")
		for i := range want {
			if !look.ASCII {
				drawn.theme.requireStyles(t, fmt.Sprintf("%s, line %d", look.name, i), lines[i], styles[i])
			}
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
