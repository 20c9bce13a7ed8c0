package doctor

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"livetape/feed/connection"
	"livetape/feed/stream"
	"livetape/ui/humanize"
)

// question is what one connection is made for.
type question struct {
	lastID   string
	endpoint *connection.Endpoint // nil: the examination's
	listen   time.Duration
	events   int              // enough; 0: as many as come
	enough   func(event) bool // nil: never
}

// look makes one connection and notes what it shows. When it returns, nothing of it is left running.
func (e *examination) look(ctx context.Context, q question) *observation {
	asking, hangUp := context.WithCancel(ctx)
	defer hangUp()
	bound := time.AfterFunc(answerTime, hangUp)
	defer bound.Stop()
	o := &observation{}
	var t timing
	endpoint := q.endpoint
	if endpoint == nil {
		endpoint = e.endpoint
	}
	resp, err := endpoint.Get(t.trace(asking), q.lastID, func(h connection.Redirect) { o.hops = append(o.hops, h) })
	o.steps = t.taken()
	switch {
	case err != nil && ctx.Err() == nil && asking.Err() != nil:
		o.cause, o.advice = fmt.Sprintf("no answer within %s", humanize.Measured(answerTime)), "the server may hold its answer back until the first event; ask its operator, or try again"
		return o
	case err != nil:
		o.cause, o.advice = e.endpoint.Explain(err)
		return o
	}
	defer func() { _ = resp.Body.Close() }() // what was read is what counts
	o.answer = e.answer(resp)
	bound.Reset(q.listen)
	o.listen = time.Now()
	e.examine(o, resp, q)
	o.stopped = time.Now()
	switch {
	case ctx.Err() != nil:
		o.ending = interrupted
	case asking.Err() != nil:
		o.ending = enough
	}
	if o.ending != broke && o.reached == streaming {
		o.cause, o.advice = "", ""
	}
	return o
}

// answer notes the head of an answer.
func (e *examination) answer(resp *http.Response) answer {
	h := resp.Header
	a := answer{
		Status:      resp.StatusCode,
		Protocol:    e.endpoint.Clean(resp.Proto, 20),
		ContentType: e.endpoint.Clean(h.Get("Content-Type"), 80),
		Compression: e.endpoint.Clean(connection.ContentCoding(resp.Header), 40),
	}
	for _, name := range []string{"Via", "X-Cache", "X-Varnish", "CF-Ray", "X-Amz-Cf-Id", "X-Served-By"} {
		if v := h.Get(name); v != "" {
			a.Via = append(a.Via, name+": "+e.endpoint.Clean(v, 60))
		}
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		a.Date = date
	}
	return a
}

// examine decides whether an answer is a stream, and listens to it.
func (e *examination) examine(o *observation, resp *http.Response, q question) {
	o.wire.from = connection.Decompressed(resp)
	body := bufio.NewReaderSize(&o.wire, sniffed)
	sniff := resp.StatusCode == http.StatusOK && o.answer.Compression != "br" && connection.MediaType(resp.Header) != "text/event-stream"
	if e.options.Format == FormatNDJSON {
		sniff = resp.StatusCode == http.StatusOK
	}
	if sniff {
		o.begins = e.endpoint.Clean(beginning(body), 80)
		if e.options.Format != FormatSSE && (e.options.Format == FormatNDJSON || areJSONLines(body, connection.MediaType(resp.Header))) {
			o.reached, o.format = streaming, FormatNDJSON
			e.listen(o, &jsonLines{from: body, limit: e.eventLimit(), wire: &o.wire, blank: func() { o.tally.comment(o.wire.last) }}, q)
			o.notADocument(connection.MediaType(resp.Header))
			return
		}
	}
	if cause, advice := e.endpoint.Refusal(resp); cause != "" {
		o.refuse(cause, advice)
		return
	}
	o.reached, o.format = streaming, FormatSSE
	o.wire.fields = true
	e.listen(o, newSSE(body, o, stream.Config{MaxEvent: e.eventLimit(), LastEventID: q.lastID}), q)
}

func (e *examination) eventLimit() int {
	if e.config.MaxEvent > 0 {
		return e.config.MaxEvent
	}
	return stream.DefaultMaxEvent
}

func (o *observation) refuse(cause, advice string) {
	o.cause, o.advice, o.reached = cause, advice, refused
	if o.answer.Status == http.StatusNoContent {
		o.cause = "204 No Content" // the words for a badge speak of a feed that was live
	}
	if o.answer.Status == http.StatusOK {
		o.reached = otherThing
		if looksLikeSSE(o.begins) {
			o.advice = "it looks like an event stream all the same: have the server send Content-Type: text/event-stream"
		}
	}
}

// notADocument takes a single JSON value that ends for what it is: a page, not a stream.
func (o *observation) notADocument(kind string) {
	if o.ending == ended && o.tally.total <= 1 && !slices.Contains(jsonLineTypes, kind) {
		o.reached, o.cause = otherThing, "200, but one JSON document instead of a stream"
		o.advice = "check the URL: this address answers once; the stream may have an address of its own"
	}
}

// listen takes events until there are enough, or no more.
func (e *examination) listen(o *observation, from source, q question) {
	for q.events == 0 || o.tally.total < q.events {
		ev, err := from.next()
		if err != nil {
			o.close(err, e.endpoint)
			return
		}
		o.tally.take(ev)
		if q.enough != nil && q.enough(ev) {
			break
		}
	}
	o.ending = enough
}

func (o *observation) close(err error, endpoint *connection.Endpoint) {
	if errors.Is(err, io.EOF) {
		o.ending = ended
		return
	}
	o.ending = broke
	o.cause, o.advice = endpoint.Explain(err)
	if strings.Contains(o.cause, "gzip") {
		o.reached = otherThing
		o.advice = "have the server, or the proxy before it, send the stream without compression"
	}
}

// reached is how far a connection came.
type reached int8

const (
	unreached  reached = iota // no answer
	refused                   // an answer that is none of a stream, or a wish to be left alone
	otherThing                // 200, but something else than a stream
	streaming
)

// ending is why listening ended.
type ending int8

const (
	enough      ending = iota // as long, or as many events, as was wanted
	ended                     // the server ended the stream cleanly
	broke                     // the connection broke
	interrupted               // the user had enough
)

// answer is the head of a server's answer.
type answer struct {
	Status      int
	Protocol    string
	ContentType string // with parameters, fit to be shown
	Compression string
	Via         []string // what says that something stands between
	Date        time.Time
}

// observation is what one connection showed. It has no opinion about it.
type observation struct {
	hops    []connection.Redirect
	steps   steps
	answer  answer
	reached reached
	cause   string // why it did not come to streaming, or how the stream broke
	advice  string
	begins  string // of what is no stream, the first words

	format  string
	listen  time.Time // when listening began
	stopped time.Time // and ended
	ending  ending
	wire    wire
	tally   tally
}

// listened is how long.
func (o *observation) listened() time.Duration { return o.stopped.Sub(o.listen) }

// silence is the longest time without a byte.
func (o *observation) silence() time.Duration {
	if o.wire.first.IsZero() {
		return o.listened()
	}
	return max(o.wire.silence, o.wire.first.Sub(o.listen), o.stopped.Sub(o.wire.last))
}
