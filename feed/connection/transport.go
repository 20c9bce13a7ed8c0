package connection

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// lastEventID is the header field that asks a server to resume (WHATWG HTML §9.2.4), spelled as
// http.Header keeps it.
const lastEventID = "Last-Event-Id"

const (
	dialTimeout      = 10 * time.Second
	handshakeTimeout = 10 * time.Second
	idleConnTimeout  = 90 * time.Second
)

// transport prepares each hop of a request, and tells the listener of the wait for its answer.
type transport struct {
	endpoint *Endpoint
	listener Listener // nil: nobody
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	req, err := t.endpoint.prepareRequest(req) // a program that gives the token is not the server's silence
	if err != nil {
		return nil, err
	}
	if t.listener == nil {
		return t.endpoint.send(req)
	}
	t.listener.Waiting()
	resp, err := t.endpoint.send(req)
	if err := t.listener.Received(req.Context(), err == nil); err != nil {
		return nil, err
	}
	return resp, err
}

// send sends one hop of a request as it was prepared.
func (e *Endpoint) send(req *http.Request) (*http.Response, error) {
	base := e.base
	if e.foreign != nil && !sameOrigin(req.URL, e.url) {
		base = e.foreign
	}
	resp, err := base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Request = req               // a redirect goes by how it was really asked
	if isRedirect(resp.StatusCode) { // http.Client reads the body to its end before it goes on
		time.AfterFunc(messageTime, func() { _ = resp.Body.Close() }) // to close it twice does no harm
	}
	return resp, nil
}

// httpClient is the caller's client, or a plain one, with what every request to the endpoint goes through.
func (e *Endpoint) httpClient(l Listener, redirected func(Redirect)) *http.Client {
	var client http.Client
	if e.config.Client != nil {
		client = *e.config.Client
	}
	client.Transport = &transport{endpoint: e, listener: l}
	if client.Jar == nil {
		client.Jar = &e.cookies
	}
	also := client.CheckRedirect
	client.CheckRedirect = func(to *http.Request, via []*http.Request) error {
		if err := e.checkRedirect(to, via); err != nil {
			return err
		}
		if redirected != nil {
			redirected(Redirect{to.Response.StatusCode, e.displayURL(to.Response.Request), e.displayURL(to)})
		}
		if also != nil {
			return also(to, via)
		}
		return nil
	}
	return &client
}

// within is a bound of ours, or the feed's own.
func (c Config) within(usual time.Duration) time.Duration { return cmp.Or(c.AnswerTimeout, usual) }

// newTransport is the transport of a feed that was not given a client. Nothing in it limits how long a stream may take, nor
// an answer without an AnswerTimeout: that is for the caller to watch.
func newTransport(e *Endpoint, certificate *tls.Certificate) *http.Transport {
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSHandshakeTimeout: e.config.within(handshakeTimeout),
		ForceAttemptHTTP2:   true,
		DisableCompression:  true,
		MaxIdleConns:        2,
		IdleConnTimeout:     idleConnTimeout,

		ResponseHeaderTimeout: e.config.AnswerTimeout,
		ReadBufferSize:        64 << 10,

		MaxResponseHeaderBytes: 1 << 20,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
			if answer.StatusCode != http.StatusOK {
				return proxyRefusal(answer.StatusCode)
			}
			return nil
		},
	}
	if e.proxy != nil {
		t.Proxy = http.ProxyURL(e.proxy)
	}
	if e.roots != nil || certificate != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: e.roots}
	}
	if certificate != nil {
		t.TLSClientConfig.Certificates = []tls.Certificate{*certificate}
	}
	return t
}

func (e *Endpoint) fillProxy(env *environment) error {
	if e.config.Proxy == "" {
		return nil
	}
	expanded, _, err := env.expand(e.config.Proxy, nil)
	if err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	if e.proxy, err = parseProxy(expanded); err != nil {
		return fmt.Errorf("proxy: %w once its ${…} are filled in", err)
	}
	env.secrets.AddURL(e.proxy)
	return nil
}

// parseProxy takes what http.Transport can go through. Like [redact.ParseURL], it does not quote what it was given.
func parseProxy(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err == nil && u.Host != "" {
		switch u.Scheme {
		case "http", "https", "socks5", "socks5h":
			return u, nil
		}
	}
	return nil, errors.New("must be of the form http://host:port, or with https, socks5 or socks5h")
}

// proxyRefusal is the status by which a proxy refuses to connect to the server.
type proxyRefusal int

func (status proxyRefusal) Error() string { return "refused by the proxy" }

func (status proxyRefusal) explanation() explanation {
	switch {
	case status == http.StatusProxyAuthRequired:
		return explanation{Refused, proxyWantsLogin, proxyLogin}
	case status >= 500:
		return brokenBecause("the proxy says " + statusLine(int(status)))
	}
	return explanation{Refused, "the proxy says " + statusLine(int(status)), "ask the proxy's operator"}
}

// ownTransport is the transport of a feed that was not given a client. It can close its connections, those too that
// net/http does not count as idle yet: a stream of HTTP/2 is given up by and by.
type ownTransport struct {
	*http.Transport

	mu   sync.Mutex
	open map[net.Conn]struct{}
}

func newOwnTransport(e *Endpoint, certificate *tls.Certificate) *ownTransport {
	o := &ownTransport{Transport: newTransport(e, certificate), open: make(map[net.Conn]struct{})}
	dial := (&net.Dialer{Timeout: e.config.within(dialTimeout)}).DialContext
	o.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return o.keepConn(conn), nil
	}
	return o
}

func (o *ownTransport) keepConn(conn net.Conn) net.Conn {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open[conn] = struct{}{}
	return &ownConn{conn, o, newSocket(conn)}
}

// close closes every connection.
func (o *ownTransport) close() {
	o.CloseIdleConnections()
	o.mu.Lock()
	defer o.mu.Unlock()
	for conn := range o.open {
		_ = conn.Close() // what was read of it counts, and that has been read
	}
	clear(o.open)
}

type ownConn struct {
	net.Conn
	of     *ownTransport
	socket *socket // nil where Conn is read itself
}

func (c *ownConn) Read(b []byte) (int, error) {
	if c.socket != nil {
		return c.socket.Read(b)
	}
	return c.Conn.Read(b)
}

// Close may be called more than once.
func (c *ownConn) Close() error {
	c.of.mu.Lock()
	delete(c.of.open, c.Conn)
	c.of.mu.Unlock()
	return c.Conn.Close()
}
