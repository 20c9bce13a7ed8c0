package hub

import "time"

// wakeTimer says when a stream has something to send by itself: a heartbeat, or what its encoder sends at a set time.
type wakeTimer struct {
	encoder   Encoder
	rhythm    Heartbeat
	heartbeat time.Time // when the next is due; zero for never

	// The timer sends to fires in place of a channel of its own, which would cost a stream that waits for both events
	// and the timer something at every event.
	timer *time.Timer
	fires chan struct{}
	at    time.Time // when the timer fires; zero: it is stopped
}

func newWakeTimer(e Encoder) *wakeTimer {
	t := &wakeTimer{encoder: e, rhythm: e.Heartbeat(), fires: make(chan struct{}, 1)}
	t.timer = time.AfterFunc(time.Hour, func() {
		select {
		case t.fires <- struct{}{}:
		default: // it has fired already
		}
	})
	t.timer.Stop()
	t.postpone(time.Now())
	return t
}

// postpone puts the next heartbeat off to a whole interval from now.
func (t *wakeTimer) postpone(now time.Time) {
	if t.rhythm.Interval > 0 {
		t.heartbeat = now.Add(t.rhythm.Interval)
	}
}

func (t *wakeTimer) sent(now time.Time) {
	if !t.rhythm.Always {
		t.postpone(now)
	}
}

// takeHeartbeat reports whether a heartbeat is due, and puts the next one off.
func (t *wakeTimer) takeHeartbeat(now time.Time) bool {
	due := isDue(t.heartbeat, now)
	if due {
		t.postpone(now)
	}
	return due
}

// due is when there is something to send; zero for never.
func (t *wakeTimer) due() time.Time {
	at := t.encoder.WakeAt()
	if at.IsZero() || !t.heartbeat.IsZero() && t.heartbeat.Before(at) {
		return t.heartbeat
	}
	return at
}

// isDue reports whether a time has come. The zero time never does.
func isDue(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }

// wait is ready when something is due, or earlier: a timer that is set is left alone when a heartbeat is put off, so
// that a send costs nothing here. The receiver calls fired.
func (t *wakeTimer) wait() <-chan struct{} {
	due := t.due()
	if due.IsZero() {
		return nil
	}
	if t.at.IsZero() || due.Before(t.at) {
		t.at = due
		t.timer.Reset(time.Until(due))
	}
	return t.fires
}

func (t *wakeTimer) clearFired() { t.at = time.Time{} }
