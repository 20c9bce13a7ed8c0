package connection

import (
	"livetape/feed/redact"
	"strings"
	"testing"
)

func FuzzAnExpansionNeverPanicsOrTellsAValue(f *testing.F) {
	for _, seed := range []string{"", "a${X}b", "${X", "${}", "${X}${Y}", "$${X}", "${${X}}", "${X-1}"} {
		f.Add(seed)
	}
	env := &environment{lookup: func(name string) (string, bool) { return "s3cr3t-value", name == "X" }}
	f.Fuzz(func(t *testing.T, text string) {
		got, names, err := env.expand(text, nil)
		if err != nil && strings.Contains(err.Error(), "s3cr3t-value") {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil && len(names) == 0 && got != text {
			t.Errorf("%q became %q without a variable", text, got)
		}
		redact.URL(text)
	})
}
