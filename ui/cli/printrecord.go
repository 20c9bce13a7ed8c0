package cli

import (
	"time"

	"livetape/feed/market"
)

// The kinds of an update, as --events and the field "kind" name them.
const (
	price  = "price"
	news   = "news"
	status = "status"
)

// record is one update as it is printed: where it came from, and the one of quote, story and halt that kind
// names. The other two are zero, so that their fields are missing.
type record struct {
	feed    string
	eventID string
	at      time.Time // of arrival, UTC
	stamp   []byte    // at, as it is printed
	kind    string

	quote market.Quote
	story market.Headline
	halt  market.Halt
}

// nanoseconds is RFC 3339 with all nine digits, so that lines sort by it.
const nanoseconds = "2006-01-02T15:04:05.000000000Z07:00"

// arrive says where the next updates come from. Many events arrive at once, and share the stamp.
func (r *record) arrive(feed, eventID string, at time.Time) {
	r.feed, r.eventID = feed, eventID
	if r.stamp == nil || !at.Equal(r.at) {
		r.at = at.UTC()
		r.stamp = r.at.AppendFormat(r.stamp[:0], nanoseconds)
	}
}

// set makes r the record of u; where it came from stays.
func (r *record) set(u market.Update) {
	r.kind, r.quote, r.story, r.halt = "", market.Quote{}, market.Headline{}, market.Halt{}
	switch u := u.(type) {
	case market.Quote:
		r.kind, r.quote = price, u
	case market.Headline:
		r.kind, r.story = news, u
	case market.Halt:
		r.kind, r.halt = status, u
	}
}

func (r *record) symbol() string {
	if r.kind == status {
		return r.halt.Symbol
	}
	return r.quote.Symbol
}

// time is the feed's own.
func (r *record) time() time.Time {
	switch r.kind {
	case news:
		return r.story.Time
	case status:
		return r.halt.Time
	}
	return r.quote.Time
}
