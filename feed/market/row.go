package market

import (
	"strings"
	"time"
)

// Cell is one number of a row, with what is needed to show its age and its last move.
type Cell struct {
	Value   Decimal
	Prev    Decimal   // the value before the last change
	At      time.Time // arrival of the last message that contained it, changed or not; UTC wall clock
	Changed time.Time // arrival of the last message that changed it; zero before the first change
}

// set puts a number into the cell and returns the direction of its move: 0 for the first number and for an equal one,
// however it is written.
func (c *Cell) set(d Decimal, at time.Time) int {
	if !d.IsSet() {
		return 0
	}
	c.At = at
	if c.Value == d {
		return 0
	}
	if !c.Value.IsSet() {
		c.Value = d
		return 0
	}
	move := d.Cmp(c.Value)
	if move != 0 {
		c.Prev, c.Changed = c.Value, at
	}
	c.Value = d
	return move
}

// Times say when something of a symbol was last sent.
type Times struct {
	Event   time.Time // by the feed's own clock, UTC; zero when it gives none
	Arrival time.Time // UTC wall clock; zero when nothing came yet
}

// Since is the arrival, or the time of the event itself where that was later than is usual for the feed: a quote of two
// days ago that is sent again each second is two days old. Events of a feed that is always a quarter of an hour late are as
// old as their arrival.
func (t Times) Since(usualDelay time.Duration) time.Time {
	usualDelay = max(usualDelay, 0)
	if !t.Event.IsZero() && Elapsed(t.Event, t.Arrival) > usualDelay+max(usualDelay/2, delayJitter) {
		return t.Event
	}
	return t.Arrival
}

// Age is the time since Since. It is never negative.
func (t Times) Age(now time.Time, usualDelay time.Duration) time.Duration {
	return max(Elapsed(t.Since(usualDelay), now), 0)
}

// delayJitter is by how much an event may be later than usual at least, before it counts as old.
const delayJitter = 5 * time.Second

// Basis says what a change is measured against.
type Basis int8

// The bases of a change, in order of preference.
const (
	NoBasis Basis = iota
	FromPrevClose
	FromOpen
	FromFirstSeen // the first price since livetape started
	FromFeed      // the change that the feed gives; preferred to all others while it is as new as the price
)

// Row is everything known about one symbol of one feed.
type Row struct {
	Feed, Symbol   string
	Name, Currency string
	IsReading      bool // Last holds values that are no prices: see Reading

	Last, Bid, Ask, Size, Volume Cell
	Open, High, Low, PrevClose   Cell
	BidSize, AskSize             Cell
	FeedChange, FeedChangePct    Cell // the session's change, and in percent, as the feed gives it
	FeedVWAP                     Cell // the session's volume-weighted average price, as the feed gives it

	Halt Halt // the last one of this symbol; zero when there was none

	Tick    int       // direction of the last price change: -1, 0 (none yet), +1
	Updated time.Time // arrival of the last message about this symbol; UTC wall clock
	Quoted  time.Time // the feed's own time of that message; zero when it gives none
	Trade   Times     // of the last message with a last price
	Quote   Times     // of the last message with a bid or an ask
	Count   uint64    // quotes taken
	Trades  uint64    // trades, corrections and cancellations among Board.Trades so far

	Seconds, Minutes Bars // by the feed's own time where it is maxClockSkew, else by arrival

	overtaken       Times   // of the first of the last prices in a row that were older than Last by the feed's clock
	mid             Decimal // of bid and ask, while there is no last
	first, min, max Decimal // of the prices seen

	decimals int8
	traded   tradeSums
	claimed  claims
}

// Price is what stands for the symbol's price: the last trade, or, for a feed that sends none, the mid
// of bid and ask, and then mid is true.
func (r *Row) Price() (price Decimal, mid bool) {
	if r.Last.Value.IsSet() {
		return r.Last.Value, false
	}
	price = r.Bid.Value.Mid(r.Ask.Value)
	return price, price.IsSet()
}

// PriceTimes are those of what Price returns: of the last trade, or of the quote.
func (r *Row) PriceTimes() Times {
	if r.Last.Value.IsSet() {
		return r.Trade
	}
	return r.Quote
}

// IsOutsideQuote reports whether the last price is below the bid or above the ask: one of them is old.
func (r *Row) IsOutsideQuote() bool {
	last, bid, ask := r.Last.Value, r.Bid.Value, r.Ask.Value
	return last.IsSet() && (bid.IsSet() && last.Cmp(bid) < 0 || ask.IsSet() && last.Cmp(ask) > 0)
}

// Change is the move of Price since basis, exact, and the same in percent (rounded to 2 places,
// by the rules of [Decimal.Percent]). Both are absent when there is no basis or no price.
func (r *Row) Change() (abs, pct Decimal, basis Basis) {
	price, _ := r.Price()
	if !price.IsSet() {
		return Decimal{}, Decimal{}, NoBasis
	}
	if abs, pct, ok := r.feedChange(price); ok {
		return abs, pct, FromFeed
	}
	from, basis := r.basis()
	return price.Sub(from), price.Percent(from), basis
}

// feedChange is the change that the feed itself gives, unless a price came since without one.
func (r *Row) feedChange(price Decimal) (abs, pct Decimal, ok bool) {
	changed := r.Last.Changed
	if !r.Last.Value.IsSet() { // the price is the mid
		changed = r.Bid.Changed
		if r.Ask.Changed.After(changed) {
			changed = r.Ask.Changed
		}
	}
	if r.FeedChange.Value.IsSet() && !r.FeedChange.At.Before(changed) {
		abs = r.FeedChange.Value
		pct = price.Percent(price.Sub(abs))
	}
	if r.FeedChangePct.Value.IsSet() && !r.FeedChangePct.At.Before(changed) {
		pct = r.FeedChangePct.Value.Round(2)
	}
	return abs, pct, abs.IsSet() || pct.IsSet()
}

func (r *Row) basis() (Decimal, Basis) {
	switch {
	case r.PrevClose.Value.IsSet():
		return r.PrevClose.Value, FromPrevClose
	case r.Open.Value.IsSet():
		return r.Open.Value, FromOpen
	case r.first.IsSet():
		return r.first, FromFirstSeen
	}
	return Decimal{}, NoBasis
}

// Range is the low and the high of the session as the feed gives them, or, when it does not give
// both, of the prices seen since livetape started, and then seen is true.
func (r *Row) Range() (low, high Decimal, seen bool) {
	if r.Low.Value.IsSet() && r.High.Value.IsSet() {
		return r.Low.Value, r.High.Value, false
	}
	return r.min, r.max, r.min.IsSet()
}

// applyQuote merges a delta into the row.
func (r *Row) applyQuote(q *Quote, isTrade bool, at time.Time) {
	move := r.mergeQuote(q, at)
	hasPrice := q.Last.IsSet()
	if !r.Last.Value.IsSet() {
		move, hasPrice = r.updateMid(q)
	}
	if move != 0 {
		r.Tick = move
	}
	if hasPrice && (move != 0 || !q.FromSnapshot || !r.first.IsSet()) {
		r.addPrice(q, isTrade, at)
	}
	r.Count++
}

func (r *Row) mergeQuote(q *Quote, at time.Time) (move int) {
	setText(&r.Name, q.Name)
	setText(&r.Currency, q.Currency)
	if !q.Last.IsSet() || !r.isOvertaken(q, at) {
		move = r.Last.set(q.Last, at)
		r.Size.set(q.Size, at)
		r.Volume.set(q.Volume, at)
		r.FeedChange.set(q.Change, at)
		r.FeedChangePct.set(q.ChangePct, at)
		if q.Last.IsSet() {
			r.Trade = Times{q.Time, at}
		}
	}
	if q.NoBid {
		r.Bid, r.BidSize, r.mid = Cell{}, Cell{}, Decimal{}
	}
	if q.NoAsk {
		r.Ask, r.AskSize, r.mid = Cell{}, Cell{}, Decimal{}
	}
	r.Bid.set(q.Bid, at)
	r.Ask.set(q.Ask, at)
	r.Open.set(q.Open, at)
	r.High.set(q.High, at)
	r.Low.set(q.Low, at)
	r.PrevClose.set(q.PrevClose, at)
	r.FeedVWAP.set(q.VWAP, at)
	r.decimals = max(r.decimals, int8(min(q.Decimals, 18)))
	for _, price := range [...]*Decimal{&q.Last, &q.Bid, &q.Ask} {
		r.decimals = price.neededDecimals(r.decimals)
	}
	r.BidSize.set(q.BidSize, at)
	r.AskSize.set(q.AskSize, at)
	r.Updated, r.Quoted = at, q.Time
	if q.Bid.IsSet() || q.Ask.IsSet() {
		r.Quote = Times{q.Time, at}
	}
	return move
}

// clockSetBack is how long all trades must have been older than the last for the feed's clock to have been set back.
const clockSetBack = time.Minute

// isOvertaken reports whether a price is older than the last by the feed's own times, and so does not become it. A feed
// whose clock was set back, and runs on, is believed after a while, and at once where the last price is of the future: by
// our clock of then, or of now.
func (r *Row) isOvertaken(q *Quote, at time.Time) bool {
	isFuture := max(Elapsed(r.Trade.Arrival, r.Trade.Event), Elapsed(at, r.Trade.Event)) > maxClockSkew
	if q.Time.IsZero() || isFuture || !q.Time.Before(r.Trade.Event) {
		r.overtaken = Times{}
		return false
	}
	if r.overtaken.Arrival.IsZero() || at.Before(r.overtaken.Arrival) { // the latter: our clock was set back
		r.overtaken = Times{q.Time, at}
	}
	return Elapsed(r.overtaken.Arrival, at) < clockSetBack || Elapsed(r.overtaken.Event, q.Time) < clockSetBack/2
}

// setText copies a text that is not empty: it may be a part of a large payload.
func setText(known *string, text string) {
	if text != "" && text != *known {
		*known = strings.Clone(text)
	}
}

// updateMid follows the mid of bid and ask; changed is true for its first value too.
func (r *Row) updateMid(q *Quote) (move int, changed bool) {
	if !q.Bid.IsSet() && !q.Ask.IsSet() {
		return 0, false
	}
	mid := r.Bid.Value.Mid(r.Ask.Value)
	if !mid.IsSet() || mid == r.mid {
		return 0, false
	}
	before := r.mid
	r.mid = mid
	if !before.IsSet() {
		return 0, true
	}
	move = mid.Cmp(before)
	return move, move != 0
}

// maxClockSkew is how far a feed's clock may be from ours for its times to decide to which bar a price belongs.
const maxClockSkew = 10 * time.Minute

// addPrice adds the price of q to the range seen and the bars.
func (r *Row) addPrice(q *Quote, isTrade bool, at time.Time) {
	price, size := q.Last, q.Size
	if !price.IsSet() {
		price = r.mid
	}
	if !isTrade {
		size = Decimal{}
	}
	r.widenRange(price)
	when := at
	if off := Elapsed(at, q.Time); !q.Time.IsZero() && off.Abs() <= maxClockSkew {
		when = q.Time
	}
	r.traded.add(price, size)
	r.Seconds.add(when, price, size)
	r.Minutes.add(when, price, size)
}

func (r *Row) widenRange(price Decimal) {
	if !r.first.IsSet() {
		r.first, r.min, r.max = price, price, price
		return
	}
	if price.Cmp(r.min) < 0 {
		r.min = price
	}
	if price.Cmp(r.max) > 0 {
		r.max = price
	}
}
