package page_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"livetape/mockserver"
	"livetape/mockserver/fault"
	"livetape/mockserver/porttest"
)

// stepOnly is a rate so low that the market moves by Step alone.
const stepOnly = 1e-6

// testServer is a mock server on a local port. A stop and a start keep the port.
type testServer struct {
	*mockserver.Server
	t    *testing.T
	addr string
	wrap func(http.Handler) http.Handler // wraps the handler; may be nil
	shut func()
}

// startServer serves a market that moves by Step alone. Browsers are told to reconnect quickly.
func startServer(t *testing.T, c mockserver.Config) *testServer {
	t.Helper()
	c.Rate = stepOnly
	if c.Retry == 0 {
		c.Retry = 50 * time.Millisecond
	}
	mock, err := mockserver.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := &testServer{Server: mock, t: t, addr: "127.0.0.1:0"}
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- mock.Run(ctx) }()
	s.start()
	t.Cleanup(func() {
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
		s.stop()
	})
	return s
}

func (s *testServer) url() string { return "http://" + s.addr + "/" }

func (s *testServer) start() {
	s.t.Helper()
	listener, err := porttest.Listen(s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.addr = listener.Addr().String()
	server := &http.Server{Handler: s.Handler()}
	if s.wrap != nil {
		server.Handler = s.wrap(server.Handler)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(s.Listener(listener)) }()
	s.shut = func() {
		if err := server.Close(); err != nil {
			s.t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			s.t.Error(err)
		}
	}
}

// stop closes the listener and every connection.
func (s *testServer) stop() {
	if s.shut != nil {
		s.shut()
		s.shut = nil
	}
}

func (s *testServer) inject(text string) {
	s.t.Helper()
	parsed, err := fault.Parse(text)
	if err == nil {
		err = s.Inject(parsed)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// prices maps symbols to last, bid, ask and volume, from the server's snapshot.
func (s *testServer) prices() map[string][4]string {
	s.t.Helper()
	var snapshot struct {
		Prices []struct{ Symbol, Last, Bid, Ask, Volume string }
	}
	if err := json.Unmarshal(s.Snapshot(), &snapshot); err != nil {
		s.t.Fatal(err)
	}
	all := map[string][4]string{}
	for _, p := range snapshot.Prices {
		all[p.Symbol] = [4]string{p.Last, p.Bid, p.Ask, p.Volume}
	}
	return all
}
