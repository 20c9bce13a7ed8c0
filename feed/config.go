package feed

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"livetape/feed/decode"
	"livetape/feed/stream"
)

// Config says what one feed is and how to treat it.
type Config struct {
	Name        string            // unique in a set; shown on screen
	URL         string            // http or https; ${NAME} is read from the environment, and escaped behind the "?"
	Header      map[string]string // sent to the URL's own origin only; ${NAME} is read from the environment; values never shown
	LastEventID string            // to resume from on the first connection; empty for none
	IdleTimeout time.Duration     // drop a connection on which nothing was received for so long; 0 means 90 s, negative never
	MaxEvent    int               // bytes of one event; 0 means 1 MiB, at most 64 MiB
	Decoder     decode.Decoder    // nil: messages carry no updates
	Client      *http.Client      // nil: a client with sensible timeouts; its Timeout must be 0. It is not changed, and its idle connections stay the caller's to close
}

// What a Config's zero fields mean.
const (
	defaultIdleTimeout = 90 * time.Second
	defaultMaxEvent    = stream.DefaultMaxEvent
	largestMaxEvent    = stream.LargestMaxEvent
)

// Validate reports every fault of c that shows without the environment. Errors never hold a secret.
func (c Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Name == "" {
		fault("name: is empty")
	}
	if DisplayURL(c.URL) == notAnURL {
		fault("url: must be of the form https://host/path")
	}
	for name, value := range c.Header {
		if err := checkHeader(name, value); err != nil {
			fault("header %q: %w", name, err)
		}
	}
	if !sendable(c.LastEventID) {
		fault("last event id: holds a control character, which HTTP cannot carry")
	}
	if c.MaxEvent < 0 || c.MaxEvent > largestMaxEvent {
		fault("max event: %d bytes is not between 1 and %d (64 MiB)", c.MaxEvent, largestMaxEvent)
	}
	if c.Client != nil && c.Client.Timeout != 0 {
		fault("client: a Timeout of %s would cut every stream; it must be 0", c.Client.Timeout)
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("feed %s: %w", cmp.Or(c.Name, "(unnamed)"), errors.Join(faults...))
}

// withDefaults is c with its zero fields filled in.
func (c Config) withDefaults() Config {
	c.IdleTimeout = cmp.Or(c.IdleTimeout, defaultIdleTimeout)
	c.MaxEvent = cmp.Or(c.MaxEvent, defaultMaxEvent)
	return c
}

// checkHeader refuses what could not be sent, or would smuggle in a second header (RFC 9110 §5.1, §5.5).
func checkHeader(name, value string) error {
	if name == "" || strings.ContainsFunc(name, isNoTokenRune) {
		return errors.New("a name is made of letters, digits and any of !#$%&'*+-.^_`|~")
	}
	if !sendable(value) {
		return errors.New("its value holds a line break or another control character")
	}
	return nil
}

func isNoTokenRune(r rune) bool {
	letterOrDigit := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letterOrDigit && (r > '~' || !strings.ContainsRune("!#$%&'*+-.^_`|~", r))
}

// sendable reports whether HTTP can carry value in a header field.
func sendable(value string) bool {
	for _, c := range []byte(value) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
