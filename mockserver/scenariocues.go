package mockserver

import (
	"cmp"
	"time"

	"livetape/mockserver/fault"
	"livetape/mockserver/market"
)

// mood is how volatile the market is.
type mood market.Regime

func (w mood) perform(_ *script, m *market.Market, _ time.Time) market.Event {
	m.SetRegime(market.Regime(w))
	return market.Event{}
}

// tempo is how many times as many events come as usual.
type tempo float64

func (t tempo) perform(s *script, _ *market.Market, _ time.Time) market.Event {
	s.tempo = float64(t)
	return market.Event{}
}

// move brings prices somewhere else.
type move struct {
	market.Target
	parts int64         // by how much, in parts per billion
	over  time.Duration // evenly
}

func (v move) perform(_ *script, m *market.Market, _ time.Time) market.Event {
	m.Move(v.Target, v.parts, v.over)
	return market.Event{}
}

// announcement is a headline.
type announcement struct {
	id                                string // by which a correction calls it
	text, summary, source, importance string
	symbols                           []string
	impact                            int64 // on the prices of symbols, or of the whole market, in parts per billion
}

func (a announcement) perform(s *script, m *market.Market, now time.Time) market.Event {
	e := m.Publish(market.Headline{
		Title: a.text, Summary: cmp.Or(a.summary, s.disclaimer()), Source: a.source, Importance: a.importance,
		Symbols: a.symbols, Time: now,
	})
	if a.id != "" {
		s.told[a.id] = e.News
	}
	impress(a.symbols, a.impact, m)
	return e
}

// correction tells a headline again, under the same id.
type correction struct {
	of                        string
	text, summary, importance string // the latter two are as before, where empty
	impact                    int64
}

func (c correction) perform(s *script, m *market.Market, now time.Time) market.Event {
	h := *s.told[c.of]
	h.Title, h.Time = c.text, now
	h.Summary, h.Importance = cmp.Or(c.summary, h.Summary), cmp.Or(c.importance, h.Importance)
	e := m.Correct(h)
	s.told[c.of] = e.News
	impress(h.Symbols, c.impact, m)
	return e
}

// impress lets news move prices, in a few seconds.
func impress(symbols []string, impact int64, m *market.Market) {
	const felt = 4 * time.Second
	if impact != 0 {
		m.Move(market.Target{Symbols: symbols}, impact, felt)
	}
}

// halting stops the trading of symbols, one event each.
type halting struct {
	market.Target
	reason string
}

func (h halting) perform(s *script, m *market.Market, _ time.Time) market.Event {
	for _, symbol := range m.Find(h.Target) {
		s.queue = append(s.queue, ruling{symbol, true, h.reason})
	}
	return market.Event{}
}

// resumption lets those of the symbols trade that are halted.
type resumption struct {
	market.Target
	reason string
}

func (r resumption) perform(s *script, m *market.Market, _ time.Time) market.Event {
	for _, symbol := range m.Find(r.Target) {
		if m.IsHalted(symbol) {
			s.queue = append(s.queue, ruling{symbol, false, r.reason})
		}
	}
	return market.Event{}
}

// ruling is about one symbol.
type ruling struct {
	symbol string
	halted bool
	reason string
}

func (r ruling) perform(_ *script, m *market.Market, now time.Time) market.Event {
	return m.SetHalted(r.symbol, r.halted, r.reason, now)
}

// session is a state of the whole market.
type session market.Status

func (n session) perform(_ *script, m *market.Market, now time.Time) market.Event {
	return m.SetSession(n.State, n.Reason, now)
}

// breakdown is a fault of the server. Two of them are the market's own and keep its time; the others are for the server,
// when the events so far are logged.
type breakdown fault.Fault

func (b breakdown) perform(s *script, _ *market.Market, _ time.Time) market.Event {
	f := fault.Fault(b)
	until := s.clock + f.Duration()
	switch f.Name {
	case fault.Burst:
		s.burst = spell{f.Number(), until}
		return market.Event{}
	case fault.Skew:
		s.skewed = spell{f.Number(), until}
		return market.Event{}
	case fault.Clear:
		s.burst, s.skewed = spell{}, spell{}
	}
	s.struck = append(s.struck, f)
	return market.Event{}
}
