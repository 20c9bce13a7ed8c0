package connection

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"livetape/feed/redact"
	"livetape/feed/stream"
)

// Config says what to ask a server for. A ${NAME} in URL, Header, Body and Proxy is read from the environment. The
// fields are those of a feed's configuration, and mean the same.
type Config struct {
	URL         string
	Method      string // GET or POST; empty means GET
	Header      map[string]string
	Body        string
	Format      Format // empty means SSE
	AsksSymbols bool
	Resume      string // empty means ResumeByHeader
	MaxEvent    int    // bytes; 0 means 1 MiB
	Proxy       string
	CAFiles     []string
	Client      *http.Client
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

// withDefaults is c with its zero fields filled in.
func (c Config) withDefaults() Config {
	c.Method = cmp.Or(c.Method, http.MethodGet)
	c.Format = cmp.Or(c.Format, SSE)
	c.Resume = cmp.Or(c.Resume, ResumeByHeader)
	c.MaxEvent = cmp.Or(c.MaxEvent, stream.DefaultMaxEvent)
	return c
}

// Validate reports every error of c that shows without the environment and the files it names. The errors never hold a
// secret.
func (c Config) Validate() error {
	var errs errorList
	c.checkRequest(&errs)
	c.checkStream(&errs)
	c.checkClient(&errs)
	return errors.Join(errs...)
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
	if c.MaxEvent < 0 || c.MaxEvent > stream.LargestMaxEvent {
		errs.add("max event: %d bytes is not between 1 and %d (64 MiB)", c.MaxEvent, stream.LargestMaxEvent)
	}
}

func (c Config) checkClient(errs *errorList) {
	if c.Proxy != "" {
		if _, err := parseProxy(redact.FillVariables(c.Proxy)); err != nil {
			errs.add("proxy: %w", err)
		}
	}
	if c.Client == nil {
		return
	}
	if c.Client.Timeout != 0 {
		errs.add("client: a Timeout of %s would cut every stream; it must be 0", c.Client.Timeout)
	}
	if c.Proxy != "" || c.CAFiles != nil {
		errs.add("client: proxy and CA files are set on it, not beside it")
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
