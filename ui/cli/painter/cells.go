package painter

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"livetape/ui"
)

// cell is a character that every terminal shows in one cell, and the sequences that give it its colors and weight.
type cell struct {
	char  string
	style string
}

// nearby is how many unchanged cells are written again rather than passed over: the sequence for that is longer.
const nearby = 4

// cellWriter appends the sequences that change a terminal's cells to b.
type cellWriter struct {
	b        []byte
	style    string
	old, new []cell // of the line that is being changed
}

// writeLine writes a line of which nothing is known to be on the terminal.
func (w *cellWriter) writeLine(row int, line string) {
	w.switchStyle("")
	w.moveTo(row, 0)
	w.b = append(w.b, ansi.EraseLineRight...)
	w.b = append(w.b, line...)
	if strings.IndexByte(line, ansi.ESC) >= 0 {
		w.b = append(w.b, ansi.ResetStyle...)
	}
}

// changeLine makes one line of another. A line with characters whose width terminals may disagree about is written whole.
func (w *cellWriter) changeLine(row int, from, to string) {
	var ok bool
	if w.old, ok = appendCells(w.old[:0], from); ok {
		w.new, ok = appendCells(w.new[:0], to)
	}
	if !ok {
		w.writeLine(row, to)
		return
	}
	written := -1 // the last column that the cursor is behind
	for column, c := range w.new {
		if column < len(w.old) && w.old[column] == c {
			continue
		}
		from := written + 1
		if written < 0 || column-written > nearby {
			from = column
			w.moveTo(row, column)
		}
		w.write(w.new[from : column+1])
		written = column
	}
	if len(w.new) < len(w.old) {
		w.switchStyle("")
		w.moveTo(row, len(w.new))
		w.b = append(w.b, ansi.EraseLineRight...)
	}
}

func (w *cellWriter) write(cells []cell) {
	for _, c := range cells {
		w.switchStyle(c.style)
		w.b = append(w.b, c.char...)
	}
}

func (w *cellWriter) switchStyle(style string) {
	if style == w.style {
		return
	}
	if w.style != "" {
		w.b = append(w.b, ansi.ResetStyle...)
	}
	w.b = append(w.b, style...)
	w.style = style
}

func (w *cellWriter) moveTo(row, column int) {
	w.b = append(w.b, "\x1b["...)
	w.b = strconv.AppendInt(w.b, int64(row+1), 10)
	w.b = append(w.b, ';')
	w.b = strconv.AppendInt(w.b, int64(column+1), 10)
	w.b = append(w.b, 'H')
}

// appendCells appends the cells of a line. It reports false when one of its characters may take another width than one
// cell, or the line has other sequences than those of styles.
func appendCells(cells []cell, line string) ([]cell, bool) {
	style := ""
	for i := 0; i < len(line); {
		if line[i] == ansi.ESC {
			sequence, ok := styleSequence(line[i:])
			if !ok {
				return cells, false
			}
			if i += len(sequence); sequence == ansi.ResetStyle || sequence == "\x1b[0m" {
				style = ""
			} else {
				style += sequence
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		if !ui.IsOneCell(r) {
			return cells, false
		}
		cells = append(cells, cell{line[i : i+size], style})
		i += size
	}
	return cells, true
}

// styleSequence is the sequence that text begins with, if it is one of a style (ECMA-48 §8.3.117).
func styleSequence(text string) (string, bool) {
	for i := 2; i < len(text) && text[1] == '['; i++ {
		switch c := text[i]; {
		case c == 'm':
			return text[:i+1], true
		case (c < '0' || c > '9') && c != ';' && c != ':':
			return "", false
		}
	}
	return "", false
}
