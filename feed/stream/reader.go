// Package stream makes the body of any event stream safe for r3labs/sse.
//
// A [Reader] stands between an HTTP body and the r3labs parser. It reads the body by the rules of the WHATWG HTML
// Standard, §9.2.6, and gives the parser one whole event per Read, rewritten to a canonical form in which the parser's
// own rules lose nothing:
//
//	data: one line for each line of the data
//	event: the type, never empty
//	id: a mark, then the last event id
//
// The type is explicit and the id never empty, since the parser drops an event that has neither id, type nor data, and
// treats an empty id like a missing one. [ParseID] returns the id as the server sent it.
//
// The parser never sees comments, half events, events without data, and events over a bound; in place of the last it
// gets an event marked [Skipped]. The id and the retry: of a skipped event count all the same, or each resume would
// bring it again. Memory is bounded by Config.MaxEvent, whatever comes: comments and unknown fields may be of any length
// and are not kept.
//
// Each event costs the parser's client some microseconds: it makes seven allocations, and hands the event to another
// goroutine. With [Config].Bundle, events that came together pass the parser as one, and [Unbundle] takes it apart. The parser
// would also copy an event four times. Data of over [LargeData] bytes do not pass it: Config.OnLarge gets the buffer that they
// were read into.
//
// A body of JSON lines ([Config].JSONLines) becomes events of the same form: one of type message for each line.
//
// [Lines], which splits a stream into lines, serves other readers of event streams as well.
package stream

import (
	"io"
	"time"
)

// Bounds of Config.MaxEvent, in bytes.
const (
	DefaultMaxEvent = 1 << 20
	LargestMaxEvent = 64 << 20
)

// maxID bounds an id, in bytes of well-formed UTF-8, since it is carried along with every event that follows.
// A longer one is ignored, as if its line were not there.
const maxID = 64 << 10

// minLineLimit is the smallest limit of a line: however small the events, an id that counts and a sensible retry: are
// whole.
const minLineLimit = maxID + 16

const windowSize = 64 << 10

// Config says how a Reader reads. A zero field takes its default.
type Config struct {
	JSONLines   bool                // the body is no event stream: each of its lines that is not blank is an event
	MaxEvent    int                 // bytes of the data:, event: and id: lines of one event, or of a JSON line; default DefaultMaxEvent, at most LargestMaxEvent
	LastEventID string              // the id that the connection begins with, from the one before; one that no stream can give (CR, LF, NUL, over 64 KiB) is none
	OnRetry     func(time.Duration) // called for each valid retry: line when it is read, also in ignored events
	OnComment   func()              // called for each comment, or blank one of JSON lines: a sign of life
	Bundle      bool                // a Read gives all events that have come, up to a bound, as one for Unbundle. It needs OnLarge
	OnLarge     func(data []byte)   // with Bundle: given the data of each event of more than LargeData bytes, to keep, before its bundle is returned
}

// Reader is the body of an event stream in canonical form. It is not safe for concurrent use.
type Reader struct {
	body   io.Reader
	lines  Lines
	event  pendingEvent
	bundle bundle
	window []byte // the buffer for reading the body
	out    []byte // what is left of the canonical event being returned
	err    error  // of the body; returned after all that came before it
	head   []byte // the first bytes, until something is understood
	empty  int    // reads of the body in a row that returned neither bytes nor an error
}

// NewReader returns a Reader of body. It reads nothing yet.
func NewReader(body io.Reader, c Config) *Reader {
	c.MaxEvent = clampMaxEvent(c.MaxEvent)
	return &Reader{
		body:   body,
		lines:  Lines{Limit: max(c.MaxEvent, minLineLimit), All: c.JSONLines, Spare: spareBuffer},
		event:  newPendingEvent(c),
		window: make([]byte, windowSize),
	}
}

func clampMaxEvent(maxEvent int) int {
	if maxEvent <= 0 {
		return DefaultMaxEvent
	}
	return min(maxEvent, LargestMaxEvent)
}

// Read returns the next event, or as much of it as p holds. The body's error comes after its last whole event,
// as it is: io.EOF for a clean end, io.ErrUnexpectedEOF for a cut.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(r.out) == 0 {
		line, ok := r.lines.Next()
		if !ok && r.err != nil {
			line, ok = r.lastLine()
		}
		if ok {
			if r.event.takeLine(line) {
				r.out = r.encode()
			}
			continue
		}
		if r.out = r.bundle.take(); len(r.out) > 0 {
			break
		}
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.out)
	if r.out = r.out[n:]; len(r.out) == 0 {
		r.out = nil // a large one must not be held until the next
	}
	return n, nil
}

// encode gives the event that is complete, or the bundle that it fills; nil while there is room for more.
func (r *Reader) encode() (out []byte) {
	if !r.event.config.Bundle {
		out = r.event.canonical()
	} else if r.bundle.add(&r.event); r.bundle.full {
		out = r.bundle.take()
	}
	r.event.clear()
	return out
}

// maxHead bounds what is kept of a body of which nothing has been understood, in bytes.
const maxHead = 4 << 10

// Head is the beginning of the body as it came, until something in it was understood; see Alive.
func (r *Reader) Head() []byte {
	if r.event.alive {
		return nil
	}
	return r.head
}

func (r *Reader) fill() {
	n, err := r.body.Read(r.window)
	if !r.event.alive && len(r.head) < maxHead {
		r.head = append(r.head, r.window[:min(n, maxHead-len(r.head))]...)
		if IsUTF16(r.head) {
			r.lines, r.err = Lines{}, ErrUTF16
			return
		}
	}
	r.lines.Add(r.window[:n])
	r.err = err
	if n > 0 || err != nil {
		r.empty = 0
		return
	}
	if r.empty++; r.empty >= 100 { // as bufio has it
		r.err = io.ErrNoProgress
	}
}

// LastEventID is the last event id as of the last blank line read: of whole blocks only, but also of those
// that yield no event. Call it from the goroutine that reads, or after Read has returned an error.
func (r *Reader) LastEventID() string { return string(r.event.lastID) }

// Alive reports whether an event, a comment or a valid retry: line was read; of JSON lines, any line.
func (r *Reader) Alive() bool { return r.event.alive }

// MidEvent reports whether the body, which has ended, did so within an event: behind a data:, event: or id: line, or a
// part of one, without the blank line that ends the block. A comment, a retry: or an unknown field needs none.
func (r *Reader) MidEvent() bool { return r.event.hasBegun() || r.lines.midField() }
