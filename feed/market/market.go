// Package market is the vocabulary of prices and news, and the state they add up to.
//
// A feed's decoder turns payloads into an [Update]: a [Quote], a [Headline], a [Halt] or a [Reading]. A [Board]
// applies updates in order and keeps, per feed and symbol, one [Row] of merged cells, each with the
// time at which it last came, plus bounded bars and a bounded list of [Story] values.
// Nothing here does I/O, reads a clock or starts a goroutine.
package market

import (
	"math"
	"time"
)

// Update is one thing that a feed sent: a Quote, a Headline, a Halt or a Reading.
type Update interface{ isUpdate() }

// MaxProduced bounds what is made of one event, in bytes as Size counts them. The rows beyond are left out.
const MaxProduced = 64 << 20

// Size is about how many bytes an update takes.
func Size(u Update) int {
	const bare = 600
	switch u := u.(type) {
	case Quote:
		return bare + len(u.Symbol) + len(u.Name) + len(u.Currency)
	case Headline:
		n := bare + len(u.Title) + len(u.ID) + len(u.Summary) + len(u.Source) + len(u.URL)
		for _, s := range u.Symbols {
			n += len(s) + 16
		}
		return n
	}
	return bare
}

func (Reading) isUpdate()  {}
func (Quote) isUpdate()    {}
func (Headline) isUpdate() {}
func (Halt) isUpdate()     {}

// Quote is what one message says about one symbol. It is a delta: an absent number or an empty
// string leaves what is already known alone.
type Quote struct {
	Symbol   string // required
	Feed     string // behind a relay: the feed that it came from; else empty
	Name     string
	Currency string // ISO 4217 where the feed keeps to it

	Last, Bid, Ask Decimal // prices, in Currency; at least one is set
	NoBid, NoAsk   bool    // the side of the book is known to be empty: what is known of it goes
	BidSize        Decimal // at the best bid
	AskSize        Decimal // at the best ask
	Size           Decimal // of the last trade
	Volume         Decimal // of the session so far
	Open           Decimal
	High           Decimal
	Low            Decimal
	PrevClose      Decimal
	VWAP           Decimal // volume-weighted average price of the session
	Change         Decimal // of the session, as the feed gives it
	ChangePct      Decimal // the same in percent: 1.5 is 1.5 %

	Decimals int // of prices that the user asks for at least, up to 18

	Time time.Time // the feed's own time of the quote, UTC; zero when it gives none

	Report Report // what it says of trades, if Last is set

	// FromSnapshot marks what is known already rather than what just happened: it is no trade, and
	// a price that is the same makes no tick.
	FromSnapshot bool
}

// Reading is a number that is no price: a temperature, a load, a count. A board keeps it in a row of its own, with its
// range and bars.
type Reading struct {
	Name  string    // required; what was measured, as it is to be shown: "humidity", "kitchen humidity"
	Value Decimal   // required
	Feed  string    // as of a Quote
	Time  time.Time // the feed's own time, UTC; zero when it gives none
}

// maxElapsed is the longest duration in whole hours, so that it can be negated and rounded.
const maxElapsed = time.Duration(math.MaxInt64) / time.Hour * time.Hour

// Elapsed is the time between two moments; it is negative when to is before from. Times from outside may be thousands of
// years apart: then it is some 292 years.
func Elapsed(from, to time.Time) time.Duration {
	return min(max(to.Sub(from), -maxElapsed), maxElapsed)
}

// Importance ranks a headline; the zero value is normal.
type Importance int8

// The importances a feed can give a headline.
const (
	Low    Importance = -1
	Normal Importance = 0
	High   Importance = 1
)

// Headline is one news item. A second one with the same ID corrects the first.
type Headline struct {
	Feed       string // as of a Quote
	ID         string // empty: cannot be corrected
	Title      string // required
	Summary    string
	Source     string
	URL        string // http or https only, or empty
	Symbols    []string
	Importance Importance
	Time       time.Time // UTC; zero when the feed gives none
}

// Session is the trading state of a symbol or of the whole market.
type Session string

// The trading states of the native wire format.
const (
	Open   Session = "open"
	Closed Session = "closed"
	Halted Session = "halted"
	Pre    Session = "pre"
	Post   Session = "post"
)

// Halt is a change of the trading state of a symbol: halted, resumed, closed and so on.
type Halt struct {
	Feed   string // as of a Quote
	Symbol string // empty: the whole market
	State  Session
	Reason string
	Time   time.Time // UTC; zero when the feed gives none
}

// Bounds on a feed's text, in characters. Names and prose are cut to them; a symbol or an id that is longer is
// malformed, since two of them could be cut to the same.
const (
	MaxSymbol   = 256
	MaxName     = 128
	MaxCurrency = 16
	MaxID       = 256
	MaxHeadline = 512
	MaxSummary  = 4096
	MaxSource   = 64
	MaxURL      = 2048
	MaxReason   = 256
	MaxSymbols  = 64 // of one headline; further ones are left out
)
