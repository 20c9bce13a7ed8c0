package infer_test

import (
	"fmt"
	"strings"
	"testing"

	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset/samples"
)

// BenchmarkFirstEvent is what it takes to find a map from the first event of a stream, and to read that event by it.
func BenchmarkFirstEvent(b *testing.B) {
	all, err := samples.Load()
	if err != nil {
		b.Fatal(err)
	}
	var firsts []decode.Event
	for _, s := range all {
		if events := s.Events(); len(events) > 0 {
			firsts = append(firsts, decode.Event{Type: events[0].Type, ID: events[0].ID, Data: events[0].Data})
		}
	}
	b.Run("all samples", func(b *testing.B) {
		for b.Loop() {
			for _, e := range firsts {
				readFirst(b, e)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(firsts)), "µs/event")
	})
	for name, row := range map[string]string{
		"1 MiB of rows":    `{"symbol":"S%d","price":41.5,"bid":41.4,"ask":41.6,"time":1767225600}`,
		"1 MiB of maps":    `{"id":"S%d","quote":{"last":{"price":41.5},"deep":{"a":{"b":[1,2,3]}}}}`,
		"1 MiB of trades":  `{"symbol":"S%d","trades":[{"price":41.5,"size":1},{"price":41.6,"size":2}]}`,
		"1 MiB of numbers": `{"n%d":41.5}`,
	} {
		e := decode.Event{Type: "message", Data: largestEvent(row)}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				readFirst(b, e)
			}
		})
	}
}

func readFirst(b *testing.B, e decode.Event) {
	r := infer.NewReader("desk", nil)
	r.Learn([]decode.Event{e})
	if _, err := r.Decode(e.Type, e.Data); err != nil && !strings.Contains(err.Error(), "symbol") && testing.Verbose() {
		b.Log(err)
	}
}

// largestEvent is a list of rows of 1 MiB, the largest event that is read unless a feed says otherwise.
func largestEvent(row string) []byte {
	var text strings.Builder
	text.WriteString(`{"data":[`)
	for i := 0; text.Len() < 1<<20-len(row)-16; i++ {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, row, i)
	}
	text.WriteString("]}")
	return []byte(text.String())
}
