package feed

import (
	"cmp"
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"livetape/feed/connection"
	"livetape/feed/decode"
	"livetape/feed/memory"
)

// supervisor keeps one feed alive: connect, report, wait, again. One goroutine runs it.
type supervisor struct {
	config   Config
	endpoint *connection.Endpoint
	out      chan<- Event
	commands commandBox
	random   func() float64 // in [0, 1)

	liveness *liveness
	delivery *delivery
	history  retryHistory

	status      Status            // as last reported
	answer      connection.Answer // of the stream, from Live on
	connections int
	lastID      string // behind which the next connection resumes
	refused     refusedID
	openGap     *Gap // what the next connection has to account for; nil when nothing
}

func newSupervisor(c Config, e *connection.Endpoint, out chan<- Event, sent *atomic.Int64, random func() float64) *supervisor {
	l, budget := newLiveness(), memory.NewBudget(c.Memory)
	decode.CountIn(c.Decoder, budget)
	f := &supervisor{
		config: c, endpoint: e, out: out, commands: newCommandBox(), random: random, liveness: l,
		history:  retryHistory{retry: defaultRetry, least: c.RetryMin, most: c.RetryMax},
		delivery: &delivery{config: c, endpoint: e, liveness: l, out: out, sent: sent, memory: budget, seen: newDuplicates(budget)},
		lastID:   c.LastEventID,
	}
	if f.lastID != "" {
		f.openGap = &Gap{}
	}
	return f
}

// run returns when ctx has ended and nothing that it started is left.
func (f *supervisor) run(ctx context.Context) {
	defer f.endpoint.CloseConnections()
	for {
		f.answer = connection.Answer{}
		f.report(ctx, Status{State: Connecting, Attempt: f.history.failures, Planned: f.status.Planned})
		o := f.connectOnce(ctx)
		if ctx.Err() != nil || !f.wait(ctx, f.decide(o)) {
			return
		}
	}
}

func (f *supervisor) connectOnce(ctx context.Context) attemptOutcome {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := f.newAttempt()
	done := make(chan connection.Outcome, 1)
	m := newMonitor(f, a, done, cancel)
	go func() { done <- a.run(ctx) }()
	o := m.watch(ctx)

	o.delivered = f.delivery.count > 0
	if o.live = !m.liveSince.IsZero(); o.live {
		f.refused = refusedID{}
		o.liveFor = time.Since(m.liveSince)
		f.noteLoss(o, m.lostAt())
	}
	f.lastID = o.LastEventID
	o.sentID = a.resumeID != ""
	o.newToken = o.Status == http.StatusUnauthorized && f.endpoint.RenewToken()
	return o
}

func (f *supervisor) newAttempt() *attempt {
	resumeID := f.endpoint.ResumeID(cmp.Or(f.delivery.payloadID, f.lastID))
	var gap *Gap
	if f.openGap != nil {
		gap = &Gap{Lost: f.openGap.Lost, Planned: f.openGap.Planned, From: cmp.Or(resumeID, f.refused.id), Reason: f.refused.cause}
	}
	f.delivery.startConnection(f.lastID, resumeID, gap)
	return newAttempt(f.endpoint, f.liveness, f.delivery, resumeID)
}

// noteLoss notes when the stream was lost, unless an earlier loss has not been accounted for yet.
func (f *supervisor) noteLoss(o attemptOutcome, at time.Time) {
	planned := o.Ending == connection.Ended
	if f.delivery.gap != nil && f.openGap != nil {
		f.openGap.Planned = f.openGap.Planned && planned
		return
	}
	f.openGap = &Gap{Lost: at, Planned: planned}
}

// decide asks the policy, and gives the status that follows.
func (f *supervisor) decide(o attemptOutcome) Status {
	f.history.retry = f.liveness.reconnectionTime()
	next, learned := f.history.next(o, f.random())
	f.history = learned
	st := Status{State: next.state, Since: wallClock(), Attempt: next.attempt, Planned: next.planned, Cause: o.Cause}
	if next.cause != "" && f.delivery.notice == "" { // what the server says of it is better
		st.Cause = next.cause
	}
	if next.note != "" {
		st.Cause += "; " + next.note
	}
	switch {
	case next.forget:
		f.forgetID(o)
	case f.refused.id != "" && !o.live:
		f.restoreID(o)
	}
	switch next.state {
	case Waiting:
		st.RetryAt = st.Since.Add(next.wait)
		if o.Ending == connection.Broken { // else the advice is for an answer that stays
			st.Advice = o.Advice
		}
	case Failed:
		st.Advice, st.Stack = o.Advice, o.Stack
	case Connecting: // the user's retry is as planned as what it interrupts
		st.Planned = f.status.Planned
	}
	if o.Ending == connection.Canceled && o.disconnected {
		st = closedByUser()
	}
	return st
}

// refusedID is a last event id that a server refused, while it is asked without.
type refusedID struct {
	id, lastID, payloadID string
	cause                 string
}

func (f *supervisor) forgetID(o attemptOutcome) {
	f.refused = refusedID{cmp.Or(f.delivery.payloadID, f.lastID), f.lastID, f.delivery.payloadID, o.Cause}
	f.lastID, f.delivery.payloadID = "", ""
}

// restoreID takes back what forgetID did, when the server refuses without the id, too.
func (f *supervisor) restoreID(o attemptOutcome) {
	if o.Ending == connection.Refused {
		f.lastID, f.delivery.payloadID, f.refused = f.refused.lastID, f.refused.payloadID, refusedID{}
	}
}

func closedByUser() Status { return Status{State: Closed, Cause: "by you"} }

// wait reports st and waits until it is time to connect again. It reports false when ctx ended first.
func (f *supervisor) wait(ctx context.Context, st Status) bool {
	if st.State == Connecting {
		f.status.Planned = st.Planned
		return true
	}
	f.report(ctx, st)
	due := newCountdown(st)
	defer due.stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-due.tick:
			if due.isOver() {
				return true
			}
		case c := <-f.commands:
			if f.connectsNow(c) {
				return true
			}
			if c == disconnect && f.status.State == Waiting {
				f.report(ctx, closedByUser())
				due.stop()
			}
		}
	}
}

func (f *supervisor) connectsNow(c command) bool {
	ended := f.status.State == Closed || f.status.State == Failed || f.status.State == Finished
	if c == connect && ended {
		f.history.failures, f.history.barren, f.history.empty = 0, 0, 0
		return true
	}
	if c == retryNow {
		f.endpoint.RenewToken()
	}
	return c == retryNow
}

func (f *supervisor) report(ctx context.Context, st Status) {
	if st.Since.IsZero() {
		st.Since = wallClock()
	}
	if st.State.IsConnected() {
		st.Redirected, st.Protocol, st.Compression = f.answer.Redirected, f.answer.Protocol, f.answer.Compression
	}
	st.LastByte = f.liveness.lastByte()
	st.Retry = f.liveness.reconnectionTime()
	st.Connections = f.connections
	st.Duplicates = f.liveness.duplicates.Load()
	f.status = st
	f.liveness.report(st.LastByte)
	sent := st
	push(ctx, f.out, Event{Feed: f.config.Name, At: st.Since, Status: &sent})
}
