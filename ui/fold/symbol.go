package fold

import (
	"math"
	"time"

	"livetape/feed/market"
)

// Symbol is one symbol of one currency, with all feeds that have it.
type Symbol struct {
	Row   *market.Row // for all feeds together: that of First, with the best bid and ask
	Feeds []*Feed     // in the order of their rows
	First *Feed       // that gives the price and all that no other is better at

	BestBid, BestAsk *Feed // nil where no feed that counts has one
	changes          []change
}

// Feed is what one feed says of a symbol, beside its peers.
type Feed struct {
	Row    *market.Row
	Live   bool
	Behind time.Time // of the first price of its peers that it missed while its own stands still; zero while it keeps up
	Off    float64   // of its mid, or its last price, from its peers', in hundredths of a percent; NaN while it is not compared
	IsOff  bool      // Off has been more than the spread for some seconds

	index   int
	key     foldKey
	numbers numbers

	since       time.Time // that it is live
	changed     time.Time // when its numbers did
	gaps        gapMean   // between changes
	missed      int       // prices of peers since then
	missedSince time.Time

	limit      float64   // that Off is held against
	turnsSince time.Time // IsOff is to change; zero for not
	lags       lagRing
}

// foldKey is what decides which rows a row folds with.
type foldKey struct {
	symbol, currency string
	isReading        bool
}

func foldKeyOf(r *market.Row) foldKey { return foldKey{r.Symbol, r.Currency, r.IsReading} }

// numbers are what must change for a price to move.
type numbers struct{ price, bid, ask market.Decimal }

func numbersOf(r *market.Row) numbers {
	price, _ := r.Price()
	return numbers{price, r.Bid.Value, r.Ask.Value}
}

// gapMean is the mean time between changes. It forgets old ones by and by.
type gapMean struct {
	sum time.Duration
	n   int
}

func (g *gapMean) add(d time.Duration) {
	const most = 64
	if g.n == most {
		g.sum, g.n = g.sum/2, g.n/2
	}
	g.sum, g.n = g.sum+d, g.n+1
}

// counts reports whether the feed's prices are taken for those of now.
func (f *Feed) counts() bool { return f.Live && f.Behind.IsZero() }

// start forgets what was found out about the feed, because its stream has come or gone.
func (f *Feed) start(live bool, at time.Time) {
	f.Live, f.since, f.changed, f.missed, f.missedSince, f.turnsSince = live, at, time.Time{}, 0, time.Time{}, time.Time{}
	f.Off, f.lags = math.NaN(), lagRing{}
}

func (s *Symbol) isOf(rows []*market.Row) bool {
	if len(s.Feeds) != len(rows) {
		return false
	}
	for i, f := range s.Feeds {
		if f.Row != rows[i] {
			return false
		}
	}
	return true
}

func (s *Symbol) feedOf(name string) *Feed {
	for _, f := range s.Feeds {
		if f.Row.Feed == name {
			return f
		}
	}
	return nil
}

// RowOf is the row of a feed, or nil.
func (s *Symbol) RowOf(feed string) *market.Row {
	if f := s.feedOf(feed); f != nil {
		return f.Row
	}
	return nil
}

// Has reports whether the symbol is one of a feed's, too.
func (s *Symbol) Has(feed string) bool { return s.feedOf(feed) != nil }

// Count is how many feeds count: they are live, and their prices do not stand still while others' move.
func (s *Symbol) Count() (n int) {
	for _, f := range s.Feeds {
		if f.counts() {
			n++
		}
	}
	return n
}

// merge makes the row for all feeds.
func (s *Symbol) merge() {
	s.First = s.first()
	if len(s.Feeds) == 1 {
		return
	}
	s.BestBid, s.BestAsk = nil, nil
	for _, f := range s.Feeds {
		if !f.counts() {
			continue
		}
		if bid := f.Row.Bid.Value; bid.IsSet() && (s.BestBid == nil || bid.Cmp(s.BestBid.Row.Bid.Value) > 0) {
			s.BestBid = f
		}
		if ask := f.Row.Ask.Value; ask.IsSet() && (s.BestAsk == nil || ask.Cmp(s.BestAsk.Row.Ask.Value) < 0) {
			s.BestAsk = f
		}
	}
	r := s.Row
	*r = *s.First.Row
	if s.Count() == 0 { // it is as old as the row that it shows
		return
	}
	r.Bid, r.BidSize, r.Ask, r.AskSize = market.Cell{}, market.Cell{}, market.Cell{}, market.Cell{}
	if best := s.BestBid; best != nil {
		r.Bid, r.BidSize, r.Quote = best.Row.Bid, best.Row.BidSize, best.Row.Quote
	}
	if best := s.BestAsk; best != nil {
		r.Ask, r.AskSize = best.Row.Ask, best.Row.AskSize
		if s.BestBid == nil || best.Row.Quote.Arrival.After(r.Quote.Arrival) {
			r.Quote = best.Row.Quote
		}
	}
}

// first is the first feed that has a price, counts and agrees with its peers; where there is none, one of which less is
// true.
func (s *Symbol) first() *Feed {
	best, most := s.Feeds[0], -1
	for _, f := range s.Feeds {
		merits := 0
		for i, merit := range [...]bool{!f.IsOff, f.Behind.IsZero(), f.Live, f.numbers.price.IsSet()} {
			if merit {
				merits |= 1 << i
			}
		}
		if merits > most {
			best, most = f, merits
		}
	}
	return best
}

// Crossed is by how much the best bid is above the best ask of another feed, in hundredths of a percent; 0 if it is not.
func (s *Symbol) Crossed() float64 {
	if s.BestBid == s.BestAsk || s.Row.Spread().Sign() >= 0 {
		return 0
	}
	bid, ask := s.Row.Bid.Value, s.Row.Ask.Value
	return basisPoints(bid.Approx(), ask.Approx(), bid.Mid(ask).Approx())
}

// basisPoints is by how much a price is above another, in hundredths of a percent of a reference; NaN without one.
func basisPoints(price, other, reference float64) float64 {
	if reference == 0 {
		return math.NaN()
	}
	return (price - other) / math.Abs(reference) * 10_000
}

// Compared is how many feeds are compared with each other.
func (s *Symbol) Compared() (n int) {
	for _, f := range s.Feeds {
		if !math.IsNaN(f.Off) {
			n++
		}
	}
	return n
}

// MostBehind is the feed whose price stands still for the longest while its peers' move, or nil.
func (s *Symbol) MostBehind() (most *Feed) {
	for _, f := range s.Feeds {
		if !f.Behind.IsZero() && (most == nil || f.Behind.Before(most.Behind)) {
			most = f
		}
	}
	return most
}

// NotLive are the names of the feeds that are not live.
func (s *Symbol) NotLive() (names []string) {
	for _, f := range s.Feeds {
		if !f.Live {
			names = append(names, f.Row.Feed)
		}
	}
	return names
}
