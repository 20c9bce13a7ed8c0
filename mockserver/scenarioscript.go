package mockserver

import (
	"cmp"
	"time"
)

// script is a scenario while a market performs it. A nil script is a market without one.
type script struct {
	scenario *Scenario
	base     float64 // events a second, as configured
	outside  float64 // the rate that a fault from outside asks for, where payloads have the time of day; 0 for none

	clock time.Duration // the time of the events so far
	round time.Duration // when the present round began
	next  int           // cue of this round
	queue []performer   // what is left of a cue that makes several events

	tempo         float64 // of this scenario, in times the base
	burst, skewed spell
	chatter       time.Duration // when the market says something of its own
	told          map[string]*headline
	struck        []Fault // that have come due, for the server
	acted         bool    // since the server last asked
}

// spell is a value for a time.
type spell struct {
	value int64
	until time.Duration
}

func newScript(c Config) *script {
	if c.Scenario == nil {
		return nil
	}
	return &script{
		scenario: c.Scenario, base: c.Rate, tempo: 1, chatter: c.Scenario.chatter, told: map[string]*headline{},
	}
}

// begin sets the stage for a market that has lived through its past.
func (s *script) begin(m *market, now time.Time) {
	first := s.scenario.session
	first.state, first.time = cmp.Or(first.state, "open"), now
	m.script, m.agenda, m.session = s, nil, first.state
	m.statuses = []*status{&first}
}

// now is how long the events so far have taken.
func (s *script) now() time.Duration {
	if s == nil {
		return 0
	}
	return s.clock
}

// rate is how many events come in a second now.
func (s *script) rate() float64 {
	switch {
	case s.burst.until > s.clock:
		return float64(s.burst.value)
	case s.outside > 0:
		return s.outside
	}
	return min(s.base*s.tempo, maxRate)
}

// interval is the time that an event takes at a rate. It is a whole number, so that times add up to the same on every
// machine.
func interval(rate float64) time.Duration { return time.Duration(float64(time.Second) / rate) }

// advance is for the next event: its time passes, and it gets the time for its payload.
func (s *script) advance(now time.Time, skew time.Duration) time.Time {
	if s != nil {
		s.clock += interval(s.rate())
	}
	return s.time(now, skew)
}

// time is what payloads are told that the time is.
func (s *script) time(now time.Time, skew time.Duration) time.Time {
	if s == nil {
		return now.Add(skew)
	}
	if !s.scenario.Start.IsZero() {
		now = s.scenario.Start.Add(s.clock)
	}
	if s.skewed.until > s.clock {
		skew += time.Duration(s.skewed.value)
	}
	return now.Add(skew)
}

// play does what is due, until something makes an event.
func (s *script) play(m *market, now time.Time) (happening, bool) {
	for {
		act := s.due(m)
		if act == nil {
			return s.gossip(m, now)
		}
		s.acted = true
		if h := act.perform(s, m, now); h != (happening{}) {
			return h, true
		}
	}
}

// due is what is to be done next, by now; nil for nothing.
func (s *script) due(m *market) performer {
	if len(s.queue) > 0 {
		act := s.queue[0]
		s.queue = s.queue[1:]
		return act
	}
	cues := s.scenario.cues
	if s.next == len(cues) && s.scenario.Loop && s.clock-s.round >= s.scenario.Length {
		s.round += s.scenario.Length
		s.next, s.tempo, m.mood = 0, 1, s.scenario.mood
	}
	if s.next == len(cues) || cues[s.next].at > s.clock-s.round {
		return nil
	}
	s.next++
	return cues[s.next-1].act
}

// gossip is a headline that the market makes up by itself, now and then.
func (s *script) gossip(m *market, now time.Time) (happening, bool) {
	gap := s.scenario.chatter
	if gap == 0 || s.clock < s.chatter {
		return happening{}, false
	}
	s.chatter = s.clock + gap/2 + time.Duration(m.dice.below(int64(gap)))
	if about := m.pick(); about != nil {
		return m.report(about, now), true
	}
	return happening{}, false
}

// hasActed reports whether the rate or the faults may be others since it was last asked.
func (s *script) hasActed() bool {
	if s == nil || !s.acted {
		return false
	}
	s.acted = false
	return true
}

// takeStruck gives the faults that have come due.
func (s *script) takeStruck() []Fault {
	if s == nil {
		return nil
	}
	struck := s.struck
	s.struck = nil
	return struck
}

// disclaimer is what is said below a headline that says nothing else.
func (s *script) disclaimer() string {
	return "Made up: part of the scenario " + s.scenario.Name + "."
}

// push is what is left of a move of one symbol.
type push struct {
	begin, over   time.Duration
	amount, given int64 // fine ticks, of all and so far
}

// at is how much of it is due.
func (p push) at(clock time.Duration) int64 {
	const whole = 1_000_000
	if p.over == 0 || clock >= p.begin+p.over {
		return p.amount
	}
	part := (clock - p.begin).Microseconds() * whole / max(1, p.over.Microseconds())
	return p.amount/whole*part + p.amount%whole*part/whole
}

// portion is the given parts per billion of x, of any size.
func portion(x, parts int64) int64 { return x / 1000 * parts / (billion / 1000) }
