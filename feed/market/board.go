package market

import (
	"slices"
	"sort"
	"strings"
	"time"
)

// Limits bound what a Board keeps. A zero field takes its default.
type Limits struct {
	Symbols int // rows in all; default 10,000. Quotes for further symbols are counted in Counts.Refused
	News    int // stories; default 500, the oldest leave first
	Bars    int // bars of each length per symbol; default 300. Symbols after the first 1,000 have a tenth of it
	Trades  int // of each feed; default 8,192, which are about one megabyte

	Budget func(feed string) Budget // in which what is kept of a feed is counted; nil, or one that is nil, for no bound
}

func (l Limits) withDefaults() Limits {
	if l.Symbols <= 0 {
		l.Symbols = 10_000
	}
	if l.News <= 0 {
		l.News = 500
	}
	if l.Bars <= 0 {
		l.Bars = 300
	}
	if l.Trades <= 0 {
		l.Trades = 8192
	}
	return l
}

// Board is the state that all updates so far add up to. It is not safe for concurrent use: one
// goroutine (or one Bubble Tea model) owns it.
type Board struct {
	limits Limits
	feeds  map[string]*feedState // by feed
	last   *feedState            // that of the update before: nearly always the next one too
	rows   []*Row                // in order
	order  func(a, b *Row) int
	news   []*Story
	counts Counts
}

// feedState is what the board keeps of one feed.
type feedState struct {
	name    string
	rows    map[string]*Row   // by symbol
	awaited map[string]*Row   // those of Await for which nothing has come, by symbol in upper case
	stories map[string]*Story // those kept that can be corrected, by id

	firstStory time.Time // when the first headline arrived

	market  Halt
	outages []Outage
	trades  Trades
	kept    keptBytes
}

// NewBoard returns an empty board.
func NewBoard(l Limits) *Board {
	return &Board{limits: l.withDefaults(), feeds: map[string]*feedState{}}
}

// Apply takes one update of one feed that arrived at the given time. Updates must be applied in the
// order of arrival. A quote without a symbol changes nothing.
func (b *Board) Apply(feed string, u Update, at time.Time) {
	f := b.feed(feed)
	switch u := u.(type) {
	case Quote:
		r := b.row(f, u.Symbol, false)
		if r != nil && b.claim(f, r, claims{name: u.Name+u.Currency != "", wide: u.isWide()}) {
			f.applyQuote(r, &u, at)
			b.counts.Quotes++
		}
	case Reading:
		if r := b.row(f, u.Name, true); r != nil && b.claim(f, r, claims{wide: u.Value.isWide()}) {
			r.IsReading = true
			r.applyQuote(&Quote{Symbol: u.Name, Last: u.Value, Time: u.Time}, false, at)
			b.counts.Readings++
		}
	case Headline:
		b.applyHeadline(f, u, at)
	case Halt:
		b.applyHalt(f, u, at)
	}
}

// applyQuote applies a quote to its row, and notes the trade that it reports.
func (f *feedState) applyQuote(r *Row, q *Quote, at time.Time) {
	isTrade := r.isTrade(q)
	if isTrade {
		f.trades.add(r.newTrade(q, at), &f.kept)
		r.Trades++
	}
	if q.Report < Correction {
		r.applyQuote(q, isTrade, at)
	}
}

// feed is the state of a feed, made if need be.
func (b *Board) feed(name string) *feedState {
	if b.last != nil && b.last.name == name {
		return b.last
	}
	f := b.feeds[name]
	if f == nil {
		f = &feedState{name: name, trades: Trades{Feed: name, limit: b.limits.Trades}, rows: map[string]*Row{}, stories: map[string]*Story{}}
		if b.limits.Budget != nil {
			f.kept.budget = b.limits.Budget(name)
		}
		b.feeds[name] = f
	}
	b.last = f
	return f
}

// row is the row of a symbol, made if need be; nil when there is no symbol or no room for another.
func (b *Board) row(f *feedState, symbol string, isReading bool) *Row {
	if r := f.rows[symbol]; r != nil || symbol == "" {
		if len(f.awaited) > 0 {
			delete(f.awaited, strings.ToUpper(symbol))
		}
		return r
	}
	if r := f.awaited[strings.ToUpper(symbol)]; r != nil {
		delete(f.awaited, strings.ToUpper(symbol))
		delete(f.rows, r.Symbol)
		f.kept.give(len(r.Symbol) - len(symbol))
		r.Symbol = strings.Clone(symbol)
		f.rows[r.Symbol] = r
		return r
	}
	if len(b.rows) >= b.limits.Symbols || !f.kept.take(rowSize+len(symbol), forRows) {
		b.counts.Refused++
		return nil
	}
	symbol = strings.Clone(symbol) // it may be a part of a large payload
	bars := b.barLimit()
	r := &Row{Feed: f.name, Symbol: symbol, IsReading: isReading, Seconds: newBars(time.Second, bars, &f.kept), Minutes: newBars(time.Minute, bars, &f.kept)}
	f.rows[symbol] = r
	at := len(b.rows)
	if b.order != nil {
		at = sort.Search(len(b.rows), func(i int) bool { return b.order(b.rows[i], r) > 0 })
	}
	b.rows = slices.Insert(b.rows, at, r)
	return r
}

// claim is [feedState.claim], and counts what there is no room for.
func (b *Board) claim(f *feedState, r *Row, more claims) bool {
	ok := f.claim(r, more)
	if !ok {
		b.counts.Refused++
	}
	return ok
}

// SetOrder has the rows stand in an order, equal ones as they came. Without one all stand as they came.
func (b *Board) SetOrder(order func(a, b *Row) int) {
	b.order = order
	b.rows = slices.Clone(b.rows)
	slices.SortStableFunc(b.rows, order)
}

// Await makes an empty row for each symbol, in upper or lower case, that a feed is to give a price of. Those of an earlier
// list that never came go, if this one is without them.
func (b *Board) Await(feed string, symbols []string) {
	f, wanted := b.feed(feed), map[string]bool{}
	for _, symbol := range symbols {
		wanted[strings.ToUpper(symbol)] = true
	}
	for key, r := range f.awaited {
		if !wanted[key] {
			delete(f.awaited, key)
			delete(f.rows, r.Symbol)
			f.kept.give(r.keptSize())
			b.rows = slices.DeleteFunc(slices.Clone(b.rows), func(other *Row) bool { return other == r })
		}
	}
	known := map[string]bool{}
	for symbol := range f.rows {
		known[strings.ToUpper(symbol)] = true
	}
	for _, symbol := range symbols {
		if key := strings.ToUpper(symbol); !known[key] {
			known[key] = true
			if r := b.row(f, symbol, false); r != nil {
				if f.awaited == nil {
					f.awaited = map[string]*Row{}
				}
				f.awaited[key] = r
			}
		}
	}
}

// barLimit is how many bars of each length the next row keeps. Nobody follows thousands of charts, and 10,000 full ones
// would take 340 MB.
func (b *Board) barLimit() int {
	const followed = 1000
	if len(b.rows) < followed {
		return b.limits.Bars
	}
	return max(b.limits.Bars/10, 1)
}

func (b *Board) applyHalt(f *feedState, h Halt, at time.Time) {
	if h.Symbol == "" {
		if h.Time.IsZero() {
			h.Time = at
		}
		if h.State == f.market.State {
			h.Time = f.market.Time
		}
		f.market = h
	} else if r := b.row(f, h.Symbol, false); r != nil && b.claim(f, r, claims{reason: h.Reason != ""}) {
		b.tellHalt(f, r.Halt, h, at)
		r.Halt, r.Updated, r.Quoted = h, at, h.Time
	} else {
		return
	}
	b.counts.Halts++
}

// Forget drops the rows of a feed, because its payloads are read in another way from now on. Its news and halts stay.
func (b *Board) Forget(feed string) {
	f := b.feeds[feed]
	if f == nil {
		return
	}
	for _, r := range f.rows {
		f.kept.give(r.keptSize())
	}
	f.kept.give(f.trades.Len() * tradeSize)
	clear(f.rows)
	clear(f.awaited)
	f.trades = Trades{Feed: feed, limit: b.limits.Trades}
	b.rows = slices.DeleteFunc(slices.Clone(b.rows), func(r *Row) bool { return r.Feed == feed })
}

// Rows are the symbols seen so far, in the order in which they were first seen, or that of SetOrder. The slice and the
// rows belong to the board: read them before the next Apply, change nothing.
func (b *Board) Rows() []*Row { return b.rows }

// Row is the row of one symbol of one feed, or nil.
func (b *Board) Row(feed, symbol string) *Row {
	if f := b.feeds[feed]; f != nil {
		return f.rows[symbol]
	}
	return nil
}

// News are the stories kept, newest first. The same promise as Rows.
func (b *Board) News() []*Story { return b.news }

// Market is the state of a feed's whole market (a Halt without a symbol), with the time since when; zero if none was said.
func (b *Board) Market(feed string) Halt {
	if f := b.feeds[feed]; f != nil {
		return f.market
	}
	return Halt{}
}

// Counts says how many updates the board has taken, by kind.
func (b *Board) Counts() Counts { return b.counts }

// Counts are totals since the board was made.
type Counts struct {
	Quotes, Readings, Headlines, Corrections, Halts uint64 // a headline told again unchanged counts nowhere
	Refused                                         uint64 // for which there is no room: Limits.Symbols, or the feed's Budget
}
