package ui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"livetape/feed"
	"livetape/feed/market"
)

// overflowOf says what of a screen does not fit its terminal; empty when all does.
func overflowOf(view string, width, height int) string {
	lines := strings.Split(view, "\n")
	if len(lines) != height {
		return "lines: " + itoa(len(lines)) + " of " + itoa(height)
	}
	for i, line := range lines {
		if w := max(ansi.StringWidth(line), codePointCells(ansi.Strip(line))); w > width {
			return "line " + itoa(i) + " is " + itoa(w) + " of " + itoa(width) + " cells: " + ansi.Strip(line)
		}
	}
	return ""
}

func TestEveryScreenFitsEveryTerminal(t *testing.T) {
	for name, play := range scenes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newHarness(demoConfig, func(c *Config) { c.Renderer = renderer(termenv.TrueColor, true) }).resize(80, 24)
			play(s)
			for width := 1; width <= 130; width += 1 + width/12 {
				for _, height := range []int{1, 2, 4, 6, 8, 9, 11, 15, 24, 45} {
					s.resize(width, height)
					if fault := overflowOf(s.m.View(), width, height); fault != "" {
						t.Fatalf("%d×%d: %s", width, height, fault)
					}
				}
			}
		})
	}
}

func TestTheLiveScreenFitsAllSizesUpTo130By45(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(80, 24)
	scenes()["live"](s)
	for width := 1; width <= 130; width++ {
		for height := 1 + width%2; height <= 45; height += 2 {
			s.resize(width, height)
			if fault := overflowOf(s.m.View(), width, height); fault != "" {
				t.Fatalf("%d×%d: %s", width, height, fault)
			}
		}
	}
}

func TestTheBadgeIsTheLastThingToLeaveTheScreen(t *testing.T) {
	t.Parallel()
	for _, height := range []int{1, 2, 3, 5, 8} {
		s := newHarness(demoConfig).resize(40, height)
		scenes()["retrying"](s)
		if view := ansi.Strip(s.m.View()); !strings.Contains(view, "↻ RETRY in 2.4 s") {
			t.Errorf("40×%d does not show the state of the feed:\n%s", height, view)
		}
	}
}

func TestTheBannerIsInPlainSightFromFortyColumns(t *testing.T) {
	t.Parallel()
	for name, play := range scenes() {
		s := newHarness(demoConfig).resize(40, 8)
		play(s)
		for _, width := range []int{40, 41, 55, 80, 120, 200} {
			s.resize(width, 8)
			if first, _, _ := strings.Cut(ansi.Strip(s.m.View()), "\n"); !strings.Contains(first, "DEMO · simulated prices") {
				t.Errorf("%s at %d columns: %q", name, width, first)
			}
		}
	}
}

func TestAFortyByEightTerminalShowsPricesWithTheirAge(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(40, 8)
	scenes()["retrying"](s)
	view := ansi.Strip(s.m.View())
	for _, want := range []string{"NVDA", "181.18", "3s", "connection refused", "? help"} {
		if !strings.Contains(view, want) {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
}

func TestScriptsThatTerminalsCountDifferentlyFitEither(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).goLive()
	for i, name := range scriptsOfManyWidths() {
		s.quote(fullQuote("S"+itoa(i), name+" "+name, "181.46", "181.45", "181.47", "48211900", "180.23"))
		s.quote(market.Quote{Symbol: name, Name: name, Last: decimal("1")})
		s.message("news", name, market.Headline{ID: itoa(i), Title: strings.Repeat(name, 9), Source: name, Symbols: []string{name}, Summary: strings.Repeat(name+" ", 40)})
	}
	for _, keys := range [][]string{{}, {"tab", "enter"}, {"!"}, {"enter"}} {
		s.keys(keys...)
		for i, state := range []feed.State{feed.Live, feed.Failed} {
			cause := strings.Join(scriptsOfManyWidths(), strings.Repeat(" ", 1-i))
			s.status(feed.Status{State: state, Cause: cause, Advice: cause})
			for width := 1; width <= 200; width += 1 + width/8 {
				for _, height := range []int{1, 6, 11, 45} {
					s.resize(width, height)
					if fault := overflowOf(s.m.View(), width, height); fault != "" {
						t.Fatalf("%v %d×%d: %s", keys, width, height, fault)
					}
				}
			}
		}
	}
}

// scriptsOfManyWidths are texts whose characters and code points take different room.
func scriptsOfManyWidths() []string {
	return []string{"हिन्दी समाचार", "น้ำมันทำกำไร", "👍🏽👍🏽👍🏽", "🇩🇪🇫🇷🇯🇵", "👩‍👩‍👧‍👦 family", "❤️❤️☎️", "각하", "トヨタ自動車"}
}

func TestATextIsCutBetweenCharactersAndFits(t *testing.T) {
	t.Parallel()
	for _, text := range scriptsOfManyWidths() {
		for w := range 12 {
			got := truncate(text, w)
			if n := cells(got); n > w || w > 2 && n < w-8 && got != text {
				t.Errorf("cut(%q, %d) = %q of %d cells", text, w, got, n)
			}
		}
	}
}

func TestASentenceIsWrappedBetweenWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text               string
		first, width, most int
		want               []string
	}{
		{"", 5, 5, 5, nil},
		{"one two three", 7, 7, 5, []string{"one two", "three"}},
		{"one two three", 3, 9, 5, []string{"one", "two three"}},
		{"one two three", 0, 20, 5, []string{"", "one two three"}},
		{"one two three four", 7, 7, 2, []string{"one two", "three four"}},
		{"see abcdefghij end", 6, 6, 9, []string{"see ab", "cdefgh", "ij end"}},
		{"トヨタ自動車", 5, 5, 9, []string{"トヨ", "タ自", "動車"}},
		{"車", 1, 1, 9, []string{"車"}},
	} {
		if diff := cmp.Diff(c.want, wrapWithFirst(c.text, c.first, c.width, c.most)); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
}

func TestSymbolsAreNeverCutToTheSameText(t *testing.T) {
	t.Parallel()
	for _, width := range []int{20, 40, 80} {
		s := newHarness(func(c *Config) { c.Feeds[0].Symbols = nil }).resize(width, 24).goLive()
		names := []string{
			"option AAA 2026-01-16 C 190.00 american", "option AAA 2026-01-16 C 195.00 american", "option AAA 2026-01-16 P 190.00 american",
			"a name of many words, first", "a name of many words, second", "トヨタ自動車株式会社普通株式一", "トヨタ自動車株式会社普通株式二",
		}
		for _, name := range names {
			s.price(deskFeed, name)
		}
		seen := map[string]string{}
		table := priceTable{rows: nil}
		for _, r := range s.m.board.Rows() {
			table.rows = append(table.rows, newTableRow(r, s.m.feeds[0], s.now, priceFormat{}))
		}
		symbol := s.m.prices.widths.layOut(s.m.prices.planned).slots[0].width
		table.cutSymbols(symbol)
		for _, r := range table.rows {
			if other, again := seen[r.symbol]; again || cells(r.symbol) > symbol || !strings.Contains(s.screen(), r.symbol) {
				t.Errorf("%d columns: %q and %q are %q", width, r.Symbol, other, r.symbol)
			}
			seen[r.symbol] = r.Symbol
		}
	}
}

func TestTheHeaderTellsTheSizeOfTheRecording(t *testing.T) {
	t.Parallel()
	size := int64(0)
	s := newHarness(func(c *Config) { c.Records, c.Recorded = true, func() int64 { return size } }).resize(80, 24).goLive()
	s.requireText(t, " REC ")
	size = 1_234_567
	s.quote(market.Quote{Symbol: "A", Last: decimal("1")})
	s.requireText(t, " REC 1.2 MB ")
}

func TestNewsHaveNoPaneUntilThereAreSome(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24)
	requireNoNewsPane := func() {
		t.Helper()
		if strings.Contains(s.screen(), "─ News") {
			t.Errorf("there is a pane of no news:\n%s", s.screen())
		}
	}
	for _, c := range []struct {
		state feed.State
		says  string
	}{{feed.Connecting, "No news yet."}, {feed.Live, "No news yet. ! shows all events that come."}, {feed.Waiting, "No news yet."}, {feed.Failed, "No news came. r tries again."}} {
		s.status(feed.Status{State: c.state})
		requireNoNewsPane()
		s.keys("n")
		s.requireText(t, c.says)
		s.keys("tab")
		if s.m.focus != focusPrices {
			t.Errorf("state %d: tab goes to pane %d", c.state, s.m.focus)
		}
		s.waitFor(time.Minute)
	}
	s.goLive().quote(market.Quote{Symbol: "A", Last: decimal("1")})
	requireNoNewsPane()
	s.message("news", "{…}", market.Headline{ID: "1", Title: "The first", Time: s.now})
	s.requireText(t, "─ News 1 ", "The first")
}

func TestDetailsAndNewsHaveTheRoomThatAFilterLeaves(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	before := s.m.layout
	s.keys("/", "n", "v", "d", "a")
	if typed := s.m.layout; typed.prices+typed.news != before.prices+before.news-typed.tabs || typed.details.height != before.details.height {
		t.Errorf("while the filter is typed it is %+v, and was %+v", typed, before)
	}
	s.keys("enter")
	if kept := s.m.layout; kept.prices != minPrices || kept.news < minNews || !kept.details.below || kept.details.height <= minDetailLines {
		t.Errorf("one row leaves %+v", kept)
	}
	s.keys("esc")
	if l := s.m.layout; l.prices != before.prices || l.news != before.news {
		t.Errorf("without the filter it is %+v, and was %+v", l, before)
	}
}

func TestAPaneBelowLeavesRoomToNewsOnlyIfPricesDoNotNeedIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		width, height int
		news          bool
	}{{200, 60, true}, {120, 40, false}, {80, 24, false}} {
		s := newHarness().resize(c.width, c.height).openMarket()
		s.keys("f")
		l := s.m.layout
		if (l.news > 0) != c.news || l.prices+l.news+l.bottom != l.bodyHeight() || c.news && l.prices < len(s.m.shownData().rows)+2 {
			t.Errorf("%dx%d: %+v", c.width, c.height, l)
		}
	}
}
