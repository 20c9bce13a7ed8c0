package tape

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Stream is a recording as one client of an event stream is sent it: from its beginning, or, to a client that reconnects,
// from after the event it received last. It is pure text and times: whoever serves it waits and writes.
//
// What a stream cannot carry is left out: statuses and gaps silently, messages that were skipped with a comment.
type Stream struct {
	r        *Reader
	playback playback
	encoder  messageEncoder
	next     *Entry // nil: there is none
	err      error  // what ended the recording early
}

// ErrStreamOver is the error of OpenStream for a client that has received everything.
var ErrStreamOver = errors.New("there is nothing more in the recording")

// maxServed bounds the bytes of an event, since each client takes as much; a larger one is left out.
const maxServed = 4 << 20

// OpenStream begins the stream of a client. It plays at a speed (0 means 1) from an offset, or from after the first event with
// the id, if that is found; empty for none. The file is closed when ctx ends.
func OpenStream(ctx context.Context, name string, speed float64, from time.Duration, lastID string) (*Stream, error) {
	r, err := Open(name)
	if err != nil {
		return nil, err
	}
	r.maxData, r.lines.Limit = maxServed, maxServed
	context.AfterFunc(ctx, func() { _ = r.Close() }) // it was only read; ends what is being read
	s := &Stream{r: r}
	more, err := r.seekStart(from, lastID)
	switch {
	case err != nil:
		return nil, err
	case !more:
		return nil, ErrStreamOver
	}
	s.playback = playback{speed: 1, start: r.Offset()}
	if speed != 0 {
		s.playback.speed = clampSpeed(speed)
	}
	s.playback.moveTo(r.Offset(), time.Now())
	s.advance()
	return s, nil
}

// seekStart goes to where a client wants to begin, and reports whether there is a message for it.
func (r *Reader) seekStart(from time.Duration, lastID string) (more bool, err error) {
	if lastID == "" {
		return true, r.Seek(from)
	}
	found, more, err := r.seekAfter(lastID)
	if err == nil && !found {
		return true, r.Seek(from)
	}
	return more, err
}

// seekAfter makes Next return the message that follows the first one with the id.
func (r *Reader) seekAfter(id string) (found, more bool, err error) {
	for {
		e, err := r.read()
		switch {
		case errors.Is(err, io.EOF):
			return found, false, nil
		case err != nil:
			return found, false, err
		case e.Message == nil:
		case found:
			r.found = &e
			return true, true, nil
		default:
			found = e.Message.ID == id
		}
	}
}

// advance reads the next message.
func (s *Stream) advance() {
	for s.next = nil; s.next == nil; {
		e, err := s.r.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
			return
		}
		if e.Message != nil {
			s.next = &e
		}
	}
}

// Ended reports whether all was given.
func (s *Stream) Ended() bool { return s.next == nil }

// Err is what ended the recording early; nil after a whole one.
func (s *Stream) Err() error { return s.err }

// Due is when the next event is to be sent; zero when there is none.
func (s *Stream) Due(now time.Time) time.Time {
	if s.next == nil {
		return time.Time{}
	}
	action, wait := s.playback.decide(s.next.Offset, now)
	if action == sleep {
		return now.Add(wait)
	}
	return now
}

// Append appends the events that are due, but not many more than so many bytes.
func (s *Stream) Append(b []byte, now time.Time, most int) []byte {
	for s.next != nil && len(b) < most && !s.Due(now).After(now) {
		s.playback.noteSent(s.next.Offset, true, now)
		if m := s.next.Message; fitsEventStream(m) {
			b = s.encoder.append(b, m)
		} else {
			b = fmt.Appendf(b, ": an event was left out, which a stream cannot carry\n\n")
		}
		s.advance()
	}
	return b
}
