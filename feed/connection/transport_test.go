package connection

import (
	"io"
	"net"
	"testing"
)

func TestHangingUpClosesConnectionsThatSeemToBeInUse(t *testing.T) {
	closed := make(chan error, 1)
	s, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	go func() {
		conn, err := s.Accept()
		if err == nil {
			_, err = conn.Read(make([]byte, 1))
			_ = conn.Close()
		}
		closed <- err
	}()
	o := newOwnTransport(&Endpoint{}, nil)
	conn, err := o.DialContext(t.Context(), "tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	o.close()
	if err := <-closed; err != io.EOF {
		t.Errorf("the server saw %v", err)
	}
	if err := conn.Close(); err == nil || len(o.open) != 0 {
		t.Errorf("closing it once more: %v; %d are kept", err, len(o.open))
	}
}
