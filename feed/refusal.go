package feed

import (
	"fmt"
	"mime"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// refusal is an answer that is not an event stream to read. It travels as an error through the client.
type refusal struct{ outcome }

func (r *refusal) Error() string { return r.cause }

// examine gives nil for an answer that begins an event stream, else what is wrong with it.
func (s *source) examine(resp *http.Response, now time.Time) *refusal {
	if resp.StatusCode == http.StatusOK {
		return s.examineStream(resp)
	}
	r := &refusal{outcome{ending: endingOf(resp.StatusCode), status: resp.StatusCode, retryAfter: notAsked}}
	r.cause, r.advice = s.wordsFor(resp)
	switch r.ending {
	case busy:
		r.retryAfter = retryAfter(resp.Header.Get("Retry-After"), now)
	case stopped:
		return r
	}
	message, plainToTLS := s.message(resp)
	if message != "" {
		r.cause += ": " + message
	}
	if plainToTLS {
		r.advice = writeHTTPS
	}
	return r
}

// examineStream checks what a 200 must be to be read: of the feed's format, plain or gzip.
func (s *source) examineStream(resp *http.Response) *refusal {
	misfitting := func(what, advice string) *refusal {
		return &refusal{outcome{ending: misfit, status: resp.StatusCode, retryAfter: notAsked, cause: s.safe(what), advice: advice}}
	}
	if what, advice := s.unfit(mediaType(resp.Header)); what != "" {
		return misfitting("200, but "+what, advice)
	}
	if coding := contentCoding(resp.Header); coding != "" && coding != "gzip" {
		return misfitting("200, but compressed with "+coding+", which was not asked for", "ask for the stream without compression, or without the proxy that compresses it")
	}
	return nil
}

// mediaType is the content type without its parameters, in lower case.
func mediaType(h http.Header) string {
	value := h.Get("Content-Type")
	if kind, _, err := mime.ParseMediaType(value); err == nil {
		return kind
	}
	kind, _, _ := strings.Cut(value, ";")
	return strings.ToLower(textproto.TrimString(kind))
}

// contentCoding is the one compression of a body: "" for none, "gzip", or what else the server says.
func contentCoding(h http.Header) string {
	coding := strings.ToLower(textproto.TrimString(h.Get("Content-Encoding")))
	switch coding {
	case "identity":
		return ""
	case "x-gzip": // RFC 9110 §8.4.1.3
		return "gzip"
	}
	return coding
}

func endingOf(status int) ending {
	switch {
	case status == http.StatusNoContent:
		return stopped
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly,
		status == http.StatusTooManyRequests, status >= 500 && status <= 599:
		return busy
	}
	return refused
}

// wordsFor says what a status means for this feed and what to do about it.
func (s *source) wordsFor(resp *http.Response) (cause, advice string) {
	switch resp.StatusCode {
	case http.StatusNoContent:
		return "by server (204)", ""
	case http.StatusUnauthorized:
		return s.unauthorized(resp)
	case http.StatusForbidden:
		return s.forbidden(), "ask the feed's operator for access"
	case http.StatusNotFound:
		return "404: there is nothing at this address", "check the path of the URL"
	case http.StatusGone:
		return "410: the stream is gone for good", "look for the feed's new address"
	case http.StatusProxyAuthRequired:
		return "407: the proxy wants a login", proxyLogin
	}
	cause = statusLine(resp.StatusCode)
	switch {
	case isRedirect(resp.StatusCode) && resp.Header.Get("Location") == "":
		return cause + ", but no Location to go to", "check the URL"
	case resp.StatusCode < 400:
		return cause + " instead of an event stream", "check the URL"
	}
	if s.AsksSymbols {
		return cause, "check the URL, the symbols and the headers"
	}
	return cause, "check the URL and the headers"
}

func (s *source) unauthorized(resp *http.Response) (cause, advice string) {
	if there := resp.Request.URL; !sameOrigin(there, s.url) {
		return s.safe(fmt.Sprintf("401 from %s, which is not given the secrets for %s", there.Host, s.url.Host)), "use the address redirected to as the URL, if you trust it"
	}
	switch {
	case s.variable != "":
		return "401: " + s.credential + " was refused", "set " + s.variable + " to a valid token and start again"
	case s.credential != "":
		return "401: " + s.credential + " was refused", "check that it is valid and complete"
	}
	return "401: the server wants to know who is asking", "pass a token, for example -H 'Authorization: Bearer ${TOKEN}'"
}

func (s *source) forbidden() string {
	if s.credential == "" {
		return "403: access is forbidden"
	}
	return "403: " + s.credential + " gives no access"
}

const writeHTTPS = "write https:// in place of http://"

const proxyLogin = "put user and password into the proxy's URL (HTTPS_PROXY, or the feed's own)"

func statusLine(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}
