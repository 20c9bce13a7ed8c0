package feed

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// authority signs certificates for a test.
type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, key: newKey(t)}
	a.cert = a.sign(&x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}, nil, &a.key.PublicKey)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign makes a certificate; without a parent it signs itself.
func (a *authority) sign(template, parent *x509.Certificate, key *ecdsa.PublicKey) *x509.Certificate {
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert
}

// leaf is a server's certificate for one host.
func (a *authority) leaf(host string, from, to time.Time) tls.Certificate {
	key := newKey(a.t)
	cert := a.sign(&x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{host}, NotBefore: from, NotAfter: to}, a.cert, &key.PublicKey)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

// serveTLS serves every host name with one certificate; the client trusts only roots.
func serveTLS(t *testing.T, cert tls.Certificate, roots *x509.CertPool, h http.HandlerFunc) *http.Client {
	s := httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // a refused handshake is what the test wants
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, s.Listener.Addr().String())
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestABadCertificateFailsAndSaysWhy(t *testing.T) {
	a := newAuthority(t)
	trusted := x509.NewCertPool()
	trusted.AddCert(a.cert)
	now := time.Now()
	past, future := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC), now.Add(48*time.Hour)
	for _, c := range []struct {
		host     string
		from, to time.Time
		roots    *x509.CertPool
		want     string
	}{
		{"desk.example", past.AddDate(-1, 0, 0), past, trusted, "TLS certificate expired on 2026-01-01"},
		{"desk.example", future, future.Add(time.Hour), trusted, "TLS certificate is not valid before " + future.UTC().Format(time.DateOnly)},
		{"other.example", now.Add(-time.Hour), future, trusted, "TLS certificate is for other.example, not desk.example"},
		{"desk.example", now.Add(-time.Hour), future, x509.NewCertPool(), "TLS certificate is signed by an unknown authority"},
	} {
		t.Run(c.want, func(t *testing.T) {
			client := serveTLS(t, a.leaf(c.host, c.from, c.to), c.roots, staying("data: 1\n\n"))
			l := quietEnvironment().listen(t, Config{Name: "f", URL: "https://desk.example/?token=s3cr3t", Client: client})
			l.status(Connecting)
			st := l.status(Failed)
			if st.Cause != c.want || st.Advice == "" {
				t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
			}
			if unknown := strings.Contains(c.want, "authority"); unknown != strings.Contains(st.Advice, "--ca FILE (tls_ca in the configuration)") {
				t.Errorf("the advice is %q", st.Advice)
			}
		})
	}
}

func TestAGoodCertificateIsLiveOverHTTP2(t *testing.T) {
	a := newAuthority(t)
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	cert := a.leaf("desk.example", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	protocol := make(chan string, 2)
	h := func(w http.ResponseWriter, r *http.Request) {
		protocol <- r.Proto
		endingWith("retry: 10\ndata: 1\n\n")(w, r)
	}
	l := quietEnvironment().listen(t, Config{Name: "f", URL: "https://desk.example/", Client: serveTLS(t, cert, roots, turns(h, staying("data: 2\n\n")))})
	l.wantMessages("1", "2")
	if p := <-protocol; p != "HTTP/2.0" {
		t.Errorf("spoke %s", p)
	}
}

func TestASchemeThatTheServerDoesNotSpeakFails(t *testing.T) {
	plain := serve(t, staying("data: 1\n\n"))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: strings.Replace(plain.URL, "http://", "https://", 1)})
	l.status(Connecting)
	if st := l.status(Failed); st.Cause != "the server speaks plain HTTP: use http://" || st.Advice == "" {
		t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
	}

	a := newAuthority(t)
	client := serveTLS(t, a.leaf("desk.example", time.Now(), time.Now().Add(time.Hour)), nil, staying(""))
	m := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: client})
	m.status(Connecting)
	if st := m.status(Failed); st.Cause != "400 Bad Request: Client sent an HTTP request to an HTTPS server." || st.Advice != "write https:// instead of http://" {
		t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
	}
}

func TestOtherServersSayInTheirOwnWordsThatTheySpeakTLS(t *testing.T) {
	for body, want := range map[string]string{
		"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>": "write https:// instead of http://",
		"<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.</p>":                   "write https:// instead of http://",
		"no such symbol": "check the URL and the headers",
	} {
		s := serve(t, answering(http.StatusBadRequest, nil, body))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
		l.status(Connecting)
		if st := l.status(Failed); st.Advice != want {
			t.Errorf("%s: the advice is %q, want %q", body, st.Advice, want)
		}
		l.end()
	}
}

func TestARefusalOfARequestForSymbolsSpeaksOfThem(t *testing.T) {
	s := serve(t, answering(http.StatusBadRequest, nil, "asset not found"))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, AsksSymbols: true})
	l.status(Connecting)
	if st := l.status(Failed); st.Cause != "400 Bad Request: asset not found" || st.Advice != "check the URL, the symbols and the headers" {
		t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
	}
}
