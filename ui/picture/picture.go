// Package picture draws what a terminal shows as an SVG.
//
// [SVG] is given the lines of a screen with the escape sequences of their styles, and draws each run of cells that share a
// style as a text of its own, as long as it has cells, so that columns stand below each other in any font.
package picture

import (
	"fmt"
	"html"
	"image/color"
	"strings"
	"unicode/utf8"
)

// Ground is the color of the screen, and of text without a color.
type Ground struct{ Paper, Ink color.RGBA }

// Dark and Light are the grounds of a terminal.
func Dark() Ground {
	return Ground{color.RGBA{0x0f, 0x14, 0x19, 0xff}, color.RGBA{0xd0, 0xd4, 0xda, 0xff}}
}

// Light is the other one.
func Light() Ground {
	return Ground{color.RGBA{0xff, 0xff, 0xff, 0xff}, color.RGBA{0x24, 0x29, 0x2f, 0xff}}
}

// The measures of a picture, in CSS pixels.
const (
	cellWidth  = 8.43
	cellHeight = 18
	margin     = 12
)

// noBreakSpace keeps its width where browsers make one space of several.
const noBreakSpace = "\u00a0"

// SVG draws a screen of so many columns. Its lines may have the escape sequences of styles.
func SVG(screen string, columns int, ground Ground) string {
	lines := strings.Split(screen, "\n")
	width, height := float64(columns)*cellWidth+2*margin, float64(len(lines))*cellHeight+2*margin
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f">`+"\n", width, height, width, height)
	fmt.Fprintf(&svg, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", hex(ground.Paper))
	fmt.Fprintln(&svg, `<g font-family="'DejaVu Sans Mono','JetBrains Mono',Menlo,Consolas,monospace" font-size="14">`)
	for y, line := range lines {
		x := 0
		for _, r := range runsOf(line) {
			r.draw(&svg, x, y, ground)
			x += r.cells
		}
	}
	svg.WriteString("</g>\n</svg>\n")
	return svg.String()
}

// run is a text in one style. Where no font of the reader has both letters and the signs between them, signs have another
// width: they are runs of their own.
type run struct {
	text  strings.Builder
	ascii bool
	cells int
	style
}

func (r *run) draw(svg *strings.Builder, x, y int, ground Ground) {
	ink, paper := r.colors(ground)
	left, top, long := margin+float64(x)*cellWidth, margin+float64(y)*cellHeight, float64(r.cells)*cellWidth
	if paper != ground.Paper {
		fmt.Fprintf(svg, `<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s" shape-rendering="crispEdges"/>`, left, top, long, cellHeight, hex(paper))
	}
	text := r.text.String()
	if strings.TrimSpace(text) == "" {
		return
	}
	weight := ""
	if r.bold {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(svg, `<text x="%.1f" y="%.1f" textLength="%.1f" fill="%s"%s>`, left, top+13.5, long, hex(ink), weight)
	svg.WriteString(html.EscapeString(strings.ReplaceAll(text, " ", noBreakSpace))) // which is all that XML needs
	svg.WriteString("</text>\n")
}

func isASCII(s string) bool { return s[0] < utf8.RuneSelf }

func mix(a, b uint8) uint8 { return uint8((int(a) + int(b)) / 2) }

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
