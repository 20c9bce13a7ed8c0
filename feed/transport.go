package feed

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
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
	req = t.source.dress(req)
	resp, err := t.base.RoundTrip(req)
	t.line.arrive(wallClock(), err == nil)
	if err == nil {
		resp.Request = req // a redirect goes by how it was really asked
	}
	return resp, err
}

// newTransport is the transport of a feed that was not given a client. Nothing in it limits how
// long a stream may last; how long an answer may take, the watchdog decides.
func newTransport(s *source) *http.Transport {
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSHandshakeTimeout: handshakeTimeout,
		ForceAttemptHTTP2:   true,
		DisableCompression:  true,
		MaxIdleConns:        2,
		IdleConnTimeout:     defaultIdleTimeout,
		ReadBufferSize:      32 << 10,

		MaxResponseHeaderBytes: 1 << 20,
	}
	if s.proxy != nil {
		t.Proxy = http.ProxyURL(s.proxy)
	}
	if s.roots != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: s.roots}
	}
	return t
}

// fillProxy sets proxy from the configured one.
func (s *source) fillProxy(env *environment) error {
	if s.Proxy == "" {
		return nil
	}
	expanded, _, err := env.expand(s.Proxy, nil)
	if err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	if s.proxy, err = parseProxy(expanded); err != nil {
		return fmt.Errorf("proxy: %w once its ${…} are filled in", err)
	}
	env.secrets.AddURL(s.proxy)
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

// trusted are the system's certificate authorities and those of the files; nil without files.
func trusted(files []string) (*x509.CertPool, error) {
	if len(files) == 0 {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without any is no obstacle
	}
	var faults []error
	for _, file := range files {
		if err := trustFile(pool, file); err != nil {
			faults = append(faults, fmt.Errorf("ca file: %w", err))
		}
	}
	return pool, errors.Join(faults...)
}

func trustFile(pool *x509.CertPool, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err // it names the file
	}
	found := 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		found++
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("%s: certificate %d: %w", file, found, err)
		}
		pool.AddCert(cert)
	}
	if found == 0 {
		return fmt.Errorf("%s: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)", file)
	}
	return nil
}
