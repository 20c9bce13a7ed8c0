package feed

import (
	"context"
	"time"
)

const (
	pulseEvery = time.Second           // at most one Pulse, and one look for it, in so long
	pulseDelay = 50 * time.Millisecond // what a message needs to make a Pulse needless
)

// vigil is the supervisor's watch over one connection.
type vigil struct {
	*supervisor
	conn   *connection
	done   <-chan outcome
	cancel context.CancelFunc
	dog    watchdog

	alarm     *time.Timer // of the watchdog
	planned   time.Time   // when it should fire
	pulse     *time.Timer
	looked    time.Time // when the last Pulse was due
	counted   uint64    // duplicates as last told
	liveSince time.Time // zero until live; with a monotonic reading
	silentAt  time.Time // when a connection that was given up for its silence last spoke
}

func newVigil(f *supervisor, c *connection, done <-chan outcome, cancel context.CancelFunc) *vigil {
	f.line.begin()
	v := &vigil{supervisor: f, conn: c, done: done, cancel: cancel, dog: watchdog{f.source.IdleTimeout}, counted: f.status.Duplicates}
	v.alarm, v.pulse = stoppedTimer(), stoppedTimer()
	v.lookAgain(v.dog.half())
	return v
}

// keep watches until the connection's goroutine has ended, and says how it did.
func (v *vigil) keep(ctx context.Context) outcome {
	defer v.alarm.Stop()
	defer v.pulse.Stop()
	for {
		select {
		case o := <-v.done:
			return o
		case <-v.conn.live.knock:
			v.goLive(ctx)
		case <-v.alarm.C:
			if v.look(ctx) == dead {
				return v.dropSilent()
			}
		case <-v.line.poke:
			v.pulse.Reset(max(pulseDelay, pulseEvery-time.Since(v.looked)))
		case <-v.pulse.C:
			v.beat()
		case o := <-v.orders:
			if o != connect {
				return v.leave(o)
			}
		}
	}
}

// goLive tells that the stream is live, for the first time or after a silence, and then lets it flow.
func (v *vigil) goLive(ctx context.Context) {
	if v.liveSince.IsZero() {
		v.liveSince = time.Now()
		v.connections++
		v.lookAgain(v.dog.half())
	}
	v.report(ctx, Status{State: Live, Attempt: v.history.failures})
	v.counted = v.status.Duplicates
	v.conn.live.enter <- struct{}{}
}

// look is the watchdog's: it tells a silence, and finds out when to look again.
func (v *vigil) look(ctx context.Context) verdict {
	now := wallClock()
	since, declared := v.line.since(now)
	found, again := v.dog.judge(glance{since: since, now: now, planned: v.planned, live: !v.liveSince.IsZero(), silent: declared})
	switch {
	case found == dead && !v.line.waitsSince(since):
		found, again = patient, v.dog.half()
	case found == silent && v.line.declareSilent(since):
		v.report(ctx, Status{State: Silent, Attempt: v.history.failures, Cause: "nothing received for " + inWords(now.Sub(since))})
	}
	v.lookAgain(again)
	return found
}

func (v *vigil) lookAgain(after time.Duration) {
	if v.dog.idle > 0 {
		v.planned = wallClock().Add(after)
		v.alarm.Reset(after)
	}
}

// dropSilent gives up a connection from which nothing comes. Its transport's other connections go with
// it: one of HTTP/2 would be used again by the next attempt, as dead as it is.
func (v *vigil) dropSilent() outcome {
	v.silentAt = v.line.lastByte()
	v.end()
	v.hangUp()
	cause := "no answer in " + inWords(v.dog.idle)
	if !v.liveSince.IsZero() {
		cause = "nothing received for " + inWords(v.dog.idle)
	}
	return outcome{ending: broken, retryAfter: notAsked, cause: v.conn.withNotice(cause)}
}

func (v *vigil) leave(o order) outcome {
	v.end()
	return outcome{ending: left, retryAfter: notAsked, disconnected: o == disconnect}
}

// end cancels the connection and waits until its goroutine is gone.
func (v *vigil) end() {
	v.cancel()
	<-v.done
}

// diedAt is since when nothing can have been received: now, or, after a silence, the last byte.
func (v *vigil) diedAt() time.Time {
	if v.silentAt.IsZero() {
		return wallClock()
	}
	return v.silentAt
}

// beat sends a Pulse if there is anything to tell by it. With a full channel it waits for the next time:
// there is news enough.
func (v *vigil) beat() {
	v.looked = time.Now()
	v.line.settle()
	duplicates, at := v.line.duplicates.Load(), v.line.lastByte()
	if !v.line.untold() && duplicates == v.counted {
		return
	}
	select {
	case v.out <- Event{Feed: v.source.Name, At: wallClock(), Pulse: &Pulse{LastByte: at, Duplicates: duplicates}}:
		v.line.tell(at)
		v.counted = duplicates
	default:
		v.pulse.Reset(pulseEvery)
	}
}
