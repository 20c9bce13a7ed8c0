package configerr_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode/configerr"
)

func TestPathsAreWrittenWithDotsAndBrackets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path configerr.Path
		want string
	}{
		{nil, ""},
		{configerr.Path{"feeds", "desk", "map", 1, "last", "unit"}, "feeds.desk.map[1].last.unit"},
		{configerr.Path{"a.b", "it's"}, `'a.b'.'it\'s'`},
	} {
		if got := c.path.String(); got != c.want {
			t.Errorf("%v is %s, want %s", []any(c.path), got, c.want)
		}
	}
}

func TestErrorsAreJoinedAndMovedUnderAPath(t *testing.T) {
	t.Parallel()
	var l configerr.List
	if l.Err() != nil {
		t.Error("no errors are an error")
	}
	l.Add(configerr.Path{"url"}, "the url is missing")
	l.Join(configerr.Path{"map", 0}, &configerr.Error{Path: configerr.Path{"last"}, Problem: "bad"})
	l.Join(nil, errors.New("something else"))
	l.Join(nil, nil)
	var above configerr.List
	above.Join(configerr.Path{"feeds", "desk"}, fmt.Errorf("check: %w", l.Err()))
	var got []string
	for _, e := range configerr.All(above.Err()) {
		got = append(got, e.Error())
	}
	want := []string{"feeds.desk.url: the url is missing", "feeds.desk.map[0].last: bad", "feeds.desk: something else"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatWasMeantIsGuessed(t *testing.T) {
	t.Parallel()
	known := []string{"last", "bid", "ask", "idle_timeout", "symbol", "size"}
	renamed := map[string]string{"price": "last"}
	for word, want := range map[string]string{
		"lats": "last", "Last": "last", "idle_timout": "idle_timeout", "simbol": "symbol", "price": "last", "zzz": "", "": "", "idletimeout": "idle_timeout",
		strings.Repeat("x", 100): "",
	} {
		got := configerr.DidYouMean(word, known, renamed)
		if want != "" {
			want = ` (did you mean "` + want + `"?)`
		}
		if got != want {
			t.Errorf("%q means %q, want %q", word, got, want)
		}
	}
}
