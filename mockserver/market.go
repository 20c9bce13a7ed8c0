package mockserver

import (
	"math/rand/v2"
	"time"
)

// market is the simulation: symbols that walk with the market, with their sector and by themselves, in
// moods that come and go, with a plot of headlines and halts. It knows no time but the one it is told,
// and counts only events: the same seed makes the same events at any rate.
type market struct {
	dice        *dice
	instruments []*instrument
	wheel       []int32 // instruments, each as often as it is active
	level       int64   // the market factor, in parts per billion
	sectors     [sectors]int64
	crowd       int64 // how much less a single event moves the factors than in a small market
	mood        mood

	turn     int // events so far
	agenda   []appointment
	halted   int
	script   *script // nil: the market tells its own story
	session  string  // of the whole market; empty as long as it is open without a script
	newsroom newsroom
	statuses []*status // the latest of every symbol that ever had one, the whole market's first
}

// mood is how nervous everybody is.
type mood int

const (
	calm mood = iota
	normal
	wild
)

// percent is by how much moves and spreads differ from the usual.
func (m mood) percent() int64 { return [...]int64{calm: 55, normal: 100, wild: 240}[m] }

// newMarket is a market that has been open for a while: it has headlines, highs and lows.
func newMarket(c Config) *market {
	m := &market{dice: newDice(c.Seed), mood: normal, crowd: crowd(c.Symbols), newsroom: newsroom{prefix: newsPrefix(c.Epoch)}}
	for i, l := range listings(c.Symbols) {
		m.instruments = append(m.instruments, newInstrument(l, m.dice))
		for range l.activity {
			m.wheel = append(m.wheel, int32(i))
		}
	}
	now, script := c.Now().UTC(), newScript(c)
	if script != nil && !c.Scenario.Start.IsZero() {
		now = c.Scenario.Start
	}
	m.statuses = []*status{{"", "open", "Simulated market", now.Add(-time.Hour)}}
	m.openAgenda(script)
	m.warmUp(now)
	if script != nil {
		script.begin(m, now)
	}
	return m
}

// crowd grows with the square root of the market's size, as a random walk does with its steps.
func crowd(symbols int) int64 {
	n := int64(1)
	for (n+1)*(n+1)*int64(len(named)) <= int64(symbols) {
		n++
	}
	return n
}

// warmUp lives through the hour before the first event, so that the first snapshot has a past. A client of a
// server that restarts finds little of that past among what it saw itself.
func (m *market) warmUp(now time.Time) {
	turns := max(2400, 6*len(m.instruments))
	pace := time.Hour / time.Duration(turns)
	for left := turns; left > 0; left-- {
		m.next(now.Add(-pace * time.Duration(left)))
	}
	for _, i := range m.instruments {
		if i.time.IsZero() {
			i.time = now
		}
	}
	m.newsroom.forget(firstHeadlines)
	m.hurry(breakNews, firstNews)
}

// happening is one thing that happened in the market: a change of a price, a headline or a status.
type happening struct {
	price   *instrument
	changed fields // of price
	news    *headline
	status  *status
}

// next makes the next thing happen; with a script, that may be nothing. What it points to may change with the one
// after it.
func (m *market) next(now time.Time) happening {
	m.turn++
	if h, ok := m.plotNext(now); ok {
		return h
	}
	i := m.pick()
	if i == nil || !m.trades(i) {
		return happening{}
	}
	m.drift(i.sector)
	return happening{price: i, changed: i.tick(m, now)}
}

// pick chooses a symbol that is not halted, the active ones more often; nil when all are, as only a script can have it.
func (m *market) pick() *instrument {
	if m.halted == len(m.instruments) {
		return nil
	}
	for {
		if i := m.instruments[m.wheel[m.dice.below(int64(len(m.wheel)))]]; !i.halted {
			return i
		}
	}
}

// trades reports whether i trades in this session, where it was picked: exchanges sleep, and are slow around their hours.
func (m *market) trades(i *instrument) bool {
	switch {
	case m.session == "" || m.session == "open" || !i.hasHours():
		return true
	case m.session == "pre" || m.session == "post":
		return m.dice.below(3) == 0
	}
	return false
}

// drift moves the factors. In a large market each event is a smaller part of what happens.
func (m *market) drift(s sector) {
	const all, own = 36e3, 80e3
	m.level += m.dice.normal(all*m.mood.percent()/100) / m.crowd
	m.sectors[s] += m.dice.normal(own*m.mood.percent()/100) / m.crowd
}

// dice are the market's only source of chance.
type dice struct{ *rand.Rand }

func newDice(seed uint64) *dice { return &dice{rand.New(rand.NewPCG(seed, 0x6c697665746170))} }

// below is a number from 0 up to and without n.
func (d *dice) below(n int64) int64 { return d.Int64N(n) }

// normal is a number around 0, distributed nearly normally with the given deviation, by integers alone.
func (d *dice) normal(sigma int64) int64 {
	const deviation = 37837 // of the sum of four uniform 16-bit numbers
	bits := d.Uint64()
	sum := int64(bits&0xffff) + int64(bits>>16&0xffff) + int64(bits>>32&0xffff) + int64(bits>>48)
	return (sum - 2*0xffff) * sigma / deviation
}
