package market

import (
	"slices"
	"time"
)

// The gaps of the market's own schedule, in events. At the default rate a headline comes every 3 to 5 seconds.
const (
	firstNews     = 20 // after the start
	newsGap       = 120
	newsGapSpread = 80
	haltGap       = 1100
	haltLength    = 260
	regimeGap     = 700
)

// scheduledEvent happens at a turn. It may also make no event.
type scheduledEvent struct {
	turn   int
	happen func(now time.Time) Event
}

// startSchedule schedules the first events. A script says itself what is halted, and how volatile the market is.
func (m *Market) startSchedule(o *Opening) {
	m.nextNews = m.schedule(firstNews, m.breakNews)
	if o != nil {
		m.regime = o.Regime
		return
	}
	m.schedule(haltGap/2, m.haltOne)
	m.schedule(regimeGap, m.shiftRegime)
}

// schedule has something happen so many turns ahead, after what is scheduled for the same turn already.
func (m *Market) schedule(ahead int, happen func(time.Time) Event) *scheduledEvent {
	e := &scheduledEvent{m.turn + ahead, happen}
	at := slices.IndexFunc(m.scheduled, func(other *scheduledEvent) bool { return other.turn > e.turn })
	if at < 0 {
		at = len(m.scheduled)
	}
	m.scheduled = slices.Insert(m.scheduled, at, e)
	return e
}

// nextScheduled has happen what is due, until something makes an event.
func (m *Market) nextScheduled(now time.Time) Event {
	for len(m.scheduled) > 0 && m.scheduled[0].turn <= m.turn {
		due := m.scheduled[0]
		m.scheduled = slices.Delete(m.scheduled, 0, 1)
		if e := due.happen(now); !e.IsZero() {
			return e
		}
	}
	return Event{}
}

// randomGap is a time between scheduled events, in turns. In a large market it is longer, so that a symbol has as much news as
// in a small one.
func (m *Market) randomGap(least, spread int) int {
	size := max(1, len(m.instruments)/DefaultSymbols)
	return (least + m.random.IntN(spread)) * size
}

func (m *Market) breakNews(now time.Time) Event {
	m.nextNews = m.schedule(m.randomGap(newsGap, newsGapSpread), m.breakNews)
	return m.publishNewsAbout(m.pickInstrument(), now)
}

func (m *Market) shiftRegime(time.Time) Event {
	m.schedule(regimeGap/2+m.random.IntN(regimeGap), m.shiftRegime)
	m.regime = Regime(m.random.IntN(int(Wild) + 1))
	return Event{}
}

// publishNewsAbout publishes a headline about s or its sector, and lets it move the prices. Some are corrected after a while.
func (m *Market) publishNewsAbout(s *instrumentState, now time.Time) Event {
	h := m.news.generate(s, m, now)
	for _, about := range h.about {
		about.newsImpact = min(max(about.newsImpact+h.impact, -maxMove), maxMove)
	}
	if h.template.hasFigure() && m.random.IntN(9) == 0 {
		m.schedule(60+m.random.IntN(120), func(now time.Time) Event { return Event{News: m.news.correct(h, m, now)} })
	}
	return Event{News: h.Headline}
}

// nextExtraHeadline is one that the market makes up between those of a script.
func (m *Market) nextExtraHeadline(now time.Time) Event {
	if m.newsEvery == 0 || m.clock < m.newsDue {
		return Event{}
	}
	m.newsDue = m.clock + m.newsEvery/2 + time.Duration(m.random.Int64N(int64(m.newsEvery)))
	if about := m.pickInstrument(); about != nil {
		return m.publishNewsAbout(about, now)
	}
	return Event{}
}

// haltOne stops the trading of one symbol for a while: the one of a few that has moved most, or one that
// news is about to break on. Most of the market always trades.
func (m *Market) haltOne(now time.Time) Event {
	m.schedule(m.randomGap(haltGap, haltGap), m.haltOne)
	if 4*(m.halted+1) > len(m.instruments) {
		return Event{}
	}
	s := m.mostMoved()
	if s == nil {
		return Event{}
	}
	length := haltLength + m.random.IntN(haltLength)
	m.schedule(length, func(now time.Time) Event { return m.setHalted(s, false, "Trading resumes", now) })
	if m.random.IntN(2) == 0 {
		m.schedule(length/2, func(now time.Time) Event { return m.publishNewsAbout(s, now) })
		return m.setHalted(s, true, "News pending", now)
	}
	return m.setHalted(s, true, "Volatility pause", now)
}

// mostMoved picks three instruments and gives the one that has moved most since the open; nil when none of
// them can be halted.
func (m *Market) mostMoved() (most *instrumentState) {
	for range 3 {
		s := m.pickInstrument()
		if s.canHalt() && (most == nil || s.movedSinceOpen() > most.movedSinceOpen()) {
			most = s
		}
	}
	return most
}
