package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"livetape/feed"
	"livetape/ui"
)

// pipe carries updates from feeds to a writer: all of them, once, in order. While the writer blocks, nothing is
// taken from the feeds, which then read no more from their sockets. One goroutine runs it.
type pipe struct {
	events  <-chan feed.Event
	notices <-chan string    // of the recording; may be nil
	timeUp  <-chan time.Time // may be nil
	ends    ends
	out     io.Writer
	printer printer
	sieve   *sieve
	notes   *notes
	quiet   bool // that a stream is well is not told

	record record
	buf    []byte
}

const (
	fullBuffer = 64 << 10 // bytes written at once; what a pipe of Linux takes
	burst      = 1024     // events taken without a look at the clock
)

var (
	errEnough     = errors.New("all that was asked for has been printed")
	errReaderGone = errors.New("the reader of the output is gone")
)

// run prints until all that was asked for has been, the time is up, the feeds have ended, the reader is gone or
// ctx ends. None of these is an error, unless something is lacking that was asked for.
func (p *pipe) run(ctx context.Context) error {
	p.buf = p.printer.header(p.buf)
	err := p.carry(ctx)
	switch {
	case errors.Is(err, errReaderGone):
		return nil
	case errors.Is(err, errEnough):
		err = nil
	}
	if flushErr := p.flush(); !errors.Is(flushErr, errReaderGone) {
		err = errors.Join(err, flushErr)
	}
	p.notes.total()
	return err
}

func (p *pipe) carry(ctx context.Context) error {
	for {
		if err := p.flush(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.timeUp:
			return p.sieve.timeUp()
		case text := <-p.notices:
			p.notes.say("recording", text)
		case ev, ok := <-p.events:
			if !ok {
				return nil
			}
			if err := p.take(ev); err != nil {
				return err
			}
		}
		if err := p.takeWaiting(); err != nil {
			return err
		}
	}
}

// takeWaiting takes what has already come: it is written together.
func (p *pipe) takeWaiting() error {
	for range burst {
		select {
		case ev, ok := <-p.events:
			if !ok {
				return nil
			}
			if err := p.take(ev); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (p *pipe) take(ev feed.Event) error {
	switch {
	case ev.Message != nil:
		return p.message(ev)
	case ev.Status != nil:
		return p.status(ev.Feed, *ev.Status)
	case ev.Gap != nil:
		return p.note(func() { p.notes.say(ev.Feed, ui.GapWords(ev.Gap)) })
	}
	return nil
}

// note flushes before it tells, so that a terminal, or a file that takes both outputs, shows them in order.
func (p *pipe) note(tell func()) error {
	if err := p.flush(); err != nil {
		return err
	}
	tell()
	return nil
}

// status tells how a feed is. When the last one has ended for good, that is the end.
func (p *pipe) status(name string, s feed.Status) error {
	last := p.ends.take(name, s)
	if isEnd(s) {
		p.sieve.heard(name)
	}
	if (!last || s.State == feed.Closed) && !(p.quiet && isWell(s)) { // what fails last is told as the error that it is
		if err := p.note(func() { p.notes.say(name, ui.StatusWords(s)) }); err != nil {
			return err
		}
	}
	if !last && !p.sieve.complete() {
		return nil
	}
	return cmp.Or(p.ends.failed, p.sieve.cutShort(), errEnough)
}

// isWell reports whether nothing is wrong with a stream, as far as anybody knows.
func isWell(s feed.Status) bool {
	switch s.State {
	case feed.Connecting, feed.Live:
		return true
	}
	return s.State == feed.Waiting && s.Planned
}

func (p *pipe) message(ev feed.Event) error {
	m := ev.Message
	if m.Fault != nil || m.Unmapped != "" {
		if err := p.note(func() { p.notes.message(ev.Feed, m) }); err != nil {
			return err
		}
	}
	if m.Notice != "" {
		if err := p.note(func() { p.notes.word(ev.Feed, m.Notice) }); err != nil {
			return err
		}
	}
	p.record.arrive(ev.Feed, m.ID, ev.At)
	for _, u := range m.Updates {
		p.record.set(u)
		if p.record.quote.Standing {
			p.sieve.heard(ev.Feed)
		}
		if err := p.print(); err != nil {
			return err
		}
	}
	if !p.sieve.complete() {
		return nil
	}
	if len(p.sieve.symbols) > 0 {
		return errEnough // whichever feed they came from
	}
	return cmp.Or(p.ends.failed, errEnough)
}

// print prints the record if it is asked for.
func (p *pipe) print() (err error) {
	if !p.sieve.passes(&p.record) {
		return nil
	}
	if p.buf, err = p.printer.line(p.buf, &p.record); err != nil {
		return err
	}
	if p.sieve.full() {
		return errEnough
	}
	if len(p.buf) < fullBuffer {
		return nil
	}
	return p.flush()
}

func (p *pipe) flush() error {
	if len(p.buf) == 0 {
		return nil
	}
	_, err := p.out.Write(p.buf)
	p.buf = p.buf[:0]
	switch {
	case err == nil:
		return nil
	case isReaderGone(err):
		return errReaderGone
	}
	return fmt.Errorf("write the updates: %w", err)
}

// isReaderGone reports whether a write failed because nobody reads any more.
func isReaderGone(err error) bool {
	var number syscall.Errno
	if errors.As(err, &number) && (number == brokenPipe || number == closingPipe) {
		return true
	}
	return errors.Is(err, io.ErrClosedPipe)
}
