package scenario_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver/market"
	"livetape/mockserver/scenario"
)

// start is where the clock of the scenarios begins that these tests write.
var start = time.Date(2026, 3, 2, 14, 30, 0, 0, time.UTC)

// parse reads a scenario of a few lines.
func parse(t testing.TB, lines ...string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Parse("test.yaml", []byte(strings.Join(lines, "\n")+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newPlayer plays s as a server with the defaults does.
func newPlayer(s *scenario.Scenario) *scenario.Player {
	return scenario.NewPlayer(s, market.Config{Seed: 1, Symbols: s.Symbols, Epoch: "e"}, s.Rate)
}

// play makes events of so many turns, and keeps what they say.
func play(p *scenario.Player, turns int) (all []market.Event) {
	for range turns {
		e, _ := p.Next(time.Time{}, 0)
		if e.Quote != nil {
			q := *e.Quote
			e.Quote = &q
		}
		if !e.IsZero() {
			all = append(all, e)
		}
	}
	return all
}

// playSteps plays a scenario's first turns: 40 of them are a second, unless its rate changes.
func playSteps(t testing.TB, turns int, steps ...string) []market.Event {
	t.Helper()
	lines := append([]string{"length: 1h", "mood: calm", "chatter: 0s", "start: 2026-03-02T14:30:00Z", "steps:"}, steps...)
	return play(newPlayer(parse(t, lines...)), turns)
}

// timeOf is when e happened, from the start.
func timeOf(e market.Event) time.Duration {
	switch {
	case e.News != nil:
		return e.News.Time.Sub(start)
	case e.Status != nil:
		return e.Status.Time.Sub(start)
	}
	return e.Quote.Time.Sub(start)
}

// announcements are the news and status events, with the second of the scenario in which each came.
func announcements(events []market.Event) (all []string) {
	for _, e := range events {
		at := timeOf(e).Truncate(time.Second)
		switch {
		case e.News != nil:
			id := e.News.ID[strings.LastIndexByte(e.News.ID, '-'):]
			all = append(all, fmt.Sprintf("%s %s: %s (%s, %s)", at, id, e.News.Title, e.News.Importance, e.News.Source))
		case e.Status != nil:
			all = append(all, fmt.Sprintf("%s %s %s: %s", at, e.Status.Symbol, e.Status.State, e.Status.Reason))
		}
	}
	return all
}

// lastPrices are those of a symbol, by the second in which they came.
func lastPrices(events []market.Event, symbol string) map[time.Duration]float64 {
	all := map[time.Duration]float64{}
	for _, e := range events {
		if e.Quote != nil && e.Quote.Traded && e.Quote.Symbol == symbol {
			all[timeOf(e).Truncate(time.Second)] = float64(e.Quote.Last)
		}
	}
	return all
}

func TestHeadlinesComeAsTheyAreWrittenAndAreCorrected(t *testing.T) {
	t.Parallel()
	got := announcements(playSteps(t, 1000,
		`  - {at: 1s, headline: Plain}`,
		`  - at: 2s`,
		`    headline: {id: a, text: First, source: Desk, importance: high, symbols: [NVDA], summary: Why}`,
		`  - at: 3s`,
		`    correction: {of: a, text: Second}`,
		`  - at: 4s`,
		`    correction: {of: a, text: Third, importance: low}`,
	))
	first, number, _ := strings.Cut(got[0], "-n")
	n, err := strconv.Atoi(strings.TrimSuffix(number, ": Plain (normal, Tape Wire)"))
	want := []string{
		fmt.Sprintf("1s -n%d: Plain (normal, Tape Wire)", n),
		fmt.Sprintf("2s -n%d: First (high, Desk)", n+1),
		fmt.Sprintf("3s -n%d: Second (high, Desk)", n+1),
		fmt.Sprintf("4s -n%d: Third (low, Desk)", n+1),
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(first, err, diff)
	}
}

func TestAMoveGoesAsFarAsItSaysAndAsLongAsItSays(t *testing.T) {
	t.Parallel()
	events := playSteps(t, 4000, // 100 s
		`  - at: 20s`,
		`    move: {symbols: [NVDA], by: -30%, over: 40s}`,
		`  - at: 80s`,
		`    headline: {text: Up, symbols: [AAPL], impact: 20%}`,
	)
	tests := []struct {
		symbol   string
		from, to time.Duration
		want     float64
	}{
		{"NVDA", 20, 40, 0.85},
		{"NVDA", 20, 62, 0.70},
		{"NVDA", 20, 78, 0.70},
		{"AAPL", 79, 88, 1.20},
		{"MSFT", 20, 88, 1.00},
	}
	for _, test := range tests {
		all := lastPrices(events, test.symbol)
		got := nearest(all, test.to*time.Second) / nearest(all, test.from*time.Second)
		if math.Abs(got-test.want) > 0.02 {
			t.Errorf("%s was at %.3f of itself from %ds to %ds, want %.2f", test.symbol, got, test.from, test.to, test.want)
		}
	}
}

// nearest is the price at a time, or the one before.
func nearest(all map[time.Duration]float64, at time.Duration) float64 {
	for ; at >= 0; at -= time.Second {
		if last, ok := all[at]; ok {
			return last
		}
	}
	return math.NaN()
}

func TestInAMoveOfTheMarketEverySymbolTakesItsShare(t *testing.T) {
	t.Parallel()
	events := playSteps(t, 2400, `  - {at: 10s, move: {by: -6%, over: 20s}}`)
	for symbol, want := range map[string]float64{"SPY": 0.94, "QQQ": 0.928, "NVDA": 0.904, "EUR/USD": 0.993} {
		all := lastPrices(events, symbol)
		if got := nearest(all, 40*time.Second) / nearest(all, 9*time.Second); math.Abs(got-want) > 0.012 {
			t.Errorf("%s was at %.3f of itself, want %.3f", symbol, got, want)
		}
	}
}

func TestHaltedSymbolsDoNotTradeUntilTheyResume(t *testing.T) {
	t.Parallel()
	events := playSteps(t, 1600,
		`  - at: 5s`,
		`    halt: {symbols: [NVDA, AAPL], reason: News pending, for: 10s}`,
		`  - {at: 20s, halt: {sector: energy}}`,
		`  - {at: 30s, resume: {symbols: [XOM], reason: All is said}}`,
	)
	want := []string{
		"5s NVDA halted: News pending", "5s AAPL halted: News pending",
		"15s NVDA open: Trading resumes", "15s AAPL open: Trading resumes",
		"20s XOM halted: Volatility pause", "20s CVX halted: Volatility pause", "20s SHEL halted: Volatility pause",
		"30s XOM open: All is said",
	}
	if diff := cmp.Diff(want, announcements(events)); diff != "" {
		t.Error(diff)
	}
	for symbol, halted := range map[string][2]time.Duration{"NVDA": {6, 14}, "CVX": {21, 40}, "XOM": {21, 29}} {
		for at := range lastPrices(events, symbol) {
			if at >= halted[0]*time.Second && at <= halted[1]*time.Second {
				t.Errorf("%s traded at %s", symbol, at)
			}
		}
	}
}

func TestAMarketMayBeHaltedAsAWhole(t *testing.T) {
	t.Parallel()
	everybody := `[` + strings.Join([]string{"NVDA", "BTC/USD", "EUR/USD"}, ", ") + `]`
	p := newPlayer(parse(t, "length: 1m", "symbols: 3", "chatter: 1s", "steps:",
		`  - {at: 1s, halt: {symbols: `+everybody+`, for: 8s}}`))
	play(p, 300)
	if events := play(p, 40); len(events) > 0 {
		t.Errorf("%d events came of a market in which everything is halted", len(events))
	}
	if len(play(p, 60)) < 20 {
		t.Error("the market did not come back")
	}
}

func TestExchangesFollowTheirSessions(t *testing.T) {
	t.Parallel()
	events := playSteps(t, 4000,
		`  - {at: 0s, market: pre}`,
		`  - {at: 30s, market: {state: open, reason: The bell}}`,
		`  - {at: 60s, market: closed}`,
	)
	want := []string{"0s  pre: Simulated market", "30s  open: The bell", "1m0s  closed: Simulated market"}
	if diff := cmp.Diff(want, announcements(events)); diff != "" {
		t.Error(diff)
	}
	trades := func(symbols []string, from, to time.Duration) (n int) {
		for _, symbol := range symbols {
			for at := range lastPrices(events, symbol) {
				if at >= from*time.Second && at < to*time.Second {
					n++
				}
			}
		}
		return n
	}
	stocks := []string{"JPM", "GS", "XOM", "CVX", "BAC", "SHEL", "MS"}
	pre, open, closed := trades(stocks, 1, 30), trades(stocks, 31, 60), trades(stocks, 61, 100)
	if pre == 0 || 3*pre > 2*open || closed != 0 {
		t.Errorf("stocks traded in %d seconds before the bell, in %d after it, in %d after the close", pre, open, closed)
	}
	if trades([]string{"BTC/USD", "EUR/USD"}, 61, 100) < 20 {
		t.Error("coins and currencies slept")
	}
	if opened := firstOpen(t, events, "NVDA", 30*time.Second); opened == 0 {
		t.Error("the first trade after the bell brought no new open")
	}
}

// firstOpen is the open that an event of a symbol brings, from a time on; 0 for none.
func firstOpen(t testing.TB, events []market.Event, symbol string, from time.Duration) int64 {
	t.Helper()
	for _, e := range events {
		q := e.Quote
		if q != nil && q.Symbol == symbol && e.Changed&market.FieldOpen != 0 && timeOf(e) >= from {
			if q.Open != q.Last || q.Low != q.Last || q.High != q.Last {
				t.Errorf("the open is %d, with the last %d, the low %d, the high %d", q.Open, q.Last, q.Low, q.High)
			}
			return q.Open
		}
	}
	return 0
}

func TestATempoAndABurstChangeHowManyEventsComeInASecond(t *testing.T) {
	t.Parallel()
	events := playSteps(t, 40*5+40*3*5+100*10+40*5,
		`  - {at: 5s, rate: 3x}`,
		`  - {at: 10s, rate: 1x, fault: burst=100:10s}`,
	)
	perSecond := map[time.Duration]int{}
	for _, e := range events {
		perSecond[timeOf(e).Truncate(time.Second)]++
	}
	for at, want := range map[time.Duration]int{3: 40, 8: 120, 15: 100, 22: 40} {
		if got := perSecond[at*time.Second]; got != want {
			t.Errorf("%d events in second %d, want %d", got, at, want)
		}
	}
}

func TestASkewOfTheScenarioIsInThePayloadsForItsTime(t *testing.T) {
	t.Parallel()
	events := playSteps(t, 400, `  - {at: 2s, fault: skew=1h:3s}`)
	skewed := 0
	for _, e := range events {
		if timeOf(e) > time.Hour {
			skewed++
		}
	}
	if skewed < 118 || skewed > 121 {
		t.Errorf("%d events have the clock of an hour later, want those of 3 s", skewed)
	}
}

func TestAScenarioLoopsOrLeavesTheMarketToItself(t *testing.T) {
	t.Parallel()
	count := func(loop string) (n int) {
		s := parse(t, "length: 10s", "loop: "+loop, "chatter: 0s", "start: 2026-03-02T14:30:00Z", "steps:",
			"  - {at: 0s, headline: Begin}", "  - {at: 10s, headline: End}")
		events := play(newPlayer(s), 40*35)
		if len(events) != 40*35 {
			t.Errorf("%d events came, want %d", len(events), 40*35)
		}
		return len(announcements(events))
	}
	if got := count("false"); got != 2 {
		t.Errorf("one round has %d headlines, want 2", got)
	}
	if got := count("true"); got != 7 {
		t.Errorf("three and a half rounds have %d headlines, want 7", got)
	}
}

func TestAMarketMakesUpHeadlinesByItself(t *testing.T) {
	t.Parallel()
	events := play(newPlayer(parse(t, "length: 1h", "chatter: 10s")), 40*200)
	if got := len(announcements(events)); got < 14 || got > 30 {
		t.Errorf("%d headlines came in 200 s", got)
	}
}

func TestAClockThatComesAroundStartsNoFault(t *testing.T) {
	t.Parallel()
	p := scenario.NewPlayer(nil, market.Config{Seed: 1, Symbols: 1}, 1e-6) // 300 years are 10,000 events
	play(p, 20_000)
	if rate, _ := p.Pace(0); rate != 1e-6 || len(p.ActiveFaults()) > 0 {
		t.Errorf("the rate is %v, and these faults are on: %v", rate, p.ActiveFaults())
	}
}
