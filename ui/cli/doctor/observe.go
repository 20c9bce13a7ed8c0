package doctor

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"livetape/feed/connection"
	"livetape/feed/stream"
	"livetape/ui/humanize"
)

type observation struct {
	redirects []connection.Redirect
	timings   timings
	head      responseHead
	stage     stage
	cause     string // why there was no stream, or how it broke
	advice    string
	bodyStart string // the first line of a body that may be no event stream

	format    string
	startedAt time.Time // of listening
	endedAt   time.Time
	endReason endReason
	body      bodyMonitor
	stats     eventStats
}

type stage int8

const (
	noResponse stage = iota
	refused          // a status that gives no stream
	notAStream       // 200, but not an event stream
	streaming
)

type endReason int8

const (
	endEnough      endReason = iota // after the time or the number of events that was wanted
	endOfStream                     // the server ended the stream cleanly
	endBroken                       // the connection broke
	endInterrupted                  // by the user
)

func (r endReason) String() string {
	return [...]string{endEnough: "enough", endOfStream: "ended", endBroken: "broke", endInterrupted: "interrupted"}[r]
}

type responseHead struct {
	header      http.Header
	status      int
	protocol    string
	contentType string // with parameters, sanitized
	compression string
	proxies     []string // header fields that proxies and CDNs add
	date        time.Time
}

func (o *observation) listened() time.Duration { return o.endedAt.Sub(o.startedAt) }

func (o *observation) silence() time.Duration {
	if o.body.firstByte.IsZero() {
		return o.listened()
	}
	return max(o.body.silence, o.body.firstByte.Sub(o.startedAt), o.endedAt.Sub(o.body.lastByte))
}

type connectOptions struct {
	lastEventID string
	endpoint    *connection.Endpoint
	listenFor   time.Duration
	maxEvents   int              // 0 for no limit
	until       func(event) bool // stops after an event; may be nil
	phase       string
	opened      func(*observation) // called when the stream begins; may be nil
}

// observe makes one connection. When it returns, nothing of it is left running.
func (e *examination) observe(ctx context.Context, opts connectOptions) *observation {
	connCtx, disconnect := context.WithCancel(ctx)
	defer disconnect()
	answerWithin := cmp.Or(e.config.AnswerTimeout, min(responseTimeout, max(e.options.For, shortestWait)))
	timeout := time.AfterFunc(answerWithin, disconnect)
	defer timeout.Stop()
	o := &observation{}
	var t timingTrace
	resp, err := opts.endpoint.Get(t.withTrace(connCtx), opts.lastEventID, func(h connection.Redirect) { o.redirects = append(o.redirects, h) })
	o.timings = t.result()
	switch {
	case err != nil && ctx.Err() == nil && connCtx.Err() != nil:
		o.cause = "no answer within " + humanize.Measured(answerWithin)
		o.advice = "the server may delay its answer until the first event; ask its operator, or try again"
		if answerWithin < responseTimeout {
			o.advice += " with --for 15s"
		}
		return o
	case err != nil:
		o.cause, o.advice = e.endpoint.Explain(err)
		return o
	}
	defer func() { _ = resp.Body.Close() }() // what was read is what counts
	o.head = e.responseHead(resp)
	timeout.Reset(opts.listenFor)
	o.startedAt = time.Now()
	e.readBody(o, resp, opts)
	o.endedAt = time.Now()
	switch {
	case ctx.Err() != nil:
		o.endReason = endInterrupted
	case connCtx.Err() != nil:
		o.endReason = endEnough
	}
	if o.endReason != endBroken && o.stage == streaming {
		o.cause, o.advice = "", ""
	}
	return o
}

func (e *examination) responseHead(resp *http.Response) responseHead {
	h := resp.Header
	head := responseHead{
		header:      h,
		status:      resp.StatusCode,
		protocol:    e.endpoint.Clean(resp.Proto, 20),
		contentType: e.endpoint.Clean(h.Get("Content-Type"), 80),
		compression: e.endpoint.Clean(connection.ContentCoding(resp.Header), 40),
	}
	for _, name := range []string{"Via", "X-Cache", "X-Varnish", "CF-Ray", "X-Amz-Cf-Id", "X-Served-By"} {
		if v := h.Get(name); v != "" {
			head.proxies = append(head.proxies, name+": "+e.endpoint.Clean(v, 60))
		}
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		head.date = date
	}
	return head
}

func (e *examination) readBody(o *observation, resp *http.Response, opts connectOptions) {
	o.body.from = connection.Decompressed(resp)
	body := bufio.NewReaderSize(&o.body, peekSize)
	mediaType := connection.MediaType(resp.Header)
	peek := resp.StatusCode == http.StatusOK && o.head.compression != "br" && mediaType != "text/event-stream"
	if e.options.Format == FormatNDJSON {
		peek = resp.StatusCode == http.StatusOK
	}
	if peek {
		line, whole := peekFirstLine(body)
		o.bodyStart = e.endpoint.Clean(line, 80)
		resp.Header = resp.Header.Clone()
		if connection.ContentCoding(resp.Header) == "gzip" {
			resp.Header.Del("Content-Encoding") // what follows is decompressed
		}
		resp.Body = struct {
			io.Reader
			io.Closer
		}{body, resp.Body}
		if e.options.Format != FormatSSE && (e.options.Format == FormatNDJSON || areJSONLines(line, whole, mediaType)) {
			o.stage, o.format = streaming, FormatNDJSON
			e.listen(o, body, opts)
			o.detectDocument(mediaType)
			return
		}
	}
	if cause, advice := e.endpoint.Refusal(resp); cause != "" {
		o.setRefusal(cause, advice)
		return
	}
	o.stage, o.format = streaming, FormatSSE
	o.body.checkFields = true
	e.listen(o, body, opts)
}

func (o *observation) setRefusal(cause, advice string) {
	o.cause, o.advice, o.stage = cause, advice, refused
	if o.head.status == http.StatusNoContent {
		o.cause = "204 No Content" // the feed's own words are about a feed that was live
	}
	if o.head.status == http.StatusOK {
		o.stage = notAStream
		if looksLikeSSE(o.bodyStart) {
			o.advice = "it looks like an event stream all the same: have the server send Content-Type: text/event-stream"
		}
	}
}

// detectDocument recognises a single JSON document, which ends after one value.
func (o *observation) detectDocument(mediaType string) {
	if o.endReason == endOfStream && o.stats.total <= 1 && !slices.Contains(jsonLinesTypes, mediaType) {
		o.stage, o.cause = notAStream, "200, but one JSON document instead of a stream"
		o.advice = "check the URL: this address answers once; the stream may have another address"
	}
}

func (e *examination) listen(o *observation, body io.Reader, opts connectOptions) {
	e.options.progress(opts.phase, 0)
	events := newEventReader(body, o, stream.Config{
		JSONLines: o.format == FormatNDJSON, MaxEvent: e.config.MaxEvent, LastEventID: opts.lastEventID,
	})
	if opts.opened != nil {
		opts.opened(o)
	}
	for opts.maxEvents == 0 || o.stats.total < opts.maxEvents {
		ev, err := events.next()
		if err != nil {
			o.setEnd(err, e.endpoint)
			return
		}
		o.stats.add(ev)
		e.options.progress(opts.phase, o.stats.total)
		if opts.until != nil && opts.until(ev) {
			break
		}
	}
	o.endReason = endEnough
}

func (o *observation) setEnd(err error, endpoint *connection.Endpoint) {
	if errors.Is(err, io.EOF) {
		o.endReason = endOfStream
		return
	}
	o.endReason = endBroken
	o.cause, o.advice = endpoint.Explain(err)
	if errors.Is(err, stream.ErrUTF16) {
		o.stage = notAStream
	}
	if strings.Contains(o.cause, "gzip") {
		o.stage = notAStream
		o.advice = "have the server, or the proxy before it, send the stream without compression"
	}
}
