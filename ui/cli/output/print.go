// Package output is what livetape stream prints. [Print] takes events from feeds and writes their updates, those that
// a [Selection] asks for, each as one line in a [Format]. What is not data, such as a reconnect, goes to standard
// error through [Notices].
package output

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"syscall"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/relayed"
	"livetape/ui"
	"livetape/ui/alert"
	"livetape/ui/cli/state"
)

// Options say what to print.
type Options struct {
	Events    <-chan feed.Event
	Recording <-chan ui.Notice // what goes wrong with the recording; may be nil
	Out       io.Writer
	Notices   *Notices
	Format    Format
	Select    Selection
	Raw       bool // print events as JSON, and no updates: Format and the kinds of Select have no effect
	Feeds     []Feed
	State     *state.IDs // learns the ids of what has been written; may be nil
	Alerts    *alert.Engine
	Send      func(alert.Firing) // tells the user of an alert, besides Notices; nil without Alerts
}

// A Feed is one whose events are printed.
type Feed struct {
	Name string
	// ServerFilters says that its server was asked for the selected symbols and sends no others, perhaps under other
	// names: they are not filtered again.
	ServerFilters bool
	Memory        int // bytes that --once may remember of it; 0 means 64 MiB
}

// Print writes all selected updates, once and in order, until there are as many as were asked for, the time is up, the
// feeds have ended, the reader of Out is gone or ctx ends. None of these is an error, unless something is missing that
// was asked for. While a write blocks, it takes no events, so the feeds read no more from their sockets.
func Print(ctx context.Context, options Options) error {
	l := printLoop{Options: options, filter: newUpdateFilter(options.Select, options.Feeds), relays: relayed.New()}
	if options.Select.For > 0 {
		l.timeUp = time.After(options.Select.For)
	}
	return l.run(ctx)
}

// printLoop is one call of [Print]. One goroutine runs it.
type printLoop struct {
	Options
	timeUp <-chan time.Time // nil: never
	filter *updateFilter
	relays *relayed.Splitter

	row row
	buf []byte
}

const (
	fullBuffer = 64 << 10 // bytes written at once; what a Linux pipe takes
	maxBatch   = 1024     // events taken without a look at the clock
)

var (
	errDone       = errors.New("all that was asked for has been printed")
	errReaderGone = errors.New("the reader of the output is gone")
)

func (l *printLoop) run(ctx context.Context) error {
	if !l.Raw {
		l.buf = l.Format.header(l.buf)
	}
	err := l.printEvents(ctx)
	switch {
	case errors.Is(err, errReaderGone):
		return nil
	case errors.Is(err, errDone):
		err = nil
	}
	if flushErr := l.flush(); !errors.Is(flushErr, errReaderGone) {
		err = errors.Join(err, flushErr)
	}
	l.Notices.Summarize()
	return err
}

func (l *printLoop) printEvents(ctx context.Context) error {
	for {
		if err := l.flush(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-l.timeUp:
			return l.filter.missingInTime()
		case now := <-l.alertCheck():
			if err := l.sendAlerts(l.Alerts.Advance(now.UTC())); err != nil {
				return err
			}
		case notice := <-l.Recording:
			l.Notices.Say("recording", notice.Text)
		case ev, ok := <-l.Events:
			if !ok {
				return nil
			}
			if err := l.takeEvent(ev); err != nil {
				return err
			}
		}
		if err := l.takeWaiting(); err != nil {
			return err
		}
	}
}

// takeWaiting takes the events that have already come, so that their lines are written together.
func (l *printLoop) takeWaiting() error {
	for range maxBatch {
		select {
		case ev, ok := <-l.Events:
			if !ok {
				return nil
			}
			if err := l.takeEvent(ev); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (l *printLoop) takeEvent(ev feed.Event) error {
	for _, part := range l.relays.Split(ev) {
		if l.Alerts != nil {
			if err := l.sendAlerts(l.Alerts.Apply(part)); err != nil {
				return err
			}
		}
		if err := l.relayed(ev, part); err != nil {
			return err
		}
	}
	switch {
	case ev.Message != nil:
		err := l.message(ev)
		l.State.Note(ev.Feed, ev.Message.ResumeID())
		return err
	case ev.Status != nil:
		return l.status(ev.Feed, *ev.Status)
	case ev.Pulse != nil:
		l.Notices.Duplicates(ev.Feed, ev.Pulse.Duplicates)
	case ev.Gap != nil:
		return l.notice(func() { l.Notices.Gap(ev.Feed, ev.Gap) })
	}
	return nil
}

// relayed tells how a feed behind a relay is, as the relay says: where the relay itself is away, that is said already.
func (l *printLoop) relayed(ev, part feed.Event) error {
	switch {
	case part.Feed == ev.Feed || ev.Message == nil:
	case part.Status != nil:
		return l.notice(func() { l.Notices.Relayed(part.Feed, *part.Status) })
	case part.Gap != nil:
		return l.notice(func() { l.Notices.Gap(part.Feed, part.Gap) })
	}
	return nil
}

// alertCheck gives the time when an alert can come true by time alone.
func (l *printLoop) alertCheck() <-chan time.Time {
	if l.Alerts == nil || l.Alerts.NextCheck().IsZero() {
		return nil
	}
	return time.After(time.Until(l.Alerts.NextCheck()))
}

func (l *printLoop) sendAlerts(fired []alert.Firing) error {
	for _, f := range fired {
		if err := l.notice(func() { l.Notices.Say("alert", market.PlainText(f.Text, maxReason)) }); err != nil {
			return err
		}
		l.Send(f)
	}
	return nil
}

// notice flushes before it prints a notice, so that a terminal, or a file that takes both outputs, shows them in order.
func (l *printLoop) notice(say func()) error {
	if err := l.flush(); err != nil {
		return err
	}
	say()
	return nil
}

// status ends the loop when the last feed has ended for good, or nothing more is to come that was asked for.
func (l *printLoop) status(name string, s feed.Status) error {
	if s.State.HasEnded() {
		l.filter.snapshotDone(name)
	}
	var ended bool
	if err := l.notice(func() { ended = l.Notices.Status(name, s) }); err != nil {
		return err
	}
	if !ended && !l.filter.isComplete() {
		return nil
	}
	return cmp.Or(l.Notices.Failure(), l.filter.missingAtEnd(), errDone)
}

func (l *printLoop) message(ev feed.Event) error {
	m := ev.Message
	if l.Raw && m.Data != nil { // there is none of an event that was skipped
		if !l.filter.KeepsEvent(ev.Feed, m) {
			return nil
		}
		l.row.setOrigin(ev.Feed, m.ID, ev.At)
		l.filter.printed++
		l.buf = appendRawJSON(l.buf, ev.Feed, l.row.receivedText, m)
		return l.printed()
	}
	if m.Err != nil || m.Unmapped != "" {
		if err := l.notice(func() { l.Notices.Unusable(ev.Feed, m) }); err != nil {
			return err
		}
	}
	if m.Notice != "" {
		if err := l.notice(func() { l.Notices.ServerSays(ev.Feed, m.Notice) }); err != nil {
			return err
		}
	}
	l.row.setOrigin(ev.Feed, m.ID, ev.At)
	for _, u := range m.Updates {
		l.row.setUpdate(u)
		if origin := market.Origin(u); origin != "" {
			l.row.feed = l.relays.NameBehind(ev.Feed, origin)
		}
		if l.row.quote.FromSnapshot {
			l.filter.snapshotDone(ev.Feed)
		}
		if err := l.printRow(u); err != nil {
			return err
		}
	}
	if l.filter.printed == 0 && len(m.Updates) > 0 && !l.filter.Once {
		if err := l.notice(func() { l.Notices.NonePrinted(ev.Feed, len(m.Updates), ev.At) }); err != nil {
			return err
		}
	}
	if !l.filter.isComplete() {
		return nil
	}
	if len(l.filter.symbols) > 0 {
		return errDone // whichever feed they came from
	}
	return cmp.Or(l.Notices.Failure(), errDone)
}

func (l *printLoop) printRow(u market.Update) (err error) {
	if !l.filter.accepts(u, &l.row) {
		return nil
	}
	if l.buf, err = l.Format.line(l.buf, &l.row); err != nil {
		return err
	}
	if err := l.filter.tooMany(); err != nil {
		return err
	}
	return l.printed()
}

func (l *printLoop) printed() error {
	if l.filter.countReached() {
		return errDone
	}
	if len(l.buf) < fullBuffer {
		return nil
	}
	return l.flush()
}

func (l *printLoop) flush() error {
	if len(l.buf) == 0 {
		l.State.Commit()
		return nil
	}
	_, err := l.Out.Write(l.buf)
	l.buf = l.buf[:0]
	if err == nil {
		l.State.Commit()
		return nil
	}
	l.State = nil // what was taken since is not written
	if isReaderGone(err) {
		return errReaderGone
	}
	return fmt.Errorf("write the updates: %w", err)
}

func isReaderGone(err error) bool {
	var number syscall.Errno
	if errors.As(err, &number) && (number == syscall.EPIPE || runtime.GOOS == "windows" && slices.Contains(brokenPipeOnWindows, number)) {
		return true
	}
	return errors.Is(err, io.ErrClosedPipe)
}

// brokenPipeOnWindows is what a write to a pipe without a reader fails with there: ERROR_BROKEN_PIPE, ERROR_NO_DATA.
var brokenPipeOnWindows = []syscall.Errno{109, 232}
