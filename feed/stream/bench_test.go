package stream_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/r3labs/sse/v2"
	"gopkg.in/cenkalti/backoff.v1"

	"livetape/feed/stream"
)

const benchEvents = 20_000

// BenchmarkClient measures r3labs/sse on price events, as it is and over a Reader. The ratio of the two is
// what framing is worth.
func BenchmarkClient(b *testing.B) {
	b.Run("alone", func(b *testing.B) {
		benchmarkClient(b, func(body io.Reader) io.Reader { return body })
	})
	b.Run("over a Reader", func(b *testing.B) {
		benchmarkClient(b, func(body io.Reader) io.Reader { return stream.NewReader(body, stream.Config{}) })
	})
}

func benchmarkClient(b *testing.B, wrap func(io.Reader) io.Reader) {
	var body strings.Builder
	for i := range benchEvents {
		fmt.Fprintf(&body, "event: price\nid: k3-%d\ndata: {\"symbol\":\"NVDA\",\"last\":\"%d.46\",\"bid\":\"181.45\",\"ask\":\"181.47\",\"size\":\"200\",\"volume\":\"48211900\",\"time\":\"2026-03-02T15:04:05.123456789Z\"}\n\n", i, i)
	}
	wire := body.String()
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		client := sse.NewClient("http://bench.invalid/", sse.ClientMaxBufferSize(stream.BufferSize(0)))
		client.ReconnectStrategy = &backoff.StopBackOff{}
		client.Connection = &http.Client{Transport: bodyTransport{wrap(strings.NewReader(wire))}}
		events := 0
		err := client.SubscribeRawWithContext(context.Background(), func(*sse.Event) { events++ })
		if err != nil || events != benchEvents {
			b.Fatalf("%d events, %v", events, err)
		}
	}
	b.ReportMetric(float64(benchEvents*b.N)/b.Elapsed().Seconds(), "events/s")
}

// bodyTransport answers with a body from memory.
type bodyTransport struct{ body io.Reader }

func (t bodyTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(t.body), Request: r}, nil
}
