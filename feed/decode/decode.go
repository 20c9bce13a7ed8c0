// Package decode turns the payload of a stream event into market updates.
//
// A [Decoder] is given the type and the data of an event and returns a [Message]. [Native] is the decoder for livetape's
// own format.
package decode

import (
	"time"
	"unsafe"

	"livetape/feed/health"
	"livetape/feed/market"
	"livetape/feed/memory"
)

// Decoder turns one event into updates. It is called from one goroutine at a time, and may keep state between calls, to
// merge deltas. Nobody changes data any more: see [Text].
//
// An error says which part of the payload could not be used. The message's updates are good all the same: of a snapshot
// with one bad price, the other prices are.
type Decoder interface {
	Decode(eventType string, data []byte) (Message, error)
}

// Text is data as text, without a copy: data must never change. Some events have tens of megabytes, and while one is copied
// the garbage collector can stop no goroutine, and so lets none run: keys would have to wait.
func Text(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }

// Message is what one event means.
type Message struct {
	Updates    []market.Update
	Reports    []health.Report // of a relay: how the feeds behind it are now
	Continuity *Continuity     // of an event about the stream itself: native "resume" and "reset"
	Unmapped   string          // why the event, or a part of its rows, yields nothing though it is not malformed: "no rule for event type message"

	Notice   string // what the server says about the stream itself, for the status line: "rate limit exceeded"
	End      bool   // the server asks to connect again now
	ResumeID string // the id to resume from, of a feed that writes it in the payload instead of in id: lines

	Heartbeat bool      // the event only says that the stream lives
	Finished  bool      // the server says that there is nothing more to come: "[DONE]", event: done
	Map       *FoundMap // how the feed is read from this event on, where that was found out; nil when nothing has changed
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

// Learner is a Decoder that finds out how a feed is to be read. A few events at once show it more than one, so that whoever
// reads a stream may gather those that come within some milliseconds of the first, while Learning, and show them by Learn
// before decoding them in turn.
type Learner interface {
	Decoder
	Learning() bool
	Learn(events []Event)
}

// LearnerOf is the Learner in a decoder, or behind those that wrap one.
func LearnerOf(d Decoder) (Learner, bool) { return find[Learner](d) }

// ForgetBooks makes a decoder forget the order books that it keeps, for it missed events that changed them. Its next message
// takes back their bids and asks. Anew says that the stream begins anew, so that the next book of a symbol is the first one.
func ForgetBooks(d Decoder, anew bool) {
	if k, ok := find[interface{ ForgetBooks(anew bool) }](d); ok {
		k.ForgetBooks(anew)
	}
}

// CountIn has a decoder, or the one behind those that wrap it, count in b what it keeps from one event to the next.
func CountIn(d Decoder, b *memory.Budget) {
	if k, ok := find[interface{ CountIn(b *memory.Budget) }](d); ok {
		k.CountIn(b)
	}
}

// find is the first of a decoder and those behind it that is a T.
func find[T any](d Decoder) (found T, ok bool) {
	for d != nil {
		if found, ok = d.(T); ok {
			return found, true
		}
		w, wraps := d.(interface{ Unwrap() Decoder })
		if !wraps {
			break
		}
		d = w.Unwrap()
	}
	return found, false
}

// Event is one event of a stream as it came.
type Event struct {
	Type string
	ID   string
	Data []byte
	At   time.Time // when it came; zero: not known
}

// FoundMap is what a Learner found out about how a feed is to be read.
type FoundMap struct {
	YAML    string   // as it stands in a configuration below the feed's name; empty when nothing was found
	Preset  string   // the preset that it is, if any
	Guess   bool     // some of it was guessed, and not yet confirmed by the user
	Notes   []string // what was guessed, and what was left out
	Problem string   // why prices are not shown: "rows cannot be told apart: …"; else empty
	Sample  int      // events it was found from
	Mapped  int      // of these, how many it reads
}
