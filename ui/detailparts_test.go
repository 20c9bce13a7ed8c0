package ui

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"livetape/feed/market"
)

func TestPartsOfTheDetailsGetLinesByNeedThenByWish(t *testing.T) {
	t.Parallel()
	quote, chart := detailPart{pane: noPane, minimum: 2, wanted: 4}, detailPart{pane: focusPrices, minimum: 5, wanted: 8, grows: true}
	tape, news := detailPart{pane: focusNews, minimum: 3, wanted: 6, second: true, grows: true}, detailPart{pane: noPane, minimum: 2, wanted: 3, second: true}
	for _, c := range []struct {
		name          string
		width, height int
		focus         paneID
		want          []int
	}{
		{"nothing fits one line", 80, 1, focusLog, []int{0, 0, 0, 0}},
		{"a low part takes the lines that a high one cannot use", 80, 4, focusLog, []int{2, 0, 0, 2}},
		{"a part that is too high is left out, and the next is not", 80, 5, focusLog, []int{2, 0, 3, 0}},
		{"the part with the keyboard comes first", 80, 6, focusPrices, []int{0, 6, 0, 0}},
		{"and takes what it wants first", 80, 13, focusPrices, []int{2, 6, 3, 2}},
		{"those that grow share the rest", 80, 25, focusLog, []int{4, 10, 8, 3}},
		{"two columns where there is room", 120, 20, focusLog, []int{4, 16, 17, 3}},
	} {
		var d detailLayout
		if got := d.share([]detailPart{quote, chart, tape, news}, c.focus, c.width, c.height).heights; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTheDetailsStandBesideThePricesFrom160ColumnsAndFollowTheCursor(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(160, 40).openMarket().trade(2)
	for _, symbol := range []string{"NVDA", "AAPL"} {
		if first := strings.Split(s.screen(), "\n")[2]; !strings.Contains(first, "│─ "+symbol) {
			t.Errorf("not %s beside the prices: %q", symbol, first)
		}
		s.keys("j")
	}
	if s.resize(159, 30); strings.Contains(s.screen(), "│") {
		t.Errorf("159 columns have a right-hand side:\n%s", s.screen())
	}
}

func TestEnterOpensTheDetailsAndThenGivesThemTheScreen(t *testing.T) {
	t.Parallel()
	for _, width := range []int{80, 120, 200} {
		s := newHarness(demoConfig).resize(width, 32).openMarket().trade(2)
		states := func() [2]bool {
			return [2]bool{strings.Contains(s.screen(), "Prices"), strings.Contains(s.screen(), "─ NVDA")}
		}
		before := states()
		keys, want := []string{"enter", "enter", "esc", "z", "enter", "esc"}, [][2]bool{{true, true}, {false, true}, {true, true}, {false, true}, {true, true}, {true, false}}
		if width >= minBeside { // enter and esc go there and back
			keys, want = []string{"enter", "enter", "z", "esc"}, [][2]bool{{false, true}, {true, true}, {false, true}, {true, true}}
		}
		for i, key := range keys {
			if s.keys(key); states() != want[i] {
				t.Errorf("%d columns after %v: prices, details: %v, want %v\n%s", width, keys[:i+1], states(), want[i], s.screen())
			}
		}
		if states() != before {
			t.Errorf("%d columns: not as before", width)
		}
	}
}

func TestTheDetailsStandBelowFewRows(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(80, 24).goLive()
	for _, symbol := range []string{"NVDA", "AAPL"} {
		s.quote(fullQuote(symbol, "", "181.46", "181.45", "181.47", "900", "175.44"))
	}
	const prices, quote, chart = "Prices", "Last trade", "1 s line"
	states := func() (all [3]bool) {
		for i, text := range []string{prices, quote, chart} {
			all[i] = strings.Contains(s.screen(), text)
		}
		return all
	}
	all, alone := [3]bool{true, true, true}, [3]bool{false, true, true}
	for _, c := range []struct {
		when string
		do   func()
		want [3]bool
	}{
		{"of two rows", func() {}, all},
		{"when news come", func() { s.headline("one") }, all},
		{"after enter", func() { s.keys("enter") }, alone},
		{"after esc", func() { s.keys("esc") }, all},
		{"beside the log", func() { s.keys("!") }, [3]bool{true, false, false}},
		{"without it", func() { s.keys("!") }, all},
		{"of nine rows", func() {
			for i := range 7 {
				s.quote(market.Quote{Symbol: "S" + itoa(i), Last: decimal("1")})
			}
		}, [3]bool{true, false, false}},
		{"on a higher screen", func() { s.resize(80, 32) }, all},
	} {
		if c.do(); states() != c.want {
			t.Errorf("%s: prices, quote, chart: %v, want %v\n%s", c.when, states(), c.want, s.screen())
		}
	}
	if s.keys("t"); s.m.overlay != noOverlay || s.m.focus != focusTape {
		t.Errorf("the tape needs no overlay, there is one: %d, %d", s.m.overlay, s.m.focus)
	}
}

func TestALineIsAsWideWithItsStylesAsWithoutThem(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig, func(c *Config) { c.Renderer = renderer(termenv.TrueColor, true) }).resize(200, 60).openMarket().trade(9)
	for _, text := range scriptsOfManyWidths() {
		s.quote(fullQuote(text, text, "1", "1", "1", "1", "1"))
	}
	for _, line := range strings.Split(s.m.View(), "\n") {
		if got, want := lineCells(line), cells(ansi.Strip(line)); got != want {
			t.Errorf("%d cells, want %d: %q", got, want, line)
		}
	}
}

func TestALargeScreenHasTheDetailsBelowRowsThatScroll(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(120, 40).openMarket().trade(2)
	s.requireText(t, "▸ Prices 1–16 of 26 ", "─ NVDA · NVIDIA Corporation · USD ─", " 1 s line ─", "─ Tape: NVDA ─", "─ News 3 ")
	if l := s.m.layout; l.details.height != 12 || l.prices != 18 || l.news != 7 {
		t.Errorf("the lines are shared as %+v", l)
	}
	for _, small := range [][2]int{{109, 40}, {120, 30}} {
		if s.resize(small[0], small[1]); s.m.layout.details.below {
			t.Errorf("%d×%d has details:\n%s", small[0], small[1], s.screen())
		}
	}
	s.resize(120, 40)
	s.keys("esc")
	if s.m.layout.details.below {
		t.Errorf("esc leaves them:\n%s", s.screen())
	}
	s.requireText(t, "details closed")
	if s.keys("enter"); strings.Contains(s.screen(), "details closed") {
		t.Errorf("they are open, and it says that they are closed:\n%s", s.screen())
	}
	s.keys("esc")
	again := newHarness(func(c *Config) { c.Settings = s.m.settings.unsaved }).resize(120, 40).openMarket()
	if again.m.layout.details.below {
		t.Error("the next run has forgotten that they were closed")
	}
	again.keys("enter")
	if !again.m.layout.details.below || again.m.overlay != noOverlay {
		t.Errorf("enter does not show them again:\n%s", again.screen())
	}
}
