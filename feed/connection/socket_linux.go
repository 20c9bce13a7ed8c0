package connection

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// socket reads from a connection without a word to Go's scheduler, which a read that cannot block does not need. The scheduler
// would wake up its watcher of system calls for each event of a slow feed: a seventh of what a screen costs at 40 events a second.
type socket struct {
	conn net.Conn
	raw  syscall.RawConn
}

// newSocket returns nil if conn is no socket.
func newSocket(conn net.Conn) *socket {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return nil
	}
	return &socket{conn, raw}
}

// Read fails as that of a net.Conn does.
func (s *socket) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	var n int
	var errno syscall.Errno
	err := s.raw.Read(func(descriptor uintptr) bool {
		n, errno = readNow(descriptor, b)
		return errno != syscall.EAGAIN // else it is called again once there is something to read
	})
	var op *net.OpError
	switch {
	case errors.As(err, &op):
		op.Op = "read"
		return 0, op
	case err != nil:
		return 0, err
	case errno != 0:
		return 0, &net.OpError{Op: "read", Net: s.conn.LocalAddr().Network(), Source: s.conn.LocalAddr(), Addr: s.conn.RemoteAddr(), Err: os.NewSyscallError("read", errno)}
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// readNow reads what is there. Go has made the descriptor one that does not block.
func readNow(descriptor uintptr, b []byte) (int, syscall.Errno) {
	for {
		n, _, errno := syscall.RawSyscall(syscall.SYS_READ, descriptor, uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
		if errno != syscall.EINTR {
			return int(n), errno
		}
	}
}
