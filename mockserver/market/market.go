// Package market simulates a market of prices and news: symbols that walk with the market, with their sector and by
// themselves, in regimes of volatility that come and go, with headlines that move prices, and with halts.
//
// A [Market] makes one [Event] after the other: a change of a [Quote], a [Headline] or a [Status]. It reads no clock, and
// its only chance is a seed: the same calls make the same events. A [Script] may say what happens in it, by the methods
// from [Market.Move] to [Market.SetSession]; without one the market makes its own news, halts and regimes.
package market

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// MaxSymbols is how many a market may have.
const MaxSymbols = 10000

// DefaultSymbols is the number of those that have real names; with more, the others are made up.
const DefaultSymbols = len(knownInstruments)

// Config says what a Market is like.
type Config struct {
	Seed    uint64
	Symbols int       // from 1 to MaxSymbols
	Epoch   string    // first part of the ids of headlines
	Now     time.Time // of the first event, UTC

	Opening *Opening // of a market that follows a script; nil: it makes its own news, halts and regimes
}

// Opening is how a market that follows a script begins.
type Opening struct {
	Regime    Regime
	Session   Status        // of the whole market; its time is ignored, and an empty state is "open"
	NewsEvery time.Duration // between headlines that the market makes up by itself; 0: there are none
}

// Market is a simulated market. It is for one goroutine at a time.
type Market struct {
	random        *rand.Rand // the only source of chance
	instruments   []*instrumentState
	byActivity    []int32      // indices of instruments, an active one several times
	marketFactor  commonFactor // of all prices
	sectorFactors [sectorCount]commonFactor
	regime        Regime

	turn      int               // events so far
	scheduled []*scheduledEvent // in the order of their times
	nextNews  *scheduledEvent   // of the schedule
	halted    int               // instruments that are
	session   string            // of the whole market; empty as long as it is open without a script
	openedAt  time.Duration     // clock of the latest opening; see sessionVolatility
	news      newsWriter
	statuses  []*Status // the latest of every symbol that ever had one, the whole market's first

	script    Script        // nil: none
	clock     time.Duration // since the first event; before 0 in the hour before it
	newsEvery time.Duration // with a script
	newsDue   time.Duration
}

// Regime is how volatile all prices are.
type Regime int

// The regimes.
const (
	Calm Regime = iota
	Normal
	Wild
)

// RegimeNames are the names of all regimes; the index of a name is its Regime.
func RegimeNames() []string { return []string{Calm: "calm", Normal: "normal", Wild: "wild"} }

// percent is by how much moves and spreads differ from the usual.
func (r Regime) percent() int64 { return [...]int64{Calm: 60, Normal: 100, Wild: 220}[r] }

// New is a market that has been open for a while: it has headlines, highs and lows.
func New(c Config) *Market {
	m := &Market{random: rand.New(rand.NewPCG(c.Seed, 0x6c697665746170)), regime: Normal, news: newsWriter{epoch: c.Epoch}}
	all := instruments(c.Symbols)
	for i := range all {
		m.instruments = append(m.instruments, newInstrumentState(&all[i], m.random))
		for range all[i].activity {
			m.byActivity = append(m.byActivity, int32(i))
		}
	}
	m.statuses = []*Status{{"", "open", "Simulated market", c.Now.Add(-time.Hour)}}
	m.startSchedule(c.Opening)
	m.warmUp(c.Now)
	if o := c.Opening; o != nil {
		first := o.Session
		first.State, first.Time = cmp.Or(first.State, "open"), c.Now
		m.scheduled, m.statuses, m.session = nil, []*Status{&first}, first.State
		m.newsEvery, m.newsDue = o.NewsEvery, o.NewsEvery
	}
	return m
}

// warmUp lives through the hour before the first event, so that the first snapshot has a past. A client of a
// server that restarts finds little of that past among what it saw itself.
func (m *Market) warmUp(now time.Time) {
	turns := max(2400, 6*len(m.instruments))
	gap := time.Hour / time.Duration(turns)
	for left := turns; left > 0; left-- {
		before := -gap * time.Duration(left)
		m.Next(now.Add(before), before)
	}
	for _, s := range m.instruments {
		if s.Time.IsZero() {
			s.Time = now
		}
	}
	m.news.keepLatest(firstHeadlines)
	m.scheduled = slices.DeleteFunc(m.scheduled, func(e *scheduledEvent) bool { return e == m.nextNews })
	m.nextNews = m.schedule(firstNews, m.breakNews)
}

// Turns is how often Next was called, the hour before the first event included.
func (m *Market) Turns() int { return m.turn }

// Next makes the next thing happen; with a script, that may be nothing: the zero Event. What the event points to may
// change with the one after it. Now is what payloads say. Clock is how long the market has been running: prices move, and
// news and halts come, as much in an hour of it at any number of events.
func (m *Market) Next(now time.Time, clock time.Duration) Event {
	m.turn++
	m.clock = clock
	if e := m.nextPlanned(now); !e.IsZero() {
		return e
	}
	s := m.pickInstrument()
	if s == nil || !m.isTrading(s) {
		return Event{}
	}
	m.marketFactor.move(m, marketVolatility)
	m.sectorFactors[s.sector].move(m, sectorVolatility[s.sector])
	return Event{Changed: s.nextUpdate(m, now), Quote: &s.Quote, symbols: s.symbols}
}

// nextPlanned is what the script or the market's own schedule has happen now.
func (m *Market) nextPlanned(now time.Time) Event {
	if m.script != nil {
		if e := m.script(now); !e.IsZero() {
			return e
		}
		if e := m.nextExtraHeadline(now); !e.IsZero() {
			return e
		}
	}
	return m.nextScheduled(now)
}

// pickInstrument chooses one that is not halted, the active ones more often; nil when all are halted, which takes a
// script.
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

// isTrading reports whether s, when it is picked, trades in this session: an exchange is slow around its hours, and
// otherwise closed.
func (m *Market) isTrading(s *instrumentState) bool {
	switch {
	case m.isAroundHours(s):
		return m.random.Int64N(3) == 0
	case m.session == "" || m.session == "open" || !s.hasHours():
		return true
	}
	return false
}

// isAroundHours reports whether the exchange of s is about to open, or has closed a short while ago.
func (m *Market) isAroundHours(s *instrumentState) bool {
	return s.hasHours() && (m.session == "pre" || m.session == "post")
}
