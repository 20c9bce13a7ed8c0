package market_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/market"
)

func start() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

func atSecond(n float64) time.Time { return start().Add(time.Duration(n * float64(time.Second))) }

func decimal(t *testing.T, text string) market.Decimal {
	t.Helper()
	d, err := market.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// axisBoard is a board with one symbol.
type axisBoard struct {
	*market.Board
	t *testing.T
}

func newAxisBoard(t *testing.T) *axisBoard {
	return &axisBoard{market.NewBoard(market.Limits{}), t}
}

// last applies a price at a second, by both clocks.
func (b *axisBoard) last(at float64, price string) {
	b.Apply("desk", market.Quote{Symbol: "A", Last: decimal(b.t, price)}, atSecond(at))
}

// drawSeconds is the axis up to a second: a price with its count, a level in brackets, a dot for a hole.
func (b *axisBoard) drawSeconds(until float64, limit int) string {
	return draw(b.Row("desk", "A").Seconds, atSecond(until), limit, 0, b.Outages("desk"))
}

func draw(bars market.Bars, until time.Time, limit int, delay time.Duration, outages []market.Outage) string {
	var all []string
	for i := range bars.Axis(until, limit, delay, outages) {
		switch {
		case i.Hole:
			all = append(all, ".")
		case i.Count == 0:
			all = append(all, "("+i.Close.String()+")")
		default:
			all = append(all, fmt.Sprintf("%s×%d", i.Close, i.Count))
		}
	}
	return strings.Join(all, " ")
}

func TestAQuietSecondCarriesOnAndASecondWithoutAStreamIsAHole(t *testing.T) {
	t.Parallel()
	b := newAxisBoard(t)
	b.last(0, "10")
	b.last(0.5, "11")
	b.last(3, "12")
	if got := b.drawSeconds(5, 10); got != "11×2 (11) (11) 12×1 (12) (12)" {
		t.Errorf("without an outage: %s", got)
	}
	b.StreamLost("desk", atSecond(4.2))
	if got := b.drawSeconds(6, 10); got != "11×2 (11) (11) 12×1 . . ." {
		t.Errorf("while there is no stream: %s", got)
	}
	b.StreamLost("desk", atSecond(5)) // still
	b.StreamBack("desk", atSecond(6.9))
	b.StreamBack("desk", atSecond(7)) // still
	b.last(8, "13")
	if got := b.drawSeconds(9, 10); got != "11×2 (11) (11) 12×1 . . . (12) 13×1 (13)" {
		t.Errorf("after it: %s", got)
	}
	b.Apply("desk", market.Quote{Symbol: "A", Last: decimal(t, "12.5"), Time: atSecond(5)}, atSecond(9))
	if got := b.drawSeconds(9, 10); got != "11×2 (11) (11) 12×1 . 12.5×1 . (12.5) 13×1 (13)" {
		t.Errorf("with a price that the server replayed: %s", got)
	}
	if got := b.drawSeconds(9, 3); got != "(12.5) 13×1 (13)" {
		t.Errorf("the last three: %s", got)
	}
	if got := b.drawSeconds(2, 3); got != ". (12.5) 13×1" {
		t.Errorf("up to a second before the last bar: %s", got)
	}
	if got := b.drawSeconds(9, 0); got != "" {
		t.Errorf("none: %s", got)
	}
}

func TestAnAxisBeginsWithTheFirstBar(t *testing.T) {
	t.Parallel()
	b := newAxisBoard(t)
	b.Apply("desk", market.Quote{Symbol: "A", Bid: decimal(t, "1")}, atSecond(0))
	if got := b.drawSeconds(5, 10); got != "" {
		t.Errorf("without a bar: %s", got)
	}
	b.last(7, "1")
	if got := b.drawSeconds(8, 10); got != "1×1 (1)" {
		t.Error(got)
	}
}

func TestEveryIntervalOfAnAxisFollowsTheOneBefore(t *testing.T) {
	t.Parallel()
	b := newAxisBoard(t)
	for n := range 400 {
		b.last(float64(n*n), "1")
	}
	bars := b.Row("desk", "A").Minutes
	var last time.Time
	n := 0
	for i := range bars.Axis(atSecond(400*400), 50, 0, nil) {
		if n > 0 && i.Start.Sub(last) != time.Minute {
			t.Errorf("%s follows %s", i.Start, last)
		}
		last = i.Start
		n++
	}
	if want := atSecond(400 * 400).Truncate(time.Minute); n != 50 || !last.Equal(want) {
		t.Errorf("%d intervals up to %s, want 50 up to %s", n, last, want)
	}
}

func TestMostOfAMinuteMustBeMissingForAHole(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		outages [][2]float64
		want    string
	}{
		{[][2]float64{{70, 99}}, "1×1 (1) (1)"},
		{[][2]float64{{70, 101}}, "1×1 . (1)"},
		{[][2]float64{{60, 76}, {80, 85}, {90, 100}}, "1×1 . (1)"},
		{[][2]float64{{0, 500}}, "1×1 . ."},
	} {
		b := newAxisBoard(t)
		b.last(0, "1")
		for _, o := range test.outages {
			b.StreamLost("desk", atSecond(o[0]))
			b.StreamBack("desk", atSecond(o[1]))
		}
		if got := draw(b.Row("desk", "A").Minutes, atSecond(130), 10, 0, b.Outages("desk")); got != test.want {
			t.Errorf("%v: %s, want %s", test.outages, got, test.want)
		}
	}
}

func TestAnAxisOfADelayedFeedIsThatOfItsOwnTimes(t *testing.T) {
	t.Parallel()
	b := newAxisBoard(t)
	const delay = 60 * time.Second
	for _, n := range []float64{0, 1, 4} {
		b.Apply("desk", market.Quote{Symbol: "A", Last: decimal(t, "1"), Time: atSecond(n)}, atSecond(n+60))
	}
	b.StreamLost("desk", atSecond(62))
	b.StreamBack("desk", atSecond(64))
	if got := draw(b.Row("desk", "A").Seconds, atSecond(65.5), 10, delay, b.Outages("desk")); got != "1×1 1×1 . . 1×1 (1)" {
		t.Error(got)
	}
}

func TestOutagesAreBoundedAndShortOnesForgotten(t *testing.T) {
	t.Parallel()
	b := newAxisBoard(t)
	if got := b.Outages("desk"); got != nil {
		t.Errorf("of an unknown feed: %v", got)
	}
	b.StreamBack("desk", atSecond(0))
	b.StreamLost("desk", atSecond(1))
	b.StreamBack("desk", atSecond(1.4))
	if got := b.Outages("desk"); len(got) != 0 {
		t.Errorf("a short one is kept: %v", got)
	}
	for n := range 3000 {
		b.StreamLost("desk", atSecond(float64(2*n)))
		b.StreamBack("desk", atSecond(float64(2*n+1)))
	}
	b.StreamLost("desk", atSecond(7000))
	b.StreamLost("other", atSecond(1))
	got := b.Outages("desk")
	if want := (market.Outage{From: atSecond(7000)}); len(got) != 1024 || got[1023] != want || got[1022] != (market.Outage{From: atSecond(5998), To: atSecond(5999)}) {
		t.Errorf("%d outages, the last %v", len(got), got[len(got)-1])
	}
	b.Forget("desk")
	if len(b.Outages("desk")) != 1024 || len(b.Outages("other")) != 1 {
		t.Error("outages are forgotten with the rows")
	}
}

func TestAnAgeIsByTheEventsOwnTimeIfThatIsLaterThanUsual(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	now := start()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for _, test := range []struct {
		name           string
		event, arrival time.Time
		usual, want    time.Duration
	}{
		{"just now", ago(time.Second), ago(time.Second), 0, time.Second},
		{"no time of its own", time.Time{}, ago(7 * time.Second), 0, 7 * time.Second},
		{"a quote of two days ago, sent again", ago(2 * day), ago(time.Second), 0, 2 * day},
		{"a quote of two days ago, from a feed that is always so late", ago(2 * day), ago(time.Second), 2 * day, time.Second},
		{"a delayed feed", ago(15*time.Minute + time.Second), ago(time.Second), 15 * time.Minute, time.Second},
		{"a delayed feed, a little later than usual", ago(16 * time.Minute), ago(time.Second), 15 * time.Minute, time.Second},
		{"a delayed feed, an hour later", ago(75 * time.Minute), ago(time.Second), 15 * time.Minute, 75 * time.Minute},
		{"a feed whose clock is ahead", ago(-time.Minute), ago(time.Second), -time.Minute, time.Second},
		{"an arrival in the future", time.Time{}, ago(-time.Second), 0, 0},
		{"a year of four digits less", time.Date(-8000, 1, 1, 0, 0, 0, 0, time.UTC), ago(0), 0, market.Elapsed(time.Date(-8000, 1, 1, 0, 0, 0, 0, time.UTC), now)},
	} {
		if got := (market.Times{Event: test.event, Arrival: test.arrival}).Age(now, test.usual); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestATradeOlderThanTheLastDoesNotBecomeIt(t *testing.T) {
	t.Parallel()
	b := newAxisBoard(t)
	trade := func(arrival, event float64, price string) *market.Row {
		b.Apply("desk", market.Quote{Symbol: "A", Last: decimal(t, price), Size: decimal(t, "5"), Time: atSecond(event)}, atSecond(arrival))
		return b.Row("desk", "A")
	}
	trade(10, 10, "11")
	r := trade(12, 9, "9")
	if r.Last.Value.String() != "11" || r.Tick != 0 || r.Trade != (market.Times{Event: atSecond(10), Arrival: atSecond(10)}) || r.Count != 2 {
		t.Errorf("a late trade: last %s, of %v", r.Last.Value, r.Trade)
	}
	if low, _, _ := r.Range(); low.String() != "9" {
		t.Errorf("it is not in the range seen: %s", low)
	}
	if r = trade(13, 10, "12"); r.Last.Value.String() != "12" || r.Tick != 1 {
		t.Errorf("one of the same time: last %s", r.Last.Value)
	}
	for i := range 300 {
		r = trade(20+float64(i), -3600, "7")
	}
	if r.Last.Value.String() != "12" {
		t.Errorf("an old trade that is sent again and again: last %s", r.Last.Value)
	}
	trade(400, 400, "13")
	for i := range 70 {
		if r = trade(401+float64(i), -3600+float64(i), "8"); i < 59 && r.Last.Value.String() != "13" {
			t.Fatalf("%d s after the clock was set back: %s", i, r.Last.Value)
		}
	}
	if r.Last.Value.String() != "8" {
		t.Errorf("a clock that was set back stops the price: %s", r.Last.Value)
	}
}

func TestOurClockThatIsSetBackStopsNoPrice(t *testing.T) {
	t.Parallel()
	for ahead, wait := range map[int]int{3600: 0, 300: 60} { // of the clock, when the last price came with such a time
		b := newAxisBoard(t)
		trade := func(arrival, event int, price string) string {
			b.Apply("desk", market.Quote{Symbol: "A", Last: decimal(t, price), Time: second(event)}, second(arrival))
			return b.Row("desk", "A").Last.Value.String()
		}
		trade(ahead, ahead, "11")
		trade(ahead+1, 0, "12") // older than the last
		for i := range wait {
			if got := trade(i, i, "13"); got != "11" {
				t.Fatalf("%d s ahead: %d s after it was set back, the last is %s", ahead, i, got)
			}
		}
		if got := trade(wait, wait, "14"); got != "14" {
			t.Errorf("%d s ahead: %d s after it was set back, the last is %s", ahead, wait, got)
		}
	}
}

func TestTradeQuoteAndReceiptHaveTimesOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := newAxisBoard(t)
	b.Apply("desk", market.Quote{Symbol: "A", Bid: decimal(t, "9"), Ask: decimal(t, "11"), Time: atSecond(1)}, atSecond(2))
	row := b.Row("desk", "A")
	if got, want := row.PriceTimes(), (market.Times{Event: atSecond(1), Arrival: atSecond(2)}); got != want || !row.Trade.Arrival.IsZero() {
		t.Errorf("the mid is of %v, want %v", got, want)
	}
	b.Apply("desk", market.Quote{Symbol: "A", Last: decimal(t, "10"), Time: atSecond(-1)}, atSecond(3))
	b.Apply("desk", market.Quote{Symbol: "A", Ask: decimal(t, "9.5")}, atSecond(4))
	b.Apply("desk", market.Quote{Symbol: "A", Volume: decimal(t, "100"), Time: atSecond(5)}, atSecond(6))
	b.Apply("desk", market.Halt{Symbol: "A", State: market.Halted}, atSecond(7))
	got := [3]market.Times{row.Trade, row.Quote, {Event: row.Quoted, Arrival: row.Updated}}
	want := [3]market.Times{{Event: atSecond(-1), Arrival: atSecond(3)}, {Arrival: atSecond(4)}, {Arrival: atSecond(7)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("trade, quote, receipt:\n%s", diff)
	}
	if row.PriceTimes() != row.Trade || !row.IsOutsideQuote() {
		t.Errorf("the last of 10 is outside 9 to 9.5: %v", row.IsOutsideQuote())
	}
	b.Apply("desk", market.Quote{Symbol: "A", Ask: decimal(t, "10")}, atSecond(8))
	if row.IsOutsideQuote() {
		t.Error("the last is the ask")
	}
}

func TestSamplesAreTheLastPricesOfEqualPartsOfTheTime(t *testing.T) {
	t.Parallel()
	b := newAxisBoard(t)
	b.last(4, "10")
	b.last(5, "11")
	b.last(9, "12.5")
	b.StreamLost("desk", atSecond(19))
	b.StreamBack("desk", atSecond(25))
	b.last(31, "13")
	r := b.Row("desk", "A")
	for _, c := range []struct {
		until   float64
		n, bars int
		want    string
	}{
		{34, 8, 5, "[NaN 10 12.5 12.5 12.5 hole 12.5 13]"}, // from the second -5
		{38, 8, 5, "[10 12.5 12.5 12.5 hole 12.5 13 13]"},
		{34, 3, 5, "[hole 12.5 13]"},
		{30, 3, 5, "[hole 12.5 13]"}, // a bar that the feed's clock puts after until
		{6, 2, 60, "[NaN 13]"},
	} {
		parts := make([]market.Sample, c.n)
		r.Seconds.Samples(parts, c.bars, atSecond(c.until), 0, b.Outages("desk"))
		var got []string
		for _, p := range parts {
			if p.Hole {
				got = append(got, "hole")
				continue
			}
			got = append(got, fmt.Sprint(p.Price))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%d × %d bars until %g: %v, want %s", c.n, c.bars, c.until, got, c.want)
		}
	}
}
