package market

import (
	"slices"
	"time"
)

// Status is the trading state of a symbol, or with an empty symbol of the whole market.
type Status struct {
	Symbol, State, Reason string // State is pre, open, closed, post or halted
	Time                  time.Time
}

// Script says what happens in a market before the market itself does: it gives its next event that is due at now, or the
// zero Event when none is.
type Script func(now time.Time) Event

// Follow has the market do what s says. The market needs an Opening.
func (m *Market) Follow(s Script) { m.script = s }

// Target is what a script acts on: the whole market, unless it names symbols or a sector.
type Target struct {
	Symbols []string
	Sector  *Sector
}

// IsMarket reports whether t is the whole market.
func (t Target) IsMarket() bool { return len(t.Symbols) == 0 && t.Sector == nil }

func (t Target) includes(s *instrumentState) bool {
	return t.IsMarket() || t.Sector != nil && *t.Sector == s.sector || slices.Contains(t.Symbols, s.Symbol)
}

// Find are the symbols of t that are there, in the order of the market.
func (m *Market) Find(t Target) (symbols []string) {
	for _, s := range m.instruments {
		if t.includes(s) {
			symbols = append(symbols, s.Symbol)
		}
	}
	return symbols
}

// SetRegime makes prices more or less volatile from now on.
func (m *Market) SetRegime(r Regime) { m.regime = r }

// Move brings prices elsewhere, by so many parts per billion, evenly over a time. In a move of the whole market, each
// takes its own share: an index fund all of it, a chip maker more, a currency little.
func (m *Market) Move(t Target, parts int64, over time.Duration) {
	for _, s := range m.instruments {
		if !t.includes(s) {
			continue
		}
		own := parts
		if t.IsMarket() {
			own = parts / 100 * s.beta
		}
		s.applyScheduledMoves(m.clock) // a halted price has not gone there yet
		s.scheduledMoves = append(s.scheduledMoves, scheduledMove{begin: m.clock, over: over, amount: partsPerBillion(s.fair, own)})
	}
}

// Publish makes h news, and gives it an ID and a URL.
func (m *Market) Publish(h Headline) Event {
	m.news.publish(&h)
	return Event{News: &h}
}

// Correct publishes a changed copy of a headline that was published before; its ID stays.
func (m *Market) Correct(h Headline) Event {
	m.news.replaceCorrected(&h)
	return Event{News: &h}
}

// SetHalted stops the trading of a symbol, or lets it resume if it is stopped.
func (m *Market) SetHalted(symbol string, halted bool, reason string, now time.Time) Event {
	at := slices.IndexFunc(m.instruments, func(s *instrumentState) bool { return s.Symbol == symbol })
	if at < 0 || !halted && !m.instruments[at].halted {
		return Event{}
	}
	return m.setHalted(m.instruments[at], halted, reason, now)
}

func (m *Market) setHalted(s *instrumentState, halted bool, reason string, now time.Time) Event {
	state, change := "open", -1
	if halted {
		state, change = "halted", 1
	}
	if s.halted != halted {
		s.halted = halted
		m.halted += change
	}
	return m.setStatus(Status{s.Symbol, state, reason, now})
}

// SetSession begins a session of the whole market. A day begins before the opening, and its open, high and low with the
// opening.
func (m *Market) SetSession(state, reason string, now time.Time) Event {
	for _, s := range m.instruments {
		switch {
		case !s.hasHours():
		case state == "pre" && m.session != "pre":
			s.opens |= opensDay
		case state == "open" && (m.session == "pre" || m.session == "closed"):
			s.opens |= opensSession
		}
	}
	if state == "open" && m.session != "open" {
		m.openedAt = m.clock
	}
	m.session = state
	return m.setStatus(Status{"", state, reason, now})
}

// setStatus makes a new status known; it replaces the one before.
func (m *Market) setStatus(s Status) Event {
	at := slices.IndexFunc(m.statuses, func(old *Status) bool { return old.Symbol == s.Symbol })
	if at < 0 {
		m.statuses = append(m.statuses, &s)
	} else {
		m.statuses[at] = &s
	}
	return Event{Status: &s}
}

// SetEpoch gives all headlines the ids of an epoch, those that a snapshot holds included.
func (m *Market) SetEpoch(epoch string) {
	m.news.epoch = epoch
	for n, h := range m.news.latest {
		renamed := *h
		m.news.setID(&renamed)
		m.news.latest[n] = &renamed
	}
}
