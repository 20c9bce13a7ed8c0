package scenario

import (
	"fmt"
	"strings"
)

// Error is all that is wrong with the file of a scenario. Its text shows each problem with its line and a caret below the
// place, as compilers do.
type Error struct {
	File     string
	Problems []Problem // at least one
	source   string
}

// Problem is one thing that is wrong. Line and Column count from 1, in characters; a Line of 0 is the whole file.
type Problem struct {
	Line, Column int
	Text         string
}

// Error has own excerpts: those of the YAML library show whole lines, and more of them than the one that is wrong.
func (e *Error) Error() string {
	const maxShown = 160 // characters of a line, which may be as long as the file
	var b strings.Builder
	lines := strings.Split(e.source, "\n")
	for _, p := range e.Problems {
		if p.Line < 1 || p.Line > len(lines) {
			fmt.Fprintf(&b, "%s: %s\n", e.File, p.Text)
			continue
		}
		text := []rune(strings.TrimRight(lines[p.Line-1], "\r"))
		from := min(max(0, p.Column-1-maxShown/2), len(text))
		text = text[from:min(from+maxShown, len(text))]
		fmt.Fprintf(&b, "%s:%d:%d: %s\n", e.File, p.Line, p.Column, p.Text)
		fmt.Fprintf(&b, "%5d | %s\n", p.Line, strings.Map(replaceControl, string(text)))
		fmt.Fprintf(&b, "      | %s^\n", strings.Repeat(" ", max(p.Column-1-from, 0)))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// replaceControl keeps what a file contains from doing anything to a terminal.
func replaceControl(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case r < ' ', 0x7f <= r && r <= 0x9f, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
		return '\uFFFD'
	}
	return r
}
