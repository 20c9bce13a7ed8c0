package mockserver

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// turnAway answers a request for a stream in another way, if it is struck by a fault that says so.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, c *condition, client uint64) bool {
	k := c.suffered(client, func(name string) bool {
		return turnsAway(name) && (name != faultRedirect || !strings.HasPrefix(r.URL.Path, moved+"/"))
	})
	if k == nil {
		return false
	}
	switch k.fault.Name {
	case faultRefuse:
		newPipe(w, r).hangUp()
	case faultType:
		signIn(w)
	case faultRedirect:
		redirect(w, r, k.value)
	default:
		refuse(w, int(k.value.n), time.Until(k.until))
	}
	return true
}

func turnsAway(name string) bool {
	switch name {
	case fault503, fault204, faultStatus, faultRedirect, faultType, faultRefuse:
		return true
	}
	return false
}

// refuse answers with a status instead of a stream, and says when to come again where the status is one for that.
func refuse(w http.ResponseWriter, code int, again time.Duration) {
	if code == http.StatusNoContent {
		w.WriteHeader(code)
		return
	}
	if code == http.StatusServiceUnavailable || code == http.StatusTooManyRequests {
		seconds := max(1, int64((again+time.Second-1)/time.Second))
		w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	text := http.StatusText(code)
	if text == "" {
		text = "status " + strconv.Itoa(code)
	}
	http.Error(w, text, code)
}

// signIn is what a captive portal answers.
func signIn(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, "<!doctype html>\n<title>Welcome</title>\n<p>Sign in to use this network.</p>\n")
}

// moved is what a redirection puts before a path: the same stream is there, once more.
const moved = "/moved"

// redirect leads to the same stream at another address, or in a circle.
func redirect(w http.ResponseWriter, r *http.Request, to magnitude) {
	target := *r.URL
	target.Path, target.RawPath = moved+r.URL.Path, ""
	switch to.word {
	case toLoop:
		target.Path = r.URL.Path
	case toOther:
		target.Scheme, target.Host = "http", otherHost(r.Host)
		if r.TLS != nil {
			target.Scheme = "https"
		}
	}
	w.Header().Set("Cache-Control", "no-store") // also where 301 and 308 would be kept for good
	http.Redirect(w, r, target.String(), int(to.n))
}

// otherHost is another name of the same host, so that the origin is another (RFC 6454 §4).
func otherHost(hostport string) string {
	u := url.URL{Host: hostport}
	host, port := u.Hostname(), u.Port()
	name, inFull := strings.CutSuffix(host, ".")
	switch {
	case host == "localhost":
		host = "127.0.0.1"
	case isLoopback(host):
		host = "localhost"
	case inFull:
		host = name
	case net.ParseIP(host) == nil:
		host += "." // the same name, in full
	}
	if port != "" {
		return net.JoinHostPort(host, port)
	}
	return host
}
