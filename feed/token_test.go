package feed

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"livetape/feed/connection"
)

// tokens gives one token after the other, the last for ever.
func tokens(values ...string) *connection.Token {
	var n atomic.Int32
	return connection.NewToken("token_file desk", func(context.Context) (string, error) {
		return values[min(int(n.Add(1)), len(values))-1], nil
	})
}

func bearer(t *connection.Token, url string) Config {
	return Config{Name: "f", URL: url, Token: t, Header: map[string]string{"Authorization": "Bearer ${the token}"}}
}

// accepting answers 401 to all but one token.
func accepting(token string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			answering(http.StatusUnauthorized, nil, "")(w, r)
			return
		}
		h(w, r)
	}
}

func TestATokenThatIsRefusedIsReadAnewOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, accepting("second-token", staying("data: second-token\n\n")))
	l := quietEnvironment().listen(t, bearer(tokens("first-token", "second-token"), s.URL))
	if st := l.until(Waiting); st.Cause != "401: the token of token_file desk was refused; reading the token again" {
		t.Errorf("cause %q", st.Cause)
	}
	l.wantMessages("•••") // a server that repeats it does not show it
	l.end()

	l = quietEnvironment().listen(t, bearer(tokens("first-token", "wrong", "second-token"), s.URL))
	l.until(Waiting)
	if st := l.until(Failed); st.Cause != "401: the token of token_file desk was refused" || st.Attempt != 2 {
		t.Errorf("attempt %d, cause %q", st.Attempt, st.Cause)
	}
	l.set.RetryNow("f")
	l.until(Live)
}

func TestATokenThatCannotBeReadFailsAndSaysWhy(t *testing.T) {
	t.Parallel()
	s := serve(t, staying(""))
	token := connection.NewToken("token_command", func(ctx context.Context) (string, error) { return "", io.ErrNoProgress })
	l := quietEnvironment().listen(t, bearer(token, s.URL))
	if st := l.until(Failed); !strings.HasPrefix(st.Cause, "token_command: ") || st.Advice == "" {
		t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
	}
}

func TestCookiesGoBackToTheFeedsOwnOriginAlone(t *testing.T) {
	t.Parallel()
	sent := make(chan string, 4)
	elsewhere := serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent <- "elsewhere " + r.Header.Get("Cookie")
		http.SetCookie(w, &http.Cookie{Name: "theirs", Value: "2"})
		endingWith("retry: 10\ndata: 1\n\n")(w, r)
	})
	own := serve(t, turns(func(w http.ResponseWriter, r *http.Request) {
		sent <- "own " + r.Header.Get("Cookie")
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		http.Redirect(w, r, elsewhere.URL, http.StatusFound)
	}, func(w http.ResponseWriter, r *http.Request) {
		sent <- "own " + r.Header.Get("Cookie")
		staying("data: 2\n\n")(w, r)
	}))
	l := quietEnvironment().listen(t, Config{
		Name: "f", URL: own.URL, Token: tokens("t0ken"), Header: map[string]string{"Cookie": "mine=${the token}"},
	})
	l.wantMessages("1", "2")
	for _, want := range []string{"own mine=t0ken", "elsewhere ", "own mine=t0ken; session=1"} {
		if got := <-sent; got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
	}
}

func TestAServerCannotFillTheMemoryWithCookies(t *testing.T) {
	t.Parallel()
	last := make(chan int, 1)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/9" {
			last <- len(r.Header.Get("Cookie"))
			staying("")(w, r)
			return
		}
		for n := range 100 {
			w.Header().Add("Set-Cookie", strings.Repeat("c", n+1)+r.URL.Path[1:]+"="+strings.Repeat("v", 3000))
		}
		http.Redirect(w, r, "/"+string(r.URL.Path[1]+1), http.StatusFound)
	})
	quietEnvironment().listen(t, Config{Name: "f", URL: s.URL + "/0"})
	if n := <-last; n == 0 || n > 200<<10 {
		t.Errorf("%d bytes of cookies came back", n)
	}
}

func TestAClientCertificateIsShownToTheFeedsOwnOriginAlone(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	leaf := a.leaf("desk.example", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	key, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	shown := make(chan int, 2)
	serveTLS := func(wants tls.ClientAuthType, h http.HandlerFunc) *httptest.Server {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			shown <- len(r.TLS.PeerCertificates)
			h(w, r)
		}))
		s.TLS = &tls.Config{ClientAuth: wants}
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	elsewhere := serveTLS(tls.RequestClientCert, staying("data: 1\n\n"))
	own := serveTLS(tls.RequireAnyClientCert, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) })
	config := Config{
		Name: "f", URL: own.URL, CAFiles: []string{tempFile(t, "ca.pem", asPEM("CERTIFICATE", own.Certificate().Raw))},
		CertFile: tempFile(t, "cert.pem", asPEM("CERTIFICATE", leaf.Certificate[0])), KeyFile: tempFile(t, "key.pem", asPEM("PRIVATE KEY", key)),
	}
	l := quietEnvironment().listen(t, config)
	l.wantMessages("1")
	if own, elsewhere := <-shown, <-shown; own != 1 || elsewhere != 0 {
		t.Errorf("shown: %d to the feed's own origin, %d elsewhere", own, elsewhere)
	}
	l.end()

	config.CertFile, config.KeyFile = "", ""
	l = quietEnvironment().listen(t, config)
	if st := l.until(Failed); st.Cause != "the server wants a client certificate, and has not been given one that it accepts" || !strings.Contains(st.Advice, "tls: {cert: FILE, key: FILE}") {
		t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
	}
	l.end()

	_, err = quietEnvironment().start(t.Context(), []Config{{Name: "f", URL: own.URL, CertFile: config.CAFiles[0], KeyFile: config.CAFiles[0]}})
	if err == nil || !strings.Contains(err.Error(), "ca.pem: holds no private key in PEM form") {
		t.Errorf("it says %v", err)
	}
}

func asPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func TestAClientCertificateThatIsNotValidNowIsNamedWhereAServerRefusesIt(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	trusted := x509.NewCertPool()
	trusted.AddCert(a.cert)
	s := httptest.NewUnstartedServer(staying("data: 1\n\n"))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: trusted}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	past := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for from, words := range map[time.Time]string{
		past:                    "; the client certificate expired on 2026-01-02",
		past.AddDate(900, 0, 0): "; the client certificate is not valid before 2926-01-01",
	} {
		leaf := a.leaf("desk.example", from, from.AddDate(0, 0, 1))
		key, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		l := quietEnvironment().listen(t, Config{
			Name: "f", URL: s.URL, CAFiles: []string{tempFile(t, "ca.pem", asPEM("CERTIFICATE", s.Certificate().Raw))},
			CertFile: tempFile(t, "cert.pem", asPEM("CERTIFICATE", leaf.Certificate[0])), KeyFile: tempFile(t, "key.pem", asPEM("PRIVATE KEY", key)),
		})
		l.status(Connecting)
		if st := l.next().Status; st == nil || !strings.HasSuffix(st.Cause, words) {
			t.Errorf("%+v, want a cause that ends in %q", st, words)
		}
		l.end()
	}
}
