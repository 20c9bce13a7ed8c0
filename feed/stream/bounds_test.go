package stream_test

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/stream"
)

const limit = 64 << 10

func TestAnEventOverTheLimitIsSkippedInItsPlace(t *testing.T) {
	over := strings.Repeat("x", limit)
	reason := "event of over 65536 bytes skipped"
	tests := []struct{ name, wire string }{
		{"in one line", "data: " + over + "\n\n"},
		{"in many lines", strings.Repeat("data: 0123456789\n", 5000) + "\n"},
		{"in its type", "event: " + over + "\ndata: x\n\n"},
		{"in its id", "id: " + over + "\ndata: x\n\n"},
		{"with CRLF", "data: " + over + "\r\n\r\n"},
		{"with CR", "data: " + over + "\r\r"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := "data: before\n\n" + test.wire + "data: after\n\n"
			got := marked(t, body)
			want := []string{"= before", "! " + reason, "= after"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnEventOfExactlyTheLimitIsWhole(t *testing.T) {
	data := strings.Repeat("x", limit-len("data: "))
	if got := marked(t, "data: "+data+"\n\n"); len(got) != 1 || got[0] != "= "+data {
		t.Errorf("got %d events, the first %.40q", len(got), got[0])
	}
}

func TestCommentsAndUnknownFieldsMayBeOfAnyLength(t *testing.T) {
	long := strings.Repeat("c", 20*limit)
	got := marked(t, "data: a\n:"+long+"\nx"+long+"\ndatax: "+long+"\n"+long+"\n\n")
	if diff := cmp.Diff([]string{"= a"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// marked reads a stream under the limit and returns each event's mark and data.
func marked(t *testing.T, body string) []string {
	t.Helper()
	got, err := io.ReadAll(stream.NewReader(strings.NewReader(body), stream.Config{MaxEvent: limit}))
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	for event := range strings.SplitSeq(strings.TrimSuffix(string(got), "\n\n"), "\n\n") {
		_, id, _ := strings.Cut(event, "\nid: ")
		_, data, _ := strings.Cut(event, "\ndata: ")
		events = append(events, id[:1]+" "+data)
	}
	return events
}

// endless is a body that repeats itself for n bytes.
type endless struct {
	text string
	left int
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = e.text[e.at]
		e.at = (e.at + 1) % len(e.text)
	}
	e.left -= len(p)
	return len(p), nil
}

func TestMemoryIsBoundedWhateverComes(t *testing.T) {
	for _, text := range []string{"x", ":", "data: x", "id: x", "event: x", "data\n", "id: 1\n", "\xff", "data:\xff", "data:\xff\n", "retry: 1", "\r", ":\n"} {
		t.Run(text, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			reader := stream.NewReader(&endless{text: text, left: 4 << 20}, stream.Config{MaxEvent: limit})
			if _, err := io.Copy(io.Discard, reader); err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8*limit {
				t.Errorf("%d bytes are held after 4 MiB of %q", grown, text)
			}
			runtime.KeepAlive(reader)
		})
	}
}
