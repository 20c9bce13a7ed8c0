package chart

import "strings"

// canvas is a grid of cells. What is set outside of it is ignored.
type canvas struct {
	width, height int
	runes         []rune
	styles        []Style
}

func newCanvas(width, height int) *canvas {
	c := &canvas{width, height, make([]rune, width*height), make([]Style, width*height)}
	for i := range c.runes {
		c.runes[i] = ' '
	}
	return c
}

// part is the first lines of the canvas, with the same cells.
func (c *canvas) part(height int) *canvas { return &canvas{c.width, height, c.runes, c.styles} }

func (c *canvas) set(x, y int, r rune, st Style) {
	if x >= 0 && x < c.width && y >= 0 && y < c.height {
		c.runes[y*c.width+x], c.styles[y*c.width+x] = r, st
	}
}

// setBlank sets a cell in which nothing is yet.
func (c *canvas) setBlank(x, y int, r rune, st Style) {
	if x >= 0 && x < c.width && y >= 0 && y < c.height && c.runes[y*c.width+x] == ' ' {
		c.set(x, y, r, st)
	}
}

func (c *canvas) write(x, y int, text string, st Style) {
	for _, r := range text {
		c.set(x, y, r, st)
		x++
	}
}

func (c *canvas) lines() [][]Span {
	all := make([][]Span, c.height)
	for y := range all {
		runes, styles := c.runes[y*c.width:(y+1)*c.width], c.styles[y*c.width:(y+1)*c.width]
		var text strings.Builder
		for x, r := range runes {
			text.WriteRune(r)
			if x+1 == c.width || styles[x+1] != styles[x] {
				all[y] = append(all[y], Span{styles[x], text.String()})
				text.Reset()
			}
		}
	}
	return all
}
