package picture_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"livetape/ui/picture"
)

func TestAPictureShowsTheScreen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ screen, want string }{
		{"\x1b[1;31mup\x1b[0m & down", `fill="#800000" font-weight="bold">up</text>`},
		{"\x1b[1;31mup\x1b[m & down", "fill=\"#d0d4da\">\u00a0&amp;\u00a0down</text>"},
		{"\x1b[38;2;1;2;3mrgb", `fill="#010203">rgb`},
		{"\x1b[38;5;196mpalette", `fill="#ff0000">palette`},
		{"\x1b[48;2;1;2;3;38;2;4;5;6mboth", `fill="#010203" shape-rendering="crispEdges"/>`},
		{"\x1b[48;2;1;2;3;38;2;4;5;6mboth", `fill="#040506">both`},
		{"\x1b[7mturned", `fill="#0f1419">turned`},
		{"\x1b[2mfaint", `fill="#6f7479">faint`},
		{"\x1b[93mbright", `fill="#ffff00">bright`},
		{"\x1b[31;39mown again", `fill="#d0d4da">own`},
		{"トヨタ after", `textLength="50.6" fill="#d0d4da">トヨタ</text>`},
		{"one\ntwo", `y="43.5" textLength="25.3" fill="#d0d4da">two`},
		{"<script>", "&lt;script&gt;"},
		{"no XML: \uffff", "no\u00a0XML:\u00a0</text>"},
	} {
		svg := picture.SVG(c.screen, 20, picture.Dark())
		if !strings.Contains(svg, c.want) {
			t.Errorf("the picture of %q lacks %s:\n%s", c.screen, c.want, svg)
		}
		requireXML(t, svg)
	}
}

func requireXML(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
	}
}

func TestAPictureOnALightGroundIsLight(t *testing.T) {
	t.Parallel()
	if svg := picture.SVG("text", 20, picture.Light()); !strings.Contains(svg, `rx="8" fill="#ffffff"`) || !strings.Contains(svg, `fill="#24292f">text`) {
		t.Error(svg)
	}
}
