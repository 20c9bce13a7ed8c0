package strictyaml_test

import (
	"strings"
	"testing"

	"livetape/feed/decode/configerr"
	"livetape/feed/decode/strictyaml"
)

func TestAnErrorIsFoundWhereverItIs(t *testing.T) {
	t.Parallel()
	source := strings.Join([]string{
		"top: &anchor",       // 1
		"  list:",            // 2
		"    - {a: 1, b: 2}", // 3
		"    - a: 3",         // 4
		"      b: 4",         // 5
		"copy: *anchor",      // 6
		"'quoted key':",      // 7
		"  - - deep",         // 8
		"empty:",             // 9
		"text: |",            // 10
		"  several",          // 11
	}, "\n")
	for _, c := range []struct {
		path         configerr.Path
		line, column int
	}{
		{configerr.Path{"top", "list", 0, "b"}, 3, 17},
		{configerr.Path{"top", "list", 1}, 4, 7},
		{configerr.Path{"top", "list", 1, "b"}, 5, 10},
		{configerr.Path{"top", "list", 1, "missing"}, 4, 7},
		{configerr.Path{"top", "list", 9}, 3, 7},
		{configerr.Path{"copy", "list", 0}, 6, 7},
		{configerr.Path{"quoted key", 0, 0}, 8, 7},
		{configerr.Path{"nowhere"}, 1, 1},
		{nil, 1, 1},
	} {
		located := configerr.All(strictyaml.Locate(&configerr.Error{Path: c.path}, []byte(source)))[0]
		if located.Line != c.line || located.Column != c.column {
			t.Errorf("%s is at %d:%d, want %d:%d", c.path, located.Line, located.Column, c.line, c.column)
		}
	}
}

func TestAnySourceCanBeAnnotated(t *testing.T) {
	t.Parallel()
	err := &configerr.Error{Path: configerr.Path{"a", 1}, Problem: "bad"}
	for _, source := range []string{"", "\n", "a", "a: [", "- b", "a:\n  - 1\r\n  - 2\r\n", "\ta: 1", strings.Repeat("x", 10_000)} {
		if got := strictyaml.Annotate(err, "f.yaml", []byte(source)); !strings.Contains(got, "bad") || len(got) > 1000 {
			t.Errorf("of %.20q: %s", source, got)
		}
	}
	if got := strictyaml.Annotate(&configerr.Error{Line: 99, Problem: "bad"}, "f.yaml", nil); got != "f.yaml: bad\n" {
		t.Error(got)
	}
}
