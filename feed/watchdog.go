package feed

import "time"

// watchdog says when a connection has been silent for too long. It is pure: line keeps the facts, the
// supervisor's timer asks. Only the time during which the reader waits for bytes counts, so a slow
// consumer or a suspended program does not look like a silent server.
type watchdog struct {
	idle time.Duration // not above 0: never
}

// glance is what the supervisor sees when the watchdog's timer fires.
type glance struct {
	since   time.Time // when the reader began to wait for bytes; zero when it does not wait
	now     time.Time
	planned time.Time // when the timer should have fired
	live    bool      // an event stream has begun; else it is the answer that is awaited
	silent  bool      // already said to be Silent
}

type verdict int8

const (
	patient verdict = iota
	silent
	dead
)

// wakeGrace is how long a connection gets to show life after the timer fired late: the process was
// stopped or the machine slept, and what arrived meanwhile has not been read yet.
const wakeGrace = time.Second

// judge gives the verdict and after how long to look again.
func (w watchdog) judge(g glance) (verdict, time.Duration) {
	if g.since.IsZero() {
		return patient, w.half()
	}
	if g.now.Sub(g.planned) >= wakeGrace {
		return patient, wakeGrace
	}
	waited := g.now.Sub(g.since)
	switch {
	case waited >= w.idle:
		return dead, 0
	case g.live && !g.silent && waited >= w.half():
		return silent, w.idle - waited
	case g.live && !g.silent:
		return patient, w.half() - waited
	}
	return patient, w.idle - waited
}

// half is when Silent is said. It is also how long a look is put off when there is nothing to see, so
// that the end of the idle time is met within half of it.
func (w watchdog) half() time.Duration { return w.idle / 2 }
