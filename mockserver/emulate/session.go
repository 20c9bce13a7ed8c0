package emulate

import (
	"net/http"
	"time"
)

// Session is one client's stream, in the words of a service. It appends what is to be sent to b, and says when the
// service ends the stream with it. It knows no time but the one it is told. It is for one goroutine.
type Session interface {
	Format() Format

	// Start is where in the market's events the stream begins.
	Start() Start

	// Open is what the stream begins with. The standing contains the events up to where the stream begins if
	// that is now; otherwise they follow, by Tell.
	Open(b []byte, market Snapshot, now time.Time) (_ []byte, over bool)

	// Wants reports whether the client asked for what e is about.
	Wants(e Event) bool

	// Encode is what becomes of an event that is wanted: nothing, if the service holds it back.
	Encode(b []byte, e Event, now time.Time) (_ []byte, over bool)

	// WakeAt is when Wake is to be called; the zero time for never.
	WakeAt() time.Time

	// Wake is what the service says by itself at a time, heartbeats apart.
	Wake(b []byte, now time.Time) (_ []byte, over bool)

	// Heartbeat is what is sent in the rhythm of the style. Now is the time of payloads here.
	Heartbeat(b []byte, now time.Time) []byte
}

// Format is how a service's stream looks as a whole.
type Format struct {
	ContentType       string
	JSONLines         bool          // JSON lines instead of an event stream
	EventType         string        // the type of its usual events, where it is not the default
	HeartbeatInterval time.Duration // 0: it has none
	HeartbeatAlways   bool          // heartbeats come at all times, not only in silence
	SlowClient        string        // what is said to a client that does not keep up
	Shutdown          string        // what is said when the server ends
}

// AppendEvent appends data as one of the service's usual events, without an id.
func (s Format) AppendEvent(b []byte, data string) []byte {
	if s.JSONLines {
		return append(append(b, data...), '\n')
	}
	if s.EventType != "" {
		b = append(append(append(b, "event: "...), s.EventType...), '\n')
	}
	return append(append(append(b, "data: "...), data...), "\n\n"...)
}

// Start is a place in the market's events.
type Start struct {
	Kind        StartKind
	AfterNumber uint64    // for Behind: the number of the event
	Since       time.Time // for AtTime
}

// StartKind says what a Start means.
type StartKind int

// Where a stream may begin.
const (
	StartNow        StartKind = iota // behind what Open was given
	StartOldest                      // with the oldest event that is remembered
	StartAfterEvent                  // an event, by its number: with the next, or the oldest that is remembered
	StartAtTime                      // with the first event of a time or later that is remembered
)

// Finisher is a Talk that ends when it has told all that there is.
type Finisher interface {
	// Finish is how it ends.
	Finish(b []byte) []byte
}

// HeaderSetter is a Talk with more header fields than the content type.
type HeaderSetter interface {
	// SetHeader sets them. Found reports whether the stream begins right behind the event that it is to begin behind,
	// and number is the event before the first that will come.
	SetHeader(h http.Header, number uint64, found bool)
}

// Reply is an answer that is no stream.
type Reply struct {
	Status      int
	ContentType string
	Header      map[string]string // beside it
	Body        string
}

// plain is a Talk's part that most services have in common: they begin now, and say nothing by themselves.
type plain struct{}

func (plain) Start() Start                                          { return Start{} }
func (plain) WakeAt() time.Time                                     { return time.Time{} }
func (plain) Wake(b []byte, _ time.Time) (_ []byte, over bool)      { return b, false }
func (plain) Heartbeat(b []byte, _ time.Time) []byte                { return b }
func (plain) Open(b []byte, _ Snapshot, _ time.Time) ([]byte, bool) { return b, false }
