package mockserver_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"livetape/mockserver"
)

// BenchmarkEvent makes, encodes and logs one event, with nobody listening.
func BenchmarkEvent(b *testing.B) {
	mock := newMock(b, mockserver.Config{Symbols: 200})
	b.ReportAllocs()
	b.ResetTimer()
	for left := b.N; left > 0; left -= 500 {
		mock.Step(min(left, 500))
	}
}

// BenchmarkFanOut brings one event to 100 clients over loopback connections. Events come 100 at a time, or by
// themselves; the next come when all have read the last.
func BenchmarkFanOut(b *testing.B) {
	b.Run("by 100", func(b *testing.B) { fanOut(b, 100) })
	b.Run("by 1", func(b *testing.B) { fanOut(b, 1) })
}

func fanOut(b *testing.B, portion int) {
	const clients = 100
	s := serve(b, newMock(b, mockserver.Config{Symbols: 200}), loopback(b))
	var readers []*countingReader
	for range clients {
		resp := s.do(http.MethodGet, "/events?types=price,news,status")
		readers = append(readers, newCountingReader(resp.Body))
		readers[len(readers)-1].until(b, 2) // the reconnection time and the snapshot
	}
	b.ReportAllocs()
	b.ResetTimer()
	for made := 0; made < b.N; made += portion {
		s.Step(portion)
		var all sync.WaitGroup
		for _, r := range readers {
			all.Go(func() { r.until(b, portion) })
		}
		all.Wait()
	}
	b.StopTimer()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/clients, "ns/delivery")
}

// countingReader counts the ends of events.
type countingReader struct {
	body io.Reader
	buf  []byte
	last byte
	over int // events read beyond what was asked for
}

func newCountingReader(body io.Reader) *countingReader {
	return &countingReader{body: body, buf: make([]byte, 64<<10)}
}

// until reads n events.
func (r *countingReader) until(b *testing.B, n int) {
	n -= r.over
	for n > 0 {
		got, err := r.body.Read(r.buf)
		if err != nil {
			b.Error(err)
			return
		}
		text := string(r.last) + string(r.buf[:got])
		n -= strings.Count(text, "\n\n")
		if r.last = text[len(text)-1]; strings.HasSuffix(text, "\n\n") {
			r.last = ' '
		}
	}
	r.over = -n
}
