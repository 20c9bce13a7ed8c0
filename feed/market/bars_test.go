package market_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/market"
)

// draw writes bars as "seconds after the start: open high low close volume ×count".
func drawBars(b *market.Bars) []string {
	var all []string
	for i := range b.Len() {
		bar := b.At(i)
		all = append(all, fmt.Sprintf("%v: %s %s %s %s %s ×%d",
			bar.Start.Sub(monday).Seconds(), bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, bar.Count))
	}
	return all
}

// trade is a price with a size at a time of the feed's own, which arrives at another.
func (p *testBoard) trade(price, size string, at, arrival time.Time) {
	p.Apply("feed", market.Quote{Symbol: "A", Last: dec(p.t, price), Size: dec(p.t, size), Time: at}, arrival)
}

func TestABarIsTheCourseOfAPrice(t *testing.T) {
	p := newTestBoard(t, market.Limits{})
	for i, price := range []string{"10", "12.5", "9.00", "11"} {
		p.trade(price, "100", monday.Add(time.Duration(i)*time.Millisecond), monday)
	}
	p.trade("11.5", "0.5", second(3), second(3))
	p.trade("12", "", second(61), second(61))
	if diff := cmp.Diff([]string{"0: 10 12.5 9.00 11 400 ×4", "3: 11.5 11.5 11.5 11.5 0.5 ×1", "61: 12 12 12 12  ×1"}, drawBars(&p.row().Seconds)); diff != "" {
		t.Errorf("seconds:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"0: 10 12.5 9.00 11.5 400.5 ×5", "60: 12 12 12 12  ×1"}, drawBars(&p.row().Minutes)); diff != "" {
		t.Errorf("minutes:\n%s", diff)
	}
	if at := p.row().Seconds.At(0).Start; at.Location() != time.UTC {
		t.Errorf("a bar starts at %v", at)
	}
}

func TestAPriceBelongsToTheFeedsTimeIfThatIsPlausible(t *testing.T) {
	for _, c := range []struct {
		name    string
		said    time.Time
		arrival time.Time
		bar     time.Time
	}{
		{"no time", time.Time{}, second(7), second(7)},
		{"a little late", second(5), second(7), second(5)},
		{"a clock ahead", second(9), second(7), second(9)},
		{"ten minutes late", second(0), second(600), second(0)},
		{"more than ten minutes late", second(0), second(601), second(601)},
		{"more than ten minutes ahead", second(601), second(0), second(0)},
		{"before 1970", time.Date(1961, 1, 1, 0, 0, 0, 0, time.UTC), second(7), second(7)},
		{"a year of five digits", time.Date(99999, 1, 1, 0, 0, 0, 0, time.UTC), second(7), second(7)},
		{"arrival before 1970", time.Time{}, time.Date(1969, 12, 31, 23, 59, 58, 1, time.UTC), time.Date(1969, 12, 31, 23, 59, 58, 0, time.UTC)},
		{"no arrival", time.Time{}, time.Time{}, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newTestBoard(t, market.Limits{})
			p.trade("10", "", c.said, c.arrival)
			if got := p.row().Seconds.At(0).Start; !got.Equal(c.bar) {
				t.Errorf("the bar starts at %v, want %v", got, c.bar)
			}
		})
	}
}

func TestALatePriceJoinsItsBar(t *testing.T) {
	p := newTestBoard(t, market.Limits{Bars: 3})
	for _, i := range []int{10, 12, 13} {
		p.trade("10", "1", second(i), second(i))
	}
	p.trade("11", "2", second(12), second(14))
	p.trade("9", "4", second(10), second(14))
	if diff := cmp.Diff([]string{"10: 10 10 9 9 5 ×2", "12: 10 11 10 11 3 ×2", "13: 10 10 10 10 1 ×1"}, drawBars(&p.row().Seconds)); diff != "" {
		t.Errorf("joined:\n%s", diff)
	}
	p.trade("8", "", second(11), second(14))
	if diff := cmp.Diff([]string{"11: 8 8 8 8  ×1", "12: 10 11 10 11 3 ×2", "13: 10 10 10 10 1 ×1"}, drawBars(&p.row().Seconds)); diff != "" {
		t.Errorf("a second that had none yet:\n%s", diff)
	}
	p.trade("1", "", second(10), second(14))
	if got := p.row().Seconds; got.Len() != 3 || got.At(0).Start != second(11) {
		t.Errorf("a price older than the oldest bar changed the ring: %v", drawBars(&got))
	}
}

func TestALatePriceFindsItsPlaceInAnyRing(t *testing.T) {
	for full := range 12 {
		p := newTestBoard(t, market.Limits{Bars: 5})
		for i := range full {
			p.trade("10", "1", second(2*i), second(2*i))
		}
		p.trade("7", "1", second(2*full-3), second(2*full))
		r := &p.row().Seconds
		for i := 1; i < r.Len(); i++ {
			if !r.At(i).Start.After(r.At(i - 1).Start) {
				t.Fatalf("after %d bars: %v", full, drawBars(r))
			}
		}
		if want := min(full+1, 5); r.Len() != want {
			t.Errorf("after %d bars: %d kept, want %d", full, r.Len(), want)
		}
		if all := strings.Join(drawBars(r), "\n"); strings.Count(all, ": 7 7 7 7 1 ×1") != 1 {
			t.Errorf("after %d bars the late one is not there:\n%s", full, all)
		}
	}
}

func TestTheRingIsBounded(t *testing.T) {
	p := newTestBoard(t, market.Limits{Bars: 4})
	for i := range 1000 {
		p.last(fmt.Sprint(i))
	}
	if got := drawBars(&p.row().Seconds); len(got) != 4 || !strings.HasPrefix(got[0], "996: 996 ") || p.row().Seconds.Capacity() > 4 {
		t.Errorf("%v", got)
	}
}

func TestSymbolsAfterTheFirstThousandKeepFewerBars(t *testing.T) {
	p := newTestBoard(t, market.Limits{Bars: 40})
	for n := range 1001 {
		for range 50 {
			p.say(market.Quote{Symbol: fmt.Sprint(n), Last: dec(t, "1")})
		}
	}
	rows := p.Rows()
	if first, last := rows[999].Seconds.Len(), rows[1000].Seconds.Len(); first != 40 || last != 4 {
		t.Errorf("the thousandth symbol keeps %d bars and the next %d, want 40 and 4", first, last)
	}
}

func TestAClockThatIsSetBackDoesNotStopTheBars(t *testing.T) {
	p := newTestBoard(t, market.Limits{Bars: 3})
	for i := range 5 {
		p.trade("10", "", time.Time{}, second(i+86400))
	}
	p.trade("11", "", time.Time{}, second(0))
	if diff := cmp.Diff([]string{"0: 11 11 11 11  ×1"}, drawBars(&p.row().Seconds)); diff != "" {
		t.Error(diff)
	}
	p.trade("12", "", time.Time{}, monday.AddDate(200, 0, 0))
	if n := p.row().Seconds.Len(); n != 1 && n != 2 {
		t.Errorf("%d bars after two centuries", n)
	}
}

func TestBarsOfAQuotedMarketFollowTheMid(t *testing.T) {
	p := newTestBoard(t, market.Limits{}).quote("10", "").quote("", "11").quote("10", "11").quote("10.5", "11.5").quote("", "12")
	p.say(market.Quote{Symbol: "A", Bid: dec(t, "10.5"), Size: dec(t, "7")})
	if diff := cmp.Diff([]string{"1: 10.5 10.5 10.5 10.5  ×1", "3: 11.0 11.0 11.0 11.0  ×1", "4: 11.25 11.25 11.25 11.25  ×1"}, drawBars(&p.row().Seconds)); diff != "" {
		t.Error(diff)
	}
}

func TestAQuoteWithoutAPriceMakesNoBar(t *testing.T) {
	p := newTestBoard(t, market.Limits{}).last("10").quote("9", "11")
	if n := p.row().Seconds.Len(); n != 1 {
		t.Errorf("%d bars", n)
	}
}

func TestABarCutsWhatIsWiderThanItHolds(t *testing.T) {
	for price, want := range map[string]string{
		"98765.123456789012345678":   "98765.1234567890123",
		"-98765.123456789012345678":  "-98765.1234567890123",
		"0.000000000000000000000123": "0.00000000000000000",
		"999999999999999999.99":      "999999999999999999",
		"9.999999999999999999":       "9.99999999999999999",
		"9223372036854775807":        "9223372036854775807",
		"9223372036854775808":        "",
		"99999999999999999999999":    "",
		"9999999999999999999.5":      "",
	} {
		p := newTestBoard(t, market.Limits{}).last(price)
		r := p.row()
		var got string
		if r.Seconds.Len() > 0 {
			got = r.Seconds.At(0).Close.String()
		}
		if got != want || r.Last.Value.String() != price {
			t.Errorf("%s makes a bar of %q, want %q; the cell has %s", price, got, want, r.Last.Value)
		}
	}
}

func TestVolumesOfAnyScaleAddUp(t *testing.T) {
	p := newTestBoard(t, market.Limits{})
	for i, c := range []struct{ size, sum string }{
		{"1", "1"}, {"0.5", "1.5"}, {"0.00000001", "1.50000001"}, {"", "1.50000001"}, {"-1", "0.50000001"},
		{"100000000000000000", "100000000000000000"}, {"9100000000000000000", "9200000000000000000"},
		{"90000000000000000", ""}, {"1", ""}, // too large for a bar: no sum is better than a wrong one
	} {
		p.trade("10", c.size, monday, monday)
		if got := p.row().Seconds.At(0).Volume.String(); got != c.sum {
			t.Errorf("step %d: volume = %s, want %s", i, got, c.sum)
		}
	}
}

func TestACloneOfBarsStaysWhileTheyGoOn(t *testing.T) {
	p := newTestBoard(t, market.Limits{})
	for i := range 400 {
		p.trade("10", "1", second(i), second(i))
	}
	held := p.row().Seconds.Clone()
	before := drawBars(&held)
	for i := range 20 {
		p.trade("11", "1", second(399+i), second(399+i))
	}
	if diff := cmp.Diff(before, drawBars(&held)); diff != "" {
		t.Error(diff)
	}
	if last := drawBars(&p.row().Seconds); cmp.Equal(before, last) {
		t.Error("the bars did not go on")
	}
}
