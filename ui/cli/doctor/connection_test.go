package doctor_test

import (
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/connection"
	"livetape/ui/cli/doctor"
)

const ticks = "data: {\"symbol\":\"A\",\"price\":1}\n\ndata: {\"symbol\":\"A\",\"price\":2}\n\n"

func TestResponsesThatAreNoStreamAreToldApart(t *testing.T) {
	t.Parallel()
	say := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			if status != http.StatusNoContent {
				w.Write([]byte(body))
			}
		}
	}
	for _, c := range []struct {
		name    string
		answer  http.HandlerFunc
		options doctor.Options
		verdict doctor.Verdict
		about   string
		words   []string
	}{
		{"401", say(401, "application/json", `{"message":"who are you"}`), doctor.Options{}, doctor.Refused, "status", []string{"401", "who are you"}},
		{"403", say(403, "text/plain", "no"), doctor.Options{}, doctor.Refused, "status", []string{"403"}},
		{"404", say(404, "text/html", "<html>"), doctor.Options{}, doctor.Refused, "status", []string{"404", "nothing at this address"}},
		{"429", say(429, "text/plain", "slow down"), doctor.Options{}, doctor.Refused, "status", []string{"429", "slow down"}},
		{"503", say(503, "text/plain", "later"), doctor.Options{}, doctor.Refused, "status", []string{"503", "later"}},
		{"204", say(204, sseType, ""), doctor.Options{}, doctor.Refused, "status", []string{"204"}},
		{"html", say(200, "text/html; charset=utf-8", "<!doctype html>\n<title>Log in</title>"), doctor.Options{}, doctor.NotAStream, "content type", []string{"text/html instead of an event stream"}},
		{"a JSON document", say(200, "application/json", "{\n  \"price\": 1\n}\n"), doctor.Options{}, doctor.NotAStream, "content type", []string{"application/json"}},
		{"a JSON document on one line", say(200, "application/json", "{\"price\": 1}\n"), doctor.Options{}, doctor.NotAStream, "content type", []string{"one JSON document"}},
		{"a JSON document without a line end", say(200, "application/json", "[1,2]"), doctor.Options{}, doctor.NotAStream, "content type", []string{"application/json"}},
		{"no content type", say(200, "", ""), doctor.Options{}, doctor.NotAStream, "content type", []string{"without a content type"}},
		{"JSON lines, but SSE was asked for", say(200, "application/x-ndjson", "{}\n{}\n"), doctor.Options{Format: doctor.FormatSSE}, doctor.NotAStream, "content type", []string{"application/x-ndjson"}},
		{"brotli", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			say(200, sseType, "x")(w, r)
		}, doctor.Options{}, doctor.NotAStream, "content type", []string{"compressed with br"}},
		{"no gzip, though it says so", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			say(200, sseType, ticks)(w, r)
		}, doctor.Options{}, doctor.NotAStream, "content type", []string{"not gzip"}},
		{"UTF-16", say(200, sseType, "d\x00a\x00t\x00a\x00:\x00 \x001\x00\n\x00\n\x00"), doctor.Options{}, doctor.NotAStream, "content type", []string{"UTF-16"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := examineServer(t, c.answer, feed.Config{}, c.options)
			if r.Verdict != c.verdict || r.Reading != nil {
				t.Errorf("the verdict is %s, want %s:\n%s", r.Verdict, c.verdict, reportText(t, r))
			}
			f := finding(r, c.about)
			for _, w := range c.words {
				if !strings.Contains(f.Text, w) {
					t.Errorf("%q is not in %+v", w, f)
				}
			}
		})
	}
}

func TestAnEventStreamWithAnotherContentTypeIsRecognised(t *testing.T) {
	t.Parallel()
	r := examineServer(t, streamOf("text/plain", step{0, ticks}), feed.Config{}, doctor.Options{})
	if f := finding(r, "content type"); r.Verdict != doctor.NotAStream || !strings.Contains(f.Advice, "Content-Type: text/event-stream") {
		t.Errorf("%s:\n%s", r.Verdict, reportText(t, r))
	}
}

func TestAnUnreachableServerHasACause(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		text string
	}{{syscall.ECONNREFUSED, "connection refused"}, {syscall.EHOSTUNREACH, "no route to the host"}} {
		withServer(t, streamOf(sseType), func(t *testing.T, n *network) {
			n.DialErr = c.err
			r := n.examine(t.Context(), t, feed.Config{}, doctor.Options{})
			requireFinding(t, r, "answer", doctor.Bad, c.text)
			if r.Verdict != doctor.Refused || r.Connection.Status != 0 || r.Stream != nil {
				t.Errorf("the report is %+v", r)
			}
		})
	}
}

func TestAServerThatNeverAnswersTimesOut(t *testing.T) {
	t.Parallel()
	withServer(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(t *testing.T, n *network) {
		for listen, want := range map[time.Duration]string{
			time.Second: "no answer within 1.0 s", doctor.DefaultFor: "no answer within 5.0 s", time.Minute: "no answer within 15.0 s",
		} {
			began := time.Now()
			r := n.examine(t.Context(), t, feed.Config{}, doctor.Options{For: listen})
			requireFinding(t, r, "answer", doctor.Bad, want)
			if took := time.Since(began); r.Verdict != doctor.Refused || took > min(listen, 15*time.Second)+time.Second {
				t.Errorf("%s: %s after %s", listen, r.Verdict, took)
			}
		}
	})
}

func TestRedirectsAreFollowedAndReportedWithoutSecrets(t *testing.T) {
	t.Parallel()
	h := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/events":
			http.Redirect(w, r, "/moved?token=s3cr3t", http.StatusPermanentRedirect)
		case "/moved":
			http.Redirect(w, r, "http://other.example/stream", http.StatusTemporaryRedirect)
		default:
			if r.Header.Get("X-Desk") != "" {
				t.Error("the header was sent to another origin")
			}
			streamOf(sseType, step{0, ticks})(w, r)
		}
	}
	r := examineServer(t, h, feed.Config{Header: map[string]string{"X-Desk": "k3y-of-desk"}}, doctor.Options{})
	want := []connection.Redirect{
		{Status: 308, From: "http://desk.example/events", To: "http://desk.example/moved?token=•••"},
		{Status: 307, From: "http://desk.example/moved?token=•••", To: "http://other.example/stream"},
	}
	if r.Verdict != doctor.Understood || len(r.Connection.Redirects) != 2 || r.Connection.Redirects[0] != want[0] || r.Connection.Redirects[1] != want[1] {
		t.Errorf("%s: %+v", r.Verdict, r.Connection.Redirects)
	}
	requireFinding(t, r, "redirect", doctor.Warning, "308", "/moved")
	if all := reportText(t, r); strings.Contains(all, "s3cr3t") || strings.Contains(all, "k3y-of-desk") {
		t.Errorf("a secret is shown:\n%s", all)
	}
}

func TestGzipIsReadAndAdvisedAgainst(t *testing.T) {
	t.Parallel()
	h := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", sseType)
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		z.Write([]byte(ticks))
		z.Flush()
		flush(w)
		<-r.Context().Done()
	}
	r := examineServer(t, h, feed.Config{}, doctor.Options{})
	requireFinding(t, r, "compression", doctor.Warning, "gzip, which was not requested")
	if r.Verdict != doctor.Understood || r.Stream.Events != 2 {
		t.Errorf("%s, %d events", r.Verdict, r.Stream.Events)
	}
}

func TestAWrongClockIsFound(t *testing.T) {
	t.Parallel()
	h := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(-47*time.Second).UTC().Format(http.TimeFormat))
		streamOf(sseType, step{0, ticks})(w, r)
	}
	requireFinding(t, examineServer(t, h, feed.Config{}, doctor.Options{}), "clock", doctor.Warning, "behind this machine's", "46.5 s")
}

func TestTLSIsTimedAndABadCertificateIsExplained(t *testing.T) {
	t.Parallel()
	withServer(t, streamOf(sseType, step{0, ticks}), func(t *testing.T, n *network) {
		cert, roots := certificate(t, "desk.example")
		n.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		n.roots = &tls.Config{RootCAs: roots}
		r := n.examine(t.Context(), t, feed.Config{URL: "https://desk.example/events"}, doctor.Options{})
		if r.Verdict != doctor.Understood || r.Connection.TLSVersion != "TLS 1.3" {
			t.Errorf("%s", reportText(t, r))
		}
		requireFinding(t, r, "timing", doctor.Good, "DNS 2 ms · TCP 5 ms · TLS 1.3")

		r = n.examine(t.Context(), t, feed.Config{URL: "https://elsewhere.example/events"}, doctor.Options{})
		requireFinding(t, r, "answer", doctor.Bad, "TLS certificate is for desk.example, not elsewhere.example")
		n.roots = &tls.Config{RootCAs: x509.NewCertPool()}
		r = n.examine(t.Context(), t, feed.Config{URL: "https://desk.example/events"}, doctor.Options{})
		requireFinding(t, r, "answer", doctor.Bad, "signed by an unknown authority")
		if r.Verdict != doctor.Refused {
			t.Errorf("the verdict is %s", r.Verdict)
		}
	})
}

// certificate returns a self-signed certificate for one host.
func certificate(t *testing.T, host string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
