package connection

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"livetape/feed/decode"
	"livetape/feed/memory"
	"livetape/feed/redact"
	"livetape/feed/stream"
)

// Config says what one feed is and how to treat it. A ${NAME} in URL, Header, Body and Proxy is read from the
// environment.
type Config struct {
	Name string // unique in a set; shown on screen

	URL    string            // http or https; the value of a ${NAME} is escaped behind the "?"
	Method string            // GET or POST; empty means GET
	Header map[string]string // sent to the URL's own origin only; values never shown
	Token  *Token            // what ${the token} in Header stands for; nil for none
	Body   string            // of a POST, sent to the URL's own origin only; the value of a ${NAME} is escaped as JSON or a form wants it. Without a Content-Type header it goes as JSON or a form, by its looks
	Format Format            // of the answer; empty means SSE, unless the content type of an answer names JSON lines

	AsksSymbols bool // the request names symbols: the advice on a refusal speaks of them

	Resume      string // how to ask for what was missed: [ResumeByHeader] (also when empty), [ResumeNever], or by a query parameter: "since={id}"
	LastEventID string // to resume from on the first connection; empty for none

	AnswerTimeout time.Duration // for the connection, for TLS and for the answer each; 0 means 10 s for the first two, and no bound but IdleTimeout for the last

	IdleTimeout time.Duration // drop a connection on which nothing was received for so long; 0 means 90 s, negative never
	QuietAfter  time.Duration // say Quiet when no event came for so long; 0 goes by the feed's own rhythm, negative never
	RetryMin    time.Duration // wait no shorter before a reconnect, whatever the server says; 10 ms (also when 0) to 1 h
	RetryMax    time.Duration // wait no longer, but for a Retry-After; 1 s to 1 h; 0 means 30 s, or the server's own retry: if that is longer

	MaxEvent int            // bytes of one event; 0 means 1 MiB, at most 64 MiB
	Memory   int            // bytes for all that is kept of the feed; 0 means 64 MiB, from 1 MiB to 1 GiB, and no less than MaxEvent
	Decoder  decode.Decoder // nil: messages carry no updates

	Proxy             string       // http, https, socks5 or socks5h URL; empty means that HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide
	CAFiles           []string     // of PEM certificates whose signature is trusted, beside the system's
	CertFile, KeyFile string       // of a client certificate and its key (PEM), for the URL's own origin; empty for none
	Client            *http.Client // nil: a client with sensible timeouts. Its Timeout must be 0; Proxy, CAFiles and CertFile are then its own matter. It is not changed, and its idle connections stay the caller's to close
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

func (c Config) withDefaults() Config {
	c.Method = cmp.Or(c.Method, http.MethodGet)
	c.Resume = cmp.Or(c.Resume, ResumeByHeader)
	c.MaxEvent = cmp.Or(c.MaxEvent, stream.DefaultMaxEvent)
	c.Memory = cmp.Or(c.Memory, memory.Default)
	return c
}

// Bounds of the waits before a reconnect.
const (
	MinRetryMin = 10 * time.Millisecond
	MinRetryMax = time.Second
	MaxRetry    = time.Hour
)

// Validate reports every error of c that shows without the environment and the files it names. The errors never hold a
// secret.
func (c Config) Validate() error {
	var errs errorList
	if c.Name == "" {
		errs.add("name: is empty")
	}
	c.checkRequest(&errs)
	c.checkStream(&errs)
	c.checkClient(&errs)
	c.checkWaits(&errs)
	return c.withFeedName(errors.Join(errs...))
}

func (c Config) withFeedName(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("feed %s: %w", cmp.Or(c.Name, "(unnamed)"), err)
}

type errorList []error

func (l *errorList) add(format string, args ...any) { *l = append(*l, fmt.Errorf(format, args...)) }

func (c Config) checkRequest(errs *errorList) {
	if _, err := redact.ParseURL(redact.FillVariables(c.URL)); err != nil {
		errs.add("url: must be of the form https://host/path")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Header)) {
		if err := checkHeader(name, c.Header[name]); err != nil {
			errs.add("header %q: %w", name, err)
		}
	}
	switch c.Method {
	case "", http.MethodGet, http.MethodPost:
	default:
		errs.add("method: %q is neither GET nor POST", c.Method)
	}
	if c.Body != "" && c.Method != http.MethodPost {
		errs.add("body: needs the method POST")
	}
}

func (c Config) checkStream(errs *errorList) {
	switch c.Format {
	case "", SSE, NDJSON:
	default:
		errs.add("format: %q is neither %s nor %s", string(c.Format), SSE, NDJSON)
	}
	switch name, isParameter := resumeParameter(c.Resume); {
	case c.Resume == "", c.Resume == ResumeByHeader, c.Resume == ResumeNever:
	case !isParameter || strings.ContainsFunc(name, isNoTokenRune):
		errs.add("resume: %q is neither %s, %s nor a query parameter like since={id}", c.Resume, ResumeByHeader, ResumeNever)
	}
	switch {
	case c.LastEventID == "":
	case c.Resume == ResumeNever:
		errs.add("last event id: is of no use, since resume is %s", ResumeNever)
	case !IsSendable(c.LastEventID):
		errs.add("last event id: holds a control character, which HTTP cannot carry")
	}
	if c.MaxEvent < 0 || c.MaxEvent > stream.LargestMaxEvent {
		errs.add("max event: %d bytes is not between 1 and %d (64 MiB)", c.MaxEvent, stream.LargestMaxEvent)
	}
	switch kept := c.withDefaults().Memory; {
	case kept < memory.Least || kept > memory.Most:
		errs.add("memory: %d bytes is not between %d (1 MiB) and %d (1 GiB)", kept, memory.Least, memory.Most)
	case c.MaxEvent > kept:
		errs.add("memory: %d bytes has no room for one event of %d (max event)", kept, c.MaxEvent)
	}
}

func (c Config) checkClient(errs *errorList) {
	if c.Proxy != "" {
		if _, err := parseProxy(redact.FillVariables(c.Proxy)); err != nil {
			errs.add("proxy: %w", err)
		}
	}
	if (c.CertFile == "") != (c.KeyFile == "") {
		errs.add("client certificate: needs both its file and the file of its key")
	}
	if c.Client == nil {
		return
	}
	if c.Client.Timeout != 0 {
		errs.add("client: a Timeout of %s would cut every stream; it must be 0", c.Client.Timeout)
	}
	if c.Proxy != "" || c.CAFiles != nil || c.CertFile != "" {
		errs.add("client: proxy, CA files and certificates are set on it, not beside it")
	}
}

func (c Config) checkWaits(errs *errorList) {
	for _, bound := range []struct {
		name        string
		wait, least time.Duration
	}{{"retry min", c.RetryMin, MinRetryMin}, {"retry max", c.RetryMax, MinRetryMax}} {
		if bound.wait != 0 && (bound.wait < bound.least || bound.wait > MaxRetry) {
			errs.add("%s: %s is not between %s and %s", bound.name, bound.wait, Duration(bound.least), Duration(MaxRetry))
		}
	}
	if c.AnswerTimeout < 0 {
		errs.add("answer timeout: %s is below 0", c.AnswerTimeout)
	}
	if c.RetryMax != 0 && c.RetryMax < c.RetryMin {
		errs.add("retry max: %s is less than retry min, %s", c.RetryMax, c.RetryMin)
	}
}

// checkHeader refuses what could not be sent, or would smuggle in a second header (RFC 9110 §5.1, §5.5).
func checkHeader(name, value string) error {
	if name == "" || strings.ContainsFunc(name, isNoTokenRune) {
		return errors.New("a name is made of letters, digits and any of !#$%&'*+-.^_`|~")
	}
	if !IsSendable(value) {
		return errors.New("its value holds a line break or another control character")
	}
	return nil
}

func isNoTokenRune(r rune) bool {
	letterOrDigit := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letterOrDigit && (r > '~' || !strings.ContainsRune("!#$%&'*+-.^_`|~", r))
}

// IsSendable reports whether HTTP can carry value in a header field, such as an event id that is sent back.
func IsSendable(value string) bool {
	for _, c := range []byte(value) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
