package ui

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	gocmp "github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/market"
)

// shownSymbols are the symbols of the price table, from the top.
func (s *harness) shownSymbols() (symbols []string) {
	for _, r := range s.m.shownData().rows {
		symbols = append(symbols, r.Symbol)
	}
	return symbols
}

func (s *harness) requireSymbols(t *testing.T, what string, want ...string) {
	t.Helper()
	if diff := gocmp.Diff(want, s.shownSymbols()); diff != "" {
		t.Errorf("%s (-want +got):\n%s\n%s", what, diff, s.screen())
	}
}

// smallMarket is four symbols, three of them with a change.
func smallMarket(options ...func(*Config)) *harness {
	s := newHarness(append([]func(*Config){func(c *Config) { c.Feeds[0].Symbols = nil }}, options...)...).resize(120, 40).goLive()
	s.message("snapshot", "{…}",
		fullQuote("AAPL", "Apple", "90", "89", "91", "1000", "100"),
		fullQuote("MSFT", "Microsoft", "103", "102", "104", "3000000", "100"),
		fullQuote("NVDA", "NVIDIA", "101", "100", "102", "2000", "100"),
		market.Quote{Symbol: "EURUSD", Bid: decimal("1.1")})
	return s
}

// sortByColumn presses s until rows are sorted by a column.
func (s *harness) sortByColumn(t *testing.T, c column) *harness {
	t.Helper()
	for range columns {
		if s.m.view.order.sorted && s.m.view.order.column == c {
			return s
		}
		s.keys("s")
	}
	t.Fatalf("s never sorts by %s", c)
	return s
}

func TestRowsAreSortedByAnyColumnAndThoseWithoutComeLast(t *testing.T) {
	t.Parallel()
	s := smallMarket().sortByColumn(t, colPercent)
	s.requireSymbols(t, "by change", "MSFT", "NVDA", "AAPL", "EURUSD")
	if view := s.screen(); !strings.Contains(view, "CHG% ▾") || !strings.Contains(view, "▾") {
		t.Errorf("nothing says so:\n%s", view)
	}
	s.keys("S")
	s.requireSymbols(t, "the other way", "AAPL", "NVDA", "MSFT", "EURUSD")
	s.sortByColumn(t, colVolume)
	s.requireSymbols(t, "by volume", "MSFT", "NVDA", "AAPL", "EURUSD")
	s.sortByColumn(t, colName)
	s.requireSymbols(t, "by name", "AAPL", "MSFT", "NVDA", "EURUSD")
	for s.m.view.order.sorted {
		s.keys("s")
	}
	s.requireSymbols(t, "as the feed has them", "AAPL", "EURUSD", "MSFT", "NVDA")
}

func TestRowsMoveAtMostOnceASecondAndNotAfterACursorKey(t *testing.T) {
	t.Parallel()
	s := smallMarket().sortByColumn(t, colPercent)
	s.quote(market.Quote{Symbol: "AAPL", Last: decimal("109")})
	s.requireSymbols(t, "within the second", "MSFT", "NVDA", "AAPL", "EURUSD")
	s.waitFor(arrangeInterval)
	s.requireSymbols(t, "after it, with nothing new", "AAPL", "MSFT", "NVDA", "EURUSD")
	s.keys("down")
	s.waitFor(2 * time.Second)
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("120")})
	s.quote(market.Quote{Symbol: "ZZZ", Last: decimal("1"), PrevClose: decimal("0.1")})
	s.requireSymbols(t, "while the cursor moves", "AAPL", "MSFT", "NVDA", "EURUSD", "ZZZ")
	if view := s.screen(); !strings.Contains(view, "order held") {
		t.Errorf("nothing says so:\n%s", view)
	}
	s.waitFor(holdDuration)
	s.requireSymbols(t, "afterwards", "ZZZ", "NVDA", "AAPL", "MSFT", "EURUSD")
	if r := s.m.selectedRow(s.m.shownData()); r == nil || r.Symbol != "MSFT" {
		t.Errorf("the cursor has left its row:\n%s", s.screen())
	}
}

func TestAFilterAppliesAsItIsTyped(t *testing.T) {
	t.Parallel()
	s := smallMarket()
	s.message("news", "{…}", market.Headline{ID: "1", Title: "Something", Symbols: []string{"aapl"}})
	s.keys("/", "m", "s")
	s.requireSymbols(t, "ms", "MSFT")
	for filter, want := range map[string][]string{
		"chg% > 0 and vol > 1m": {"MSFT"},
		"chg% > 0":              {"MSFT", "NVDA"},
		"news":                  {"AAPL"},
		"nvidia":                {"NVDA"},
		"age > 30s":             nil,
		"not live":              nil,
	} {
		s.keys("esc", "/", filter)
		s.requireSymbols(t, filter, want...)
	}
	s.keys("esc", "/", "age < 10s", "enter")
	s.requireSymbols(t, "age < 10s", "AAPL", "EURUSD", "MSFT", "NVDA")
	s.waitFor(11 * time.Second)
	s.requireSymbols(t, "age < 10s, later")
	if view := s.screen(); !strings.Contains(view, "No row of all matches age < 10s.") || !strings.Contains(view, "0 of 4") {
		t.Errorf("nothing says so:\n%s", view)
	}
	s.keys("esc")
	s.requireSymbols(t, "without a filter", "AAPL", "EURUSD", "MSFT", "NVDA")
}

func TestAMistakeInAFilterIsShownUnderTheCaret(t *testing.T) {
	t.Parallel()
	s := smallMarket()
	s.keys("/", "chg% > 2", " and vool > 1")
	lines := strings.Split(s.screen(), "\n")
	i := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, "vool >") })
	if i < 0 || strings.Index(lines[i+1], `^ there is no field "vool" (did you mean "vol"?)`) != strings.Index(lines[i], "vool") {
		t.Errorf("it is not:\n%s", s.screen())
	}
	s.requireSymbols(t, "the last filter without one holds", "MSFT")
	s.keys("enter")
	if s.m.prompt.kind != filterPrompt {
		t.Error("it is accepted")
	}
	s.keys("backspace", "ctrl+w", "ctrl+w", "ctrl+w", "enter")
	s.requireSymbols(t, "mended", "MSFT")
	if view := s.screen(); !strings.Contains(view, "/ chg% > 2") || !strings.Contains(view, "1 of 4") {
		t.Errorf("the filter is not named:\n%s", view)
	}
	for _, size := range [][2]int{{40, 10}, {20, 8}, {60, 20}} {
		s.keys("/", "ctrl+u", " and vool > 1")
		s.resize(size[0], size[1])
		if fault := overflowOf(s.m.View(), size[0], size[1]); fault != "" {
			t.Error(fault)
		}
		s.keys("esc")
	}
}

func TestListsAreTabs(t *testing.T) {
	t.Parallel()
	s := smallMarket(func(c *Config) { c.Lists = []List{{"tech", []string{"NVDA", "msft", "IBM"}}, {"none", nil}} })
	if view := s.screen(); !strings.Contains(view, "▐1 all 4▌ 2 pinned 0  3 tech 3  4 none 0  5 movers 3") {
		t.Errorf("the tabs:\n%s", view)
	}
	s.keys("3")
	s.requireSymbols(t, "tech in its own order, and a row for what has no price", "NVDA", "MSFT", "IBM")
	if view := s.screen(); !strings.Contains(view, "IBM") || !strings.Contains(view, "no price yet") {
		t.Errorf("IBM:\n%s", view)
	}
	s.keys("]")
	if view := s.screen(); !strings.Contains(view, "There is no symbol in none.") {
		t.Errorf("an empty list:\n%s", view)
	}
	s.keys("]")
	s.requireSymbols(t, "movers", "AAPL", "MSFT", "NVDA")
	s.keys("]")
	s.requireSymbols(t, "round to all", "AAPL", "EURUSD", "MSFT", "NVDA")
	s.keys("[", "9")
	if view := s.screen(); !strings.Contains(view, "there is no list 9") {
		t.Errorf("a number without a list:\n%s", view)
	}
	s.send(reloadMsg{Reload{Feeds: s.m.config.Feeds, Lists: []List{{"metals", []string{"XAU"}}}}})
	if view := s.screen(); !strings.Contains(view, "3 metals 1") || strings.Contains(view, "tech") {
		t.Errorf("after a reload:\n%s", view)
	}
}

func TestPinnedRowsComeFirst(t *testing.T) {
	t.Parallel()
	s := smallMarket().sortByColumn(t, colPercent)
	s.keys("G", " ")
	s.requireSymbols(t, "EURUSD is pinned", "EURUSD", "MSFT", "NVDA", "AAPL")
	if view := s.screen(); !strings.Contains(view, "★EURUSD") || !strings.Contains(view, "2 pinned 1") {
		t.Errorf("no sign:\n%s", view)
	}
	s.keys("2")
	s.requireSymbols(t, "the list of pins", "EURUSD")
	s.keys("-")
	s.requireSymbols(t, "unpinned")
	if view := s.screen(); !strings.Contains(view, "No symbol is pinned.") {
		t.Errorf("an empty list:\n%s", view)
	}
}

// keysWithCommands presses keys and runs what they ask for. It is for a synctest bubble, since toasts wait.
func (s *harness) keysWithCommands(names ...string) {
	for _, name := range names {
		s.run(s.keys(name))
	}
}

func (s *harness) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			s.run(c)
		}
	case settingsSavedMsg:
		s.run(s.send(msg))
	}
}

func TestWhatIsSetUpIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kept := map[string]string{}
		keep := func(c *Config) {
			c.Lists = []List{{"tech", []string{"NVDA", "MSFT"}}}
			c.Settings = kept
			c.SaveSettings = func(changes map[string]string) error {
				maps.Copy(kept, changes)
				return nil
			}
		}
		s := smallMarket(keep)
		s.keysWithCommands("s", "S", "down", " ", "3", "G", "-", "1", "G", "-", "c", "down", "down", " ", "down", "K")
		again := smallMarket(keep)
		again.requireSymbols(t, "the next run", s.shownSymbols()...)
		again.keys("3")
		again.requireSymbols(t, "its list", "MSFT")
		if !slices.Equal(again.m.prices.columns, s.m.prices.columns) || slices.Equal(again.m.prices.columns, defaultColumns()) {
			t.Errorf("columns are %v, were %v", again.m.prices.columns, s.m.prices.columns)
		}
		if again.m.view.order != (sortOrder{colSymbol, true, true}) {
			t.Errorf("sorted by %v; kept: %v", again.m.view.order, kept)
		}
	})
}

func TestWhatCannotBeKeptIsSaid(t *testing.T) {
	t.Parallel()
	s := smallMarket()
	s.send(settingsSavedMsg{errors.New("the disk is full")})
	if view := s.screen(); !strings.Contains(view, "not kept for the next run: the disk is full") {
		t.Errorf("nothing says so:\n%s", view)
	}
}

func TestSymbolsAreAddedAndRemovedWhereFeedsCanBeAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		s := smallMarket(func(c *Config) {
			c.Lists = []List{{"tech", []string{"NVDA"}}}
			c.Feeds = append(c.Feeds, Source{Name: "coins", CanAsk: true})
			c.Ask = func(feed, symbol string, wanted bool) {
				asked = append(asked, fmt.Sprint(feed, " ", symbol, " ", wanted))
			}
		})
		s.receive(feed.Event{Feed: "coins", Message: &feed.Message{Updates: []market.Update{market.Quote{Symbol: "BTC", Last: decimal("5")}}}})
		s.keysWithCommands("3", "+")
		if view := s.screen(); !strings.Contains(view, "add to tech, asking coins if no feed has it: ") {
			t.Errorf("what it does is not said:\n%s", view)
		}
		s.keysWithCommands("SOL", "enter", "+", "MSFT", "enter")
		s.requireSymbols(t, "tech", "NVDA", "MSFT", "SOL")
		s.keysWithCommands("G", "-")
		s.requireSymbols(t, "without SOL", "NVDA", "MSFT")
		s.keysWithCommands("1", "G", "-")
		s.requireSymbols(t, "all", "AAPL", "EURUSD", "MSFT", "NVDA")
		if diff := gocmp.Diff([]string{"coins SOL true", "coins BTC false"}, asked); diff != "" {
			t.Error(diff)
		}
		s.keysWithCommands("+", "BTC", "enter")
		s.requireSymbols(t, "BTC is back", "AAPL", "EURUSD", "MSFT", "NVDA", "BTC")
	})
}

func TestColumnsAreChosenAndOrdered(t *testing.T) {
	t.Parallel()
	s := smallMarket()
	s.keys("c", "down", "down", "down", " ", " ")
	if view := s.screen(); !strings.Contains(view, "▸ Columns 16 of 16") {
		t.Fatalf("no chooser:\n%s", view)
	}
	s.keys("g", " ")
	if view := s.screen(); !strings.Contains(view, "the symbol column cannot be hidden") {
		t.Errorf("the symbol can go:\n%s", view)
	}
	last := slices.Index(s.m.columnChoices(), colAge)
	for range last {
		s.keys("down")
	}
	for range last - 1 {
		s.keys("K")
	}
	s.keys("esc")
	head := strings.Fields(headLine(s.screen()))
	if len(head) < 2 || head[0] != "SYMBOL" || head[1] != "AGE" {
		t.Errorf("the heads are %q", head)
	}
	s.keys("c", "backspace")
	if !slices.Equal(s.m.prices.columns, defaultColumns()) {
		t.Errorf("then %v", s.m.prices.columns)
	}
}

func headLine(screen string) string {
	for line := range strings.Lines(screen) {
		if strings.Contains(line, "SYMBOL ") {
			return line
		}
	}
	return ""
}

func TestTextIsSearched(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(80, 24).openMarket()
	s.keys("?", "/", "f", "e", "e", "d", "enter")
	first := s.m.page.top
	if view := s.screen(); !strings.Contains(strings.ToLower(view), "feed") {
		t.Errorf("not found:\n%s", view)
	}
	s.keys("n", "n", "n", "n", "n")
	if s.m.page.top <= first {
		t.Errorf("n stays at %d:\n%s", first, s.screen())
	}
	s.keys("N", "N", "N", "N", "N")
	if s.m.page.top != first {
		t.Errorf("N does not go back: %d, %d", s.m.page.top, first)
	}
	s.keys("esc")
	if s.m.overlay != helpOverlay || s.m.textSearch.text != "" {
		t.Error("the first esc does not end the search alone")
	}
	s.keys("esc", "!", "/", "sym03", "enter", "N")
	entries := s.m.log.entries
	if at := entries[s.m.logPane.cursor]; !strings.Contains(strings.ToLower(string(at.data)), "sym03") {
		t.Errorf("in the log, it is on %q", at.data)
	}
}

func TestAFilterAndASortHoldWhilePaused(t *testing.T) {
	t.Parallel()
	s := smallMarket().sortByColumn(t, colPercent)
	s.keys("p")
	s.quote(market.Quote{Symbol: "AAPL", Last: decimal("150")})
	s.waitFor(3 * time.Second)
	s.requireSymbols(t, "paused", "MSFT", "NVDA", "AAPL", "EURUSD")
	s.keys("/", "a", "enter")
	s.requireSymbols(t, "filtered while paused", "NVDA", "AAPL")
	s.keys("p")
	s.requireSymbols(t, "going on", "AAPL", "NVDA")
}
