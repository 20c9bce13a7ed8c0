package connection

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"livetape/feed/market"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// explanation is an error in words a user can act on, and what it means for the reconnect policy.
type explanation struct {
	ending Ending
	cause  string
	advice string
}

// causeLimit bounds a cause in runes; a status line has room for less.
const causeLimit = 200

// explain turns the error that ended a connection into words. It never uses the text of a *url.Error or
// an *net.OpError, which hold addresses with secrets in them.
func (e *Endpoint) explain(err error) explanation {
	for _, explain := range []func(error) (explanation, bool){
		explainCertificate, explainRedirect, explainLookup, explainSystem, explainStream, explainHTTP2, explainHTTP,
	} {
		if words, ok := explain(err); ok {
			words.cause = e.clean(viaProxy(err) + words.cause)
			return words
		}
	}
	return explanation{ending: Broken, cause: e.clean(viaProxy(err) + innermost(err).Error())}
}

// clean makes a cause of text from elsewhere.
func (e *Endpoint) clean(text string) string { return e.Clean(text, causeLimit) }

// Clean makes text from the server fit to be shown, on one line of at most limit runes: without what steers a
// terminal, and with the feed's secrets masked. It masks twice, since characters that are not shown could hide a secret
// from the first time.
func (e *Endpoint) Clean(text string, limit int) string {
	visible := market.PlainText(e.Redactor.Message(text), 4*limit+messageBytes)
	return market.PlainText(e.Redactor.Message(visible), limit)
}

func explainCertificate(err error) (explanation, bool) {
	const advice = "make sure that the host in the URL is right, or ask the server's operator"
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return explanation{Refused, validity(invalid.Cert, time.Now()), "check this machine's clock, or ask the server's operator to renew it"}, true
	case errors.As(err, &host):
		return explanation{Refused, fmt.Sprintf("TLS certificate is for %s, not %s", holder(host.Certificate), host.Host), advice}, true
	case errors.As(err, &unknown):
		return explanation{Refused, "TLS certificate is signed by an unknown authority", "install the authority's certificate, or name its file: --ca FILE (tls_ca in the configuration)"}, true
	}
	if bad := (*tls.CertificateVerificationError)(nil); errors.As(err, &bad) {
		return explanation{Refused, "TLS certificate is not valid: " + bad.Err.Error(), advice}, true
	}
	return explanation{}, false
}

// validity says on which side of its validity a certificate is.
func validity(c *x509.Certificate, now time.Time) string {
	if now.Before(c.NotBefore) {
		return "TLS certificate is not valid before " + c.NotBefore.UTC().Format(time.DateOnly)
	}
	return "TLS certificate expired on " + c.NotAfter.UTC().Format(time.DateOnly)
}

// holder names whom a certificate is for.
func holder(c *x509.Certificate) string {
	switch {
	case len(c.DNSNames) > 0:
		return c.DNSNames[0]
	case len(c.IPAddresses) > 0:
		return c.IPAddresses[0].String()
	case c.Subject.CommonName != "":
		return c.Subject.CommonName
	}
	return "another host"
}

func explainRedirect(err error) (explanation, bool) {
	var elsewhere bodyRedirectError
	switch {
	case errors.As(err, &elsewhere):
		return explanation{Refused, elsewhere.Error(), "use the address redirected to as the URL, if you trust it"}, true
	case errors.Is(err, errRedirectLoop):
		return explanation{Refused, fmt.Sprintf("redirect loop: more than %d redirects", maxRedirects), "check the URL: the server sends it round in circles"}, true
	case errors.Is(err, errRedirectScheme):
		return explanation{Refused, "redirected to an address that is neither http nor https", "check the URL"}, true
	case strings.Contains(innermost(err).Error(), "failed to parse Location header"):
		return explanation{Refused, "redirected to an address that is not valid", "check the URL"}, true
	}
	return explanation{}, false
}

func explainLookup(err error) (explanation, bool) {
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		return explanation{}, false
	}
	switch {
	case dns.IsNotFound:
		return explanation{ending: Broken, cause: "no such host " + dns.Name}, true
	case dns.IsTimeout:
		return explanation{ending: Broken, cause: "no answer from DNS for " + dns.Name}, true
	}
	return explanation{ending: Broken, cause: "cannot look up " + dns.Name + ": " + dns.Err}, true
}

func explainSystem(err error) (explanation, bool) {
	for _, known := range []struct {
		err   error
		cause string
	}{
		{syscall.ECONNREFUSED, "connection refused"},
		{syscall.ECONNRESET, "connection reset"},
		{syscall.EPIPE, "connection reset"},
		{syscall.ECONNABORTED, "connection aborted"},
		{syscall.EHOSTUNREACH, "no route to the host"},
		{syscall.ENETUNREACH, "network is unreachable"},
		{syscall.ENETDOWN, "network is down"},
		{syscall.ETIMEDOUT, "connection timed out"},
	} {
		if errors.Is(err, known.err) {
			return explanation{ending: Broken, cause: known.cause}, true
		}
	}
	return explanation{}, false
}

func explainStream(err error) (explanation, bool) {
	switch {
	case errors.Is(err, errMidEvent):
		return explanation{ending: Broken, cause: "stream cut in mid-event"}, true
	case errors.Is(err, errNothingSent):
		return explanation{ending: Broken, cause: "the server ended the stream before sending anything"}, true
	case errors.Is(err, errNoBlankLine):
		return explanation{Broken, "the server ended the stream without a blank line, which ends an event", `the server must send "\n\n" after each event`}, true
	case errors.Is(err, errNoField):
		return explanation{ending: Broken, cause: "the server ended the stream, and nothing in it is a field of an event stream"}, true
	case errors.Is(err, errBadGzip):
		return explanation{ending: Broken, cause: "the stream is not the gzip that its header says"}, true
	case errors.Is(err, io.ErrUnexpectedEOF):
		return explanation{ending: Broken, cause: "stream cut"}, true
	case errors.Is(err, io.EOF):
		return explanation{ending: Broken, cause: "the server hung up without an answer"}, true
	}
	return explanation{}, false
}

func explainHTTP(err error) (explanation, bool) {
	var alert tls.AlertError
	var dial *net.OpError
	text := innermost(err).Error()
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return explanation{NotAStream, "the server speaks plain HTTP: use http://", "write http:// in place of https://"}, true
	case strings.Contains(text, `malformed HTTP response "\x15\x03`): // a TLS alert
		return explanation{NotAStream, "the server speaks TLS: use https://", writeHTTPS}, true
	case strings.Contains(text, "malformed HTTP"):
		return explanation{NotAStream, "the server does not speak HTTP", "check host and port of the URL"}, true
	case text == "Proxy Authentication Required":
		return explanation{Refused, "407: the proxy wants a login", proxyLogin}, true
	case errors.As(err, &alert):
		return explanation{ending: Broken, cause: "the server refused the TLS handshake: " + strings.TrimPrefix(alert.Error(), "tls: ")}, true
	case strings.Contains(text, "TLS handshake timeout"):
		return explanation{ending: Broken, cause: "no TLS handshake within " + Duration(handshakeTimeout)}, true
	case errors.As(err, &dial) && dial.Op == "dial" && dial.Timeout():
		return explanation{ending: Broken, cause: "no connection within " + Duration(dialTimeout)}, true
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return explanation{ending: Broken, cause: "the connection was given up"}, true
	}
	return explanation{}, false
}

// viaProxy says when it is the proxy that cannot be reached, not the server.
func viaProxy(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "proxyconnect" {
		return "proxy: "
	}
	return ""
}

// innermost is err without the wrappings that quote URLs and addresses.
func innermost(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return innermost(u.Err)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return innermost(op.Err)
	}
	return err
}

// Duration writes a duration as a cause does: "90 s", "1.5 s", "250 ms".
func Duration(d time.Duration) string {
	if d < time.Second {
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	}
	return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', -1, 64) + " s"
}
