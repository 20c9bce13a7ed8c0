package connection

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
	"strconv"
	"strings"
	"syscall"
	"time"

	"livetape/feed/market"
	"livetape/feed/stream"
)

// explanation is an error in words a user can act on, and what it means for the reconnect policy.
type explanation struct {
	ending Ending
	cause  string
	advice string
}

// causeLimit bounds a cause in runes; a status line has room for less.
const causeLimit = 200

// explain turns the error that ended a connection into words. It never uses the text of an error of Go, which may hold
// addresses with secrets in them, and which few people understand.
func (e *Endpoint) explain(err error) explanation {
	words := explanation{}
	for _, explain := range []func(error) explanation{
		explainToken, explainCertificate, explainRedirect, explainLookup, explainKnown, e.explainTimeout, explainHTTP2, explainTLS, explainText, explainOperation,
	} {
		if words = explain(err); words.cause != "" {
			break
		}
	}
	words.cause = e.cleanText(viaProxy(err) + words.cause + e.certificateDoubt(err, time.Now()))
	return words
}

// certificateDoubt is what may be the reason when a server refuses a client certificate: it says so by an alert of TLS, or not at all.
func (e *Endpoint) certificateDoubt(err error, now time.Time) string {
	var op *net.OpError
	refused := errors.Is(err, io.EOF) || errors.As(err, new(tls.AlertError)) || errors.As(err, &op) && op.Op == "remote error"
	if !refused || e.certificate == nil || e.certificate.Leaf == nil {
		return ""
	}
	switch own := e.certificate.Leaf; {
	case now.After(own.NotAfter):
		return "; the client certificate expired on " + own.NotAfter.UTC().Format(time.DateOnly)
	case now.Before(own.NotBefore):
		return "; the client certificate is not valid before " + own.NotBefore.UTC().Format(time.DateOnly)
	}
	return ""
}

func (e *Endpoint) cleanText(text string) string { return e.Clean(text, causeLimit) }

// Clean makes text from the server fit to be shown, on one line of at most limit runes: without what steers a
// terminal, and with the feed's secrets masked. It masks twice, since characters that are not shown could hide a secret
// from the first time.
func (e *Endpoint) Clean(text string, limit int) string {
	visible := market.PlainText(e.Redactor().Message(text), 4*limit+messageBytes)
	return market.PlainText(e.Redactor().Message(visible), limit)
}

func explainCertificate(err error) explanation {
	const advice = "make sure that the host in the URL is right, or ask the server's operator"
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var bad *tls.CertificateVerificationError
	var weak x509.InsecureAlgorithmError
	var roots x509.SystemRootsError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return explanation{Refused, validityProblem(invalid.Cert, time.Now()), "check this machine's clock, or ask the server's operator to renew it"}
	case errors.As(err, &host):
		return explanation{Refused, fmt.Sprintf("TLS certificate is for %s, not %s", certificateName(host.Certificate), host.Host), advice}
	case errors.As(err, &unknown):
		return explanation{Refused, "TLS certificate is signed by an unknown authority", "install the authority's certificate, or name its file: --ca FILE (tls_ca in the configuration)"}
	case errors.As(err, &roots):
		return explanation{Refused, "this machine's own list of certificate authorities cannot be read", "name the authority's file: --ca FILE (tls_ca in the configuration)"}
	case errors.As(err, &weak):
		return explanation{Refused, "TLS certificate is signed in a way that is no longer safe", advice}
	case errors.As(err, &invalid):
		return explanation{Refused, "TLS certificate is not valid: " + certificateProblem(invalid.Reason), advice}
	case errors.As(err, &bad), errors.As(err, new(x509.UnhandledCriticalExtension)), errors.As(err, new(x509.ConstraintViolationError)), errors.Is(err, x509.ErrUnsupportedAlgorithm):
		return explanation{Refused, "TLS certificate is not valid", advice}
	}
	return explanation{}
}

func certificateProblem(reason x509.InvalidReason) string {
	switch reason {
	case x509.NotAuthorizedToSign, x509.TooManyIntermediates, x509.NoValidChains:
		return "its chain leads to no authority that may sign it"
	case x509.IncompatibleUsage, x509.CANotAuthorizedForExtKeyUsage:
		return "it is not made for servers"
	}
	return "its authority may not sign for that name"
}

// validityProblem says on which side of its validity a certificate is.
func validityProblem(c *x509.Certificate, now time.Time) string {
	if now.Before(c.NotBefore) {
		return "TLS certificate is not valid before " + c.NotBefore.UTC().Format(time.DateOnly)
	}
	return "TLS certificate expired on " + c.NotAfter.UTC().Format(time.DateOnly)
}

func certificateName(c *x509.Certificate) string {
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

// explainTimeout explains that one of the feed's bounds was reached. Those of net/http have no type.
func (e *Endpoint) explainTimeout(err error) explanation {
	var op *net.OpError
	text := innermostError(err).Error()
	switch {
	case strings.Contains(text, "handshake timeout"):
		return brokenBecause("no TLS handshake within " + Duration(e.config.within(handshakeTimeout)))
	case strings.Contains(text, "timeout awaiting response headers"):
		return brokenBecause("no answer within " + Duration(e.config.AnswerTimeout))
	case errors.As(err, &op) && op.Op == "dial" && op.Timeout():
		return brokenBecause("no connection within " + Duration(e.config.within(dialTimeout)))
	}
	return explanation{}
}

func explainRedirect(err error) explanation {
	var elsewhere bodyRedirectError
	switch {
	case errors.As(err, &elsewhere):
		return explanation{Refused, elsewhere.Error(), "use the address that it redirects to as the URL, if you trust it"}
	case errors.Is(err, errRedirectLoop):
		return explanation{Refused, fmt.Sprintf("redirect loop: more than %d redirects", maxRedirects), "check the URL: the server redirects in circles"}
	case errors.Is(err, errRedirectScheme):
		return explanation{Refused, "redirected to an address that is neither http nor https", "check the URL"}
	case strings.Contains(innermostError(err).Error(), "failed to parse Location header"):
		return explanation{Refused, "redirected to an address that is not valid", "check the URL"}
	}
	return explanation{}
}

func explainLookup(err error) explanation {
	var dns *net.DNSError
	switch {
	case !errors.As(err, &dns):
		return explanation{}
	case dns.IsNotFound:
		return brokenBecause("no such host " + dns.Name)
	case dns.IsTimeout:
		return brokenBecause("no answer from DNS for " + dns.Name)
	}
	return brokenBecause("cannot look up " + dns.Name + ": DNS has no answer to give")
}

func explainKnown(err error) explanation {
	for _, known := range []struct {
		err   error
		words explanation
	}{
		{syscall.ECONNREFUSED, brokenBecause("connection refused")},
		{syscall.ECONNRESET, brokenBecause("connection reset")},
		{syscall.EPIPE, brokenBecause("connection reset")},
		{syscall.ECONNABORTED, brokenBecause("connection aborted")},
		{syscall.EHOSTUNREACH, brokenBecause("no route to the host")},
		{syscall.ENETUNREACH, brokenBecause("network is unreachable")},
		{syscall.ENETDOWN, brokenBecause("network is down")},
		{syscall.ETIMEDOUT, brokenBecause("connection timed out")},
		{syscall.EMFILE, explanation{Broken, "livetape may not open any more files or connections", "raise the limit: ulimit -n"}},
		{syscall.ENFILE, brokenBecause("this machine has too many files open")},
		{syscall.EADDRNOTAVAIL, brokenBecause("this machine has no address, or no free port, to connect from")},
		{syscall.EACCES, brokenBecause("this machine does not allow the connection")},
		{syscall.EPERM, brokenBecause("this machine does not allow the connection")},

		{errMidEvent, brokenBecause("stream cut in mid-event")},
		{errNothingSent, brokenBecause("the server ended the stream before sending anything")},
		{errNoBlankLine, explanation{Broken, "the server ended the stream without a blank line, which ends an event", `the server must send "\n\n" after each event`}},
		{errUndeclaredGzip, brokenBecause("the stream is gzip, and no header says so")},
		{errBadGzip, brokenBecause("the stream is not gzip, although its header says so")},
		{stream.ErrUTF16, explanation{NotAStream, "the stream is UTF-16 text; an event stream is UTF-8", "have the server encode its text as UTF-8"}},
		{io.ErrUnexpectedEOF, brokenBecause("stream cut")},
		{io.EOF, brokenBecause("the server hung up without an answer")},

		{http.ErrSchemeMismatch, explanation{NotAStream, "the server speaks plain HTTP: use http://", "write http:// instead of https://"}},
	} {
		if errors.Is(err, known.err) {
			return known.words
		}
	}
	if no := proxyRefusal(0); errors.As(err, &no) {
		return no.explanation()
	}
	return explanation{}
}

func brokenBecause(cause string) explanation { return explanation{ending: Broken, cause: cause} }

// explainTLS explains the alert by which a server ends a handshake (RFC 8446 §6.2): those of TLS over TCP have no type.
func explainTLS(err error) explanation {
	var op *net.OpError
	var record tls.RecordHeaderError
	text := strings.TrimPrefix(innermostError(err).Error(), "tls: ")
	switch alert := errors.As(err, new(tls.AlertError)) || errors.As(err, &op) && op.Op == "remote error"; {
	case errors.As(err, &record):
		return explanation{NotAStream, "the server does not speak TLS", "check the port, or write http:// instead of https://"}
	case alert && strings.Contains(text, "certificate") && !strings.Contains(text, "unobtainable"):
		return explanation{Refused, "the server wants a client certificate, and has not been given one that it accepts", "name one that it accepts: tls: {cert: FILE, key: FILE} in the configuration"}
	case strings.Contains(text, "protocol version"):
		return explanation{Refused, "the server's version of TLS is too old, or unknown", "ask the server's operator for TLS 1.2 or 1.3"}
	case strings.Contains(text, "unrecognized name"):
		return explanation{Refused, "the server has no TLS certificate for the host in the URL", "check the host in the URL"}
	case alert:
		return brokenBecause("the server refused the TLS handshake")
	case text != innermostError(err).Error(), errors.As(err, new(*tls.ECHRejectionError)):
		return brokenBecause("the TLS handshake failed: the server's TLS cannot be understood")
	}
	return explanation{}
}

func explainText(err error) explanation {
	text := innermostError(err).Error()
	for _, known := range []struct {
		part  string
		words explanation
	}{
		{`malformed HTTP response "\x15\x03`, explanation{NotAStream, "the server speaks TLS: use https://", writeHTTPS}}, // a TLS alert
		{"malformed HTTP", explanation{NotAStream, "the server does not speak HTTP", "check host and port of the URL"}},
		{"server response headers exceeded", explanation{NotAStream, "the server's answer has over 1 MiB of header fields", "check the URL"}},
		{"too many 1xx", brokenBecause("the server sends preliminary answers without end")},
		{"server closed idle connection", brokenBecause("the server closed the connection")},
		{"socks connect", brokenBecause("the SOCKS proxy cannot make the connection")},
		{"malformed chunked encoding", brokenBecause(notFramed)},
		{"chunk", brokenBecause(notFramed)},
		{"header line too long", brokenBecause(notFramed)},
		{"trailer", brokenBecause(notFramed)},
		{"transfer encoding", brokenBecause(notFramed)},
		{"Content-Length", brokenBecause(notFramed)},
		{"malformed MIME header", explanation{NotAStream, "the server's answer has malformed header fields", "check host and port of the URL"}},
	} {
		if strings.Contains(text, known.part) {
			return known.words
		}
	}
	return explanation{}
}

const notFramed = "the server's HTTP cannot be understood"

func explainOperation(err error) explanation {
	var op *net.OpError
	known := errors.As(err, &op)
	switch {
	case known && (op.Op == "dial" || op.Op == "proxyconnect"):
		return brokenBecause("this machine cannot connect to the server")
	case known:
		return brokenBecause("connection lost")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return brokenBecause("the connection was given up")
	}
	return brokenBecause("the connection failed for a reason that livetape has no words for")
}

// viaProxy says when it is the proxy that cannot be reached, not the server.
func viaProxy(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "proxyconnect" {
		return "proxy: "
	}
	return ""
}

// innermostError is err without the wrappings that quote URLs and addresses.
func innermostError(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return innermostError(u.Err)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return innermostError(op.Err)
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

// Rhythm writes how far apart things come, as a screen does: "0.1 s", "7.2 s", "12 s", "2 min 5 s", "3 h 20 min", "2 d 4 h".
func Rhythm(d time.Duration) string {
	const day = 24 * time.Hour
	if d < 10*time.Second {
		return strconv.FormatFloat(max(d, 0).Seconds(), 'f', 1, 64) + " s"
	}
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return Duration(d)
	case d < time.Hour:
		return twoUnits(d, time.Minute, "min", time.Second, "s")
	case d < day:
		return twoUnits(d, time.Hour, "h", time.Minute, "min")
	}
	return twoUnits(d, day, "d", time.Hour, "h")
}

func twoUnits(d, large time.Duration, largeName string, small time.Duration, smallName string) string {
	if rest := d % large / small; rest > 0 {
		return fmt.Sprintf("%d %s %d %s", d/large, largeName, rest, smallName)
	}
	return fmt.Sprintf("%d %s", d/large, largeName)
}
