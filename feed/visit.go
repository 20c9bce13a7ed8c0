package feed

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"livetape/feed/market"
	"livetape/feed/redact"
)

// Visit asks a feed's server single questions, outside any subscription but by the same rules: the same header
// fields, redirects and refusals, and the same words for them. It is for looking at a feed; to follow one, use
// [Start]. Its methods may be called from any goroutine.
type Visit struct {
	source *source
	base   http.RoundTripper
	own    *ownTransport // base, unless the caller gave one
}

// Hop is a redirect that was followed. Both addresses are fit to be shown.
type Hop struct {
	Status   int
	From, To string
}

// hopLimit bounds an address in a Hop, in runes.
const hopLimit = 500

// NewVisit makes a visit of a feed ready. Its errors are those of [Start].
func NewVisit(c Config) (*Visit, error) {
	s, err := newSource(c, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	v := &Visit{source: s}
	if c.Client != nil && c.Client.Transport != nil {
		v.base = c.Client.Transport
	} else {
		v.own = newOwnTransport(s)
		v.base = v.own
	}
	return v, nil
}

// Close drops the connections, also those that a body is still read from.
func (v *Visit) Close() {
	if v.own != nil {
		v.own.hangUp()
	}
}

// Ask sends the request that a subscription begins with, and follows redirects. The body lasts until ctx ends and is
// the caller's to close.
func (v *Visit) Ask(ctx context.Context, lastID string, hopped func(Hop)) (*http.Response, error) {
	id := v.source.resumesFrom(lastID)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.source.address(id), nil)
	if err != nil {
		return nil, errors.New("the address cannot be asked for") // its text may hold a secret
	}
	req.Header = http.Header{
		"Accept":          {v.source.accept()},
		"Accept-Encoding": {"identity"},
		"Cache-Control":   {"no-cache"},
		"User-Agent":      {"livetape"},
	}
	if id != "" && v.source.Resume == ResumeByHeader {
		req.Header.Set(lastEventID, id)
	}
	client := http.Client{Transport: dressing{v.base, v.source}}
	client.CheckRedirect = v.source.checkRedirect(func(to *http.Request, _ []*http.Request) error {
		from := to.Response
		hopped(Hop{from.StatusCode, v.display(from.Request), v.display(to)})
		return nil
	})
	return client.Do(req)
}

// dressing sends each hop of a request with the fields that it may have.
type dressing struct {
	base   http.RoundTripper
	source *source
}

func (d dressing) RoundTrip(req *http.Request) (*http.Response, error) {
	return d.base.RoundTrip(d.source.dress(req))
}

func (v *Visit) display(req *http.Request) string {
	return v.Clean(redact.URL(req.URL.String()), hopLimit)
}

// Refusal is what is wrong with an answer, in words a user can act on; "" when it begins an event stream. Of an answer
// that does not, a part of the body may have been read.
func (v *Visit) Refusal(resp *http.Response) (cause, advice string) {
	no := v.source.examine(resp, time.Now())
	if no == nil {
		return "", ""
	}
	return no.cause, no.advice
}

// Explain puts the error of a request or of a body into words a user can act on.
func (v *Visit) Explain(err error) (cause, advice string) {
	words := v.source.explain(err)
	return words.cause, words.advice
}

// Plain is the body of an answer without its compression.
func (v *Visit) Plain(resp *http.Response) io.Reader { return plainBody(resp) }

// MediaType is the content type of an answer without its parameters, in lower case.
func (v *Visit) MediaType(resp *http.Response) string { return mediaType(resp.Header) }

// Compression is how the body of an answer is compressed; "" for not at all.
func (v *Visit) Compression(resp *http.Response) string { return contentCoding(resp.Header) }

// Clean makes text from the server fit to be shown, on one line of at most limit runes: without what steers a
// terminal, and with the feed's secrets masked.
func (v *Visit) Clean(text string, limit int) string {
	visible := market.PlainText(v.source.redactor.Message(text), 4*limit+messageBytes)
	return market.PlainText(v.source.redactor.Message(visible), limit)
}

// CanResume reports whether HTTP can carry an event id back to the server.
func CanResume(id string) bool { return id != "" && sendable(id) }

// Mask takes secrets out of text of any number of lines that is not shown by itself, such as a file to be written.
// What is too short to be told from a common word stays.
func (v *Visit) Mask(text string) string { return v.source.redactor.Document(text) }
