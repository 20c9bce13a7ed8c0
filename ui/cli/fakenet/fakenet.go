// Package fakenet gives tests an HTTP server, and the way to it, that exist in the fake time of a synctest bubble only.
package fakenet

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
)

// Network leads to the server. Its connections are pipes.
type Network struct {
	TLS     *tls.Config // of the server; nil: it speaks plainly
	DialErr error       // why nobody gets through; nil: everybody does

	accepted chan net.Conn
	closed   chan struct{}
	close    func()
}

// Run runs a test in a bubble of its own, with a server that answers by h. When the test returns, the server ends.
func Run(t *testing.T, h http.HandlerFunc, test func(*testing.T, *Network)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		n := &Network{accepted: make(chan net.Conn), closed: make(chan struct{})}
		n.close = sync.OnceFunc(func() { close(n.closed) })
		server := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
		served := make(chan error, 1)
		go func() { served <- server.Serve(n) }()
		test(t, n)
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
}

// Accept implements net.Listener, for the server.
func (n *Network) Accept() (net.Conn, error) {
	select {
	case c := <-n.accepted:
		if n.TLS != nil {
			c = tls.Server(c, n.TLS)
		}
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (n *Network) Close() error { n.close(); return nil }

// Addr implements net.Listener.
func (n *Network) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }

// Dial connects to the server, whatever the address.
func (n *Network) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if n.DialErr != nil {
		return nil, &net.OpError{Op: "dial", Err: n.DialErr}
	}
	here, there := net.Pipe()
	select {
	case n.accepted <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
