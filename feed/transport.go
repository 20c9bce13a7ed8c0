package feed

import (
	"net"
	"net/http"
	"time"
)

// lastEventID is the header field that asks a server to resume (WHATWG HTML §9.2.4), spelled as
// http.Header keeps it.
const lastEventID = "Last-Event-Id"

const (
	dialTimeout      = 10 * time.Second
	handshakeTimeout = 10 * time.Second
)

// transport dresses each hop of a request and times the wait for its answer.
type transport struct {
	base   http.RoundTripper
	source *source
	line   *line
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.line.wait(wallClock())
	resp, err := t.base.RoundTrip(t.source.dress(req))
	t.line.arrive(wallClock(), err == nil)
	return resp, err
}

// newTransport is the transport of a feed that was not given a client. Nothing in it limits how
// long a stream may last; how long an answer may take, the watchdog decides.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout: handshakeTimeout,
		ForceAttemptHTTP2:   true,
		DisableCompression:  true,
		MaxIdleConns:        2,
		IdleConnTimeout:     defaultIdleTimeout,
		ReadBufferSize:      32 << 10,

		MaxResponseHeaderBytes: 1 << 20,
	}
}
