package market

// Budget counts the bytes that are kept of one feed, on the board and elsewhere.
type Budget interface {
	Limit() int
	Fits(n int) bool       // whether n bytes more would be within the limit
	Add(n int) (fits bool) // counts n bytes more; below 0 it gives them back
}

// Shares of a budget, in fourths, that all who keep something of the feed may have used for the board to take more. The rest
// is for what reads the feed; and the course of a price is worth less than another row.
const (
	forHistory = 2
	forRows    = 3
)

// Sizes of what is kept, in bytes.
const (
	barSize    = 56
	freeBars   = 4                         // that a ring begins with: they count with its row
	rowSize    = 2100 + 2*freeBars*barSize // without its symbol, and what is claimed for it
	tradeSize  = 120
	nameSize   = 4 * (MaxName + MaxCurrency)
	reasonSize = 4 * MaxReason
	wideSize   = 32 * 128 // every number of a row in more digits than usual
)

// claims say for what of a row bytes are counted besides the row itself.
type claims struct{ name, reason, wide bool }

func (c claims) size() (n int) {
	for _, claim := range []struct {
		made bool
		size int
	}{{c.name, nameSize}, {c.reason, reasonSize}, {c.wide, wideSize}} {
		if claim.made {
			n += claim.size
		}
	}
	return n
}

// keptBytes counts what the board keeps of a feed.
type keptBytes struct {
	budget Budget // nil: there is no bound
	size   int
}

// fits reports whether with n bytes more no more than so many fourths of the budget are used.
func (k *keptBytes) fits(n, fourths int) bool {
	return k.budget == nil || k.budget.Fits(n+k.budget.Limit()/4*(4-fourths))
}

// take counts n bytes more, if they fit.
func (k *keptBytes) take(n, fourths int) bool {
	if !k.fits(n, fourths) {
		return false
	}
	k.give(-n)
	return true
}

// give gives n bytes back.
func (k *keptBytes) give(n int) {
	k.size -= n
	if k.budget != nil {
		k.budget.Add(-n)
	}
}

// Restart has what is kept of a feed counted anew in its Budget, which is another one since the feed was started again.
func (b *Board) Restart(feed string) {
	k := &b.feed(feed).kept
	size := k.size
	k.give(size)
	if b.limits.Budget != nil {
		k.budget = b.limits.Budget(feed)
	}
	k.give(-size)
}

// keptSize is what is counted for a row.
func (r *Row) keptSize() int {
	return rowSize + len(r.Symbol) + r.claimed.size() + r.Seconds.keptSize() + r.Minutes.keptSize()
}

// claim counts what a row needs for the first of such a text or number. It reports whether there is room.
func (f *feedState) claim(r *Row, more claims) bool {
	with := claims{r.claimed.name || more.name, r.claimed.reason || more.reason, r.claimed.wide || more.wide}
	if with == r.claimed {
		return true
	}
	if !f.kept.take(with.size()-r.claimed.size(), forRows) {
		return false
	}
	r.claimed = with
	return true
}

// isWide reports whether the number has more digits than usual.
func (d Decimal) isWide() bool { return d.IsSet() && d.wide != notWide }

// isWide reports whether a number of the quote has more digits than usual.
func (q *Quote) isWide() bool {
	for _, d := range [...]*Decimal{
		&q.Last, &q.Bid, &q.Ask, &q.BidSize, &q.AskSize, &q.Size, &q.Volume, &q.Open, &q.High, &q.Low, &q.PrevClose, &q.VWAP, &q.Change, &q.ChangePct,
	} {
		if d.isWide() {
			return true
		}
	}
	return false
}
