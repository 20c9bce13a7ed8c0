package hub

import (
	"errors"
	"time"
)

// Event is one event, encoded once for all clients. It never changes.
type Event struct {
	ID      string
	Number  uint64 // counts the events of the source, and keeps growing over epochs
	Type    string
	Symbols []string // that it is about; an empty one stands for the whole market
	Feed    string   // that it came from; empty where the source is no relay of feeds
	Frame   []byte   // the event in the native format
	Payload any      // what it says, for encoders of other formats; nil: there is only Frame

	logged int64 // when, in ns of Unix time
}

// Draft is an event before a log has given it an id.
type Draft struct {
	Type    string
	Symbols []string // never changed
	Feed    string   // of a relay: the feed that it came from
	FeedID  string   // its id there, empty for none: a shared log keeps it once, and tells the next source where to go on
	Size    int      // of its data, in bytes
	Payload any      // never changed
}

// NewEvent gives a draft with data its id and number.
func NewEvent(id string, number uint64, d Draft, data []byte, logged time.Time) *Event {
	frame := make([]byte, 0, len("event: \nid: \ndata: \n\n")+len(d.Type)+len(id)+len(data))
	frame = appendFrame(frame, d.Type, id, data)
	return &Event{id, number, d.Type, d.Symbols, d.Feed, frame, d.Payload, logged.UnixNano()}
}

// Logged is when the event was logged.
func (e *Event) Logged() time.Time { return time.Unix(0, e.logged) }

// Why a log cannot be read from an id.
var (
	ErrUnknownID = errors.New("the log never gave this id")
	ErrForgotten = errors.New("the log has forgotten what followed this id")

	// ErrUnavailable is of a log that is kept elsewhere: it may be readable from the id later.
	ErrUnavailable = errors.New("the log cannot be reached now")
)

// Log gives the events of one epoch their ids and their order, and keeps the latest for clients that resume. Ids are
// opaque to all but the log. Its methods may be called from any goroutine and wait for no reader. A log that is shared by
// several processes may show a part of what one Append logs before the rest; others never do.
type Log interface {
	// Append logs drafts, whose data are concatenated in data. It keeps neither slice. When it returns, Read gives the events;
	// or, of a shared log, another process has become the one that logs.
	Append(drafts []Draft, data []byte)

	// Read appends the events that follow id to dst, in order and without a gap, up to dst's capacity, and says how
	// many follow in all. The error is ErrUnknownID, ErrForgotten or ErrUnavailable; with the latter two, following is right and
	// dst unchanged.
	Read(id string, dst []*Event) (events []*Event, following int, err error)

	// Epoch is the first part of all ids. Another log has another epoch.
	Epoch() string

	// Newest is the id of the newest event, or the one before the first.
	Newest() string

	// Oldest is the earliest id that Read accepts.
	Oldest() string

	// NewestNumber is the number of the newest event.
	NewestNumber() uint64

	// ID is the id of the event with a number. The event may be forgotten.
	ID(number uint64) string

	// Span is how many events are kept, and how long ago the oldest of them was logged.
	Span() (events int, age time.Duration)
}

// countFollowing says how many events follow id, up to the one that is the newest now, and how many of them are wanted. The
// error is that of Log.Read; following is right as it is there.
func countFollowing(log Log, id string, wanted func(*Event) bool) (following, matching int, err error) {
	events := make([]*Event, 0, batchSize)
	_, following, err = log.Read(id, nil)
	after, left := id, following
	for left > 0 && err == nil {
		events, _, err = log.Read(after, events[:0])
		for _, e := range events[:min(left, len(events))] {
			after = e.ID
			left--
			if wanted(e) {
				matching++
			}
		}
	}
	if err != nil {
		_, following, _ = log.Read(id, nil) // more may follow by now
	}
	return following, matching, err
}
