package fault

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

// writeTime is how long a client may take for the last bytes before its connection is reset.
const writeTime = 10 * time.Second

// CutConnection writes half an event and resets the connection. An HTTP/2 stream, which has no connection of its own, is reset
// in the way that net/http offers: by a panic. Chunked is that of the response.
func CutConnection(w http.ResponseWriter, half []byte, chunked bool) {
	control := http.NewResponseController(w)
	conn, _, err := control.Hijack()
	if err != nil {
		_ = control.SetWriteDeadline(time.Now().Add(writeTime))
		_, _ = w.Write(half) // the stream is reset in either case
		_ = control.Flush()
		panic(http.ErrAbortHandler)
	}
	if chunked {
		half = append(fmt.Appendf(nil, "%x\r\n", 2*len(half)), half...) // a chunk that promises more
	}
	_ = conn.SetWriteDeadline(time.Now().Add(writeTime))
	_, _ = conn.Write(half) // the connection is reset in either case
	resetConn(conn)
}

func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: the stream is reset
	}
	resetConn(conn)
}

// resetConn closes conn so that the other side sees a connection reset, not an end.
func resetConn(conn net.Conn) {
	raw := conn
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		raw = secure.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // what could fail here is the connection, and that is the aim
	}
	_ = raw.Close()
}
