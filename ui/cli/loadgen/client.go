package loadgen

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"livetape/feed"
)

// client is one of many that listen. One goroutine runs it; what others look at meanwhile is atomic.
type client struct {
	run    *run
	number int
	visit  *feed.Visit
	ledger

	events, bytes atomic.Uint64
	settled       bool // its first answer has come, or will not
	connections   int
	proto         string
	held          bool      // it was connected when the time was up
	done          bool      // the server wants it no more
	between       bool      // its stream ended, and it has not asked for another one yet, or only just
	latest        time.Time // when the last event came

	scanner scanner
	present connection
	stamps  stamps
	times   *histogram
}

// connection is what is known of the present one.
type connection struct {
	asked    time.Time
	begun    bool   // an event came
	replayed uint64 // events still to come that are of before
}

func newClient(r *run, number int, visit *feed.Visit) *client {
	return &client{
		run: r, number: number, visit: visit, times: &r.times[number%len(r.times)],
		ledger:  ledger{union: r.union, filtered: r.filtered},
		scanner: newScanner(r.plan.Feed.LastEventID),
	}
}

// live connects when it is this client's turn, and listens until ctx ends.
func (c *client) live(ctx context.Context, settled chan<- struct{}) {
	if !sleep(ctx, c.run.plan.Ramp*time.Duration(c.number)/time.Duration(c.run.plan.Clients)) {
		return
	}
	for {
		c.connect(ctx, func() { c.settle(settled) })
		if ctx.Err() != nil || !c.run.plan.Reconnect || c.done || !sleep(ctx, c.scanner.reconnectionTime()) {
			return
		}
	}
}

// settle is called when the first request has its answer.
func (c *client) settle(settled chan<- struct{}) {
	if !c.settled {
		c.settled = true
		c.run.settled.Add(1)
		settled <- struct{}{}
	}
}

// connect makes one connection and listens to it.
func (c *client) connect(ctx context.Context, answered func()) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	resp, no := c.ask(ctx, cancel)
	if resp != nil {
		defer resp.Body.Close()
	}
	switch {
	case resp == nil && no.cause == "": // the time is up
	case no.cause != "":
		c.run.endings.refuse(no.cause, no.advice)
		answered()
	default:
		c.connections++
		c.proto = resp.Proto
		c.run.live.Add(1)
		answered()
		c.listen(ctx, resp)
		c.between = !c.held && c.run.plan.Reconnect
		c.run.live.Add(-1)
	}
}

// refusal is why there is no stream, and what to do about it; zero when there is one.
type refusal struct{ cause, advice string }

// Advice on a server that gave no answer at all, and on one that gave an error.
const (
	unreachable = "check host and port, and that the server runs and is not behind a firewall"
	unwell      = "the server, or what stands before it, is not well: try again later"
)

// ask sends the request, when not too many others wait for their answer.
func (c *client) ask(ctx context.Context, cancel func()) (resp *http.Response, no refusal) {
	select {
	case c.run.answers <- struct{}{}:
		defer func() { <-c.run.answers }()
	case <-ctx.Done():
		return nil, refusal{}
	}
	outer := ctx.Err
	var late atomic.Bool
	patience := time.AfterFunc(answerTime, func() { late.Store(true); cancel() })
	defer patience.Stop()
	c.present, c.between = connection{asked: time.Now()}, false
	resp, err := c.visit.Ask(ctx, string(c.scanner.id), func(feed.Hop) {})
	switch {
	case late.Load():
		return resp, refusal{"no answer within " + answerTime.String(), unreachable}
	case outer() != nil:
		c.between = c.connections > 0 && time.Since(c.present.asked) < stalledAfter
		return resp, refusal{}
	case err != nil:
		no.cause, no.advice = c.visit.Explain(err)
		no.advice = cmp.Or(no.advice, unreachable)
		return nil, no
	}
	c.done = resp.StatusCode == http.StatusNoContent
	no.cause, no.advice = c.visit.Refusal(resp)
	if resp.StatusCode >= 500 {
		no.advice = unwell
	}
	return resp, no
}

// listen reads a stream to its end.
func (c *client) listen(ctx context.Context, resp *http.Response) {
	resp.Body = counted{resp.Body, &c.bytes}
	body := c.visit.Plain(resp)
	c.scanner.reset()
	for {
		err := c.scanner.readFrom(body)
		c.takeAll(time.Now())
		switch {
		case err == nil:
		case ctx.Err() != nil:
			c.held = true
			return
		case errors.Is(err, io.EOF):
			c.run.endings.drop("the server ended the stream")
			return
		default:
			cause, _ := c.visit.Explain(err)
			c.run.endings.drop(cause)
			return
		}
	}
}

// counted counts what is read of a body, as it came over the wire.
type counted struct {
	io.ReadCloser
	bytes *atomic.Uint64
}

func (b counted) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes.Add(uint64(n))
	return n, err
}

// takeAll takes the events that were read at a time.
func (c *client) takeAll(at time.Time) {
	var n uint64
	for c.scanner.next() {
		e := &c.scanner.event
		if c.takeControl(e) {
			continue
		}
		n++
		c.ledger.take(e)
		c.measure(e, at)
	}
	if n > 0 {
		c.latest = at
		c.events.Add(n)
	}
}

// takeControl takes what a server of livetape's kind says of the stream itself, and reports false for anything else.
func (c *client) takeControl(e *event) bool {
	begins := !c.present.begun
	c.present.begun = true
	switch string(e.kind) {
	case "snapshot":
		return c.ledger.snapshot(e, begins)
	case "resume":
		from, replayed := resumption(e.data)
		if begins {
			c.present.replayed = replayed
		}
		return c.ledger.resume(from, begins)
	case "reset":
		return c.ledger.reset(begins)
	}
	return false
}

// sleep reports false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
