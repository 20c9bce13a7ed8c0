package output

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/memory"
)

// Selection says which updates to print, and when to stop.
type Selection struct {
	Kinds   []string      // of [Kinds]
	Symbols []string      // in upper or lower case; empty for all. What is said of the whole market is always printed
	Count   int           // updates; 0 for no end
	For     time.Duration // 0 for no end
	Once    bool          // the first price of each symbol, and then stop
}

// SymbolFilter knows which symbols were asked for.
type SymbolFilter struct {
	symbols       map[string]bool // in capitals; empty for all
	serverFilters map[string]bool // see [Feed.ServerFilters]
}

// NewSymbolFilter makes the filter of these symbols, in upper or lower case, of these feeds. No symbols are all.
func NewSymbolFilter(symbols []string, feeds []Feed) *SymbolFilter {
	f := &SymbolFilter{map[string]bool{}, map[string]bool{}}
	for _, symbol := range symbols {
		f.symbols[strings.ToUpper(symbol)] = true
	}
	for _, feed := range feeds {
		if feed.ServerFilters {
			f.serverFilters[feed.Name] = true
		}
	}
	return f
}

// KeepsEvent reports whether one of the updates of an event concerns a symbol that was asked for. An event without
// updates is kept.
func (f *SymbolFilter) KeepsEvent(name string, m *feed.Message) bool {
	return len(m.Updates) == 0 || slices.ContainsFunc(m.Updates, func(u market.Update) bool { return f.keeps(name, u) })
}

func (f *SymbolFilter) keeps(feed string, u market.Update) bool {
	return len(f.symbols) == 0 || f.serverFilters[feed] ||
		market.MatchesSymbols(u, func(symbol string) bool { return f.symbols[strings.ToUpper(symbol)] })
}

type updateFilter struct {
	Selection
	*SymbolFilter
	printed    int
	seen       map[string]bool // once: feed and symbol of the prices printed
	room       int             // bytes that seen may still take; that of all feeds
	awaited    map[string]bool // once: symbols named and not seen yet, in capitals
	unfinished map[string]bool // once: feeds whose snapshot may still come
}

func newUpdateFilter(selection Selection, feeds []Feed) *updateFilter {
	f := &updateFilter{
		Selection: selection, SymbolFilter: NewSymbolFilter(selection.Symbols, feeds),
		seen: map[string]bool{}, awaited: map[string]bool{}, unfinished: map[string]bool{},
	}
	for _, feed := range feeds {
		f.unfinished[feed.Name] = true
		f.room += cmp.Or(feed.Memory, memory.Default)
	}
	for _, symbol := range selection.Symbols {
		f.awaited[strings.ToUpper(symbol)] = true
	}
	return f
}

func (f *updateFilter) accepts(u market.Update, r *row) bool {
	if !slices.Contains(f.Kinds, r.kind) || !f.keeps(r.feed, u) || f.Once && !f.isFirstPrice(r) {
		return false
	}
	f.printed++
	return true
}

// seenCost is what --once remembers of a symbol beside its name, in bytes.
const seenCost = 64

// tooMany is the error when there are more symbols than can be told apart.
func (f *updateFilter) tooMany() error {
	if f.room >= 0 {
		return nil
	}
	return fmt.Errorf("--once has printed %d symbols, and cannot tell more apart: name the --symbols, or give it more --memory", len(f.seen))
}

func (f *updateFilter) isFirstPrice(r *row) bool {
	key := r.feed + "\x00" + r.quote.Symbol
	if f.seen[key] {
		return false
	}
	f.seen[key] = true
	f.room -= len(key) + seenCost
	delete(f.awaited, strings.ToUpper(r.quote.Symbol))
	return true
}

func (f *updateFilter) countReached() bool { return f.Count > 0 && f.printed >= f.Count }

// snapshotDone notes that no more is to come of a feed's snapshot: it is there, or the feed has ended.
func (f *updateFilter) snapshotDone(feed string) { delete(f.unfinished, feed) }

// isComplete reports whether --once has all that it can wait for. Where no symbols are named, that is what the
// snapshots hold.
func (f *updateFilter) isComplete() bool {
	if !f.Once {
		return false
	}
	if len(f.symbols) > 0 {
		return len(f.awaited) == 0 || f.serversAnswered()
	}
	return len(f.unfinished) == 0 && len(f.seen) > 0
}

// serversAnswered reports whether there has been a price for each symbol, where only the servers know their names.
func (f *updateFilter) serversAnswered() bool {
	return len(f.serverFilters) > 0 && len(f.seen) >= len(f.symbols)
}

func (f *updateFilter) missingText() string {
	if !f.Once || f.countReached() || f.serversAnswered() {
		return ""
	}
	var names []string
	for _, symbol := range f.Symbols {
		if f.awaited[strings.ToUpper(symbol)] {
			names = append(names, symbol)
		}
	}
	switch {
	case len(names) > 0:
		return "no price of " + JoinAnd(names)
	case len(f.seen) == 0:
		return "no price"
	}
	return ""
}

// missingInTime is the error when the time is up; nil when nothing is missing.
func (f *updateFilter) missingInTime() error {
	if what := f.missingText(); what != "" {
		return fmt.Errorf("%s within %s", what, f.For)
	}
	return nil
}

// missingAtEnd is the error when the streams have ended for good; nil when no more was asked for.
func (f *updateFilter) missingAtEnd() error {
	if what := f.missingText(); what != "" {
		return fmt.Errorf("%s before the stream ended", what)
	}
	if f.Count > 0 && !f.countReached() && !f.Once {
		return fmt.Errorf("the stream ended after %d of %d updates", f.printed, f.Count)
	}
	return nil
}

// JoinAnd is "a, b and c".
func JoinAnd(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
