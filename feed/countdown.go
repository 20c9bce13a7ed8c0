package feed

import "time"

// lookAtClock is how often a wait looks at the clock on the wall: where a machine slept through the wait, or its clock was set
// forward, the feed connects at once, and does not show a countdown that has long ended.
const lookAtClock = time.Second

// countdown is the wait of a Status of Waiting. It is over when its time has passed by the clock on the wall or
// by the monotonic one, whichever comes first, so that setting the clock back does not prolong it.
type countdown struct {
	timer *time.Timer
	tick  <-chan time.Time // never, unless it waits
	at    time.Time        // on the wall
	until time.Time        // monotonic
}

// newCountdown waits for st.RetryAt if st is Waiting, and for nothing otherwise.
func newCountdown(st Status) *countdown {
	c := &countdown{timer: stoppedTimer()}
	if st.State == Waiting {
		c.tick = c.timer.C
		c.at, c.until = st.RetryAt, time.Now().Add(st.RetryAt.Sub(st.Since))
		c.isOver()
	}
	return c
}

// isOver reports whether the wait is over; if not, another tick will come.
func (c *countdown) isOver() bool {
	left := min(time.Until(c.at), time.Until(c.until))
	if left <= 0 {
		c.timer.Reset(0)
		return true
	}
	c.timer.Reset(min(left, lookAtClock))
	return false
}

func (c *countdown) stop() {
	c.timer.Stop()
	c.tick = nil
}

func stoppedTimer() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}
