package mockserver

import (
	"time"

	"livetape/mockserver/emulate"
)

// Ends of what is computed with integers alone, so that a seed gives the same market on every machine.
const (
	fine    = 1024          // parts of a tick in which fair values are kept
	billion = 1_000_000_000 // moves are in parts per billion
	maxMove = billion / 20  // from one event to the next
)

// instrument is one symbol of the market: its listing, what is public about it, and what drives it.
type instrument struct {
	listing
	last, bid, ask             int64 // ticks
	open, high, low, prevClose int64
	size, volume               int64 // in units of the last size decimal
	time                       time.Time
	halted                     bool
	symbols                    []string // its own symbol, as an event lists it
	listed                     *emulate.Instrument

	fair, anchor int64   // fine ticks: where the price is, and where it is drawn to
	impulse      int64   // what news will still move it
	pushes       []push  // what a script will still move it
	morning      morning // what its next trade begins
	seenMarket   int64   // levels of the factors at its last move
	seenSector   int64
}

// newInstrument opens near the listing's price: a gap away from the close before.
func newInstrument(l listing, d *dice) *instrument {
	i := &instrument{listing: l, prevClose: l.price, symbols: []string{l.symbol}, listed: l.tell()}
	i.fair = l.price * fine
	i.fair += scale(i.fair, d.normal(20*l.sigma))
	i.anchor = i.fair
	i.last = max(1, i.fair/fine)
	i.open, i.high, i.low = i.last, i.last, i.last
	i.bid, i.ask = max(1, i.last-l.spread), i.last+l.spread
	i.size = l.lot
	i.volume = l.lot * (500 + d.below(5000))
	return i
}

// scale is the given parts per billion of x.
func scale(x, parts int64) int64 {
	parts = min(max(parts, -maxMove), maxMove)
	return x / 1000 * parts / (billion / 1000)
}

// move brings the fair value up to now: with the market, its sector, the news, and by itself.
func (i *instrument) move(m *market) {
	market, sector := m.level, m.sectors[i.sector]
	parts := i.beta*(market-i.seenMarket+sector-i.seenSector)/100 + m.dice.normal(i.sigma*m.mood.percent()/100)
	i.seenMarket, i.seenSector = market, sector

	i.yield(m.script)
	felt := i.impulse / 3
	i.impulse -= felt
	i.anchor += scale(i.anchor, felt)
	i.anchor += (i.price*fine - i.anchor) / 5000
	i.fair += scale(i.fair, parts+felt) + (i.anchor-i.fair)/500
	i.fair = min(max(i.fair, i.price*fine/4), i.price*fine*4)
}

// yield goes as far as the pushes of a script have come.
func (i *instrument) yield(s *script) {
	if len(i.pushes) == 0 {
		return
	}
	left := i.pushes[:0]
	for _, p := range i.pushes {
		due := p.at(s.clock)
		i.fair += due - p.given
		i.anchor += due - p.given
		if p.given = due; due != p.amount {
			left = append(left, p)
		}
	}
	i.pushes = left
	i.anchor = min(max(i.anchor, i.price*fine/4), i.price*fine*4)
}

// morning is what begins with a trade.
type morning uint8

const (
	newDay  morning = 1 << iota // the close before, and the volume
	opening                     // the session, with its open, high and low
)

// dawn begins what is to begin with a trade, where prior is the price before it.
func (i *instrument) dawn(prior int64) (changed fields) {
	if i.morning&newDay != 0 {
		i.prevClose, i.volume = prior, i.size
		changed |= fieldPrevClose | fieldVolume
	}
	if i.morning != 0 {
		i.open, i.high, i.low = i.last, i.last, i.last
		changed |= fieldOpen | fieldHigh | fieldLow
	}
	i.morning = 0
	return changed
}

// quote sets bid and ask around the fair value and reports which of them changed.
func (i *instrument) quote(m *market) (changed fields) {
	width := i.spread*m.mood.percent()/100 + m.dice.below(i.spread+1)
	bid := max(1, (i.fair/fine)-width/2)
	ask := bid + max(1, width)
	if bid != i.bid {
		changed |= fieldBid
	}
	if ask != i.ask {
		changed |= fieldAsk
	}
	i.bid, i.ask = bid, ask
	return changed
}

// trade happens at bid or ask and reports what it changed beside them.
func (i *instrument) trade(m *market) (changed fields) {
	i.last = i.bid
	if m.dice.below(2) == 0 {
		i.last = i.ask
	}
	i.size = max(1, i.lot*(1+m.dice.below(1+m.dice.below(40)))/4)
	i.volume += i.size
	changed = fieldLast | fieldSize | fieldVolume
	if i.last > i.high {
		i.high = i.last
		changed |= fieldHigh
	}
	if i.last < i.low {
		i.low = i.last
		changed |= fieldLow
	}
	return changed
}

// tick is the next thing that happens to the price: mostly a trade, sometimes only a new bid or ask.
func (i *instrument) tick(m *market, now time.Time) fields {
	i.move(m)
	i.time = now
	prior, changed := i.last, i.quote(m)
	if i.morning != 0 || changed == 0 || m.dice.below(10) < 7 {
		changed |= i.trade(m) | i.dawn(prior)
	}
	return changed
}
