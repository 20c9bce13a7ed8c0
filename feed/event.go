package feed

import (
	"time"

	"livetape/feed/decode"
	"livetape/feed/health"
	"livetape/feed/market"
)

// Event is one thing that happened to one feed; exactly one of Status, Gap, Message and Pulse is set.
type Event struct {
	Feed    string
	At      time.Time // UTC wall clock, without a monotonic reading: ages stay true over a sleep of the machine. Of a message, when its last bytes were read
	Status  *Status
	Gap     *Gap
	Message *Message
	Pulse   *Pulse
}

// Message is one event of the stream, as a browser's EventSource would dispatch it, and what the
// feed's decoder made of it.
type Message struct {
	Type string // "message" when the server gave none
	Data []byte // may be kept; never changed after delivery
	ID   string // the last event id after this event; opaque. One with control characters cannot be sent, so a reconnect does not resume from it

	Updates   []market.Update  // empty without a decoder
	Unmapped  string           // why there are no updates, or none of some rows, though nothing is wrong
	Err       error            // what of the payload could not be used, or why it was skipped by the reader
	Map       *decode.FoundMap // how the feed is read from this message on, where that was found out; nil when nothing has changed
	Reports   []Report         // of a relay: how the feeds behind it are now
	Heartbeat bool             // the message only says that the stream lives
	resumeID  string
	Notice    string // what the server says of the stream itself, as one safe line: "Rate limit exceeded"; else empty. If the stream ends right behind it, the Cause of the Status that follows says it again
}

// ResumeID is the id to resume from after this message, as the server gave it; empty for none. It is not to be shown: a
// credential in it is not masked.
func (m *Message) ResumeID() string { return m.resumeID }

// Size is about how many bytes the message takes, with its updates.
func (m *Message) Size() int {
	n := len(m.Data) + len(m.Type) + len(m.ID)
	for _, u := range m.Updates {
		n += market.Size(u)
	}
	return n
}

// Pulse says that a stream lives though no message came of it: a comment, a part of a long event, a
// duplicate. It is sent within a second of such bytes, at most once a second, and never while messages
// say as much. With it, the newest of Event.At of a message, Status.LastByte and Pulse.LastByte is
// the feed's freshness, true to a second.
type Pulse struct {
	LastByte   time.Time
	Duplicates uint64 // events dropped so far because an earlier connection had given them
}

// State is how the connection to a feed is. Package health has more on this and on the types below.
type State = health.State

// Status is a State, with its cause and what comes next.
type Status = health.Status

// Gap is a time without a stream, and what is known to be missing from it.
type Gap = health.Gap

// GapKind is what is known of a Gap.
type GapKind = health.GapKind

// Report is how a feed behind a relay is.
type Report = health.Report

// The states of a feed, of which Closed, Failed and Finished are ends until the user retries.
const (
	Connecting = health.Connecting
	Live       = health.Live
	Quiet      = health.Quiet
	Silent     = health.Silent
	Waiting    = health.Waiting
	Closed     = health.Closed
	Failed     = health.Failed
	Finished   = health.Finished
)

// What can be known about a gap.
const (
	Resumed     = health.Resumed
	NotResumed  = health.NotResumed
	Unconfirmed = health.Unconfirmed
	Unreplayed  = health.Unreplayed
	Skipped     = health.Skipped

	// Unknown marks a count that nobody can give.
	Unknown = health.Unknown
)
