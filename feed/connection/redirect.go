package connection

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// maxRedirects is how many redirects one connection attempt follows.
const maxRedirects = 10

var (
	errRedirectLoop   = errors.New("too many redirects")
	errRedirectScheme = errors.New("redirected to neither http nor https")
)

// isRedirect reports whether a status sends the client to a Location (WHATWG Fetch §2.2.3).
func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func (e *Endpoint) checkRedirect(req *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return errRedirectLoop
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return errRedirectScheme
	}
	return e.mayFollow(req)
}

// prepareRequest gives each hop of a request its method, body and header fields. The configured ones go to the feed's own
// origin only, so that the http.Client never holds a secret that it could carry elsewhere. A Referer would carry the query of
// the URL, and with it tokens: it is never sent.
func (e *Endpoint) prepareRequest(req *http.Request) (*http.Request, error) {
	req = req.Clone(req.Context())
	req.Header.Del("Referer")
	defer e.setBody(req)
	if !sameOrigin(req.URL, e.url) {
		for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie", "Www-Authenticate"} {
			req.Header.Del(name)
		}
		return req, nil
	}
	for name, values := range e.header {
		value, err := e.withToken(req.Context(), values[0])
		if err != nil {
			return nil, err
		}
		switch {
		case name == "Host":
			req.Host = value
		case name == lastEventID && req.Header.Get(lastEventID) != "": // what was received since counts
		case name == "Cookie" && req.Header.Get(name) != "": // what the server has set goes with it
			req.Header.Set(name, value+"; "+req.Header.Get(name))
		default:
			req.Header.Set(name, value)
		}
	}
	return req, nil
}

// sameOrigin compares scheme, host and port (RFC 6454 §5).
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
