package relay_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/mockserver"
	"livetape/ui/cli/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// market is a mock server that stands still but for Step, whose answers a test can replace.
type market struct {
	*mockserver.Server
	url     string
	server  *httptest.Server
	refuses atomic.Int32 // HTTP status; 0: it serves
}

func startMarket(t *testing.T, c mockserver.Config) *market {
	t.Helper()
	c.Rate, c.Retry = 1e-6, 10*time.Millisecond
	mock, err := mockserver.New(c)
	if err != nil {
		t.Fatal(err)
	}
	m := &market{Server: mock}
	handler := mock.Handler()
	m.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status := m.refuses.Load(); status != 0 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(int(status))
			return
		}
		handler.ServeHTTP(w, r)
	}))
	m.url = m.server.URL + "/events"
	t.Cleanup(m.server.Close)
	return m
}

// cut ends all streams in mid-air.
func (m *market) cut() { m.server.CloseClientConnections() }

// relayServer is a relay on the loopback interface.
type relayServer struct {
	t      *testing.T
	url    string
	set    *feed.Set
	client *http.Client
	stop   func() // and waits until all has ended
}

// feedOf is the configuration of a feed of the native format.
func feedOf(name, url string) feed.Config {
	return feed.Config{Name: name, URL: url, Decoder: decode.Native{}, RetryMin: 10 * time.Millisecond, MaxEvent: 4 << 20}
}

func startRelay(t *testing.T, feeds ...feed.Config) *relayServer {
	t.Helper()
	return startRelayAs(t, mockserver.Config{}, feeds...)
}

// startRelayAs starts a relay, and waits until each of its feeds has told what it has, or has failed: what a client is given
// first is then all of it.
func startRelayAs(t *testing.T, c mockserver.Config, feeds ...feed.Config) *relayServer {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	set, err := feed.Start(ctx, feeds...)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range feeds {
		names = append(names, f.Name)
	}
	source := relay.NewSource(relay.Options{Feeds: names, Events: set.Events()})
	c.Source = source
	c.NoFaults, c.Retry = true, 10*time.Millisecond
	server, err := mockserver.New(c)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server.Handler())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	s := &relayServer{t: t, url: web.URL, set: set, client: web.Client()}
	stopped := false
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for range set.Events() {
		}
		web.Close()
	}
	t.Cleanup(s.stop)
	for !hasHeard(source, names) {
		select {
		case <-t.Context().Done():
			t.Fatal("not all feeds have told what they have")
		case <-time.After(5 * time.Millisecond):
		}
	}
	return s
}

// hasHeard reports whether the metrics of a source have each of its feeds live with an event, or failed.
func hasHeard(source *relay.Source, feeds []string) bool {
	var text strings.Builder
	source.WriteMetrics(&text)
	for _, name := range feeds {
		is := func(format string) bool { return strings.Contains(text.String(), fmt.Sprintf(format, name)) }
		isLive := is("livetape_upstream_live{feed=%q} 1\n") && !is("livetape_upstream_events_total{feed=%q} 0\n")
		if !isLive && !is("livetape_upstream_state{feed=%q,state=\"failed\"} 1\n") {
			return false
		}
	}
	return true
}

// event is one event of a stream.
type event struct{ Type, ID, Data string }

// report is the data of an event "feed".
func (e event) report(t *testing.T) (r feed.Report) {
	t.Helper()
	if err := json.Unmarshal([]byte(e.Data), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

type client struct {
	t      *testing.T
	lines  *bufio.Reader
	lastID string
	cancel func()
}

// listen opens a stream; header holds names and values in turn.
func (s *relayServer) listen(target string, header ...string) *client {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+target, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %s", target, resp.Status)
	}
	c := &client{t: s.t, lines: bufio.NewReaderSize(resp.Body, 1<<20)}
	c.cancel = func() {
		cancel()
		resp.Body.Close()
	}
	s.t.Cleanup(c.cancel)
	return c
}

// next is the next event that is more than a comment or a retry.
func (c *client) next() event {
	c.t.Helper()
	e, err := c.read()
	if err != nil {
		c.t.Fatal(err)
	}
	return e
}

func (c *client) read() (e event, err error) {
	for {
		line, err := c.lines.ReadString('\n')
		if err != nil {
			return e, err
		}
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			if e.Data != "" {
				return e, nil
			}
			continue
		}
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "event":
			e.Type = value
		case "id":
			e.ID, c.lastID = value, value
		case "data":
			e.Data = value
		}
	}
}

// until reads up to the first event for which found is true.
func (c *client) until(found func(event) bool) (all []event) {
	c.t.Helper()
	for {
		e := c.next()
		all = append(all, e)
		if found(e) {
			return all
		}
	}
}

// untilState reads up to where a feed is in a state.
func (c *client) untilState(name string, state feed.State) feed.Report {
	c.t.Helper()
	all := c.until(func(e event) bool {
		return e.Type == "feed" && e.report(c.t).Feed == name && e.report(c.t).Status.State == state
	})
	return all[len(all)-1].report(c.t)
}

func (c *client) ended() error {
	for {
		if _, err := c.read(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
