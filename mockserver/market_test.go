package mockserver_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
	"livetape/mockserver/fault"
	"livetape/mockserver/scenario"
)

// told are n events of a market, without a network's ways.
func told(t testing.TB, c mockserver.Config, n int) []event {
	t.Helper()
	c.Now, c.Epoch = stillClock, "e"
	c.Ring = max(n, 1)
	s := serve(t, newMock(t, c), loopback(t))
	s.Step(n)
	l := s.resume("e-0")
	defer l.close()
	return l.until(s.Newest())[1:]
}

func TestTheSameSeedMakesTheSameBytesAtAnyRateAndInAnyPortions(t *testing.T) {
	record := func(c mockserver.Config, portions ...int) string {
		c.Now, c.Epoch = stillClock, "e"
		s := serve(t, newMock(t, c), loopback(t))
		for _, n := range portions {
			s.Step(n)
		}
		l := s.resume("e-0")
		defer l.close()
		var all strings.Builder
		for _, e := range l.until("e-4000") {
			fmt.Fprintln(&all, e.Type, e.ID, e.Data)
		}
		return all.String() + string(s.Snapshot())
	}
	first := record(mockserver.Config{Seed: 5}, 4000)
	if diff := cmp.Diff(first, record(mockserver.Config{Seed: 5, Rate: 9000}, 1, 999, 3000)); diff != "" {
		t.Error("the same seed told another story: ", diff)
	}
	if first == record(mockserver.Config{Seed: 6}, 4000) {
		t.Error("another seed told the same story")
	}
}

// decimal checks that v is a plain number with so many decimals and gives its value in the last of them.
func decimal(t *testing.T, v any) (units int64, decimals int) {
	t.Helper()
	text, ok := v.(string)
	whole, part, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+part, 10, 64)
	if !ok || err != nil || n <= 0 || len(whole) > 1 && whole[0] == '0' || strings.HasSuffix(text, ".") {
		t.Fatalf("%v is not a plain number above 0", v)
	}
	return n, len(part)
}

func TestPricesKeepTheirLawsThroughALongStory(t *testing.T) {
	b := truth(t, newMock(t, mockserver.Config{Now: stillClock, Epoch: "e"}))
	volume := map[string]int64{}
	for _, e := range told(t, mockserver.Config{}, 15000) {
		b.mustApply(t, e)
		if e.Type != "price" {
			continue
		}
		var delta map[string]string
		if err := json.Unmarshal([]byte(e.Data), &delta); err != nil {
			t.Fatal(err)
		}
		symbol := delta["symbol"]
		row := b.prices[symbol]
		bought, decimals := decimal(t, row["bid"])
		sold, _ := decimal(t, row["ask"])
		last, places := decimal(t, row["last"])
		low, _ := decimal(t, row["low"])
		high, _ := decimal(t, row["high"])
		traded, _ := decimal(t, row["volume"])
		switch {
		case bought >= sold:
			t.Fatalf("%s: bid %d is not below ask %d", symbol, bought, sold)
		case last < low || last > high:
			t.Fatalf("%s: last %d is outside of %d to %d", symbol, last, low, high)
		case delta["last"] != "" && last != bought && last != sold:
			t.Fatalf("%s: traded at %d, neither at %d nor at %d", symbol, last, bought, sold)
		case traded < volume[symbol] || delta["last"] != "" && traded == volume[symbol]:
			t.Fatalf("%s: volume went from %d to %d", symbol, volume[symbol], traded)
		case decimals != places:
			t.Fatalf("%s: %d decimals beside %d", symbol, decimals, places)
		case b.status[symbol]["state"] == "halted":
			t.Fatalf("%s trades while it is halted", symbol)
		}
		volume[symbol] = traded
	}
}

func TestATinyPriceIsWrittenOut(t *testing.T) {
	prices := truth(t, newMock(t, mockserver.Config{})).prices
	for symbol, want := range map[string]int{"SHIB/USD": 8, "EUR/USD": 5, "USD/JPY": 3, "NVDA": 2} {
		if _, decimals := decimal(t, prices[symbol]["last"]); decimals != want {
			t.Errorf("%s is %v, not with %d decimals", symbol, prices[symbol]["last"], want)
		}
	}
	if last := prices["SHIB/USD"]["last"].(string); !strings.HasPrefix(last, "0.0000") {
		t.Errorf("SHIB/USD is %s", last)
	}
}

func TestDeltasCarryOnlyWhatChanged(t *testing.T) {
	b := truth(t, newMock(t, mockserver.Config{Now: stillClock, Epoch: "e"}))
	shapes := map[string]int{}
	for _, e := range told(t, mockserver.Config{}, 5000) {
		if e.Type == "price" {
			var delta map[string]any
			if err := json.Unmarshal([]byte(e.Data), &delta); err != nil {
				t.Fatal(err)
			}
			for _, field := range []string{"bid", "ask", "high", "low"} {
				if v, said := delta[field]; said && v == b.prices[delta["symbol"].(string)][field] {
					t.Fatalf("%s says %s though it is as before", e.Data, field)
				}
			}
			for _, field := range []string{"name", "currency", "open", "prev_close"} {
				if _, said := delta[field]; said {
					t.Fatalf("%s says %s, which never changes", e.Data, field)
				}
			}
			shapes["trade"] += boolToInt(delta["last"] != nil)
			shapes["quote"] += boolToInt(delta["last"] == nil)
		}
		b.mustApply(t, e)
	}
	if shapes["trade"] < 1000 || shapes["quote"] < 500 {
		t.Errorf("the mix of trades and mere quotes is %v", shapes)
	}
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestNoHeadlineComesAgainSoon listens to one market of all sectors, and to one with two symbols to talk about.
func TestNoHeadlineComesAgainSoon(t *testing.T) {
	for _, symbols := range []int{2, 24} {
		var heard []string
		for _, e := range told(t, mockserver.Config{Symbols: symbols, Seed: 7}, 60*60*40) {
			if e.Type != "news" {
				continue
			}
			var said struct{ Headline string }
			if err := json.Unmarshal([]byte(e.Data), &said); err != nil {
				t.Fatal(err)
			}
			title := strings.TrimSuffix(said.Headline, " (corrects figure)")
			if slices.Contains(heard[max(0, len(heard)-50):], title) {
				t.Errorf("of %d symbols, headline %d again: %s", symbols, len(heard)+1, said.Headline)
			}
			if strings.Contains(title, " %") {
				t.Errorf("a space before the percent: %s", title)
			}
			heard = append(heard, title)
		}
		if len(heard) < 500 {
			t.Errorf("of %d symbols, only %d headlines", symbols, len(heard))
		}
	}
}

func TestShippedScenariosWritePercentAsTheMarketDoes(t *testing.T) {
	all, err := scenario.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if strings.Contains(string(s.Source()), " %") {
			t.Errorf("%s has a space before a percent sign", s.Name)
		}
	}
}

// TestTheStoryHasItsBeats counts, over twenty minutes at the default rate, what a watcher should see.
func TestTheStoryHasItsBeats(t *testing.T) {
	const minutes = 20
	events := told(t, mockserver.Config{}, minutes*60*40)
	headlines, corrected, titles := map[string]string{}, 0, map[string]bool{}
	halts, resumed, reasons := 0, 0, map[string]bool{}
	for n, e := range events {
		var said struct {
			ID, Headline, State, Reason string
			Symbols                     []string
		}
		if e.Type == "price" {
			continue
		}
		if err := json.Unmarshal([]byte(e.Data), &said); err != nil {
			t.Fatal(err)
		}
		about, isCorrection := fmt.Sprint(said.Symbols), strings.HasSuffix(said.Headline, "(corrects figure)")
		switch {
		case e.Type == "news" && isCorrection:
			corrected++
			if headlines[said.ID] != about {
				t.Errorf("%s corrects a headline about %q", e.Data, headlines[said.ID])
			}
		case e.Type == "news" && headlines[said.ID] != "":
			t.Errorf("%s comes twice", e.Data)
		case e.Type == "news":
			if len(headlines) == 0 && n > 40 {
				t.Errorf("the first headline is event %d: more than a second after the start", n)
			}
			headlines[said.ID], titles[said.Headline] = about, true
		case said.State == "halted":
			halts++
			reasons[said.Reason] = true
		case said.State == "open":
			resumed++
		}
	}
	gap := minutes * 60 / float64(len(headlines))
	if gap < 3 || gap > 5 {
		t.Errorf("a headline every %.1f s", gap)
	}
	if len(titles) < len(headlines)*3/4 {
		t.Errorf("of %d headlines only %d are different", len(headlines), len(titles))
	}
	if corrected < 2 || corrected > len(headlines)/8 {
		t.Errorf("%d corrections of %d headlines", corrected, len(headlines))
	}
	if halts < 5 || halts-resumed > 2 || halts < resumed-2 || len(reasons) != 2 {
		t.Errorf("%d halts (%v), %d resumed", halts, reasons, resumed)
	}
}

// TestHeadlinesMovePrices compares how far a symbol goes right after a headline about it, and right before.
func TestHeadlinesMovePrices(t *testing.T) {
	const events, watched = 30000, 400
	b := truth(t, newMock(t, mockserver.Config{Now: stillClock, Epoch: "e"}))
	bids := map[string][]float64{} // behind every event
	type storyAt struct {
		symbol string
		at     int
	}
	var news []storyAt
	for n, e := range told(t, mockserver.Config{}, events) {
		var about struct{ Symbols []string }
		b.mustApply(t, e)
		if e.Type == "news" && json.Unmarshal([]byte(e.Data), &about) == nil {
			news = append(news, storyAt{about.Symbols[0], n})
		}
		for symbol := range b.prices {
			bids[symbol] = append(bids[symbol], bid(t, b, symbol))
		}
	}
	var before, after []float64
	for _, story := range news {
		if series := bids[story.symbol]; story.at >= watched && story.at+watched < events {
			before = append(before, math.Abs(series[story.at]/series[story.at-watched]-1))
			after = append(after, math.Abs(series[story.at+watched]/series[story.at]-1))
		}
	}
	if mean(after) < 1.5*mean(before) {
		t.Errorf("behind a headline a price moves by %.3f %%, before it by %.3f %%", 100*mean(after), 100*mean(before))
	}
}

// bid is a symbol's bid, as near as a float64 comes.
func bid(t *testing.T, b *board, symbol string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(b.prices[symbol]["bid"].(string), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
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
	b := truth(t, newMock(t, mockserver.Config{Now: stillClock, Epoch: "e"}))
	moves, before := map[string][]float64{}, map[string]float64{}
	watched := []string{"AAPL", "MSFT", "EUR/USD", "SOL/USD", "ETH/USD"}
	for n, e := range told(t, mockserver.Config{}, 50000) {
		b.mustApply(t, e)
		if n%600 != 0 {
			continue
		}
		for _, symbol := range watched {
			v := bid(t, b, symbol)
			moves[symbol] = append(moves[symbol], math.Log(v/max(before[symbol], 1e-12)))
			before[symbol] = v
		}
	}
	for symbol := range moves {
		moves[symbol] = moves[symbol][1:]
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
	mock := newMock(t, mockserver.Config{Ring: 1, Symbols: 3})
	before := truth(t, mock).prices
	mock.Step(200_000)
	for symbol, row := range truth(t, mock).prices {
		then, _ := decimal(t, before[symbol]["last"])
		now, _ := decimal(t, row["last"])
		if now < then/5 || now > then*5 {
			t.Errorf("%s went from %d to %d", symbol, then, now)
		}
	}
}

func TestAMarketHasAsManySymbolsAsAskedFor(t *testing.T) {
	for _, want := range []int{1, 2, 5, 24, 25, 500, 10000} {
		mock := newMock(t, mockserver.Config{Symbols: want})
		mock.Step(3000)
		if got := len(truth(t, mock).prices); got != want {
			t.Errorf("%d different symbols, want %d", got, want)
		}
	}
}

func TestImpossibleSettingsAreAllNamed(t *testing.T) {
	_, err := mockserver.New(mockserver.Config{
		Rate: -1, Symbols: 10001, Ring: -1, Queue: -1, MaxClients: -1, Heartbeat: -1, Retry: -1, Epoch: "a b",
		Faults: []fault.Fault{{Name: "drop"}, {Name: "fire"}},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"rate", "symbols", "ring", "queue", "max clients", "heartbeat", "retry", "epoch", "drop@20s", `"fire"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in: %v", want, err)
		}
	}
	if _, err := mockserver.New(mockserver.Config{Rate: math.NaN()}); err == nil {
		t.Error("a rate that is no number was taken")
	}
}
