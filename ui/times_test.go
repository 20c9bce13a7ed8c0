package ui

import (
	"testing"
	"time"
)

func TestATimeOfAnotherDayOrYearSaysSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at         time.Time
		text, cell string
	}{
		{noon(), "12:03:17", "12:03:17"},
		{noon().AddDate(0, 0, -1), "11 Mar", "11 Mar"},
		{noon().AddDate(-1, 0, 0), "12 Mar 2025", "Mar 2025"},
	} {
		if text, cell := timeText(c.at, noon()), timeCell(c.at, noon()); text != c.text || cell != c.cell {
			t.Errorf("%v: %q, %q", c.at, text, cell)
		}
	}
}

func TestAnAgeIsNeverOffByItsSecond(t *testing.T) {
	t.Parallel()
	for part := range 100 {
		at := noon().Add(time.Duration(part) * 10 * time.Millisecond)
		for step := range 400 {
			d := time.Duration(step) * 25 * time.Millisecond
			if off := d - elapsed(at.Add(d), at); off <= -time.Second || off >= time.Second {
				t.Fatalf("%v after %v reads %v", d, at, elapsed(at.Add(d), at))
			}
		}
	}
}

func TestAListKeepsItsCursorInItsWindow(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	for _, c := range []struct {
		in   []string
		want string
	}{{nil, ""}, {[]string{""}, ""}, {[]string{"5", "5"}, "▅▅"}, {[]string{"1", "", "8"}, "▁█"}} {
		if got := sparkline(c.in); got != c.want {
			t.Errorf("spark(%q) = %q", c.in, got)
		}
	}
}
