package stream_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/r3labs/sse/v2"
	"go.uber.org/goleak"
	"gopkg.in/cenkalti/backoff.v1"

	"livetape/feed/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// event is what a listener of a browser's EventSource would see.
type event struct {
	Type        string `json:"type"`
	Data        string `json:"data"`
	LastEventID string `json:"lastEventId"`
}

// vector is a stream and what must come of it.
type vector struct {
	Name   string          `json:"name"`
	Stream []byte          `json:"stream_base64"`
	Expect []event         `json:"expect"`
	Retry  json.RawMessage `json:"retry_ms"` // absent: not checked; null: none set
}

// vectors are the streams of both files: the shared ones, and those that were thought of beside them.
func vectors(tb testing.TB) []vector {
	tb.Helper()
	var all []vector
	for _, path := range []string{"testdata/vectors.jsonl", "testdata/more.jsonl"} {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			var v vector
			if err := json.Unmarshal(line, &v); err != nil {
				tb.Fatalf("%s: %v", path, err)
			}
			all = append(all, v)
		}
	}
	return all
}

// TestEveryVectorPassesThroughTheClient serves each stream over HTTP to the r3labs client, in several
// chunkings.
func TestEveryVectorPassesThroughTheClient(t *testing.T) {
	chunkings := []struct {
		name string
		size func(*rand.Rand) int
	}{
		{"whole", func(*rand.Rand) int { return 1 << 20 }},
		{"byte by byte", func(*rand.Rand) int { return 1 }},
		{"split at random", func(chance *rand.Rand) int { return 1 + chance.IntN(11) }},
	}
	for _, v := range vectors(t) {
		for _, c := range chunkings {
			t.Run(v.Name+", "+c.name, func(t *testing.T) {
				chance := rand.New(rand.NewPCG(1, uint64(len(v.Stream))))
				server := serve(t, v.Stream, func() int { return c.size(chance) })
				got, retry := subscribe(t, server)
				if diff := cmp.Diff(v.Expect, got); diff != "" {
					t.Errorf("events (-want +got):\n%s", diff)
				}
				requireRetry(t, v, retry)
			})
		}
	}
}

// TestTheClientHasAnEventAtTheCharacterThatEndsIt holds the connection open behind each event.
func TestTheClientHasAnEventAtTheCharacterThatEndsIt(t *testing.T) {
	for _, wire := range []string{"data: a\n\n", "data: a\r\r", "data: a\n\r", "data: a\r\n\r"} {
		t.Run(wire, func(t *testing.T) {
			arrived := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.WriteString(w, wire); err != nil {
					t.Error(err)
				}
				if err := http.NewResponseController(w).Flush(); err != nil {
					t.Error(err)
				}
				select {
				case <-arrived:
				case <-time.After(5 * time.Second):
					t.Error("the event is held back")
				}
			}))
			defer server.Close()
			transport := &readingTransport{next: server.Client().Transport}
			if err := listen(server.URL, 0, transport, func(*sse.Event) { close(arrived) }); err != nil {
				t.Error(err)
			}
		})
	}
}

// listen has the r3labs client read the stream at url.
func listen(url string, limit int, transport http.RoundTripper, handler func(*sse.Event)) error {
	client := sse.NewClient(url, sse.ClientMaxBufferSize(stream.BufferSize(limit)))
	client.Connection = &http.Client{Transport: transport}
	client.ReconnectStrategy = &backoff.StopBackOff{}
	return client.SubscribeRawWithContext(context.Background(), handler)
}

// serve answers every request with the stream, flushed in pieces of the given sizes.
func serve(t *testing.T, body []byte, size func() int) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		flush := http.NewResponseController(w).Flush
		for rest := body; len(rest) > 0; {
			n := min(size(), len(rest))
			if _, err := w.Write(rest[:n]); err != nil {
				return
			}
			if err := flush(); err != nil {
				return
			}
			rest = rest[n:]
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// unset is the reconnection time of a stream that gave none.
const unset time.Duration = -1

// subscribe reads the server's stream with the r3labs client over a Reader.
func subscribe(t *testing.T, server *httptest.Server) (events []event, retry time.Duration) {
	t.Helper()
	transport := &readingTransport{next: server.Client().Transport, retry: unset}
	events = []event{}
	err := listen(server.URL, 0, transport, func(e *sse.Event) {
		id, _ := stream.ParseID(e.ID)
		events = append(events, event{string(e.Event), string(e.Data), id})
	})
	if err != nil {
		t.Fatal(err)
	}
	return events, transport.retry
}

// readingTransport puts a Reader under every body.
type readingTransport struct {
	next  http.RoundTripper
	retry time.Duration
}

func (t *readingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	reader := stream.NewReader(resp.Body, stream.Config{OnRetry: func(d time.Duration) { t.retry = d }})
	resp.Body = struct {
		io.Reader
		io.Closer
	}{reader, resp.Body}
	return resp, nil
}

func requireRetry(t *testing.T, v vector, got time.Duration) {
	t.Helper()
	if len(v.Retry) == 0 {
		return
	}
	want := unset
	var ms *int64
	if err := json.Unmarshal(v.Retry, &ms); err != nil {
		t.Fatal(err)
	}
	if ms != nil {
		want = time.Duration(*ms) * time.Millisecond
	}
	if got != want {
		t.Errorf("the reconnection time is %s, want %s", got, want)
	}
}

func TestAStreamCutInTwoAnywhereReadsTheSame(t *testing.T) {
	for _, v := range vectors(t) {
		for at := range len(v.Stream) + 1 {
			got := events(t, io.MultiReader(bytes.NewReader(v.Stream[:at]), bytes.NewReader(v.Stream[at:])))
			if !slices.Equal(got, v.Expect) {
				t.Fatalf("%s, cut at byte %d (-want +got):\n%s", v.Name, at, cmp.Diff(v.Expect, got))
			}
		}
	}
}

func TestTheReferenceParserAgreesWithTheVectors(t *testing.T) {
	for _, v := range vectors(t) {
		if diff := cmp.Diff(v.Expect, unmarked(reference(v.Stream, stream.DefaultMaxEvent))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.Name, diff)
		}
	}
}

func events(t *testing.T, body io.Reader) []event {
	t.Helper()
	return unmarked(observe(t, body, stream.Config{MaxEvent: stream.DefaultMaxEvent}))
}

func unmarked(seen transcript) []event {
	plain := []event{}
	for _, e := range seen.Events {
		plain = append(plain, e.Event)
	}
	return plain
}
