package feed

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// What is read of the body of a refusal.
const (
	messageBytes = 4 << 10
	messageTime  = time.Second
	messageLimit = 120 // runes
)

// message is what the body of a refusal says about it, fit for a screen; empty when it says nothing
// that the status does not. It takes no longer than messageTime. It also says whether the body, in the words of a known
// server, says that plain HTTP came to where TLS is spoken.
func (s *source) message(resp *http.Response) (text string, plainToTLS bool) {
	giveUp := time.AfterFunc(messageTime, func() { _ = resp.Body.Close() }) // ends the read
	defer giveUp.Stop()
	body, _ := io.ReadAll(io.LimitReader(plainBody(resp), messageBytes)) // what could be read will do
	text = s.safeUpTo(messageLimit, wordsOf(body))
	if strings.EqualFold(text, http.StatusText(resp.StatusCode)) || strings.EqualFold(text, statusLine(resp.StatusCode)) {
		text = ""
	}
	return text, resp.StatusCode == http.StatusBadRequest && wantsTLS(body)
}

// wantsTLS reports whether the body of a 400 is what Go, nginx, or Apache say to plain HTTP on a port for TLS.
func wantsTLS(body []byte) bool {
	for _, words := range []string{"HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port", "plain HTTP to an SSL-enabled server port"} {
		if bytes.Contains(body, []byte(words)) {
			return true
		}
	}
	return false
}

// plainBody is the body of resp without its compression.
func plainBody(resp *http.Response) io.Reader {
	if contentCoding(resp.Header) == "gzip" {
		return &lazyGzip{from: resp.Body}
	}
	return resp.Body
}

// wordsOf picks the message out of a body: a field of a JSON object (RFC 9457 and the usual spellings), or
// the first line of a text. A page of HTML says nothing in one line.
func wordsOf(body []byte) string {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0 || body[0] == '<' || body[0] == '[':
		return ""
	case body[0] != '{':
		line, _, _ := bytes.Cut(body, []byte("\n"))
		return string(bytes.TrimSpace(line))
	}
	for _, path := range []string{"message", "error.message", "error", "detail", "title"} {
		if field := gjson.GetBytes(body, path); field.Type == gjson.String && field.Str != "" {
			return field.Str
		}
	}
	return ""
}
