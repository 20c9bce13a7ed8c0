package mockserver

import (
	"errors"

	"livetape/mockserver/market"
)

// entry is one event as it goes over the wire, encoded once for all clients, and what it says, for streams that
// speak as another service. It never changes.
type entry struct {
	id      string
	number  uint64 // of all in the log, from 1
	kind    market.Kind
	symbols []string
	frame   []byte
	quote   market.Quote     // of a price event
	news    *market.Headline // of a news event
}

// Why a log cannot be read from an id.
var (
	errUnknownID = errors.New("the log never gave this id")
	errForgotten = errors.New("the log has forgotten what followed this id")
)

// eventLog gives events their ids and their order, and keeps the latest for clients that resume. Ids are opaque to
// all but the log: who reads goes on from an id that it was given. Its methods may be called from any
// goroutine, wait for no reader, and never give half of what one append logs.
type eventLog interface {
	// append logs drafts, whose data lie one behind the other in data. It keeps nothing of either.
	append(drafts []draft, data []byte)

	// read appends the events that follow id to dst, in order and without a gap, at most as many as dst has
	// room for, and says how many follow in all. The error is errUnknownID or errForgotten; with the
	// latter, following is right, and dst as it was.
	read(id string, dst []*entry) (events []*entry, following int, err error)

	// newest is the id of the newest event, or the one that stands before the first.
	newest() string

	// count is the number of the newest event.
	count() uint64

	// at is the id of the event with a number; it need not be there any more.
	at(number uint64) string

	// oldest is the earliest id from which the log can be read on.
	oldest() string
}

// tally says how many events follow id, up to those that are the newest now, and how many of them are wanted. The
// error is that of read, as is what following is with it.
func tally(log eventLog, id string, wanted func(*entry) bool) (following, matching int, err error) {
	events := make([]*entry, 0, maxBatch)
	_, following, err = log.read(id, nil)
	place, left := id, following
	for left > 0 && err == nil {
		events, _, err = log.read(place, events[:0])
		for _, e := range events[:min(left, len(events))] {
			place = e.id
			left--
			if wanted(e) {
				matching++
			}
		}
	}
	if err != nil {
		_, following, _ = log.read(id, nil) // more may follow by now
	}
	return following, matching, err
}
