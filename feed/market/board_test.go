package market_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/market"
)

var monday = time.Date(2025, 11, 24, 14, 30, 0, 0, time.UTC)

// second is the i-th second of the test's trading day.
func second(i int) time.Time { return monday.Add(time.Duration(i) * time.Second) }

// testBoard applies updates to a board, one a second.
type testBoard struct {
	*market.Board
	t *testing.T
	n int
}

func newTestBoard(t *testing.T, l market.Limits) *testBoard {
	return &testBoard{Board: market.NewBoard(l), t: t}
}

func (p *testBoard) say(updates ...market.Update) *testBoard {
	for _, u := range updates {
		p.Apply("feed", u, second(p.n))
		p.n++
	}
	return p
}

func (p *testBoard) last(prices ...string) *testBoard {
	for _, s := range prices {
		p.say(market.Quote{Symbol: "A", Last: dec(p.t, s)})
	}
	return p
}

func (p *testBoard) quote(bid, ask string) *testBoard {
	return p.say(market.Quote{Symbol: "A", Bid: dec(p.t, bid), Ask: dec(p.t, ask)})
}

func (p *testBoard) row() *market.Row {
	p.t.Helper()
	r := p.Row("feed", "A")
	if r == nil {
		p.t.Fatal("there is no row for A")
	}
	return r
}

func TestADeltaLeavesAloneWhatItDoesNotSay(t *testing.T) {
	p := newTestBoard(t, market.Limits{})
	p.say(market.Quote{Symbol: "A", Name: "Alpha", Currency: "USD", Last: dec(t, "10.00"), Volume: dec(t, "500")})
	p.quote("9.99", "")
	r := p.row()
	want := market.Cell{Value: dec(t, "10.00"), At: second(0)}
	if r.Last != want || r.Name != "Alpha" || r.Currency != "USD" || r.Volume.Value != dec(t, "500") {
		t.Errorf("last %+v, name %q, volume %+v", r.Last, r.Name, r.Volume)
	}
	if want := (market.Cell{Value: dec(t, "9.99"), At: second(1)}); r.Bid != want || r.Updated != second(1) || r.Count != 2 {
		t.Errorf("bid %+v, updated %v, count %d", r.Bid, r.Updated, r.Count)
	}
}

func TestACellKnowsWhenItWasSaidAndWhenItChanged(t *testing.T) {
	p := newTestBoard(t, market.Limits{}).last("10")
	if c := p.row().Last; !c.Changed.IsZero() || c.Prev.IsSet() {
		t.Errorf("the first value is a change: %+v", c)
	}
	p.last("10.5", "10.5", "10.50")
	want := market.Cell{Value: dec(t, "10.50"), Prev: dec(t, "10"), At: second(3), Changed: second(1)}
	if got := p.row().Last; got != want {
		t.Errorf("last = %+v, want %+v", got, want)
	}
}

func TestTheTickIsTheDirectionOfTheLastChange(t *testing.T) {
	p := newTestBoard(t, market.Limits{}).last("10")
	for i, c := range []struct {
		last string
		tick int
	}{{"10", 0}, {"10.00", 0}, {"10.01", 1}, {"10.01", 1}, {"10", -1}, {"10.0", -1}, {"98765.123456789012345678", 1}, {"98765.123456789012345677", -1}} {
		if p.last(c.last); p.row().Tick != c.tick {
			t.Errorf("step %d, to %s: tick %d, want %d", i, c.last, p.row().Tick, c.tick)
		}
	}
}

func TestWithoutALastThePriceIsTheMid(t *testing.T) {
	p := newTestBoard(t, market.Limits{}).quote("114.295", "")
	if price, mid := p.row().Price(); price.IsSet() || mid {
		t.Errorf("a bid alone makes the price %s", price)
	}
	p.quote("", "114.312")
	if price, mid := p.row().Price(); price.String() != "114.3035" || !mid {
		t.Errorf("price = %s, mid %v", price, mid)
	}
	if p.quote("114.297", ""); p.row().Tick != 1 {
		t.Errorf("tick = %d after the mid rose", p.row().Tick)
	}
	if p.quote("114.296", "114.313"); p.row().Tick != 1 {
		t.Errorf("tick = %d though bid and ask moved apart around the same mid", p.row().Tick)
	}
	p.last("114")
	if price, mid := p.row().Price(); price.String() != "114" || mid || p.row().Tick != 1 {
		t.Errorf("price = %s, mid %v, tick %d: a first last is no move", price, mid, p.row().Tick)
	}
	if p.quote("113", "113"); p.row().Tick != 1 {
		t.Error("the mid moves the tick though there is a last")
	}
}

func TestAChangeIsMeasuredAgainstTheBestBasis(t *testing.T) {
	p := newTestBoard(t, market.Limits{})
	check := func(abs, pct string, basis market.Basis) {
		t.Helper()
		a, b, c := p.row().Change()
		if a.String() != abs || b.String() != pct || c != basis {
			t.Errorf("change = %q %q %v, want %q %q %v", a, b, c, abs, pct, basis)
		}
	}
	p.quote("1", "")
	check("", "", market.NoBasis)
	p.last("181.46")
	check("0.00", "0.00", market.FromFirstSeen)
	p.last("182.46")
	check("1.00", "0.55", market.FromFirstSeen)
	p.say(market.Quote{Symbol: "A", Open: dec(t, "180.00"), Last: dec(t, "182.46")})
	check("2.46", "1.37", market.FromOpen)
	p.say(market.Quote{Symbol: "A", PrevClose: dec(t, "0"), Bid: dec(t, "1")})
	check("182.46", "", market.FromPrevClose)
	p.say(market.Quote{Symbol: "A", PrevClose: dec(t, "190.0"), Bid: dec(t, "1")})
	check("-7.54", "-3.97", market.FromPrevClose)
}

func TestTheRangeIsTheFeedsOrElseWhatWasSeen(t *testing.T) {
	p := newTestBoard(t, market.Limits{}).quote("1", "")
	check := func(low, high string, seen bool) {
		t.Helper()
		l, h, s := p.row().Range()
		if l.String() != low || h.String() != high || s != seen {
			t.Errorf("range = %q to %q, seen %v", l, h, s)
		}
	}
	check("", "", false)
	p.last("10", "12", "9", "11")
	check("9", "12", true)
	p.say(market.Quote{Symbol: "A", High: dec(t, "13"), Last: dec(t, "11")})
	check("9", "12", true)
	p.say(market.Quote{Symbol: "A", Low: dec(t, "8"), Last: dec(t, "11")})
	check("8", "13", false)
}

func TestRowsKeepTheOrderInWhichTheyWereFirstSeen(t *testing.T) {
	p := newTestBoard(t, market.Limits{})
	one := dec(t, "1")
	p.say(market.Quote{Symbol: "B", Last: one}, market.Quote{Symbol: "A", Last: one}, market.Halt{Symbol: "C", State: market.Halted}, market.Quote{Symbol: "B", Last: one})
	p.Apply("other", market.Quote{Symbol: "B", Last: one}, second(9))
	var got []string
	for _, r := range p.Rows() {
		got = append(got, r.Feed+" "+r.Symbol)
	}
	if diff := cmp.Diff([]string{"feed B", "feed A", "feed C", "other B"}, got); diff != "" {
		t.Error(diff)
	}
	if p.Row("other", "A") != nil || p.Row("nobody", "A") != nil || p.Row("other", "B").Count != 1 {
		t.Error("feeds share rows")
	}
}

func TestSymbolsBeyondTheLimitAreRefusedAndCounted(t *testing.T) {
	p := newTestBoard(t, market.Limits{Symbols: 2})
	for _, s := range []string{"A", "B", "C", "A", "D", ""} {
		p.say(market.Quote{Symbol: s, Last: dec(t, "1")})
	}
	p.say(market.Halt{Symbol: "E", State: market.Halted}, market.Halt{State: market.Closed})
	if diff := cmp.Diff(market.Counts{Quotes: 3, Halts: 1, Refused: 3}, p.Counts()); diff != "" || len(p.Rows()) != 2 {
		t.Errorf("%d rows, counts:\n%s", len(p.Rows()), diff)
	}
}

func TestHaltsAreKeptPerSymbolAndForTheMarket(t *testing.T) {
	p := newTestBoard(t, market.Limits{}).last("1")
	if p.Market("feed") != (market.Halt{}) || p.Market("nobody") != (market.Halt{}) {
		t.Error("a market state out of nothing")
	}
	halted := market.Halt{Symbol: "A", State: market.Halted, Reason: "Volatility pause", Time: second(-5)}
	closed := market.Halt{State: market.Closed, Reason: "End of session"}
	p.say(halted, closed)
	r := p.row()
	if r.Halt != halted || r.Updated != second(1) || r.Quoted != second(-5) || r.Count != 1 {
		t.Errorf("row %+v", r)
	}
	closed.Time = second(2)
	p.say(market.Halt{State: market.Closed, Reason: "End of session", Time: second(900)})
	if p.Market("feed") != closed || p.Market("other") != (market.Halt{}) || p.Counts().Halts != 3 {
		t.Errorf("market %+v", p.Market("feed"))
	}
}

func TestASnapshotOfWhatIsKnownIsNoTick(t *testing.T) {
	p := newTestBoard(t, market.Limits{}).last("10", "11")
	before := *p.row()
	p.say(market.Quote{Symbol: "A", Last: dec(t, "11"), Size: dec(t, "500"), FromSnapshot: true})
	r := p.row()
	if r.Tick != 1 || r.Last.Changed != before.Last.Changed || r.Seconds.Len() != 2 || r.Minutes.At(0).Count != 2 || r.Minutes.At(0).Volume.IsSet() {
		t.Errorf("tick %d, last %+v, %d bars", r.Tick, r.Last, r.Seconds.Len())
	}
	if r.Last.At != second(2) || r.Count != 3 {
		t.Errorf("the snapshot does not count as a message: %+v", r.Last)
	}
	p.say(market.Quote{Symbol: "A", Last: dec(t, "9"), FromSnapshot: true})
	if r.Tick != -1 || r.Last.Changed != second(3) || r.Minutes.At(0).Low.String() != "9" {
		t.Errorf("a snapshot with another price: tick %d, last %+v", r.Tick, r.Last)
	}
}

func TestRowsAndTextDoNotKeepThePayload(t *testing.T) {
	payload := strings.Repeat("x", 1<<20) + "SYMName"
	p := newTestBoard(t, market.Limits{})
	p.say(market.Quote{Symbol: payload[1<<20 : 1<<20+3], Name: payload[1<<20+3:], Last: dec(t, "1")})
	r := p.Row("feed", "SYM")
	if samePlace(r.Symbol, payload[1<<20:]) || samePlace(r.Name, payload[1<<20+3:]) {
		t.Error("the row holds on to the payload")
	}
}

func samePlace(a, b string) bool { return unsafe.StringData(a) == unsafe.StringData(b) }

// TestDeltasAddUpToTheirSnapshot is the merge law: deltas one by one come to the same as one
// message that says all of the result.
func TestDeltasAddUpToTheirSnapshot(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 1))
		p := newTestBoard(t, market.Limits{})
		p.say(market.Quote{Symbol: "A", Last: dec(t, "100"), Open: dec(t, "99.5")})
		for range 200 {
			p.say(randomDelta(t, random))
		}
		r := p.row()
		fresh := newTestBoard(t, market.Limits{}).say(standing(r))
		if diff := cmp.Diff(values(r), values(fresh.row())); diff != "" {
			t.Fatalf("seed %d (-deltas +snapshot):\n%s", seed, diff)
		}
		before := values(r)
		p.say(standing(r))
		if diff := cmp.Diff(before, values(r)); diff != "" {
			t.Fatalf("seed %d: telling it again changed (-before +after):\n%s", seed, diff)
		}
	}
}

func randomDelta(t *testing.T, random *rand.Rand) market.Quote {
	q := market.Quote{Symbol: "A"}
	for _, d := range []*market.Decimal{&q.Last, &q.Bid, &q.Ask, &q.Size, &q.Volume, &q.Open, &q.High, &q.Low, &q.PrevClose} {
		if random.IntN(3) == 0 {
			*d = dec(t, strconv.Itoa(random.IntN(1000)+1)+"."+strconv.Itoa(random.IntN(1_000_000)))
		}
	}
	if random.IntN(5) == 0 {
		q.Name = "Name " + strconv.Itoa(random.IntN(9))
	}
	return q
}

// standing is a row as a snapshot tells it.
func standing(r *market.Row) market.Quote {
	return market.Quote{
		Symbol: r.Symbol, Name: r.Name, Currency: r.Currency, FromSnapshot: true, Time: r.Quoted,
		Last: r.Last.Value, Bid: r.Bid.Value, Ask: r.Ask.Value, Size: r.Size.Value, Volume: r.Volume.Value,
		Open: r.Open.Value, High: r.High.Value, Low: r.Low.Value, PrevClose: r.PrevClose.Value,
	}
}

// values is what a row says, whenever it was said.
func values(r *market.Row) map[string]string {
	price, _ := r.Price()
	abs, pct, _ := r.Change()
	low, high, _ := r.Range()
	return map[string]string{
		"name": r.Name, "last": r.Last.Value.String(), "bid": r.Bid.Value.String(), "ask": r.Ask.Value.String(),
		"size": r.Size.Value.String(), "volume": r.Volume.Value.String(), "open": r.Open.Value.String(),
		"prev_close": r.PrevClose.Value.String(), "price": price.String(), "change": abs.String() + " " + pct.String(),
		"range": low.String() + " " + high.String(), "tick": strconv.Itoa(r.Last.Value.Cmp(price)),
	}
}
