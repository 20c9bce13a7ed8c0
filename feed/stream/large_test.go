package stream_test

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"livetape/feed/stream"
)

func TestALargeEventIsTheSameBesideTheClient(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789abcde\u00e9", 20_000) // 340 kB
	for name, wire := range map[string]string{
		"one line":                      "data: " + text + "\n\n",
		"with an id and a type":         "id: 7\nevent: price\ndata: " + text + "\n\ndata: after\n\n",
		"many lines":                    strings.Repeat("data: 0123456789\ndata:\n", 5000) + "\n",
		"long lines":                    "data: " + text + "\ndata: " + text + "\ndata: end\n\n",
		"a line before":                 "data: small\ndata: " + text + "\n\n",
		"invalid UTF-8":                 "data: " + text + "\xff" + text + "\n\n",
		"CRLF":                          "data: " + text + "\r\n\r\n",
		"several":                       "id: 1\ndata: " + text + "1\n\ndata: " + text + "2\n\nid: 3\ndata: " + text + "3\n\ndata: small\n\n",
		"of just the size":              "data: " + text[:stream.LargeData] + "\n\n",
		"of one byte more":              "data: " + text[:stream.LargeData+1] + "\n\n",
		"over the bound":                "data: " + strings.Repeat(text, 4) + "\n\ndata: after\n\n",
		"over the bound by its last":    "data: " + text + "\ndata: " + strings.Repeat(text, 3) + "\n\ndata: after\n\n",
		"without the blank line at end": "data: " + text + "\n\ndata: " + text + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := stream.Config{MaxEvent: 1 << 20}
			requireAsSeen(t, reference([]byte(wire), c.MaxEvent), []byte(wire), []byte{255, 3}, c)
		})
	}
}

// TestTheDataOfALargeEventIsTheBufferItWasReadInto measures what is allocated: the buffer, and all smaller ones that it
// grew out of. A copy of the data would be 16 MiB more.
func TestTheDataOfALargeEventIsTheBufferItWasReadInto(t *testing.T) {
	const size = 16 << 20
	wire := []byte("data: " + strings.Repeat("x", size-8) + "\n\n")
	for name, c := range map[string]stream.Config{"an event stream": {}, "JSON lines": {JSONLines: true}} {
		var data []byte
		c.MaxEvent, c.Bundle, c.OnLarge = stream.LargestMaxEvent, true, func(d []byte) { data = d }
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := io.Copy(io.Discard, stream.NewReader(bytes.NewReader(wire), c)); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if len(data) < size-8 {
			t.Errorf("%s: %d bytes were given", name, len(data))
		}
		if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 5*size/2 {
			t.Errorf("%s: %d MiB were allocated", name, allocated>>20)
		}
	}
}

// TestNoKeyWaitsForACopyOfALargeEvent counts, on one core, how often another goroutine runs while a large event is copied.
func TestNoKeyWaitsForACopyOfALargeEvent(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var turns atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	var other sync.WaitGroup
	defer other.Wait()
	defer stop()
	other.Go(func() {
		for ctx.Err() == nil {
			turns.Add(1)
			runtime.Gosched()
		}
	})
	const part = 256 << 10
	text := bytes.Repeat([]byte("x"), 64*part)
	illFormed := append(bytes.Clone(text), '\xff')
	for name, copied := range map[string]func(){
		"well-formed": func() { stream.AppendUTF8(nil, text) },
		"ill-formed":  func() { stream.AppendUTF8(nil, illFormed) },
		"read":        func() { readLarge(t, text) },
	} {
		before := turns.Load()
		copied()
		if got := turns.Load() - before; got < int64(len(text)/part)/2 {
			t.Errorf("%s: another goroutine ran %d times while %d parts were copied", name, got, len(text)/part)
		}
	}
}

func readLarge(t *testing.T, text []byte) {
	t.Helper()
	body := io.MultiReader(strings.NewReader("data: "), bytes.NewReader(text), strings.NewReader("\ndata: 2\n\n"))
	r := stream.NewReader(body, stream.Config{MaxEvent: stream.LargestMaxEvent, OnLarge: func([]byte) {}})
	if _, err := io.Copy(io.Discard, r); err != nil {
		t.Fatal(err)
	}
}
