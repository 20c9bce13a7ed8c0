package fold

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"livetape/feed/market"
)

// play is a board and its book, with feeds that a test has speak.
type play struct {
	board *market.Board
	book  *Book
	now   time.Time
	notes []string
}

// newPlay begins with feeds that are live, and have been for a while.
func newPlay(feeds ...string) *play {
	p := &play{board: market.NewBoard(market.Limits{}), book: NewBook(), now: time.Date(2026, 3, 12, 12, 0, 0, 0, time.UTC)}
	for _, name := range feeds {
		p.book.SetLive(name, true, p.now)
	}
	return p.wait(time.Minute)
}

func (p *play) wait(d time.Duration) *play {
	p.now = p.now.Add(d)
	p.book.Advance(p.now)
	for _, n := range p.book.TakeNotes() {
		p.notes = append(p.notes, n.Feed+": "+n.Text)
	}
	return p
}

// quote has a feed give numbers, as "last bid ask", of NVDA in dollars.
func (p *play) quote(feed, numbers string) *play {
	return p.apply(feed, newQuote("NVDA", "USD", numbers))
}

func newQuote(symbol, currency, numbers string) market.Quote {
	q := market.Quote{Symbol: symbol, Currency: currency}
	for i, text := range strings.Fields(numbers) {
		if d, err := market.ParseDecimal(text); err == nil {
			*[...]*market.Decimal{&q.Last, &q.Bid, &q.Ask}[i] = d
		}
	}
	return q
}

func (p *play) apply(feed string, u market.Update) *play {
	p.board.Apply(feed, u, p.now)
	switch u := u.(type) {
	case market.Quote:
		p.book.Apply(p.board.Row(feed, u.Symbol), p.now)
	case market.Reading:
		p.book.Apply(p.board.Row(feed, u.Name), p.now)
	}
	p.book.SetRows(p.board.Rows(), p.now)
	return p.wait(0)
}

// move has feeds bring the same prices, one after the other, each so much later than the first.
func (p *play) move(times int, every time.Duration, delays map[string]time.Duration) *play {
	type arrival struct {
		feed    string
		numbers string
		at      time.Time
	}
	var all []arrival
	for i := range times {
		cents := i * 7 % 89
		numbers := fmt.Sprintf("181.%02d 181.%02d 182.%02d", cents+5, cents, cents)
		for feed, d := range delays {
			all = append(all, arrival{feed, numbers, p.now.Add(time.Duration(i)*every + d)})
		}
	}
	slices.SortFunc(all, func(a, b arrival) int { return a.at.Compare(b.at) })
	for _, a := range all {
		p.wait(a.at.Sub(p.now)).quote(a.feed, a.numbers)
	}
	return p
}

func (p *play) symbol(t *testing.T) *Symbol {
	t.Helper()
	s := p.book.Symbol(p.book.Rows()[0])
	if s == nil {
		t.Fatal("the rows do not fold")
	}
	return s
}

func rowNames(rows []*market.Row) string {
	var names []string
	for _, r := range rows {
		names = append(names, r.Feed+"/"+r.Symbol+"/"+r.Currency)
	}
	return strings.Join(names, " ")
}

func TestARowThatWaitedFoldsByTheNameThatItsFeedGives(t *testing.T) {
	t.Parallel()
	p := newPlay("desk", "wire")
	p.board.Await("desk", []string{"nvda"})
	p.apply("wire", newQuote("NVDA", "", "181.50"))
	if got := rowNames(p.book.Rows()); got != "desk/nvda/ wire/NVDA/" {
		t.Errorf("while it waits, the rows are %s", got)
	}
	p.apply("desk", newQuote("NVDA", "", "181.50"))
	if got := rowNames(p.book.Rows()); got != "desk/NVDA/" {
		t.Errorf("once it has a price, the rows are %s", got)
	}
}

func TestARowThatWaitedFoldsNoMoreOnceItIsAReading(t *testing.T) {
	t.Parallel()
	p := newPlay("desk", "wire")
	for _, feed := range []string{"desk", "wire"} {
		p.board.Await(feed, []string{"temp"})
	}
	p.book.SetRows(p.board.Rows(), p.now)
	for _, feed := range []string{"desk", "wire"} {
		p.apply(feed, market.Reading{Name: "temp", Value: newQuote("", "", "21.5").Last})
	}
	if got := rowNames(p.book.Rows()); got != "desk/temp/ wire/temp/" {
		t.Errorf("the rows are %s", got)
	}
}

func TestWhichRowsFold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ rows, want string }{
		"one symbol of one currency":                       {"desk/A/USD wire/A/USD wire/B/USD", "desk/A/USD wire/B/USD"},
		"one without a currency, as all others have one":   {"desk/A/ wire/A/USD", "desk/A/"},
		"all without a currency":                           {"desk/A/ wire/A/", "desk/A/"},
		"currencies that differ never":                     {"desk/A/USD wire/A/EUR coins/A/USD", "desk/A/USD wire/A/EUR"},
		"one without a currency among several stays alone": {"desk/A/USD wire/A/EUR coins/A/", "desk/A/USD wire/A/EUR coins/A/"},
		"symbols that are written differently never":       {"desk/BTC-USD/ wire/BTCUSD/ coins/btc-usd/", "desk/BTC-USD/ wire/BTCUSD/ coins/btc-usd/"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlay("desk", "wire", "coins")
			for row := range strings.FieldsSeq(c.rows) {
				parts := strings.Split(row, "/")
				p.apply(parts[0], newQuote(parts[1], parts[2], "10"))
			}
			if got := rowNames(p.book.Rows()); got != c.want {
				t.Errorf("%s fold into %s, want %s", c.rows, got, c.want)
			}
		})
	}
	t.Run("readings never", func(t *testing.T) {
		p := newPlay("desk", "wire")
		one, _ := market.ParseDecimal("1")
		p.apply("desk", market.Reading{Name: "load", Value: one}).apply("wire", market.Reading{Name: "load", Value: one})
		if got := rowNames(p.book.Rows()); got != "desk/load/ wire/load/" {
			t.Errorf("they are %s", got)
		}
	})
	t.Run("until their currencies turn out to differ", func(t *testing.T) {
		p := newPlay("desk", "wire")
		p.apply("desk", newQuote("A", "USD", "10")).apply("wire", newQuote("A", "", "10"))
		if n := len(p.book.Rows()); n != 1 {
			t.Errorf("there are %d rows before", n)
		}
		p.apply("wire", newQuote("A", "EUR", "10"))
		if got := rowNames(p.book.Rows()); got != "desk/A/USD wire/A/EUR" {
			t.Errorf("there are %s after", got)
		}
	})
}

func TestTheBestBidAndAskAreOfLiveFeeds(t *testing.T) {
	t.Parallel()
	p := newPlay("desk", "wire", "coins")
	p.quote("desk", "181.46 181.45 181.48").quote("wire", "181.47 181.46 181.49").quote("coins", "181.40 181.40 181.47")
	best := func() string {
		s, text := p.symbol(t), ""
		for _, side := range []struct {
			feed *Feed
			cell market.Cell
		}{{s.BestBid, s.Row.Bid}, {s.BestAsk, s.Row.Ask}} {
			if side.feed != nil {
				text += side.cell.Value.String() + " of " + side.feed.Row.Feed + ", "
			}
		}
		return fmt.Sprintf("%slast %s of %s, %d count", text, s.Row.Last.Value, s.First.Row.Feed, s.Count())
	}
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, "181.46 of wire, 181.47 of coins, last 181.46 of desk, 3 count"},
		{func() { p.book.SetLive("wire", false, p.now) }, "181.45 of desk, 181.47 of coins, last 181.46 of desk, 2 count"},
		{func() { p.book.SetLive("desk", false, p.now) }, "181.40 of coins, 181.47 of coins, last 181.40 of coins, 1 count"},
		{func() { p.book.SetLive("coins", false, p.now) }, "last 181.46 of desk, 0 count"},
		{func() { p.book.SetLive("wire", true, p.now) }, "181.46 of wire, 181.49 of wire, last 181.47 of wire, 1 count"},
	} {
		if step.do(); best() != step.want {
			t.Errorf("the best are %s, want %s", best(), step.want)
		}
	}
}

func TestACrossedMarketIsShownAsItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		desk, wire string
		want       float64
	}{
		"bid of one above ask of the other": {"100 100.00 100.02", "100.30 100.29 100.31", 26.96},
		"bid at the ask":                    {"100 100.00 100.02", "100.02 100.02 100.05", 0},
		"not crossed":                       {"100 100.00 100.02", "100.01 100.01 100.03", 0},
		"a feed that is crossed itself":     {"100 100.05 100.00", "100 99 101", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newPlay("desk", "wire").quote("desk", c.desk).quote("wire", c.wire).symbol(t)
			if got := s.Crossed(); math.Abs(got-c.want) > 0.01 {
				t.Errorf("it is crossed by %.2f bp, want %.2f", got, c.want)
			}
		})
	}
}

func TestWhoLeadsAndByHowMuch(t *testing.T) {
	t.Parallel()
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	for name, c := range map[string]struct {
		times  int
		every  time.Duration
		delays map[string]time.Duration
		leader string
		by     time.Duration
		known  bool
	}{
		"nothing is known at first":         {MinShared, ms(700), map[string]time.Duration{"desk": 0, "wire": ms(40)}, "", 0, false},
		"the first of two":                  {20, ms(700), map[string]time.Duration{"desk": ms(40), "wire": 0}, "wire", ms(40), true},
		"by what the next is behind":        {20, ms(700), map[string]time.Duration{"desk": 0, "wire": ms(300), "coins": ms(40)}, "desk", ms(40), true},
		"by more than the time of a change": {40, ms(700), map[string]time.Duration{"desk": 0, "wire": 3 * time.Second}, "desk", 3 * time.Second, true},
		"not by more than the window":       {60, ms(700), map[string]time.Duration{"desk": 0, "wire": 25 * time.Second}, "", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newPlay("desk", "wire", "coins").move(c.times, c.every, c.delays).symbol(t)
			leader, by, known := s.Leader()
			if known != c.known || by != c.by || leader != s.feedOf(c.leader) {
				t.Errorf("%v leads by %v, known: %v; want %s by %v", leader, by, known, c.leader, c.by)
			}
		})
	}
	t.Run("nobody, where two are first in turn", func(t *testing.T) {
		p := newPlay("desk", "wire")
		for i := range 30 {
			first, second := "desk", "wire"
			if i%2 == 1 {
				first, second = second, first
			}
			p.wait(time.Second).quote(first, fmt.Sprintf("181.%02d", i*7%89)).wait(ms(20)).quote(second, fmt.Sprintf("181.%02d", i*7%89))
		}
		if leader, _, known := p.symbol(t).Leader(); leader != nil || !known {
			t.Errorf("%v leads, known: %v", leader, known)
		}
	})
	t.Run("a price that flickers tells nothing of a feed that is late", func(t *testing.T) {
		p := newPlay("desk", "wire")
		for i := range 60 {
			p.wait(time.Second).quote("desk", fmt.Sprintf("181.0%d", i%2)).wait(ms(500)).quote("wire", fmt.Sprintf("181.0%d", (i+1)%2))
		}
		if leader, by, known := p.symbol(t).Leader(); known {
			t.Errorf("%v leads by %v", leader, by)
		}
	})
	t.Run("what comes as a feed goes live is of the past", func(t *testing.T) {
		p := newPlay("desk", "wire").move(MinShared+1, ms(100), map[string]time.Duration{"desk": 0})
		p.book.SetLive("wire", false, p.now)
		p.wait(time.Second)
		p.book.SetLive("wire", true, p.now)
		p.move(MinShared+1, 0, map[string]time.Duration{"wire": 0})
		if _, _, known := p.symbol(t).Leader(); known {
			t.Error("a replay makes a feed late")
		}
	})
}

func TestAFeedThatDisagreesForSecondsIsMarked(t *testing.T) {
	t.Parallel()
	marks := func(p *play) string {
		var all []string
		for _, f := range p.symbol(t).Feeds {
			text := "-"
			if !math.IsNaN(f.Off) {
				text = fmt.Sprintf("%+.1f", f.Off)
			}
			if f.IsOff {
				text += "!"
			}
			all = append(all, f.Row.Feed+" "+text)
		}
		return strings.Join(all, " ")
	}
	for name, c := range map[string]struct {
		desk, wire, coins string
		want              string
	}{
		"the one that is far from two":       {"100 99.99 100.01", "100 99.99 100.01", "100.30 100.29 100.31", "desk +0.0 wire +0.0 coins +30.0!"},
		"not within the spread":              {"100 99.80 100.20", "100 99.90 100.30", "100 99.60 100.00", "desk +0.0 wire +10.0 coins -20.0"},
		"not by its own spread":              {"100 99.99 100.01", "100 99.99 100.01", "100.30 99.80 100.80", "desk +0.0 wire +0.0 coins +30.0"},
		"of two, both":                       {"100 99.99 100.01", "100.30 100.29 100.31", "", "desk -30.0! wire +30.0!"},
		"last prices, where there is no bid": {"100", "100.05", "100.30", "desk -5.0 wire +0.0 coins +25.0!"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlay("desk", "wire", "coins").quote("desk", c.desk).quote("wire", c.wire)
			if c.coins != "" {
				p.quote("coins", c.coins)
			}
			p.wait(offFor - time.Millisecond)
			if got := marks(p); strings.Contains(got, "!") {
				t.Errorf("it is marked at once: %s", got)
			}
			if p.wait(time.Millisecond); marks(p) != c.want {
				t.Errorf("it is %s, want %s", marks(p), c.want)
			}
			if marked := strings.Contains(c.want, "!"); marked != (len(p.notes) > 0) {
				t.Errorf("the notes are %q", p.notes)
			}
		})
	}
	t.Run("until it agrees for seconds", func(t *testing.T) {
		p := newPlay("desk", "wire", "coins").quote("desk", "100 99.99 100.01").quote("wire", "100 99.99 100.01").quote("coins", "100.30 100.29 100.31").wait(offFor)
		p.quote("coins", "100 99.99 100.01").wait(offFor - 1)
		if got := marks(p); got != "desk +0.0 wire +0.0 coins +0.0!" {
			t.Errorf("at first it is %s", got)
		}
		if p.wait(1); marks(p) != "desk +0.0 wire +0.0 coins +0.0" || p.book.Off("coins") > 0 {
			t.Errorf("then it is %s", marks(p))
		}
		want := []string{"coins: NVDA is 30.0 bp above its peers, more than the spread", "coins: NVDA agrees with its peers again"}
		if !slices.Equal(p.notes, want) {
			t.Errorf("the notes are %q, want %q", p.notes, want)
		}
	})
	t.Run("and is compared only while it is live", func(t *testing.T) {
		p := newPlay("desk", "wire", "coins").quote("desk", "100").quote("wire", "100").quote("coins", "101").wait(offFor)
		p.book.SetLive("coins", false, p.now)
		if got := marks(p); got != "desk +0.0 wire +0.0 coins -" || p.book.Off("coins") > 0 {
			t.Errorf("it is %s", got)
		}
	})
}

func TestAStaleFeedIsFoundByItsPeers(t *testing.T) {
	t.Parallel()
	p := newPlay("desk", "wire", "coins").move(10, time.Second, map[string]time.Duration{"desk": 0, "wire": 40 * time.Millisecond, "coins": 80 * time.Millisecond})
	p.move(5, time.Second, map[string]time.Duration{"desk": 0, "wire": 40 * time.Millisecond})
	if n, _ := p.book.Behind("coins"); n > 0 {
		t.Fatalf("a feed of which a change in a second is usual is behind after 4 s: %q", p.notes)
	}
	p.move(10, time.Second, map[string]time.Duration{"desk": 0, "wire": 40 * time.Millisecond})
	n, since := p.book.Behind("coins")
	if by := p.now.Sub(since).Round(time.Second); n != 1 || !slices.Equal(p.book.Suspected("coins"), []string{"NVDA"}) || by != 13*time.Second {
		t.Errorf("it is behind on %d symbols, by %v", n, by)
	}
	s := p.symbol(t)
	if s.Count() != 2 || s.BestBid.Row.Feed == "coins" || !math.IsNaN(s.feedOf("coins").Off) {
		t.Errorf("it still counts: %+v", s.feedOf("coins"))
	}
	p.quote("coins", "190 189 191")
	if n, _ := p.book.Behind("coins"); n > 0 || p.symbol(t).Count() != 3 {
		t.Errorf("it is still behind once it moves")
	}
	want := []string{"coins: NVDA stands still while its peers move: behind them by 5 s", "coins: NVDA moves again, as its peers do"}
	if !slices.Equal(p.notes, want) {
		t.Errorf("the notes are %q, want %q", p.notes, want)
	}
}

func TestAFeedThatMovesSeldomIsNotStale(t *testing.T) {
	t.Parallel()
	p := newPlay("desk", "wire")
	for range 5 {
		p.move(20, time.Second, map[string]time.Duration{"desk": 0}).move(1, time.Second, map[string]time.Duration{"wire": 0}).quote("wire", "181.50 181.49 181.51")
	}
	if len(p.notes) > 0 && slices.ContainsFunc(p.notes, func(n string) bool { return strings.Contains(n, "stands still") }) {
		t.Errorf("it is called stale: %q", p.notes)
	}
}

func TestFeedsThatAllStandStillAreNotStale(t *testing.T) {
	t.Parallel()
	p := newPlay("desk", "wire").move(10, time.Second, map[string]time.Duration{"desk": 0, "wire": 10 * time.Millisecond}).wait(time.Hour)
	if len(p.notes) > 0 || !p.book.NextCheck().IsZero() {
		t.Errorf("the notes are %q, the next check is at %v", p.notes, p.book.NextCheck())
	}
}

func TestAFrozenBookStaysAsItIs(t *testing.T) {
	t.Parallel()
	p := newPlay("desk", "wire").quote("desk", "100 99 101").quote("wire", "100 99.5 100.5")
	copies := map[*market.Row]*market.Row{}
	for _, r := range p.board.Rows() {
		c := *r
		copies[r] = &c
	}
	frozen := p.book.Freeze(copies)
	p.quote("wire", "200 199 201")
	p.book.SetLive("desk", false, p.now)
	s := frozen.Symbol(frozen.Rows()[0])
	if got := s.Row.Bid.Value.String(); got != "99.5" || s.Count() != 2 || frozen.RowOf(copies[p.board.Row("wire", "NVDA")]) != s.Row {
		t.Errorf("the bid is %s, of %d feeds", got, s.Count())
	}
}

func BenchmarkApply(b *testing.B) {
	for _, feeds := range []int{1, 2, 3, 8} {
		b.Run(fmt.Sprintf("%d feeds", feeds), func(b *testing.B) {
			p := newPlay()
			for f := range feeds {
				p.book.SetLive(fmt.Sprint("feed", f), true, p.now)
			}
			p.wait(time.Minute)
			for f := range feeds {
				p.quote(fmt.Sprint("feed", f), "181.46 181.45 181.47")
			}
			quotes := []market.Quote{newQuote("NVDA", "USD", "181.47 181.46 181.48"), newQuote("NVDA", "USD", "181.46 181.45 181.47"), newQuote("NVDA", "USD", "181.49 181.48 181.51")}
			b.ReportAllocs()
			for i := range b.N {
				name := fmt.Sprint("feed", i%feeds)
				p.board.Apply(name, quotes[i/feeds%len(quotes)], p.now)
				p.book.Apply(p.board.Row(name, "NVDA"), p.now)
			}
		})
	}
}
