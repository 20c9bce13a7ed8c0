package scenario

import (
	"cmp"
	"time"

	"livetape/mockserver/fault"
	"livetape/mockserver/market"
)

// action is something that a scenario does. It gives the event that it makes, if any, and leaves further ones to the
// queue of p.
type action func(p *Player, now time.Time) market.Event

func setRegime(r market.Regime) action {
	return func(p *Player, _ time.Time) market.Event {
		p.Market.SetRegime(r)
		return market.Event{}
	}
}

func setRate(factor float64) action {
	return func(p *Player, _ time.Time) market.Event {
		p.rateFactor = factor
		return market.Event{}
	}
}

// movePrices moves prices by parts per billion, evenly over a time.
func movePrices(t market.Target, parts int64, over time.Duration) action {
	return func(p *Player, _ time.Time) market.Event {
		p.Market.Move(t, parts, over)
		return market.Event{}
	}
}

type announcement struct {
	market.Headline
	id     string // by which corrections call it
	impact int64  // on the prices of its symbols, or of the whole market, in parts per billion
}

func (a announcement) publish(p *Player, now time.Time) market.Event {
	h := a.Headline
	h.Time = now
	h.Summary = cmp.Or(h.Summary, "Made up: part of the scenario "+p.scenario.Name+".")
	e := p.Market.Publish(h)
	if a.id != "" {
		p.published[a.id] = e.News
	}
	a.movePrices(p, h.Symbols)
	return e
}

// correct changes the headline with the id of a. Its summary and importance are as before, unless a has others.
func (a announcement) correct(p *Player, now time.Time) market.Event {
	h := *p.published[a.id]
	h.Title, h.Time = a.Title, now
	h.Summary, h.Importance = cmp.Or(a.Summary, h.Summary), cmp.Or(a.Importance, h.Importance)
	e := p.Market.Correct(h)
	p.published[a.id] = e.News
	a.movePrices(p, h.Symbols)
	return e
}

// movePrices has the impact on the prices of symbols, in a few seconds.
func (a announcement) movePrices(p *Player, symbols []string) {
	const over = 4 * time.Second
	if a.impact != 0 {
		p.Market.Move(market.Target{Symbols: symbols}, a.impact, over)
	}
}

// setHalted stops the trading of all of t, or lets those of t trade that are halted, with one event for each symbol.
func setHalted(t market.Target, halted bool, reason string) action {
	return func(p *Player, _ time.Time) market.Event {
		for _, symbol := range p.Market.Find(t) {
			p.queue = append(p.queue, func(p *Player, now time.Time) market.Event {
				return p.Market.SetHalted(symbol, halted, reason, now)
			})
		}
		return market.Event{}
	}
}

func setSession(s market.Status) action {
	return func(p *Player, now time.Time) market.Event { return p.Market.SetSession(s.State, s.Reason, now) }
}

// startFault starts a fault of the server. A burst and a skew change the events themselves and keep their time; the
// others are left to the server, when the events so far are logged.
func startFault(f fault.Fault) action {
	return func(p *Player, _ time.Time) market.Event {
		until := p.clock + f.Duration()
		switch f.Name {
		case fault.Burst:
			p.burst = temporaryValue{f.Number(), until}
			return market.Event{}
		case fault.Skew:
			p.skew = temporaryValue{f.Number(), until}
			return market.Event{}
		case fault.Clear:
			p.burst, p.skew = temporaryValue{}, temporaryValue{}
		}
		p.faults = append(p.faults, f)
		return market.Event{}
	}
}
