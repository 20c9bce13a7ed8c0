package market

import (
	"math/rand/v2"
	"time"
)

// Limits of what is computed with integers alone, so that a seed gives the same market on every machine.
const (
	tickParts = 1024          // of a tick, in which fair values are kept
	billion   = 1_000_000_000 // moves are in parts per billion
	maxMove   = billion / 20  // from one event to the next
)

// Quote is all that is public about the price of an instrument at a moment. Prices are in units of the last of Decimals,
// sizes in units of the last of SizeDecimals.
type Quote struct {
	*Instrument
	Last, Bid, Ask             int64
	Open, High, Low, PrevClose int64
	Size, Volume               int64     // of the last trade, of the day
	Traded                     bool      // a trade made this quote, not only a new bid or ask
	Time                       time.Time // UTC
}

// instrumentState is one instrument of a market: its quote, and what drives it.
type instrumentState struct {
	Quote
	symbols []string // its own symbol, as an event lists it
	halted  bool

	fair, anchor   int64           // parts of ticks: where the price is, and where it is drawn to
	newsImpact     int64           // how far news will still move it
	scheduledMoves []scheduledMove // how far a script will still move it
	opens          openFlags       // what begins with its next trade
	seenMarket     int64           // levels of the factors at its last move
	seenSector     int64
}

// newInstrumentState opens near the instrument's price: a gap away from the close before.
func newInstrumentState(in *Instrument, r *rand.Rand) *instrumentState {
	s := &instrumentState{Quote: Quote{Instrument: in, PrevClose: in.price}, symbols: []string{in.Symbol}}
	s.fair = in.price * tickParts
	s.fair += boundedMove(s.fair, normal(r, 20*in.sigma))
	s.anchor = s.fair
	s.Last = max(1, s.fair/tickParts)
	s.Open, s.High, s.Low = s.Last, s.Last, s.Last
	s.Bid, s.Ask = max(1, s.Last-in.spread), s.Last+in.spread
	s.Size = in.lot
	s.Volume = in.lot * (500 + r.Int64N(5000))
	return s
}

// fraction is the given parts per billion of x.
func fraction(x, parts int64) int64 { return x / 1000 * parts / (billion / 1000) }

// boundedMove is a fraction of at most maxMove.
func boundedMove(x, parts int64) int64 { return fraction(x, min(max(parts, -maxMove), maxMove)) }

// move brings the fair value up to now: with the market, its sector, the news, and by itself.
func (s *instrumentState) move(m *Market) {
	market, sector := m.marketFactor, m.sectorFactors[s.sector]
	parts := s.beta*(market-s.seenMarket+sector-s.seenSector)/100 + normal(m.random, s.sigma*m.regime.percent()/100)
	s.seenMarket, s.seenSector = market, sector

	s.applyScheduledMoves(m.clock)
	byNews := s.newsImpact / 3
	s.newsImpact -= byNews
	s.anchor += boundedMove(s.anchor, byNews)
	s.anchor += (s.price*tickParts - s.anchor) / 5000
	s.fair += boundedMove(s.fair, parts+byNews) + (s.anchor-s.fair)/500
	s.fair = s.withinLimits(s.fair)
}

// withinLimits keeps a value from a quarter of the first price to four times that.
func (s *instrumentState) withinLimits(value int64) int64 {
	return min(max(value, s.price*tickParts/4), s.price*tickParts*4)
}

// scheduledMove is what is left of a move that takes its time.
type scheduledMove struct {
	begin, over   time.Duration
	amount, given int64 // parts of ticks: of all, and so far
}

// due is how much of it has come by a time.
func (v scheduledMove) due(clock time.Duration) int64 {
	const whole = 1_000_000
	if v.over == 0 || clock >= v.begin+v.over {
		return v.amount
	}
	part := (clock - v.begin).Microseconds() * whole / max(1, v.over.Microseconds())
	return v.amount/whole*part + v.amount%whole*part/whole
}

// applyScheduledMoves goes as far as the scheduled moves have come.
func (s *instrumentState) applyScheduledMoves(clock time.Duration) {
	if len(s.scheduledMoves) == 0 {
		return
	}
	left := s.scheduledMoves[:0]
	for _, v := range s.scheduledMoves {
		due := v.due(clock)
		s.fair += due - v.given
		s.anchor += due - v.given
		if v.given = due; due != v.amount {
			left = append(left, v)
		}
	}
	s.scheduledMoves = left
	s.anchor = s.withinLimits(s.anchor)
}

// openFlags say what begins with a trade.
type openFlags uint8

const (
	opensDay     openFlags = 1 << iota // the close before, and the volume
	opensSession                       // open, high and low
)

// open begins what is to begin with a trade, where prior is the price before it.
func (s *instrumentState) open(prior int64) (changed Fields) {
	if s.opens&opensDay != 0 {
		s.PrevClose, s.Volume = prior, s.Size
		changed |= FieldPrevClose | FieldVolume
	}
	if s.opens != 0 {
		s.Open, s.High, s.Low = s.Last, s.Last, s.Last
		changed |= FieldOpen | FieldHigh | FieldLow
	}
	s.opens = 0
	return changed
}

// quote sets bid and ask around the fair value and reports which of them changed.
func (s *instrumentState) quote(m *Market) (changed Fields) {
	width := s.spread*m.regime.percent()/100 + m.random.Int64N(s.spread+1)
	bid := max(1, (s.fair/tickParts)-width/2)
	ask := bid + max(1, width)
	if bid != s.Bid {
		changed |= FieldBid
	}
	if ask != s.Ask {
		changed |= FieldAsk
	}
	s.Bid, s.Ask = bid, ask
	return changed
}

// trade happens at bid or ask and reports what it changed beside them.
func (s *instrumentState) trade(m *Market) (changed Fields) {
	s.Last = s.Bid
	if m.random.Int64N(2) == 0 {
		s.Last = s.Ask
	}
	s.Size = max(1, s.lot*(1+m.random.Int64N(1+m.random.Int64N(40)))/4)
	s.Volume += s.Size
	changed = FieldLast | FieldSize | FieldVolume
	if s.Last > s.High {
		s.High = s.Last
		changed |= FieldHigh
	}
	if s.Last < s.Low {
		s.Low = s.Last
		changed |= FieldLow
	}
	return changed
}

// tick is the next thing that happens to the price: mostly a trade, sometimes only a new bid or ask.
func (s *instrumentState) tick(m *Market, now time.Time) Fields {
	s.move(m)
	s.Time = now
	prior, changed := s.Last, s.quote(m)
	if s.opens != 0 || changed == 0 || m.random.Int64N(10) < 7 {
		changed |= s.trade(m) | s.open(prior)
	}
	s.Traded = changed&FieldLast != 0
	return changed
}

// movedSinceOpen is the distance from the open, in parts per million of it.
func (s *instrumentState) movedSinceOpen() int64 {
	distance := s.Last - s.Open
	return max(distance, -distance) * 1_000_000 / s.Open
}
