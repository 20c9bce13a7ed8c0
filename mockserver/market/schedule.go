package market

import (
	"slices"
	"time"
)

// The market's own plot, in events. At the default rate a headline comes every 3 to 5 seconds.
const (
	firstNews     = 20 // after the start
	newsGap       = 120
	newsGapSpread = 80
	haltGap       = 1100
	haltLength    = 260
	regimeGap     = 700
)

// scheduledEvent is something that is to happen at a turn.
type scheduledEvent struct {
	turn       int
	action     action
	instrument *instrumentState  // of resume and breakHaltNews
	headline   generatedHeadline // of correctNews
}

// action is what a scheduled event does.
type action int

const (
	breakNews     action = iota // and schedule the next news
	breakHaltNews               // news about a symbol that was halted for it
	correctNews                 // change a headline of a moment ago
	halt                        // and schedule the next halt
	resume                      // after a halt
	shiftRegime                 // no event by itself
)

// schedulePlot schedules the first events. A script says itself what is halted, and how volatile the market is.
func (m *Market) schedulePlot(o *Opening) {
	m.add(scheduledEvent{action: breakNews}, firstNews)
	if o != nil {
		m.regime = o.Regime
		return
	}
	m.add(scheduledEvent{action: halt}, haltGap/2)
	m.add(scheduledEvent{action: shiftRegime}, regimeGap)
}

// add schedules e so many turns ahead, and keeps the schedule in the order of turns.
func (m *Market) add(e scheduledEvent, ahead int) {
	e.turn = m.turn + ahead
	at := slices.IndexFunc(m.schedule, func(other scheduledEvent) bool { return other.turn > e.turn })
	if at < 0 {
		at = len(m.schedule)
	}
	m.schedule = slices.Insert(m.schedule, at, e)
}

// ahead is a gap with a random part. In a large market it is longer, so that news comes as often per symbol.
func (m *Market) ahead(gap, spread int) int {
	size := max(1, len(m.instruments)/UsualSymbols)
	return (gap + int(m.random.below(int64(spread)))) * size
}

// reschedule moves the next event of an action to so many turns from now.
func (m *Market) reschedule(what action, ahead int) {
	at := slices.IndexFunc(m.schedule, func(e scheduledEvent) bool { return e.action == what })
	if at < 0 {
		return
	}
	e := m.schedule[at]
	m.schedule = slices.Delete(m.schedule, at, at+1)
	m.add(e, ahead)
}

// nextScheduled does what is due, until something makes an event.
func (m *Market) nextScheduled(now time.Time) Event {
	for len(m.schedule) > 0 && m.schedule[0].turn <= m.turn {
		due := m.schedule[0]
		m.schedule = slices.Delete(m.schedule, 0, 1)
		if e := m.perform(due, now); !e.IsZero() {
			return e
		}
	}
	return Event{}
}

// perform does what is due; what comes of it may be nothing.
func (m *Market) perform(e scheduledEvent, now time.Time) Event {
	switch e.action {
	case breakNews:
		m.add(scheduledEvent{action: breakNews}, m.ahead(newsGap, newsGapSpread))
		return m.report(m.pickInstrument(), now)
	case breakHaltNews:
		return m.report(e.instrument, now)
	case correctNews:
		return Event{News: m.news.correct(e.headline, m, now)}
	case halt:
		m.add(scheduledEvent{action: halt}, m.ahead(haltGap, haltGap))
		return m.haltOne(now)
	case resume:
		return m.setHalted(e.instrument, false, "Trading resumes", now)
	case shiftRegime:
		m.add(scheduledEvent{action: shiftRegime}, regimeGap/2+int(m.random.below(regimeGap)))
		m.regime = Regime(m.random.below(int64(Wild) + 1))
	}
	return Event{}
}

// report publishes a headline about s or its sector, and lets it move the prices.
func (m *Market) report(s *instrumentState, now time.Time) Event {
	h := m.news.generate(s, m, now)
	for _, about := range h.about {
		about.newsImpact = min(max(about.newsImpact+h.impact, -maxMove), maxMove)
	}
	if h.template.hasFigure() && m.random.below(9) == 0 {
		m.add(scheduledEvent{action: correctNews, headline: h}, 60+int(m.random.below(120)))
	}
	return Event{News: h.Headline}
}

// nextOwnHeadline is one that the market makes up beside a script, now and then.
func (m *Market) nextOwnHeadline(now time.Time) Event {
	if m.newsEvery == 0 || m.clock < m.newsDue {
		return Event{}
	}
	m.newsDue = m.clock + m.newsEvery/2 + time.Duration(m.random.below(int64(m.newsEvery)))
	if about := m.pickInstrument(); about != nil {
		return m.report(about, now)
	}
	return Event{}
}

// haltOne stops the trading of one symbol for a while: the one of a few that has moved most, or one that
// news is about to break on. Most of the market always trades.
func (m *Market) haltOne(now time.Time) Event {
	if 4*(m.halted+1) > len(m.instruments) {
		return Event{}
	}
	s := m.mostMoved()
	if s == nil {
		return Event{}
	}
	length := haltLength + int(m.random.below(haltLength))
	m.add(scheduledEvent{action: resume, instrument: s}, length)
	if m.random.below(2) == 0 {
		m.add(scheduledEvent{action: breakHaltNews, instrument: s}, length/2)
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
