package mockserver

import (
	"math/rand/v2"
	"time"
)

// market is the simulated market. It is fully determined by its seed and the number of events taken from
// it; only the times come from outside. The floating-point products are rounded one by one (float64(…)), since
// some processors would otherwise fuse them and tell another story.
type market struct {
	chance    *rand.Rand
	symbols   []*symbol
	newsEvery float64 // events between two headlines, on average

	mood    [sectors]float64 // drift of each sector, in ticks of volatility
	regime  float64          // volatility of the whole market: 1 is a usual day
	stories []story          // newest last, bounded
	told    int              // headlines so far
	halted  int              // index of the halted symbol, or none
	resume  int              // events until it trades again
}

const (
	none        = -1
	keptStories = 30 // in a snapshot
)

// symbol is one listing as it trades. Prices are in ticks.
type symbol struct {
	listing
	own                     [1]string // its name, as the list of symbols of its events
	last, bid, ask          int64
	open, high, low         int64
	volume, traded          int64 // of the session, of the last trade
	push                    float64
	pushes                  int // trades for which a headline still pushes
	state, reason           string
	stateSince, quotedSince time.Time
}

func newMarket(c Config, now time.Time) *market {
	m := &market{
		chance:    rand.New(rand.NewPCG(c.Seed, 0x6c697665)),
		newsEvery: max(50, float64(c.Rate*newsSeconds)),
		regime:    1,
		halted:    none,
	}
	for _, l := range listed(c.Symbols) {
		m.symbols = append(m.symbols, m.openSymbol(l, now))
	}
	for range min(6, len(m.symbols)) {
		m.tell(now)
	}
	return m
}

// newsSeconds is the time between two headlines, on average.
const newsSeconds = 4

// openSymbol lets a listing open with a gap from its previous close, and trade a little.
func (m *market) openSymbol(l listing, now time.Time) *symbol {
	s := &symbol{listing: l, own: [1]string{l.symbol}, state: "open", stateSince: now, quotedSince: now}
	s.open = max(2, s.price+s.ticks(float64(6*m.normal())))
	s.last, s.high, s.low = s.open, s.open, s.open
	s.volume = s.size * int64(20000+m.chance.IntN(300000))
	for range 40 {
		m.trade(s, now)
	}
	return s
}

// happening is one event of the market.
type happening struct {
	kind    string // price, news or status
	symbol  *symbol
	story   story
	changed fields // price: what to say
}

// step lets one thing happen.
func (m *market) step(now time.Time) happening {
	if h, ok := m.haltOrResume(now); ok {
		return h
	}
	if m.chance.Float64()*m.newsEvery < 1 {
		return happening{kind: "news", story: m.tell(now)}
	}
	if m.chance.IntN(400) == 0 {
		m.turn()
	}
	s := m.pick()
	if m.chance.IntN(5) == 0 {
		m.quote(s, now)
		return happening{kind: "price", symbol: s, changed: quoted}
	}
	return happening{kind: "price", symbol: s, changed: m.trade(s, now)}
}

// haltOrResume halts a symbol now and then, one at a time, and lets it trade again.
func (m *market) haltOrResume(now time.Time) (happening, bool) {
	if m.halted != none {
		if m.resume--; m.resume > 0 {
			return happening{}, false
		}
		s := m.symbols[m.halted]
		m.halted = none
		s.state, s.reason, s.stateSince = "open", "trading resumed", now
		return happening{kind: "status", symbol: s}, true
	}
	if m.chance.IntN(3000) != 0 || len(m.symbols) < 2 {
		return happening{}, false
	}
	m.halted = m.chance.IntN(len(m.symbols))
	m.resume = 500 + m.chance.IntN(1000)
	s := m.symbols[m.halted]
	s.state, s.reason, s.stateSince = "halted", haltReasons[m.chance.IntN(len(haltReasons))], now
	return happening{kind: "status", symbol: s}, true
}

var haltReasons = []string{"news pending", "volatility pause", "order imbalance", "regulatory concern"}

// turn changes the weather: the mood of a sector, or the volatility of the market.
func (m *market) turn() {
	if m.chance.IntN(4) == 0 {
		m.regime = []float64{0.5, 1, 1, 1.5, 3}[m.chance.IntN(5)]
		return
	}
	m.mood[m.chance.IntN(int(sectors))] = float64(0.15 * m.normal())
}

// pick chooses a symbol that trades; the first ones trade more often.
func (m *market) pick() *symbol {
	n := len(m.symbols)
	i := min(m.chance.IntN(n), m.chance.IntN(n))
	if i == m.halted {
		i = (i + 1) % n
	}
	return m.symbols[i]
}

// trade moves the price and trades at it.
func (m *market) trade(s *symbol, now time.Time) fields {
	move := float64(m.regime*m.normal()) + m.mood[s.sector]
	if s.pushes > 0 {
		s.pushes--
		move += s.push
	}
	s.last = max(2, s.last+s.ticks(move))
	s.traded = max(1, s.size*int64(1+m.chance.IntN(8))/2)
	s.volume += s.traded
	m.quote(s, now)

	changed := traded
	if s.last > s.high {
		s.high, changed = s.last, changed|highField
	}
	if s.last < s.low {
		s.low, changed = s.last, changed|lowField
	}
	return changed
}

// quote sets a bid and an ask around the last price.
func (m *market) quote(s *symbol, now time.Time) {
	half := max(1, s.last/20000)
	s.bid = max(1, s.last-half*int64(1+m.chance.IntN(2)))
	s.ask = s.last + half*int64(1+m.chance.IntN(2))
	s.quotedSince = now
}

// ticks is a move of the given number of usual moves, in ticks: a usual one is 2 basis points at volatility 1.
func (s *symbol) ticks(moves float64) int64 {
	usual := float64(float64(s.last+s.price)/2) * 0.0002
	move := float64(float64(usual*s.volatility) * moves)
	if move < 0 {
		return int64(move - 0.5)
	}
	return int64(move + 0.5)
}

// normal is roughly normally distributed, and the same on every processor: a sum of twelve uniform numbers.
func (m *market) normal() float64 {
	sum := -6.0
	for range 12 {
		sum += m.chance.Float64()
	}
	return sum
}
