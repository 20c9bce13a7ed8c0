package cli

import (
	"fmt"
	"slices"
	"strings"
)

// sieve decides which records are printed, and knows when all that was asked for has been.
type sieve struct {
	asked   selection
	symbols map[string]bool // in capitals; empty for all
	printed int
	seen    map[string]bool // once: feed and symbol of the prices printed
	awaited map[string]bool // once: symbols named and not seen yet, in capitals
	silent  map[string]bool // once: feeds that have sent no snapshot yet
	served  map[string]bool // feeds whose servers were asked for the symbols, by names of their own perhaps
}

func newSieve(asked selection, feeds []target) *sieve {
	s := &sieve{
		asked: asked, symbols: map[string]bool{}, seen: map[string]bool{}, awaited: map[string]bool{},
		silent: map[string]bool{}, served: map[string]bool{},
	}
	for _, f := range feeds {
		s.silent[f.config.Name] = true
		if f.served {
			s.served[f.config.Name] = true
		}
	}
	for _, symbol := range asked.symbols {
		s.symbols[strings.ToUpper(symbol)] = true
		s.awaited[strings.ToUpper(symbol)] = true
	}
	return s
}

// passes reports whether r is to be printed, and counts it if so.
func (s *sieve) passes(r *record) bool {
	if !slices.Contains(s.asked.kinds, r.kind) || !s.wants(r) || s.asked.once && !s.first(r) {
		return false
	}
	s.printed++
	return true
}

// wants reports whether r is about a symbol that was asked for. What is said of the whole market is for all.
func (s *sieve) wants(r *record) bool {
	if len(s.symbols) == 0 || s.served[r.feed] {
		return true
	}
	if r.kind != news {
		symbol := r.symbol()
		return r.kind == status && symbol == "" || s.symbols[strings.ToUpper(symbol)]
	}
	about := func(symbol string) bool { return s.symbols[strings.ToUpper(symbol)] }
	return len(r.story.Symbols) == 0 || slices.ContainsFunc(r.story.Symbols, about)
}

// first reports whether r is the first price of its symbol.
func (s *sieve) first(r *record) bool {
	key := r.feed + "\x00" + r.quote.Symbol
	if s.seen[key] {
		return false
	}
	s.seen[key] = true
	delete(s.awaited, strings.ToUpper(r.quote.Symbol))
	return true
}

// full reports whether as many records have been printed as were asked for.
func (s *sieve) full() bool { return s.asked.count > 0 && s.printed >= s.asked.count }

// heard notes that no more is to come of a feed's snapshot: it is there, or the feed has ended.
func (s *sieve) heard(feed string) { delete(s.silent, feed) }

// complete reports whether --once has all that it can wait for. Where no symbols are named, that is what the
// snapshots hold.
func (s *sieve) complete() bool {
	if !s.asked.once {
		return false
	}
	if len(s.symbols) > 0 {
		return len(s.awaited) == 0 || s.answered()
	}
	return len(s.silent) == 0 && len(s.seen) > 0
}

// answered reports whether there has been a price for each of the symbols that only the servers know the names of.
func (s *sieve) answered() bool { return len(s.served) > 0 && len(s.seen) >= len(s.symbols) }

// lacking says which prices --once has waited for in vain; empty when there are none.
func (s *sieve) lacking() string {
	if !s.asked.once || s.full() || s.answered() {
		return ""
	}
	var names []string
	for _, symbol := range s.asked.symbols {
		if s.awaited[strings.ToUpper(symbol)] {
			names = append(names, symbol)
		}
	}
	switch {
	case len(names) > 0:
		return "no price of " + inWords(names)
	case len(s.seen) == 0:
		return "no price"
	}
	return ""
}

// timeUp is what to say when the time of --for is over; nil when nothing is lacking.
func (s *sieve) timeUp() error {
	if what := s.lacking(); what != "" {
		return fmt.Errorf("%s within %s", what, s.asked.lasting)
	}
	return nil
}

// cutShort is what to say when the stream has ended for good; nil when no more was asked for.
func (s *sieve) cutShort() error {
	if what := s.lacking(); what != "" {
		return fmt.Errorf("%s before the stream ended", what)
	}
	if s.asked.count > 0 && !s.full() && !s.asked.once {
		return fmt.Errorf("the stream ended after %d of %d updates", s.printed, s.asked.count)
	}
	return nil
}
