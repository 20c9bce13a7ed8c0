package feed

import (
	"sync/atomic"
	"time"
)

// line is what is known of the bytes of one feed. The goroutine that reads the connection writes it, the
// supervisor looks at it; there is no lock and no timer to reset on the way of a message.
type line struct {
	waiting    atomic.Int64 // Unix ns since when the reader waits for bytes; 0 while it does not; negated once told Silent
	heard      atomic.Int64 // Unix ns of the last byte; 0 before the first
	told       atomic.Int64 // the heard that the last event on the channel told
	retry      atomic.Int64 // ns; the server's last retry:, or the default
	pending    atomic.Int64 // events read and not delivered yet
	duplicates atomic.Uint64
	poked      atomic.Bool
	poke       chan struct{} // bytes came without a message; at most one until the supervisor has looked
}

func newLine() *line {
	l := &line{poke: make(chan struct{}, 1)}
	l.retry.Store(int64(defaultRetry))
	return l
}

// wait notes that the reader begins to wait for bytes.
func (l *line) wait(now time.Time) { l.waiting.Store(now.UnixNano()) }

// arrive notes that the wait is over, with or without bytes, and reports whether the supervisor has
// declared the line silent meanwhile.
func (l *line) arrive(now time.Time, bytes bool) (wasSilent bool) {
	if bytes {
		l.heard.Store(now.UnixNano())
	}
	return l.waiting.Swap(0) < 0
}

// since gives when the present wait began, zero when there is none, and whether it was declared
// silent. While events are on their way to the consumer the line does not count as waiting: Silent would overtake
// them. When the clock was set back the wait begins anew.
func (l *line) since(now time.Time) (since time.Time, declared bool) {
	mark := l.waiting.Load()
	if mark == 0 || l.pending.Load() > 0 {
		return time.Time{}, false
	}
	declared = mark < 0
	if declared {
		mark = -mark
	}
	if began := time.Unix(0, mark); !began.After(now) {
		return began, declared
	}
	if !declared {
		l.waiting.CompareAndSwap(mark, now.UnixNano())
	}
	return now, declared
}

// declareSilent marks the wait that began at since, unless it is over. From then on, the reader
// asks the supervisor before it lets a byte through.
func (l *line) declareSilent(since time.Time) bool {
	return l.waiting.CompareAndSwap(since.UnixNano(), -since.UnixNano())
}

// waitsSince reports whether the wait that began at since still lasts.
func (l *line) waitsSince(since time.Time) bool {
	mark := l.waiting.Load()
	return mark == since.UnixNano() || mark == -since.UnixNano()
}

// lastByte is when the last byte arrived; zero before the first.
func (l *line) lastByte() time.Time {
	at := l.heard.Load()
	if at == 0 {
		return time.Time{}
	}
	return time.Unix(0, at).UTC()
}

// tell notes that an event on the channel speaks of the bytes up to at.
func (l *line) tell(at time.Time) {
	if !at.IsZero() {
		l.told.Store(at.UnixNano())
	}
}

// untold reports whether bytes have come that no event speaks of.
func (l *line) untold() bool { return l.heard.Load() != l.told.Load() }

// mention pokes the supervisor if there is something untold.
func (l *line) mention() {
	if l.untold() {
		l.nudge()
	}
}

// duplicate counts an event that an earlier connection gave, and pokes the supervisor.
func (l *line) duplicate() {
	l.duplicates.Add(1)
	l.nudge()
}

// nudge pokes the supervisor, once until it has looked. It never blocks.
func (l *line) nudge() {
	if !l.poked.CompareAndSwap(false, true) {
		return
	}
	select {
	case l.poke <- struct{}{}:
	default:
	}
}

// begin makes the line ready for a new connection.
func (l *line) begin() {
	l.settle()
	l.pending.Store(0)
}

// settle makes room for the next poke.
func (l *line) settle() {
	select {
	case <-l.poke:
	default:
	}
	l.poked.Store(false)
}

// heardRetry takes the server's reconnection time.
func (l *line) heardRetry(d time.Duration) { l.retry.Store(int64(min(d, maxRetry))) }

func (l *line) reconnectionTime() time.Duration { return time.Duration(l.retry.Load()) }

// wallClock is the time without a monotonic reading, so that differences span a sleep of the machine.
func wallClock() time.Time { return time.Now().UTC().Round(0) }
