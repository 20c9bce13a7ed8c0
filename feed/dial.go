package feed

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// ownTransport is the transport of a feed that was not given a client. It can close its connections, those too that
// net/http does not count as idle yet: a stream of HTTP/2 is given up by and by.
type ownTransport struct {
	*http.Transport

	mu   sync.Mutex
	open map[net.Conn]struct{}
}

func newOwnTransport(s *source) *ownTransport {
	o := &ownTransport{Transport: newTransport(s), open: make(map[net.Conn]struct{})}
	dial := (&net.Dialer{Timeout: dialTimeout}).DialContext
	o.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return o.keep(conn), nil
	}
	return o
}

func (o *ownTransport) keep(conn net.Conn) net.Conn {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open[conn] = struct{}{}
	return &ownConn{conn, o}
}

// hangUp closes every connection. None is in use: a feed has one request at a time, and this is between two.
func (o *ownTransport) hangUp() {
	o.CloseIdleConnections()
	o.mu.Lock()
	defer o.mu.Unlock()
	for conn := range o.open {
		_ = conn.Close() // what was read of it counts, and that has been read
	}
	clear(o.open)
}

type ownConn struct {
	net.Conn
	of *ownTransport
}

// Close may be called more than once.
func (c *ownConn) Close() error {
	c.of.mu.Lock()
	delete(c.of.open, c.Conn)
	c.of.mu.Unlock()
	return c.Conn.Close()
}
