package connection

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// refusal is an answer that is not an event stream to read. It travels as an error through the client.
type refusal struct{ Outcome }

func (r *refusal) Error() string { return r.Cause }

// examineResponse gives nil for an answer that begins an event stream, else what is wrong with it.
func (e *Endpoint) examineResponse(resp *http.Response, now time.Time) *refusal {
	if resp.StatusCode == http.StatusOK {
		return e.examineStream(resp)
	}
	r := &refusal{Outcome{Ending: EndingOf(resp.StatusCode), Status: resp.StatusCode}}
	r.RetryAfter = parseRetryAfter(resp.Header.Get("Retry-After"), now)
	r.Cause, r.Advice = e.describeStatus(resp)
	if r.Ending == Stopped {
		return r
	}
	message, plainToTLS := e.refusalMessage(resp)
	r.Cause = withMessage(r.Cause, message)
	if plainToTLS {
		r.Advice = writeHTTPS
	}
	return r
}

// examineStream checks what a 200 must be to be read: of the feed's format, plain or gzip.
func (e *Endpoint) examineStream(resp *http.Response) *refusal {
	refuse := func(cause, advice string) *refusal {
		return &refusal{Outcome{Ending: NotAStream, Status: resp.StatusCode, RetryAfter: NoRetryAfter, Cause: e.cleanText(cause), Advice: advice}}
	}
	kind := MediaType(resp.Header)
	if problem, advice := e.checkContentType(kind); problem != "" {
		return refuse(withMessage("200, but "+problem, e.pageMessage(resp, kind)), advice)
	}
	if coding := ContentCoding(resp.Header); coding != "" && coding != "gzip" {
		return refuse("200, but compressed with "+coding+", which was not asked for", "ask for the stream without compression, or without the proxy that compresses it")
	}
	return nil
}

// withMessage is a cause with what the server says of it, if it says something.
func withMessage(cause, message string) string {
	if message == "" {
		return cause
	}
	return cause + ": " + message
}

// MediaType is the content type without its parameters, in lower case.
func MediaType(h http.Header) string {
	value := h.Get("Content-Type")
	if kind, _, err := mime.ParseMediaType(value); err == nil {
		return kind
	}
	kind, _, _ := strings.Cut(value, ";")
	return strings.ToLower(textproto.TrimString(kind))
}

// ContentCoding is the one compression of a body: "" for none, "gzip", or what else the server says.
func ContentCoding(h http.Header) string {
	coding := strings.ToLower(textproto.TrimString(h.Get("Content-Encoding")))
	switch coding {
	case "identity":
		return ""
	case "x-gzip": // RFC 9110 §8.4.1.3
		return "gzip"
	}
	return coding
}

// EndingOf is what an answer of a status other than 200 means for the connection.
func EndingOf(status int) Ending {
	switch {
	case status == http.StatusNoContent:
		return Stopped
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly,
		status == http.StatusTooManyRequests, status >= 500 && status <= 599:
		return Unavailable
	}
	return Refused
}

// describeStatus says what a status means for this feed and what to do about it.
func (e *Endpoint) describeStatus(resp *http.Response) (cause, advice string) {
	switch resp.StatusCode {
	case http.StatusNoContent:
		return "by server (204)", ""
	case http.StatusUnauthorized:
		return e.unauthorized(resp)
	case http.StatusForbidden:
		return e.forbidden(), "ask the feed's operator for access"
	case http.StatusNotFound:
		return "404: there is nothing at this address", "check the path of the URL"
	case http.StatusGone:
		return "410: the server says that the stream is gone", "look for the feed's new address"
	case http.StatusProxyAuthRequired:
		return proxyWantsLogin, proxyLogin
	}
	cause = statusLine(resp.StatusCode)
	switch {
	case isRedirect(resp.StatusCode) && resp.Header.Get("Location") == "":
		return cause + ", but no Location to go to", "check the URL"
	case resp.StatusCode < 400:
		return cause + " instead of an event stream", "check the URL"
	}
	if e.config.AsksSymbols {
		return cause, "check the URL, the symbols and the headers"
	}
	return cause, "check the URL and the headers"
}

func (e *Endpoint) unauthorized(resp *http.Response) (cause, advice string) {
	if there := resp.Request.URL; !sameOrigin(there, e.url) {
		return e.cleanText(fmt.Sprintf("401 from %s, which is not given the secrets for %s", there.Host, e.url.Host)), "use the address that it redirects to as the URL, if you trust it"
	}
	switch {
	case e.variable != "":
		return "401: " + e.credential + " was refused", "set " + e.variable + " to a valid token and start again"
	case e.credential != "":
		return "401: " + e.credential + " was refused", "check that it is valid and complete"
	}
	return "401: the server wants to know who is asking", "pass a token: -H 'Authorization: Bearer ${TOKEN}', or in the configuration token: ${TOKEN}"
}

func (e *Endpoint) forbidden() string {
	if e.credential == "" {
		return "403: access is forbidden"
	}
	return "403: " + e.credential + " gives no access"
}

const writeHTTPS = "write https:// instead of http://"

const proxyWantsLogin = "407: the proxy wants a login"

const proxyLogin = "put user and password into the proxy's URL (HTTPS_PROXY, or the feed's own)"

func statusLine(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// What is read of the body of a refusal.
const (
	messageBytes = 4 << 10
	messageTime  = time.Second
	messageLimit = 120 // runes
)

// refusalMessage is what the body of a refusal says about it, fit for a screen; empty when it says nothing
// that the status does not. It takes no longer than messageTime. It also says whether the body, in the words of a known
// server, says that plain HTTP came to where TLS is spoken.
func (e *Endpoint) refusalMessage(resp *http.Response) (text string, plainToTLS bool) {
	body := beginningOf(resp)
	text = e.Clean(messageIn(body), messageLimit)
	if strings.EqualFold(text, http.StatusText(resp.StatusCode)) || strings.EqualFold(text, statusLine(resp.StatusCode)) {
		text = ""
	}
	return text, resp.StatusCode == http.StatusBadRequest && expectsTLS(body)
}

// pageMessage is what the body of a 200 that is no event stream says to people: of maintenance, or of a login. It takes no longer
// than messageTime.
func (e *Endpoint) pageMessage(resp *http.Response, kind string) string {
	if coding := ContentCoding(resp.Header); coding != "" && coding != "gzip" || !strings.HasPrefix(kind, "text/") && !isJSON(kind) {
		return ""
	}
	body := beginningOf(resp)
	message := messageIn(body)
	mayBeToken := kind == "text/plain" && !strings.ContainsRune(message, ' ')
	if mayBeFields(body) || mayBeToken {
		return ""
	}
	return e.Clean(message, messageLimit)
}

// mayBeFields reports whether a body begins as an event stream does, whatever its content type says.
func mayBeFields(body []byte) bool {
	name, _, found := bytes.Cut(bytes.TrimSpace(body), []byte(":"))
	return found && slices.Contains([]string{"", "data", "event", "id", "retry"}, string(name))
}

// beginningOf is what can be read of the beginning of a body within messageTime.
func beginningOf(resp *http.Response) []byte {
	giveUp := time.AfterFunc(messageTime, func() { _ = resp.Body.Close() }) // ends the read
	defer giveUp.Stop()
	body, _ := io.ReadAll(io.LimitReader(Decompressed(resp), messageBytes)) // what could be read will do
	return body
}

// expectsTLS reports whether the body of a 400 is what Go, nginx, or Apache say to plain HTTP on a port for TLS.
func expectsTLS(body []byte) bool {
	for _, words := range []string{"HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port", "plain HTTP to an SSL-enabled server port"} {
		if bytes.Contains(body, []byte(words)) {
			return true
		}
	}
	return false
}

// headLimit bounds what is shown of a body that is no event stream, in runes.
const headLimit = 200

// describeHead says what a body that was to be an event stream, and is none, begins with; empty where it begins with nothing.
func (e *Endpoint) describeHead(head []byte) string {
	if message := e.Clean(messageIn(head), headLimit); message != "" {
		return "the server said: " + message
	}
	if beginning := strings.TrimSpace(e.Clean(string(head), headLimit)); beginning != "" {
		return "the server sent no event, but: " + beginning
	}
	return ""
}

// messageIn picks the message out of a body: a field of a JSON object (RFC 9457 and the usual spellings), the heading of a
// page, or the first line of a text.
func messageIn(body []byte) string {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0 || body[0] == '[':
		return ""
	case body[0] == '<':
		return headingIn(body)
	case body[0] != '{':
		line, _, _ := bytes.Cut(body, []byte("\n"))
		return string(bytes.TrimSpace(line))
	}
	for _, path := range []string{"message", "error.message", "errors.0.message", "error_description", "error", "detail", "title"} {
		if field := gjson.GetBytes(body, path); field.Type == gjson.String && field.Str != "" {
			return field.Str
		}
	}
	return ""
}

var (
	headings = regexp.MustCompile(`(?is)<(?:h1|h2|title)\b[^>]*>(.*?)</(?:h1|h2|title)>`)
	unshown  = regexp.MustCompile(`(?is)<!--.*?(?:-->|$)|<(?:head|script|style)\b.*?(?:</(?:head|script|style)>|$)`)
	tags     = regexp.MustCompile(`<[^>]*(?:>|$)`)
)

// headingIn is the first heading of a page that has text, its title where there is none, or else its first text.
func headingIn(page []byte) (text string) {
	defer func() {
		if text == "" {
			text = wordsIn(unshown.ReplaceAll(page, nil))
		}
	}()
	for _, m := range headings.FindAllSubmatch(page, -1) {
		words := wordsIn(m[1])
		isTitle := bytes.HasPrefix(bytes.ToLower(m[0]), []byte("<title"))
		if words != "" && (text == "" || !isTitle) {
			text = words
			if !isTitle {
				break
			}
		}
	}
	return text
}

// wordsIn is the text of a part of a page, on one line.
func wordsIn(page []byte) string {
	return strings.Join(strings.Fields(html.UnescapeString(string(tags.ReplaceAll(page, []byte(" "))))), " ")
}

// MaxRetryAfter bounds what a server can ask for.
const MaxRetryAfter = 5 * time.Minute

// NoRetryAfter stands for a Retry-After that is absent or says nothing usable.
const NoRetryAfter time.Duration = -1

// parseRetryAfter reads the Retry-After field (RFC 9110 §10.2.3): whole seconds or an HTTP date. The result
// is at most MaxRetryAfter; a date that has passed, like any malformed value, counts as not given.
func parseRetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if isDigits(value) {
		seconds, err := strconv.ParseInt(value, 10, 32)
		if err != nil { // only out of range is left
			return MaxRetryAfter
		}
		return min(time.Duration(seconds)*time.Second, MaxRetryAfter)
	}
	date, err := http.ParseTime(value)
	if err != nil || !date.After(now) {
		return NoRetryAfter
	}
	return min(date.Sub(now), MaxRetryAfter)
}

func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
