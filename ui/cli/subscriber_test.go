package cli_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/market"
	"livetape/mockserver"
	"livetape/mockserver/fault"
)

// shortRetry is the reconnection time of the server that faults strike: short, but above the floor of 10 ms.
const shortRetry = 20 * time.Millisecond

// subscriber is a subscription to a mock server over a real network, and all that it was told.
type subscriber struct {
	t      *testing.T
	ctx    context.Context
	name   string // of the feed
	mock   *mockserver.Server
	gate   *gate
	set    *feed.Set
	events <-chan feed.Event // of this feed of the set

	clockStep time.Duration // of the client's clock, as the board is told the time
	stepped   bool          // it ever was: then a row that a fault has dated ahead may be believed, and is not compared
	setBack   time.Time     // when the clock of payloads was last set back: rows that did not trade since are not compared

	board    *market.Board
	status   feed.Status
	statuses []feed.Status // since they were last looked at
	gaps     []feed.Gap
	newest   string // last event id seen
	seen     map[string]int
	arrived  int // good market events, each as often as it came
	found    findings
	pulses   int
	pressed  bool // the user's key, since the feed began to wait
}

// findings count what is odd about what came.
type findings struct {
	Malformed  int // could not be decoded
	Skipped    int // over the bound
	Unmapped   int
	Extra      int // events that the market never made, and that are good
	Duplicates uint64
}

// gate is the way to the server: requests wait in front of it while it is shut.
type gate struct {
	http.Handler
	mu           sync.Mutex
	shut         chan struct{} // nil: open
	requestsSeen []seenRequest
}

// seenRequest is what a request said of itself.
type seenRequest struct{ Host, Path, Authorization string }

func (d *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	shut := d.shut
	d.requestsSeen = append(d.requestsSeen, seenRequest{r.Host, r.URL.Path, r.Header.Get("Authorization")})
	d.mu.Unlock()
	if shut != nil {
		select {
		case <-shut:
		case <-r.Context().Done():
			return
		}
	}
	d.Handler.ServeHTTP(w, r)
}

func (d *gate) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = make(chan struct{})
}

func (d *gate) open() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut != nil {
		close(d.shut)
		d.shut = nil
	}
}

func (d *gate) requests() []seenRequest {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]seenRequest(nil), d.requestsSeen...)
}

// startSubscriber starts a server, and a subscription to it; prepare, if not nil, is called between the two.
func startSubscriber(t *testing.T, server mockserver.Config, client feed.Config, prepare func(*mockserver.Server)) *subscriber {
	t.Helper()
	server.Seed, server.Epoch, server.Rate = 3, "e", noRate
	server.Retry, server.Heartbeat, server.Now = shortRetry, 20*time.Millisecond, tickingClock()
	mock, err := mockserver.New(server)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*waitLimit)
	running := make(chan error, 1)
	go func() { running <- mock.Run(ctx) }()
	d := &gate{Handler: mock.Handler()}
	addr, closeServer := serveRefusable(t, mock, d)
	if prepare != nil {
		prepare(mock)
	}
	client.Name, client.URL, client.Decoder = "f", "http://"+addr+"/events", decode.Native{}
	set, err := feed.Start(ctx, client)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		d.open()
		for range set.Events() {
		}
		closeServer()
		if err := <-running; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	p := newSubscriber("f", mock)
	p.t, p.ctx, p.gate, p.set, p.events = t, ctx, d, set, set.Events()
	return p
}

func newSubscriber(name string, mock *mockserver.Server) *subscriber {
	return &subscriber{name: name, mock: mock, board: market.NewBoard(market.Limits{}), seen: map[string]int{}}
}

// tickingClock gives every event a time of its own.
func tickingClock() func() time.Time {
	var mu sync.Mutex
	now := time.Now()
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Microsecond)
		return now
	}
}

// serveRefusable serves on a listener that the fault "refuse" closes.
func serveRefusable(t *testing.T, mock *mockserver.Server, handler http.Handler) (addr string, closeServer func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	served := make(chan error, 1)
	go func() { served <- server.Serve(mock.Listener(listener)) }()
	return listener.Addr().String(), func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}
}

// inject injects a fault, as a user writes it.
func (p *subscriber) inject(text string) {
	p.t.Helper()
	parsed, err := fault.Parse(text)
	if err == nil {
		err = p.mock.Inject(parsed)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// step has the market make n events, each at a time of its own.
func (p *subscriber) step(n int) {
	for range n {
		p.mock.Step(1)
	}
}

// press is the user's key: r retries, c connects again.
func (p *subscriber) press(key string) {
	p.pressed = true
	switch key {
	case "r":
		p.set.RetryNow(p.name)
	case "c":
		p.set.Connect(p.name)
	}
}

// catchUp takes events until the newest one of the server has arrived over a live stream.
func (p *subscriber) catchUp() {
	p.t.Helper()
	p.takeUntil("catches up", func() bool {
		newest := p.mock.Newest()
		return p.status.State == feed.Live && (p.newest == newest || p.seen[newest] > 0)
	})
}

func (p *subscriber) takeUntil(what string, done func() bool) {
	p.t.Helper()
	for !done() {
		select {
		case event, ok := <-p.events:
			if !ok {
				p.t.Fatal("the feed ended by itself")
			}
			p.take(event)
		case <-p.ctx.Done():
			p.t.Fatalf("the feed never %s: %d events, at %s, the server at %s, now %+v, after %+v",
				what, p.arrived, p.newest, p.mock.Newest(), p.status, p.statuses)
		}
	}
}

func (p *subscriber) take(event feed.Event) {
	p.t.Helper()
	switch {
	case event.Status != nil:
		p.takeStatus(*event.Status)
	case event.Gap != nil:
		p.gaps = append(p.gaps, *event.Gap)
	case event.Pulse != nil:
		p.pulses++
		p.found.Duplicates = event.Pulse.Duplicates
	case event.Message != nil:
		for _, update := range event.Message.Updates {
			p.board.Apply(p.name, update, event.At.Add(p.clockStep))
		}
		p.takeMessage(*event.Message)
		p.newest = event.Message.ID
	}
}

// takeStatus also checks that a wait lasts until the time that was said, unless the user cuts it short.
func (p *subscriber) takeStatus(st feed.Status) {
	p.t.Helper()
	const clocks = 5 * time.Millisecond // that the wall's and the machine's may differ
	if p.status.State == feed.Waiting && st.State == feed.Connecting && !p.pressed && st.Since.Before(p.status.RetryAt.Add(-clocks)) {
		p.t.Errorf("tried again %s before the time", p.status.RetryAt.Sub(st.Since))
	}
	if st.State == feed.Waiting {
		p.pressed = false
	}
	p.status = st
	p.statuses = append(p.statuses, st)
	p.found.Duplicates = st.Duplicates
}

func (p *subscriber) takeMessage(message feed.Message) {
	switch {
	case message.Err != nil && message.Data == nil:
		p.found.Skipped++
	case message.Err != nil:
		p.found.Malformed++
	case message.Unmapped != "":
		p.found.Unmapped++
	case message.Type == "price" || message.Type == "news" || message.Type == "status":
		if headline, ok := message.Updates[0].(market.Headline); ok && (headline.ID == "huge" || strings.HasPrefix(headline.ID, "odd-")) {
			p.found.Extra++
			return
		}
		p.arrived++
		p.seen[message.ID]++
	}
}

// countLostAndDoubled says how many of the first so many events of an epoch never came, and how many came again.
func (p *subscriber) countLostAndDoubled(epoch string, last int) (lost, doubled int) {
	for n := 1; n <= last; n++ {
		switch times := p.seen[epoch+"-"+strconv.Itoa(n)]; times {
		case 0:
			lost++
		default:
			doubled += times - 1
		}
	}
	return lost, doubled
}

// requireTruth compares the board with the server's own account of now.
func (p *subscriber) requireTruth() {
	p.t.Helper()
	truth := serverTruth(p.t, p.mock, p.name)
	want, got := numbers(truth), numbers(p.board)
	for _, row := range p.board.Rows() {
		if row.Trade.Event.Before(p.setBack) || p.stepped && row.Trade.Event.After(time.Now().Add(time.Minute)) {
			delete(want, row.Symbol)
			delete(got, row.Symbol)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(truth.Rows()) == 0 {
		p.t.Errorf("the board differs from the server's truth (-truth +board):\n%s", diff)
	}
	titles := map[string]string{}
	for _, story := range p.board.News() {
		titles[story.ID] = story.Title
	}
	for _, story := range truth.News() {
		if titles[story.ID] != story.Title {
			p.t.Errorf("headline %s is %q on the board, and in truth %q", story.ID, titles[story.ID], story.Title)
		}
	}
}

// serverTruth is a server's own account of now.
func serverTruth(t *testing.T, mock *mockserver.Server, feed string) *market.Board {
	t.Helper()
	truth := market.NewBoard(market.Limits{})
	message, err := decode.Native{}.Decode("snapshot", mock.Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	for _, update := range message.Updates {
		truth.Apply(feed, update, time.Now())
	}
	return truth
}
