package market

import (
	"math/rand/v2"
	"time"
)

// tickParts are those of a tick in which fair values are kept.
const tickParts = 1024

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

	fair           int64           // where the price is, in parts of ticks
	pendingNews    int64           // how far news will still move it, in parts per billion
	newsMove       int64           // how far news has moved it, in parts of ticks; that goes again
	scheduledMoves []scheduledMove // how far a script will still move it
	opens          openFlags       // what begins with its next trade

	movedAt, tradedAt, driftedAt time.Duration // clock
	seenMarket, seenSector       int64         // levels of the factors at its last move
}

// newInstrumentState opens near the instrument's price: a gap away from the close before.
func newInstrumentState(in *Instrument, r *rand.Rand) *instrumentState {
	s := &instrumentState{Quote: Quote{Instrument: in, PrevClose: in.price}, symbols: []string{in.Symbol}}
	s.fair = in.price * tickParts
	s.fair += boundedMove(s.fair, randomNormal(r, in.volatility*basisPoint/2))
	s.Last = max(1, s.fair/tickParts)
	s.Open, s.High, s.Low = s.Last, s.Last, s.Last
	s.Bid, s.Ask = max(1, s.Last-in.spread), s.Last+in.spread
	s.Size = in.lot
	s.Volume = in.lot * in.volume * (30 + r.Int64N(40)) / 100
	s.movedAt, s.tradedAt, s.driftedAt = -time.Hour, -time.Hour, -time.Hour
	return s
}

// updateFairValue brings the fair value up to now: with the market, its sector, the news, and by itself.
func (s *instrumentState) updateFairValue(m *Market) {
	market, sector := m.marketFactor.level, m.sectorFactors[s.sector].level
	elapsed := m.clock - s.movedAt
	own := moveDeviation(s.volatility, elapsed) * m.regime.percent() / 100 * m.sessionVolatility(s) / 100
	parts := s.beta*(market-s.seenMarket+sector-s.seenSector)/100 + randomNormal(m.random, own)
	s.seenMarket, s.seenSector, s.movedAt = market, sector, m.clock

	s.applyScheduledMoves(m.clock)
	s.fair += boundedMove(s.fair, parts)
	s.applyNews(elapsed)
	s.drift(m)
	s.fair = s.withinLimits(s.fair)
}

// applyNews lets news move the price within a few seconds.
func (s *instrumentState) applyNews(elapsed time.Duration) {
	const all = 2 * time.Second
	parts := s.pendingNews * int64(min(max(elapsed, 0), all)/time.Microsecond) / int64(all/time.Microsecond)
	s.pendingNews -= parts
	move := boundedMove(s.fair, parts)
	s.fair += move
	s.newsMove += move
}

// drift is what moves a price slowly, and therefore only from time to time: what news did goes again within minutes, and
// over days the price comes back to where it started. Once a day or so it jumps.
func (s *instrumentState) drift(m *Market) {
	const (
		every     = 10 * time.Second
		newsDecay = 5 * time.Minute
		reversion = 2 * day
		jumpEvery = day
	)
	elapsed := m.clock - s.driftedAt
	if elapsed < every {
		return
	}
	s.driftedAt = m.clock
	decay := portionOverTime(s.newsMove, elapsed, newsDecay)
	s.newsMove -= decay
	s.fair -= decay
	s.fair += portionOverTime(s.price*tickParts-s.fair, elapsed, reversion)
	if m.random.Int64N(int64(jumpEvery)) < int64(elapsed) {
		s.fair += boundedMove(s.fair, randomNormal(m.random, s.volatility*basisPoint/3))
	}
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
		if v.given = due; due != v.amount {
			left = append(left, v)
		}
	}
	s.scheduledMoves = left
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

// quote sets bid and ask around the fair value and reports which of them changed. Around the hours of an exchange, they
// are further apart.
func (s *instrumentState) quote(m *Market) (changed Fields) {
	width := s.spread*m.regime.percent()/100 + m.random.Int64N(s.spread+1)
	if m.isAroundHours(s) {
		width *= 3
	}
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
	s.Size = s.tradeSize(m)
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

// tradeSize is what makes a day's volume of a day's trades, at any number of them. Most are small, a few are large; those
// of a lot or more are whole lots.
func (s *instrumentState) tradeSize(m *Market) int64 {
	const mean = 11 // of the random part
	elapsed := min(max(m.clock-s.tradedAt, 0), 5*time.Minute)
	s.tradedAt = m.clock
	usual := float64(s.lot) * float64(s.volume) * (float64(elapsed) / float64(day))
	size := int64(usual) * (1 + m.random.Int64N(1+m.random.Int64N(40))) / mean
	if m.isAroundHours(s) {
		size /= 10
	}
	if size > s.lot {
		size -= size % s.lot
	}
	return max(1, size)
}

// nextUpdate is the next thing that happens to the price: mostly a trade, sometimes only a new bid or ask.
func (s *instrumentState) nextUpdate(m *Market, now time.Time) Fields {
	s.updateFairValue(m)
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
