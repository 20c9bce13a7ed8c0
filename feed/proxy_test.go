package feed

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// serveTLSTo is a server of desk.example, and a file with the authority that signed for it.
func serveTLSTo(t *testing.T, h http.HandlerFunc) (address, caFile string) {
	a := newAuthority(t)
	s := httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{a.leaf("desk.example", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // a refused handshake is what some tests want
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	caFile = tempFile(t, "ca.pem", "# our own\n"+string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})))
	return s.Listener.Addr().String(), caFile
}

func tempFile(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// tunnel is a proxy that connects every CONNECT to one address, if the login is right.
func tunnel(t *testing.T, address string) *httptest.Server {
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth()
		if r.Method != http.MethodConnect || r.Host != "desk.example:443" || user != "me" || password != "s3cr3t" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		server, err := net.Dial("tcp", address)
		if err != nil {
			t.Error(err)
			return
		}
		w.WriteHeader(http.StatusOK)
		running.Add(2) // as long as the server still waits for this connection
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			running.Add(-2)
			t.Error(err)
			return
		}
		pass := func(to, from net.Conn) { defer running.Done(); _, _ = io.Copy(to, from); _ = to.Close() } // either end may hang up
		go pass(server, client)
		go pass(client, server)
	})
}

func TestAProxyAndAnAuthorityOfOnesOwn(t *testing.T) {
	address, caFile := serveTLSTo(t, func(w http.ResponseWriter, r *http.Request) { staying("data: "+r.Proto+"\n\n")(w, r) })
	proxy := tunnel(t, address)
	env := map[string]string{"PROXY": proxy.Listener.Addr().String(), "PASSWORD": "s3cr3t"}
	l := quietEnvironment().with(env).listen(t, Config{Name: "f", URL: "https://desk.example/", Proxy: "http://me:${PASSWORD}@${PROXY}", CAFiles: []string{caFile}})
	l.wantMessages("HTTP/2.0")
	l.end()

	l = quietEnvironment().with(env).listen(t, Config{Name: "f", URL: "https://desk.example/", Proxy: "http://me:wrong@${PROXY}", CAFiles: []string{caFile}})
	if st := l.until(Failed); st.Cause != "407: the proxy wants a login" || st.Advice != "put user and password into the proxy's URL (HTTPS_PROXY, or the feed's own)" {
		t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
	}
	l.end()

	l = quietEnvironment().with(env).listen(t, Config{Name: "f", URL: "https://desk.example/", Proxy: "http://me:${PASSWORD}@${PROXY}"})
	if st := l.until(Failed); st.Cause != "TLS certificate is signed by an unknown authority" || st.Advice == "" {
		t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
	}
}

func TestAPlainRequestGoesToTheProxy(t *testing.T) {
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) { staying("data: "+r.URL.String()+"\n\n")(w, r) })
	l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/prices?q=1", Proxy: proxy.URL})
	l.wantMessages("http://desk.example/prices?q=1")
	l.end()

	strict := serve(t, answering(407, nil, ""))
	l = quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Proxy: strict.URL})
	if st := l.until(Failed); st.Cause != "407: the proxy wants a login" || st.Advice != "put user and password into the proxy's URL (HTTPS_PROXY, or the feed's own)" {
		t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
	}
}

func TestAProxyThatIsAwayIsBlamed(t *testing.T) {
	l := quietEnvironment().listen(t, Config{Name: "f", URL: "https://desk.example/", Proxy: "http://me:s3cr3t@127.0.0.1:1"})
	if st := l.until(Waiting); st.Cause != "proxy: connection refused" {
		t.Errorf("%q", st.Cause)
	}
}

// TestTheProxyVariablesAreHonoured runs itself in a process of its own, since net/http reads them once.
func TestTheProxyVariablesAreHonoured(t *testing.T) {
	const inChild = "FEED_TEST_CHILD"
	if os.Getenv(inChild) != "" {
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/"})
		l.wantMessages("http://desk.example/")
		return
	}
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) { staying("data: "+r.URL.String()+"\n\n")(w, r) })
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.timeout", "30s")
	child.Env = append(os.Environ(), inChild+"=1", "HTTP_PROXY="+proxy.URL, "http_proxy="+proxy.URL, "NO_PROXY=", "no_proxy=")
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAFileOfAuthoritiesThatIsNoneIsRefused(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.pem")
	broken := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("garbage")}))
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("s3cr3t")}))
	for _, c := range []struct{ what, file, want string }{
		{"missing", missing, "feed f: ca file: open " + missing + ": no such file"},
		{"no PEM", tempFile(t, "a.pem", "hello"), "a.pem: holds no certificate in PEM form"},
		{"empty", tempFile(t, "b.pem", ""), "b.pem: holds no certificate in PEM form"},
		{"a key", tempFile(t, "c.pem", key), "c.pem: holds no certificate in PEM form"},
		{"garbage in PEM", tempFile(t, "d.pem", broken), "d.pem: certificate 1 is damaged"},
	} {
		_, err := quietEnvironment().start(t.Context(), []Config{{Name: "f", URL: "https://desk.example/", CAFiles: []string{c.file}}})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v, want %s", c.what, err, c.want)
		}
	}
}
