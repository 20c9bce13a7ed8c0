package market

import (
	"slices"
	"sort"
	"strings"
)

// Clone is a copy that stays as it is when b goes on, with limits of its own. Rows that wait for symbols (see Await) and
// the order of SetOrder are not copied. What is copied is counted in its Budget, and copied whether or not there is room.
func (b *Board) Clone(l Limits) *Board {
	c := NewBoard(l)
	c.counts = b.counts
	for name, from := range b.feeds {
		f := c.feed(name)
		f.market, f.firstStory, f.outages, f.trades = from.market, from.firstStory, slices.Clone(from.outages), from.trades.resized(c.limits.Trades)
		f.kept.give(-f.trades.Len() * tradeSize)
	}
	for _, r := range b.rows {
		if b.feeds[r.Feed].awaited[strings.ToUpper(r.Symbol)] != r && len(c.rows) < c.limits.Symbols {
			c.addCopy(r)
		}
	}
	for _, s := range b.news[:min(len(b.news), c.limits.News)] {
		copied, f := *s, c.feeds[s.Feed]
		f.kept.give(-Size(s.Headline))
		c.news = append(c.news, &copied)
		if s.ID != "" {
			f.stories[s.ID] = &copied
		}
	}
	return c
}

// addCopy adds a copy of another board's row.
func (b *Board) addCopy(r *Row) {
	f, copied, bars := b.feeds[r.Feed], *r, b.barLimit()
	copied.Seconds, copied.Minutes = r.Seconds.resized(bars, &f.kept), r.Minutes.resized(bars, &f.kept)
	f.kept.give(-copied.keptSize())
	b.rows, f.rows[r.Symbol] = append(b.rows, &copied), &copied
}

// AddOlderBars gives the rows of b the bars of other that are older than all that they have, as far as the Budget of their
// feed has room. It is for an early copy of a board, which keeps fewer bars than other does, and to which those bars were added
// before other went on.
func (b *Board) AddOlderBars(other *Board) {
	for _, r := range b.rows {
		if from := other.Row(r.Feed, r.Symbol); from != nil {
			r.Seconds.addOlder(&from.Seconds)
			r.Minutes.addOlder(&from.Minutes)
		}
	}
}

// addOlder adds bars of another ring, as many as there is room for. The other has all of b's, or later ones.
func (b *Bars) addOlder(other *Bars) {
	if b.Len() == 0 || other.Len() == 0 || other.epoch != b.epoch {
		return
	}
	older := sort.Search(other.Len(), func(i int) bool { return other.bar(i).index >= b.bar(0).index })
	added := min(older, b.limit-b.Len())
	if added <= 0 || !b.kept.take(max(added+b.Len()-freeBars, 0)*barSize-b.keptSize(), forRows) {
		return
	}
	ring := make([]packedBar, 0, added+b.Len())
	for i := older - added; i < older; i++ {
		ring = append(ring, *other.bar(i))
	}
	ring = append(ring, inOrder(b.ring, b.head, b.limit)...)
	b.ring, b.head = ring, 0
}

// resized is a copy that keeps so many bars, and counts more of them elsewhere.
func (b *Bars) resized(limit int, kept *keptBytes) Bars {
	c := *b
	c.limit, c.head, c.ring, c.kept = limit, 0, inOrder(b.ring, b.head, limit), kept
	return c
}

// resized is a copy that keeps so many trades.
func (t *Trades) resized(limit int) Trades {
	return Trades{Feed: t.Feed, ring: inOrder(t.ring, t.head, limit), limit: limit}
}

// inOrder are the newest of a ring whose oldest is at head, at most so many, oldest first.
func inOrder[T any](ring []T, head, most int) []T {
	all := slices.Concat(ring[head:], ring[:head])
	return all[max(len(all)-most, 0):]
}
