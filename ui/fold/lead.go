package fold

import (
	"slices"
	"time"

	"livetape/feed/market"
)

// MinShared is how many changes of price a feed must share with others before its lag is known.
const MinShared = 8

const (
	settling     = 2 * time.Second  // after a feed went live: what it sends then may be of the past
	changeWindow = 20 * time.Second // within which changes of a price are the same
	maxChanges   = 64               // of a symbol that are remembered
	lagSamples   = 31
	leaderFirsts = 3 // of four changes, that a leader is first with
)

// change is a change of price that a feed was the first to bring.
type change struct {
	from, to market.Decimal
	at       time.Time
	first    *Feed
	seen     uint64        // the feeds that have brought it, a bit for each
	spread   time.Duration // between the first and the last of them
	complete bool          // all have
	unclear  bool          // there is another like it: nothing is learned from it
}

// clearAfter is after how many times the spread of a change the same change is another.
const clearAfter = 4

func (c *change) isSeenBy(f *Feed) bool { return c.seen>>f.index&1 != 0 }

// noteChange measures how much later than the first a feed brings a change of price: from the same price to the same
// price, by arrival. One that happens again before all have brought it, or soon after, tells nothing.
func (s *Symbol) noteChange(f *Feed, c change) {
	s.changes = slices.DeleteFunc(s.changes, func(old change) bool {
		age := market.Elapsed(old.at, c.at)
		return age.Abs() > changeWindow || old.complete && age > clearAfter*old.spread
	})
	var same *change
	for i := range s.changes {
		if old := &s.changes[i]; old.to.Cmp(c.to) == 0 && old.from.Cmp(c.from) == 0 {
			old.unclear = old.unclear || same != nil || old.complete || old.isSeenBy(f)
			c.unclear = c.unclear || old.unclear
			same = old
		}
	}
	if same != nil && !c.unclear {
		s.noteSame(f, same, c.at)
		return
	}
	c.first, c.seen = f, 1<<f.index
	s.changes = append(s.changes, c)
	if len(s.changes) > maxChanges {
		s.changes = slices.Delete(s.changes, 0, 1)
	}
}

func (s *Symbol) noteSame(f *Feed, c *change, at time.Time) {
	if c.seen&(c.seen-1) == 0 { // only the first had it
		c.first.lags.add(0)
	}
	c.seen |= 1 << f.index
	c.spread = market.Elapsed(c.at, at)
	c.complete = s.isComplete(c)
	f.lags.add(c.spread)
}

// isComplete reports whether all feeds that are to bring a change have.
func (s *Symbol) isComplete(c *change) bool {
	for _, f := range s.Feeds {
		if f.counts() && !f.IsOff && !c.isSeenBy(f) {
			return false
		}
	}
	return true
}

// lagRing is by how much a feed was later than the first, for the last changes.
type lagRing struct {
	ring [lagSamples]time.Duration
	n    int
}

func (l *lagRing) add(d time.Duration) {
	l.ring[l.n%lagSamples] = d
	l.n++
}

func (l *lagRing) samples() []time.Duration { return l.ring[:min(l.n, lagSamples)] }

// Lag is by how much the feed is later than the first with half of the prices that it shares with others. It is not known
// before it has shared [MinShared], and while the feed does not count.
func (f *Feed) Lag() (lag time.Duration, known bool) {
	if f.lags.n < MinShared || !f.counts() {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(f.lags.samples()))
	return sorted[len(sorted)/2], true
}

// isLeader reports whether the feed is nearly always first.
func (f *Feed) isLeader() bool {
	firsts := 0
	for _, lag := range f.lags.samples() {
		if lag == 0 {
			firsts++
		}
	}
	return 4*firsts >= leaderFirsts*len(f.lags.samples())
}

// Leader is the feed that is first with at least three of four prices, and by how much it leads the next: nil while none
// does, and known is false until enough is known of two feeds to tell.
func (s *Symbol) Leader() (leader *Feed, by time.Duration, known bool) {
	var next *Feed
	var lag, nextLag time.Duration
	for _, f := range s.Feeds {
		d, ok := f.Lag()
		switch {
		case !ok:
		case leader == nil || d < lag:
			leader, lag, next, nextLag = f, d, leader, lag
		case next == nil || d < nextLag:
			next, nextLag = f, d
		}
	}
	switch {
	case next == nil:
		return nil, 0, false
	case !leader.isLeader():
		return nil, 0, true
	}
	return leader, nextLag, true
}

// Shared is how many changes of price the two feeds have shared of which most is known, up to [MinShared].
func (s *Symbol) Shared() int {
	most, second := 0, 0
	for _, f := range s.Feeds {
		n := min(f.lags.n, MinShared)
		if !f.counts() {
			continue
		}
		if n > most {
			most, second = n, most
		} else {
			second = max(second, n)
		}
	}
	return second
}
