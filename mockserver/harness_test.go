package mockserver_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"livetape/mockserver"
	"livetape/mockserver/porttest"
)

func TestMain(m *testing.M) {
	if how := os.Getenv(idleServer); how != "" {
		serveIdle(how)
		return
	}
	goleak.VerifyTestMain(m)
}

// quiet is a rate at which the market only moves by Step.
const quiet = 1e-6

func newMock(t testing.TB, c mockserver.Config) *mockserver.Server {
	t.Helper()
	mock, err := mockserver.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return mock
}

// network is a listener and what dials it: a real one, or one in memory for tests with a clock of their own.
type network struct {
	net.Listener
	dial func(ctx context.Context, _, _ string) (net.Conn, error)
}

// loopback is a network of a port on which the fault "refuse" can listen again.
func loopback(t testing.TB) network {
	t.Helper()
	l, err := porttest.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return network{l, func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	}}
}

// inMemory is a network of pipes: a write returns when the other side has read it all.
func inMemory() network {
	l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	return network{l, l.dial}
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- &chunkedConn{Conn: theirs}:
		return ours, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// chunkedConn keeps the line end behind a chunk back until the next write. A client that has read a whole event does not
// read on to that line end; in a pipe, it would hold the server up.
type chunkedConn struct {
	net.Conn
	held []byte
}

func (c *chunkedConn) Write(b []byte) (int, error) {
	if string(b) == "\r\n" {
		c.held = append(c.held, b...)
		return len(b), nil
	}
	n, err := c.Conn.Write(append(c.held, b...))
	n = max(0, n-len(c.held))
	c.held = nil
	return n, err
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

// testServer is a mock server on a network, with a client for it.
type testServer struct {
	*mockserver.Server
	t      testing.TB
	net    network
	client *http.Client
}

// serve serves mock until the test ends.
func serve(t testing.TB, mock *mockserver.Server, n network) *testServer {
	t.Helper()
	server := &http.Server{Handler: mock.Handler()}
	served := make(chan error, 1)
	go func() { served <- server.Serve(n) }()
	transport := &http.Transport{DialContext: n.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return &testServer{mock, t, n, &http.Client{Transport: transport}}
}

// run runs mock until the returned function is called, or the test ends.
func (s *testServer) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stopped := false
	stop = func() {
		s.t.Helper()
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			s.t.Errorf("the server ended with %v", err)
		}
	}
	s.t.Cleanup(stop)
	return stop
}

// do makes a request; header holds names and values in turn.
func (s *testServer) do(method, target string, header ...string) *http.Response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, "http://mock"+target, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// listen opens a stream.
func (s *testServer) listen(target string, header ...string) *streamReader {
	s.t.Helper()
	resp := s.do(http.MethodGet, target, header...)
	if resp.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %s", target, resp.Status)
	}
	return &streamReader{t: s.t, body: resp.Body, lines: bufio.NewReaderSize(resp.Body, 1<<16), header: resp.Header}
}

// resume opens a stream behind an id.
func (s *testServer) resume(id string) *streamReader {
	s.t.Helper()
	return s.listen("/events", "Last-Event-ID", id)
}

// event is one block of a stream, as it was sent.
type event struct {
	Type, ID, Data, Comment, Retry string
	hasID                          bool
}

// streamReader reads a stream, block by block; it knows nothing of EventSource's rules.
type streamReader struct {
	t      testing.TB
	body   io.Closer
	lines  *bufio.Reader
	header http.Header
	rest   []byte // what came behind the last whole block
}

func (l *streamReader) close() { l.body.Close() }

// read is the next block, or how the stream ended.
func (l *streamReader) read() (e event, err error) {
	l.rest = nil
	for {
		line, err := l.lines.ReadBytes('\n')
		l.rest = append(l.rest, line...)
		if err != nil {
			return e, err
		}
		if len(line) == 1 {
			return e, nil
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "event":
			e.Type = value
		case "id":
			e.ID, e.hasID = value, true
		case "data":
			e.Data += value
		case "retry":
			e.Retry = value
		case "":
			e.Comment = value
		}
	}
}

// next is the next event that is not just a comment or a retry.
func (l *streamReader) next() event {
	l.t.Helper()
	for {
		e, err := l.read()
		if err != nil {
			l.t.Fatalf("the stream ended: %v", err)
		}
		if e.Type != "" || e.Data != "" {
			return e
		}
	}
}

// until reads up to and with the event of the given id.
func (l *streamReader) until(id string) (all []event) {
	l.t.Helper()
	for {
		e := l.next()
		all = append(all, e)
		if e.ID == id {
			return all
		}
	}
}

// toEnd reads what is left of the stream, and how it ended.
func (l *streamReader) toEnd() (all []event, err error) {
	for {
		e, err := l.read()
		if err != nil {
			return all, err
		}
		all = append(all, e)
	}
}

// expect reads the next event, which must be of a type.
func (l *streamReader) expect(kind string) event {
	l.t.Helper()
	e := l.next()
	if e.Type != kind {
		l.t.Fatalf("got %+v, want a %s", e, kind)
	}
	return e
}

// number is the n of an id "<epoch>-<n>".
func number(t testing.TB, id string) int {
	t.Helper()
	n, err := strconv.Atoi(id[strings.LastIndexByte(id, '-')+1:])
	if err != nil {
		t.Fatalf("id %q: %v", id, err)
	}
	return n
}

// marketState is a client's view of the market: JSON objects by symbol or id.
type marketState struct{ prices, news, status map[string]map[string]any }

func newMarketState() *marketState {
	return &marketState{map[string]map[string]any{}, map[string]map[string]any{}, map[string]map[string]any{}}
}

// apply merges an event into the state. It fails for data that is not what the type promises.
func (b *marketState) apply(e event) error {
	switch e.Type {
	case "price":
		return merge(b.prices, "symbol", e.Data)
	case "news":
		return merge(b.news, "id", e.Data)
	case "status":
		return merge(b.status, "symbol", e.Data)
	case "snapshot":
		return b.applySnapshot(e.Data)
	case "resume", "reset":
		return nil
	}
	return fmt.Errorf("an event of type %q", e.Type)
}

func (b *marketState) applySnapshot(data string) error {
	var rows struct{ Prices, News, Status []json.RawMessage }
	if err := json.Unmarshal([]byte(data), &rows); err != nil {
		return err
	}
	*b = *newMarketState()
	var faults []error
	for _, row := range rows.Prices {
		faults = append(faults, merge(b.prices, "symbol", string(row)))
	}
	for _, row := range rows.News {
		faults = append(faults, merge(b.news, "id", string(row)))
	}
	for _, row := range rows.Status {
		faults = append(faults, merge(b.status, "symbol", string(row)))
	}
	return errors.Join(faults...)
}

func merge(rows map[string]map[string]any, key, data string) error {
	var row map[string]any
	if err := json.Unmarshal([]byte(data), &row); err != nil {
		return fmt.Errorf("%s: %w", data, err)
	}
	name, ok := row[key].(string)
	if !ok {
		return fmt.Errorf("%s: no %s", data, key)
	}
	if rows[name] == nil {
		rows[name] = map[string]any{}
	}
	for k, v := range row {
		rows[name][k] = v
	}
	return nil
}

func (b *marketState) mustApply(t testing.TB, events ...event) {
	t.Helper()
	for _, e := range events {
		if err := b.apply(e); err != nil {
			t.Fatal(err)
		}
	}
}

// serverState is the server's own account.
func serverState(t testing.TB, mock *mockserver.Server) *marketState {
	t.Helper()
	b := newMarketState()
	if err := b.applySnapshot(string(mock.Snapshot())); err != nil {
		t.Fatal(err)
	}
	return b
}

// stillClock always tells the same time.
func stillClock() time.Time { return time.Date(2026, 3, 2, 15, 4, 5, 123456789, time.UTC) }

func body(t testing.TB, resp *http.Response) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := b.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
