package feed

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"testing"

	"livetape/feed/decode"
	"livetape/feed/market"
)

// burst is how many events come before the stream ends.
const burst = 20_000

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

// readFeed has a feed read one burst, without HTTP, and applies what its decoder makes of it to a board.
func readFeed(t testing.TB, body []byte, decoder decode.Decoder) {
	net := network(func(r *http.Request) (*http.Response, error) {
		return streamOf(r, bytes.NewReader(body)), nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	set, err := Start(ctx, Config{Name: "f", URL: "http://desk.example/", Client: net.client(), Decoder: decoder})
	if err != nil {
		t.Fatal(err)
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
	if quotes := board.Counts().Quotes; n < burst || decoder != nil && quotes < burst {
		t.Fatalf("%d events, %d quotes", n, quotes)
	}
}

// BenchmarkMessage is the way of one message from the stream's bytes to the board.
func BenchmarkMessage(b *testing.B) {
	body := priceBurst()
	for name, decoder := range map[string]decode.Decoder{"undecoded": nil, "native": decode.Native{}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				readFeed(b, body, decoder)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/burst, "ns/event")
		})
	}
}

// TestAllocationsOfAnEventAreFew counts them on the whole way, so that no other test may run meanwhile.
func TestAllocationsOfAnEventAreFew(t *testing.T) {
	body := priceBurst()
	for _, c := range []struct {
		name    string
		decoder decode.Decoder
		most    float64
	}{{"undecoded", nil, 0.5}, {"native, to the board", decode.Native{}, 3.5}} {
		t.Run(c.name, func(t *testing.T) {
			each := testing.AllocsPerRun(1, func() { readFeed(t, body, c.decoder) }) / burst
			t.Logf("%.1f allocations", each)
			if each > c.most {
				t.Errorf("an event makes %.1f allocations, want at most %g", each, c.most)
			}
		})
	}
}
