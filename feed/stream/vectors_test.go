package stream_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
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
				got, retry := subscribe(t, server.URL)
				if diff := cmp.Diff(v.Expect, got); diff != "" {
					t.Errorf("events (-want +got):\n%s", diff)
				}
				requireRetry(t, v, retry)
			})
		}
	}
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

// subscribe reads the stream at url with the r3labs client over a Reader.
func subscribe(t *testing.T, url string) (events []event, retry time.Duration) {
	t.Helper()
	transport := &readingTransport{retry: unset}
	client := sse.NewClient(url, sse.ClientMaxBufferSize(stream.BufferSize(0)))
	client.Connection = &http.Client{Transport: transport}
	client.ReconnectStrategy = &backoff.StopBackOff{}
	events = []event{}
	err := client.SubscribeRawWithContext(context.Background(), func(e *sse.Event) {
		id, _ := stream.ParseID(e.ID)
		events = append(events, event{string(e.Event), string(e.Data), id})
	})
	if err != nil {
		t.Fatal(err)
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	return events, transport.retry
}

// readingTransport puts a Reader under every body.
type readingTransport struct{ retry time.Duration }

func (t *readingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
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

func TestAStreamCutInTwoReadsTheSame(t *testing.T) {
	for _, v := range vectors(t) {
		for at := 0; at <= len(v.Stream); at += 1 + len(v.Stream)/200 {
			got := parse(t, io.MultiReader(bytes.NewReader(v.Stream[:at]), bytes.NewReader(v.Stream[at:])))
			if diff := cmp.Diff(v.Expect, got); diff != "" {
				t.Fatalf("%s, cut at byte %d (-want +got):\n%s", v.Name, at, diff)
			}
		}
	}
}

// parse reads a stream through a Reader and then by the simplest rules, for the canonical form is simple.
func parse(tb testing.TB, body io.Reader) []event {
	tb.Helper()
	reader := stream.NewReader(body, stream.Config{})
	events := []event{}
	lines := bufio.NewReader(reader)
	for {
		e, err := canonicalEvent(lines)
		if err == io.EOF {
			return events
		}
		if err != nil {
			tb.Fatal(err)
		}
		events = append(events, e)
	}
}

// canonicalEvent reads one event in canonical form: an event:, an id:, some data: and a blank line.
func canonicalEvent(lines *bufio.Reader) (event, error) {
	var e event
	var data [][]byte
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return e, err
		}
		line = line[:len(line)-1]
		if len(line) == 0 {
			e.Data = string(bytes.Join(data, []byte("\n")))
			return e, nil
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) {
		case "event":
			e.Type = string(value)
		case "id":
			e.LastEventID, _ = stream.ParseID(value)
		case "data":
			data = append(data, value)
		}
	}
}
