package tape

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"livetape/feed"
)

// priceEvents are prices as the native format has them, a millisecond apart.
func priceEvents(n int) []feed.Event {
	const payload = `{"symbol":"S%02d","last":"%d.%02d","bid":"181.45","ask":"181.47","size":"200","volume":"48211900","time":"2026-11-21T14:30:00.123456789Z"}`
	var events []feed.Event
	for i := range n {
		data := fmt.Sprintf(payload, i%50, 100+i%900, i%100)
		events = append(events, message(time.Duration(i)*time.Millisecond, "price", fmt.Sprintf("7f3a-%d", i), data))
	}
	return events
}

func perSecond(b *testing.B, events int) {
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkRecord(b *testing.B) {
	events := priceEvents(10_000)
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		b.Run(filepath.Ext(base), func(b *testing.B) {
			name := filepath.Join(b.TempDir(), base)
			n := 0
			for b.Loop() {
				r, err := Create(name, RecorderOptions{Feeds: desk, Start: startTime()})
				if err != nil {
					b.Fatal(err)
				}
				for _, e := range events {
					if err := r.Write(e); err != nil {
						b.Fatal(err)
					}
				}
				if err := r.Close(); err != nil {
					b.Fatal(err)
				}
				n += len(events)
				stat, err := os.Stat(name)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(stat.Size())/float64(len(events)), "B/event")
				if err := os.Remove(name); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b, n)
		})
	}
}

func BenchmarkRead(b *testing.B) {
	events := priceEvents(100_000)
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		b.Run(filepath.Ext(base), func(b *testing.B) {
			name := record(b, base, RecorderOptions{Feeds: desk}, events...)
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				r := open(b, name)
				for {
					if _, err := r.Next(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if err := r.Close(); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b, n)
		})
	}
}

func BenchmarkReplay(b *testing.B) {
	events := priceEvents(100_000)
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		b.Run(filepath.Ext(base), func(b *testing.B) {
			name := record(b, base, RecorderOptions{Feeds: desk}, events...)
			n := 0
			for b.Loop() {
				p := Play(b.Context(), open(b, name), PlayerOptions{Speed: Unlimited, NewDecoder: native})
				board := newApplied()
				for e := range p.Events() {
					board.take(e)
					n++
				}
			}
			perSecond(b, n)
		})
	}
}
