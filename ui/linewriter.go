package ui

import "strings"

// lineWriter writes one line of cells after the other, and never more than width cells to a line.
type lineWriter struct {
	styles   *theme
	width    int
	selected bool // the line stands under the cursor

	line  strings.Builder
	used  int
	style style
}

func newLineWriter(s *theme, width int) *lineWriter { return &lineWriter{styles: s, width: width} }

// write writes text, cut with an ellipsis where the line ends.
func (p *lineWriter) write(st style, text string) {
	w := cells(text)
	if left := p.width - p.used; w > left {
		text = truncate(text, left)
		w = cells(text)
	}
	p.emit(st, text, w)
}

// writeLeft writes text into w cells, from the left.
func (p *lineWriter) writeLeft(st style, text string, w int) {
	n := cells(text)
	if n > w {
		text = truncate(text, w)
		n = cells(text)
	}
	p.write(st, text)
	p.writeBlanks(w - n)
}

// writeRight writes text into w cells, up to the right.
func (p *lineWriter) writeRight(st style, text string, w int) {
	n := cells(text)
	if n > w {
		p.writeLeft(st, text, w)
		return
	}
	p.writeBlanks(w - n)
	p.write(st, text)
}

// writeBlanks writes n blanks.
func (w *lineWriter) writeBlanks(n int) {
	n = min(n, w.width-w.used)
	if n <= 0 {
		return
	}
	st := w.style
	if w.styles.hasBackground[st] {
		st = plain
	}
	w.emit(st, spaces(n), n)
}

// fillWith repeats one cell up to the end of the line.
func (w *lineWriter) fillWith(st style, cell string) {
	if n := w.width - w.used; n > 0 {
		w.emit(st, strings.Repeat(cell, n), n)
	}
}

func (p *lineWriter) emit(st style, text string, w int) {
	if text == "" {
		return
	}
	if st != p.style || p.used == 0 {
		p.switchStyle(st)
	}
	p.line.WriteString(text)
	p.used += w
}

// switchStyle leaves one ink for another.
func (w *lineWriter) switchStyle(st style) {
	if w.escapeOf(w.style) != "" && w.used > 0 {
		w.line.WriteString(resetSequence)
	}
	w.line.WriteString(w.escapeOf(st))
	w.style = st
}

func (w *lineWriter) escapeOf(st style) string {
	if w.selected {
		return w.styles.escapeSelected[st]
	}
	return w.styles.escape[st]
}

// endLine closes the line and begins the next; a selected line is drawn to its right edge.
func (w *lineWriter) endLine() string {
	if w.selected {
		w.writeBlanks(w.width - w.used)
	}
	if w.used > 0 && w.escapeOf(w.style) != "" {
		w.line.WriteString(resetSequence)
	}
	s := w.line.String()
	w.line.Reset()
	w.used, w.style, w.selected = 0, plain, false
	return s
}

const spacesText = "                                                                "

func spaces(n int) string {
	if n <= len(spacesText) {
		return spacesText[:n]
	}
	return strings.Repeat(" ", n)
}
