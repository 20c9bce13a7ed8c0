package ui

import "strings"

// pen writes one line of cells after the other, and never more than width cells to a line.
type pen struct {
	styles   *styles
	width    int
	selected bool // the line stands under the cursor

	line strings.Builder
	used int
	ink  ink
}

func newPen(s *styles, width int) *pen { return &pen{styles: s, width: width} }

// put writes text, cut with an ellipsis where the line ends.
func (p *pen) put(k ink, text string) {
	w := cells(text)
	if left := p.width - p.used; w > left {
		text = cut(text, left)
		w = cells(text)
	}
	p.write(k, text, w)
}

// left writes text into w cells, from the left.
func (p *pen) left(k ink, text string, w int) {
	n := cells(text)
	if n > w {
		text = cut(text, w)
		n = cells(text)
	}
	p.put(k, text)
	p.space(w - n)
}

// right writes text into w cells, up to the right.
func (p *pen) right(k ink, text string, w int) {
	n := cells(text)
	if n > w {
		p.left(k, text, w)
		return
	}
	p.space(w - n)
	p.put(k, text)
}

// space writes n blanks.
func (p *pen) space(n int) {
	n = min(n, p.width-p.used)
	if n <= 0 {
		return
	}
	k := p.ink
	if p.styles.boxed[k] {
		k = plain
	}
	p.write(k, blanks(n), n)
}

// fill repeats one cell up to the end of the line.
func (p *pen) fill(k ink, cell string) {
	if n := p.width - p.used; n > 0 {
		p.write(k, strings.Repeat(cell, n), n)
	}
}

func (p *pen) write(k ink, text string, w int) {
	if text == "" {
		return
	}
	if k != p.ink || p.used == 0 {
		p.change(k)
	}
	p.line.WriteString(text)
	p.used += w
}

// change leaves one ink for another.
func (p *pen) change(k ink) {
	if p.set(p.ink) != "" && p.used > 0 {
		p.line.WriteString(reset)
	}
	p.line.WriteString(p.set(k))
	p.ink = k
}

func (p *pen) set(k ink) string {
	if p.selected {
		return p.styles.selected[k]
	}
	return p.styles.open[k]
}

// end closes the line and begins the next; a selected line is drawn to its right edge.
func (p *pen) end() string {
	if p.selected {
		p.space(p.width - p.used)
	}
	if p.used > 0 && p.set(p.ink) != "" {
		p.line.WriteString(reset)
	}
	s := p.line.String()
	p.line.Reset()
	p.used, p.ink, p.selected = 0, plain, false
	return s
}

const blank = "                                                                "

func blanks(n int) string {
	if n <= len(blank) {
		return blank[:n]
	}
	return strings.Repeat(" ", n)
}
