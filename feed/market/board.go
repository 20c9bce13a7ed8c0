package market

import "time"

// Limits bound what a Board keeps. A zero field takes its default.
type Limits struct {
	Symbols int // rows in all; default 10,000. Quotes for further symbols are counted in Counts.Refused
	News    int // stories; default 500, the oldest leave first
	Bars    int // bars of each length per symbol; default 300
}

// Board is the state that all updates so far add up to. It is not safe for concurrent use: one
// goroutine (or one Bubble Tea model) owns it.
type Board struct{}

// NewBoard returns an empty board.
func NewBoard(l Limits) *Board { return &Board{} }

// Apply takes one update of one feed that arrived at the given time. Updates must be applied in the
// order of arrival.
func (b *Board) Apply(feed string, u Update, at time.Time) {}

// Rows are the symbols seen so far, in the order in which they were first seen. The slice and the
// rows belong to the board: read them before the next Apply, change nothing.
func (b *Board) Rows() []*Row { return nil }

// Row is the row of one symbol of one feed, or nil.
func (b *Board) Row(feed, symbol string) *Row { return nil }

// News are the stories kept, newest first. The same promise as Rows.
func (b *Board) News() []*Story { return nil }

// Market is the state of a feed's whole market (a Halt without a symbol); zero if none was said.
func (b *Board) Market(feed string) Halt { return Halt{} }

// Counts says how many updates the board has taken, by kind.
func (b *Board) Counts() Counts { return Counts{} }

// Counts are totals since the board was made.
type Counts struct {
	Quotes, Headlines, Corrections, Halts uint64
	Refused                               uint64 // quotes for symbols beyond Limits.Symbols
}

// Cell is one number of a row, with what is needed to show its age and its last move.
type Cell struct {
	Value   Decimal
	Prev    Decimal   // the value before the last change
	At      time.Time // arrival of the last message that said it, changed or not; UTC wall clock
	Changed time.Time // arrival of the last message that changed it; zero before the first change
}

// Basis says what a change is measured against.
type Basis int8

// The bases of a change, in order of preference.
const (
	NoBasis Basis = iota
	FromPrevClose
	FromOpen
	FromFirstSeen // the first price since livetape started
)

// Row is everything known about one symbol of one feed.
type Row struct {
	Feed, Symbol   string
	Name, Currency string

	Last, Bid, Ask, Size, Volume Cell
	Open, High, Low, PrevClose   Cell

	Halt Halt // last one said of this symbol; zero when none

	Tick    int       // direction of the last price change: -1, 0 (none yet), +1
	Updated time.Time // arrival of the last message about this symbol; UTC wall clock
	Quoted  time.Time // the feed's own time of that message; zero when it gives none
	Count   uint64    // quotes taken

	Seconds, Minutes Bars // by the feed's own time where it is plausible, else by arrival
}

// Price is what stands for the symbol's price: the last trade, or, for a feed that sends none, the mid
// of bid and ask, and then mid is true.
func (r *Row) Price() (price Decimal, mid bool) { return r.Last.Value, false }

// Change is the move of Price since basis, and the same in percent (rounded to 2 places).
// Both are absent when there is no basis.
func (r *Row) Change() (abs, pct Decimal, basis Basis) { return Decimal{}, Decimal{}, NoBasis }

// Range is the low and the high of the session as the feed gives them, or else of the prices
// seen since livetape started, and then seen is true.
func (r *Row) Range() (low, high Decimal, seen bool) { return Decimal{}, Decimal{}, false }

// Bar is the course of a price over one second or minute.
type Bar struct {
	Start                  time.Time // UTC
	Open, High, Low, Close Decimal
	Volume                 Decimal // sum of the sizes given; absent when none was
	Count                  int
}

// Bars is a bounded ring of bars, oldest first.
type Bars struct{}

// Len is the number of bars kept.
func (b *Bars) Len() int { return 0 }

// At is the i-th bar, 0 being the oldest.
func (b *Bars) At(i int) Bar { return Bar{} }

// Story is a headline as the board keeps it.
type Story struct {
	Headline
	Feed        string
	At          time.Time // arrival of its first version; UTC wall clock
	Corrected   time.Time // arrival of the last correction; zero when there was none
	Corrections int
	Seq         uint64 // 1, 2, 3 … in order of first arrival, over all feeds
}
