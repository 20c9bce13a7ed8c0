// Package fold makes one row of the rows that several feeds have of a symbol, and compares the feeds: which has the best
// bid and ask, which is first with a price, which disagrees, and whose price stands still while the others' move.
//
// A [Book] is given the board's rows, which of the feeds are live, and each row that changed. It does no I/O, reads no
// clock and starts no goroutine.
package fold

import (
	"cmp"
	"slices"
	"time"

	"livetape/feed/market"
)

// Book folds the rows of a board. One goroutine owns it.
type Book struct {
	base    []*market.Row // that were folded
	regroup bool          // the foldKey of a row is another
	rows    []*market.Row
	symbols map[*market.Row]*Symbol // by their own rows and by those of their feeds
	feeds   map[string]*feedState
	pending map[*Symbol]bool // time alone may change what is said of them
	notes   []Note
}

// feedState is what is known of a feed over all its symbols.
type feedState struct {
	live    bool
	since   time.Time // that it is live
	symbols []*Symbol
	behind  tally
	off     tally
}

// NewBook returns a book of no rows.
func NewBook() *Book {
	return &Book{symbols: map[*market.Row]*Symbol{}, feeds: map[string]*feedState{}, pending: map[*Symbol]bool{}}
}

func (b *Book) feed(name string) *feedState {
	f := b.feeds[name]
	if f == nil {
		f = &feedState{behind: tally{}, off: tally{}}
		b.feeds[name] = f
	}
	return f
}

// Rows are one row for each symbol, in the order of the first of its feeds. They belong to the book.
func (b *Book) Rows() []*market.Row { return b.rows }

// Symbol is what is known of the symbol of a row: one of Rows, or one of a feed. It is nil where one feed alone has it, and
// of a nil book.
func (b *Book) Symbol(r *market.Row) *Symbol {
	if b == nil {
		return nil
	}
	if s := b.symbols[r]; s != nil && len(s.Feeds) > 1 {
		return s
	}
	return nil
}

// RowOf is the row that stands for that of a feed: of a nil book, the same.
func (b *Book) RowOf(r *market.Row) *market.Row {
	if s := b.Symbol(r); s != nil {
		return s.Row
	}
	return r
}

// SetLive says whether a feed is live at a time. A feed is not live before this was said.
func (b *Book) SetLive(feed string, live bool, at time.Time) {
	f := b.feed(feed)
	if f.live == live {
		return
	}
	f.live, f.since = live, at
	for _, s := range f.symbols {
		s.feedOf(feed).start(live, at)
		b.judge(s, at)
	}
}

// SetRows folds these rows from now on, which are all of a board. What is known of symbols whose rows stay is kept. The
// same slice again changes nothing.
func (b *Book) SetRows(rows []*market.Row, at time.Time) {
	same := len(rows) == len(b.base) && (len(rows) == 0 || &rows[0] == &b.base[0])
	if same && !b.regroup {
		return
	}
	before := b.symbols
	b.base, b.regroup, b.rows, b.symbols = rows, false, make([]*market.Row, 0, len(rows)), make(map[*market.Row]*Symbol, len(rows))
	for _, f := range b.feeds {
		f.symbols = nil
	}
	for _, group := range groups(rows) {
		s := before[group[0]]
		if s == nil || !s.isOf(group) {
			s = b.newSymbol(group)
			b.judge(s, at)
		}
		b.add(s)
	}
	for _, s := range before {
		if b.symbols[s.Row] != s {
			b.drop(s)
		}
	}
}

func (b *Book) newSymbol(rows []*market.Row) *Symbol {
	s := &Symbol{Row: rows[0]}
	if len(rows) > 1 {
		s.Row = &market.Row{}
	}
	for i, r := range rows {
		f := &Feed{Row: r, index: i, key: foldKeyOf(r), numbers: numbersOf(r)}
		f.start(b.feed(r.Feed).live, b.feed(r.Feed).since)
		s.Feeds = append(s.Feeds, f)
	}
	return s
}

func (b *Book) add(s *Symbol) {
	b.rows = append(b.rows, s.Row)
	b.symbols[s.Row] = s
	for _, f := range s.Feeds {
		b.symbols[f.Row] = s
		state := b.feed(f.Row.Feed)
		state.symbols = append(state.symbols, s)
	}
}

// drop forgets a symbol whose rows are no longer folded.
func (b *Book) drop(s *Symbol) {
	delete(b.pending, s)
	for _, f := range b.feeds {
		delete(f.behind, s)
		delete(f.off, s)
	}
}

// groups are the rows that fold, in the order of the first of each: those of one symbol, unless their currencies differ.
// One without a currency folds with others where all that have one have the same. Readings do not fold.
func groups(rows []*market.Row) [][]*market.Row {
	currencies := map[string]string{} // by symbol; "*" for several
	for _, r := range rows {
		switch known := currencies[r.Symbol]; {
		case known == "":
			currencies[r.Symbol] = r.Currency
		case r.Currency != "" && r.Currency != known:
			currencies[r.Symbol] = "*"
		}
	}
	type key struct{ symbol, currency string }
	places := map[key]int{}
	var all [][]*market.Row
	for _, r := range rows {
		k := key{symbol: r.Symbol}
		if currencies[r.Symbol] == "*" {
			k.currency = r.Currency
		}
		at, known := places[k]
		if alone := r.IsReading || currencies[r.Symbol] == "*" && r.Currency == ""; alone || !known {
			at = len(all)
			all = append(all, nil)
			if !alone {
				places[k] = at
			}
		}
		all[at] = append(all[at], r)
	}
	return all
}

// Apply takes into account that a row of a feed changed by what arrived at a time.
func (b *Book) Apply(r *market.Row, at time.Time) {
	s := b.symbols[r]
	if s == nil { // it is new, and SetRows will bring it
		return
	}
	f := s.feedOf(r.Feed)
	if key := foldKeyOf(r); key != f.key {
		f.key, b.regroup = key, true
	}
	if len(s.Feeds) > 1 {
		s.take(f, at)
		b.judge(s, at)
	}
}

// Advance takes the time into account.
func (b *Book) Advance(now time.Time) {
	var due []*Symbol
	for s := range b.pending {
		if !s.nextCheck().After(now) {
			due = append(due, s)
		}
	}
	slices.SortFunc(due, func(a, b *Symbol) int {
		return cmp.Or(cmp.Compare(a.Row.Symbol, b.Row.Symbol), cmp.Compare(a.Row.Currency, b.Row.Currency))
	})
	for _, s := range due {
		b.judge(s, now)
	}
}

// NextCheck is when time alone may change what is said of a symbol; zero for never.
func (b *Book) NextCheck() (next time.Time) {
	for s := range b.pending {
		if at := s.nextCheck(); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next
}

// judge says anew how the feeds of a symbol stand to each other.
func (b *Book) judge(s *Symbol, now time.Time) {
	for _, f := range s.Feeds {
		b.judgeBehind(s, f, now)
	}
	s.compare()
	for _, f := range s.Feeds {
		b.judgeOff(s, f, now)
	}
	s.merge()
	if s.nextCheck().IsZero() {
		delete(b.pending, s)
	} else {
		b.pending[s] = true
	}
}

// Freeze is a copy of the book as it is now, over copies of its rows. Rows without a copy are left out.
func (b *Book) Freeze(copies map[*market.Row]*market.Row) *Book {
	frozen := NewBook()
	for _, r := range b.rows {
		var rows []*market.Row
		var feeds []*Feed
		for _, f := range b.symbols[r].Feeds {
			if held := copies[f.Row]; held != nil {
				c := *f
				c.Row = held
				rows, feeds = append(rows, held), append(feeds, &c)
			}
		}
		if len(rows) > 0 {
			s := frozen.newSymbol(rows)
			s.Feeds = feeds
			s.merge()
			frozen.add(s)
		}
	}
	return frozen
}

// Refresh makes the row of a symbol anew, because that of a feed is another.
func (b *Book) Refresh(r *market.Row) {
	if s := b.symbols[r]; s != nil {
		s.merge()
	}
}

// TakeNotes are the notes since it was last called, in order.
func (b *Book) TakeNotes() []Note {
	notes := b.notes
	b.notes = nil
	return notes
}

// Behind is on how many symbols a feed's price stands still while its peers' move, and when the first price came that it
// missed. A nil book knows of none.
func (b *Book) Behind(feed string) (symbols int, since time.Time) {
	if b == nil || b.feeds[feed] == nil {
		return 0, time.Time{}
	}
	all := b.feeds[feed].behind
	for _, at := range all {
		if since.IsZero() || at.Before(since) {
			since = at
		}
	}
	return len(all), since
}

// Off is on how many symbols a feed disagrees with its peers. A nil book knows of none.
func (b *Book) Off(feed string) int {
	if b == nil || b.feeds[feed] == nil {
		return 0
	}
	return len(b.feeds[feed].off)
}

// Suspected are the names of the symbols of Behind, or else of Off.
func (b *Book) Suspected(feed string) (names []string) {
	if b == nil || b.feeds[feed] == nil {
		return nil
	}
	all := b.feeds[feed].behind
	if len(all) == 0 {
		all = b.feeds[feed].off
	}
	for s := range all {
		names = append(names, s.Row.Symbol)
	}
	slices.Sort(names)
	return names
}

// tally is the symbols of which something is said of a feed, with the time since when.
type tally map[*Symbol]time.Time
