package cli_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/mockserver"
	"livetape/ui/cli"
)

// oneConnection is a listener that accepts one connection.
type oneConnection struct {
	conn   chan net.Conn
	closed chan struct{}
}

func (l oneConnection) Accept() (net.Conn, error) {
	select {
	case c := <-l.conn:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l oneConnection) Close() error   { close(l.closed); return nil }
func (l oneConnection) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

// rawClient is a connection to the server in which livetape serves its market.
func rawClient(t *testing.T) net.Conn {
	t.Helper()
	mock, err := mockserver.New(mockserver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := cli.NewHTTPServer(mock.Handler())
	l := oneConnection{make(chan net.Conn, 1), make(chan struct{})}
	ours, theirs := net.Pipe()
	l.conn <- theirs
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		ours.Close()
		server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return ours
}

func TestAClientThatHoldsAConnectionForNothingLosesIt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, sends string
		after       time.Duration
	}{
		{"nothing is sent", "", 5 * time.Second},
		{"the header has no end", "GET /events HTTP/1.1\r\nHost: mock\r\nX-Slow: ", 5 * time.Second},
		{"no second request comes", "GET /healthz HTTP/1.1\r\nHost: mock\r\n\r\n", 2 * time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn, began := rawClient(t), time.Now()
				fmt.Fprint(conn, test.sends)
				if _, err := io.Copy(io.Discard, conn); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took != test.after {
					t.Errorf("the server let go after %s, want %s", took, test.after)
				}
			})
		})
	}
}

// TestASlowHeaderIsNoWayToStay sends a byte a second, which keeps many a server waiting for ever.
func TestASlowHeaderIsNoWayToStay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		conn, began := rawClient(t), time.Now()
		read := make(chan error, 1)
		go func() {
			_, err := io.Copy(io.Discard, conn)
			read <- err
		}()
		var err error
		for err == nil {
			_, err = conn.Write([]byte("G"))
			<-time.After(time.Second)
		}
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("the server listened for %s", took)
		}
		<-read
	})
}

func TestAHugeHeaderIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		conn := rawClient(t)
		go func() { // it is cut off in the middle
			_, _ = io.Copy(conn, strings.NewReader("GET /events HTTP/1.1\r\nHost: mock\r\nX-Huge: "+strings.Repeat("x", 1<<20)))
		}()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil { // until the connection is closed
			t.Error(err)
		}
		if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Error(resp.Status)
		}
	})
}
