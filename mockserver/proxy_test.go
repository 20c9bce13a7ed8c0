package mockserver_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"livetape/mockserver"
	"livetape/mockserver/access"
	"livetape/mockserver/porttest"
)

// proxyRequired, set to "required", makes the lack of nginx a failure.
const proxyRequired = "LIVETAPE_NGINX"

// example is a block of the manual, of a language.
func example(t *testing.T, language string) string {
	t.Helper()
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindSubmatch(text)
	if found == nil {
		t.Fatalf("the manual has no block of %s", language)
	}
	return string(found[1])
}

// replaced is text with each pair of old and new, of which every old one must be there.
func replaced(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for n := 0; n < len(pairs); n += 2 {
		if !strings.Contains(text, pairs[n]) {
			t.Fatalf("there is no %q in\n%s", pairs[n], text)
		}
		text = strings.ReplaceAll(text, pairs[n], pairs[n+1])
	}
	return text
}

// shortDir is a directory whose name leaves room for a socket's (unix(7): 108 bytes).
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// startProxy runs a proxy until the test ends; it is ready when it has written a line with ready.
func startProxy(t *testing.T, cmd *exec.Cmd, ready string) {
	t.Helper()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	said := ""
	for !strings.Contains(said, ready) {
		if !lines.Scan() {
			t.Fatalf("the proxy ended: %v\n%s", cmd.Wait(), said)
		}
		said += lines.Text() + "\n"
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, stderr)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-drained
		_ = cmd.Wait()
	})
}

// through is s as its clients see it behind a proxy that listens on an address.
func (s *testServer) through(network, address string) *testServer {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &testServer{Server: s.Server, t: s.t, client: &http.Client{Transport: transport}}
}

// startNginx runs nginx with a server block, and returns the socket on which it listens. It is the process itself that
// serves, by the user who runs the test.
func startNginx(t *testing.T, server string) (socket string) {
	t.Helper()
	nginx, err := exec.LookPath("nginx")
	if err != nil && os.Getenv(proxyRequired) == "required" {
		t.Fatal("nginx is required here: ", err)
	}
	if err != nil {
		t.Skip("there is no nginx, so its configuration in the manual is not tried (Debian: apt-get install nginx-light)")
	}
	dir := shortDir(t)
	socket = filepath.Join(dir, "socket")
	var places strings.Builder
	for _, what := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&places, "%s_temp_path %s;\n", what, filepath.Join(dir, what))
	}
	config := fmt.Sprintf("daemon off; master_process off; pid %s/pid; error_log stderr notice;\nevents {}\nhttp {\naccess_log off;\n%s%s}\n",
		dir, places.String(), replaced(t, server, "listen 80;", "listen unix:"+socket+";"))
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	startProxy(t, exec.Command(nginx, "-p", dir, "-e", "stderr", "-c", path), "OS: ")
	return socket
}

func TestEventsPassNginxAsTheManualConfiguresIt(t *testing.T) {
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Heartbeat: 50 * time.Millisecond}), loopback(t))
	block := replaced(t, example(t, "nginx"), "127.0.0.1:8080", s.net.Addr().String())
	requireTransparent(t, s, s.through("unix", startNginx(t, block)))
}

// TestARelayBehindNginxAsItsExampleConfiguresIt leaves TLS out, and asks with a token.
func TestARelayBehindNginxAsItsExampleConfiguresIt(t *testing.T) {
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Heartbeat: 50 * time.Millisecond, Readers: access.One("s3cret")}), loopback(t))
	text, err := os.ReadFile("../docs/relay/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	plain := regexp.MustCompile(`(?m)^ *ssl_.*\n`).ReplaceAllString(string(text), "")
	block := replaced(t, plain, "relay:8080", s.net.Addr().String(), "listen 443 ssl;", "listen 80;")
	behind := s.through("unix", startNginx(t, block))
	if resp := behind.do(http.MethodGet, "/events"); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a token: %s", resp.Status)
	}
	l := behind.listen("/events", "Authorization", "Bearer s3cret")
	l.expect("snapshot")
	for range 5 {
		l.requireNext(s)
	}
	for n := range 12 {
		resp := behind.do(http.MethodGet, "/events", "Authorization", "Bearer wrong")
		if refused := resp.StatusCode == http.StatusTooManyRequests; refused != (n >= 10) {
			t.Errorf("wrong token %d: %s", n+1, resp.Status)
		}
	}
}

// requireTransparent checks that a stream is behind a proxy what it is before it.
func requireTransparent(t *testing.T, direct, behind *testServer) {
	t.Helper()
	l := behind.listen("/events")
	l.expect("snapshot")
	for n := 1; n <= 20; n++ { // one is not made before the last has come
		direct.Step(1)
		if e := l.next(); e.ID != fmt.Sprintf("e-%d", n) {
			t.Fatalf("got %+v where %d should have been", e, n)
		}
	}
	for range 3 {
		if e, err := l.read(); err != nil || e.Comment != "hb" {
			t.Errorf("where a heartbeat should be: %+v, %v", e, err)
		}
	}
	l.close()
	direct.Step(5)
	l = behind.resume("e-20")
	if e := l.expect("resume"); e.Data != `{"from":"e-20","replayed":5}` {
		t.Error(e.Data)
	}
	l.until("e-25")
	inject(t, direct, "eof")
	if _, err := l.toEnd(); err != io.EOF {
		t.Errorf("the stream ended with %v", err)
	}
	if resp := post(t, behind, "prices.example", "eof"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a fault from behind is answered with %s", resp.Status)
	}
	if resp := post(t, behind, "localhost", "eof"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a fault from behind, by the name localhost, is answered with %s", resp.Status)
	}
}

// TestNginxHoldsEventsBackIfItMay shows what the manual's settings are for: without any of them, nginx fills a buffer
// first.
func TestNginxHoldsEventsBackIfItMay(t *testing.T) {
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Symbols: 1}), loopback(t))
	block := replaced(t, example(t, "nginx"), "127.0.0.1:8080", s.net.Addr().String())
	prompt := s.through("unix", startNginx(t, block)).listen("/events")
	prompt.expect("snapshot")
	block = replaced(t, block, "proxy_buffering off;", "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;",
		"proxy_http_version 1.1;", "proxy_http_version 1.0;")
	conn, err := net.Dial("unix", startNginx(t, block))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /events HTTP/1.1\r\nHost: prices.example\r\n\r\n")
	for s.Clients() < 2 {
		s.do(http.MethodGet, "/healthz")
	}
	for range 5 {
		prompt.requireNext(s)
	}
	if err := conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 4096)
	if n, err := conn.Read(text); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("it passed on %q, %v", text[:n], err)
	}
}

// TestTheServerAsksNginxNotToBuffer has a block that says nothing about it.
func TestTheServerAsksNginxNotToBuffer(t *testing.T) {
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Heartbeat: 50 * time.Millisecond}), loopback(t))
	block := fmt.Sprintf("server { listen 80; location / { proxy_pass http://%s; proxy_http_version 1.0; proxy_set_header X-Forwarded-For $remote_addr; } }\n", s.net.Addr())
	requireTransparent(t, s, s.through("unix", startNginx(t, block)))
}

// requireNext makes an event and reads it.
func (l *streamReader) requireNext(s *testServer) {
	l.t.Helper()
	s.Step(1)
	l.until(s.Newest())
}

func TestEventsPassCaddyAsTheManualConfiguresIt(t *testing.T) {
	caddy, err := exec.LookPath("caddy")
	if err != nil {
		t.Skip("there is no caddy, so its configuration in the manual is not tried (Debian: apt-get install caddy)")
	}
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Heartbeat: 50 * time.Millisecond}), loopback(t))
	free, err := porttest.Free(1)
	if err != nil {
		t.Fatal(err)
	}
	addr := free[0]
	dir := t.TempDir()
	config := "{\n\tadmin off\n}\n" + replaced(t, example(t, "caddyfile"),
		"127.0.0.1:8080", s.net.Addr().String(), "prices.example {", "http://"+strings.TrimPrefix(addr, "127.0.0.1")+" {\n\tbind 127.0.0.1")
	path := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(caddy, "run", "--config", path, "--adapter", "caddyfile")
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	startProxy(t, cmd, "serving initial configuration")
	requireTransparent(t, s, s.through("tcp", addr))
}
