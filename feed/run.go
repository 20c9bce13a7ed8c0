package feed

import (
	"cmp"
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// supervisor keeps one feed alive: connect, report, wait, again. One goroutine runs it.
type supervisor struct {
	source *source
	out    chan<- Event
	orders orders
	random func() float64 // in [0, 1)
	base   http.RoundTripper
	own    *ownTransport // base, unless the caller gave one

	line    *line
	mail    *delivery
	history history

	status      Status // as last told
	connections int
	resume      string // where the next connection resumes
	lost        *Gap   // what the next connection has to account for; nil when nothing
}

func newSupervisor(s *source, out chan<- Event, sent *atomic.Int64, random func() float64) *supervisor {
	l := newLine()
	f := &supervisor{
		source: s, out: out, orders: newOrders(), random: random, line: l,
		history: history{retry: defaultRetry, least: s.RetryMin, most: s.RetryMax},
		mail:    &delivery{source: s, line: l, out: out, sent: sent, seen: newDuplicates(), kinds: make(kinds)},
		resume:  s.LastEventID,
	}
	if s.Client != nil && s.Client.Transport != nil {
		f.base = s.Client.Transport
	} else {
		f.own = newOwnTransport(s)
		f.base = f.own
	}
	if f.resume != "" {
		f.lost = &Gap{}
	}
	return f
}

// run returns when ctx has ended and nothing that it started is left.
func (f *supervisor) run(ctx context.Context) {
	defer f.hangUp()
	for {
		f.report(ctx, Status{State: Connecting, Attempt: f.history.failures, Planned: f.status.Planned})
		o := f.attempt(ctx)
		if ctx.Err() != nil || !f.rest(ctx, f.decide(o)) {
			return
		}
	}
}

// attempt makes one connection and accounts for what it leaves behind.
func (f *supervisor) attempt(ctx context.Context) outcome {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := f.newConnection()
	done := make(chan outcome, 1)
	v := newVigil(f, c, done, cancel)
	go func() { done <- c.read(ctx) }()
	o := v.keep(ctx)

	o.delivered = f.mail.count > 0
	if o.live = !v.liveSince.IsZero(); o.live {
		o.liveFor = time.Since(v.liveSince)
		f.lose(o, v.diedAt())
	}
	f.resume = c.resumeID()
	return o
}

func (f *supervisor) newConnection() *connection {
	c := &connection{source: f.source, line: f.line, mail: f.mail, live: newHandshake(), web: f.webClient()}
	c.resume = f.source.resumesFrom(cmp.Or(f.mail.payloadID, f.resume))
	var gap *Gap
	if f.lost != nil {
		gap = &Gap{Lost: f.lost.Lost, Planned: f.lost.Planned, From: c.resume}
	}
	f.mail.prepare(f.resume, gap)
	return c
}

// webClient is the caller's client, or a plain one, in our clothes.
func (f *supervisor) webClient() http.Client {
	var given http.Client
	if f.source.Client != nil {
		given = *f.source.Client
	}
	given.Transport = &transport{base: f.base, source: f.source, line: f.line}
	given.CheckRedirect = f.source.checkRedirect(given.CheckRedirect)
	return given
}

// lose notes when the stream was lost, unless an earlier loss has not been accounted for yet.
func (f *supervisor) lose(o outcome, at time.Time) {
	planned := o.ending == ended
	if f.mail.gap != nil && f.lost != nil {
		f.lost.Planned = f.lost.Planned && planned
		return
	}
	f.lost = &Gap{Lost: at, Planned: planned}
}

// decide asks the policy, and gives the status that follows.
func (f *supervisor) decide(o outcome) Status {
	f.history.retry = f.line.reconnectionTime()
	next, learned := f.history.next(o, f.random())
	f.history = learned
	st := Status{State: next.state, Since: wallClock(), Attempt: next.attempt, Planned: next.planned, Cause: o.cause}
	if next.cause != "" && f.mail.notice == "" { // what the server says of it is better
		st.Cause = next.cause
	}
	switch next.state {
	case Waiting:
		st.RetryAt = st.Since.Add(next.wait)
	case Failed:
		st.Advice, st.Stack = o.advice, o.stack
	case Connecting: // the user's retry is as planned as what it interrupts
		st.Planned = f.status.Planned
	}
	if o.ending == left && o.disconnected {
		st = closedByUser()
	}
	return st
}

func closedByUser() Status { return Status{State: Closed, Cause: "by you"} }

// rest tells st and waits until it is time to connect again. It reports false when ctx ended first.
func (f *supervisor) rest(ctx context.Context, st Status) bool {
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
			if due.over() {
				return true
			}
		case o := <-f.orders:
			if f.obey(o) {
				return true
			}
			if o == disconnect && f.status.State == Waiting {
				f.report(ctx, closedByUser())
				due.stop()
			}
		}
	}
}

// obey reports whether an order that came during a rest means to connect now.
func (f *supervisor) obey(o order) bool {
	resting := f.status.State == Closed || f.status.State == Failed
	if o == connect && resting {
		f.history.failures, f.history.barren, f.history.empty = 0, 0, 0
		return true
	}
	return o == retryNow
}

// report tells the channel a new status; the parts that every status has are filled in here.
func (f *supervisor) report(ctx context.Context, st Status) {
	if st.Since.IsZero() {
		st.Since = wallClock()
	}
	st.LastByte = f.line.lastByte()
	st.Retry = f.line.reconnectionTime()
	st.Connections = f.connections
	st.Duplicates = f.line.duplicates.Load()
	f.status = st
	f.line.tell(st.LastByte)
	told := st
	push(ctx, f.out, Event{Feed: f.source.Name, At: st.Since, Status: &told})
}

// hangUp leaves no connection behind. Those of the caller's own transport are not ours to close.
func (f *supervisor) hangUp() {
	if f.own != nil {
		f.own.hangUp()
	}
}
