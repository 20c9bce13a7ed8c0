package mockserver_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"livetape/mockserver"
)

// secureServer serves mock over TLS and HTTP/2 until the test ends, and counts connections.
func secureServer(t *testing.T, c mockserver.Config) (s *testServer, connections *atomic.Int64) {
	t.Helper()
	mock, made := newMock(t, c), new(atomic.Int64)
	server := httptest.NewUnstartedServer(mock.Handler())
	server.EnableHTTP2 = true
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			made.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	client := server.Client()
	inner := client.Transport
	client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		r.URL.Scheme, r.URL.Host = "https", server.Listener.Addr().String()
		return inner.RoundTrip(r)
	})
	return &testServer{Server: mock, t: t, client: client}, made
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestOneHTTP2ConnectionHasAHundredStreams needs no event to come before the next one goes: each must be on its way as
// soon as it is made.
func TestOneHTTP2ConnectionHasAHundredStreams(t *testing.T) {
	t.Parallel()
	s, connections := secureServer(t, mockserver.Config{Epoch: "e"})
	var streams []*streamReader
	for range 100 {
		l := s.listen("/events")
		l.expect("snapshot")
		streams = append(streams, l)
	}
	for n := 1; n <= 20; n++ {
		s.Step(1)
		for _, l := range streams {
			if e := l.next(); e.ID != fmt.Sprintf("e-%d", n) {
				t.Fatalf("got %s where %d should have been", e.ID, n)
			}
		}
	}
	if connections.Load() != 1 {
		t.Errorf("%d connections were made", connections.Load())
	}
}

// TestADropResetsOneStreamOfManyOverHTTP2 has 20 streams over one connection: RST_STREAM (RFC 9113 §6.4) ends one of
// them.
func TestADropResetsOneStreamOfManyOverHTTP2(t *testing.T) {
	t.Parallel()
	s, connections := secureServer(t, mockserver.Config{Epoch: "e"})
	var streams []*streamReader
	for range 20 {
		l := s.listen("/events")
		l.expect("snapshot")
		streams = append(streams, l)
	}
	inject(t, s, "drop/one")
	s.Step(3)
	reset := 0
	for _, l := range streams {
		for e, err := l.read(); e.ID != "e-3"; e, err = l.read() {
			if err == nil {
				continue
			}
			if reset++; !strings.Contains(err.Error(), "stream error") || strings.HasSuffix(string(l.rest), "\n\n") {
				t.Errorf("behind %q: %v", l.rest, err)
			}
			break
		}
	}
	if reset != 1 || connections.Load() != 1 {
		t.Errorf("%d streams of %d connections were reset", reset, connections.Load())
	}
}

func TestFaultsHitStreamsOverHTTP2(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault string
		felt  func(l *streamReader) error // by a stream that is open
	}{
		{"eof", ends(io.EOF)},
		{"restart", ends(io.EOF)},
		{"retry=777", func(l *streamReader) error { return says(l, event{Retry: "777"}) }},
		{"huge=1", func(l *streamReader) error {
			if e, err := l.read(); err != nil || e.Type != "news" || len(l.rest) < 1<<20-5 {
				return fmt.Errorf("%d bytes, %w", len(l.rest), err)
			}
			return nil
		}},
		{"noid:1h", withoutID},
		{"split:1h", whole},
		{"slow=100000:1h", whole},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			s, _ := secureServer(t, mockserver.Config{Epoch: "e"})
			l := s.listen("/events")
			l.expect("snapshot")
			inject(t, s, test.fault)
			s.Step(1)
			if err := test.felt(l); err != nil {
				t.Error(err)
			}
		})
	}
}

func ends(want error) func(*streamReader) error {
	return func(l *streamReader) error {
		if _, err := l.toEnd(); err != want {
			return fmt.Errorf("the stream ended with %w", err)
		}
		return nil
	}
}

func whole(l *streamReader) error {
	if e, err := l.read(); err != nil || e.ID != "e-1" || !json.Valid([]byte(e.Data)) {
		return fmt.Errorf("%+v, %w", e, err)
	}
	return nil
}

func withoutID(l *streamReader) error {
	if e, err := l.read(); err != nil || e.hasID || e.Data == "" {
		return fmt.Errorf("%+v, %w", e, err)
	}
	return nil
}

func says(l *streamReader, want event) error {
	if got, err := l.read(); err != nil || got != want {
		return fmt.Errorf("%+v, %w", got, err)
	}
	return nil
}

func TestRequestsAreAnsweredOtherwiseOverHTTP2(t *testing.T) {
	t.Parallel()
	s, _ := secureServer(t, mockserver.Config{})
	for fault, want := range map[string]int{"503": 503, "204": 204, "status=418": 418, "type": 200, "redirect=307-same": 200} {
		inject(t, s, fault)
		resp := s.do(http.MethodGet, "/events")
		if resp.StatusCode != want || resp.ProtoMajor != 2 {
			t.Errorf("%s: %s over %s", fault, resp.Status, resp.Proto)
		}
		inject(t, s, "clear")
	}
	inject(t, s, "refuse")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://mock/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.client.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "stream error") {
		t.Errorf("refuse: %v", err)
	}
}

// TestHeartbeatsComeOverHTTP2 has a stream of which nothing else is heard.
func TestHeartbeatsComeOverHTTP2(t *testing.T) {
	t.Parallel()
	s, _ := secureServer(t, mockserver.Config{Heartbeat: 20 * time.Millisecond})
	l := s.listen("/events")
	l.expect("snapshot")
	for range 3 {
		if err := says(l, event{Comment: "hb"}); err != nil {
			t.Error(err)
		}
	}
}

// TestAnHTTP2StreamOutlivesASilence is silent for longer than a write may take.
func TestAnHTTP2StreamOutlivesASilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mock, n := newMock(t, mockserver.Config{Epoch: "e", Heartbeat: time.Minute}), inMemory()
		protocols := &http.Protocols{}
		protocols.SetUnencryptedHTTP2(true)
		server := &http.Server{Handler: mock.Handler(), Protocols: protocols}
		var serving sync.WaitGroup
		serving.Go(func() { _ = server.Serve(n) }) // until it is closed
		defer serving.Wait()
		defer server.Close()
		transport := &http.Transport{DialContext: n.dial, Protocols: protocols}
		defer transport.CloseIdleConnections()
		s := &testServer{Server: mock, t: t, client: &http.Client{Transport: transport}}
		l := s.listen("/events")
		defer l.close()
		l.expect("snapshot")
		for range 3 {
			l.requireBeat(time.Minute)
		}
	})
}
