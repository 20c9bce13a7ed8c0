package feed

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/r3labs/sse/v2"
	"gopkg.in/cenkalti/backoff.v1"

	"livetape/feed/decode"
	"livetape/feed/market"
)

// burst is how many events the benchmarks' server sends before it ends the stream.
const burst = 50_000

// priceBurst is a stream of deltas as a native server sends them.
func priceBurst() []byte {
	var b bytes.Buffer
	for i := range burst {
		fmt.Fprintf(&b, "id: e1-%d\nevent: price\n"+
			`data: {"symbol":"SYM%d","last":"%d.%02d","bid":"181.45","ask":"181.47","size":"%d","volume":"48%06d","time":"2025-11-21T14:30:00.%09dZ"}`+"\n\n",
			i, i%200, 180+i%3, i%100, 100+i%7, i, i)
	}
	return b.Bytes()
}

func burstServer(b *testing.B) *httptest.Server {
	body := priceBurst()
	return serve(b, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write(body) // a client that has gone is no fault of the server
	})
}

// readRaw has r3labs/sse read one burst, and decodes nothing.
func readRaw(b *testing.B, url string) time.Duration {
	began := time.Now()
	client := sse.NewClient(url)
	client.ReconnectStrategy = &backoff.StopBackOff{}
	n := 0
	if err := client.SubscribeRaw(func(*sse.Event) { n++ }); err != nil || n != burst {
		b.Fatalf("%d events: %v", n, err)
	}
	return time.Since(began)
}

// readFeed has a feed read one burst, and applies what its decoder makes of it to a board.
func readFeed(b *testing.B, c Config) time.Duration {
	began := time.Now()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	set, err := Start(ctx, c)
	if err != nil {
		b.Fatal(err)
	}
	board := market.NewBoard(market.Limits{})
	n := 0
	for e := range set.Events() {
		if e.Message == nil {
			continue
		}
		for _, u := range e.Message.Updates {
			board.Apply(e.Feed, u, e.At)
		}
		if n++; n == burst {
			cancel()
		}
	}
	if quotes := board.Counts().Quotes; n < burst || c.Decoder != nil && quotes < burst {
		b.Fatalf("%d events, %d quotes", n, quotes)
	}
	return time.Since(began)
}

// BenchmarkAgainstRawR3labs reads the same bursts through r3labs/sse alone, which decodes nothing, through a
// feed without a decoder, and all the way to a board. The three take turns, and the fastest turn of each counts,
// so that what else the machine does falls out.
func BenchmarkAgainstRawR3labs(b *testing.B) {
	url := burstServer(b).URL
	raw, bare, full := time.Hour, time.Hour, time.Hour
	for b.Loop() {
		raw = min(raw, readRaw(b, url))
		bare = min(bare, readFeed(b, Config{Name: "bare", URL: url}))
		full = min(full, readFeed(b, Config{Name: "full", URL: url, Decoder: decode.Native{}}))
	}
	b.ReportMetric(burst/raw.Seconds(), "raw-events/s")
	b.ReportMetric(burst/bare.Seconds(), "undecoded-events/s")
	b.ReportMetric(burst/full.Seconds(), "board-events/s")
	b.ReportMetric(raw.Seconds()/bare.Seconds(), "undecoded/raw")
	b.ReportMetric(raw.Seconds()/full.Seconds(), "board/raw")
}

// BenchmarkMessage is the way of one message from the stream's bytes to the channel, without HTTP.
func BenchmarkMessage(b *testing.B) {
	body := priceBurst()
	for name, decoder := range map[string]decode.Decoder{"undecoded": nil, "native": decode.Native{}} {
		b.Run(name, func(b *testing.B) {
			net := network(func(r *http.Request) (*http.Response, error) {
				return streamOf(r, io.NopCloser(bytes.NewReader(body))), nil
			})
			b.ReportAllocs()
			var took time.Duration
			for b.Loop() {
				took += readFeed(b, Config{Name: "f", URL: "http://desk.example/", Client: net.client(), Decoder: decoder})
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N)/burst, "ns/event")
		})
	}
}
