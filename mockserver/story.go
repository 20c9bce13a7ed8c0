package mockserver

import (
	"strings"
	"time"
)

// story is a headline.
type story struct {
	id                string
	headline, summary string
	source            string
	symbols           []string
	importance        string
	time              time.Time
}

// plot is a kind of headline, and what it does to the price.
type plot struct {
	text       string  // {name} is the company or the pair
	push       float64 // per trade, in usual moves
	importance string
}

var sources = []string{"Tape Wire", "Loopback News", "Mock Street", "Seed & Sons"}

var companyPlots = []plot{
	{"{name} raises its outlook for the year", 1.2, "high"},
	{"{name} cuts its forecast, citing weak demand", -1.4, "high"},
	{"{name} beats expectations in a preview of the quarter", 1.0, "normal"},
	{"{name} loses its chief financial officer", -0.6, "normal"},
	{"{name} to buy back shares worth 5 billion", 0.7, "normal"},
	{"{name} said to be in talks over a merger of equals", 0.9, "high"},
	{"{name} recalls a product line after complaints", -0.9, "normal"},
	{"{name} opens a research centre", 0.2, "low"},
	{"{name} upgraded by two brokers", 0.6, "normal"},
	{"{name} downgraded: “priced for perfection”", -0.6, "normal"},
	{"Regulator asks {name} for documents", -0.8, "normal"},
	{"{name} wins a ten-year supply contract", 0.8, "normal"},
	{"{name} denies reports of a delay", 0.3, "low"},
	{"Large block of {name} changes hands off the exchange", -0.3, "low"},
}

var marketPlots = []plot{
	{"{name} firms as traders await the minutes", 0.4, "normal"},
	{"{name} slips on thin volume", -0.4, "low"},
	{"Heavy option expiry seen around {name}", 0.2, "low"},
	{"{name} jumps after a surprise in the inflation print", 1.0, "high"},
	{"{name} under pressure as risk appetite fades", -0.8, "normal"},
}

// tell makes a headline about a symbol, which then moves. Now and then it corrects the one before instead.
func (m *market) tell(now time.Time) story {
	if n := len(m.stories); n > 0 && m.chance.IntN(12) == 0 {
		return m.correct(n-1, now)
	}
	s := m.symbols[m.chance.IntN(len(m.symbols))]
	plots := companyPlots
	if s.sector >= forex {
		plots = marketPlots
	}
	p := plots[m.chance.IntN(len(plots))]
	s.push, s.pushes = p.push, 60
	m.told++
	return m.keep(story{
		id:         "n" + decimal(int64(m.told), 0),
		headline:   strings.ReplaceAll(p.text, "{name}", s.name),
		summary:    "A made-up story about " + s.name + ", told by a simulator.",
		source:     sources[m.chance.IntN(len(sources))],
		symbols:    []string{s.symbol},
		importance: p.importance,
		time:       now,
	})
}

func (m *market) correct(i int, now time.Time) story {
	s := m.stories[i]
	if !strings.HasSuffix(s.headline, corrected) {
		s.headline += corrected
	}
	s.time = now
	m.stories[i] = s
	return s
}

const corrected = " (corrected)"

func (m *market) keep(s story) story {
	m.stories = append(m.stories, s)
	if over := len(m.stories) - keptStories; over > 0 {
		m.stories = append(m.stories[:0], m.stories[over:]...)
	}
	return s
}
