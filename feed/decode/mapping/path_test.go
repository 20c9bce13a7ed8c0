package mapping

import (
	"strings"
	"testing"
)

func TestPathsThatCouldMakeALargeTextOfASmallPayloadAreRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"d" + strings.Repeat("|@tostr", 30), "d.@tostr", "@tostr", "@pretty:{\"indent\":\"xxxx\"}", "a|@group", "@dig:x", "a.#.@tostr", "a.#(b.@tostr==\"x\")",
		`#(x=="a|@tostr|@tostr")`, `#( @tostr=="x")`, "[@this,@this]|[@this,@this]", "a.[b,c]", "a|[b,c]", "a.{b,c}", "{a,b}", "#({a,b}==1)", "a.#(b=={c})|{d}",
		"a{.@tostr.b}", `#(a=="x.@tostr|b")`, "a.@tostr:x", "$.a|@tostr", "$.@tostr", `a(b.@tostr)`, strings.Repeat("a.", 300) + "a",
	} {
		if _, err := parsePath(s); err == nil {
			t.Errorf("%.100s is taken", s)
		}
		if _, err := parseEachPath(s); err == nil {
			t.Errorf("%.100s is taken in each", s)
		}
	}
}

func TestPathsThatReadAreTaken(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"a.b[1]":                     "2",
		`c.#(n=="x@y.z").v`:          "7",
		`c.#(n%"x*").v`:              "7",
		"a.b.@reverse.0":             "3",
		"a.b|@reverse|0":             "3",
		"s|@fromstr.k":               "9",
		"a.@keys.0":                  "b",
		`e.@flatten:{"deep":true}.2`: "6",
		"c.#.v|@reverse|0":           "7",
		`price(usd)`:                 "11",
		`mail\@home`:                 "12",
		"mail@home":                  "12",
	} {
		p, err := parsePath(path)
		if err != nil {
			t.Error(err)
			continue
		}
		payload, _, err := ParsePayload(`{"a":{"b":[1,2,3]},"c":[{"n":"x@y.z","v":7}],"s":"{\"k\":9}","e":[4,[5,[6]]],"price(usd)":11,"mail@home":12}`)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.get(&row{value: payload}).String(); got != want {
			t.Errorf("%s leads to %q, want %q", path, got, want)
		}
	}
}
