package feed

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"livetape/feed/redact"
)

// What a request says that it wants, so that servers with more than one format choose right.
const (
	acceptEvents = "text/event-stream"
	acceptLines  = "application/x-ndjson, application/json;q=0.9, */*;q=0.1"
)

// accept is the Accept field for the feed's format.
func (s *source) accept() string {
	if s.Format == NDJSON {
		return acceptLines
	}
	return acceptEvents
}

// fillBody sets body from the configured one, and says in header what it is.
func (s *source) fillBody(env *environment) error {
	if s.Body == "" {
		return nil
	}
	kind := s.bodyKind()
	all := redact.Variables(s.Body)
	isWhole := len(all) == 1 && s.Body == "${"+all[0]+"}"
	body, names, err := env.expand(s.Body, func(_, value string) string {
		if isWhole {
			return value
		}
		return escapedFor(kind, value)
	})
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	s.body = body
	if s.header.Get("Content-Type") == "" {
		if looksLikeJSON(body) {
			kind = kindJSON
		}
		s.header.Set("Content-Type", kind)
	}
	if len(names) > 0 && s.credential == "" {
		s.useVariable(names[len(names)-1])
	}
	env.secrets.AddBody(body)
	return nil
}

const (
	kindJSON = "application/json"
	kindForm = "application/x-www-form-urlencoded"
)

// bodyKind is the content type of the body: as configured, or by its looks.
func (s *source) bodyKind() string {
	if kind := mediaType(s.header); kind != "" {
		return kind
	}
	if looksLikeJSON(s.Body) {
		return kindJSON
	}
	return kindForm
}

func looksLikeJSON(body string) bool {
	body = strings.TrimSpace(body)
	return strings.HasPrefix(body, "{") || strings.HasPrefix(body, "[")
}

// escapedFor is value made fit for a place in a body of that kind: inside a JSON string, or as the value in a form.
func escapedFor(kind, value string) string {
	switch {
	case isJSON(kind):
		text, err := json.Marshal(value)
		if err != nil {
			return value // not reached: a string has a JSON form
		}
		return string(text[1 : len(text)-1])
	case kind == kindForm:
		return url.QueryEscape(value)
	}
	return value
}

// method is how a request is sent: as configured, until a redirect makes a GET of it (WHATWG Fetch §4.4, "HTTP-redirect
// fetch", step 11).
func (s *source) method(req *http.Request) string {
	if req.Response == nil {
		return s.Method
	}
	before := s.Method
	if req.Response.Request != nil {
		before = req.Response.Request.Method
	}
	switch req.Response.StatusCode {
	case http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return before
	}
	return http.MethodGet
}

// load makes req a POST with the feed's body, if it is to be one. A request that a redirect made a GET of does not say
// what its body was.
func (s *source) load(req *http.Request) {
	if req.Method = s.method(req); req.Method != http.MethodPost {
		if s.Method == http.MethodPost {
			req.Header.Del("Content-Type")
		}
		return
	}
	req.ContentLength = int64(len(s.body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s.body)), nil }
	req.Body = http.NoBody
	if s.body != "" {
		req.Body = io.NopCloser(strings.NewReader(s.body))
	}
}

// astray is the error of a redirect to an origin that must not see the body.
type astray struct{ host string }

func (a astray) Error() string {
	return "redirected to " + a.host + ", which is not given the request's body"
}

// mayFollow refuses a redirect that would have the body sent to another origin than it was given for.
func (s *source) mayFollow(req *http.Request) error {
	if s.body != "" && s.method(req) == http.MethodPost && !sameOrigin(req.URL, s.url) {
		return astray{req.URL.Host}
	}
	return nil
}
