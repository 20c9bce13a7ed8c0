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
	r := &refusingListener{faults: s.faults, addr: l.Addr(), listen: net.Listen, inner: l, closed: make(chan struct{})}
	r.changed.L = &r.mu
	r.watching.Go(r.watch)
	return r
}

type refusingListener struct {
	faults   *fault.Schedule
	addr     net.Addr
	listen   func(network, addr string) (net.Listener, error)
	closed   chan struct{}
	watching sync.WaitGroup
	tried    time.Time // first for an address that is taken; zero when it is not

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
		again := r.apply(active.On(fault.Refuse, 0))
		select {
		case <-r.closed:
			return
		case <-active.Replaced():
		case <-again:
		}
	}
}

// apply has the listener closed while refuse, which may be nil, is on. The result is ready when that is to be looked at again.
func (r *refusingListener) apply(refuse *fault.Activation) (again <-chan time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case refuse == nil && r.inner == nil && r.err == nil:
		return r.listenAgain()
	case refuse == nil:
		return nil
	case r.inner != nil:
		inner := r.inner
		r.inner = nil
		_ = inner.Close() // what could fail is the close of a socket, which is gone then, too
	}
	r.tried = time.Time{}
	return time.After(time.Until(refuse.Until))
}

// takenFor is how long an address may be taken by another when refuse has ended: a connection that was given the port, or a
// process that is being started, which has a copy of the closed listener until it runs its own program.
const takenFor = 2 * time.Second

// listenAgain opens the listener. The result, if there is one, is ready when that is to be tried once more.
func (r *refusingListener) listenAgain() (again <-chan time.Time) {
	inner, err := r.listen(r.addr.Network(), r.addr.String())
	if err != nil && r.tried.IsZero() {
		r.tried = time.Now()
	}
	if err != nil && time.Since(r.tried) < takenFor {
		return time.After(10 * time.Millisecond)
	}
	r.inner, r.err, r.tried = inner, err, time.Time{}
	r.changed.Broadcast()
	return nil
}
