package market

import (
	"slices"
	"time"
)

// The gaps of the market's own schedule.
const (
	firstNews = 500 * time.Millisecond // after the start
	newsGap   = 3 * time.Second        // to 5 s
	haltGap   = 27 * time.Second       // to twice as much, as are the others
	haltTime  = 6500 * time.Millisecond
	regimeGap = time.Minute
)

// perEvent is how far a scheduled time may be ahead for each event before it: at less than five events a second, the
// schedule is stretched, so that most events are still trades.
const perEvent = 200 * time.Millisecond

// scheduledEvent happens at a time, and not before a turn. It may also make no event.
type scheduledEvent struct {
	at     time.Duration // clock
	turn   int
	happen func(now time.Time) Event
}

// startSchedule schedules the first events. A script says itself what is halted, and how volatile the market is.
func (m *Market) startSchedule(o *Opening) {
	m.clock = -time.Hour
	m.nextNews = m.schedule(firstNews, m.breakNews)
	if o != nil {
		m.regime = o.Regime
		return
	}
	m.schedule(haltGap/2, m.haltOne)
	m.schedule(regimeGap, m.changeRegime)
	m.schedule(time.Hour+day, m.startDay)
}

// schedule has something happen in a time, after what is scheduled for the same time already.
func (m *Market) schedule(ahead time.Duration, happen func(time.Time) Event) *scheduledEvent {
	e := &scheduledEvent{m.clock + ahead, m.turn + int(min(ahead, time.Minute)/perEvent), happen}
	at := slices.IndexFunc(m.scheduled, func(other *scheduledEvent) bool { return other.at > e.at })
	if at < 0 {
		at = len(m.scheduled)
	}
	m.scheduled = slices.Insert(m.scheduled, at, e)
	return e
}

// nextScheduled has happen what is due, until something makes an event.
func (m *Market) nextScheduled(now time.Time) Event {
	for i := 0; i < len(m.scheduled) && m.scheduled[i].at <= m.clock; {
		due := m.scheduled[i]
		if due.turn > m.turn {
			i++
			continue
		}
		m.scheduled = slices.Delete(m.scheduled, i, i+1)
		if e := due.happen(now); !e.IsZero() {
			return e
		}
	}
	return Event{}
}

// randomUpToTwice is a random time from d to 2d.
func (m *Market) randomUpToTwice(d time.Duration) time.Duration {
	return d + time.Duration(m.random.Int64N(int64(d)))
}

func (m *Market) breakNews(now time.Time) Event {
	m.nextNews = m.schedule(newsGap+time.Duration(m.random.Int64N(int64(2*time.Second))), m.breakNews)
	return m.publishNewsAbout(m.pickInstrument(), now)
}

// changeRegime begins another regime. Most last minutes and some more than an hour, and few are wild: so large moves come in
// clusters.
func (m *Market) changeRegime(time.Time) Event {
	m.schedule(m.randomUpToTwice(regimeGap<<m.random.IntN(6)), m.changeRegime)
	m.regime = [...]Regime{Calm, Calm, Calm, Normal, Normal, Normal, Normal, Wild}[m.random.IntN(8)]
	return Event{}
}

// startDay begins another day for all instruments.
func (m *Market) startDay(time.Time) Event {
	m.schedule(day, m.startDay)
	for _, s := range m.instruments {
		s.opens = opensDay
	}
	return Event{}
}

// publishNewsAbout publishes a headline about s or its sector, and lets it move the prices. Some are corrected after a while.
func (m *Market) publishNewsAbout(s *instrumentState, now time.Time) Event {
	h := m.news.generate(s, m, now)
	for _, about := range h.about {
		about.pendingNews = min(max(about.pendingNews+h.impact, -maxMove), maxMove)
	}
	if h.template.hasFigure() && m.random.IntN(9) == 0 {
		m.schedule(m.randomUpToTwice(1500*time.Millisecond), func(now time.Time) Event { return Event{News: m.news.correct(h, m, now)} })
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
	m.schedule(m.randomUpToTwice(haltGap), m.haltOne)
	if 4*(m.halted+1) > len(m.instruments) {
		return Event{}
	}
	s := m.mostMoved()
	if s == nil {
		return Event{}
	}
	length := m.randomUpToTwice(haltTime)
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
