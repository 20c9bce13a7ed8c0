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
func (p *lineWriter) write(k style, text string) {
	w := cells(text)
	if left := p.width - p.used; w > left {
		text = truncate(text, left)
		w = cells(text)
	}
	p.writeCells(k, text, w)
}

// writeLeft writes text into w cells, from the left.
func (p *lineWriter) writeLeft(k style, text string, w int) {
	n := cells(text)
	if n > w {
		text = truncate(text, w)
		n = cells(text)
	}
	p.write(k, text)
	p.writeBlanks(w - n)
}

// writeRight writes text into w cells, up to the right.
func (p *lineWriter) writeRight(k style, text string, w int) {
	n := cells(text)
	if n > w {
		p.writeLeft(k, text, w)
		return
	}
	p.writeBlanks(w - n)
	p.write(k, text)
}

// writeBlanks writes n blanks.
func (p *lineWriter) writeBlanks(n int) {
	n = min(n, p.width-p.used)
	if n <= 0 {
		return
	}
	k := p.style
	if p.styles.hasBackground[k] {
		k = plain
	}
	p.writeCells(k, spaces(n), n)
}

// fillWith repeats one cell up to the end of the line.
func (p *lineWriter) fillWith(k style, cell string) {
	if n := p.width - p.used; n > 0 {
		p.writeCells(k, strings.Repeat(cell, n), n)
	}
}

func (p *lineWriter) writeCells(k style, text string, w int) {
	if text == "" {
		return
	}
	if k != p.style || p.used == 0 {
		p.switchStyle(k)
	}
	p.line.WriteString(text)
	p.used += w
}

// switchStyle leaves one ink for another.
func (p *lineWriter) switchStyle(k style) {
	if p.escapeOf(p.style) != "" && p.used > 0 {
		p.line.WriteString(resetSequence)
	}
	p.line.WriteString(p.escapeOf(k))
	p.style = k
}

func (p *lineWriter) escapeOf(k style) string {
	if p.selected {
		return p.styles.selected[k]
	}
	return p.styles.open[k]
}

// endLine closes the line and begins the next; a selected line is drawn to its right edge.
func (p *lineWriter) endLine() string {
	if p.selected {
		p.writeBlanks(p.width - p.used)
	}
	if p.used > 0 && p.escapeOf(p.style) != "" {
		p.line.WriteString(resetSequence)
	}
	s := p.line.String()
	p.line.Reset()
	p.used, p.style, p.selected = 0, plain, false
	return s
}

const spacesText = "                                                                "

func spaces(n int) string {
	if n <= len(spacesText) {
		return spacesText[:n]
	}
	return strings.Repeat(" ", n)
}
