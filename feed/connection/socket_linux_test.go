package connection

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// socketPair returns the two ends of a connection, the first read as those of feeds are.
func socketPair(t *testing.T) (*socket, *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		near.Close()
		far.Close()
	})
	return newSocket(near), far.(*net.TCPConn)
}

func TestASocketReadsWhatComesAndThenItsEnd(t *testing.T) {
	t.Parallel()
	s, far := socketPair(t)
	go func() {
		for range 100 {
			io.WriteString(far, "data: 1\n\n")
		}
		far.CloseWrite()
	}()
	got, err := io.ReadAll(s)
	if err != nil || string(got) != strings.Repeat("data: 1\n\n", 100) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestAReadOfASocketFailsAsThatOfAConnection(t *testing.T) {
	t.Parallel()
	var op *net.OpError
	t.Run("reset", func(t *testing.T) {
		s, far := socketPair(t)
		far.SetLinger(0)
		far.Close()
		if _, err := s.Read(make([]byte, 8)); !errors.Is(err, syscall.ECONNRESET) || !errors.As(err, &op) || op.Op != "read" {
			t.Error(err)
		}
	})
	t.Run("deadline", func(t *testing.T) {
		s, _ := socketPair(t)
		s.conn.SetReadDeadline(time.Now())
		if _, err := s.Read(make([]byte, 8)); !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &op) || op.Op != "read" {
			t.Error(err)
		}
	})
	t.Run("closed while it is read", func(t *testing.T) {
		s, _ := socketPair(t)
		time.AfterFunc(time.Millisecond, func() { s.conn.Close() })
		if _, err := s.Read(make([]byte, 8)); !errors.Is(err, net.ErrClosed) || !errors.As(err, &op) || op.Op != "read" {
			t.Error(err)
		}
	})
}
