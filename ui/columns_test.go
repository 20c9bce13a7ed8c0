package ui

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"livetape/feed/market"
)

// pointsAndHeads are the cells of the decimal points and the column heads of a screen's price table.
func pointsAndHeads(view string) string {
	var out strings.Builder
	for i, line := range strings.Split(ansi.Strip(view), "\n") {
		if strings.Contains(line, "SYMBOL") {
			fmt.Fprintln(&out, line)
		}
		if !strings.Contains(line, "SYM0") {
			continue
		}
		for cell, r := range []rune(line) {
			if r == '.' {
				fmt.Fprint(&out, i, ":", cell, " ")
			}
		}
	}
	return out.String()
}

func TestColumnsStandStillWhilePricesMove(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	s := newHarness().resize(120, 20).goLive()
	for i := range 9 {
		s.quote(fullQuote(fmt.Sprintf("SYM0%d", i), "Company", "188.88", "188.88", "188.88", "88888888", "100.00"))
	}
	s.quote(market.Quote{Symbol: "SYM00", Last: decimal("11.11")}) // so that a change can be negative, too
	want := pointsAndHeads(s.m.View())
	for range 400 {
		s.waitFor(fastInterval)
		price := fmt.Sprintf("%d.%02d", 10+r.IntN(178), r.IntN(100))
		s.quote(market.Quote{Symbol: fmt.Sprintf("SYM0%d", r.IntN(9)), Last: decimal(price), Bid: decimal(price), Ask: decimal(price)})
		if got := pointsAndHeads(s.m.View()); got != want {
			t.Fatalf("columns moved from\n%s\nto\n%s", want, got)
		}
	}
}

func TestColumnsGrowForALongerNumberAndStayGrown(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 30).goLive()
	s.quote(market.Quote{Symbol: "SYM00", Last: decimal("9.999")})
	before := pointsAndHeads(s.m.View())
	s.quote(market.Quote{Symbol: "SYM00", Last: decimal("1234567.678")})
	grown := pointsAndHeads(s.m.View())
	s.quote(market.Quote{Symbol: "SYM00", Last: decimal("1234567.677")})
	if after := pointsAndHeads(s.m.View()); grown == before || after != grown {
		t.Errorf("before %s grown %s after %s", before, grown, after)
	}
}

func TestWideNamesDoNotMoveTheColumnsBesideThem(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 14).goLive()
	for i, name := range []string{"Plain", "トヨタ自動車", "Rocket 🚀 Corp.", "Société Générale", "한국전력공사"} {
		s.quote(fullQuote(fmt.Sprintf("SYM0%d", i), name, "188.88", "188.88", "188.88", "1", "100.00"))
	}
	var at []int
	for _, line := range strings.Split(ansi.Strip(s.m.View()), "\n") {
		if before, _, ok := strings.Cut(line, "188.88"); ok {
			at = append(at, ansi.StringWidth(before))
		}
	}
	if len(at) != 5 {
		t.Fatalf("%d rows", len(at))
	}
	for _, x := range at {
		if x != at[0] {
			t.Errorf("prices begin at cells %v", at)
		}
	}
}

func TestOnlyTheDigitsThatChangedLightUp(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 20).goLive()
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("181.46")})
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("181.52")})
	lit := "181." + "\x1b[m" + s.m.theme.normal[upFlash] + "52" + resetSequence
	s.keys("tab") // the row under the cursor has colors of its own
	if view := s.m.View(); !strings.Contains(view, "181."+s.m.theme.normal[upFlash]+"52"+resetSequence) && !strings.Contains(view, lit) {
		t.Errorf("not lit: %q", view)
	}
	s.waitFor(flashDuration)
	if view := s.m.View(); strings.Contains(view, s.m.theme.normal[upFlash]+"52") {
		t.Error("still lit after the flash")
	}
}

func TestTheFirstDigitThatDiffers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, after string
		want          int
	}{
		{"181.46", "181.52", 4}, {"181.46", "182.46", 2}, {"99.99", "100.01", 0}, {"1.5", "1.55", 3}, {"1.55", "1.5", 3}, {"", "5", 0},
	} {
		if got := firstDifference(c.before, c.after); got != c.want {
			t.Errorf("changedFrom(%s, %s) = %d, want %d", c.before, c.after, got, c.want)
		}
	}
}

// columnsOf are the heads of the columns, and the cells where each begins.
func (s *harness) columnsOf(p tablePane) (heads string, cells []columnSlot) {
	lines := strings.Split(s.screen(), "\n")
	for _, line := range lines {
		if strings.Contains(line, "SYMBOL") {
			return strings.Split(line, "│")[0], p.widths.layOut(p.planned).slots
		}
	}
	return "", nil
}

func TestNoColumnMovesInTenFramesAtFortyEventsASecond(t *testing.T) {
	t.Parallel()
	for _, width := range []int{40, 60, 80, 120, 200} {
		r := rand.New(rand.NewPCG(3, uint64(width)))
		s := newHarness().resize(width, 40).openMarket().trade(3)
		heads, slots := s.columnsOf(s.m.prices)
		for frame := range 10 {
			s.waitFor(time.Second / 30)
			for range 2 {
				s.quote(market.Quote{Symbol: "NVDA", Last: decimal(fmt.Sprintf("18%d.%02d", r.IntN(10), r.IntN(100))), Size: decimal(itoa(1 + r.IntN(4000)))})
				s.quote(market.Quote{Symbol: "BRK.A", Last: decimal(fmt.Sprintf("74%d%03d.00", r.IntN(10), r.IntN(1000))), Bid: decimal("745001"), Ask: decimal("745002.5")})
			}
			after, afterSlots := s.columnsOf(s.m.prices)
			if after != heads || !slices.Equal(afterSlots, slots) {
				t.Fatalf("%d columns, frame %d: %s\nafter %s", width, frame, after, heads)
			}
			checkGaps(t, s, slots)
		}
	}
}

// checkGaps holds that every text of a row is within its column.
func checkGaps(t *testing.T, s *harness, slots []columnSlot) {
	t.Helper()
	gap := s.m.prices.widths.layOut(s.m.prices.planned).gap
	prices, _, _ := strings.Cut(s.screen(), "\n─ News")
	for line := range strings.Lines(prices) {
		if strings.HasPrefix(line, "─") || !strings.Contains(line, "NVDA ") || !strings.ContainsAny(line, "▲▼") {
			continue
		}
		at := gutter
		for _, slot := range slots[:len(slots)-1] {
			at += slot.width + gap
			if before := []rune(line)[at-gap : at]; strings.TrimSpace(string(before)) != "" {
				t.Errorf("%s is not within its %d cells: %s", slot.col, slot.width, line)
			}
		}
	}
}

func TestNoColumnVanishesWhenAPriceNeedsAnotherDigit(t *testing.T) {
	t.Parallel()
	for width := 30; width <= 159; width++ {
		s := newHarness().resize(width, 40).openMarket()
		s.quote(fullQuote("BTC-USD", "Bitcoin", "99990.00", "99989.50", "99990.50", "2310", "99000.00"))
		before, _ := s.columnsOf(s.m.prices)
		s.quote(fullQuote("BTC-USD", "Bitcoin", "100010.00", "100009.50", "100010.50", "2311", "99000.00"))
		s.quote(fullQuote("BTC-USD", "Bitcoin", "1100010.00", "1100009.50", "1100010.50", "2311", "99000.00"))
		after, _ := s.columnsOf(s.m.prices)
		if strings.Join(strings.Fields(before), " ") != strings.Join(strings.Fields(after), " ") {
			t.Errorf("%d columns:\n%s\n%s", width, before, after)
		}
		if line := lineOf(t, strings.Split(s.screen(), "\n"), "BTC-USD"); width >= 40 && !strings.Contains(line, "1,100,010") {
			t.Errorf("%d columns: %s", width, line)
		}
	}
}

func TestColumnsComeBackOnlyWithTheSize(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(88, 24).goLive().quote(market.Quote{Symbol: "A", Last: decimal("2")}).quote(market.Quote{Symbol: "B", Last: decimal("2")})
	first, _ := s.columnsOf(s.m.prices)
	s.quote(market.Quote{Symbol: "A", Bid: decimal("1"), Ask: decimal("3"), Name: "Alpha", Volume: decimal("12")})
	if later, _ := s.columnsOf(s.m.prices); !strings.HasPrefix(strings.Join(strings.Fields(later), " "), strings.Join(strings.Fields(first)[:5], " ")) || !strings.Contains(later, "RANGE since") {
		t.Errorf("a column has gone:\n%s\n%s", first, later)
	}
	s.resize(100, 24)
	if wide, _ := s.columnsOf(s.m.prices); !strings.Contains(wide, "SPREAD") || !strings.Contains(wide, "VOL") {
		t.Errorf("on a wider screen: %s", wide)
	}
}

func TestColumnsAreChosenBesideTheDetails(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(200, 60).openMarket()
	s.keys("c")
	if fault := overflowOf(s.m.View(), 200, 60); fault != "" {
		t.Error(fault)
	}
	s.requireText(t, "Columns 1", "NVDA · NVIDIA")
}
