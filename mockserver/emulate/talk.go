package emulate

import (
	"net/http"
	"time"
)

// Talk is one client's stream, in the words of a service. It appends what is to be sent to b, and says when the
// service ends the stream with it. It knows no time but the one it is told. It is for one goroutine.
type Talk interface {
	Style() Style

	// Start is where in the market's events the stream begins.
	Start() Start

	// Open is what the stream begins with. The standing contains the events up to where the stream begins if
	// that is now; otherwise they follow, by Tell.
	Open(b []byte, market Standing, now time.Time) (_ []byte, over bool)

	// Wants reports whether the client asked for what e is about.
	Wants(e Event) bool

	// Tell is what becomes of an event that is wanted: nothing, if the service holds it back.
	Tell(b []byte, e Event, now time.Time) (_ []byte, over bool)

	// Due is when Wake is to be called; the zero time for never.
	Due() time.Time

	// Wake is what the service says by itself at a time, heartbeats apart.
	Wake(b []byte, now time.Time) (_ []byte, over bool)

	// Heartbeat is what is sent in the rhythm of the style. Now is the time of payloads here.
	Heartbeat(b []byte, now time.Time) []byte
}

// Style is how a service's stream looks as a whole.
type Style struct {
	ContentType string
	Lines       bool          // JSON lines instead of an event stream
	Event       string        // the type of its usual events, where it is not the default
	Heartbeat   time.Duration // 0: it has none
	Steady      bool          // heartbeats come at all times, not only in silence
	Slow        string        // what is said to a client that does not keep up
	Farewell    string        // what is said when the server ends
}

// Wrap appends data as one of the service's usual events, without an id.
func (s Style) Wrap(b []byte, data string) []byte {
	if s.Lines {
		return append(append(b, data...), '\n')
	}
	if s.Event != "" {
		b = append(append(append(b, "event: "...), s.Event...), '\n')
	}
	return append(append(append(b, "data: "...), data...), "\n\n"...)
}

// Start is a place in the market's events.
type Start struct {
	From  From
	After uint64    // for Behind: the number of the event
	Since time.Time // for AtTime
}

// From says what a Start means.
type From int

// Where a stream may begin.
const (
	AtNow    From = iota // behind what Open was given
	AtOldest             // with the oldest event that is remembered
	Behind               // an event, by its number: with the next, or the oldest that is remembered
	AtTime               // with the first event of a time or later that is remembered
)

// Finite is a Talk that ends when it has told all that there is.
type Finite interface {
	// Caught is how it ends.
	Caught(b []byte) []byte
}

// Greeting is a Talk with more header fields than the content type.
type Greeting interface {
	// Greet sets them. Found reports whether the stream begins right behind the event that it is to begin behind,
	// and number is the event before the first that will come.
	Greet(h http.Header, number uint64, found bool)
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
func (plain) Due() time.Time                                        { return time.Time{} }
func (plain) Wake(b []byte, _ time.Time) (_ []byte, over bool)      { return b, false }
func (plain) Heartbeat(b []byte, _ time.Time) []byte                { return b }
func (plain) Open(b []byte, _ Standing, _ time.Time) ([]byte, bool) { return b, false }
