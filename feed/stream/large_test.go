package stream_test

import (
	"bytes"
	"io"
	"runtime"
	"strings"
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
