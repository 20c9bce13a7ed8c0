package ui

import (
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/market"
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

func TestASparkLineWalksTheTimeAxis(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 40).goLive()
	spark := func() string {
		r := s.m.selectedRow(s.m.shownData())
		return s.m.overlayArea(0).sparkAxisFor(r, s.m.feeds[0]).sparkline(&r.Seconds, 4, 1)
	}
	price := func(last string) { s.quote(market.Quote{Symbol: "A", Last: decimal(last)}) }
	s.quote(market.Quote{Symbol: "A", Bid: decimal("1")})
	if got := spark(); got != "    " {
		t.Errorf("of nothing: %q", got)
	}
	price("1")
	s.waitFor(time.Second)
	price("8")
	s.waitFor(2 * time.Second)
	if got := spark(); got != "  ⡸⠉" {
		t.Errorf("two seconds without a price: %q", got)
	}
	s.status(feed.Status{State: feed.Silent, LastByte: s.now}).waitFor(2 * time.Second)
	s.status(feed.Status{State: feed.Waiting, LastByte: s.now.Add(-2 * time.Second)}).waitFor(2 * time.Second)
	s.goLive()
	price("4")
	if got := spark(); got != "⡸⠁┄⠠" {
		t.Errorf("a silence, and then no stream: %q", got)
	}
	s.keys("p")
	s.waitFor(time.Second)
	price("8")
	if got := spark(); got != "⡸⠁┄⠠" {
		t.Errorf("while paused: %q", got)
	}
}
