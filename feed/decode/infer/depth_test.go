package infer_test

import (
	"strings"
	"testing"

	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
)

// Of so many brackets, a check that recurses needs more stack than there is, which ends the whole process.
func TestABracketForEachByteIsNoStackOverflow(t *testing.T) {
	for _, open := range []string{"[", `{"a":`, `{"a":"[`} {
		deep := strings.TrimSuffix(open, "[") + strings.Repeat(open[strings.LastIndexAny(open, `[{`):], 16<<20/len(open))
		d, err := infer.NewDecoder("desk", preset.Definition{})
		if err != nil {
			t.Fatal(err)
		}
		if l, ok := decode.LearnerOf(d); ok {
			l.Learn([]decode.Event{{Type: "message", Data: []byte(deep)}})
		}
		if m, _ := d.Decode("message", []byte(deep)); len(m.Updates) > 0 {
			t.Errorf("%s: %d updates", open, len(m.Updates))
		}
	}
}
