package feed

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestTheIdleTimeoutCoversEveryPhaseOfAnAttempt has servers that stop in the middle of each.
func TestTheIdleTimeoutCoversEveryPhaseOfAnAttempt(t *testing.T) {
	t.Parallel()
	hold := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			send(conn, text)
			_, _ = io.Copy(io.Discard, conn) // until the client hangs up
		}
	}
	mute := silentListener(t)
	for what, url := range map[string]string{
		"before the TLS handshake":        "https://" + mute,
		"before the answer":               "http://" + mute,
		"within the head":                 rawServer(t, hold("HTTP/1.1 200 OK\r\nContent-Ty")),
		"before the first byte":           rawServer(t, hold(streamHead)),
		"after a redirect":                serve(t, http.RedirectHandler("http://"+mute, http.StatusFound).ServeHTTP).URL,
		"within the body of a redirect":   rawServer(t, hold("HTTP/1.1 302 Found\r\nLocation: http://"+mute+"\r\nTransfer-Encoding: chunked\r\n\r\n"+chunk("x"))),
		"before the length of a redirect": rawServer(t, hold("HTTP/1.1 302 Found\r\nLocation: http://"+mute+"\r\nContent-Length: 9\r\n\r\nx")),
		"within the body of a refusal":    rawServer(t, hold("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n"+chunk("x"))),
		"within the first event":          rawServer(t, hold(streamHead+chunk("data: 1\n"))),
		"within a member of gzip":         rawServer(t, hold("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08")),
		"at a proxy, before its answer":   "http://desk.example/",
		"at a proxy, before it connects":  "https://desk.example/",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			config := Config{Name: "f", URL: url, IdleTimeout: 400 * time.Millisecond}
			if strings.HasPrefix(what, "at a proxy") {
				config.Proxy = "http://" + mute
			}
			l := quietEnvironment().listen(t, config)
			began := time.Now()
			st := l.until(Waiting)
			if took := time.Since(began); took > 8*time.Second {
				t.Errorf("after %s: %s", took, st.Cause)
			}
			if st.Cause == "" {
				t.Error("no cause is given")
			}
		})
	}
}

// silentListener accepts connections and says nothing.
func silentListener(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var open []net.Conn
		for {
			conn, err := l.Accept()
			if err != nil {
				break
			}
			open = append(open, conn)
		}
		for _, conn := range open {
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

func TestARedirectWhoseBodyDoesNotEndIsFollowed(t *testing.T) {
	t.Parallel()
	target := serve(t, staying("data: 1\n\n"))
	url := rawServer(t, func(conn net.Conn) {
		send(conn, fmt.Sprintf("HTTP/1.1 307 Go\r\nLocation: %s\r\nTransfer-Encoding: chunked\r\n\r\n%s", target.URL, chunk("x")))
		_, _ = io.Copy(io.Discard, conn)
	})
	quietEnvironment().listen(t, Config{Name: "f", URL: url}).wantMessages("1")
}

func TestWhatIsNoEventIsShown(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("lorem ipsum ", 40)
	for body, want := range map[string]string{
		"\n[{\"price\":1.5}] \n":             `the server sent no event, but: [{"price":1.5}]`,
		`{"price":1.5,"key":"s3cr3t-token"}`: `the server sent no event, but: {"price":1.5,"key":"•••"}`,
		"{" + long + "}":                     "the server sent no event, but: {" + strings.TrimSpace(long[:198]),
		"plan expired\n":                     "the server said: plan expired",
		"data: 1\ndata: 2\n":                 "the server ended the stream without a blank line, which ends an event",
		"event: price\ndata: 1\nid: 7\n":     "the server ended the stream without a blank line, which ends an event",
		"":                                   "the server ended the stream before sending anything",
		"\n\n  \n":                           "the server ended the stream before sending anything",
		"price=1.5":                          "the server said: price=1.5",
	} {
		s := serve(t, endingWith(body))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Header: map[string]string{"Authorization": "Bearer s3cr3t-token"}})
		st := l.until(Waiting)
		if want != st.Cause && !(len(body) > 300 && strings.HasPrefix(st.Cause, want[:200]) && len([]rune(st.Cause)) <= 240) {
			t.Errorf("%.40q: cause %q, want %q", body, st.Cause, want)
		}
		l.end()
	}
}
