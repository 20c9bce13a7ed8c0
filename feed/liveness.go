package feed

import (
	"sync/atomic"
	"time"
)

// liveness is what is known of the bytes of one feed. The goroutine that reads the connection writes it, the
// supervisor looks at it; there is no lock and no timer to reset on the way of a message.
type liveness struct {
	waitBegan  atomic.Int64 // Unix ns since when the reader waits for bytes; 0 while it does not; negated once declared silent
	lastByteAt atomic.Int64 // Unix ns; 0 before the first
	reported   atomic.Int64 // the lastByteAt that the last event on the channel told
	retry      atomic.Int64 // ns; the server's last retry:, or the default
	pending    atomic.Int64 // events read and not delivered yet
	duplicates atomic.Uint64
	bytes      eventRhythm
	events     eventRhythm   // but for heartbeats
	isQuiet    atomic.Bool   // no event has come for long
	isClosed   atomic.Bool   // the feed says that its market is
	revived    chan struct{} // an event came although it was quiet
	woken      atomic.Bool
	wakeup     chan struct{} // bytes came without a message; at most one until the supervisor has looked
}

func newLiveness() *liveness {
	l := &liveness{wakeup: make(chan struct{}, 1), revived: make(chan struct{}, 1)}
	l.retry.Store(int64(defaultRetry))
	return l
}

// beginWait notes that the reader begins to wait for bytes, and wakes the supervisor if there are bytes to report.
func (l *liveness) beginWait(now time.Time) {
	if l.hasUnreportedBytes() {
		l.wakeSupervisor()
	}
	l.waitBegan.Store(now.UnixNano())
}

// endWait notes that the wait is over, with or without bytes, and reports whether the supervisor has
// declared the connection silent meanwhile.
func (l *liveness) endWait(now time.Time, bytes bool) (wasSilent bool) {
	if bytes {
		l.lastByteAt.Store(now.UnixNano())
		l.bytes.add(now)
	}
	return l.waitBegan.Swap(0) < 0
}

// waitingSince gives when the present wait began, zero when there is none, and whether it was declared
// silent. While events are on their way to the consumer that does not count as waiting: Silent would overtake
// them. When the clock was set back the wait begins anew.
func (l *liveness) waitingSince(now time.Time) (since time.Time, silent bool) {
	mark := l.waitBegan.Load()
	if mark == 0 || l.pending.Load() > 0 {
		return time.Time{}, false
	}
	anew := now.UnixNano()
	if silent = mark < 0; silent {
		anew = -anew
	}
	if began := time.Unix(0, max(mark, -mark)); !began.After(now) {
		return began, silent
	}
	l.waitBegan.CompareAndSwap(mark, anew)
	return now, silent
}

// declareSilent marks the wait that began at since, unless it is over. From then on, the reader
// asks the supervisor before it lets a byte through.
func (l *liveness) declareSilent(since time.Time) bool {
	return l.waitBegan.CompareAndSwap(since.UnixNano(), -since.UnixNano())
}

// stillWaits reports whether the wait that began at since lasts.
func (l *liveness) stillWaits(since time.Time) bool {
	mark := l.waitBegan.Load()
	return mark == since.UnixNano() || mark == -since.UnixNano()
}

func (l *liveness) lastByte() time.Time {
	at := l.lastByteAt.Load()
	if at == 0 {
		return time.Time{}
	}
	return time.Unix(0, at).UTC()
}

// report notes that an event on the channel speaks of the bytes up to at.
func (l *liveness) report(at time.Time) {
	if !at.IsZero() {
		l.reported.Store(at.UnixNano())
	}
}

func (l *liveness) hasUnreportedBytes() bool { return l.lastByteAt.Load() != l.reported.Load() }

func (l *liveness) countDuplicate() {
	l.duplicates.Add(1)
	l.wakeSupervisor()
}

// wakeSupervisor wakes the supervisor, once until it has looked. It never blocks.
func (l *liveness) wakeSupervisor() {
	if !l.woken.CompareAndSwap(false, true) {
		return
	}
	select {
	case l.wakeup <- struct{}{}:
	default:
	}
}

// noteEvent notes that an event came. It never blocks.
func (l *liveness) noteEvent(at time.Time) {
	l.events.add(at)
	if l.isQuiet.Load() && l.isQuiet.CompareAndSwap(true, false) {
		select {
		case l.revived <- struct{}{}:
		default:
		}
	}
}

// The usual gap is added to the least times: what comes as regularly as that may be so much late.
const (
	silentGaps   = 10 // usual gaps without a byte, after which a stream is silent
	leastSilence = 2 * time.Second
	quietGaps    = 20 // usual gaps without an event, after which a stream is quiet
	leastQuiet   = 5 * time.Second
)

// silentAfter is how long nothing must be received for a stream to be silent by its own rhythm; zero when that is not
// known. Where only heartbeats come any more, their gap counts.
func (l *liveness) silentAfter() time.Duration {
	usual := l.bytes.usualGap()
	if usual == 0 || l.isClosed.Load() {
		return 0
	}
	return max(silentGaps*max(usual, l.bytes.lastGap()), leastSilence+usual)
}

// quietAfter is how long no event must come for a stream to be quiet, by the configuration or by its own rhythm; zero for
// never, or not known. A market that is closed is not quiet.
func (l *liveness) quietAfter(configured time.Duration) time.Duration {
	usual := l.events.usualGap()
	switch {
	case l.isClosed.Load() || configured < 0:
		return 0
	case configured > 0:
		return configured
	case usual == 0:
		return 0
	}
	return max(quietGaps*usual, leastQuiet+usual)
}

// reset makes l ready for a new connection.
func (l *liveness) reset() {
	l.clearWake()
	l.pending.Store(0)
	l.isQuiet.Store(false)
	l.isClosed.Store(false) // whoever comes back may have missed the opening
	select {
	case <-l.revived:
	default:
	}
}

func (l *liveness) clearWake() {
	select {
	case <-l.wakeup:
	default:
	}
	l.woken.Store(false)
}

func (l *liveness) setRetry(d time.Duration) { l.retry.Store(int64(min(d, maxRetry))) }

func (l *liveness) reconnectionTime() time.Duration { return time.Duration(l.retry.Load()) }

// wallClock is the time without a monotonic reading, so that differences span a sleep of the machine.
func wallClock() time.Time { return time.Now().UTC().Round(0) }
