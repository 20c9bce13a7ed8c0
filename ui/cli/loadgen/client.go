package loadgen

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"livetape/feed/connection"
)

// client is one of many that listen. One goroutine runs it; what others read meanwhile is atomic.
type client struct {
	run      *loadTest
	number   int
	endpoint *connection.Endpoint
	ids      receivedIDs

	events, bytes  atomic.Uint64
	answered       bool // its first response has come, or will not
	connections    int
	proto          string
	connectedAtEnd bool      // when the time was up
	noContent      bool      // the server said 204: do not reconnect
	reconnecting   bool      // its stream ended, and it waits to ask for another one, or has only just asked
	lastEvent      time.Time // when it came

	scanner    scanner
	current    connectAttempt
	timestamps timestampStats
	latencies  *histogram
}

type connectAttempt struct {
	requested  time.Time
	begun      bool   // an event came
	replayLeft uint64 // events still to come that the server replays
}

func newClient(r *loadTest, number int, endpoint *connection.Endpoint) *client {
	return &client{
		run: r, number: number, endpoint: endpoint, latencies: &r.latencies[number%len(r.latencies)],
		ids:     receivedIDs{comparison: r.comparison, filtered: r.filtered},
		scanner: newScanner(r.plan.Feed.LastEventID),
	}
}

func (c *client) listenUntilDone(ctx context.Context, answered chan<- struct{}) {
	if !sleep(ctx, c.run.plan.Ramp*time.Duration(c.number)/time.Duration(c.run.plan.Clients)) {
		return
	}
	for {
		c.connect(ctx, answered)
		if ctx.Err() != nil || !c.run.plan.Reconnect || c.noContent || !sleep(ctx, c.scanner.reconnectionTime()) {
			return
		}
	}
}

// noteAnswer is called when a request has its response; only the first counts.
func (c *client) noteAnswer(answered chan<- struct{}) {
	if !c.answered {
		c.answered = true
		c.run.answered.Add(1)
		answered <- struct{}{}
	}
}

func (c *client) connect(ctx context.Context, answered chan<- struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	resp, refused := c.request(ctx, cancel)
	if resp != nil {
		defer resp.Body.Close()
	}
	switch {
	case resp == nil && refused.cause == "": // the time is up
	case refused.cause != "":
		c.run.refusals.add(refused.cause, refused.advice)
		c.noteAnswer(answered)
	default:
		c.connections++
		c.proto = resp.Proto
		c.run.connected.Add(1)
		c.noteAnswer(answered)
		c.listen(ctx, resp)
		c.reconnecting = !c.connectedAtEnd && c.run.plan.Reconnect
		c.run.connected.Add(-1)
	}
}

// refusal is why there is no stream, and what to do about it; zero when there is one.
type refusal struct{ cause, advice string }

const (
	adviceNoAnswer    = "check host and port, and that the server runs and is not behind a firewall"
	adviceServerError = "the server, or what stands before it, is not well: try again later"
)

// request asks for a stream, once not too many others wait for their response.
func (c *client) request(ctx context.Context, cancel func()) (resp *http.Response, refused refusal) {
	select {
	case c.run.pending <- struct{}{}:
		defer func() { <-c.run.pending }()
	case <-ctx.Done():
		return nil, refusal{}
	}
	var timedOut atomic.Bool
	patience := cmp.Or(c.run.plan.Feed.AnswerTimeout, answerTimeout)
	timeout := time.AfterFunc(patience, func() { timedOut.Store(true); cancel() })
	defer timeout.Stop()
	c.current, c.reconnecting = connectAttempt{requested: time.Now()}, false
	resp, err := c.endpoint.Get(ctx, string(c.scanner.id), nil)
	switch {
	case timedOut.Load():
		return resp, refusal{"no answer within " + patience.String(), adviceNoAnswer}
	case ctx.Err() != nil:
		c.reconnecting = c.connections > 0 && time.Since(c.current.requested) < stalledAfter
		return resp, refusal{}
	case err != nil:
		refused.cause, refused.advice = c.endpoint.Explain(err)
		refused.advice = cmp.Or(refused.advice, adviceNoAnswer)
		return nil, refused
	}
	c.noContent = resp.StatusCode == http.StatusNoContent
	refused.cause, refused.advice = c.endpoint.Refusal(resp)
	if resp.StatusCode >= 500 {
		refused.advice = adviceServerError
	}
	return resp, refused
}

func (c *client) listen(ctx context.Context, resp *http.Response) {
	resp.Body = countingBody{resp.Body, &c.bytes}
	body := connection.Decompressed(resp)
	c.scanner.reset(c.endpoint.FormatOf(resp) == connection.NDJSON)
	for {
		err := c.scanner.readFrom(body)
		c.process(time.Now())
		switch {
		case err == nil:
		case ctx.Err() != nil:
			c.connectedAtEnd = true
			return
		case errors.Is(err, io.EOF):
			c.run.drops.add("the server ended the stream", "")
			return
		default:
			cause, _ := c.endpoint.Explain(err)
			c.run.drops.add(cause, "")
			return
		}
	}
}

// countingBody counts bytes as they came over the wire.
type countingBody struct {
	io.ReadCloser
	bytes *atomic.Uint64
}

func (b countingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes.Add(uint64(n))
	return n, err
}

func (c *client) process(at time.Time) {
	var n uint64
	for c.scanner.next() {
		e := &c.scanner.event
		if c.takeControlEvent(e) {
			continue
		}
		n++
		c.ids.add(e)
		c.measureLatency(e, at)
	}
	if n > 0 {
		c.lastEvent = at
		c.events.Add(n)
	}
}

// takeControlEvent takes what a livetape server says of the stream itself, and reports false for any other event.
func (c *client) takeControlEvent(e *event) bool {
	first := !c.current.begun
	c.current.begun = true
	switch string(e.kind) {
	case "snapshot":
		return c.ids.addSnapshot(e, first)
	case "resume":
		from, replayed := parseResume(e.data)
		if first {
			c.current.replayLeft = replayed
		}
		return c.ids.addResume(from, first)
	case "reset":
		return c.ids.addReset(first)
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
