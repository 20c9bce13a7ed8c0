// Package decode turns the payload of one stream event into market updates.
//
// A [Decoder] is given an event's type and data and returns a [Message]. [Native] is the decoder of
// livetape's own wire format.
package decode

import "livetape/feed/market"

// Decoder turns one event into updates. It is called from one goroutine at a time, must not keep
// data, and may keep state of its own between calls (to merge deltas).
//
// An error says what of the payload could not be used; the message's updates stand all the same
// (of a snapshot with one bad price, the others are good).
type Decoder interface {
	Decode(eventType string, data []byte) (Message, error)
}

// Message is what one event meant.
type Message struct {
	Updates    []market.Update
	Continuity *Continuity // set when the event speaks of the stream itself: native "resume" and "reset"
	Unmapped   string      // why the event yields nothing though it is not malformed: "no rule for event type message"

	Notice   string // what the server says about the stream itself, for the status line: "rate limit exceeded"
	End      bool   // the server asks to connect again now
	ResumeID string // the id to resume from, of a feed that writes it in the payload instead of in id: lines
}

// Continuity is the server's own word on what a reconnect missed.
type Continuity struct {
	From     string // the last event id that the server was given
	Reset    bool   // true: the server could not resume from it and sends a snapshot
	Replayed int    // events that follow from the server's memory
	Missed   int    // events lost; Unknown when the server cannot tell
}

// Unknown marks a count that the server could not give.
const Unknown = -1
