package emulate

import "time"

// Instrument is what does not change about a symbol of the market.
type Instrument struct {
	Symbol       string // as the market calls it: NVDA, EUR/USD
	Name         string
	Currency     string
	Decimals     int // of prices
	SizeDecimals int // of sizes and volumes
}

// Quote is all that is known of an instrument at a moment. Prices are in units of the last of Decimals, sizes
// in units of the last of SizeDecimals.
type Quote struct {
	*Instrument
	Last, Bid, Ask             int64
	Open, High, Low, PrevClose int64
	Size, Volume               int64     // of the last trade, of the day
	Traded                     bool      // a trade made this quote, not only a new bid or ask
	Time                       time.Time // UTC
}

// Headline is one story. One with the ID of another corrects it.
type Headline struct {
	ID, Title, Summary, Source, URL string
	Symbols                         []string
	Time                            time.Time // UTC
}

// Event is one thing that happened in the market: a quote, a headline, or something else that no service here tells.
type Event struct {
	Number uint64 // of all events; grows from one to the next, also over restarts
	Quote  *Quote // nil: none
	News   *Headline
}

// Snapshot is the market at a moment.
type Snapshot struct {
	Number uint64 // of the newest event that it contains
	Quotes []Quote
	News   []*Headline // the oldest first
}

// EventsPerLedger is how many events a service that counts in ledgers has in each, at most.
const EventsPerLedger = 1 << 13
