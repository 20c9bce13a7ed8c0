package mockserver_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

// performed are the events of a scenario's first turns: 40 of them are a second, unless its rate changes.
func performed(t testing.TB, turns int, steps ...string) []event {
	t.Helper()
	lines := append([]string{"length: 1h", "mood: calm", "chatter: 0s", "start: 2026-03-02T14:30:00Z", "steps:"}, steps...)
	s := serve(t, newMock(t, mockserver.Config{Scenario: parsed(t, lines...)}), loopback(t))
	s.Step(turns)
	l := s.resume(firstID(s.Newest()))
	defer l.close()
	return l.until(s.Newest())[1:]
}

// sentence is what one news or status event says.
type sentence struct{ ID, Headline, Summary, Importance, Source, Symbol, State, Reason string }

// sayings are the news and status events, with the second of the scenario in which each came.
func sayings(t testing.TB, events []event) (all []string) {
	t.Helper()
	begin := time.Date(2026, 3, 2, 14, 30, 0, 0, time.UTC)
	for _, e := range events {
		var s sentence
		if err := json.Unmarshal([]byte(e.Data), &s); err != nil {
			t.Fatal(err)
		}
		at := timeOf(t, e).Sub(begin).Truncate(time.Second)
		switch e.Type {
		case "news":
			all = append(all, fmt.Sprintf("%s %s: %s (%s, %s)", at, s.ID[strings.LastIndexByte(s.ID, '-'):], s.Headline, s.Importance, s.Source))
		case "status":
			all = append(all, fmt.Sprintf("%s %s %s: %s", at, s.Symbol, s.State, s.Reason))
		}
	}
	return all
}

// lasts are the last prices of a symbol, by the second in which they came.
func lasts(t testing.TB, events []event, symbol string) map[time.Duration]float64 {
	t.Helper()
	begin := time.Date(2026, 3, 2, 14, 30, 0, 0, time.UTC)
	all := map[time.Duration]float64{}
	for _, e := range events {
		var p struct {
			Symbol, Last string
			Time         time.Time
		}
		if err := json.Unmarshal([]byte(e.Data), &p); err != nil {
			t.Fatal(err)
		}
		if last, err := strconv.ParseFloat(p.Last, 64); e.Type == "price" && p.Symbol == symbol && err == nil {
			all[p.Time.Sub(begin).Truncate(time.Second)] = last
		}
	}
	return all
}

func TestHeadlinesComeAsTheyAreWrittenAndAreCorrected(t *testing.T) {
	got := sayings(t, performed(t, 1000,
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
	events := performed(t, 4000, // 100 s
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
		all := lasts(t, events, test.symbol)
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
	events := performed(t, 2400, `  - {at: 10s, move: {by: -6%, over: 20s}}`)
	for symbol, want := range map[string]float64{"SPY": 0.94, "QQQ": 0.928, "NVDA": 0.904, "EUR/USD": 0.993} {
		all := lasts(t, events, symbol)
		if got := nearest(all, 40*time.Second) / nearest(all, 9*time.Second); math.Abs(got-want) > 0.012 {
			t.Errorf("%s was at %.3f of itself, want %.3f", symbol, got, want)
		}
	}
}

func TestHaltedSymbolsDoNotTradeUntilTheyResume(t *testing.T) {
	events := performed(t, 1600,
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
	if diff := cmp.Diff(want, sayings(t, events)); diff != "" {
		t.Error(diff)
	}
	for symbol, halted := range map[string][2]time.Duration{"NVDA": {6, 14}, "CVX": {21, 40}, "XOM": {21, 29}} {
		for at := range lasts(t, events, symbol) {
			if at >= halted[0]*time.Second && at <= halted[1]*time.Second {
				t.Errorf("%s traded at %s", symbol, at)
			}
		}
	}
}

func TestAMarketMayBeHaltedAsAWhole(t *testing.T) {
	everybody := `[` + strings.Join([]string{"NVDA", "BTC/USD", "EUR/USD"}, ", ") + `]`
	played := parsed(t, "length: 1m", "symbols: 3", "chatter: 1s", "steps:",
		`  - {at: 1s, halt: {symbols: `+everybody+`, for: 8s}}`)
	s := serve(t, newMock(t, mockserver.Config{Scenario: played}), loopback(t))
	s.Step(300)
	before := number(t, s.Newest())
	s.Step(40)
	if after := number(t, s.Newest()); after != before {
		t.Errorf("%d events came of a market in which everything is halted", after-before)
	}
	s.Step(60)
	if after := number(t, s.Newest()); after < before+20 {
		t.Error("the market did not come back")
	}
}

func TestExchangesFollowTheirSessions(t *testing.T) {
	events := performed(t, 4000,
		`  - {at: 0s, market: pre}`,
		`  - {at: 30s, market: {state: open, reason: The bell}}`,
		`  - {at: 60s, market: closed}`,
	)
	want := []string{"0s  pre: Simulated market", "30s  open: The bell", "1m0s  closed: Simulated market"}
	if diff := cmp.Diff(want, sayings(t, events)); diff != "" {
		t.Error(diff)
	}
	trades := func(symbols []string, from, to time.Duration) (n int) {
		for _, symbol := range symbols {
			for at := range lasts(t, events, symbol) {
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
	if opened := firstOpen(t, events, "NVDA", 30*time.Second); opened == "" {
		t.Error("the first trade after the bell brought no new open")
	}
}

// firstOpen is the open that an event of a symbol brings, from a time on; empty for none.
func firstOpen(t testing.TB, events []event, symbol string, from time.Duration) string {
	t.Helper()
	begin := time.Date(2026, 3, 2, 14, 30, 0, 0, time.UTC)
	for _, e := range events {
		var p struct {
			Symbol, Open, Low, High, Last string
			Time                          time.Time
		}
		if err := json.Unmarshal([]byte(e.Data), &p); err != nil {
			t.Fatal(err)
		}
		if e.Type == "price" && p.Symbol == symbol && p.Open != "" && p.Time.Sub(begin) >= from {
			if p.Open != p.Last || p.Low != p.Last || p.High != p.Last {
				t.Errorf("the open is %s, with the last %s, the low %s, the high %s", p.Open, p.Last, p.Low, p.High)
			}
			return p.Open
		}
	}
	return ""
}

func TestATempoAndABurstChangeHowManyEventsComeInASecond(t *testing.T) {
	events := performed(t, 40*5+40*3*5+100*10+40*5,
		`  - {at: 5s, rate: 3x}`,
		`  - {at: 10s, rate: 1x, fault: burst=100:10s}`,
	)
	begin := time.Date(2026, 3, 2, 14, 30, 0, 0, time.UTC)
	perSecond := map[time.Duration]int{}
	for _, e := range events {
		perSecond[timeOf(t, e).Sub(begin).Truncate(time.Second)]++
	}
	for at, want := range map[time.Duration]int{3: 40, 8: 120, 15: 100, 22: 40} {
		if got := perSecond[at*time.Second]; got != want {
			t.Errorf("%d events in second %d, want %d", got, at, want)
		}
	}
}

func TestASkewOfTheScenarioIsInThePayloadsForItsTime(t *testing.T) {
	events := performed(t, 400, `  - {at: 2s, fault: skew=1h:3s}`)
	begin := time.Date(2026, 3, 2, 14, 30, 0, 0, time.UTC)
	skewed := 0
	for _, e := range events {
		if timeOf(t, e).Sub(begin) > time.Hour {
			skewed++
		}
	}
	if skewed < 118 || skewed > 121 {
		t.Errorf("%d events have the clock of an hour later, want those of 3 s", skewed)
	}
}

func TestAScenarioLoopsOrLeavesTheMarketToItself(t *testing.T) {
	count := func(loop string) (n int) {
		played := parsed(t, "length: 10s", "loop: "+loop, "chatter: 0s", "start: 2026-03-02T14:30:00Z", "steps:",
			"  - {at: 0s, headline: Begin}", "  - {at: 10s, headline: End}")
		s := serve(t, newMock(t, mockserver.Config{Scenario: played}), loopback(t))
		s.Step(40 * 35)
		l := s.resume(firstID(s.Newest()))
		defer l.close()
		events := l.until(s.Newest())[1:]
		if len(events) != 40*35 {
			t.Errorf("%d events came, want %d", len(events), 40*35)
		}
		return len(sayings(t, events))
	}
	if got := count("false"); got != 2 {
		t.Errorf("one round has %d headlines, want 2", got)
	}
	if got := count("true"); got != 7 {
		t.Errorf("three and a half rounds have %d headlines, want 7", got)
	}
}

func TestAMarketSaysLittleThingsByItself(t *testing.T) {
	played := parsed(t, "length: 1h", "chatter: 10s", "start: 2026-03-02T14:30:00Z")
	s := serve(t, newMock(t, mockserver.Config{Scenario: played}), loopback(t))
	s.Step(40 * 200)
	l := s.resume(firstID(s.Newest()))
	defer l.close()
	if got := len(sayings(t, l.until(s.Newest())[1:])); got < 14 || got > 30 {
		t.Errorf("%d headlines came in 200 s", got)
	}
}

func TestWhatAClientBuildsFromAScenarioIsTheTruth(t *testing.T) {
	for _, name := range []string{"open-bell", "earnings", "flash-crash"} {
		s := serve(t, newMock(t, mockserver.Config{Scenario: shipped(t, name)}), loopback(t))
		l := s.listen("/events")
		defer l.close()
		b := newBoard()
		b.mustApply(t, l.expect("snapshot"))
		for range 20 {
			s.Step(1000)
			b.mustApply(t, l.until(s.Newest())...)
		}
		b.news = nil // a client keeps more of them
		want := truth(t, s.Server)
		want.news = nil
		if diff := cmp.Diff(want, b, cmp.AllowUnexported(board{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
