package emulate

import "livetape/mockserver/market"

// What happens in the market.
type (
	Instrument = market.Instrument
	Quote      = market.Quote
	Headline   = market.Headline
)

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
