package ui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-runewidth"
)

// cells is the width of a text on screen. Some terminals count what is read as one character, such as 🇩🇪, as one of
// two cells; others count code points. The larger of both fits on either.
func cells(s string) int {
	n := 0
	for _, r := range s {
		if !IsOneCell(r) {
			return max(ansi.StringWidth(s), codePointCells(s))
		}
		n++
	}
	return n
}

// lineCells is the width of a line with styles. Nearly all lines are of characters that are known to take one cell.
func lineCells(line string) int {
	n := 0
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		switch {
		case r == ansi.ESC:
			end := strings.IndexByte(line[i:], 'm')
			if end < 0 {
				return cells(ansi.Strip(line))
			}
			size = end + 1
		case IsOneCell(r):
			n++
		default:
			return cells(ansi.Strip(line))
		}
		i += size
	}
	return n
}

// IsOneCell reports whether a character is known to take one cell on every terminal. Those that East Asian terminals may draw in
// two count, as everywhere on this screen.
func IsOneCell(r rune) bool {
	if r <= '~' {
		return r >= ' '
	}
	switch {
	case r == '·', r == '°', r == '×', r == '±', r == '²', r == '³':
	case r >= '₀' && r <= '₉', r >= '‐' && r <= '‧', r >= '←' && r <= '⋿', r >= '─' && r <= '◼', r >= '⠀' && r <= '⣿':
	default:
		return false
	}
	return true
}

func codePointCells(s string) int {
	terminal, n := runewidth.Condition{}, 0 // no locale: ambiguous characters take one cell
	for _, r := range s {
		n += terminal.RuneWidth(r)
	}
	return n
}

func truncate(text string, w int) string { return truncateWith(text, w, "…") }

// truncateWith cuts a text to w cells, with a tail for the rest. It splits no character.
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

// cutBegin is the end of a text that is wider than w cells: of an id, what changes.
func cutBegin(text string, w int) string {
	if n := cells(text); n > w {
		return truncate(ansi.TruncateLeft(text, n-w+1, "…"), w)
	}
	return text
}

// wrap breaks a text between words into at most so many lines; the last holds all the rest.
func wrap(text string, width, most int) []string { return wrapWithFirst(text, width, width, most) }

// wrapWithFirst is wrap with another width of the first line, which stays empty if it does not hold a word.
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
			return append(lines, line+word+withSeparator(" ", strings.TrimLeft(rest, " ")))
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

func wordPrefix(word string, w int) string {
	for n := w; n <= w+2; n++ {
		if part := truncateWith(word, n, ""); part != "" && strings.HasPrefix(word, part) {
			return part
		}
	}
	return word
}
