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

	missed    bool           // an event that was read is not delivered, since the context ended: nothing follows
	byClosing bool           // see endsByClosing
	tail      *tail          // nil until an event stream began
	reader    *stream.Reader // the same
}

// read connects and delivers every event until the stream or ctx ends, and says how it ended. When it
// returns, nothing of it is left running: the client's reading goroutine hands over its last error
// before the client itself returns, the body ends with ctx, and neither handler nor delivery blocks beyond it.
func (c *connection) read(ctx context.Context) outcome {
	client := sse.NewClient(c.source.url.String(), sse.ClientMaxBufferSize(stream.BufferSize(c.source.MaxEvent)))
	client.Connection = &c.web
	client.ReconnectStrategy = &backoff.StopBackOff{}
	client.Headers = c.headers()
	client.ResponseValidator = func(_ *sse.Client, resp *http.Response) error { return c.accept(ctx, resp) }
	return c.outcome(c.subscribe(ctx, client))
}

// subscribe reads in this goroutine and its client's, and decodes in another.
func (c *connection) subscribe(ctx context.Context, client *sse.Client) error {
	arrivals := make(chan arrival, ahead)
	var delivering sync.WaitGroup
	delivering.Go(func() { c.mail.takeAll(ctx, arrivals) })
	err := client.SubscribeRawWithContext(ctx, func(e *sse.Event) {
		if !c.missed {
			c.missed = !c.mail.queue(ctx, arrivals, e.Event, e.Data, e.ID)
		}
	})
	close(arrivals)
	delivering.Wait()
	return err
}

// headers are the fields without secrets, which any host that the request is redirected to may see.
func (c *connection) headers() map[string]string {
	h := map[string]string{"Accept-Encoding": "identity", "User-Agent": "livetape"}
	if c.resume != "" {
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
		MaxEvent: c.source.MaxEvent, LastEventID: c.mail.lastID, OnRetry: c.line.heardRetry,
	})
	resp.Body = struct {
		io.Reader
		io.Closer
	}{c.reader, wire}
	return nil
}

// outcome says how the connection ended, by the client's error or, better, the body's own.
func (c *connection) outcome(err error) outcome {
	var no *refusal
	switch {
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
	case (!clean && errors.Is(err, io.ErrUnexpectedEOF) || clean && c.byClosing) && c.tail.midEvent():
		err = errMidEvent
	case clean:
		return outcome{ending: ended, cause: "the server ended the stream"}
	}
	return c.ending(err)
}

func (c *connection) ending(err error) outcome {
	if err == nil {
		err = io.EOF
	}
	words := c.source.explain(err)
	return outcome{ending: words.ending, retryAfter: notAsked, cause: words.cause, advice: words.advice}
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
