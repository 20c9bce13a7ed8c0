package loadgen_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"livetape/feed"
	"livetape/mockserver"
	"livetape/ui/cli/fakenet"
	"livetape/ui/cli/loadgen"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// network is a way on which the time that a run takes passes at once, but not before everything has arrived.
type network struct {
	*fakenet.Network
	t *testing.T
}

// inBubble runs a test with a server that exists in fake time only.
func inBubble(t *testing.T, h http.HandlerFunc, test func(*testing.T, *network)) {
	t.Helper()
	fakenet.Run(t, h, func(t *testing.T, n *fakenet.Network) {
		t.Helper()
		test(t, &network{n, t})
	})
}

// aWhile is 10 s, and long enough for the event that is due then.
const aWhile = 10*time.Second + 5*time.Millisecond

// load carries out a plan; what it does not say is a while of /events.
func (n *network) load(ctx context.Context, p loadgen.Plan) *loadgen.Report {
	n.t.Helper()
	transport := &http.Transport{DialContext: n.Dial, DisableCompression: true}
	defer transport.CloseIdleConnections()
	p.Feed.Name, p.Feed.Client = "desk", &http.Client{Transport: transport}
	if p.Feed.URL == "" {
		p.Feed.URL = "http://desk.example/events"
	}
	if p.For == 0 {
		p.For = aWhile
	}
	report, err := loadgen.Run(ctx, p, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	return report
}

// marketServer is a mock server, and whoever stands between it and the clients.
type marketServer struct {
	*mockserver.Server
	clients atomic.Int64
	mangle  func(client int, frames [][]byte) [][]byte
}

// newMarket makes a server of 100 events a second. Between it and each client, counted from 1, stands mangle,
// unless it is nil.
func newMarket(t *testing.T, mangle func(client int, frames [][]byte) [][]byte) *marketServer {
	t.Helper()
	mock, err := mockserver.New(mockserver.Config{Seed: 7, Epoch: "e", Rate: 100, Ring: 150, Retry: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return &marketServer{Server: mock, mangle: mangle}
}

// run runs the market until the returned function is called.
func (m *marketServer) run(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the market ended with %v", err)
		}
	}
}

func (m *marketServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if client := int(m.clients.Add(1)); m.mangle != nil {
		w = &mangler{w, func(frames [][]byte) [][]byte { return m.mangle(client, frames) }}
	}
	m.Handler().ServeHTTP(w, r)
}

// mangler changes the events that pass it.
type mangler struct {
	http.ResponseWriter
	mangle func([][]byte) [][]byte
}

func (m *mangler) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func (m *mangler) Write(p []byte) (int, error) {
	frames := bytes.SplitAfter(p, []byte("\n\n"))
	if _, err := m.ResponseWriter.Write(bytes.Join(m.mangle(frames), nil)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// withMarket runs a test in a bubble with a market that moves.
func withMarket(t *testing.T, mangle func(client int, frames [][]byte) [][]byte, test func(*testing.T, *network, *marketServer)) {
	t.Helper()
	var m *marketServer // made in the bubble, as all that it waits for
	inBubble(t, func(w http.ResponseWriter, r *http.Request) { m.ServeHTTP(w, r) }, func(t *testing.T, n *network) {
		m = newMarket(t, mangle)
		stop := m.run(t)
		test(t, n, m)
		stop()
	})
}

// loadMarket runs a plan against a market in a bubble.
func loadMarket(t *testing.T, p loadgen.Plan, mangle func(client int, frames [][]byte) [][]byte) (report *loadgen.Report) {
	t.Helper()
	withMarket(t, mangle, func(t *testing.T, n *network, _ *marketServer) { report = n.load(t.Context(), p) })
	return report
}

// loadHandler runs a plan against a server of a test's own.
func loadHandler(t *testing.T, p loadgen.Plan, h http.HandlerFunc) (report *loadgen.Report) {
	t.Helper()
	inBubble(t, h, func(t *testing.T, n *network) { report = n.load(t.Context(), p) })
	return report
}

// tell begins an event stream, and gives what appends to it. It reports false when the client has gone.
func tell(w http.ResponseWriter, r *http.Request) func(format string, args ...any) bool {
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	w.WriteHeader(http.StatusOK)
	_ = control.Flush()
	return func(format string, args ...any) bool {
		if _, err := fmt.Fprintf(w, format, args...); err != nil {
			return false
		}
		return control.Flush() == nil && r.Context().Err() == nil
	}
}

// wait lets time pass.
func wait(r *http.Request, d time.Duration) {
	select {
	case <-time.After(d):
	case <-r.Context().Done():
	}
}

// now is the time as payloads have it.
func now() string { return time.Now().UTC().Format(time.RFC3339Nano) }

func plain(clients int) loadgen.Plan { return loadgen.Plan{Feed: feed.Config{}, Clients: clients} }
