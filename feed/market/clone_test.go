package market_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/market"
	"livetape/feed/memory"
)

// shown is what a screen can show of a board.
func shown(b *market.Board) (lines []string) {
	for _, r := range b.Rows() {
		vwap, _ := r.VWAP()
		lines = append(lines, fmt.Sprintf("%s %s %s %v %s", r.Feed, r.Symbol, r.Last.Value, r.Trade.Arrival, vwap))
		for _, bars := range []*market.Bars{&r.Seconds, &r.Minutes} {
			for i := range bars.Len() {
				lines = append(lines, fmt.Sprint(bars.At(i)))
			}
		}
	}
	for _, s := range b.News() {
		lines = append(lines, fmt.Sprint(*s))
	}
	for _, trades := range b.Trades() {
		for i := range trades.Len() {
			lines = append(lines, fmt.Sprint(*trades.At(i)))
		}
	}
	return append(lines, fmt.Sprint(b.Outages("feed"), b.Market("feed"), b.Counts()))
}

// step applies what the n-th second of a feed brings: prices that jump, news that is corrected, halts and cuts.
func step(t *testing.T, n int, boards ...*market.Board) {
	t.Helper()
	at := second(n)
	for _, b := range boards {
		for s := range 3 {
			b.Apply("feed", market.Quote{Symbol: fmt.Sprint("S", s), Last: dec(t, fmt.Sprintf("%d.%02d", 10+s, n*(7+s)%100)), Size: dec(t, "2"), Time: at.Add(-time.Duration(n%3) * time.Second)}, at)
		}
		b.Apply("feed", market.Headline{ID: fmt.Sprint(n / 2), Title: fmt.Sprint("story ", n)}, at)
		if n%40 == 7 {
			b.StreamLost("feed", at)
			b.StreamBack("feed", at.Add(3*time.Second))
		}
		if n == 30 {
			b.Apply("feed", market.Halt{Symbol: "S1", State: market.Halted, Reason: "news"}, at)
		}
	}
}

func TestACloneStaysAsItWasAndGoesOnByItself(t *testing.T) {
	t.Parallel()
	limits := market.Limits{Bars: 20, News: 10, Trades: 30}
	b := market.NewBoard(limits)
	b.Await("feed", []string{"NEVER"})
	for n := range 50 {
		step(t, n, b)
	}
	c := b.Clone(limits)
	if c.Row("feed", "NEVER") != nil {
		t.Error("a row that waits is copied")
	}
	before := shown(c)
	for n := range 30 {
		step(t, 50+n, b)
	}
	if diff := cmp.Diff(before, shown(c)); diff != "" {
		t.Errorf("the copy has changed (-before +after):\n%s", diff)
	}
	for n := range 30 {
		step(t, 50+n, c)
	}
	b.Await("feed", nil)
	if diff := cmp.Diff(shown(b), shown(c)); diff != "" {
		t.Errorf("the copy has gone on otherwise (-board +copy):\n%s", diff)
	}
}

// TestASmallBoardOfThenAndTheBarsOfNowMakeTheBoardOfThen goes back as a screen does: a board that keeps little stays
// behind, is copied, gets the older bars of the one that went on, and takes the updates up to then.
func TestASmallBoardOfThenAndTheBarsOfNowMakeTheBoardOfThen(t *testing.T) {
	t.Parallel()
	now, then, behind := market.NewBoard(market.Limits{}), market.NewBoard(market.Limits{}), market.NewBoard(market.Limits{Bars: 10})
	for n := range 200 {
		step(t, n, now)
		if n < 150 {
			step(t, n, then)
		}
		if n < 120 {
			step(t, n, behind)
		}
	}
	c := behind.Clone(market.Limits{})
	c.AddOlderBars(now)
	for n := 120; n < 150; n++ {
		step(t, n, c)
	}
	if diff := cmp.Diff(shown(then), shown(c)); diff != "" {
		t.Errorf("(-then +copy):\n%s", diff)
	}
}

func TestOlderBarsTakeNoMoreThanThereIsRoomFor(t *testing.T) {
	t.Parallel()
	now := market.NewBoard(market.Limits{})
	for n := range 300 {
		step(t, n, now)
	}
	behind := now.Clone(market.Limits{Bars: 8})
	for limit, wantMore := range map[int]bool{16 << 10: false, 160 << 10: true} {
		budget := memory.NewBudget(limit)
		c := behind.Clone(market.Limits{Trades: 1, Budget: func(string) market.Budget { return budget }})
		before := budget.Used()
		c.AddOlderBars(now)
		if used := budget.Used(); (used > before) != wantMore || used > max(before, limit/4*3) {
			t.Errorf("of %d bytes %d are used, after %d", limit, used, before)
		}
	}
}
