package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/muesli/termenv"

	"livetape/feed/market"
)

// keepWritten has the screen write into a map.
func keepWritten(files map[string]string) func(*Config) {
	return func(c *Config) {
		c.Renderer = renderer(termenv.TrueColor, true)
		c.WriteFile = func(base, extension, text string) (string, error) {
			if base == "no/x" {
				return "", errors.New("open no/x: no such file or directory")
			}
			files[base+extension] = text
			return base + extension, nil
		}
	}
}

func TestAScreenIsWrittenAsItWasWhenItWasAskedFor(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	s := newHarness(keepWritten(files)).resize(120, 40).openMarket()
	asked := s.screen()
	s.keys("W")
	s.requireText(t, "write the screen to: livetape-20260312-120317.svg")
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("999.99")})
	s.answer(s.keys("enter"))
	s.requireText(t, "screen of 12:03:17 written to livetape-20260312-120317.svg")
	svg := files["livetape-20260312-120317.svg"]
	for _, want := range []string{"<svg ", "181.46", "トヨタ自動車", `font-weight="bold"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	if strings.Contains(svg, "999.99") || strings.Contains(svg, "write the screen") {
		t.Error("the picture is of a later screen")
	}

	s.keys("W", "ctrl+w")
	s.keys("t", "a", "p", "e", ".", "t", "x", "t")
	s.answer(s.keys("enter"))
	text := files["tape.txt"]
	if lines := strings.Split(asked, "\n"); strings.Contains(text, "\x1b") || !strings.HasPrefix(text, strings.TrimRight(lines[0], " ")[:20]) || strings.Count(text, "\n") != len(lines) {
		t.Errorf("the text is\n%s", text)
	}
}

func TestAFileThatCannotBeWrittenIsSaid(t *testing.T) {
	t.Parallel()
	s := newHarness(keepWritten(map[string]string{})).resize(120, 40).openMarket()
	s.keys("W", "ctrl+w", "n", "o", "/", "x")
	s.answer(s.keys("enter"))
	s.requireText(t, "the screen was not written: open no/x: no such file or directory")
	s.keys("W", "esc")
	if strings.Contains(s.screen(), "write the screen to") {
		t.Error("esc does not cancel")
	}
}

func TestAWrittenScreenOfThePastIsCalledByItsTime(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	s := newHarness(keepWritten(files)).resize(120, 40).openMarket().trade(20)
	s.keys("left", "W")
	s.requireText(t, "write the screen to: livetape-20260312-120327.svg")
	s.answer(s.keys("enter"))
	s.requireText(t, "screen of 12:03:27 written to")
	if !strings.Contains(files["livetape-20260312-120327.svg"], "REWIND") {
		t.Error("the picture does not say REWIND")
	}
	s.keys("end", "p")
	s.waitFor(time.Minute)
	s.keys("W")
	s.requireText(t, "write the screen to: livetape-20260312-120337.svg")
}
