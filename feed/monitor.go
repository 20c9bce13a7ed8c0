package feed

import (
	"cmp"
	"context"
	"time"

	"livetape/feed/connection"
)

const (
	defaultIdleTimeout = 90 * time.Second

	pulseEvery = time.Second           // at most one Pulse, and one look for it, in so long
	pulseDelay = 50 * time.Millisecond // what a message needs to make a Pulse needless
	forever    = 100 * 365 * 24 * time.Hour
)

type monitor struct {
	*supervisor
	attempt *attempt
	done    <-chan connection.Outcome
	cancel  context.CancelFunc
	timeout idleTimeout

	idleTimer *time.Timer
	idleDue   time.Time // when it should fire
	pulse     *time.Timer
	pulsedAt  time.Time // when the last Pulse was due
	counted   uint64    // duplicates as last reported
	liveSince time.Time // zero until live; with a monotonic reading
	silentAt  time.Time // when a connection that was given up for its silence last spoke
}

func newMonitor(f *supervisor, a *attempt, done <-chan connection.Outcome, cancel context.CancelFunc) *monitor {
	f.liveness.reset()
	idle := cmp.Or(f.config.IdleTimeout, defaultIdleTimeout)
	if idle < 0 {
		idle = forever
	}
	m := &monitor{
		supervisor: f, attempt: a, done: done, cancel: cancel, timeout: idleTimeout(idle),
		idleTimer: stoppedTimer(), pulse: stoppedTimer(), counted: f.status.Duplicates,
	}
	m.checkAgain(m.timeout.halfTime())
	return m
}

func (m *monitor) watch(ctx context.Context) attemptOutcome {
	defer m.idleTimer.Stop()
	defer m.pulse.Stop()
	for {
		select {
		case o := <-m.done:
			return attemptOutcome{Outcome: o}
		case <-m.attempt.opened:
			m.goLive(ctx)
		case <-m.idleTimer.C:
			if m.checkIdle(ctx) == timedOut {
				return m.dropSilent()
			}
		case <-m.liveness.wakeup:
			m.pulse.Reset(max(pulseDelay, pulseEvery-time.Since(m.pulsedAt)))
		case <-m.pulse.C:
			m.sendPulse()
		case <-m.liveness.revived:
			m.report(ctx, Status{State: Live, Attempt: m.history.failures})
		case c := <-m.commands:
			if c != connect {
				return m.dropFor(c)
			}
		}
	}
}

func (m *monitor) goLive(ctx context.Context) {
	m.answer = m.attempt.answer
	if m.liveSince.IsZero() {
		m.liveSince = time.Now()
		m.connections++
		m.checkAgain(min(m.timeout.halfTime(), lookAgain))
	}
	if m.liveness.isQuiet.Load() {
		m.reportQuiet(ctx)
	} else {
		m.report(ctx, Status{State: Live, Attempt: m.history.failures})
	}
	m.counted = m.status.Duplicates
	m.attempt.proceed <- struct{}{}
}

// checkIdle reports a silence, and finds out when to look again.
func (m *monitor) checkIdle(ctx context.Context) silenceLevel {
	now, due := wallClock(), m.idleDue
	since, declared := m.liveness.waitingSince(now)
	found, again := m.timeout.check(idleCheck{
		since: since, now: now, due: due, live: !m.liveSince.IsZero(), silent: declared, usual: m.liveness.silentAfter(),
	})
	switch {
	case found == timedOut && !m.liveness.stillWaits(since):
		found, again = notSilent, m.timeout.halfTime()
	case found == silent && m.liveness.declareSilent(since):
		m.report(ctx, Status{State: Silent, Attempt: m.history.failures, Cause: "nothing received for " + connection.Duration(now.Sub(since))})
	}
	if !m.liveSince.IsZero() && found != timedOut && now.Sub(due) < wakeGrace {
		if left := m.checkQuiet(ctx, now); left > 0 {
			again = min(again, left)
		}
	}
	m.checkAgain(again)
	return found
}

func (m *monitor) checkAgain(after time.Duration) {
	m.idleDue = wallClock().Add(after)
	m.idleTimer.Reset(after)
}

// checkQuiet reports that no event comes any more, unless there is no life at all, and returns how long that may still
// take; zero when it cannot be said.
func (m *monitor) checkQuiet(ctx context.Context, now time.Time) time.Duration {
	after := m.liveness.quietAfter(m.config.QuietAfter)
	if after == 0 || m.liveness.isQuiet.Load() || m.liveness.pending.Load() > 0 {
		return 0
	}
	since := m.liveness.events.lastTime(now)
	if opened := now.Add(-time.Since(m.liveSince)); opened.After(since) {
		since = opened
	}
	if left := after - now.Sub(since); left > 0 {
		return left
	}
	if m.status.State == Live && !m.liveness.lastByte().After(since.Add(rhythmMoment)) {
		return lookAgain // no heartbeats come either: a silence will be said
	}
	m.liveness.isQuiet.Store(true)
	if m.status.State == Live {
		m.reportQuiet(ctx)
	}
	return 0
}

func (m *monitor) reportQuiet(ctx context.Context) {
	now := wallClock()
	st := Status{State: Quiet, Attempt: m.history.failures, LastEvent: m.liveness.events.lastTime(now), UsualGap: m.liveness.events.usualGap()}
	st.Cause = "no event"
	if !st.LastEvent.IsZero() {
		st.Cause += " for " + connection.Rhythm(now.Sub(st.LastEvent).Truncate(100*time.Millisecond))
	}
	if st.UsualGap > 0 {
		st.Cause += " (usual gap " + connection.Rhythm(st.UsualGap) + ")"
	}
	m.report(ctx, st)
}

// dropSilent gives up a connection from which nothing comes. Its transport's other connections go with
// it: one of HTTP/2 would be used again by the next attempt, as dead as it is.
func (m *monitor) dropSilent() attemptOutcome {
	m.silentAt = m.liveness.lastByte()
	o := m.end()
	m.endpoint.CloseConnections()
	cause, advice := "no answer in "+connection.Duration(time.Duration(m.timeout)), "The server may not answer before the first event: a longer idle_timeout waits for it."
	if !m.liveSince.IsZero() {
		cause, advice = "nothing received for "+connection.Duration(time.Duration(m.timeout)), ""
	}
	return attemptOutcome{Outcome: connection.Outcome{
		Ending: connection.Broken, RetryAfter: connection.NoRetryAfter, Cause: m.delivery.withNotice(cause), Advice: advice, LastEventID: o.LastEventID,
	}}
}

func (m *monitor) dropFor(c command) attemptOutcome {
	o := m.end()
	if c == retryNow {
		m.endpoint.RenewToken()
	}
	return attemptOutcome{
		Outcome:      connection.Outcome{Ending: connection.Canceled, RetryAfter: connection.NoRetryAfter, LastEventID: o.LastEventID},
		disconnected: c == disconnect,
	}
}

func (m *monitor) end() connection.Outcome {
	m.cancel()
	return <-m.done
}

// lostAt is since when nothing can have been received: now, or, after a silence, the last byte.
func (m *monitor) lostAt() time.Time {
	if m.silentAt.IsZero() {
		return wallClock()
	}
	return m.silentAt
}

// sendPulse sends a Pulse if there is anything to tell by it. With a full channel it waits for the next time:
// there is news enough.
func (m *monitor) sendPulse() {
	m.pulsedAt = time.Now()
	m.liveness.clearWake()
	duplicates, at := m.liveness.duplicates.Load(), m.liveness.lastByte()
	if !m.liveness.hasUnreportedBytes() && duplicates == m.counted {
		return
	}
	select {
	case m.out <- Event{Feed: m.config.Name, At: wallClock(), Pulse: &Pulse{LastByte: at, Duplicates: duplicates}}:
		m.liveness.report(at)
		m.counted = duplicates
	default:
		m.pulse.Reset(pulseEvery)
	}
}
