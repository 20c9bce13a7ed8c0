package fault

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Answer answers a request for a stream otherwise, if a fault says so, and reports whether it did.
func (t *Target) Answer(w http.ResponseWriter, r *http.Request) bool {
	a := t.Active().latest(t.number, func(name string) bool {
		return isAnswer(name) && (name != Redirect || !strings.HasPrefix(r.URL.Path, RedirectPrefix+"/"))
	})
	if a == nil {
		return false
	}
	switch a.Name {
	case Refuse:
		hangUp(w)
	case ContentType:
		writeSignInPage(w)
	case Redirect:
		redirect(w, r, a.value)
	default:
		WriteStatus(w, int(a.Number()), time.Until(a.Until))
	}
	return true
}

func isAnswer(name string) bool {
	return slices.Contains([]string{Unavailable, NoContent, HTTPStatus, Redirect, ContentType, Refuse}, name)
}

// WriteStatus answers with a status instead of a stream, and with a Retry-After where the status is one for that.
func WriteStatus(w http.ResponseWriter, code int, retryAfter time.Duration) {
	if code == http.StatusNoContent {
		w.WriteHeader(code)
		return
	}
	if code == http.StatusServiceUnavailable || code == http.StatusTooManyRequests {
		seconds := max(1, int64((retryAfter+time.Second-1)/time.Second))
		w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	http.Error(w, cmp.Or(http.StatusText(code), "status "+strconv.Itoa(code)), code)
}

// writeSignInPage answers like a captive portal.
func writeSignInPage(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, "<!doctype html>\n<title>Welcome</title>\n<p>Sign in to use this network.</p>\n")
}

// RedirectPrefix is what a redirect puts before a path: the same stream is there, once more.
const RedirectPrefix = "/moved"

// redirect leads to the same stream at another address, or back to the same address.
func redirect(w http.ResponseWriter, r *http.Request, to parsedValue) {
	target := *r.URL
	target.Path, target.RawPath = RedirectPrefix+r.URL.Path, ""
	switch to.word {
	case redirectToItself:
		target.Path = r.URL.Path
	case redirectToOther:
		target.Scheme, target.Host = "http", otherHost(r.Host)
		if r.TLS != nil {
			target.Scheme = "https"
		}
	}
	w.Header().Set("Cache-Control", "no-store") // otherwise clients would cache a 301 or 308
	http.Redirect(w, r, target.String(), int(to.number))
}

// otherHost is another name of the same host, so that the origin is another (RFC 6454 §4).
func otherHost(hostport string) string {
	u := url.URL{Host: hostport}
	host, port := u.Hostname(), u.Port()
	ip := net.ParseIP(host)
	name, isAbsolute := strings.CutSuffix(host, ".")
	switch {
	case host == "localhost":
		host = "127.0.0.1"
	case ip != nil && ip.IsLoopback():
		host = "localhost"
	case isAbsolute:
		host = name
	case ip == nil:
		host += "." // the same name, made absolute
	}
	if port != "" {
		return net.JoinHostPort(host, port)
	}
	return host
}
