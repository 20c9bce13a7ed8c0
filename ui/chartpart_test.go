package ui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
	"livetape/feed/market"
)

// chartLines are the lines of the chart on a wide screen, from its title on.
func chartLines(s *harness) []string {
	var all []string
	for _, line := range strings.Split(s.screen(), "\n") {
		_, right, found := strings.Cut(line, "│")
		if found && (len(all) > 0 || strings.Contains(right, "─ NVDA 1") || strings.Contains(right, "▸ NVDA 1") || strings.Contains(right, " NVDA 5")) {
			if len(all) > 0 && strings.Contains(right, "─ Tape") {
				break
			}
			all = append(all, right)
		}
	}
	return all
}

func focusOn(s *harness, p paneID) {
	for range 8 {
		if s.m.focus != p {
			s.keys("tab")
		}
	}
}

func TestKeysOfTheChart(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(200, 60).openMarket().trade(30)
	focusOn(s, focusChart)
	for _, step := range []struct{ key, want string }{
		{"]", "▸ NVDA 10 s candles"}, {"]", "▸ NVDA 1 min candles"}, {"]", "▸ NVDA 5 min candles"}, {"]", "▸ NVDA 5 min candles"},
		{"[", "▸ NVDA 1 min candles"}, {"c", "▸ NVDA 1 min line"}, {"[", "▸ NVDA 10 s line"}, {"[", "▸ NVDA 1 s line"}, {"[", "▸ NVDA 1 s line"},
		{"left", "12:03:47  "}, {"left", "12:03:46  "}, {"right", "12:03:47  "}, {"right", "▸ NVDA 1 s line ──"}, {"c", "▸ NVDA 1 s candles"},
	} {
		s.keys(step.key)
		want := strings.TrimSpace(step.want)
		if title := chartLines(s)[0]; !strings.Contains(title, want) {
			t.Errorf("after %s no %q in %q", step.key, want, title)
		}
	}
	s.keys("left", "esc")
	if !s.m.chart.cross.IsZero() || s.m.focus != focusChart {
		t.Error("esc does not take the cross-hair away first")
	}
	if s.keys("esc"); s.m.focus != focusPrices {
		t.Error("esc does not go back to the prices")
	}
}

func TestTheCrossHairSaysWhatItsIntervalIs(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(200, 60).openMarket().trade(9)
	s.status(feed.Status{State: feed.Waiting, LastByte: s.now}).waitFor(4 * time.Second)
	s.goLive().trade(2)
	focusOn(s, focusChart)
	s.keys("left", "left")
	if title := chartLines(s)[0]; !strings.Contains(title, "12:03:31 O 181.00 H 181.44 L 181.00 C 181.44") {
		t.Errorf("of prices: %q", title)
	}
	s.keys("left", "left")
	if title := chartLines(s)[0]; !strings.Contains(title, "no stream") {
		t.Errorf("of a hole: %q", title)
	}
	s.waitFor(3 * time.Second)
	if title := chartLines(s)[0]; !strings.Contains(title, "no stream") {
		t.Errorf("it does not stay with its interval: %q", title)
	}
	if !strings.Contains(strings.Join(chartLines(s), "\n"), "░") {
		t.Errorf("no hole:\n%s", s.screen())
	}
}

func TestAClickInTheChartPutsTheCrossHairThere(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}} {
		s := newHarness(demoConfig).resize(size[0], size[1]).openMarket().trade(30)
		if size[0] < minBeside {
			s.keys("enter")
		}
		for y, line := range strings.Split(s.screen(), "\n") {
			before, _, found := strings.Cut(line, "▸181.")
			if !found {
				continue
			}
			s.send(tea.MouseMsg{X: cells(before) - 4, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
		}
		if s.m.focus != focusChart || s.m.chart.cross.IsZero() {
			t.Errorf("%v: no cross-hair:\n%s", size, s.screen())
		}
	}
}

func TestTheChartStandsStillWhilePausedAndGoesOnWithoutAStream(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(200, 60).openMarket().trade(5)
	s.keys("p")
	before := strings.Join(chartLines(s), "\n")
	s.trade(5)
	if after := strings.Join(chartLines(s), "\n"); after != before {
		t.Errorf("paused:\n%s\nbefore:\n%s", after, before)
	}
	s.keys("p")
	if after := strings.Join(chartLines(s), "\n"); after == before {
		t.Error("it does not go on")
	}
	s.status(feed.Status{State: feed.Failed, Cause: "401"}).waitFor(20 * time.Second)
	if n := strings.Count(chartLines(s)[3], "░"); n < 15 {
		t.Errorf("%d columns of a hole after 20 s without a stream:\n%s", n, s.screen())
	}
}

func TestThePaceOfTheChartSuitsTheTimeWatched(t *testing.T) {
	t.Parallel()
	board := market.NewBoard(market.Limits{})
	board.Apply("desk", market.Quote{Symbol: "A", Last: decimal("1")}, noon())
	for after, want := range map[time.Duration]int{0: 0, time.Minute: 0, 5 * time.Minute: 1, time.Hour: 2, 9 * time.Hour: 3} {
		if got := (chartPane{}).paceIndex(board.Row("desk", "A"), noon().Add(after)); got != want {
			t.Errorf("after %v pace %d, want %d", after, got, want)
		}
	}
}
