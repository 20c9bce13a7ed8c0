package jetstream_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"livetape/mockserver/fault"
	"livetape/mockserver/hub"
)

// client is one that reads a node's stream.
type client struct {
	mu   sync.Mutex
	text string
	id   string // the last that it was given
}

func (c *client) Header() http.Header               { return http.Header{} }
func (*client) WriteHeader(int)                     {}
func (*client) FlushError() error                   { return nil }
func (*client) SetWriteDeadline(time.Time) error    { return nil }
func (c *client) Write(b []byte) (n int, err error) { c.add(string(b)); return len(b), nil }

func (c *client) add(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text += text
	if at := strings.LastIndex(c.text, "\nid: "); at >= 0 {
		if id, _, whole := strings.Cut(c.text[at+len("\nid: "):], "\n"); whole {
			c.id = id
		}
	}
}

func (c *client) read() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text
}

// until waits until a text was read, and forgets all up to it.
func (c *client) until(t *testing.T, text string) {
	t.Helper()
	eventually(t, "a client reads "+text, func() bool { return strings.Contains(c.read(), text) })
	c.mu.Lock()
	defer c.mu.Unlock()
	_, c.text, _ = strings.Cut(c.text, text)
}

// listen opens a stream of a node, after an id, until the test ends.
func listen(t *testing.T, n *node, id string) *client {
	t.Helper()
	eventually(t, "the node is ready", n.Ready)
	encoder, err := n.NewEncoder(context.Background(), hub.Native{LastEventID: id, Interval: time.Hour, Resumed: func(error) {}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &client{}
	var serving sync.WaitGroup
	serving.Go(func() {
		request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/events", nil)
		n.hub.Serve(c, request, 1, fault.NewSchedule(1, fault.Hooks{}).Target(1), encoder)
	})
	t.Cleanup(func() { cancel(); serving.Wait() })
	return c
}

// stayResumed is a client that has resumed after an id.
func stayResumed(t *testing.T, n *node, id string) *client {
	t.Helper()
	c := stayAfter(t, n, id)
	c.until(t, "event: resume")
	return c
}

// stay has a client of a node come again whenever its stream ends, after the last id that it was given, until the test ends. It
// has a snapshot.
func stay(t *testing.T, n *node) *client {
	t.Helper()
	c := stayAfter(t, n, "")
	c.until(t, "event: snapshot")
	return c
}

// stayAfter begins after an id.
func stayAfter(t *testing.T, n *node, id string) *client {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c := &client{id: id}
	var staying sync.WaitGroup
	staying.Go(func() {
		for ctx.Err() == nil {
			encoder, err := n.NewEncoder(ctx, hub.Native{LastEventID: c.lastID(), Interval: time.Hour, Resumed: func(error) {}})
			if err == nil {
				request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/events", nil)
				n.hub.Serve(c, request, 1, fault.NewSchedule(1, fault.Hooks{}).Target(1), encoder)
			}
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	t.Cleanup(func() { cancel(); staying.Wait() })
	return c
}

// lastID is the last id that the client was given.
func (c *client) lastID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.id
}

// requireReset waits until the client is told that it could not resume, and fails if it is told before that it could.
func (c *client) requireReset(t *testing.T) {
	t.Helper()
	eventually(t, "a client is told of the loss", func() bool { return strings.Contains(c.read(), "event: reset") })
	told, _, _ := strings.Cut(c.read(), "event: reset")
	if _, how, resumed := strings.Cut(told, "event: resume"); resumed {
		t.Errorf("a client is told that it could resume: %s", how)
	}
}

// state is the snapshot that a new client gets, and its id.
func (n *node) state(t *testing.T) (data, id string) {
	t.Helper()
	encoder, err := n.NewEncoder(context.Background(), hub.Native{})
	if err != nil {
		t.Fatal(err)
	}
	b, id := encoder.Open(nil, n.hub.Log())
	return string(b), id
}

// proxy passes connections on to an address, unless it is stalled: then nothing gets through, and no connection ends.
type proxy struct {
	listener net.Listener
	target   string

	mu      sync.Mutex
	flows   *sync.Cond
	stalled bool
	closed  bool
	conns   []net.Conn
	all     sync.WaitGroup
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: target}
	p.flows = sync.NewCond(&p.mu)
	p.all.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

func (p *proxy) addr() string { return p.listener.Addr().String() }
func (p *proxy) stall()       { p.set(true) }
func (p *proxy) resume()      { p.set(false) }

// lose ends all connections, with what is under way on them, and lets new ones through.
func (p *proxy) lose() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns, p.stalled = nil, false
	p.flows.Broadcast()
}

func (p *proxy) set(stalled bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = stalled
	p.flows.Broadcast()
}

func (p *proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.flows.Broadcast()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	_ = p.listener.Close()
	p.all.Wait()
}

func (p *proxy) accept() {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = in.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, in, out)
		if p.closed {
			_ = in.Close()
			_ = out.Close()
		}
		p.mu.Unlock()
		p.all.Go(func() { p.pass(in, out) })
		p.all.Go(func() { p.pass(out, in) })
	}
}

func (p *proxy) pass(from, to net.Conn) {
	defer func() { _ = from.Close(); _ = to.Close() }()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		p.mu.Lock()
		for p.stalled && !p.closed {
			p.flows.Wait()
		}
		p.mu.Unlock()
		if n > 0 {
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

var _ io.Writer = (*client)(nil)
