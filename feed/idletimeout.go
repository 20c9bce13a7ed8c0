package feed

import "time"

// idleTimeout says when a connection has been silent for too long. It is pure: liveness keeps the facts, the
// monitor's timer asks. Only the time during which the reader waits for bytes counts, so a slow
// consumer or a suspended program does not look like a silent server.
type idleTimeout time.Duration

// idleCheck is what the monitor sees when its timer fires.
type idleCheck struct {
	since  time.Time // when the reader began to wait for bytes; zero when it does not wait
	now    time.Time
	due    time.Time     // when the timer should have fired
	live   bool          // an event stream has begun; else it is the answer that is awaited
	silent bool          // already said to be Silent
	usual  time.Duration // after which silence is unusual for the stream; zero when that is not known
}

type silenceLevel int8

const (
	notSilent silenceLevel = iota
	silent
	timedOut
)

// wakeGrace is how long a connection gets to show life after the timer fired late: the process was
// stopped or the machine slept, and what arrived meanwhile has not been read yet.
const wakeGrace = time.Second

func (t idleTimeout) check(c idleCheck) (silenceLevel, time.Duration) {
	if c.since.IsZero() && c.live {
		return notSilent, min(t.halfTime(), lookAgain) // it is being read just now, and may fall silent at once
	}
	if c.since.IsZero() {
		return notSilent, t.halfTime()
	}
	if c.now.Sub(c.due) >= wakeGrace {
		return notSilent, wakeGrace
	}
	limit, waited, unusual := time.Duration(t), c.now.Sub(c.since), t.halfTime()
	if c.usual > 0 {
		unusual = min(unusual, c.usual)
	}
	switch {
	case waited >= limit:
		return timedOut, 0
	case c.live && !c.silent && waited >= unusual:
		return silent, limit - waited
	case c.live && !c.silent: // a rhythm may show before the end of what is left
		return notSilent, min(unusual-waited, max(waited, lookAgain))
	}
	return notSilent, limit - waited
}

// lookAgain is how soon at the earliest a stream is looked at again.
const lookAgain = time.Second

// halfTime is when Silent is said at the latest. It is also how long a look is put off when there is nothing to see, so
// that the end of the idle time is met within half of it.
func (t idleTimeout) halfTime() time.Duration { return time.Duration(t) / 2 }
