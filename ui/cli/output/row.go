package output

import (
	"time"

	"livetape/feed/market"
)

// The kinds of an update, as --events and the field "kind" name them.
const (
	Price   = "price"
	News    = "news"
	Status  = "status"
	Reading = "reading"
)

// Kinds are all kinds of an update.
var Kinds = []string{Price, News, Status, Reading}

// row is one update as it is printed: where it came from, and the one of quote, headline, halt and reading that kind names.
// The others are zero, so that their fields are missing.
type row struct {
	feed         string
	eventID      string
	receivedAt   time.Time // UTC
	receivedText []byte    // receivedAt, as it is printed
	kind         string

	quote    market.Quote
	headline market.Headline
	halt     market.Halt
	reading  market.Reading
}

// rfc3339Nanos is RFC 3339 with all nine digits, so that lines sort by it.
const rfc3339Nanos = "2006-01-02T15:04:05.000000000Z07:00"

// setOrigin says where the next updates come from. Many events arrive at once, and share the formatted time.
func (r *row) setOrigin(feed, eventID string, at time.Time) {
	r.feed, r.eventID = feed, eventID
	if r.receivedText == nil || !at.Equal(r.receivedAt) {
		r.receivedAt = at.UTC()
		r.receivedText = r.receivedAt.AppendFormat(r.receivedText[:0], rfc3339Nanos)
	}
}

func (r *row) setUpdate(u market.Update) {
	switch u := u.(type) {
	case market.Quote:
		r.setKind(Price)
		r.quote = u
	case market.Headline:
		r.setKind(News)
		r.headline = u
	case market.Halt:
		r.setKind(Status)
		r.halt = u
	case market.Reading:
		r.setKind(Reading)
		r.reading = u
	}
}

// setKind clears what an update of another kind left.
func (r *row) setKind(kind string) {
	if kind != r.kind {
		r.kind, r.quote, r.headline, r.halt, r.reading = kind, market.Quote{}, market.Headline{}, market.Halt{}, market.Reading{}
	}
}

func (r *row) symbol() string {
	if r.kind == Status {
		return r.halt.Symbol
	}
	return r.quote.Symbol
}

// time is the feed's own.
func (r *row) time() time.Time {
	switch r.kind {
	case News:
		return r.headline.Time
	case Status:
		return r.halt.Time
	case Reading:
		return r.reading.Time
	}
	return r.quote.Time
}
