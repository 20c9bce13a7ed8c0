package jetstream_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"livetape/mockserver/hub"
	"livetape/mockserver/hub/jetstream"
)

// waitLimit bounds every wait. On a machine where a request to NATS takes longer than the two seconds after which it is made again,
// a node needs several times the seconds that it needs otherwise.
const waitLimit = 2 * time.Minute

// startNATS runs a server of its own for a test.
func startNATS(t *testing.T) *server.Server {
	t.Helper()
	return runNATS(t, t.TempDir(), freePorts(t, 1)[0])
}

// runNATS runs a server that keeps its data in a folder.
func runNATS(t *testing.T, dir string, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(waitLimit) {
		t.Fatal("NATS does not start")
	}
	return s
}

// manage is a connection to look at a server, and to damage what it has.
func manage(t *testing.T, url string) natsjs.JetStream {
	t.Helper()
	conn, err := nats.Connect(url, nats.Timeout(waitLimit))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := natsjs.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// latestPrices is the latest event of each symbol.
type latestPrices struct{ symbols, data []string }

func (p *latestPrices) Apply(e *hub.Event) {
	if e.Type == "price" {
		_ = p.put(e.Data()) // what is not JSON is no price
	}
}

func (p *latestPrices) put(data []byte) error {
	var row struct{ Symbol string }
	if err := json.Unmarshal(data, &row); err != nil {
		return err
	}
	at := slices.Index(p.symbols, row.Symbol)
	if at < 0 {
		at = len(p.symbols)
		p.symbols, p.data = append(p.symbols, row.Symbol), append(p.data, "")
	}
	p.data[at] = string(data)
	return nil
}

func (p *latestPrices) AppendSnapshot(b []byte, _ hub.Filter) []byte {
	return fmt.Appendf(b, `{"prices":[%s]}`, strings.Join(p.data, ","))
}

func (p *latestPrices) Restore(snapshot []byte) error {
	var s struct{ Prices []json.RawMessage }
	err := json.Unmarshal(snapshot, &s)
	for _, data := range s.Prices {
		err = errors.Join(err, p.put(data))
	}
	return err
}

func (p *latestPrices) HasContent() bool { return len(p.data) > 0 }

// node is one process's part in a log, with a hub.
type node struct {
	*jetstream.Source
	hub  *hub.Hub
	stop func() // ends it gracefully
}

// publishing is a source that does nothing itself; the test publishes.
type publishing struct {
	leads chan context.Context
	busy  *sync.WaitGroup // what the source waits for when it ends
}

func (p publishing) Run(ctx context.Context, _ *hub.Hub) error {
	select {
	case p.leads <- ctx:
	case <-ctx.Done():
	}
	<-ctx.Done()
	p.busy.Wait()
	return nil
}
func (publishing) EventTypes() []string   { return []string{"price", "news", "status", "feed"} }
func (publishing) WriteMetrics(io.Writer) {}

// newPublishing is a source that waits until the test sees that it leads.
func newPublishing() publishing { return publishing{make(chan context.Context), &sync.WaitGroup{}} }

func testConfig(url, stream string) jetstream.Config {
	c := jetstream.Config{
		Servers: url, Stream: stream, LeaseTime: time.Second,
		FirstNumber: func(time.Time) uint64 { return 0 },
		NoticeData: func(state, cause string) []byte {
			return fmt.Appendf(nil, `{"feed":"","state":%q,"cause":%q}`, state, cause)
		},
		Takeover: func(name, cause string) []byte {
			return fmt.Appendf(nil, `{"feed":"","state":"live","cause":%q}`, cause)
		},
		Content: func() jetstream.Content { return &latestPrices{} },
	}
	if os.Getenv("LOG") != "" {
		c.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})).With("of", stream)
	}
	return c
}

// start runs a node. Without a source it only serves.
func start(t *testing.T, c jetstream.Config, source *publishing) *node {
	t.Helper()
	stream, err := jetstream.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	n := &node{}
	if source != nil {
		n.Source = stream.Source(source)
	} else {
		n.Source = stream.Source(nil)
	}
	n.hub = hub.New(hub.Config{
		MaxClients: 10000, Queue: 4096, Logger: slog.New(slog.DiscardHandler),
		Metrics: hub.Metrics{Deliveries: &metrics.Counter{}, Bytes: &metrics.Counter{}, SlowClients: &metrics.Counter{}},
	}, stream.Log())
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := n.Run(ctx, n.hub); err != nil {
			t.Error(err)
		}
	})
	n.stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	t.Cleanup(n.stop)
	return n
}

// eventually waits until ok, which is looked at again and again.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(waitLimit)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("it does not happen: %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// lead waits until a source leads.
func (p publishing) lead(t *testing.T) context.Context {
	t.Helper()
	select {
	case ctx := <-p.leads:
		return ctx
	case <-time.After(waitLimit):
		t.Fatal("the source does not lead")
	}
	return nil
}

// publish logs events with ids of their feed from first to last.
func (n *node) publish(first, last int) {
	for i := first; i <= last; i++ {
		data := fmt.Sprintf(`{"symbol":"A","last":"%d"}`, i)
		n.hub.Publish([]hub.Draft{{Type: "price", Symbols: []string{"A"}, Feed: "desk", FeedID: fmt.Sprint(i), Size: len(data)}}, []byte(data))
	}
}

// payloads are those of the events that follow an id, as far as they are there.
func (n *node) payloads(t *testing.T, id string) []string {
	t.Helper()
	var all []string
	for {
		events, _, err := n.hub.Log().Read(id, make([]*hub.Event, 0, 100))
		if err != nil {
			t.Fatalf("read from %s: %v", id, err)
		}
		if len(events) == 0 {
			return all
		}
		for _, e := range events {
			text, isPrice := strings.CutPrefix(string(e.Data()), `{"symbol":"A","last":"`)
			if isPrice {
				text = strings.TrimSuffix(text, `"}`)
			}
			all = append(all, text)
			id = e.ID
		}
	}
}
