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
	r := &refuser{faults: s.faults, addr: l.Addr(), inner: l, open: newBell(), closed: make(chan struct{})}
	r.watching.Go(r.watch)
	return r
}

// refuser is a listener that goes and comes back.
type refuser struct {
	faults   *fault.Schedule
	addr     net.Addr
	open     *bell // rings when inner is another one, or failed
	closed   chan struct{}
	watching sync.WaitGroup

	mu    sync.Mutex
	inner net.Listener // nil while connections are refused
	err   error        // why there is none any more
}

func (r *refuser) Addr() net.Addr { return r.addr }

// Accept waits while connections are refused.
func (r *refuser) Accept() (net.Conn, error) {
	for {
		opened := r.open.next()
		inner, err := r.current()
		if err != nil {
			return nil, err
		}
		if inner == nil {
			select {
			case <-opened:
			case <-r.closed:
			}
			continue
		}
		conn, err := inner.Accept()
		if !errors.Is(err, net.ErrClosed) {
			return conn, err
		}
		if now, _ := r.current(); now == inner {
			return nil, err
		}
	}
}

// current is the listener of the moment, or why there will be none.
func (r *refuser) current() (net.Listener, error) {
	select {
	case <-r.closed:
		return nil, net.ErrClosed
	default:
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.inner, r.err
}

// Close returns when nothing listens any more. It is called once, as by http.Server.
func (r *refuser) Close() error {
	close(r.closed)
	r.watching.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.inner == nil {
		return nil
	}
	return r.inner.Close()
}

// watch closes and opens the listener as the fault comes and goes.
func (r *refuser) watch() {
	for {
		active := r.faults.Active()
		next := r.adjust(active.On(fault.Refuse, 0))
		select {
		case <-r.closed:
			return
		case <-active.Replaced():
		case <-next:
		}
	}
}

// adjust has the listener closed while k, which may be nil, is on. What it gives is ready when that is to be looked
// at again.
func (r *refuser) adjust(k *fault.Activation) <-chan time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case k != nil && r.inner != nil:
		inner := r.inner
		r.inner = nil
		_ = inner.Close() // what could fail is the close of a socket, which is gone then, too
	case k == nil && r.inner == nil && r.err == nil:
		r.inner, r.err = net.Listen(r.addr.Network(), r.addr.String())
		r.open.ring()
	}
	if k == nil {
		return nil
	}
	return time.After(time.Until(k.Until))
}
