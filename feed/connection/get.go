package connection

import (
	"context"
	"errors"
	"livetape/feed/redact"
	"net/http"
	"time"
)

// Redirect is a redirect that was followed. Both addresses are fit to be shown.
type Redirect struct {
	Status int    `json:"status"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// Get sends the request that a subscription begins with, outside of one, and follows redirects: it is for looking at a
// feed. The body lasts until ctx ends and is the caller's to close.
func (e *Endpoint) Get(ctx context.Context, lastID string, redirected func(Redirect)) (*http.Response, error) {
	id := e.ResumeID(lastID)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.requestURL(id), nil)
	if err != nil {
		return nil, errors.New("the address cannot be asked for") // its text may hold a secret
	}
	req.Header.Set("Cache-Control", "no-cache")
	for name, value := range e.requestHeader(id) {
		req.Header.Set(name, value)
	}
	return e.httpClient(nil, redirected).Do(req)
}

func (e *Endpoint) displayURL(req *http.Request) string {
	return e.Clean(redact.URL(req.URL.String()), addressLimit)
}

// addressLimit bounds an address in a Redirect, in runes.
const addressLimit = 500

// Refusal is what is wrong with an answer, in words a user can act on; "" when it begins an event stream. Of an answer
// that does not, a part of the body may have been read.
func (e *Endpoint) Refusal(resp *http.Response) (cause, advice string) {
	no := e.examineResponse(resp, time.Now())
	if no == nil {
		return "", ""
	}
	return no.Cause, no.Advice
}

// Explain puts the error of a request or of a body into words a user can act on.
func (e *Endpoint) Explain(err error) (cause, advice string) {
	words := e.explain(err)
	return words.cause, words.advice
}
