package cli_test

import (
	"flag"
	"fmt"
	"html"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
)

var updatePictures = flag.Bool("update-pictures", false, "draw the README's pictures anew, into docs/")

// savePicture draws what the terminal shows now as docs/<name>.svg, when asked to.
func (term *terminal) savePicture(name string) {
	term.t.Helper()
	if !*updatePictures {
		return
	}
	path := filepath.Join("..", "..", "docs", name+".svg")
	if err := os.WriteFile(path, []byte(term.picture()), 0o644); err != nil {
		term.t.Fatal(err)
	}
}

// The measures of a picture, in CSS pixels.
const (
	cellWidth  = 8.43
	cellHeight = 18
	margin     = 12
)

// noBreakSpace keeps its width where browsers make one space of several.
const noBreakSpace = "\u00a0"

var paper, ink = color.RGBA{0x0f, 0x14, 0x19, 0xff}, color.RGBA{0xd0, 0xd4, 0xda, 0xff}

// picture is the screen as an SVG.
func (term *terminal) picture() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	width := float64(term.screen.Width())*cellWidth + 2*margin
	height := float64(term.screen.Height())*cellHeight + 2*margin
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f">`+"\n", width, height, width, height)
	fmt.Fprintf(&svg, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", hex(paper))
	fmt.Fprintln(&svg, `<g font-family="'DejaVu Sans Mono','JetBrains Mono',Menlo,Consolas,monospace" font-size="14">`)
	for y := range term.screen.Height() {
		for x := 0; x < term.screen.Width(); {
			x += drawRun(&svg, term.screen.CellAt, x, y, term.screen.Width())
		}
	}
	svg.WriteString("</g>\n</svg>\n")
	return svg.String()
}

// drawRun draws the cells from x on that share one style and returns how many they are. Where no font of the reader has both
// letters and the signs between them, signs have another width: they are runs of their own.
func drawRun(svg *strings.Builder, at func(x, y int) *uv.Cell, x, y, width int) int {
	first := at(x, y)
	var text strings.Builder
	n := 0
	for x+n < width {
		cell := at(x+n, y)
		if cell == nil || first == nil || !cell.Style.Equal(&first.Style) || isASCII(cell.Content) != isASCII(first.Content) {
			break
		}
		text.WriteString(cell.Content)
		n += max(1, cell.Width)
	}
	if n == 0 {
		return 1
	}
	fg, bg := colours(first.Style)
	left, top, long := margin+float64(x)*cellWidth, margin+float64(y)*cellHeight, float64(n)*cellWidth
	if bg != paper {
		fmt.Fprintf(svg, `<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>`, left, top, long, cellHeight, hex(bg))
	}
	if strings.TrimSpace(text.String()) == "" {
		return n
	}
	weight := ""
	if first.Style.Attrs&uv.AttrBold != 0 {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(svg, `<text x="%.1f" y="%.1f" textLength="%.1f" fill="%s"%s>%s</text>`+"\n",
		left, top+13.5, long, hex(fg), weight, html.EscapeString(strings.ReplaceAll(text.String(), " ", noBreakSpace)))
	return n
}

func isASCII(s string) bool { return strings.Trim(s, " ") == "" || s[0] < utf8.RuneSelf }

// colours are the foreground and background of a style as the eye sees them.
func colours(s uv.Style) (fg, bg color.RGBA) {
	fg, bg = ink, paper
	if s.Fg != nil {
		fg = rgba(s.Fg)
	}
	if s.Bg != nil {
		bg = rgba(s.Bg)
	}
	if s.Attrs&uv.AttrReverse != 0 {
		fg, bg = bg, fg
	}
	if s.Attrs&uv.AttrFaint != 0 {
		fg = color.RGBA{mix(fg.R, bg.R), mix(fg.G, bg.G), mix(fg.B, bg.B), 0xff}
	}
	return fg, bg
}

func mix(a, b uint8) uint8 { return uint8((int(a) + int(b)) / 2) }

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func TestAPictureShowsTheScreen(t *testing.T) {
	t.Parallel()
	term := &terminal{t: t, screen: newScreen(20, 2)}
	term.screen.Write([]byte("\x1b[1;31mup\x1b[0m & down"))
	for _, want := range []string{`font-weight="bold">up</text>`, `&amp;` + noBreakSpace + `down`} {
		if svg := term.picture(); !strings.Contains(svg, want) {
			t.Errorf("the picture lacks %s:\n%s", want, svg)
		}
	}
}
