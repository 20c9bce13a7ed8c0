package ui

import (
	"maps"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/memory"
	"livetape/ui/fold"
)

// recentEvents are the last events of all feeds, and what those before them add up to: from there the screen of any time
// since can be made again. It is shared by copies of the model.
type recentEvents struct {
	limit, size int // bytes
	budget      func(feed string) market.Budget
	kept        map[string]*keptEvents // by feed
	ring        []feed.Event           // a power of two
	first, len  int                    // the oldest, and how many there are
	before      moment                 // it has no log and no raw events
	messages    uint64                 // so far
}

// share is the part of what may be kept of a feed that its events may take: one of so many.
const share = 4

// keptEvents counts the events of a feed.
type keptEvents struct {
	budget market.Budget // nil: there is no bound
	size   int           // bytes
}

func (k *keptEvents) count(n int) {
	k.size += n
	if k.budget != nil {
		k.budget.Add(n)
	}
}

func (k *keptEvents) isFull() bool { return k.budget != nil && k.size > k.budget.Limit()/share }

func newRecentEvents(c Config) *recentEvents {
	r := &recentEvents{limit: c.Rewind, budget: c.budget, kept: map[string]*keptEvents{}}
	r.before.board = market.NewBoard(r.behindLimits())
	return r
}

// behindLimits are those of a board that stays behind: older bars are those of the present, and few look at the tape of
// before.
func (r *recentEvents) behindLimits() market.Limits {
	return market.Limits{Bars: 8, Trades: 512, Budget: r.sameAgain}
}

// sameAgain is a budget for a board of the past, which may take as much of a feed as that of the present.
func (r *recentEvents) sameAgain(feed string) market.Budget {
	if b := r.budget(feed); b != nil {
		return memory.NewBudget(b.Limit())
	}
	return nil
}

func (r *recentEvents) keptOf(feed string) *keptEvents {
	k := r.kept[feed]
	if k == nil {
		k = &keptEvents{budget: r.budget(feed)}
		r.kept[feed] = k
	}
	return k
}

func (r *recentEvents) at(i int) *feed.Event { return &r.ring[(r.first+i)&(len(r.ring)-1)] }

// begin is when the oldest event came; zero without one.
func (r *recentEvents) begin() time.Time {
	if r.len == 0 {
		return time.Time{}
	}
	return r.at(0).At
}

// add keeps an event, and gives up the oldest for it.
func (r *recentEvents) add(ev feed.Event) {
	if ev.Message != nil {
		r.messages++
	}
	if r.limit == 0 {
		return
	}
	if r.len == len(r.ring) {
		r.grow()
	}
	r.len++
	*r.at(r.len - 1) = ev
	k := r.keptOf(ev.Feed)
	k.count(eventSize(ev))
	for r.size += eventSize(ev); r.size > r.limit || k.isFull(); {
		r.removeFirst()
	}
}

// restart has the events of a feed counted anew in its budget, which is another one since the feed was started again.
func (r *recentEvents) restart(feed string) {
	old := r.keptOf(feed)
	size := old.size
	old.count(-size)
	delete(r.kept, feed)
	r.keptOf(feed).count(size)
}

// eventSize is about how many bytes an event takes.
func eventSize(ev feed.Event) int {
	const bare = 300
	if ev.Message == nil {
		return bare
	}
	return bare + ev.Message.Size()
}

func (r *recentEvents) grow() {
	ring := make([]feed.Event, max(2*len(r.ring), 64))
	copy(ring[copy(ring, r.ring[r.first:]):], r.ring[:r.first])
	r.ring, r.first = ring, 0
}

func (r *recentEvents) removeFirst() {
	oldest := r.at(0)
	r.before.replay(*oldest)
	r.size -= eventSize(*oldest)
	r.keptOf(oldest.Feed).count(-eventSize(*oldest))
	*oldest = feed.Event{}
	r.first, r.len = (r.first+1)&(len(r.ring)-1), r.len-1
}

// startOver forgets all events, and begins with what there is now.
func (r *recentEvents) startOver(now *moment) {
	for _, k := range r.kept {
		k.count(-k.size)
	}
	r.ring, r.first, r.len, r.size = nil, 0, 0, 0
	r.before = moment{board: now.board.Clone(r.behindLimits()), manyFeeds: now.manyFeeds, gapMarks: now.gapMarks}
	for _, h := range now.feeds {
		r.before.feeds = append(r.before.feeds, h.clone())
	}
}

// replay applies an event of the past.
func (m *moment) replay(ev feed.Event) {
	h := m.feeds.byName(ev.Feed)
	if h == nil {
		h = newFeedHealth(Source{Name: ev.Feed})
		m.feeds = append(m.feeds, h)
	}
	newest := m.newestStory()
	m.take(ev, h, nil)
	for _, s := range m.storiesAfter(newest) {
		m.moveGapMarkUp(s)
	}
}

// momentAt is what the screen showed at a time that the events reach back to.
func (r *recentEvents) momentAt(then time.Time, present *moment) moment {
	m := moment{board: r.before.board.Clone(market.Limits{Budget: r.sameAgain}), manyFeeds: present.manyFeeds, gapMarks: r.before.gapMarks, raw: &rawEvents{}}
	m.board.AddOlderBars(present.board)
	for _, h := range present.feeds {
		m.feeds = append(m.feeds, h.asOf(r.before.feeds.byName(h.name)))
	}
	m.orderRows()
	if present.fold != nil {
		m.fold = fold.NewBook()
	}
	for i := range r.len {
		if ev := *r.at(i); !ev.At.After(then) {
			m.replay(ev)
			m.followEachSecond(ev)
		}
	}
	m.now = then
	m.updateFold(nil)
	m.log = present.log.until(then) // with what came out by folding, then
	return m
}

// followEachSecond keeps an event as it arrived, and has time go by for folded rows.
func (m *moment) followEachSecond(ev feed.Event) {
	if ev.Message != nil {
		m.raw.add(ev)
	}
	if ev.Message == nil || ev.At.Sub(m.now) >= time.Second {
		m.now = ev.At
		m.updateFold(nil)
	}
}

// lastOf is the last event of a row up to a time, as it arrived; without a time if there is none.
func (r *recentEvents) lastOf(row rowKey, then time.Time) rawEvent {
	for i := r.len - 1; i >= 0; i-- {
		ev := r.at(i)
		if ev.Message == nil || ev.At.After(then) || ev.Feed != row.feed {
			continue
		}
		if e := newRawEvent(*ev); e.isOf(row) {
			return e
		}
	}
	return rawEvent{}
}

func (h *feedHealth) clone() *feedHealth {
	c := *h
	c.unmappedReasons, c.decodeErrorReasons = maps.Clone(h.unmappedReasons), maps.Clone(h.decodeErrorReasons)
	return &c
}

// asOf is the feed with the health of then, which may be nil. How it is configured, and how late it usually is, are as now.
func (h *feedHealth) asOf(then *feedHealth) *feedHealth {
	c := newFeedHealth(Source{Name: h.name})
	if then != nil {
		c = then.clone()
	}
	c.configureAs(h)
	c.delay, c.untimed, c.confirmed = h.delay, h.untimed, h.confirmed
	return c
}
