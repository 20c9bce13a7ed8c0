package cli_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/market"
	"livetape/mockserver"
	"livetape/mockserver/fault"
	"livetape/mockserver/porttest"
)

// The soak is quick because it never waits out a back-off: the user's retry key is pressed at once.
const (
	soakFaults = 200
	soakBurst  = 40 // events between two faults, at most
	soakIdle   = 200 * time.Millisecond
)

// TestAfter200RandomFaultsTheBoardIsTheTruthAndEveryEventCameOnce drives the real subscriber over real
// connections through seeded faults.
func TestAfter200RandomFaultsTheBoardIsTheTruthAndEveryEventCameOnce(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	soak := startSoak(ctx, t)

	chance := rand.New(rand.NewPCG(1, 2))
	for range soakFaults {
		soak.mock.Step(1 + chance.IntN(soakBurst))
		soak.injectFault(chance)
		soak.mock.Step(1 + chance.IntN(soakBurst))
		soak.clearFault()
		soak.catchUp()
	}
	soak.requireTruth()
	soak.requireEveryEventOnce()
	t.Logf("%d events over %d connections, %d duplicates dropped", len(soak.seen), soak.status.Connections, soak.status.Duplicates)
	soak.stop()
}

// soak is a client and a server in one process, with a real network between them.
type soak struct {
	t      *testing.T
	ctx    context.Context
	stop   func()
	mock   *mockserver.Server
	server *breakableServer
	set    *feed.Set

	board  *market.Board
	status feed.Status
	newest string   // last event id seen
	seen   []string // ids of the messages that carry market events, in order

	garbled int // messages that could not be used
}

func startSoak(ctx context.Context, t *testing.T) *soak {
	t.Helper()
	mock, err := mockserver.New(mockserver.Config{Seed: 3, Epoch: "soak", Ring: 1 << 16, Rate: noRate, Heartbeat: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	running := make(chan error, 1)
	go func() { running <- mock.Run(ctx) }()
	server := newBreakableServer(t, mock.Handler())

	set, err := feed.Start(ctx, feed.Config{
		Name: "soak", URL: server.url() + "/events", IdleTimeout: soakIdle, Decoder: decode.Native{},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &soak{t: t, ctx: ctx, mock: mock, server: server, set: set, board: market.NewBoard(market.Limits{})}
	s.stop = func() {
		cancel()
		for range set.Events() {
		}
		server.close()
		if err := <-running; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	}
	s.catchUp()
	return s
}

// noRate is a rate at which the market only moves by Step.
const noRate = 1e-6

// injectFault picks a fault and waits until the client feels it.
func (s *soak) injectFault(chance *rand.Rand) {
	s.t.Helper()
	faults := []string{"drop", "eof", "stall", "503", "204", "garbage", "refuse"}
	name := faults[chance.IntN(len(faults))]
	if name == "refuse" {
		s.server.cut()
	} else if err := s.mock.Inject(fault.Fault{Name: name, For: time.Minute}); err != nil {
		s.t.Fatal(err)
	}
	connections, garbled := s.status.Connections, s.garbled
	s.takeUntil("feels "+name, func() bool {
		if name == "garbage" {
			s.mock.Step(1)
			return s.garbled > garbled
		}
		return s.status.State != feed.Live || s.status.Connections > connections
	})
}

// clearFault ends whatever hurt.
func (s *soak) clearFault() {
	s.t.Helper()
	if err := s.mock.Inject(fault.Fault{Name: "clear"}); err != nil {
		s.t.Fatal(err)
	}
	s.server.restore()
}

// catchUp takes events until the newest one of the server has arrived over a live stream.
func (s *soak) catchUp() {
	s.t.Helper()
	s.takeUntil("catches up", func() bool { return s.newest == s.mock.Newest() && s.status.State == feed.Live })
}

// takeUntil takes events until done, pressing "retry now" whenever the feed waits or has ended.
func (s *soak) takeUntil(what string, done func() bool) {
	s.t.Helper()
	for !done() {
		select {
		case event, ok := <-s.set.Events():
			if !ok {
				s.t.Fatal("the feed ended by itself")
			}
			s.take(event)
		case <-s.ctx.Done():
			s.t.Fatalf("the client never %s: at %s, the server at %s, the feed %+v", what, s.newest, s.mock.Newest(), s.status)
		}
	}
}

func (s *soak) take(event feed.Event) {
	s.t.Helper()
	switch {
	case event.Status != nil:
		s.status = *event.Status
		switch s.status.State {
		case feed.Waiting, feed.Closed, feed.Failed:
			s.set.RetryNow("soak")
		}
	case event.Message != nil:
		s.takeMessage(*event.Message, event.At)
	}
}

func (s *soak) takeMessage(message feed.Message, at time.Time) {
	s.t.Helper()
	for _, update := range message.Updates {
		s.board.Apply("soak", update, at)
	}
	switch message.Type {
	case "price", "news", "status":
		if message.Err == nil {
			s.seen = append(s.seen, message.ID)
		} else {
			s.garbled++
		}
	case "reset":
		s.t.Errorf("the server could not resume: %s", message.Data)
	}
	s.newest = message.ID
}

// requireEveryEventOnce checks that the ids seen are 1, 2, 3 … behind the first snapshot.
func (s *soak) requireEveryEventOnce() {
	s.t.Helper()
	previous := -1
	for _, id := range s.seen {
		_, digits, _ := strings.Cut(id, "-")
		n, err := strconv.Atoi(digits)
		if err != nil {
			s.t.Fatalf("id %q: %v", id, err)
		}
		if previous >= 0 && n != previous+1 {
			s.t.Fatalf("event %d came after event %d", n, previous)
		}
		previous = n
	}
	if len(s.seen) < 10*soakFaults {
		s.t.Errorf("only %d events: the soak was too shallow", len(s.seen))
	}
}

// requireTruth compares every number on the board with the server's own account of now.
func (s *soak) requireTruth() {
	s.t.Helper()
	want := numbers(serverTruth(s.t, s.mock, "soak"))
	if len(want) == 0 {
		s.t.Fatal("the server's snapshot is empty")
	}
	if diff := cmp.Diff(want, numbers(s.board)); diff != "" {
		s.t.Errorf("the board differs from the server's truth (-truth +board):\n%s", diff)
	}
}

// numbers are the values of a board by symbol, as text.
func numbers(board *market.Board) map[string][]string {
	all := map[string][]string{}
	for _, row := range board.Rows() {
		var values []string
		for _, cell := range []market.Cell{row.Last, row.Bid, row.Ask, row.Size, row.Volume, row.Open, row.High, row.Low, row.PrevClose} {
			values = append(values, cell.Value.String())
		}
		halted := row.Halt.State == market.Halted // a snapshot does not mention what is open
		all[row.Symbol] = append(values, row.Name, strconv.FormatBool(halted))
	}
	return all
}

// breakableServer is an HTTP server whose listener and connections can be cut and opened again on the same
// port.
type breakableServer struct {
	t        *testing.T
	handler  http.Handler
	addr     string
	server   *http.Server
	finished chan error
}

func newBreakableServer(t *testing.T, handler http.Handler) *breakableServer {
	t.Helper()
	b := &breakableServer{t: t, handler: handler, addr: "127.0.0.1:0"}
	b.restore()
	return b
}

func (b *breakableServer) url() string { return "http://" + b.addr }

// restore opens the listener where it is cut.
func (b *breakableServer) restore() {
	b.t.Helper()
	if b.server != nil {
		return
	}
	listener, err := porttest.Listen(b.addr)
	if err != nil {
		b.t.Fatal(err)
	}
	b.addr = listener.Addr().String()
	b.server = &http.Server{Handler: b.handler}
	b.finished = make(chan error, 1)
	go func(server *http.Server, finished chan<- error) { finished <- server.Serve(listener) }(b.server, b.finished)
}

// cut closes the listener and every connection.
func (b *breakableServer) cut() {
	b.t.Helper()
	if err := b.server.Close(); err != nil {
		b.t.Fatal(err)
	}
	if err := <-b.finished; !errors.Is(err, http.ErrServerClosed) {
		b.t.Fatal(err)
	}
	b.server = nil
}

func (b *breakableServer) close() {
	if b.server != nil {
		b.cut()
	}
}
