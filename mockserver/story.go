package mockserver

import (
	"slices"
	"time"
)

// The plot, in events. At the default rate a headline comes every 3 to 5 seconds.
const (
	firstNews     = 20 // after the start
	newsGap       = 120
	newsGapSpread = 80
	haltGap       = 1100
	haltLength    = 260
	moodGap       = 700
)

// appointment is something that is to happen at a turn.
type appointment struct {
	turn       int
	act        act
	instrument *instrument // halts, resumes, and news of one symbol
	story      *headline   // corrections
}

// act is what happens at an appointment.
type act int

const (
	breakNews   act = iota // and make the next appointment for news
	breakOwn               // news about a symbol that was halted for it
	correctNews            // change a headline of a moment ago
	halt                   // and make the next appointment for a halt
	resume                 // after a halt
	shiftMood              // no event by itself
)

// openAgenda makes the first appointments. One with a script says itself who is halted, and how nervous all are.
func (m *market) openAgenda(s *script) {
	m.appoint(appointment{act: breakNews}, firstNews)
	if s != nil {
		m.mood = s.scenario.mood
		return
	}
	m.appoint(appointment{act: halt}, haltGap/2)
	m.appoint(appointment{act: shiftMood}, moodGap)
}

// appoint keeps the agenda in the order of turns. In a large market, stories come as often per symbol.
func (m *market) appoint(a appointment, ahead int) {
	a.turn = m.turn + ahead
	at := slices.IndexFunc(m.agenda, func(b appointment) bool { return b.turn > a.turn })
	if at < 0 {
		at = len(m.agenda)
	}
	m.agenda = slices.Insert(m.agenda, at, a)
}

// ahead is a gap between stories, with some play, for a market of this size.
func (m *market) ahead(gap, play int) int {
	size := max(1, len(m.instruments)/len(named))
	return (gap + int(m.dice.below(int64(play)))) * size
}

// hurry moves the next appointment for an act to so many turns from now.
func (m *market) hurry(what act, ahead int) {
	at := slices.IndexFunc(m.agenda, func(a appointment) bool { return a.act == what })
	if at < 0 {
		return
	}
	a := m.agenda[at]
	m.agenda = slices.Delete(m.agenda, at, at+1)
	m.appoint(a, ahead)
}

// plotNext keeps the appointments that are due, until one of them makes an event.
func (m *market) plotNext(now time.Time) (happening, bool) {
	if m.script != nil {
		if h, ok := m.script.play(m, now); ok {
			return h, true
		}
	}
	for len(m.agenda) > 0 && m.agenda[0].turn <= m.turn {
		due := m.agenda[0]
		m.agenda = slices.Delete(m.agenda, 0, 1)
		if h := m.keep(due, now); h != (happening{}) {
			return h, true
		}
	}
	return happening{}, false
}

// keep does what is due; what comes of it may be nothing.
func (m *market) keep(a appointment, now time.Time) happening {
	switch a.act {
	case breakNews:
		m.appoint(appointment{act: breakNews}, m.ahead(newsGap, newsGapSpread))
		return m.report(m.pick(), now)
	case breakOwn:
		return m.report(a.instrument, now)
	case correctNews:
		return happening{news: m.newsroom.correct(a.story, m, now)}
	case halt:
		m.appoint(appointment{act: halt}, m.ahead(haltGap, haltGap))
		return m.halt(now)
	case resume:
		m.halted--
		a.instrument.halted = false
		return m.say(a.instrument.symbol, "open", "Trading resumes", now)
	case shiftMood:
		m.appoint(appointment{act: shiftMood}, moodGap/2+int(m.dice.below(moodGap)))
		m.mood = mood(m.dice.below(int64(wild) + 1))
	}
	return happening{}
}

// report publishes a headline about i or its sector, and lets it move the prices.
func (m *market) report(i *instrument, now time.Time) happening {
	story := m.newsroom.write(i, m, now)
	for _, symbol := range story.concerns {
		symbol.impulse = min(max(symbol.impulse+story.impact, -maxMove), maxMove)
	}
	if story.template.hasFigure() && m.dice.below(9) == 0 {
		m.appoint(appointment{act: correctNews, story: story}, 60+int(m.dice.below(120)))
	}
	return happening{news: story}
}

// halt stops the trading of one symbol for a while: the one of a few that has moved most, or one that
// news is about to break on. Most of the market always trades.
func (m *market) halt(now time.Time) happening {
	if 4*(m.halted+1) > len(m.instruments) {
		return happening{}
	}
	i := m.restless()
	if i == nil {
		return happening{}
	}
	i.halted = true
	m.halted++
	length := haltLength + int(m.dice.below(haltLength))
	m.appoint(appointment{act: resume, instrument: i}, length)
	if m.dice.below(2) == 0 {
		m.appoint(appointment{act: breakOwn, instrument: i}, length/2)
		return m.say(i.symbol, "halted", "News pending", now)
	}
	return m.say(i.symbol, "halted", "Volatility pause", now)
}

// restless picks three symbols and gives the one that has moved most since the open; nil when none of
// them can be halted.
func (m *market) restless() (most *instrument) {
	for range 3 {
		i := m.pick()
		if i.canHalt() && (most == nil || i.moved() > most.moved()) {
			most = i
		}
	}
	return most
}

// moved is the distance from the open, in parts per million of it.
func (i *instrument) moved() int64 {
	distance := i.last - i.open
	return max(distance, -distance) * 1_000_000 / i.open
}

// status is the trading state of a symbol, or with an empty symbol of the whole market.
type status struct {
	symbol, state, reason string
	time                  time.Time
}

// say makes a new status known; it replaces the one before.
func (m *market) say(symbol, state, reason string, now time.Time) happening {
	s := &status{symbol, state, reason, now}
	at := slices.IndexFunc(m.statuses, func(old *status) bool { return old.symbol == s.symbol })
	if at < 0 {
		m.statuses = append(m.statuses, s)
	} else {
		m.statuses[at] = s
	}
	return happening{status: s}
}
