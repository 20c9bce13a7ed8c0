package ui

import (
	"strings"

	"livetape/feed/market"
)

// lineWriter writes styled lines, one after the other, none wider than width cells.
type lineWriter struct {
	theme    *look
	width    int
	selected bool // the line is under the cursor

	line  []byte // its room serves one line after the other
	used  int    // cells of the line
	style style
}

func newLineWriter(t *look, width int) *lineWriter { return &lineWriter{theme: t, width: width} }

func (w *lineWriter) write(st style, text string) {
	n := cells(text)
	if left := w.width - w.used; n > left {
		text = truncate(text, left)
		n = cells(text)
	}
	w.writeCells(st, text, n)
}

// writeSized is write for a text of n cells: to count those of pictures would cost more than to draw them.
func (w *lineWriter) writeSized(st style, text string, n int) {
	if n > w.width-w.used {
		w.write(st, text)
		return
	}
	w.writeCells(st, text, n)
}

func (w *lineWriter) writeSpans(spans []span) {
	for _, s := range spans {
		w.write(s.style, s.text)
	}
}

// indented writes lines of spans behind so many blanks.
func (w *lineWriter) indented(lines [][]span, by int) (out []string) {
	for _, line := range lines {
		w.writeBlanks(by)
		w.writeSpans(line)
		out = append(out, w.endLine())
	}
	return out
}

func (w *lineWriter) writeLeft(st style, text string, width int) {
	n := cells(text)
	if n > width {
		text = truncate(text, width)
		n = cells(text)
	}
	w.write(st, text)
	w.writeBlanks(width - n)
}

func (w *lineWriter) writeRight(st style, text string, width int) {
	if n := cells(text); n <= width {
		w.writeBlanks(width - n)
		w.write(st, text)
		return
	}
	w.writeLeft(st, text, width)
}

func (w *lineWriter) writeBlanks(n int) {
	n = min(n, w.width-w.used)
	if n <= 0 {
		return
	}
	st := w.style
	if w.theme.hasBackground[st] {
		st = plain
	}
	w.writeCells(st, spaces(n), n)
}

func (w *lineWriter) fillWith(st style, char string) {
	if n := w.width - w.used; n > 0 {
		w.writeCells(st, strings.Repeat(char, n), n)
	}
}

// writeCells writes text that is known to be n cells wide.
func (w *lineWriter) writeCells(st style, text string, n int) {
	if text == "" {
		return
	}
	if st != w.style || w.used == 0 {
		w.switchStyle(st)
	}
	text = market.PlainText(text, len(text)) // the last step before the terminal
	if w.theme.asciiSigns != nil {
		text = asciiText(text, n, w.theme.asciiSigns)
	}
	w.line = append(w.line, text...)
	w.used += n
}

func (w *lineWriter) switchStyle(st style) {
	if w.used > 0 && w.escape(st) == w.escape(w.style) {
		w.style = st
		return
	}
	if w.escape(w.style) != "" && w.used > 0 {
		w.line = append(w.line, resetSequence...)
	}
	w.line = append(w.line, w.escape(st)...)
	w.style = st
}

func (w *lineWriter) escape(st style) string {
	if w.selected {
		return w.theme.selected[st]
	}
	return w.theme.normal[st]
}

// endLine returns the line and begins the next. A selected line is filled to its right edge.
func (w *lineWriter) endLine() string {
	if w.selected {
		w.writeBlanks(w.width - w.used)
	}
	if w.used > 0 && w.escape(w.style) != "" {
		w.line = append(w.line, resetSequence...)
	}
	s := string(w.line)
	w.line, w.used, w.style, w.selected = w.line[:0], 0, plain, false
	return s
}

func (w *lineWriter) wrapped(spans []span, maxLines int) []string {
	var lines []string
	for _, s := range spans {
		for _, line := range wrap(s.text, w.width-2*gutter, maxLines-len(lines)) {
			w.writeBlanks(gutter)
			w.write(s.style, line)
			lines = append(lines, w.endLine())
		}
	}
	return lines
}

const blanks = "                                                                "

// spaces is strings.Repeat without the allocation where n is small.
func spaces(n int) string {
	if n <= len(blanks) {
		return blanks[:n]
	}
	return strings.Repeat(" ", n)
}
