package feed

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"livetape/feed/market"
)

// sentence is an error in words a user can act on, and what it means for the policy.
type sentence struct {
	ending ending
	cause  string
	advice string
}

// causeLimit bounds a cause in runes; a status line has room for less.
const causeLimit = 200

// explain turns the error that ended a connection into a sentence. It never uses the text of a *url.Error or
// an *net.OpError, which hold addresses with secrets in them.
func (s *source) explain(err error) sentence {
	for _, explainer := range []func(error) (sentence, bool){
		explainCertificate, explainRedirect, explainLookup, explainSystem, explainStream, explainHTTP,
	} {
		if words, ok := explainer(err); ok {
			words.cause = s.safe(viaProxy(err) + words.cause)
			return words
		}
	}
	return sentence{ending: broken, cause: s.safe(viaProxy(err) + innermost(err).Error())}
}

// safe makes text from elsewhere fit for a screen and takes the feed's secrets out.
func (s *source) safe(text string) string { return s.safeUpTo(causeLimit, text) }

// safeUpTo cleans twice, since characters that are not shown could hide a secret from the first time.
func (s *source) safeUpTo(limit int, text string) string {
	visible := market.PlainText(s.redactor.Message(text), messageBytes)
	return market.PlainText(s.redactor.Message(visible), limit)
}

func explainCertificate(err error) (sentence, bool) {
	const advice = "make sure that the host in the URL is right, or ask the server's operator"
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return sentence{refused, validity(invalid.Cert, time.Now()), "check this machine's clock, or ask the server's operator to renew it"}, true
	case errors.As(err, &host):
		return sentence{refused, fmt.Sprintf("TLS certificate is for %s, not %s", holder(host.Certificate), host.Host), advice}, true
	case errors.As(err, &unknown):
		return sentence{refused, "TLS certificate is signed by an unknown authority", "install the authority's certificate, or name its file: --ca FILE (tls_ca in the configuration)"}, true
	}
	if bad := (*tls.CertificateVerificationError)(nil); errors.As(err, &bad) {
		return sentence{refused, "TLS certificate is not valid: " + bad.Err.Error(), advice}, true
	}
	return sentence{}, false
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

func explainRedirect(err error) (sentence, bool) {
	var away astray
	switch {
	case errors.As(err, &away):
		return sentence{refused, away.Error(), "use the address redirected to as the URL, if you trust it"}, true
	case errors.Is(err, errRedirectLoop):
		return sentence{refused, fmt.Sprintf("redirect loop: more than %d redirects", maxRedirects), "check the URL: the server sends it round in circles"}, true
	case errors.Is(err, errRedirectScheme):
		return sentence{refused, "redirected to an address that is neither http nor https", "check the URL"}, true
	case strings.Contains(innermost(err).Error(), "failed to parse Location header"):
		return sentence{refused, "redirected to an address that is not valid", "check the URL"}, true
	}
	return sentence{}, false
}

func explainLookup(err error) (sentence, bool) {
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		return sentence{}, false
	}
	switch {
	case dns.IsNotFound:
		return sentence{ending: broken, cause: "no such host " + dns.Name}, true
	case dns.IsTimeout:
		return sentence{ending: broken, cause: "no answer from DNS for " + dns.Name}, true
	}
	return sentence{ending: broken, cause: "cannot look up " + dns.Name + ": " + dns.Err}, true
}

func explainSystem(err error) (sentence, bool) {
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
			return sentence{ending: broken, cause: known.cause}, true
		}
	}
	return sentence{}, false
}

func explainStream(err error) (sentence, bool) {
	switch {
	case errors.Is(err, errMidEvent):
		return sentence{ending: broken, cause: "stream cut in mid-event"}, true
	case errors.Is(err, errNothingSent):
		return sentence{ending: broken, cause: "the server ended the stream before sending anything"}, true
	case errors.Is(err, errBadGzip):
		return sentence{ending: broken, cause: "the stream is not the gzip that its header says"}, true
	case errors.Is(err, io.ErrUnexpectedEOF):
		return sentence{ending: broken, cause: "stream cut"}, true
	case errors.Is(err, io.EOF):
		return sentence{ending: broken, cause: "the server hung up without an answer"}, true
	}
	return sentence{}, false
}

func explainHTTP(err error) (sentence, bool) {
	var alert tls.AlertError
	var dial *net.OpError
	text := innermost(err).Error()
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return sentence{misfit, "the server speaks plain HTTP: use http://", "write http:// in place of https://"}, true
	case strings.Contains(text, `malformed HTTP response "\x15\x03`): // a TLS alert
		return sentence{misfit, "the server speaks TLS: use https://", writeHTTPS}, true
	case strings.Contains(text, "malformed HTTP"):
		return sentence{misfit, "the server does not speak HTTP", "check host and port of the URL"}, true
	case text == "Proxy Authentication Required":
		return sentence{refused, "407: the proxy wants a login", proxyLogin}, true
	case errors.As(err, &alert):
		return sentence{ending: broken, cause: "the server refused the TLS handshake: " + strings.TrimPrefix(alert.Error(), "tls: ")}, true
	case strings.Contains(text, "TLS handshake timeout"):
		return sentence{ending: broken, cause: "no TLS handshake within " + inWords(handshakeTimeout)}, true
	case errors.As(err, &dial) && dial.Op == "dial" && dial.Timeout():
		return sentence{ending: broken, cause: "no connection within " + inWords(dialTimeout)}, true
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return sentence{ending: broken, cause: "the connection was given up"}, true
	}
	return sentence{}, false
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
