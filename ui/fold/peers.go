package fold

import (
	"fmt"
	"math"
	"slices"
	"time"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

const (
	minMissed     = 5                // prices of peers that a feed must miss to be behind
	minBehind     = 5 * time.Second  // since the first of them
	behindUnknown = 30 * time.Second // the same of a feed of which it is not known how often its price changes
	patience      = 5                // times the usual time between changes of a feed, that it may stand still

	offFor       = 3 * time.Second // that a feed must disagree, or agree again
	limitUnknown = 10              // hundredths of a percent, where no feed has both bid and ask
)

// Note is what has come out about a feed beside its peers.
type Note struct {
	At     time.Time
	Feed   string
	Text   string
	IsWell bool // it is well again
}

// take notes what has changed of a feed's numbers.
func (s *Symbol) take(f *Feed, at time.Time) {
	was := f.numbers
	f.numbers = numbersOf(f.Row)
	if at.Before(f.changed) { // our clock was set back
		f.start(f.Live, at)
	}
	if f.numbers == was || !f.Live {
		return
	}
	if !f.changed.IsZero() && f.Behind.IsZero() {
		f.gaps.add(market.Elapsed(f.changed, at))
	}
	f.changed, f.missed, f.missedSince = at, 0, time.Time{}
	if !was.price.IsSet() || f.numbers.price.Cmp(was.price) == 0 {
		return
	}
	for _, other := range s.Feeds {
		if other == f || !other.Live || !other.numbers.price.IsSet() {
			continue
		}
		if other.missed++; other.missed == 1 {
			other.missedSince = at
		}
	}
	if market.Elapsed(f.since, at) >= settling {
		s.noteChange(f, change{from: was.price, to: f.numbers.price, at: at})
	}
}

func (f *Feed) isBehind(now time.Time) bool {
	wait := behindUnknown
	if f.gaps.n > 0 {
		wait = max(minBehind, patience*f.gaps.sum/time.Duration(f.gaps.n))
	}
	return f.Live && f.missed >= minMissed && market.Elapsed(f.missedSince, now) >= wait
}

// judgeBehind says whether a feed's price stands still, and notes the first and the last symbol of which that is so.
func (b *Book) judgeBehind(s *Symbol, f *Feed, now time.Time) {
	name, all := f.Row.Feed, b.feed(f.Row.Feed).behind
	switch is := f.isBehind(now); {
	case is == !f.Behind.IsZero():
	case is:
		f.Behind = f.missedSince
		if all[s] = f.Behind; len(all) == 1 {
			b.note(now, name, false, "%s stands still while its peers move: behind them by %s", f.Row.Symbol, humanize.Duration(market.Elapsed(f.Behind, now)))
		}
	default:
		f.Behind = time.Time{}
		if delete(all, s); len(all) == 0 && f.Live {
			b.note(now, name, true, "%s moves again, as its peers do", f.Row.Symbol)
		}
	}
}

func (b *Book) note(at time.Time, feed string, isWell bool, format string, args ...any) {
	b.notes = append(b.notes, Note{at, feed, fmt.Sprintf(format, args...), isWell})
}

// compare says how far the feeds that count are from each other: two from each other, more from the median of all.
func (s *Symbol) compare() {
	var prices, spreads []float64
	for _, f := range s.Feeds {
		f.Off = math.NaN()
		if price := f.fairPrice(); f.counts() && !math.IsNaN(price) {
			prices = append(prices, price)
			if spread := f.spread(); !math.IsNaN(spread) {
				spreads = append(spreads, spread)
			}
		}
	}
	if len(prices) < 2 {
		return
	}
	sum := prices[0] + prices[1]
	reference, usual := median(prices), median(spreads)
	for _, f := range s.Feeds {
		price := f.fairPrice()
		if !f.counts() || math.IsNaN(price) {
			continue
		}
		other := reference
		if len(prices) == 2 {
			other = sum - price
		}
		f.Off = basisPoints(price, other, reference)
		f.limit = limitUnknown
		if spread := largest(usual, f.spread()); !math.IsNaN(spread) {
			f.limit = basisPoints(spread, 0, reference)
		}
	}
}

// fairPrice is the middle of a feed's bid and ask, else its last price; NaN for none.
func (f *Feed) fairPrice() float64 {
	if mid := f.numbers.bid.Mid(f.numbers.ask); mid.IsSet() {
		return mid.Approx()
	}
	return f.numbers.price.Approx()
}

func (f *Feed) spread() float64 { return max(f.numbers.ask.Sub(f.numbers.bid).Approx(), 0) }

// largest is the larger of two numbers, of which either may be NaN.
func largest(a, b float64) float64 {
	if math.IsNaN(a) || b > a {
		return b
	}
	return a
}

// median is the middle one of some numbers, or the mean of the two in the middle; NaN for none. It sorts them.
func median(all []float64) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// judgeOff says whether a feed disagrees, once that has been so for some seconds, and notes the first and the last symbol of
// which it is.
func (b *Book) judgeOff(s *Symbol, f *Feed, now time.Time) {
	if math.IsNaN(f.Off) {
		f.IsOff, f.turnsSince = false, time.Time{}
		delete(b.feed(f.Row.Feed).off, s)
		return
	}
	switch is := math.Abs(f.Off) > f.limit; {
	case is == f.IsOff:
		f.turnsSince = time.Time{}
	case f.turnsSince.IsZero() || now.Before(f.turnsSince):
		f.turnsSince = now
	case market.Elapsed(f.turnsSince, now) >= offFor:
		f.IsOff, f.turnsSince = is, time.Time{}
		b.noteOff(s, f, now)
	}
}

func (b *Book) noteOff(s *Symbol, f *Feed, now time.Time) {
	name, all := f.Row.Feed, b.feed(f.Row.Feed).off
	if !f.IsOff {
		if delete(all, s); len(all) == 0 {
			b.note(now, name, true, "%s agrees with its peers again", f.Row.Symbol)
		}
		return
	}
	if all[s] = now; len(all) > 1 {
		return
	}
	where := "above"
	if f.Off < 0 {
		where = "below"
	}
	if other := s.onlyPeer(f); other != nil {
		b.note(now, name, false, "%s is %.1f bp %s %s, more than the spread: which is right is not known", f.Row.Symbol, math.Abs(f.Off), where, other.Row.Feed)
		return
	}
	b.note(now, name, false, "%s is %.1f bp %s its peers, more than the spread", f.Row.Symbol, math.Abs(f.Off), where)
}

// onlyPeer is the other feed where a feed is compared with one alone.
func (s *Symbol) onlyPeer(f *Feed) *Feed {
	var peer *Feed
	for _, other := range s.Feeds {
		if other == f || math.IsNaN(other.Off) {
			continue
		}
		if peer != nil {
			return nil
		}
		peer = other
	}
	return peer
}

// nextCheck is when time alone changes what is said of a feed; zero for never.
func (s *Symbol) nextCheck() (next time.Time) {
	for _, f := range s.Feeds {
		if at := f.turnsSince.Add(offFor); !f.turnsSince.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}
