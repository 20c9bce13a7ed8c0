package market_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver/market"
)

var now = time.Date(2026, 3, 2, 15, 4, 5, 123456789, time.UTC)

// simulation is a market in which time goes on with every event.
type simulation struct {
	*market.Market
	interval, clock time.Duration
}

// newMarket makes 40 events a second.
func newMarket(seed uint64, symbols int) *simulation {
	m := market.New(market.Config{Seed: seed, Symbols: symbols, Epoch: "e", Now: now})
	return &simulation{Market: m, interval: time.Second / 40}
}

func (s *simulation) next() market.Event {
	s.clock += s.interval
	return s.Next(now, s.clock)
}

func everything(string, []string) bool { return true }

// quotes are all that m has now, by symbol.
func quotes(m *simulation) map[string]market.Quote {
	all := map[string]market.Quote{}
	for _, q := range m.Snapshot(everything).Quotes {
		all[q.Symbol] = q
	}
	return all
}

func TestTheSameSeedMakesTheSameEvents(t *testing.T) {
	t.Parallel()
	record := func(seed uint64) (all []string) {
		m := newMarket(seed, market.DefaultSymbols)
		for range 4000 {
			all = append(all, string(m.next().AppendJSON(nil)))
		}
		return append(all, string(m.Snapshot(everything).AppendJSON(nil)))
	}
	first := record(5)
	if diff := cmp.Diff(first, record(5)); diff != "" {
		t.Error("the same seed made other events: ", diff)
	}
	if slices.Equal(first, record(6)) {
		t.Error("another seed made the same events")
	}
}

func TestPricesKeepTheirLawsThroughALongStory(t *testing.T) {
	t.Parallel()
	m := newMarket(1, market.DefaultSymbols)
	before, halted := quotes(m), map[string]bool{}
	for range 15000 {
		e := m.next()
		if e.Status != nil {
			halted[e.Status.Symbol] = e.Status.State == "halted"
		}
		if e.Quote == nil {
			continue
		}
		q, was := *e.Quote, before[e.Quote.Symbol]
		switch {
		case q.Bid <= 0 || q.Bid >= q.Ask:
			t.Fatalf("%s: bid %d is not below ask %d", q.Symbol, q.Bid, q.Ask)
		case q.Last < q.Low || q.Last > q.High:
			t.Fatalf("%s: last %d is outside of %d to %d", q.Symbol, q.Last, q.Low, q.High)
		case q.Traded && q.Last != q.Bid && q.Last != q.Ask:
			t.Fatalf("%s: traded at %d, neither at %d nor at %d", q.Symbol, q.Last, q.Bid, q.Ask)
		case q.Traded != (q.Volume > was.Volume):
			t.Fatalf("%s: volume went from %d to %d", q.Symbol, was.Volume, q.Volume)
		case halted[q.Symbol]:
			t.Fatalf("%s trades while it is halted", q.Symbol)
		}
		before[q.Symbol] = q
	}
}

func TestATinyPriceIsWrittenOut(t *testing.T) {
	t.Parallel()
	last := map[string]string{}
	for _, row := range snapshotRows(t, newMarket(1, market.DefaultSymbols)) {
		last[row["symbol"]] = row["last"]
	}
	for symbol, want := range map[string]int{"SHIB/USD": 8, "EUR/USD": 5, "USD/JPY": 3, "NVDA": 2} {
		if _, decimals, _ := strings.Cut(last[symbol], "."); len(decimals) != want {
			t.Errorf("%s is %s, not with %d decimals", symbol, last[symbol], want)
		}
	}
	if !strings.HasPrefix(last["SHIB/USD"], "0.0000") {
		t.Errorf("SHIB/USD is %s", last["SHIB/USD"])
	}
}

// snapshotRows are the prices of a snapshot as they go over the wire.
func snapshotRows(t *testing.T, m *simulation) []map[string]string {
	t.Helper()
	var rows struct{ Prices []map[string]string }
	if err := json.Unmarshal(m.Snapshot(everything).AppendJSON(nil), &rows); err != nil {
		t.Fatal(err)
	}
	return rows.Prices
}

func TestEventsCarryOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	m := newMarket(1, market.DefaultSymbols)
	shown := map[string]map[string]string{}
	for _, row := range snapshotRows(t, m) {
		shown[row["symbol"]] = row
	}
	trades, quotes := 0, 0
	for range 5000 {
		e := m.next()
		if e.Quote == nil {
			continue
		}
		var delta map[string]string
		if err := json.Unmarshal(e.AppendJSON(nil), &delta); err != nil {
			t.Fatal(err)
		}
		row := shown[delta["symbol"]]
		for _, field := range []string{"bid", "ask", "high", "low"} {
			if v, ok := delta[field]; ok && v == row[field] {
				t.Fatalf("%v has %s though it is as before", delta, field)
			}
		}
		for _, field := range []string{"name", "currency", "open", "prev_close"} {
			if _, ok := delta[field]; ok {
				t.Fatalf("%v has %s, which never changes", delta, field)
			}
		}
		for field, v := range delta {
			row[field] = v
		}
		if e.Quote.Traded {
			trades++
		} else {
			quotes++
		}
	}
	if trades < 1000 || quotes < 500 {
		t.Errorf("there were %d trades and %d mere quotes", trades, quotes)
	}
	if diff := cmp.Diff(snapshotRows(t, m)[0], shown["NVDA"]); diff != "" {
		t.Error("the events of NVDA do not add up to its snapshot: ", diff)
	}
}

func TestNoHeadlineIsRepeatedSoon(t *testing.T) {
	t.Parallel()
	for _, symbols := range []int{2, market.DefaultSymbols} {
		m := newMarket(7, symbols)
		var titles []string
		for range 60 * 60 * 40 {
			e := m.next()
			if e.News == nil {
				continue
			}
			title := strings.TrimSuffix(e.News.Title, " (corrects figure)")
			if slices.Contains(titles[max(0, len(titles)-50):], title) {
				t.Errorf("of %d symbols, headline %d again: %s", symbols, len(titles)+1, title)
			}
			if strings.Contains(title, " %") {
				t.Errorf("a space before the percent: %s", title)
			}
			titles = append(titles, title)
		}
		if len(titles) < 500 {
			t.Errorf("of %d symbols, only %d headlines", symbols, len(titles))
		}
	}
}

// TestHeadlinesHaltsAndCorrectionsComeOften counts, over twenty minutes at the default rate, what a watcher should see.
func TestHeadlinesHaltsAndCorrectionsComeOften(t *testing.T) {
	t.Parallel()
	const minutes = 20
	m := newMarket(1, market.DefaultSymbols)
	subjects, titles, reasons := map[string][]string{}, map[string]bool{}, map[string]bool{} // of headlines by id, …, of halts
	corrected, halts, resumes := 0, 0, 0
	for n := range minutes * 60 * 40 {
		switch e := m.next(); {
		case e.News != nil && strings.HasSuffix(e.News.Title, "(corrects figure)"):
			corrected++
			if !slices.Equal(subjects[e.News.ID], e.News.Symbols) {
				t.Errorf("%+v corrects a headline about %q", e.News, subjects[e.News.ID])
			}
		case e.News != nil:
			if subjects[e.News.ID] != nil {
				t.Errorf("%+v has the id of another", e.News)
			}
			if len(subjects) == 0 && n > 40 {
				t.Errorf("the first headline is event %d: more than a second after the start", n)
			}
			subjects[e.News.ID], titles[e.News.Title] = e.News.Symbols, true
		case e.Status != nil && e.Status.State == "halted":
			halts++
			reasons[e.Status.Reason] = true
		case e.Status != nil:
			resumes++
		}
	}
	if gap := minutes * 60 / float64(len(subjects)); gap < 3 || gap > 5 {
		t.Errorf("a headline every %.1f s", gap)
	}
	if len(titles) < len(subjects)*3/4 {
		t.Errorf("of %d headlines only %d are different", len(subjects), len(titles))
	}
	if corrected < 2 || corrected > len(subjects)/8 {
		t.Errorf("%d corrections of %d headlines", corrected, len(subjects))
	}
	if halts < 5 || halts-resumes > 2 || halts < resumes-2 || len(reasons) != 2 {
		t.Errorf("%d halts (%v), %d resumed", halts, reasons, resumes)
	}
}

// TestHeadlinesMovePrices compares how far a symbol goes right after a headline about it, and right before.
func TestHeadlinesMovePrices(t *testing.T) {
	t.Parallel()
	const events, watched = 30000, 400
	m := newMarket(1, market.DefaultSymbols)
	bids := map[string][]float64{} // after every event
	type newsAt struct {
		symbol string
		at     int
	}
	var news []newsAt
	for n := range events {
		if e := m.next(); e.News != nil {
			news = append(news, newsAt{e.News.Symbols[0], n})
		}
		for symbol, q := range quotes(m) {
			bids[symbol] = append(bids[symbol], float64(q.Bid))
		}
	}
	var before, after []float64
	for _, h := range news {
		if series := bids[h.symbol]; h.at >= watched && h.at+watched < events {
			before = append(before, math.Abs(series[h.at]/series[h.at-watched]-1))
			after = append(after, math.Abs(series[h.at+watched]/series[h.at]-1))
		}
	}
	if mean(after) < 1.5*mean(before) {
		t.Errorf("after a headline a price moves by %.3f %%, before it by %.3f %%", 100*mean(after), 100*mean(before))
	}
}

func mean(all []float64) float64 {
	sum := 0.0
	for _, v := range all {
		sum += v
	}
	return sum / float64(len(all))
}

// TestASectorMovesTogether correlates moves over a quarter of a minute.
func TestASectorMovesTogether(t *testing.T) {
	t.Parallel()
	m := newMarket(1, market.DefaultSymbols)
	moves, before := map[string][]float64{}, quotes(m)
	for n := range 50000 {
		m.next()
		if n%600 != 599 {
			continue
		}
		for symbol, q := range quotes(m) {
			moves[symbol] = append(moves[symbol], math.Log(float64(q.Bid)/float64(before[symbol].Bid)))
			before[symbol] = q
		}
	}
	if c := correlation(moves["AAPL"], moves["MSFT"]); c < 0.2 {
		t.Errorf("AAPL and MSFT are correlated by %.2f", c)
	}
	if c := correlation(moves["SOL/USD"], moves["ETH/USD"]); c < 0.2 {
		t.Errorf("SOL/USD and ETH/USD are correlated by %.2f", c)
	}
	if c := correlation(moves["AAPL"], moves["EUR/USD"]); c > 0.4 {
		t.Errorf("AAPL and EUR/USD are correlated by %.2f", c)
	}
}

func correlation(x, y []float64) float64 {
	mx, my := mean(x), mean(y)
	var xx, yy, xy float64
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
		xy += (x[i] - mx) * (y[i] - my)
	}
	return xy / math.Sqrt(xx*yy)
}

func TestPricesStayPlausibleOverHundredsOfThousandsOfTrades(t *testing.T) {
	t.Parallel()
	m := newMarket(1, 3)
	before := quotes(m)
	for range 200_000 {
		m.next()
	}
	for symbol, q := range quotes(m) {
		if then := before[symbol].Last; q.Last < then/5 || q.Last > then*5 {
			t.Errorf("%s went from %d to %d", symbol, then, q.Last)
		}
	}
}

func TestAMarketHasAsManySymbolsAsAskedFor(t *testing.T) {
	t.Parallel()
	for _, want := range []int{1, 2, 5, 24, 25, 500, market.MaxSymbols} {
		m := newMarket(1, want)
		for range 3000 {
			m.next()
		}
		if got := len(quotes(m)); got != want || len(market.Symbols(want)) != want {
			t.Errorf("%d different symbols, want %d", got, want)
		}
	}
}
