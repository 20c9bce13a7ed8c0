package connection

import (
	"encoding/json"
	"fmt"
	"io"
	"livetape/feed/redact"
	"net/http"
	"net/url"
	"strings"
)

// What a request says that it wants, so that servers with more than one format choose right.
const (
	acceptEvents = "text/event-stream"
	acceptLines  = "application/x-ndjson, application/json;q=0.9, */*;q=0.1"
)

// requestHeader holds the fields without secrets, which any host that the request is redirected to may see.
func (e *Endpoint) requestHeader(resumeID string) map[string]string {
	h := map[string]string{"Accept": e.acceptHeader(), "Accept-Encoding": "identity", "User-Agent": "livetape"}
	if resumeID != "" && e.config.Resume == ResumeByHeader {
		h[lastEventID] = resumeID
	}
	return h
}

func (e *Endpoint) acceptHeader() string {
	if e.config.Format == NDJSON {
		return acceptLines
	}
	return acceptEvents
}

// fillBody sets body from the configured one, and says in header what it is.
func (e *Endpoint) fillBody(env *environment) error {
	if e.config.Body == "" {
		return nil
	}
	kind := e.bodyKind()
	all := redact.Variables(e.config.Body)
	isWhole := len(all) == 1 && e.config.Body == "${"+all[0]+"}"
	body, names, err := env.expand(e.config.Body, func(_, value string) string {
		if isWhole {
			return value
		}
		return escapedFor(kind, value)
	})
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	e.body = body
	if e.header.Get("Content-Type") == "" {
		if looksLikeJSON(body) {
			kind = kindJSON
		}
		e.header.Set("Content-Type", kind)
	}
	if len(names) > 0 && e.credential == "" {
		e.setTokenVariable(names[len(names)-1])
	}
	env.secrets.AddBody(body)
	return nil
}

const (
	kindJSON = "application/json"
	kindForm = "application/x-www-form-urlencoded"
)

// bodyKind is the content type of the body: as configured, or by its looks.
func (e *Endpoint) bodyKind() string {
	if kind := MediaType(e.header); kind != "" {
		return kind
	}
	if looksLikeJSON(e.config.Body) {
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

// requestMethod is how a request is sent: as configured, until a redirect makes a GET of it (WHATWG Fetch §4.4, "HTTP-redirect
// fetch", step 11).
func (e *Endpoint) requestMethod(req *http.Request) string {
	if req.Response == nil {
		return e.config.Method
	}
	before := e.config.Method
	if req.Response.Request != nil {
		before = req.Response.Request.Method
	}
	switch req.Response.StatusCode {
	case http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return before
	}
	return http.MethodGet
}

// setBody makes req a POST with the feed's body, if it is to be one. A request that a redirect made a GET of does not say
// what its body was.
func (e *Endpoint) setBody(req *http.Request) {
	if req.Method = e.requestMethod(req); req.Method != http.MethodPost {
		if e.config.Method == http.MethodPost {
			req.Header.Del("Content-Type")
		}
		return
	}
	req.ContentLength = int64(len(e.body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(e.body)), nil }
	req.Body = http.NoBody
	if e.body != "" {
		req.Body = io.NopCloser(strings.NewReader(e.body))
	}
}

// bodyRedirectError is the error of a redirect to an origin that must not see the request's body.
type bodyRedirectError struct{ host string }

func (e bodyRedirectError) Error() string {
	return "redirected to " + e.host + ", which is not given the request's body"
}

// mayFollow refuses a redirect that would have the body sent to another origin than it was given for.
func (e *Endpoint) mayFollow(req *http.Request) error {
	if e.body != "" && e.requestMethod(req) == http.MethodPost && !sameOrigin(req.URL, e.url) {
		return bodyRedirectError{req.URL.Host}
	}
	return nil
}

// resumeParameter is the name in a Config.Resume of the form name={id}.
func resumeParameter(resume string) (name string, ok bool) {
	name, ok = strings.CutSuffix(resume, "={id}")
	return name, ok && name != ""
}

// ResumeID is the id that the next connection sends when lastID was the last; empty for none.
func (e *Endpoint) ResumeID(lastID string) string {
	if e.config.Resume == ResumeNever || e.config.Resume == ResumeByHeader && !IsSendable(lastID) {
		return ""
	}
	return lastID
}

// requestURL is the URL to ask, with the id in its query if the feed resumes so.
func (e *Endpoint) requestURL(id string) string {
	name, ok := resumeParameter(e.config.Resume)
	if !ok || id == "" {
		return e.url.String()
	}
	with := *e.url
	with.RawQuery = replaceParameter(e.url.RawQuery, name, id)
	return with.String()
}

// replaceParameter sets one parameter of a query, in place of all of its name, and leaves the others to the byte as
// they are.
func replaceParameter(query, name, value string) string {
	var kept []string
	for _, pair := range strings.Split(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(key); pair != "" && (err != nil || plain != name) {
			kept = append(kept, pair)
		}
	}
	return strings.Join(append(kept, url.QueryEscape(name)+"="+url.QueryEscape(value)), "&")
}
