package ui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

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
	s := newHarness().resize(120, 30).goLive()
	for i := range 9 {
		s.quote(fullQuote(fmt.Sprintf("SYM0%d", i), "Company", "188.88", "188.88", "188.88", "88888888", "100.00"))
	}
	s.quote(market.Quote{Symbol: "SYM00", Last: decimal("11.11")}) // so that a change can be negative, too
	want := pointsAndHeads(s.m.View())
	for range 400 {
		s.waitFor(gatherInterval)
		price := fmt.Sprintf("%d.%02d", 10+r.IntN(178), r.IntN(100))
		s.quote(market.Quote{Symbol: fmt.Sprintf("SYM0%d", r.IntN(9)), Last: decimal(price), Bid: decimal(price), Ask: decimal(price), Volume: decimal(itoa(r.IntN(88888888)))})
		if got := pointsAndHeads(s.m.View()); got != want {
			t.Fatalf("columns moved from\n%s\nto\n%s", want, got)
		}
	}
}

func TestColumnsGrowForALongerNumberAndStayGrown(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 30).goLive()
	s.quote(market.Quote{Symbol: "SYM00", Last: decimal("9.99")})
	before := pointsAndHeads(s.m.View())
	s.quote(market.Quote{Symbol: "SYM00", Last: decimal("12345.678")})
	grown := pointsAndHeads(s.m.View())
	s.quote(market.Quote{Symbol: "SYM00", Last: decimal("9.99")})
	if after := pointsAndHeads(s.m.View()); grown == before || after != grown {
		t.Errorf("before %s grown %s after %s", before, grown, after)
	}
}

func TestWideNamesDoNotMoveTheColumnsBesideThem(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 30).goLive()
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
