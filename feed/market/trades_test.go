package market_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"livetape/feed/market"
)

// tapeText is the trades of the first feed, newest first.
func tapeText(b *market.Board) string {
	var all []string
	for _, feed := range b.Trades() {
		for i := range feed.Len() {
			t := feed.At(i)
			text := t.Symbol + " " + []string{"▼", "=", "▲"}[t.Tick+1] + t.Price.String()
			if t.Size.IsSet() {
				text += "×" + t.Size.String()
			}
			text += [...]string{"", " bid", " mid", " ask"}[t.Place] + [...]string{"", "", " corrected", " cancelled"}[t.Report]
			all = append(all, text)
		}
	}
	return strings.Join(all, ", ")
}

func TestEveryTradeIsOnTheTapeOnce(t *testing.T) {
	t.Parallel()
	price := func(last, size string) market.Quote {
		return market.Quote{Symbol: "A", Last: dec(t, last), Size: dec(t, size)}
	}
	quoted := func(last, size, bid, ask, volume string) market.Quote {
		q := price(last, size)
		q.Bid, q.Ask, q.Volume = dec(t, bid), dec(t, ask), dec(t, volume)
		return q
	}
	report := func(r market.Report, q market.Quote) market.Quote { q.Report = r; return q }
	standing := quoted("10", "5", "9", "11", "")
	standing.FromSnapshot = true
	for _, c := range []struct {
		name   string
		quotes []market.Quote
		want   string
	}{
		{"up, down and at the same price", []market.Quote{price("10", "5"), price("11", "6"), price("11", "6"), price("10.5", "")}, "A ▼10.5, A =11×6, A ▲11×6, A =10×5"},
		{"no trade in a quote without a price", []market.Quote{quoted("", "", "9", "11", "")}, ""},
		{"no trade in a snapshot", []market.Quote{standing}, ""},
		{"at the bid and ask before it", []market.Quote{quoted("", "", "9", "11", ""), price("9", "1"), price("12", "1"), price("10", "1")}, "A ▼10×1 mid, A ▲12×1 ask, A =9×1 bid"},
		{"at its own bid and ask where there is none before", []market.Quote{quoted("9", "1", "9", "11", "")}, "A =9×1 bid"},
		{"crossed quotes place nothing", []market.Quote{quoted("", "", "11", "9", ""), price("10", "1")}, "A =10×1"},
		{"a quote that repeats the last trade is none", []market.Quote{quoted("10", "5", "9", "11", "100"), quoted("10", "5", "9.5", "11", "100"), quoted("10", "5", "9", "11", "")}, "A =10×5 mid"},
		{"more volume is another trade", []market.Quote{quoted("10", "5", "9", "11", "100"), quoted("10", "5", "9", "11", "105")}, "A =10×5 mid, A =10×5 mid"},
		{"what says that it is a trade is one", []market.Quote{quoted("10", "5", "9", "11", ""), report(market.NewTrade, quoted("10", "5", "9", "11", ""))}, "A =10×5 mid, A =10×5 mid"},
		{"corrections and cancellations", []market.Quote{price("10", "5"), report(market.Correction, price("10.1", "5")), report(market.Cancel, price("10", "5"))}, "A =10×5 cancelled, A ▲10.1×5 corrected, A =10×5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newTestBoard(t, market.Limits{})
			for _, q := range c.quotes {
				p.say(q)
			}
			if got := tapeText(p.Board); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestACorrectionOrCancellationIsNotTheLastPrice(t *testing.T) {
	t.Parallel()
	for _, report := range []market.Report{market.Correction, market.Cancel} {
		p := newTestBoard(t, market.Limits{})
		p.say(market.Quote{Symbol: "A", Last: dec(t, "10"), Size: dec(t, "1")})
		p.say(market.Quote{Symbol: "A", Last: dec(t, "99"), Size: dec(t, "1000"), Report: report})
		r := p.row()
		average, _ := r.VWAP()
		if r.Last.Value.String() != "10" || r.Size.Value.String() != "1" || average.String() != "10" || r.Seconds.At(0).High.String() != "10" {
			t.Errorf("report %d: last %s × %s, average %s, high %s", report, r.Last.Value, r.Size.Value, average, r.Seconds.At(0).High)
		}
	}
}

func TestAQuoteThatRepeatsTheLastTradeAddsNoVolume(t *testing.T) {
	t.Parallel()
	p := newTestBoard(t, market.Limits{})
	for range 3 {
		p.say(market.Quote{Symbol: "A", Last: dec(t, "10"), Size: dec(t, "5"), Bid: dec(t, "9"), Volume: dec(t, "100")})
	}
	if got := p.row().Minutes.At(0).Volume.String(); got != "5" {
		t.Errorf("the bar has a volume of %s, want 5", got)
	}
}

func TestTheTapeOfAFeedIsBounded(t *testing.T) {
	t.Parallel()
	board, other := market.NewBoard(market.Limits{}), market.Quote{Symbol: "B", Last: dec(t, "1")}
	board.Apply("other", other, monday)
	const n = 20_000
	for i := range n {
		board.Apply("desk", market.Quote{Symbol: "A", Last: dec(t, fmt.Sprint(i))}, monday)
	}
	all := board.Trades()
	if len(all) != 2 || all[1].Len() != 1 {
		t.Fatalf("%d feeds; a busy one costs the others their trades", len(all))
	}
	desk := all[0]
	if desk.Len() > 1<<20/120 || desk.At(0).Price.String() != fmt.Sprint(n-1) || desk.At(desk.Len()-1).Price.String() != fmt.Sprint(n-desk.Len()) {
		t.Errorf("%d trades from %s to %s", desk.Len(), desk.At(desk.Len()-1).Price, desk.At(0).Price)
	}
	copied := desk.Clone()
	board.Apply("desk", market.Quote{Symbol: "A", Last: dec(t, "7")}, monday)
	if copied.At(0).Price.String() != fmt.Sprint(n-1) {
		t.Errorf("a copy goes on: %s", copied.At(0).Price)
	}
	if board.Forget("desk"); len(board.Trades()) != 1 {
		t.Error("the tape of a feed that is read in another way stays")
	}
}

func TestBarsAreMergedAtRoundTimes(t *testing.T) {
	t.Parallel()
	b := newAxisBoard(t)
	for _, c := range []struct {
		at    float64
		price string
	}{{3, "10"}, {8, "12"}, {9, "9"}, {12, "11"}, {47, "15"}} {
		b.Apply("desk", market.Quote{Symbol: "A", Last: decimal(t, c.price), Size: decimal(t, "2")}, atSecond(c.at))
	}
	b.StreamLost("desk", atSecond(31))
	b.StreamBack("desk", atSecond(40))
	merged := func(limit int) string {
		var all []string
		for i := range b.Row("desk", "A").Seconds.Merged(10, atSecond(58), limit, 0, b.Outages("desk")) {
			switch at := int(i.Start.Sub(start()) / time.Second); {
			case i.Hole:
				all = append(all, fmt.Sprintf("%d hole", at))
			case i.Count == 0:
				all = append(all, fmt.Sprintf("%d (%s)", at, i.Close))
			default:
				all = append(all, fmt.Sprintf("%d %s-%s-%s-%s×%s", at, i.Open, i.High, i.Low, i.Close, i.Volume))
			}
		}
		return strings.Join(all, ", ")
	}
	if got, want := merged(9), "0 10-12-9-9×6, 10 11-11-11-11×2, 20 (11), 30 hole, 40 15-15-15-15×2, 50 (15)"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got, want := merged(2), "40 15-15-15-15×2, 50 (15)"; got != want {
		t.Errorf("the last two are %s\nwant %s", got, want)
	}
}

func TestAMergedBarOfWhichPartsAreForgottenIsLeftOut(t *testing.T) {
	t.Parallel()
	board := market.NewBoard(market.Limits{Bars: 25})
	for second := range 48 {
		board.Apply("desk", market.Quote{Symbol: "A", Last: decimal(t, fmt.Sprint(second))}, atSecond(float64(second)))
	}
	var starts []int
	for i := range board.Row("desk", "A").Seconds.Merged(10, atSecond(47), 100, 0, nil) {
		starts = append(starts, int(i.Start.Sub(start())/time.Second))
	}
	if fmt.Sprint(starts) != "[30 40]" {
		t.Errorf("bars at %v: the seconds before 23 are forgotten", starts)
	}
}
