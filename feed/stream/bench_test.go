package stream_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/r3labs/sse/v2"

	"livetape/feed/stream"
)

const benchEvents = 20_000

// BenchmarkClient measures the r3labs client on price events, as it is and over a Reader, in turns, so that
// both see the same machine. The ratio says how many events come over a Reader for one that comes without.
func BenchmarkClient(b *testing.B) {
	wire := prices()
	b.Run("from memory", func(b *testing.B) {
		compareClients(b, "http://feed.invalid/", memory(wire))
	})
	b.Run("over HTTP", func(b *testing.B) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, wire) // a client that has gone is seen by its own error
		}))
		defer server.Close()
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		compareClients(b, server.URL, transport)
	})
}

func compareClients(b *testing.B, url string, transport http.RoundTripper) {
	var alone, over time.Duration
	for b.Loop() {
		alone += readAll(b, url, transport)
		over += readAll(b, url, &readingTransport{next: transport})
	}
	events := float64(benchEvents * b.N)
	b.ReportMetric(events/alone.Seconds(), "alone-events/s")
	b.ReportMetric(events/over.Seconds(), "reader-events/s")
	b.ReportMetric(alone.Seconds()/over.Seconds(), "ratio")
}

// readAll has the client read the whole stream, and says how long that took.
func readAll(b *testing.B, url string, transport http.RoundTripper) time.Duration {
	events := 0
	start := time.Now()
	err := listen(url, 0, transport, func(*sse.Event) { events++ })
	if err != nil || events != benchEvents {
		b.Fatalf("%d events, %v", events, err)
	}
	return time.Since(start)
}

// BenchmarkReader measures the Reader by itself.
func BenchmarkReader(b *testing.B) {
	wire, buf := prices(), make([]byte, 4096)
	b.SetBytes(int64(len(wire)))
	b.ReportAllocs()
	for b.Loop() {
		reader := stream.NewReader(strings.NewReader(wire), stream.Config{})
		for err := error(nil); err == nil; {
			_, err = reader.Read(buf)
		}
	}
	b.ReportMetric(float64(benchEvents*b.N)/b.Elapsed().Seconds(), "events/s")
}

// prices is a stream of price events of about 180 bytes.
func prices() string {
	var wire strings.Builder
	for i := range benchEvents {
		fmt.Fprintf(&wire, "event: price\nid: k3-%d\ndata: {\"symbol\":\"NVDA\",\"last\":\"%d.46\",\"bid\":\"181.45\",\"ask\":\"181.47\",\"size\":\"200\",\"volume\":\"48211900\",\"time\":\"2026-03-02T15:04:05.123456789Z\"}\n\n", i, i)
	}
	return wire.String()
}

// memory is a transport that answers with a body from memory.
type memory string

func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	return answer{strings.NewReader(string(m))}.RoundTrip(r)
}
