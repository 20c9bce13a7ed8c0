package connection

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/r3labs/sse/v2"
	"gopkg.in/cenkalti/backoff.v1"

	"livetape/feed/stream"
)

// subscription is one attempt: a request, and if the server agrees, its stream to the end. It uses an r3labs client of its
// own, which never retries and never resumes.
type subscription struct {
	endpoint *Endpoint
	listener Listener
	lastID   string

	byClosing bool           // see endsByClosing
	body      *errorKeeper   // nil until an event stream began
	reader    *stream.Reader // the same
	format    Format         // of the body, once an event stream began
	events    []stream.Event // of the bundle that the client gave last
	large     chan []byte    // data that did not pass the client: of the bundle that it gives next, and of the one it reads meanwhile
}

// Subscribe connects and tells l of every event until the stream or ctx ends. It asks to resume after resumeID, unless that
// is empty; lastID is the last event id until the stream says another. When it returns, nothing of it is left running:
// the client's reading goroutine hands over its last error before the client itself returns, and the body ends with ctx.
func (e *Endpoint) Subscribe(ctx context.Context, resumeID, lastID string, l Listener) Outcome {
	s := &subscription{endpoint: e, listener: l, lastID: lastID, large: make(chan []byte, 2)}
	client := sse.NewClient(e.requestURL(resumeID), sse.ClientMaxBufferSize(stream.BufferSize(e.config.MaxEvent)))
	client.Connection = e.httpClient(l, nil)
	client.ReconnectStrategy = &backoff.StopBackOff{}
	client.Headers = e.requestHeader(resumeID)
	client.ResponseValidator = func(_ *sse.Client, resp *http.Response) error { return s.acceptResponse(ctx, resp) }
	o := s.outcome(s.read(ctx, client))
	if s.reader != nil {
		o.Streamed, o.LastEventID = true, s.reader.LastEventID()
	}
	return o
}

// read reads in this goroutine and its client's.
func (s *subscription) read(ctx context.Context, client *sse.Client) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = NewPanic(p)
		}
	}()
	return client.SubscribeRawWithContext(ctx, func(bundle *sse.Event) {
		s.events = stream.Unbundle(s.events[:0], bundle.Data, bundle.ID)
		for i := range s.events {
			if e := &s.events[i]; e.IsAside {
				e.Data = <-s.large
			}
		}
		s.listener.Events(ctx, s.events)
		clear(s.events)
	})
}

// acceptResponse decides on the answer. Of an event stream, the listener is told before the client reads it.
func (s *subscription) acceptResponse(ctx context.Context, resp *http.Response) error {
	network := newNetworkBody(ctx, resp.Body, s.listener)
	resp.Body = network
	if no := s.endpoint.examineResponse(resp, time.Now()); no != nil {
		_ = network.Close() // the refusal is what counts
		return no
	}
	if err := s.listener.Opened(ctx, s.endpoint.answer(resp)); err != nil {
		_ = network.Close()
		return err
	}
	config := s.endpoint.config
	s.byClosing, s.format = endsByClosing(resp), s.endpoint.FormatOf(resp)
	if s.endpoint.takesAll(resp) {
		network.pacer = &readPacer{}
	}
	s.body = &errorKeeper{Reader: Decompressed(resp), network: network}
	s.reader = stream.NewReader(s.body, stream.Config{
		JSONLines: s.format == NDJSON, MaxEvent: config.MaxEvent, LastEventID: s.lastID, OnRetry: s.listener.Retry,
		Bundle: true, OnLarge: func(data []byte) { s.large <- data },
	})
	resp.Body = struct {
		io.Reader
		io.Closer
	}{recoveringReader{s.reader}, network}
	return nil
}

func (e *Endpoint) answer(resp *http.Response) Answer {
	a := Answer{Header: resp.Header, Protocol: resp.Proto, Compression: ContentCoding(resp.Header)}
	if resp.Uncompressed {
		a.Compression = "gzip"
	}
	if from := resp.Request.URL; !sameOrigin(from, e.url) {
		a.Redirected = e.cleanText(from.Scheme + "://" + from.Host)
	}
	return a
}

// outcome says how the connection ended, by the client's error or, better, the body's own.
func (s *subscription) outcome(err error) Outcome {
	var no *refusal
	var bug *Panic
	switch {
	case errors.As(err, &bug):
		return bug.Outcome(s.endpoint, "this stream")
	case errors.As(err, &no):
		return no.Outcome
	case s.reader == nil:
		return s.endpoint.failure(err)
	}
	if s.body.err != nil {
		err = s.body.err
	}
	shutdown := isServerShutdown(err)
	switch clean := err == nil || errors.Is(err, io.EOF); {
	case (clean || shutdown) && !s.reader.Alive():
		if err = errNothingSent; s.midEvent() {
			err = errNoBlankLine
		} else if words := s.endpoint.describeHead(s.reader.Head()); words != "" {
			return Outcome{Ending: Broken, RetryAfter: NoRetryAfter, Cause: words}
		}
	case (!clean && errors.Is(err, io.ErrUnexpectedEOF) || clean && s.byClosing || shutdown) && s.midEvent():
		err = errMidEvent
	case clean:
		return Outcome{Ending: Ended, RetryAfter: NoRetryAfter, Cause: "the server ended the stream"}
	case shutdown:
		return Outcome{Ending: Ended, RetryAfter: NoRetryAfter, Cause: "the server closed the connection"}
	}
	o := s.endpoint.failure(err)
	if o.Ending == NotAStream && s.reader.Alive() { // it was one: what is wrong is its trailer
		return Outcome{Ending: Broken, RetryAfter: NoRetryAfter, Cause: notFramed}
	}
	return o
}

func (s *subscription) midEvent() bool {
	if s.format == NDJSON {
		return s.reader.MidLine()
	}
	return s.reader.MidEvent()
}

// failure is the outcome of a connection that ended with an error; nil stands for an answer that never came.
func (e *Endpoint) failure(err error) Outcome {
	if err == nil {
		err = io.EOF
	}
	words := e.explain(err)
	return Outcome{Ending: words.ending, RetryAfter: NoRetryAfter, Cause: words.cause, Advice: words.advice}
}
