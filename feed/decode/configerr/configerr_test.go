package configerr

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/parser"
	"github.com/google/go-cmp/cmp"
)

func TestPathsAreWrittenAsYAMLPath(t *testing.T) {
	for _, c := range []struct {
		path Path
		want string
	}{
		{nil, "$"},
		{Path{"feeds", "desk", "map", 1, "last", "unit"}, "$.feeds.desk.map[1].last.unit"},
		{Path{"a.b", "it's"}, `$.'a.b'.'it\'s'`},
	} {
		if got := c.path.String(); got != c.want {
			t.Errorf("%v is %s, want %s", []any(c.path), got, c.want)
		}
	}
}

func TestFaultsAreJoinedAndMovedUnderAPath(t *testing.T) {
	var l List
	if l.Err() != nil {
		t.Error("no faults are an error")
	}
	l.Add(Path{"url"}, "the url is missing")
	l.Join(Path{"map", 0}, &Error{Path: Path{"last"}, Problem: "bad"})
	l.Join(nil, errors.New("something else"))
	l.Join(nil, nil)
	err := Under(Path{"feeds", "desk"}, fmt.Errorf("check: %w", l.Err()))
	var got []string
	for _, f := range All(err) {
		got = append(got, f.Error())
	}
	want := []string{"feeds.desk.url: the url is missing"}
	if len(got) == 1 { // a wrapped join shows its first fault
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	got = nil
	for _, f := range All(Under(Path{"feeds", "desk"}, l.Err())) {
		got = append(got, f.Error())
	}
	want = []string{"feeds.desk.url: the url is missing", "feeds.desk.map[0].last: bad", "feeds.desk: something else"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAFaultIsFoundWhereverItIs(t *testing.T) {
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
	file, err := parser.ParseBytes([]byte(source), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path         Path
		line, column int
	}{
		{Path{"top", "list", 0, "b"}, 3, 17},
		{Path{"top", "list", 1}, 4, 7},
		{Path{"top", "list", 1, "b"}, 5, 10},
		{Path{"top", "list", 1, "missing"}, 4, 7},
		{Path{"top", "list", 9}, 3, 7},
		{Path{"copy", "list", 0}, 6, 7},
		{Path{"quoted key", 0, 0}, 8, 7},
		{Path{"nowhere"}, 1, 1},
		{nil, 1, 1},
	} {
		if line, column := locate(file, c.path); line != c.line || column != c.column {
			t.Errorf("%s is at %d:%d, want %d:%d", c.path, line, column, c.line, c.column)
		}
	}
}

func TestShowLivesWithAnySource(t *testing.T) {
	err := &Error{Path: Path{"a", 1}, Problem: "bad"}
	for _, source := range []string{"", "\n", "a", "a: [", "- b", "a:\n  - 1\r\n  - 2\r\n", "\ta: 1", strings.Repeat("x", 10_000)} {
		if got := Annotate(err, "f.yaml", []byte(source)); !strings.Contains(got, "bad") || len(got) > 1000 {
			t.Errorf("of %.20q: %s", source, got)
		}
	}
	if got := Annotate(&Error{Line: 99, Problem: "bad"}, "f.yaml", nil); got != "f.yaml: bad\n" {
		t.Error(got)
	}
}

func TestWhatWasMeantIsGuessed(t *testing.T) {
	known := []string{"last", "bid", "ask", "idle_timeout", "symbol", "size"}
	renamed := map[string]string{"price": "last"}
	for word, want := range map[string]string{
		"lats": "last", "Last": "last", "idle_timout": "idle_timeout", "simbol": "symbol", "price": "last", "zzz": "", "": "", "idletimeout": "idle_timeout",
		strings.Repeat("x", 100): "",
	} {
		got := DidYouMean(word, known, renamed)
		if want != "" {
			want = ` (did you mean "` + want + `"?)`
		}
		if got != want {
			t.Errorf("%q means %q, want %q", word, got, want)
		}
	}
}
