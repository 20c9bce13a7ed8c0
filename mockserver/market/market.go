// Package market simulates a market of prices and news: symbols that walk with the market, with their sector and by
// themselves, in regimes of volatility that come and go, with headlines that move prices, and with halts.
//
// A [Market] makes one [Event] after the other: a change of a [Quote], a [Headline] or a [Status]. It reads no clock, and
// its only chance is a seed: the same calls make the same events. A [Script] may say what happens in it, by the methods
// from [Market.Move] to [Market.SetSession]; without one the market tells a story of its own.
package market

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// MaxSymbols is how many a market may have.
const MaxSymbols = 10000

// UsualSymbols is the number of those that have real names; with more, the others are made up.
const UsualSymbols = len(knownInstruments)

// Config says what a Market is like.
type Config struct {
	Seed    uint64
	Symbols int       // from 1 to MaxSymbols
	Epoch   string    // first part of the ids of headlines
	Now     time.Time // of the first event, UTC

	Opening *Opening // of a market that follows a script; nil: it tells a story of its own
}

// Opening is how a market that follows a script begins.
type Opening struct {
	Regime    Regime
	Session   Status        // of the whole market; its time is ignored, and an empty state is "open"
	NewsEvery time.Duration // between headlines that the market makes up by itself; 0: there are none
}

// Market is a simulated market. It is for one goroutine at a time.
type Market struct {
	random      *random
	instruments []*instrumentState
	byActivity  []int32 // instruments, each as often as it is active
	level       int64   // the market factor, in parts per billion
	sectors     [sectorCount]int64
	dampening   int64 // how much less a single event moves the factors than in a small market
	regime      Regime

	turn      int               // events so far
	scheduled []*scheduledEvent // in the order of their turns
	nextNews  *scheduledEvent   // of the market's own story
	halted    int               // instruments that are
	session   string            // of the whole market; empty as long as it is open without a script
	news      newsWriter
	statuses  []*Status // the latest of every symbol that ever had one, the whole market's first

	script    Script // nil: none
	clock     time.Duration
	newsEvery time.Duration // with a script
	newsDue   time.Duration
}

// Script says what happens in a market before the market itself does: it gives its next event that is due at now, or the
// zero Event when none is.
type Script func(now time.Time) Event

// Regime is how volatile all prices are.
type Regime int

// The regimes.
const (
	Calm Regime = iota
	Normal
	Wild
)

var regimeNames = [...]string{Calm: "calm", Normal: "normal", Wild: "wild"}

// RegimeNames are the names of all regimes; the index of a name is its Regime.
func RegimeNames() []string { return regimeNames[:] }

// percent is by how much moves and spreads differ from the usual.
func (r Regime) percent() int64 { return [...]int64{Calm: 55, Normal: 100, Wild: 240}[r] }

// New is a market that has been open for a while: it has headlines, highs and lows.
func New(c Config) *Market {
	m := &Market{random: newRandom(c.Seed), regime: Normal, dampening: dampening(c.Symbols), news: newsWriter{prefix: newsPrefix(c.Epoch)}}
	all := instruments(c.Symbols)
	for i := range all {
		m.instruments = append(m.instruments, newInstrumentState(&all[i], m.random))
		for range all[i].activity {
			m.byActivity = append(m.byActivity, int32(i))
		}
	}
	m.statuses = []*Status{{"", "open", "Simulated market", c.Now.Add(-time.Hour)}}
	m.startStory(c.Opening)
	m.warmUp(c.Now)
	if o := c.Opening; o != nil {
		first := o.Session
		first.State, first.Time = cmp.Or(first.State, "open"), c.Now
		m.scheduled, m.statuses, m.session = nil, []*Status{&first}, first.State
		m.newsEvery, m.newsDue = o.NewsEvery, o.NewsEvery
	}
	return m
}

// dampening grows with the square root of the market's size, as a random walk does with its steps.
func dampening(symbols int) int64 {
	n := int64(1)
	for (n+1)*(n+1)*int64(UsualSymbols) <= int64(symbols) {
		n++
	}
	return n
}

// warmUp lives through the hour before the first event, so that the first snapshot has a past. A client of a
// server that restarts finds little of that past among what it saw itself.
func (m *Market) warmUp(now time.Time) {
	turns := max(2400, 6*len(m.instruments))
	gap := time.Hour / time.Duration(turns)
	for left := turns; left > 0; left-- {
		m.Next(now.Add(-gap*time.Duration(left)), 0)
	}
	for _, s := range m.instruments {
		if s.Time.IsZero() {
			s.Time = now
		}
	}
	m.news.forget(firstHeadlines)
	m.scheduled = slices.DeleteFunc(m.scheduled, func(e *scheduledEvent) bool { return e == m.nextNews })
	m.nextNews = m.schedule(firstNews, m.breakNews)
}

// Follow has the market do what s says. It is for a market with an Opening.
func (m *Market) Follow(s Script) { m.script = s }

// Turns is how often Next was called, the market's past before its begin included.
func (m *Market) Turns() int { return m.turn }

// Next makes the next thing happen; with a script, that may be nothing: the zero Event. What the event points to may
// change with the one after it. Now is what payloads say; clock is how long the market has been running.
func (m *Market) Next(now time.Time, clock time.Duration) Event {
	m.turn++
	m.clock = clock
	if e := m.nextPlotted(now); !e.IsZero() {
		return e
	}
	s := m.pickInstrument()
	if s == nil || !m.isTrading(s) {
		return Event{}
	}
	m.moveFactors(s.sector)
	return Event{Changed: s.tick(m, now), Quote: &s.Quote, symbols: s.symbols}
}

// nextPlotted is what the script, or the market's own plot, has happen now.
func (m *Market) nextPlotted(now time.Time) Event {
	if m.script != nil {
		if e := m.script(now); !e.IsZero() {
			return e
		}
		if e := m.nextOwnHeadline(now); !e.IsZero() {
			return e
		}
	}
	return m.nextScheduled(now)
}

// pickInstrument chooses one that is not halted, the active ones more often; nil when all are, as only a script can have it.
func (m *Market) pickInstrument() *instrumentState {
	if m.halted == len(m.instruments) {
		return nil
	}
	for {
		if s := m.instruments[m.byActivity[m.random.IntN(len(m.byActivity))]]; !s.halted {
			return s
		}
	}
}

// isTrading reports whether s trades in this session, where it was picked: exchanges sleep, and are slow around their hours.
func (m *Market) isTrading(s *instrumentState) bool {
	switch {
	case m.session == "" || m.session == "open" || !s.hasHours():
		return true
	case m.session == "pre" || m.session == "post":
		return m.random.Int64N(3) == 0
	}
	return false
}

// moveFactors moves the whole market and a sector. In a large market each event is a smaller part of what happens.
func (m *Market) moveFactors(s Sector) {
	const market, sector = 36e3, 80e3
	m.level += m.random.normal(market*m.regime.percent()/100) / m.dampening
	m.sectors[s] += m.random.normal(sector*m.regime.percent()/100) / m.dampening
}

// random is the market's only source of chance.
type random struct{ *rand.Rand }

func newRandom(seed uint64) *random { return &random{rand.New(rand.NewPCG(seed, 0x6c697665746170))} }

// normal is a number around 0, distributed nearly normally with the given deviation, by integers alone.
func (r *random) normal(sigma int64) int64 {
	const deviation = 37837 // of the sum of four uniform 16-bit numbers
	bits := r.Uint64()
	sum := int64(bits&0xffff) + int64(bits>>16&0xffff) + int64(bits>>32&0xffff) + int64(bits>>48)
	return (sum - 2*0xffff) * sigma / deviation
}
