package picture

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// style is how a text looks.
type style struct {
	ink, paper           color.RGBA // with an alpha of zero: the ground's own
	bold, faint, reverse bool
}

// colors are the text's and those behind it, as the eye sees them.
func (s style) colors(ground Ground) (ink, paper color.RGBA) {
	ink, paper = ground.Ink, ground.Paper
	if s.ink.A > 0 {
		ink = s.ink
	}
	if s.paper.A > 0 {
		paper = s.paper
	}
	if s.reverse {
		ink, paper = paper, ink
	}
	if s.faint {
		ink = color.RGBA{mix(ink.R, paper.R), mix(ink.G, paper.G), mix(ink.B, paper.B), 0xff}
	}
	return ink, paper
}

// runsOf cuts a line into its runs.
func runsOf(line string) []*run {
	var runs []*run
	var now style
	var state byte
	p := ansi.NewParser()
	for line != "" {
		text, width, n, next := ansi.DecodeSequence(line, state, p)
		line, state = line[n:], next
		switch {
		case width > 0:
			last := len(runs) - 1
			if last < 0 || runs[last].style != now || runs[last].ascii != isASCII(text) {
				runs, last = append(runs, &run{style: now, ascii: isASCII(text)}), last+1
			}
			runs[last].text.WriteString(text)
			runs[last].cells += width
		case ansi.Cmd(p.Command()).Final() == 'm':
			now.apply(p.Params())
		}
	}
	return runs
}

// apply changes a style as the parameters of an escape sequence (SGR) say.
func (s *style) apply(params ansi.Params) {
	if len(params) == 0 {
		*s = style{}
	}
	for i := 0; i < len(params); i++ {
		switch code := params[i].Param(0); {
		case code == 0:
			*s = style{}
		case code == 1:
			s.bold = true
		case code == 2:
			s.faint = true
		case code == 7:
			s.reverse = true
		case code == 22:
			s.bold, s.faint = false, false
		case code == 27:
			s.reverse = false
		case code == 39:
			s.ink = color.RGBA{}
		case code == 49:
			s.paper = color.RGBA{}
		case code == 38 || code == 48:
			var c color.Color
			if n := ansi.ReadStyleColor(params[i:], &c); n > 0 {
				s.paint(code == 48, c)
				i += n - 1
			}
		case code >= 30 && code <= 47:
			s.paint(code >= 40, ansi.BasicColor(code%10))
		case code >= 90 && code <= 107:
			s.paint(code >= 100, ansi.BasicColor(8+code%10))
		}
	}
}

func (s *style) paint(paper bool, c color.Color) {
	if paper {
		s.paper = rgba(c)
		return
	}
	s.ink = rgba(c)
}
