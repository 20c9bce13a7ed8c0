package mockserver

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// writeTime is how long one write may take; a client that takes longer is gone.
const writeTime = 10 * time.Second

// pipe is the way to one client.
type pipe struct {
	w       http.ResponseWriter
	control *http.ResponseController
	chunked bool
}

func newPipe(w http.ResponseWriter, r *http.Request) pipe {
	return pipe{w, http.NewResponseController(w), r.ProtoAtLeast(1, 1)}
}

// start sends the headers, at once.
func (p pipe) start() error {
	h := p.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no") // nginx: pass every event on as it comes
	if err := p.limit(); err != nil {
		return err
	}
	p.w.WriteHeader(http.StatusOK)
	return p.control.Flush()
}

// send writes whole events, and has them on their way when it returns.
func (p pipe) send(b []byte) error {
	if err := p.limit(); err != nil {
		return err
	}
	if _, err := p.w.Write(b); err != nil {
		return err
	}
	return p.control.Flush()
}

// limit gives what is written next its time.
func (p pipe) limit() error {
	err := p.control.SetWriteDeadline(time.Now().Add(writeTime))
	if errors.Is(err, http.ErrNotSupported) {
		return nil // a writer without a network behind it does not block
	}
	return err
}

// cut leaves half an event on the wire, and the connection in ruins. A stream that has no connection of its own
// (HTTP/2) is reset instead, in the way that net/http offers.
func (p pipe) cut(half []byte) {
	conn, _, err := p.control.Hijack()
	if err != nil {
		_ = p.send(half) // it is cut in either case
		panic(http.ErrAbortHandler)
	}
	if p.chunked {
		half = append(fmt.Appendf(nil, "%x\r\n", 2*len(half)), half...) // a chunk that promises more
	}
	_ = conn.SetWriteDeadline(time.Now().Add(writeTime))
	_, _ = conn.Write(half) // it is cut in either case
	reset(conn)
}

// reset closes conn so that the other side sees a connection reset, not an end.
func reset(conn net.Conn) {
	raw := conn
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		raw = secure.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // what could fail here is the connection, and that is the aim
	}
	_ = raw.Close()
}
