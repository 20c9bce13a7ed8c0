// Package terminal finds out what the terminal of a screen is like: [DetectBackground] and [HasUnicode].
package terminal

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/muesli/cancelreader"
	"github.com/muesli/termenv"
	"github.com/xo/terminfo"
)

// Background is what a terminal has behind its text.
type Background int

// The backgrounds.
const (
	Unknown Background = iota
	Dark
	Light
)

// answerTimeout is how long a terminal may take to say what its background is.
const answerTimeout = 100 * time.Millisecond

// DetectBackground returns the background that the terminal answers with, else that of COLORFGBG, else dark: but for tmux and
// screen, which hide many a light terminal, it is unknown. It takes 100 ms at the longest. Input may be nil.
func DetectBackground(input, output *os.File) Background {
	if c := askBackground(input, output); c != nil {
		return backgroundOf(isDark(c))
	}
	fields := strings.Split(os.Getenv("COLORFGBG"), ";")
	number, err := strconv.Atoi(fields[len(fields)-1])
	switch {
	case len(fields) > 1 && err == nil:
		return backgroundOf(number < 7 || number == 8) // of the 16 colors
	case isMultiplexer():
		return Unknown
	}
	return Dark
}

func backgroundOf(dark bool) Background {
	if dark {
		return Dark
	}
	return Light
}

// ColorProfile is how many colors a terminal has of which Termenv knows so many. Where it knows of none, such as for TERM=screen,
// terminfo decides. GNU screen has 256 at most: it takes those of 24 bits for other sequences, also where the terminal around it
// has them.
func ColorProfile(known termenv.Profile) termenv.Profile {
	switch {
	case termenv.EnvNoColor():
	case known == termenv.TrueColor && os.Getenv("STY") != "":
		return termenv.ANSI256
	case known == termenv.Ascii:
		return terminfoProfile()
	}
	return known
}

func terminfoProfile() termenv.Profile {
	info, err := terminfo.LoadFromEnv()
	if err != nil {
		return termenv.Ascii // none is known
	}
	switch n := info.Num(terminfo.MaxColors); {
	case n >= 256:
		return termenv.ANSI256
	case n >= 8:
		return termenv.ANSI
	}
	return termenv.Ascii
}

func isMultiplexer() bool {
	kind := os.Getenv("TERM")
	return strings.HasPrefix(kind, "screen") || strings.HasPrefix(kind, "tmux")
}

// askBackground asks the terminal for its background; nil for no answer. Then it asks for the terminal's attributes, which
// nearly every one answers, so that one which does not know the first question costs no time.
func askBackground(input, output *os.File) color.Color {
	if input == nil {
		return nil
	}
	state, err := term.MakeRaw(input.Fd())
	if err != nil {
		return nil
	}
	defer term.Restore(input.Fd(), state)
	reader, err := cancelreader.NewReader(input)
	if err != nil {
		return nil
	}
	defer reader.Close()
	timer := time.AfterFunc(answerTimeout, func() { reader.Cancel() })
	defer timer.Stop()
	fmt.Fprint(output, question())
	var answer []byte
	for buf := make([]byte, 256); len(answer) < maxAnswer && !attributesAnswer.Match(answer); {
		n, err := reader.Read(buf)
		if err != nil {
			break
		}
		answer = append(answer, buf[:n]...)
	}
	found := backgroundAnswer.FindSubmatch(answer)
	if found == nil {
		return nil
	}
	return ansi.XParseColor(string(found[1]))
}

// question asks for the background, then for the attributes. The program screen knows only the latter: it passes the question
// on to the terminal that it is shown on.
func question() string {
	q := ansi.RequestBackgroundColor + ansi.RequestPrimaryDeviceAttributes
	if os.Getenv("STY") != "" && os.Getenv("TMUX") == "" {
		return ansi.ScreenPassthrough(q, 0)
	}
	return q
}

const maxAnswer = 4096 // bytes

var (
	backgroundAnswer = regexp.MustCompile(`\x1b\]11;(rgba?:[0-9a-fA-F/]+)(?:\x07|\x1b\\)`)
	attributesAnswer = regexp.MustCompile(`\x1b\[\?[0-9;]*c`)
)

// isDark reports whether a color's lightness is under a half.
func isDark(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return max(r, g, b)+min(r, g, b) < 0xffff
}

// AnswerFilter takes late answers to the questions of [DetectBackground] out of what is typed: they would be taken for keys.
type AnswerFilter struct {
	inside byte // the second byte of the answer that has begun and not ended; 0: none
}

// Filter takes answers out of p, in place.
func (f *AnswerFilter) Filter(p []byte) []byte {
	kept := p[:0]
	for i := 0; i < len(p); i++ {
		switch {
		case f.inside == ']' && (p[i] == '\a' || p[i] == '\\'), f.inside == '[' && p[i] >= '@':
			f.inside = 0
		case f.inside != 0:
		case bytes.HasPrefix(p[i:], []byte("\x1b]11;")), bytes.HasPrefix(p[i:], []byte("\x1b[?")):
			f.inside = p[i+1]
			i++
		default:
			kept = append(kept, p[i])
		}
	}
	return kept
}

// HasUnicode reports whether the terminal shows more than ASCII, by the locale. Where none is set it is taken to: so do nearly
// all. The console of Linux has signs for Latin letters only.
func HasUnicode() bool {
	if os.Getenv("TERM") == "linux" {
		return false
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(os.Getenv(name)); locale != "" && runtime.GOOS != "windows" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return true
}
