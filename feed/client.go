package feed

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/r3labs/sse/v2"
	"gopkg.in/cenkalti/backoff.v1"

	"livetape/feed/stream"
)

// connection is one attempt: a request, and if the server agrees, its stream to the end. It uses a
// client of its own, which never retries and never resumes; the supervisor does both.
type connection struct {
	source *source
	line   *line
	mail   *delivery
	live   handshake
	web    http.Client
	resume string // the last event id to send; empty for none

	missed    bool           // an event that was read is not delivered, since the connection was dropped: nothing follows
	byClosing bool           // see endsByClosing
	tail      *tail          // nil until an event stream began
	reader    *stream.Reader // the same
}

// read connects and delivers every event until the stream or ctx ends, and says how it ended. When it
// returns, nothing of it is left running: the client's reading goroutine hands over its last error
// before the client itself returns, the body ends with ctx, and neither handler nor delivery blocks beyond it.
func (c *connection) read(ctx context.Context) outcome {
	ctx, drop := context.WithCancel(ctx)
	defer drop()
	client := sse.NewClient(c.source.address(c.resume), sse.ClientMaxBufferSize(stream.BufferSize(c.source.MaxEvent)))
	client.Connection = &c.web
	client.ReconnectStrategy = &backoff.StopBackOff{}
	client.Headers = c.headers()
	client.ResponseValidator = func(_ *sse.Client, resp *http.Response) error { return c.accept(ctx, resp) }
	arrivals := make(chan arrival, ahead)
	var delivering sync.WaitGroup
	delivering.Go(func() { c.mail.takeAll(ctx, arrivals, drop) })
	err := c.subscribe(ctx, client, arrivals)
	close(arrivals)
	delivering.Wait()
	return c.outcome(err)
}

// subscribe reads in this goroutine and its client's.
func (c *connection) subscribe(ctx context.Context, client *sse.Client, arrivals chan<- arrival) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = newCrash(p)
		}
	}()
	return client.SubscribeRawWithContext(ctx, func(e *sse.Event) {
		if !c.missed {
			c.missed = !c.mail.queue(ctx, arrivals, e.Event, e.Data, e.ID)
		}
	})
}

// headers are the fields without secrets, which any host that the request is redirected to may see.
func (c *connection) headers() map[string]string {
	h := map[string]string{"Accept": c.source.accept(), "Accept-Encoding": "identity", "User-Agent": "livetape"}
	if c.resume != "" && c.source.Resume == ResumeByHeader {
		h[lastEventID] = c.resume
	}
	return h
}

// accept decides on the answer. Of an event stream, it has the supervisor say Live before it lets the client read.
func (c *connection) accept(ctx context.Context, resp *http.Response) error {
	wire := newWireBody(ctx, resp.Body, c.line, func() error { return c.live.announce(ctx) })
	resp.Body = wire
	if no := c.source.examine(resp, time.Now()); no != nil {
		_ = wire.Close() // the refusal is what counts
		return no
	}
	if err := c.live.announce(ctx); err != nil {
		_ = wire.Close()
		return err
	}
	c.mail.begin(ctx, wallClock())
	c.byClosing = endsByClosing(resp)
	c.tail = &tail{Reader: plainBody(resp)}
	c.reader = stream.NewReader(c.tail, stream.Config{
		JSONLines: c.source.Format == NDJSON, MaxEvent: c.source.MaxEvent, LastEventID: c.mail.lastID, OnRetry: c.line.heardRetry,
	})
	resp.Body = struct {
		io.Reader
		io.Closer
	}{unpanicking{c.reader}, wire}
	return nil
}

// outcome says how the connection ended, by the client's error or, better, the body's own.
func (c *connection) outcome(err error) outcome {
	var no *refusal
	var bug *crash
	switch {
	case c.mail.crash != nil:
		return c.mail.crash.outcome(c.source, "this payload")
	case errors.As(err, &bug):
		return bug.outcome(c.source, "this stream")
	case c.mail.asked:
		return outcome{ending: ended, retryAfter: notAsked, cause: c.withNotice("the server asked to connect again")}
	case errors.As(err, &no):
		return no.outcome
	case c.reader == nil:
		return c.ending(err)
	}
	if c.tail.err != nil {
		err = c.tail.err
	}
	switch clean := err == nil || errors.Is(err, io.EOF); {
	case clean && !c.reader.Alive():
		err = errNothingSent
	case (!clean && errors.Is(err, io.ErrUnexpectedEOF) || clean && c.byClosing) && c.midEvent():
		err = errMidEvent
	case clean:
		return outcome{ending: ended, retryAfter: notAsked, cause: c.withNotice("the server ended the stream")}
	}
	return c.ending(err)
}

func (c *connection) ending(err error) outcome {
	if err == nil {
		err = io.EOF
	}
	words := c.source.explain(err)
	return outcome{ending: words.ending, retryAfter: notAsked, cause: c.withNotice(words.cause), advice: words.advice}
}

// withNotice adds to a cause what the server said last, if that was about the stream.
func (c *connection) withNotice(cause string) string {
	if c.mail.notice == "" {
		return cause
	}
	return cause + ": " + c.mail.notice
}

// midEvent reports whether the body, which has ended, did so within an event.
func (c *connection) midEvent() bool {
	if c.source.Format == NDJSON {
		return c.reader.MidLine()
	}
	return c.reader.MidEvent()
}

// resumeID is where the next connection resumes: behind what was delivered, never behind what was only read.
func (c *connection) resumeID() string {
	if c.missed || c.mail.cut || c.reader == nil {
		return c.mail.lastID
	}
	return c.reader.LastEventID()
}

// handshake has the reading goroutine wait until the supervisor has told that the stream is live.
type handshake struct {
	knock chan struct{}
	enter chan struct{} // holds one, so that the supervisor never waits
}

func newHandshake() handshake {
	return handshake{knock: make(chan struct{}), enter: make(chan struct{}, 1)}
}

func (h handshake) announce(ctx context.Context) error {
	select {
	case h.knock <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-h.enter:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
