package hub

import (
	"net/http"
	"time"

	"livetape/mockserver/fault"
)

// Encoder is the wire format of one client's stream, which calls it from one goroutine. What a method appends to b is
// sent to the client.
type Encoder interface {
	// SetHeader sets header fields of the response, of which Content-Type is required, before the stream begins.
	SetHeader(h http.Header, log Log)

	// Heartbeat says when AppendHeartbeat is called.
	Heartbeat() Heartbeat

	// Open begins the stream, and says after which id of the log its events follow.
	Open(b []byte, log Log) (_ []byte, after string)

	// Wants reports whether the client asked for e.
	Wants(e *Event) bool

	// Append encodes a wanted event. It appends nothing if the format holds the event back.
	Append(b []byte, e *Event) []byte

	// CaughtUp is called when the client has all events so far.
	CaughtUp(b []byte) []byte

	// WakeAt is when Wake is to be called; zero for never. It may change with every other call.
	WakeAt() time.Time

	// Wake appends what is sent at a set time, heartbeats apart.
	Wake(b []byte, now time.Time) []byte

	// AppendHeartbeat appends a heartbeat.
	AppendHeartbeat(b []byte) []byte

	// Ended reports whether the stream ends after what was appended last.
	Ended() bool

	// AppendSlowClient tells a client that is so many events behind, and had the one with the id last, that it is
	// disconnected.
	AppendSlowClient(b []byte, behind int, id string) []byte

	// AppendShutdown tells a client that the server stops.
	AppendShutdown(b []byte) []byte

	faultEncoder
}

// faultEncoder is how faults look in a format.
type faultEncoder interface {
	// FaultSamples are bad events.
	FaultSamples() fault.Samples

	// AppendHuge appends an event of about so many bytes.
	AppendHuge(b []byte, size int) []byte

	// AppendRetry tells the client a reconnection time, if the format can.
	AppendRetry(b []byte, ms int64) []byte

	// HalfEvent is the beginning of the first of the events that would follow the one with an id, or of another one. A client
	// that uses any of it is wrong. Random gives a number below n.
	HalfEvent(events []*Event, id string, random func(n int64) int64) []byte
}

// Heartbeat is the rhythm of heartbeats.
type Heartbeat struct {
	Interval time.Duration // 0: there are none
	Always   bool          // they come between events too, not only after silence
}
