package mockserver

import (
	"fmt"
	"time"

	"livetape/mockserver/fault"
	"livetape/mockserver/market"
)

// script is a scenario while a market performs it. A nil script is a market without one.
type script struct {
	market   *market.Market
	scenario *Scenario
	base     float64 // events a second, as configured
	outside  float64 // the rate that a fault from outside asks for, where payloads have the time of day; 0 for none

	clock time.Duration // the time of the events so far
	round time.Duration // when the present round began
	next  int           // cue of this round
	queue []performer   // what is left of a cue that makes several events

	tempo         float64 // of this scenario, in times the base
	burst, skewed spell
	told          map[string]*market.Headline
	struck        []fault.Fault // that have come due, for the server
	acted         bool          // since the server last asked
}

// spell is a value for a time.
type spell struct {
	value int64
	until time.Duration
}

// newMarket is the market of a server, and the script that it follows, if any.
func newMarket(c Config) (*market.Market, *script) {
	opening := market.Config{Seed: c.Seed, Symbols: c.Symbols, Epoch: c.Epoch, Now: c.Now().UTC()}
	if c.Scenario == nil {
		return market.New(opening), nil
	}
	if !c.Scenario.Start.IsZero() {
		opening.Now = c.Scenario.Start
	}
	opening.Opening = &market.Opening{Regime: c.Scenario.mood, Session: c.Scenario.session, NewsEvery: c.Scenario.chatter}
	s := &script{market: market.New(opening), scenario: c.Scenario, base: c.Rate, tempo: 1, told: map[string]*market.Headline{}}
	s.market.Follow(s)
	return s.market, s
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

// Next does what is due, until something makes an event.
func (s *script) Next(now time.Time) market.Event {
	for {
		act := s.due()
		if act == nil {
			return market.Event{}
		}
		s.acted = true
		if e := act.perform(s, s.market, now); !e.IsZero() {
			return e
		}
	}
}

// due is what is to be done next, by now; nil for nothing.
func (s *script) due() performer {
	if len(s.queue) > 0 {
		act := s.queue[0]
		s.queue = s.queue[1:]
		return act
	}
	cues := s.scenario.cues
	if s.next == len(cues) && s.scenario.Loop && s.clock-s.round >= s.scenario.Length {
		s.round += s.scenario.Length
		s.next, s.tempo = 0, 1
		s.market.SetRegime(s.scenario.mood)
	}
	if s.next == len(cues) || cues[s.next].at > s.clock-s.round {
		return nil
	}
	s.next++
	return cues[s.next-1].act
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
func (s *script) takeStruck() []fault.Fault {
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

// spells are the bursts and skews of a scenario, which keeps their time itself.
func (s *script) spells() (all []fault.Status) {
	if s == nil {
		return nil
	}
	if left := s.burst.until - s.clock; left > 0 {
		all = append(all, fault.Status{Fault: fault.Fault{Name: fault.Burst, Value: fmt.Sprint(s.burst.value)}, Left: left})
	}
	if left := s.skewed.until - s.clock; left > 0 {
		all = append(all, fault.Status{Fault: fault.Fault{Name: fault.Skew, Value: time.Duration(s.skewed.value).String()}, Left: left})
	}
	return all
}
