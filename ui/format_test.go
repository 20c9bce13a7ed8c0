package ui

import (
	"testing"
	"time"
)

func TestLengthsOfTimeAreSpelledForPeople(t *testing.T) {
	for _, c := range []struct {
		d                      time.Duration
		spell, tenths, counted string
	}{
		{0, "<0.1 s", "0.0 s", "0.0 s"},
		{401 * time.Millisecond, "0.4 s", "0.4 s", "0.5 s"},
		{7200 * time.Millisecond, "7 s", "7.2 s", "7.2 s"},
		{12300 * time.Millisecond, "12 s", "12 s", "13 s"},
		{125 * time.Second, "2 min 5 s", "2 min 5 s", "2 min 5 s"},
		{2 * time.Minute, "2 min", "2 min", "2 min"},
		{3*time.Hour + 20*time.Minute, "3 h 20 min", "3 h 20 min", "3 h 20 min"},
		{50 * time.Hour, "2 d 2 h", "2 d 2 h", "2 d 2 h"},
		{-time.Second, "<0.1 s", "0.0 s", "0.0 s"},
	} {
		if got := [...]string{spell(c.d), tenths(c.d), countdown(c.d)}; got != [...]string{c.spell, c.tenths, c.counted} {
			t.Errorf("%v: %q", c.d, got)
		}
	}
}

func TestAgesAreCoarse(t *testing.T) {
	at := noon()
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{0, "0s"}, {59 * time.Second, "59s"}, {61 * time.Second, "1m"}, {59 * time.Minute, "59m"}, {61 * time.Minute, "1h"}, {49 * time.Hour, "2d"}, {2500 * time.Hour, "99d"}, {-time.Hour, "0s"}} {
		if got := age(at.Add(c.after), at); got != c.want {
			t.Errorf("after %v: %s", c.after, got)
		}
	}
}

func TestATimeOfAnotherDayOrYearSaysSo(t *testing.T) {
	for _, c := range []struct {
		at         time.Time
		text, cell string
	}{
		{noon(), "12:03:17", "12:03:17"},
		{noon().AddDate(0, 0, -1), "11 Mar", "11 Mar"},
		{noon().AddDate(-1, 0, 0), "12 Mar 2025", "Mar 2025"},
	} {
		if text, cell := clock(c.at, noon()), clockCell(c.at, noon()); text != c.text || cell != c.cell {
			t.Errorf("%v: %q, %q", c.at, text, cell)
		}
	}
}

func TestAnAgeIsNeverOffByItsSecond(t *testing.T) {
	for part := range 100 {
		at := noon().Add(time.Duration(part) * 10 * time.Millisecond)
		for step := range 400 {
			d := time.Duration(step) * 25 * time.Millisecond
			if off := d - since(at.Add(d), at); off <= -time.Second || off >= time.Second {
				t.Fatalf("%v after %v reads %v", d, at, since(at.Add(d), at))
			}
		}
	}
}

func TestThousandsAreGroupedWithoutTouchingADigit(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "0": "0", "999": "999", "1000": "1,000", "48211900": "48,211,900", "-1234567.1234": "-1,234,567.1234", "-123": "-123", "123456.": "123,456.",
	} {
		if got := group(in); got != want {
			t.Errorf("group(%q) = %q", in, got)
		}
	}
}

func TestAVolumeIsCutShortWithItsUnit(t *testing.T) {
	for in, want := range map[string]string{
		"999": "999", "0.5312": "0.5312", "531.23456": "531", "1,204": "1.20K", "12,999": "12.9K", "48,211,900": "48.2M", "912,837,465,000": "912B", "1,000,000,000,000.5": "1.00T",
		"1,000,000,000,000,000,000": "…", "-1,999": "-1.99K",
	} {
		if got := short(in); got != want {
			t.Errorf("short(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAListKeepsItsCursorInItsWindow(t *testing.T) {
	l := list{}
	for _, step := range []func(list) list{
		func(l list) list { return l.fit(5, 20) }, list.last, func(l list) list { return l.fit(3, 20) }, func(l list) list { return l.fit(3, 2) },
		func(l list) list { return l.move(-99) }, func(l list) list { return l.fit(0, 0) }, func(l list) list { return l.move(7) }, func(l list) list { return l.fit(-4, -1) },
		func(l list) list { return l.fit(4, 9).move(6).shift(-5).fit(4, 9) },
	} {
		l = step(l)
		if l.cursor < 0 || l.top < 0 || (l.total > 0 && l.height > 0 && (l.cursor < l.top || l.cursor >= l.end())) {
			t.Errorf("%+v", l)
		}
	}
}

func TestASparkOfNothingIsNothing(t *testing.T) {
	for _, c := range []struct {
		in   []string
		want string
	}{{nil, ""}, {[]string{""}, ""}, {[]string{"5", "5"}, "▅▅"}, {[]string{"1", "", "8"}, "▁█"}} {
		if got := spark(c.in); got != c.want {
			t.Errorf("spark(%q) = %q", c.in, got)
		}
	}
}
