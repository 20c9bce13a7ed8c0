package scenario_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"livetape/mockserver/scenario"
)

func TestAnImpossibleTimeOfAStepIsToldOnce(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"70s", "-5s", "soon"} {
		source := "length: 1m\nsteps:\n"
		for _, at := range []string{"10s", wrong, "20s", "30s"} {
			source += "  - {at: " + at + ", mood: calm}\n"
		}
		_, err := scenario.Parse("test.yaml", []byte(source))
		var told *scenario.Error
		if !errors.As(err, &told) || len(told.Problems) != 1 || told.Problems[0].Line != 4 {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

func TestWhatIsWrongWithAScenarioIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	step := func(act string) string { return "length: 1m\nsteps:\n  - {at: 1s, " + act + "}\n" }
	tests := []struct{ source, want string }{
		{"", "test.yaml: there is nothing in it"},
		{"# nothing\n", "test.yaml: there is nothing in it"},
		{"steps: []", "test.yaml:1:1: length is missing: say how long the scenario is"},
		{"length: 1m\n---\nlength: 1m\n", "3:1: a second document begins here"},
		{"lenght: 1m", `1:1: unknown key "lenght" (did you mean "length"?): a scenario has about, chatter`},
		{"length: 1m\nlength: 2m", `2:1: mapping key "length" already defined`},
		{"length: 60", `1:9: "60" is not a duration such as 10s or 1m30s`},
		{"length: 0s", `1:9: 0s is not between 1s and 24h0m0s`},
		{"length: [1m]", `1:9: a list, where text is wanted`},
		{"length: 1m\nloop: yes", `2:7: text, where true or false is wanted`},
		{"length: 1m\nrate: 0.5", `2:7: 0.5 is not between 1 and 1e+06`},
		{"length: 1m\nrate: .nan", `2:7: a number, where text is wanted`},
		{"length: 1m\nsymbols: many", `2:10: "many" is not a number`},
		{"length: 1m\nsymbols: 2.5", `2:10: 2.5 is not a whole number`},
		{"length: 1m\nmood: nervous", `2:7: "nervous" is none of calm, normal, wild`},
		{"length: 1m\nmood: clam", `2:7: "clam" (did you mean "calm"?) is none of calm, normal, wild`},
		{"length: 1m\nstart: tomorrow", `2:8: "tomorrow" is not a time such as 2026-03-02T14:30:00Z`},
		{"length: 1m\nmarket: shut", `2:9: "shut" is none of pre, open, closed, post, halted`},
		{"length: 1m\nmarket: {reason: x}", `2:9: state is missing`},
		{"length: 1m\nchatter: 1ms", `2:10: 1ms is not 1s or more, or 0s for none`},
		{"length: 1m\nsteps: {at: 1s}", `2:8: a map, where a list of steps is wanted`},
		{"length: 1m\nsteps: [now]", `2:9: text, where a map is wanted: a step`},
		{"length: 1m\nsteps: [{mood: calm}]", `2:9: at is missing: say when`},
		{"length: 1m\nsteps: [{at: 1s}]", `2:9: nothing happens in this step`},
		{"length: 1m\nsteps: [{at: 61s, mood: calm}]", `2:14: 61s is not between 0s and 1m0s`},
		{"length: 1m\nsteps:\n  - {at: 9s, mood: calm}\n  - {at: 8s, mood: calm}", `4:10: 8s is earlier than the step above, at 9s`},
		{"steps:\n  - {at: 8s, halt: {symbols: NVDA, for: 1m}}\nlength: 1m", `it would end at 1m8s, behind the end of the scenario`},
		{step("headlin: x"), `3:14: unknown key "headlin" (did you mean "headline"?): a step has at, correction`},
		{step("rate: 3"), `"3" is not a multiple such as 3x`},
		{step("rate: 0x"), `0x is not between 0.1x and 1000x`},
		{step("rate: NaNx"), `"NaNx" is not a multiple such as 3x`},
		{step("move: -8%"), `text, where a map is wanted: move`},
		{step("move: {symbols: [NVDA]}"), `by is missing: say how far`},
		{step("move: {by: 8}"), `"8" is not a percentage such as -8%`},
		{step("move: {by: -80%}"), `-80% is not between -75% and 300%`},
		{step("move: {by: 1%, symbols: [NVDX]}"), `there is no symbol "NVDX" in a market of 24 (did you mean "NVDA"?)`},
		{step("move: {by: 1%, symbols: []}"), `names no symbol`},
		{step("move: {by: 1%, sector: teck}"), `"teck" (did you mean "tech"?) is none of tech, banks, energy, funds, forex, crypto`},
		{step("headline: ''"), `3:24: is empty`},
		{step("headline: {symbols: [NVDA]}"), `text is missing`},
		{step("headline: {text: x, importance: urgent}"), `"urgent" is none of high, normal, low`},
		{step("headline: " + strings.Repeat("x", 501)), `is longer than 500 bytes`},
		{step("headline: {text: x, id: a}, correction: {of: b, text: y}"), `there is no headline with the id "b" above`},
		{"length: 1m\nsteps:\n  - {at: 1s, headline: {text: x, id: a}}\n  - {at: 2s, headline: {text: x, id: a}}", `4:38: there is a headline "a" above`},
		{step("halt: {reason: x}"), `symbols or sector is missing; for the whole market, say market: halted`},
		{step("fault: fire"), `there is no fault "fire"`},
		{step("fault: drop@5s"), `in a scenario, a fault comes at the time of its step`},
		{"length: 1m\nsteps:\n  - at: 1s\n    fault: [drop, stall:5]", `4:19: fault "stall:5": how long: "5" is not a duration`},
		{step("fault: [drop, stall:5]"), `3:28: a map, where a fault is wanted: put quotes around it`},
		{"length: &x 1m\nabout: *x", `1:9: an anchor, alias or tag, where text is wanted`},
		{"length: 1m\nabout: *nobody", `2:8: an anchor, alias or tag, where text is wanted`},
		{"about: \xff", "test.yaml: is not UTF-8 text"},
		{strings.Repeat("[", 100_000), "nested too deep for a scenario"},
		{strings.Repeat("- ", 50_000), "nested too deep for a scenario"},
		{strings.Repeat("{a: ", 50_000), "nested too deep for a scenario"},
		{strings.Repeat("a:\n", 3), ""},
		{"about: |\n" + strings.Repeat("  x\n", 80_000), "test.yaml: is larger than 256 KiB"},
	}
	for _, test := range tests {
		_, err := scenario.Parse("dir/test.yaml", []byte(test.source))
		var bad *scenario.Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.60q:\n%.300v\nwant %s", test.source, err, test.want)
		}
	}
}

func TestEveryFaultOfAScenarioIsShownWithItsLineAndACaret(t *testing.T) {
	t.Parallel()
	_, err := scenario.Parse("mine.yaml", []byte("length: 1m\nmood: gloomy\nsteps:\n  - at: 3s\n    headlin: The bell rings\n"))
	want := `mine.yaml:2:7: "gloomy" is none of calm, normal, wild
    2 | mood: gloomy
      |       ^
mine.yaml:5:5: unknown key "headlin" (did you mean "headline"?): a step has at, correction, fault, halt, headline, market, mood, move, rate, resume
    5 |     headlin: The bell rings
      |     ^`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if _, told, _ := strings.Cut(want, "^\nmine.yaml:5:5"); !strings.Contains(scenarioDocs(t), "mine.yaml:4:5"+strings.ReplaceAll(told, "    5 |", "    4 |")) {
		t.Error("docs/scenarios.md shows another message")
	}
}

func TestAnUnknownScenarioIsToldWithTheKnownOnes(t *testing.T) {
	t.Parallel()
	_, err := scenario.Find("flashcrash")
	want := `there is no such scenario: "flashcrash" (did you mean "flash-crash"?); those that come with livetape are bad-day, calm, earnings, flash-crash, open-bell`
	if !errors.Is(err, scenario.ErrUnknown) || err.Error() != want {
		t.Errorf("%v", err)
	}
}

func FuzzAScenarioThatIsReadCanBePlayed(f *testing.F) {
	files, err := filepath.Glob("builtin/*.yaml")
	if err != nil || len(files) < 5 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(source))
	}
	f.Add(documented(f))
	f.Add("length: 1s\nloop: true\nrate: 1\nsymbols: 1\nsteps:\n  - {at: 0s, rate: 0.1x, move: {by: 300%, over: 1ns}, halt: {symbols: NVDA}}\n  - {at: 1s, fault: [burst=1:1ns, 204, restart, clear]}")
	f.Fuzz(func(t *testing.T, source string) {
		played, err := scenario.Parse("fuzz.yaml", []byte(source))
		if err != nil {
			if text := err.Error(); !strings.HasPrefix(text, "fuzz.yaml:") {
				t.Error(text)
			}
			return
		}
		if played.Symbols > 100 {
			return // it would only be slow
		}
		one, other := newPlayer(played), newPlayer(played)
		play(one, 400)
		for range 40 {
			play(other, 10)
		}
		everything := func(string, []string) bool { return true }
		if one.Clock() != other.Clock() || !bytes.Equal(one.Market.Snapshot(everything).AppendJSON(nil), other.Market.Snapshot(everything).AppendJSON(nil)) {
			t.Error("two runs differ")
		}
	})
}

func TestAScenarioKnowsItself(t *testing.T) {
	t.Parallel()
	s, err := scenario.Find("open-bell")
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintln(s.Name, s.Length, s.Loop, s.Start.Format(time.RFC3339), s.Rate, s.Symbols)
	if want := "open-bell 2m0s true 2026-03-02T14:29:30Z 40 24"; got != want+"\n" || s.About == "" {
		t.Errorf("%s, %s", got, s.About)
	}
	again, err := scenario.Parse("open-bell.yaml", s.Source())
	if err != nil || again.Name != s.Name || again.Length != s.Length {
		t.Errorf("from its own source it became %+v, %v", again, err)
	}
}

func TestBuiltinScenariosWritePercentAsTheMarketDoes(t *testing.T) {
	t.Parallel()
	all, err := scenario.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if strings.Contains(string(s.Source()), " %") {
			t.Errorf("%s has a space before a percent sign", s.Name)
		}
	}
}
