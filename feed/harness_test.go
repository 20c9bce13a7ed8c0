package feed

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0))) // unless the command line says how many: most of them wait
	goleak.VerifyTestMain(m)
}

// quietEnvironment is one without variables, in which every back-off takes its shortest.
func quietEnvironment() environment {
	return environment{
		lookup: func(string) (string, bool) { return "", false },
		random: func() float64 { return 0 },
	}
}

// with gives the environment these variables.
func (w environment) with(variables map[string]string) environment {
	w.lookup = func(name string) (string, bool) { v, ok := variables[name]; return v, ok }
	return w
}

// listener reads what a set says.
type listener struct {
	t      testing.TB
	set    *Set
	cancel context.CancelFunc
}

// listen starts feeds that end with the test.
func (w environment) listen(t testing.TB, configs ...Config) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	set, err := w.start(ctx, configs)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	l := &listener{t, set, cancel}
	t.Cleanup(l.end)
	return l
}

// end cancels and waits until the set has closed its channel.
func (l *listener) end() {
	l.cancel()
	for range l.set.Events() {
	}
}

// waitLimit is how long a test waits for what does not come. The fake time of a synctest bubble, which begins in 2000, costs
// nothing.
func waitLimit() time.Duration {
	if time.Now().Year() == 2000 {
		return 100 * 24 * time.Hour
	}
	return 20 * time.Second
}

// next is the next event that is no Pulse.
func (l *listener) next() Event {
	l.t.Helper()
	givingUp := time.NewTimer(waitLimit())
	defer givingUp.Stop()
	for {
		select {
		case e, open := <-l.set.Events():
			if !open {
				l.t.Fatal("the channel was closed")
			}
			if e.Pulse == nil {
				return e
			}
		case <-givingUp.C:
			l.t.Fatalf("nothing came in %s", waitLimit())
		}
	}
}

// status skips to the next status and wants it to be of the given state.
func (l *listener) status(want State) Status {
	l.t.Helper()
	for {
		e := l.next()
		if e.Status == nil {
			continue
		}
		if e.Status.State != want {
			l.t.Fatalf("state %s (%s), want %s", stateName(e.Status.State), e.Status.Cause, stateName(want))
		}
		return *e.Status
	}
}

// until skips to the next status of the given state. A feed that has given up does not come to another.
func (l *listener) until(want State) Status {
	l.t.Helper()
	for began := time.Now(); ; {
		switch e := l.next(); {
		case e.Status != nil && e.Status.State == want:
			return *e.Status
		case e.Status != nil && e.Status.State == Failed:
			l.t.Fatalf("failed (%s), want %s", e.Status.Cause, stateName(want))
		case time.Since(began) > waitLimit():
			l.t.Fatalf("%s does not come in %s", stateName(want), waitLimit())
		}
	}
}

// message skips to the next message.
func (l *listener) message() Message {
	l.t.Helper()
	for {
		if e := l.next(); e.Message != nil {
			return *e.Message
		}
	}
}

// wantMessages wants the next messages to have this data.
func (l *listener) wantMessages(want ...string) {
	l.t.Helper()
	for _, w := range want {
		if got := string(l.message().Data); got != w {
			l.t.Fatalf("message %q, want %q", got, w)
		}
	}
}

// gap skips to the next gap; a message must not come before it.
func (l *listener) gap() Gap {
	l.t.Helper()
	for {
		e := l.next()
		if e.Message != nil {
			l.t.Fatalf("message %q came before the gap", e.Message.Data)
		}
		if e.Gap != nil {
			return *e.Gap
		}
	}
}

func stateName(s State) string {
	return [...]string{"Connecting", "Live", "Quiet", "Silent", "Waiting", "Closed", "Failed"}[s]
}

// serve runs a handler until the test ends.
func serve(t testing.TB, h http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// say makes w an event stream and writes to it.
func say(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(w, text) // a client that has gone is no fault of the server
	_ = http.NewResponseController(w).Flush()
}

// turns serves the first request with the first handler, the second with the second, and
// all that follow with the last.
func turns(handlers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	var n int
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := handlers[min(n, len(handlers)-1)]
		n++
		mu.Unlock()
		h(w, r)
	}
}

// staying writes text and then holds the stream open.
func staying(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		say(w, text)
		<-r.Context().Done()
	}
}

// endingWith writes text and ends the stream cleanly.
func endingWith(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { say(w, text) }
}

func answering(status int, header http.Header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// rawServer accepts connections, reads the request of each and hands them to h.
func rawServer(t testing.TB, h func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				h(conn)
			}
			_ = conn.Close()
		}
	})
	t.Cleanup(func() { _ = l.Close(); running.Wait() })
	return "http://" + l.Addr().String()
}

const streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

// chunk is text as one chunk of a chunked body.
func chunk(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }

func send(conn net.Conn, text string) { _, _ = io.WriteString(conn, text) }

// network is a RoundTripper made of a function, for tests in a synctest bubble.
type network func(*http.Request) (*http.Response, error)

func (n network) RoundTrip(r *http.Request) (*http.Response, error) { return n(r) }

func (n network) client() *http.Client { return &http.Client{Transport: n} }

// streamOf is the answer that begins an event stream with this body.
func streamOf(r *http.Request, body io.Reader) *http.Response {
	closer, ok := body.(io.ReadCloser)
	if !ok {
		closer = io.NopCloser(body)
	}
	return &http.Response{
		StatusCode: 200, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: closer, ContentLength: -1, TransferEncoding: []string{"chunked"},
	}
}

// answer is an answer without a stream.
func answer(r *http.Request, status int, header http.Header) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, Header: header, Body: http.NoBody}
}

// pipes answers each request with a stream whose other end arrives on the channel.
func pipes() (network, <-chan *io.PipeWriter) {
	ends := make(chan *io.PipeWriter, 16)
	return func(r *http.Request) (*http.Response, error) {
		in, out := io.Pipe()
		select {
		case ends <- out:
			return streamOf(r, in), nil
		case <-r.Context().Done(): // nobody takes the ends of streams that are cut at once
			return nil, r.Context().Err()
		}
	}, ends
}

func write(t testing.TB, w io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Errorf("write %q: %v", text, err)
	}
}

// elapsed is how long it takes to the next status of that state.
func (l *listener) elapsed(want State) time.Duration {
	l.t.Helper()
	began := time.Now()
	l.until(want)
	return time.Since(began)
}

func readCloser(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }
