package feed

import (
	"cmp"
	"net/http"
	"time"

	"livetape/feed/decode"
	"livetape/feed/stream"
)

// Config says what one feed is and how to treat it. A ${NAME} in URL, Header, Body and Proxy is read from the
// environment.
type Config struct {
	Name string // unique in a set; shown on screen

	URL    string            // http or https; the value of a ${NAME} is escaped behind the "?"
	Method string            // GET or POST; empty means GET
	Header map[string]string // sent to the URL's own origin only; values never shown
	Body   string            // of a POST, sent to the URL's own origin only; the value of a ${NAME} is escaped as JSON or a form wants it. Without a Content-Type header it goes as JSON or a form, by its looks
	Format Format            // of the answer; empty means SSE

	AsksSymbols bool // the request names symbols: the advice on a refusal speaks of them

	Resume      string // how to ask for what was missed: [ResumeByHeader] (also when empty), [ResumeNever], or by a query parameter: "since={id}"
	LastEventID string // to resume from on the first connection; empty for none

	IdleTimeout time.Duration // drop a connection on which nothing was received for so long; 0 means 90 s, negative never
	RetryMin    time.Duration // wait no shorter before a reconnect, whatever the server says; 10 ms (also when 0) to 1 h
	RetryMax    time.Duration // wait no longer, but for a Retry-After; 1 s to 1 h; 0 means 30 s, or the server's own retry: if that is longer

	MaxEvent int            // bytes of one event; 0 means 1 MiB, at most 64 MiB
	Decoder  decode.Decoder // nil: messages carry no updates

	Proxy   string       // http, https, socks5 or socks5h URL; empty means that HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide
	CAFiles []string     // of PEM certificates whose signature is trusted, beside the system's
	Client  *http.Client // nil: a client with sensible timeouts. Its Timeout must be 0; Proxy and CAFiles are then its own matter. It is not changed, and its idle connections stay the caller's to close
}

// Format is how a stream's body is cut into events.
type Format string

// The formats there are.
const (
	SSE    Format = "sse"    // text/event-stream
	NDJSON Format = "ndjson" // JSON lines: each is an event of type "message" without an id; blank ones are signs of life
)

// Ways to resume, beside a query parameter.
const (
	ResumeByHeader = "header" // Last-Event-ID, as browsers do
	ResumeNever    = "none"   // what was sent meanwhile is lost
)

// What a Config's zero fields mean.
const (
	defaultIdleTimeout = 90 * time.Second
	defaultMaxEvent    = stream.DefaultMaxEvent
	largestMaxEvent    = stream.LargestMaxEvent
)

// withDefaults is c with its zero fields filled in.
func (c Config) withDefaults() Config {
	c.Method = cmp.Or(c.Method, http.MethodGet)
	c.Format = cmp.Or(c.Format, SSE)
	c.Resume = cmp.Or(c.Resume, ResumeByHeader)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, defaultIdleTimeout)
	c.MaxEvent = cmp.Or(c.MaxEvent, defaultMaxEvent)
	return c
}
