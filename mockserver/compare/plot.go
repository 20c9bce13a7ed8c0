package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// plot is how costs grow with one thing.
type plot struct {
	File  string // the name of its picture, without .svg
	Title string
	X, Y  string // what the axes are
	Log   bool   // X has a logarithmic scale
	Lines []line
}

type line struct {
	Name   string
	Points [][2]float64
}

// add adds a point to each line.
func (p plot) add(x float64, y ...float64) {
	for i := range p.Lines {
		p.Lines[i].Points = append(p.Lines[i].Points, [2]float64{x, y[i]})
	}
}

// The picture of a plot, in pixels.
const (
	pictureWidth, pictureHeight = 560, 300
	left, right, top, bottom    = 56, 20, 56, 46
)

// svg is the plot as a picture.
func (p plot) svg() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="sans-serif" font-size="12">`+"\n", pictureWidth, pictureHeight)
	fmt.Fprintln(&b, `<rect width="100%" height="100%" fill="#ffffff"/>`)
	writeText(&b, left, 20, "start", "#1f2328", p.Title)
	writeText(&b, (left+pictureWidth-right)/2, pictureHeight-8, "middle", "#59636e", p.X)
	writeText(&b, left, 38, "start", "#59636e", p.Y)
	highest := p.highest()
	for _, tick := range []float64{0, highest / 4, highest / 2, highest * 3 / 4, highest} {
		y := p.y(tick)
		fmt.Fprintf(&b, `<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#d1d9e0"/>`+"\n", left, y, pictureWidth-right, y)
		writeText(&b, left-6, y+4, "end", "#59636e", fmt.Sprintf("%.3g", tick))
	}
	for _, point := range p.Lines[0].Points {
		writeText(&b, p.x(point[0]), pictureHeight-bottom+16, "middle", "#59636e", fmt.Sprintf("%.0f", point[0]))
	}
	for i, l := range p.Lines {
		p.writeLine(&b, l, []string{"#0969da", "#bc4c00"}[i%2], pictureWidth-right-180*(len(p.Lines)-1-i))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// writeLine draws a line and, where there are several, its name, which ends at a place on top.
func (p plot) writeLine(b *strings.Builder, l line, color string, nameEnd int) {
	var points []string
	for _, at := range l.Points {
		points = append(points, fmt.Sprintf("%.1f,%.1f", p.x(at[0]), p.y(at[1])))
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"><title>%.3g</title></circle>`+"\n", p.x(at[0]), p.y(at[1]), color, at[1])
	}
	fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), color)
	if len(p.Lines) > 1 {
		writeText(b, float64(nameEnd), 38, "end", color, l.Name)
	}
}

func writeText(b *strings.Builder, x, y float64, anchor, color, text string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`+"\n", x, y, anchor, color, html.EscapeString(text))
}

// x is the place of a value on the axis below, and y of one on that at the left.
func (p plot) x(v float64) float64 {
	points := p.Lines[0].Points
	low, high := points[0][0], points[len(points)-1][0]
	if p.Log {
		low, high, v = math.Log(low), math.Log(high), math.Log(v)
	}
	if high == low {
		return left
	}
	return left + 10 + (v-low)/(high-low)*(pictureWidth-left-right-30)
}

func (p plot) y(v float64) float64 {
	return pictureHeight - bottom - v/p.highest()*(pictureHeight-top-bottom)
}

// highest is a round number that no point is above.
func (p plot) highest() float64 {
	most := 0.0
	for _, l := range p.Lines {
		for _, at := range l.Points {
			most = max(most, at[1])
		}
	}
	if most == 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(most)))
	for _, round := range []float64{1, 2, 4, 8} {
		if round*unit >= most {
			return round * unit
		}
	}
	return 10 * unit
}
