package hub

import "time"

// alarm says when a stream has something to send by itself: a heartbeat, or what its encoder sends at a set time.
type alarm struct {
	encoder   Encoder
	interval  time.Duration // of heartbeats; 0: there are none
	always    bool          // they come between events too
	heartbeat time.Time     // when the next is due; zero for never

	// The timer sends to rings in place of a channel of its own, which would cost a stream that waits for both events
	// and the timer something at every event.
	timer *time.Timer
	rings chan struct{}
	at    time.Time // when the timer rings; zero: it is not set
}

func newAlarm(e Encoder) *alarm {
	a := &alarm{encoder: e, interval: e.Heartbeat().Interval, always: e.Heartbeat().Always, rings: make(chan struct{}, 1)}
	a.postpone(time.Now())
	return a
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

// set has the timer ring at a time.
func (a *alarm) set(at time.Time) {
	a.at = at
	if a.timer != nil {
		a.timer.Reset(time.Until(at))
		return
	}
	a.timer = time.AfterFunc(time.Until(at), func() {
		select {
		case a.rings <- struct{}{}:
		default: // it has rung already
		}
	})
}

// postpone puts the next heartbeat off to a whole interval from now.
func (a *alarm) postpone(now time.Time) {
	if a.interval > 0 {
		a.heartbeat = now.Add(a.interval)
	}
}

// sent notes that something was sent.
func (a *alarm) sent(now time.Time) {
	if !a.always {
		a.postpone(now)
	}
}

// takeHeartbeat reports whether a heartbeat is due, and puts the next one off.
func (a *alarm) takeHeartbeat(now time.Time) bool {
	if a.heartbeat.IsZero() || a.heartbeat.After(now) {
		return false
	}
	a.postpone(now)
	return true
}

// due is when there is something to send; zero for never.
func (a *alarm) due() time.Time {
	at := a.encoder.WakeAt()
	if at.IsZero() || !a.heartbeat.IsZero() && a.heartbeat.Before(at) {
		return a.heartbeat
	}
	return at
}

func (a *alarm) isDue(now time.Time) bool {
	at := a.due()
	return !at.IsZero() && !at.After(now)
}

// wait is ready when something is due, or earlier: a timer that is set is left alone when a heartbeat is put off, so
// that a send costs nothing here. Who receives from it calls rang.
func (a *alarm) wait() <-chan struct{} {
	due := a.due()
	if due.IsZero() {
		return nil
	}
	if a.at.IsZero() || due.Before(a.at) {
		a.set(due)
	}
	return a.rings
}

// rang notes that the timer is not set any more.
func (a *alarm) rang() { a.at = time.Time{} }
