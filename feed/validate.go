package feed

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"livetape/feed/redact"
)

// Validate reports every fault of c that shows without the environment and the files it names. Errors never
// hold a secret.
func (c Config) Validate() error {
	var f faults
	if c.Name == "" {
		f.add("name: is empty")
	}
	c.checkRequest(&f)
	c.checkResume(&f)
	c.checkBounds(&f)
	c.checkClient(&f)
	if len(f) == 0 {
		return nil
	}
	return fmt.Errorf("feed %s: %w", cmp.Or(c.Name, "(unnamed)"), errors.Join(f...))
}

type faults []error

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Errorf(format, args...)) }

func (c Config) checkRequest(f *faults) {
	if _, err := redact.ParseURL(redact.FillVariables(c.URL)); err != nil {
		f.add("url: must be of the form https://host/path")
	}
	for _, name := range sortedKeys(c.Header) {
		if err := checkHeader(name, c.Header[name]); err != nil {
			f.add("header %q: %w", name, err)
		}
	}
	switch c.Method {
	case "", http.MethodGet, http.MethodPost:
	default:
		f.add("method: %q is neither GET nor POST", c.Method)
	}
	if c.Body != "" && c.Method != http.MethodPost {
		f.add("body: needs the method POST")
	}
	switch c.Format {
	case "", SSE, NDJSON:
	default:
		f.add("format: %q is neither %s nor %s", string(c.Format), SSE, NDJSON)
	}
}

func (c Config) checkResume(f *faults) {
	switch name, isParameter := resumeParameter(c.Resume); {
	case c.Resume == "", c.Resume == ResumeByHeader:
	case c.Resume == ResumeNever && c.LastEventID != "":
		f.add("last event id: has no use, since resume is %s", ResumeNever)
	case c.Resume == ResumeNever:
	case !isParameter || strings.ContainsFunc(name, isNoTokenRune):
		f.add("resume: %q is neither %s, %s nor a query parameter like since={id}", c.Resume, ResumeByHeader, ResumeNever)
	}
	if !sendable(c.LastEventID) {
		f.add("last event id: holds a control character, which HTTP cannot carry")
	}
}

func (c Config) checkBounds(f *faults) {
	if c.MaxEvent < 0 || c.MaxEvent > largestMaxEvent {
		f.add("max event: %d bytes is not between 1 and %d (64 MiB)", c.MaxEvent, largestMaxEvent)
	}
	for _, bound := range []struct {
		name        string
		wait, least time.Duration
	}{{"retry min", c.RetryMin, floor}, {"retry max", c.RetryMax, barrenFloor}} {
		if bound.wait != 0 && (bound.wait < bound.least || bound.wait > maxRetry) {
			f.add("%s: %s is not between %s and %s", bound.name, bound.wait, inWords(bound.least), inWords(maxRetry))
		}
	}
	if c.RetryMax != 0 && c.RetryMax < c.RetryMin {
		f.add("retry max: %s is less than retry min, %s", c.RetryMax, c.RetryMin)
	}
}

func (c Config) checkClient(f *faults) {
	if c.Proxy != "" {
		if _, err := parseProxy(redact.FillVariables(c.Proxy)); err != nil {
			f.add("proxy: %w", err)
		}
	}
	if c.Client == nil {
		return
	}
	if c.Client.Timeout != 0 {
		f.add("client: a Timeout of %s would cut every stream; it must be 0", c.Client.Timeout)
	}
	if c.Proxy != "" || c.CAFiles != nil {
		f.add("client: proxy and CA files are set on it, not beside it")
	}
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
