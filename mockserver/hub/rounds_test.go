package hub_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"livetape/mockserver/fault"
	"livetape/mockserver/hub"
)

const (
	few  = 249
	many = 2500
)

// newHub returns a hub with so many clients, none of which has a stream yet.
func newHub(t *testing.T, clients int) *hub.Hub {
	t.Helper()
	h := hub.New(hub.Config{
		MaxClients: clients, Queue: 4096, Logger: slog.New(slog.DiscardHandler),
		Metrics: hub.Metrics{Deliveries: &metrics.Counter{}, Bytes: &metrics.Counter{}, SlowClients: &metrics.Counter{}},
	}, hub.NewRing("e", 1024, 0))
	for range clients {
		if err := h.Admit(); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// openStream serves a client, which takes all at once, until stop is called. Each write is given to wrote.
func openStream(h *hub.Hub, wrote func(b []byte)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/events", nil)
	encoder := hub.Native{Snapshot: func(hub.Filter) ([]byte, string) { return []byte("{}"), "e-0" }}.NewEncoder()
	var serving sync.WaitGroup
	serving.Go(func() {
		h.Serve(response{http.Header{}, wrote}, request, 1, fault.NewSchedule(1, fault.Hooks{}).Target(1), encoder)
	})
	return func() { cancel(); serving.Wait() }
}

type response struct {
	header http.Header
	wrote  func(b []byte)
}

func (r response) Header() http.Header            { return r.header }
func (response) WriteHeader(int)                  {}
func (response) FlushError() error                { return nil }
func (response) SetWriteDeadline(time.Time) error { return nil }
func (r response) Write(b []byte) (int, error)    { r.wrote(b); return len(b), nil }

var drafts = []hub.Draft{{Type: "price", Size: len("{}")}}

func publish(h *hub.Hub) { h.Publish(drafts, []byte("{}")) }

// events is what a client gets of events first to last.
func events(first, last int) string {
	var b strings.Builder
	for n := first; n <= last; n++ {
		fmt.Fprintf(&b, "event: price\nid: e-%d\ndata: {}\n\n", n)
	}
	return b.String()
}

// writes are those to a client.
type writes struct {
	mu    sync.Mutex
	texts []string
}

func (w *writes) add(b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts = append(w.texts, string(b))
}

func (w *writes) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.texts
	w.texts = nil
	return taken
}

// requireWrites checks what was written once all streams wait again, and forgets it.
func requireWrites(t *testing.T, w *writes, want ...string) {
	t.Helper()
	synctest.Wait()
	if got := w.take(); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("%q was written, want %q", got, want)
	}
}

// record opens a stream, and returns what is written to it from now on.
func record(t *testing.T, h *hub.Hub) (w *writes, stop func()) {
	w = &writes{}
	stop = openStream(h, w.add)
	requireWrites(t, w, "retry: 0\n\nevent: snapshot\nid: e-0\ndata: {}\n\n")
	return w, stop
}

func TestEventsForManyClientsLeaveTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, many)
		writes, stop := record(t, h)
		defer stop()
		publish(h)
		requireWrites(t, writes, events(1, 1)) // a lone event waits for no other
		for range 20 {
			<-time.After(2 * time.Millisecond)
			publish(h)
		}
		requireWrites(t, writes)
		<-time.After(10 * time.Millisecond)
		requireWrites(t, writes, events(2, 21))
		<-time.After(50 * time.Millisecond)
		publish(h)
		requireWrites(t, writes, events(22, 22))
	})
}

func TestEventsForFewClientsLeaveAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, few)
		writes, stop := record(t, h)
		defer stop()
		for n := 1; n <= 20; n++ {
			publish(h)
			requireWrites(t, writes, events(n, n))
		}
	})
}

func TestEventsThatWaitForOthersAreSentWhenTheHubCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, many)
		writes, stop := record(t, h)
		defer stop()
		publish(h)
		requireWrites(t, writes, events(1, 1))
		publish(h)
		h.Close(0)
		synctest.Wait()
		if text := strings.Join(writes.take(), ""); !strings.HasPrefix(text, events(2, 2)+"retry: ") {
			t.Errorf("%q was written", text)
		}
	})
}
