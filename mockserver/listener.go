package mockserver

import (
	"errors"
	"net"
	"sync"
	"time"

	"livetape/mockserver/fault"
)

// Listener makes l one that the fault "refuse" closes for a while: connections are then refused by the
// system, not by the server, and l's address is listened on again afterwards. Without it, that fault resets
// every connection that asks for a stream. The listener that is returned owns l; closing it closes l.
func (s *Server) Listener(l net.Listener) net.Listener {
	r := &refusingListener{faults: s.faults, addr: l.Addr(), inner: l, closed: make(chan struct{})}
	r.changed.L = &r.mu
	r.watching.Go(r.watch)
	return r
}

type refusingListener struct {
	faults   *fault.Schedule
	addr     net.Addr
	closed   chan struct{}
	watching sync.WaitGroup

	mu      sync.Mutex
	changed sync.Cond    // of inner or err
	inner   net.Listener // nil while connections are refused
	err     error        // why there will be no other
}

func (r *refusingListener) Addr() net.Addr { return r.addr }

// Accept waits while connections are refused.
func (r *refusingListener) Accept() (net.Conn, error) {
	for {
		inner, err := r.wait()
		if err != nil {
			return nil, err
		}
		conn, err := inner.Accept()
		if !errors.Is(err, net.ErrClosed) {
			return conn, err
		}
		if now, _ := r.wait(); now == inner {
			return nil, err
		}
	}
}

// wait returns the listener as soon as there is one, or why there will be none.
func (r *refusingListener) wait() (net.Listener, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.inner == nil && r.err == nil {
		r.changed.Wait()
	}
	return r.inner, r.err
}

// Close returns when nothing listens. It is called once, as by http.Server.
func (r *refusingListener) Close() error {
	close(r.closed)
	r.watching.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	inner := r.inner
	r.inner, r.err = nil, net.ErrClosed
	r.changed.Broadcast()
	if inner == nil {
		return nil
	}
	return inner.Close()
}

// watch closes and opens the listener as the fault comes and goes.
func (r *refusingListener) watch() {
	for {
		active := r.faults.Active()
		ends := r.apply(active.On(fault.Refuse, 0))
		select {
		case <-r.closed:
			return
		case <-active.Replaced():
		case <-ends:
		}
	}
}

// apply has the listener closed while refuse, which may be nil, is on. The result is ready when it ends.
func (r *refusingListener) apply(refuse *fault.Activation) (ends <-chan time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case refuse != nil && r.inner != nil:
		inner := r.inner
		r.inner = nil
		_ = inner.Close() // what could fail is the close of a socket, which is gone then, too
	case refuse == nil && r.inner == nil && r.err == nil:
		r.inner, r.err = net.Listen(r.addr.Network(), r.addr.String())
		r.changed.Broadcast()
	}
	if refuse == nil {
		return nil
	}
	return time.After(time.Until(refuse.Until))
}
