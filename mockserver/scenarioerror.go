package mockserver

import (
	"fmt"
	"strings"
)

// ScenarioError is all that is wrong with the file of a scenario. Its text shows each fault with its line and a caret
// below the place, as compilers do.
type ScenarioError struct {
	File   string
	Faults []ScenarioFault // at least one
	source string
}

// ScenarioFault is one thing that is wrong. Line and Column count from 1, in characters; a Line of 0 is the whole file.
type ScenarioFault struct {
	Line, Column int
	Problem      string
}

func (e *ScenarioError) Error() string {
	var b strings.Builder
	lines := strings.Split(e.source, "\n")
	for _, f := range e.Faults {
		f.show(&b, e.File, lines)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (f ScenarioFault) show(b *strings.Builder, file string, lines []string) {
	if f.Line < 1 || f.Line > len(lines) {
		fmt.Fprintf(b, "%s: %s\n", file, f.Problem)
		return
	}
	const most = 160 // characters of a line, which may be as long as the file
	text := []rune(strings.TrimRight(lines[f.Line-1], "\r"))
	from := min(max(0, f.Column-1-most/2), len(text))
	text = text[from:min(from+most, len(text))]
	fmt.Fprintf(b, "%s:%d:%d: %s\n", file, f.Line, f.Column, f.Problem)
	fmt.Fprintf(b, "%5d | %s\n", f.Line, strings.Map(visible, string(text)))
	fmt.Fprintf(b, "      | %s^\n", strings.Repeat(" ", max(f.Column-1-from, 0)))
}

// visible keeps what a file holds from doing anything to a terminal.
func visible(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case r < ' ', 0x7f <= r && r <= 0x9f, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
		return '\uFFFD'
	}
	return r
}
