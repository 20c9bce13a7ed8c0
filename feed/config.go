package feed

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"time"

	"livetape/feed/connection"
	"livetape/feed/decode"
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
type Format = connection.Format

// The formats there are, and ways to resume beside a query parameter.
const (
	SSE            = connection.SSE
	NDJSON         = connection.NDJSON
	ResumeByHeader = connection.ResumeByHeader
	ResumeNever    = connection.ResumeNever
)

const defaultIdleTimeout = 90 * time.Second

// Endpoint makes the server of a feed ready to be asked single questions, outside any subscription but by the same rules.
// Lookup gives the variables of the environment. Errors never hold a secret.
func (c Config) Endpoint(lookup func(variable string) (string, bool)) (*connection.Endpoint, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	e, err := connection.NewEndpoint(c.request(), lookup)
	if err != nil {
		return nil, fmt.Errorf("feed %s: %w", c.Name, err)
	}
	return e, nil
}

// request is the part of c that a connection needs.
func (c Config) request() connection.Config {
	return connection.Config{
		URL: c.URL, Method: c.Method, Header: c.Header, Body: c.Body, Format: c.Format, AsksSymbols: c.AsksSymbols,
		Resume: c.Resume, MaxEvent: c.MaxEvent, Proxy: c.Proxy, CAFiles: c.CAFiles, Client: c.Client,
	}
}

// Validate reports every error of c that shows without the environment and the files it names. The errors never
// hold a secret.
func (c Config) Validate() error {
	var errs []error
	if c.Name == "" {
		errs = append(errs, errors.New("name: is empty"))
	}
	errs = append(errs, c.request().Validate())
	if c.LastEventID != "" {
		errs = append(errs, c.checkLastEventID())
	}
	if err := errors.Join(append(errs, c.checkWaits())...); err != nil {
		return fmt.Errorf("feed %s: %w", cmp.Or(c.Name, "(unnamed)"), err)
	}
	return nil
}

func (c Config) checkLastEventID() error {
	switch {
	case c.Resume == ResumeNever:
		return fmt.Errorf("last event id: has no use, since resume is %s", ResumeNever)
	case !connection.IsSendable(c.LastEventID):
		return errors.New("last event id: holds a control character, which HTTP cannot carry")
	}
	return nil
}

func (c Config) checkWaits() error {
	var errs []error
	for _, bound := range []struct {
		name        string
		wait, least time.Duration
	}{{"retry min", c.RetryMin, minWait}, {"retry max", c.RetryMax, minBarrenWait}} {
		if bound.wait != 0 && (bound.wait < bound.least || bound.wait > maxRetry) {
			errs = append(errs, fmt.Errorf("%s: %s is not between %s and %s", bound.name, bound.wait, connection.Duration(bound.least), connection.Duration(maxRetry)))
		}
	}
	if c.RetryMax != 0 && c.RetryMax < c.RetryMin {
		errs = append(errs, fmt.Errorf("retry max: %s is less than retry min, %s", c.RetryMax, c.RetryMin))
	}
	return errors.Join(errs...)
}
