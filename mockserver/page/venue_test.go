package page_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"livetape/mockserver"
	"livetape/mockserver/fault"
)

// quiet is a rate at which the market only moves by Step.
const quiet = 1e-6

// venue is a mock server on a port of this machine, which it keeps over a stop and a start.
type venue struct {
	*mockserver.Server
	t    *testing.T
	addr string
	wrap func(http.Handler) http.Handler // around the mock server's, if not nil
	end  func()
}

// openVenue serves a market that stands still until Step. The browser is told to come back soon.
func openVenue(t *testing.T, c mockserver.Config) *venue {
	t.Helper()
	c.Rate = quiet
	if c.Retry == 0 {
		c.Retry = 50 * time.Millisecond
	}
	mock, err := mockserver.New(c)
	if err != nil {
		t.Fatal(err)
	}
	v := &venue{Server: mock, t: t, addr: "127.0.0.1:0"}
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- mock.Run(ctx) }()
	v.start()
	t.Cleanup(func() {
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
		v.stop()
	})
	return v
}

func (v *venue) url() string { return "http://" + v.addr + "/" }

// start listens and serves.
func (v *venue) start() {
	v.t.Helper()
	listener, err := net.Listen("tcp", v.addr)
	if err != nil {
		v.t.Fatal(err)
	}
	v.addr = listener.Addr().String()
	server := &http.Server{Handler: v.Handler()}
	if v.wrap != nil {
		server.Handler = v.wrap(server.Handler)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(v.Listener(listener)) }()
	v.end = func() {
		if err := server.Close(); err != nil {
			v.t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			v.t.Error(err)
		}
	}
}

// stop closes the listener and cuts every connection.
func (v *venue) stop() {
	if v.end != nil {
		v.end()
		v.end = nil
	}
}

func (v *venue) inject(text string) {
	v.t.Helper()
	parsed, err := fault.Parse(text)
	if err == nil {
		err = v.Inject(parsed)
	}
	if err != nil {
		v.t.Fatal(err)
	}
}

// prices is the server's own account: symbol to last, bid, ask and volume.
func (v *venue) prices() map[string][4]string {
	v.t.Helper()
	var truth struct {
		Prices []struct{ Symbol, Last, Bid, Ask, Volume string }
	}
	if err := json.Unmarshal(v.Snapshot(), &truth); err != nil {
		v.t.Fatal(err)
	}
	all := map[string][4]string{}
	for _, p := range truth.Prices {
		all[p.Symbol] = [4]string{p.Last, p.Bid, p.Ask, p.Volume}
	}
	return all
}
