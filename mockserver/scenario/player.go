package scenario

import (
	"strconv"
	"time"

	"livetape/mockserver/fault"
	"livetape/mockserver/market"
)

// Player makes the events of a market, which follows a scenario if there is one, and keeps the time of both. It is for
// one goroutine at a time.
type Player struct {
	Market *market.Market

	scenario   *Scenario // nil: none
	baseRate   float64   // events a second, as configured
	serverRate float64   // events a second that a burst of the server asks for, where it makes more events; 0: none

	clock      time.Duration // the time of the events so far
	roundStart time.Duration
	next       int      // action of this round
	queue      []action // what is left of an action that makes several events
	acted      bool     // in this event

	rateFactor  float64 // events for each of the base rate
	burst, skew temporaryValue
	published   map[string]*market.Headline // by the ids that corrections use
	faults      []fault.Fault               // due, for the server
}

type temporaryValue struct {
	value int64
	until time.Duration
}

// timeLeft is how long v still holds; 0 or less for no more. It does not hold when it was never set, although at very low
// rates the clock comes around to before 0.
func (v temporaryValue) timeLeft(clock time.Duration) time.Duration {
	if v.value == 0 {
		return 0
	}
	return v.until - clock
}

// NewPlayer plays s, or with a nil s a market that follows none. Rate is in events a second.
func NewPlayer(s *Scenario, c market.Config, rate float64) *Player {
	p := &Player{scenario: s, baseRate: rate, rateFactor: 1, published: map[string]*market.Headline{}}
	if s == nil {
		p.Market = market.New(c)
		return p
	}
	if !s.Start.IsZero() {
		c.Now = s.Start
	}
	c.Opening = &s.opening
	p.Market = market.New(c)
	p.Market.Follow(p.nextScripted)
	return p
}

// Next makes the next event; with a scenario, that may be the zero one. Now is the time of day, and skew is how far
// payloads are ahead of it. Acted reports whether the scenario did something, so that Pace and TakeFaults may have changed.
func (p *Player) Next(now time.Time, skew time.Duration) (e market.Event, acted bool) {
	p.clock += Interval(p.eventRate())
	p.acted = false
	return p.Market.Next(p.Time(now, skew), p.clock), p.acted
}

// Clock is how long the events so far have taken.
func (p *Player) Clock() time.Duration { return p.clock }

// Interval is the time that an event takes at a rate. It is a whole number, so that times add up to the same on every
// machine.
func Interval(rate float64) time.Duration { return time.Duration(float64(time.Second) / rate) }

// Pace is how many events a second of the player's time has, and how many times faster than the wall clock that time
// runs. Burst is the rate that a fault of the server asks for; 0 for none. It makes more events, unless these are to be
// the same in every run: then they only come faster.
func (p *Player) Pace(burst float64) (rate, speed float64) {
	if !p.hasOwnClock() {
		p.serverRate = burst
		return p.eventRate(), 1
	}
	if rate = p.eventRate(); burst > 0 {
		return rate, burst / rate
	}
	return rate, 1
}

func (p *Player) hasOwnClock() bool { return p.scenario != nil && !p.scenario.Start.IsZero() }

func (p *Player) eventRate() float64 {
	switch {
	case p.burst.timeLeft(p.clock) > 0:
		return float64(p.burst.value)
	case p.serverRate > 0:
		return p.serverRate
	}
	return min(p.baseRate*p.rateFactor, maxRate)
}

// Time is what payloads say that the time is.
func (p *Player) Time(now time.Time, skew time.Duration) time.Time {
	if p.hasOwnClock() {
		now = p.scenario.Start.Add(p.clock)
	}
	if p.skew.timeLeft(p.clock) > 0 {
		skew += time.Duration(p.skew.value)
	}
	return now.Add(skew)
}

func (p *Player) nextScripted(now time.Time) market.Event {
	for due := p.takeDueAction(); due != nil; due = p.takeDueAction() {
		p.acted = true
		if e := due(p, now); !e.IsZero() {
			return e
		}
	}
	return market.Event{}
}

func (p *Player) takeDueAction() action {
	if len(p.queue) > 0 {
		first := p.queue[0]
		p.queue = p.queue[1:]
		return first
	}
	s := p.scenario
	if p.next == len(s.actions) && s.Loop && p.clock-p.roundStart >= s.Length {
		p.roundStart += s.Length
		p.next, p.rateFactor = 0, 1
		p.Market.SetRegime(s.opening.Regime)
	}
	if p.next == len(s.actions) || s.actions[p.next].at > p.clock-p.roundStart {
		return nil
	}
	p.next++
	return s.actions[p.next-1].action
}

// TakeFaults takes the faults that have come due since the last call.
func (p *Player) TakeFaults() []fault.Fault {
	due := p.faults
	p.faults = nil
	return due
}

// ActiveFaults are the bursts and skews of the scenario, which keeps their time itself.
func (p *Player) ActiveFaults() (all []fault.Status) {
	if left := p.burst.timeLeft(p.clock); left > 0 {
		all = append(all, fault.Status{Fault: fault.Fault{Name: fault.Burst, Value: strconv.FormatInt(p.burst.value, 10)}, Left: left})
	}
	if left := p.skew.timeLeft(p.clock); left > 0 {
		all = append(all, fault.Status{Fault: fault.Fault{Name: fault.Skew, Value: time.Duration(p.skew.value).String()}, Left: left})
	}
	return all
}
