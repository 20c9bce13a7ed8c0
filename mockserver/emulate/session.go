package emulate

import (
	"net/http"
	"time"

	"livetape/mockserver/market"
)

// Session encodes one client's stream. Its methods append what is to be sent to b, and report over when the service
// ends the stream after it. A session knows only the times it is given. It is for one goroutine.
type Session interface {
	Format() Format

	// Start says where in the market's events the stream begins.
	Start() Start

	// Open begins the stream. With StartNow, the quotes include all events so far; with any other start, the events from
	// there on are passed to Encode.
	Open(b []byte, quotes []market.Quote, now time.Time) (_ []byte, over bool)

	// Wants reports whether the client asked for events like e.
	Wants(e Event) bool

	// Encode encodes a wanted event. It appends nothing if the service holds the event back.
	Encode(b []byte, e Event, now time.Time) (_ []byte, over bool)

	// WakeAt is when Wake is to be called; zero for never. It may change with every other call.
	WakeAt() time.Time

	// Wake appends what the service sends at a set time, heartbeats apart.
	Wake(b []byte, now time.Time) (_ []byte, over bool)

	// Heartbeat is called once in each HeartbeatInterval. Now is the time that payloads show.
	Heartbeat(b []byte, now time.Time) []byte
}

// endingSession is a session that ends when the client has all events so far.
type endingSession interface {
	Finish(b []byte) []byte
}

// headerSetter is a session with header fields other than the content type.
type headerSetter interface {
	// SetHeader is called before the stream begins, with the number of the last event before its start.
	SetHeader(h http.Header, number uint64)
}

// Event is one thing that happened in the market: a quote, a headline, or neither when no service here sends it.
type Event struct {
	Number uint64 // counts all events; it keeps growing over restarts
	Quote  *market.Quote
	News   *market.Headline
}

// Format is what does not change during a stream.
type Format struct {
	ContentType       string
	JSONLines         bool          // one JSON value a line, not an event stream
	EventType         string        // of ordinary events; empty for the default
	HeartbeatInterval time.Duration // zero for no heartbeats
	HeartbeatAlways   bool          // heartbeats come between events too, not only after silence
	SlowClient        string        // sent to a client that falls too far behind, before it is disconnected
	Shutdown          string        // sent when the server stops
}

// AppendEvent appends data as an ordinary event without an id.
func (f Format) AppendEvent(b []byte, data string) []byte {
	if f.JSONLines {
		return append(append(b, data...), '\n')
	}
	if f.EventType != "" {
		b = append(append(append(b, "event: "...), f.EventType...), '\n')
	}
	return append(append(append(b, "data: "...), data...), "\n\n"...)
}

// Start is a position in the market's events. Only recent events are stored.
type Start struct {
	Kind        StartKind
	AfterNumber uint64    // for StartAfterEvent
	Since       time.Time // for StartAtTime
}

// StartKind says how a Start is given.
type StartKind int

// Where a stream may begin.
const (
	StartNow        StartKind = iota // after the snapshot that Open is given
	StartAfterEvent                  // with the event after AfterNumber, or the oldest stored one
	StartAtTime                      // with the first stored event at Since or later
)

// baseSession has what most sessions share: they begin now, send no heartbeats, and may end at a set time.
type baseSession struct {
	endsAt time.Time // zero for never
	last   string    // sent then
}

func (baseSession) Start() Start        { return Start{} }
func (s baseSession) WakeAt() time.Time { return s.endsAt }
func (s baseSession) Wake(b []byte, _ time.Time) (_ []byte, over bool) {
	return append(b, s.last...), true
}
func (baseSession) Heartbeat(b []byte, _ time.Time) []byte                      { return b }
func (baseSession) Open(b []byte, _ []market.Quote, _ time.Time) ([]byte, bool) { return b, false }
