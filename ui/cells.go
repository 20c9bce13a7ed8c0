package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-runewidth"
)

// cells is the room that a text may take on screen. Some terminals count characters as they are read, 🇩🇪 as one
// of two cells, and some count code points: the larger of both fits in either.
func cells(s string) int {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] < ' ' {
			return max(ansi.StringWidth(s), codePointCells(s))
		}
	}
	return len(s)
}

// codePointCells is the width of a text on a terminal that counts code points.
func codePointCells(s string) int {
	terminal, n := runewidth.Condition{}, 0 // of no locale: ambiguous signs take one cell
	for _, r := range s {
		n += terminal.RuneWidth(r)
	}
	return n
}

// truncate is a text that fits w cells, with an ellipsis for what does not.
func truncate(text string, w int) string { return truncateWith(text, w, "…") }

// truncateWith is a text that fits w cells, with a tail for what does not. It parts no character.
func truncateWith(text string, w int, tail string) string {
	if cells(text) <= w {
		return text
	}
	for n := w; n > 0; n-- {
		if short := ansi.Truncate(text, n, tail); cells(short) <= w {
			return short
		}
	}
	return ""
}

// wrap breaks a sentence into at most so many lines between words; the last holds all the rest.
func wrap(text string, width, most int) []string { return wrapWithFirst(text, width, width, most) }

// wrapWithFirst is wrap with another room in the first line, which is empty where that does not hold a word.
func wrapWithFirst(text string, first, width, most int) []string {
	if width < 1 || most < 1 {
		return nil
	}
	var lines []string
	line, room := "", first
	for word, rest := nextWord(text); word != ""; word, rest = nextWord(rest) {
		if line != "" {
			word = " " + word
		}
		if len(lines) == most-1 {
			return append(lines, line+word+prefixed(" ", strings.TrimLeft(rest, " ")))
		}
		used := cells(line)
		switch {
		case used+cells(word) <= room:
			line += word
			continue
		case cells(word) > width && room > used: // no line holds it whole
			part := wordPrefix(word, room-used)
			line, rest = line+part, strings.TrimPrefix(word, part)+rest
		default:
			rest = strings.TrimLeft(word, " ") + rest
		}
		lines = append(lines, line)
		line, room = "", width
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

func nextWord(text string) (word, rest string) {
	text = strings.TrimLeft(text, " ")
	if i := strings.IndexByte(text, ' '); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// wordPrefix is what of a word fits w cells, and at least one character.
func wordPrefix(word string, w int) string {
	for n := w; n <= w+2; n++ {
		if part := truncateWith(word, n, ""); part != "" && strings.HasPrefix(word, part) {
			return part
		}
	}
	return word
}
