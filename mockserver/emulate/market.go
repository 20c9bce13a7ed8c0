package emulate

import "livetape/mockserver/market"

// Event is one thing that happened in the market: a quote, a headline, or neither when no service here sends it.
type Event struct {
	Number uint64 // counts all events; it keeps growing over restarts
	Quote  *market.Quote
	News   *market.Headline
}

// Snapshot is the market at one time.
type Snapshot struct {
	Number uint64 // of the newest event in it
	Quotes []market.Quote
	News   []*market.Headline // oldest first
}

// EventsPerLedger is the most events in one ledger, for services that count in ledgers.
const EventsPerLedger = 1 << 13
