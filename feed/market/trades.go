package market

import (
	"cmp"
	"slices"
	"time"
)

// Report is what a quote with a last price says of trades.
type Report int8

// The reports of a quote. The words for them are those of the native wire format.
const (
	MaybeTrade Report = iota // a trade, unless it repeats the last one beside a bid, an ask or a volume
	NewTrade                 // a trade of its own, also when it equals the one before
	Correction               // an earlier trade was like this: neither a trade nor the last price
	Cancel                   // an earlier trade is void: neither a trade nor the last price
)

func (r Report) String() string { return [...]string{"", "trade", "correction", "cancel"}[r] }

// Place is where the price of a trade was within the quote before it.
type Place int8

// The places of a trade.
const (
	NoQuote Place = iota
	AtBid         // or below
	AtMid         // between bid and ask
	AtAsk         // or above
)

// Trade is a line of time and sales.
type Trade struct {
	Symbol string
	Price  Decimal
	Size   Decimal   // absent when the feed gives none
	Time   time.Time // by the feed's own clock, UTC; zero when it gives none
	At     time.Time // arrival; UTC wall clock
	Tick   int8      // direction of the price since the trade before: -1, 0, +1
	Place  Place
	Report Report // NewTrade, Correction or Cancel
}

// Trades are the last trades of a feed, of all its symbols. The oldest are forgotten first.
type Trades struct {
	Feed  string
	limit int
	ring  []Trade
	head  int // where the oldest is, once the ring is full
}

// Len is the number of trades kept.
func (t *Trades) Len() int { return len(t.ring) }

// At is the i-th trade, 0 being the newest to arrive. It belongs to the board: read it before the next Apply.
func (t *Trades) At(i int) *Trade {
	n := len(t.ring)
	return &t.ring[(t.head+n-1-i)%n]
}

// Clone is a copy that stays as it is when t goes on.
func (t *Trades) Clone() *Trades { return &Trades{t.Feed, t.limit, slices.Clone(t.ring), t.head} }

func (t *Trades) add(trade Trade, kept *keptBytes) {
	if t.head == 0 && len(t.ring) < t.limit && kept.take(tradeSize, forHistory) {
		t.ring = append(t.ring, trade)
		return
	}
	if len(t.ring) > 0 {
		t.ring[t.head] = trade
		t.head = (t.head + 1) % len(t.ring)
	}
}

// Trades are the trades of all feeds that had one, by feed. The same promise as Rows.
func (b *Board) Trades() []*Trades {
	var all []*Trades
	for _, f := range b.feeds {
		if f.trades.Len() > 0 {
			all = append(all, &f.trades)
		}
	}
	slices.SortFunc(all, func(a, b *Trades) int { return cmp.Compare(a.Feed, b.Feed) })
	return all
}

// isTrade reports whether a quote is a trade, or says something of an earlier one.
func (r *Row) isTrade(q *Quote) bool {
	if !q.Last.IsSet() || q.FromSnapshot {
		return false
	}
	repeats := q.Last.Cmp(r.Last.Value) == 0 && (!q.Size.IsSet() || q.Size.Cmp(r.Size.Value) == 0) && (!q.Volume.IsSet() || q.Volume.Cmp(r.Volume.Value) == 0)
	alone := !q.Bid.IsSet() && !q.Ask.IsSet() && !q.Volume.IsSet()
	return q.Report != MaybeTrade || alone || !repeats
}

// newTrade is the trade that a quote reports, before the row takes the quote.
func (r *Row) newTrade(q *Quote, at time.Time) Trade {
	t := Trade{Symbol: r.Symbol, Price: q.Last, Size: q.Size, Time: q.Time, At: at, Report: max(q.Report, NewTrade)}
	if r.Last.Value.IsSet() {
		t.Tick = int8(q.Last.Cmp(r.Last.Value))
	}
	bid, ask := r.Bid.Value, r.Ask.Value
	if !bid.IsSet() || !ask.IsSet() {
		bid, ask = q.Bid, q.Ask
	}
	switch {
	case !bid.IsSet() || !ask.IsSet() || bid.Cmp(ask) >= 0:
	case q.Last.Cmp(bid) <= 0:
		t.Place = AtBid
	case q.Last.Cmp(ask) >= 0:
		t.Place = AtAsk
	default:
		t.Place = AtMid
	}
	return t
}
