package ui

import (
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

func TestCharactersOfOneCellAreCountedAsByTheLibraries(t *testing.T) {
	n := 0
	for r := range unicode.MaxRune {
		if !IsOneCell(r) {
			continue
		}
		n++
		if s := string(r); ansi.StringWidth(s) != 1 || codePointCells(s) != 1 {
			t.Errorf("%U takes %d or %d cells", r, ansi.StringWidth(s), codePointCells(s))
		}
	}
	if n < 500 {
		t.Errorf("only %d characters are known to take one cell", n)
	}
}
