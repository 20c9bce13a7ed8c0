package mockserver

import (
	"cmp"
	"time"
)

// perform changes how nervous everybody is.
func (w mood) perform(_ *script, m *market, _ time.Time) happening {
	m.mood = w
	return happening{}
}

// tempo is how many times as many events come as usual.
type tempo float64

func (t tempo) perform(s *script, _ *market, _ time.Time) happening {
	s.tempo = float64(t)
	return happening{}
}

// move brings prices somewhere else.
type move struct {
	target
	parts int64         // by how much, in parts per billion
	over  time.Duration // evenly
}

// perform begins the move. In one of the whole market, each takes its own share: an index fund all of it, a chip maker
// more, a currency little.
func (v move) perform(s *script, m *market, _ time.Time) happening {
	for _, i := range m.instruments {
		if !v.hits(i) {
			continue
		}
		parts := v.parts
		if v.whole() {
			parts = parts / 100 * i.beta
		}
		i.yield(s) // a halted price has not gone there yet
		i.pushes = append(i.pushes, push{begin: s.clock, over: v.over, amount: portion(i.fair, parts)})
	}
	return happening{}
}

// announcement is a headline.
type announcement struct {
	id                                string // by which a correction calls it
	text, summary, source, importance string
	symbols                           []string
	impact                            int64 // on the prices of symbols, or of the whole market, in parts per billion
}

func (a announcement) perform(s *script, m *market, now time.Time) happening {
	h := m.newsroom.announce(&headline{
		title: a.text, summary: cmp.Or(a.summary, s.disclaimer()), source: a.source, importance: a.importance,
		symbols: a.symbols, time: now,
	})
	if a.id != "" {
		s.told[a.id] = h
	}
	s.impress(a.symbols, a.impact, m, now)
	return happening{news: h}
}

// correction tells a headline again, under the same id.
type correction struct {
	of                        string
	text, summary, importance string // the latter two are as before, where empty
	impact                    int64
}

func (c correction) perform(s *script, m *market, now time.Time) happening {
	old := s.told[c.of]
	h := *old
	h.title, h.time = c.text, now
	h.summary, h.importance = cmp.Or(c.summary, h.summary), cmp.Or(c.importance, h.importance)
	m.newsroom.replace(old, &h)
	s.told[c.of] = &h
	s.impress(h.symbols, c.impact, m, now)
	return happening{news: &h}
}

// impress lets news move prices, in a few seconds.
func (s *script) impress(symbols []string, impact int64, m *market, now time.Time) {
	const felt = 4 * time.Second
	if impact != 0 {
		move{target{symbols: symbols}, impact, felt}.perform(s, m, now)
	}
}

// halting stops the trading of symbols, one event each.
type halting struct {
	target
	reason string
}

func (h halting) perform(s *script, m *market, _ time.Time) happening {
	for _, i := range m.instruments {
		if h.hits(i) {
			s.queue = append(s.queue, ruling{i, true, h.reason})
		}
	}
	return happening{}
}

// resumption lets those of the symbols trade that are halted.
type resumption struct {
	target
	reason string
}

func (r resumption) perform(s *script, m *market, _ time.Time) happening {
	for _, i := range m.instruments {
		if r.hits(i) && i.halted {
			s.queue = append(s.queue, ruling{i, false, r.reason})
		}
	}
	return happening{}
}

// ruling is about one symbol.
type ruling struct {
	instrument *instrument
	halted     bool
	reason     string
}

func (r ruling) perform(_ *script, m *market, now time.Time) happening {
	i, state := r.instrument, "open"
	if r.halted {
		state = "halted"
	}
	if i.halted != r.halted {
		i.halted = r.halted
		m.halted += map[bool]int{true: 1, false: -1}[r.halted]
	}
	return m.say(i.symbol, state, r.reason, now)
}

// session is a state of the whole market.
type session status

// perform begins the session. A day begins before the opening, and its open, high and low with the opening.
func (n session) perform(_ *script, m *market, now time.Time) happening {
	for _, i := range m.instruments {
		switch {
		case !i.hasHours():
		case n.state == "pre" && m.session != "pre":
			i.morning |= newDay
		case n.state == "open" && (m.session == "pre" || m.session == "closed"):
			i.morning |= opening
		}
	}
	m.session = n.state
	return m.say("", n.state, n.reason, now)
}

// breakdown is a fault of the server. Two of them are the market's own and keep its time; the others are for the server,
// when the events so far are logged.
type breakdown Fault

func (b breakdown) perform(s *script, _ *market, _ time.Time) happening {
	f := Fault(b)
	kind, _ := f.info() // ParseFault has checked it
	value, _ := kind.magnitude(f.Value)
	until := s.clock + cmp.Or(f.For, kind.For)
	switch f.Name {
	case faultBurst:
		s.burst = spell{value.n, until}
		return happening{}
	case faultSkew:
		s.skewed = spell{value.n, until}
		return happening{}
	case faultClear:
		s.burst, s.skewed = spell{}, spell{}
	}
	s.struck = append(s.struck, f)
	return happening{}
}
