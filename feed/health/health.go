// Package health says how a feed is: the [Status] of its connection, and the [Gap] that a reconnect left. A [Report] is what
// a relay says of a feed behind it. All have one form in JSON, in recordings as on the wire.
package health

import "time"

// State is where a feed's connection stands.
type State int8

// The states of a feed. Closed, Failed and Finished are ends until the user retries.
const (
	Connecting State = iota
	Live
	Quiet    // connected, and bytes come, but no events: for unusually long, or for the quiet_after of its configuration
	Silent   // connected, but nothing received for unusually long, or for half of the idle timeout
	Waiting  // for the next try, at Status.RetryAt
	Closed   // by the server (204) or by the user
	Failed   // retrying would not help
	Finished // the server said that nothing more will come; Status.Cause is in its words: "[DONE]"
)

// IsConnected reports whether there is a stream, however it is.
func (s State) IsConnected() bool { return s == Live || s == Quiet || s == Silent }

// HasEnded reports whether nothing more comes until the user retries.
func (s State) HasEnded() bool { return s == Closed || s == Failed || s == Finished }

// Status is a feed's state, sent on every change and only then.
type Status struct {
	State   State
	Since   time.Time // when this state began
	Attempt int       // failures in a row; 0 after a good connection
	RetryAt time.Time // Waiting: when the next try starts
	Cause   string    // Quiet, Silent, Waiting, Closed, Failed, Finished: why, in words a user can act on
	Advice  string    // Waiting, Failed: what to do next, one line; may be empty
	Stack   string    // Failed by an error of livetape itself: where in the program, in many lines, for a report; else empty

	// Planned is true from a clean end of stream until it is live again: servers that end every
	// stream after a while are doing nothing wrong, and a screen should not raise an alarm
	// unless it lasts. The third end in a row without an event, and those that follow, are not planned: a
	// stream that never gives anything is not well.
	Planned  bool
	LastByte time.Time // when the last byte arrived; zero before the first

	Redirected string // Live, Quiet, Silent: the origin that the stream comes from, "http://host", if it is not the URL's own

	Protocol    string // Live, Quiet, Silent: of the connection: "HTTP/1.1", "HTTP/2.0"
	Compression string // Live, Quiet, Silent: of the stream: "gzip"; empty for none

	LastEvent time.Time     // Quiet: when the last event came; zero before the first
	UsualGap  time.Duration // Quiet: between two events; zero when it is not known

	Retry       time.Duration // the server's reconnection time, at most 1 h, or the default of 1 s
	Connections int           // connections that became live so far
	Duplicates  uint64        // events dropped so far because an earlier connection had given them
}

// Gap says what a reconnect missed. It is sent once per reconnect, before the first message of the
// new connection that tells it, or as soon as the stream is live when nothing can tell.
type Gap struct {
	Kind     GapKind
	Lost     time.Time     // when the stream before was lost; after a silence, its last byte; zero on a first connection with an id from before
	Length   time.Duration // from Lost to live again; 0 when Lost is zero
	From     string        // the last event id sent, or refused; empty when there was none
	Next     string        // the first id that came then, where that is the evidence; else empty
	Reason   string        // NotResumed, Unconfirmed, Unreplayed: why, in words; may be empty
	Replayed int           // Resumed: how many events, or Unknown
	Missed   int           // Resumed: 0; NotResumed, Skipped: events lost, or Unknown; else Unknown
	Planned  bool          // the server ended the stream cleanly
}

// GapKind says how much is known about a gap.
type GapKind int8

// What can be known about a gap.
const (
	Resumed     GapKind = iota // the server goes on behind the last event id: it says so, or what it sends proves it
	NotResumed                 // it does not: it says so, or what it sends proves it
	Unconfirmed                // the server was given the last event id, and nothing says what it did with it
	Unreplayed                 // there is no id, or none that HTTP can carry: what was sent meanwhile is lost
	Skipped                    // ids that always ran on by one jump: it goes on, but Missed events, about, are missing
)

// Unknown marks a count that nobody can give.
const Unknown = -1

// Report is how a feed behind a relay is. A Gap is said once, with the status behind it.
type Report struct {
	Feed   string
	Status Status
	Gap    *Gap // nil: none since the last report
}
