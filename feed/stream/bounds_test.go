package stream_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

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
		{"in its type, data first", "data: x\nevent: " + over + "\n\n"},
		{"in its id", "id: " + over + over + "\ndata: x\n\n"},
		{"with CRLF", "data: " + over + "\r\n\r\n"},
		{"with CR", "data: " + over + "\r\r"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := "data: before\n\n" + test.wire + "data: after\n\n"
			want := []string{"= before", "! " + reason, "= after"}
			if diff := cmp.Diff(want, marked(t, body, limit)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestALineOneByteOverALargeLimitIsOver(t *testing.T) {
	for _, over := range []int{0, 1} {
		wire := "data: " + strings.Repeat("x", 3*limit-len("data: ")+over) + "\n\n"
		seen := observe(t, strings.NewReader(wire), stream.Config{MaxEvent: 3 * limit})
		if skipped := seen.Events[0].Mark == stream.Skipped; skipped != (over > 0) {
			t.Errorf("%d bytes over the limit: skipped is %v", over, skipped)
		}
	}
}

func TestABlockWithoutDataIsNoSkippedEvent(t *testing.T) {
	body := "event: " + strings.Repeat("x", 2*limit) + "\n\ndata: a\n\n"
	if diff := cmp.Diff([]string{"= a"}, marked(t, body, limit)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheSmallestLimitsCountByTheSameRule(t *testing.T) {
	for limit := 1; limit <= 20; limit++ {
		body := "retry: 3000\nid: 7\ndata: xyz\n\ndatax: unknown\n\n:comment\n\n"
		want := []string{"+ xyz"}
		if len("id: 7")+len("data: xyz") > limit {
			want = []string{fmt.Sprintf("! event of over %d bytes skipped", limit)}
		}
		for _, body := range []io.Reader{strings.NewReader(body), iotest.OneByteReader(strings.NewReader(body))} {
			seen := observe(t, body, stream.Config{MaxEvent: limit})
			if diff := cmp.Diff(want, markedData(seen)); diff != "" {
				t.Errorf("limit %d (-want +got):\n%s", limit, diff)
			}
			if seen.LastEventID != "7" || len(seen.Retries) != 1 || seen.Retries[0].Milliseconds() != 3000 {
				t.Errorf("limit %d: id %q, retry %v", limit, seen.LastEventID, seen.Retries)
			}
		}
	}
}

func TestAnEventOfExactlyTheLimitIsWhole(t *testing.T) {
	data := strings.Repeat("x", limit-len("data: "))
	if got := marked(t, "data: "+data+"\n\n", limit); len(got) != 1 || got[0] != "= "+data {
		t.Errorf("got %d events, the first %.40q", len(got), got[0])
	}
}

// TestTheLargestCanonicalFormsPassTheClient has every part of events at the limit grow as much as it can.
func TestTheLargestCanonicalFormsPassTheClient(t *testing.T) {
	id := "id: " + strings.Repeat("i", limit) + "\n\n"
	tests := []struct{ name, wire string }{
		{"data of invalid UTF-8", "data:" + strings.Repeat("\xff", limit-len("data:")) + "\n\n"},
		{"a type of invalid UTF-8", "data\nevent:" + strings.Repeat("\xff", limit-len("dataevent:")) + "\n\n"},
		{"lines without data", strings.Repeat("data\n", limit/len("data")) + "\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			seen := observeThroughClient(t, strings.NewReader(id+test.wire), stream.Config{MaxEvent: limit})
			if len(seen.Events) != 1 || seen.Events[0].Mark != stream.InheritedID || len(seen.LastEventID) != limit {
				t.Errorf("got %d events, the last id has %d bytes", len(seen.Events), len(seen.LastEventID))
			}
		})
	}
}

func TestTheLimitHasBounds(t *testing.T) {
	if got, want := stream.BufferSize(1<<30), stream.BufferSize(stream.LargestMaxEvent); got != want {
		t.Errorf("the buffer for 1 GiB is %d, want %d", got, want)
	}
	if got, want := stream.BufferSize(0), stream.BufferSize(stream.DefaultMaxEvent); got != want {
		t.Errorf("the buffer for the default is %d, want %d", got, want)
	}
}

func TestCommentsAndUnknownFieldsMayBeOfAnyLength(t *testing.T) {
	long := strings.Repeat("c", 20*limit)
	got := marked(t, "data: a\n:"+long+"\nx"+long+"\ndatax: "+long+"\n"+long+"\n\n", limit)
	if diff := cmp.Diff([]string{"= a"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCommentsAndUnknownFieldsAreNotKept(t *testing.T) {
	for _, text := range []string{":", "x", "dat", "idx"} {
		reader := stream.NewReader(newEndless(text, 4<<20), stream.Config{MaxEvent: 4 << 20})
		if _, err := io.Copy(io.Discard, reader); err != nil {
			t.Fatal(err)
		}
		if held := reader.Held(); held > 128<<10 {
			t.Errorf("the buffers take %d bytes after 4 MiB of %q", held, text)
		}
	}
}

// marked reads a stream and returns each event's mark and data.
func marked(t *testing.T, body string, limit int) []string {
	t.Helper()
	return markedData(observe(t, strings.NewReader(body), stream.Config{MaxEvent: limit}))
}

func markedData(seen transcript) []string {
	var texts []string
	for _, e := range seen.Events {
		texts = append(texts, string(e.Mark)+" "+e.Event.Data)
	}
	return texts
}

// endless is a body that repeats a text for left bytes or a little more.
type endless struct {
	text string
	left int
	at   int
}

func newEndless(text string, length int) *endless {
	return &endless{text: strings.Repeat(text, 1+8192/len(text)), left: length}
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	e.left -= n
	return n, nil
}

func TestMemoryIsBoundedWhateverComes(t *testing.T) {
	for _, text := range []string{"x", ":", "data: x", "id: x", "event: x", "data\n", "id: 1\n", "\xff", "data:\xff", "data:\xff\n", "retry: 1", "\r", ":\n"} {
		t.Run(text, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			reader := stream.NewReader(newEndless(text, 4<<20), stream.Config{MaxEvent: limit})
			if _, err := io.Copy(io.Discard, &bounded{t, reader, limit}); err != nil {
				t.Fatal(err)
			}
			if held := reader.Held(); held > heldAtMost(limit) {
				t.Errorf("the buffers take %d bytes", held)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > int64(heldAtMost(limit)) {
				t.Errorf("%d bytes are held after 4 MiB of %q", grown, text)
			}
			runtime.KeepAlive(reader)
		})
	}
}

func TestALargeEventsBuffersAreGivenBack(t *testing.T) {
	large := strings.Repeat("\xff", 2<<20)
	body := "data: " + large + "\nevent: " + large[:1<<20] + "\n\ndata: small\n\n"
	reader := stream.NewReader(iotest.HalfReader(strings.NewReader(body)), stream.Config{MaxEvent: 4 << 20})
	if _, err := io.Copy(io.Discard, reader); err != nil {
		t.Fatal(err)
	}
	if held := reader.Held(); held > 1<<20 {
		t.Errorf("the buffers take %d bytes after a large event", held)
	}
}

func TestReadingEventsDoesNotAllocate(t *testing.T) {
	reader := stream.NewReader(newEndless("event: price\r\nid: 12345\r\ndata: {\"last\":\"1.5\"}\r\n\r\n", 1<<30), stream.Config{})
	buf := make([]byte, 4096)
	read := func() {
		if _, err := reader.Read(buf); err != nil {
			t.Fatal(err)
		}
	}
	for range 1000 { // a line cut by the window's end grows its buffer once
		read()
	}
	if allocations := testing.AllocsPerRun(10_000, read); allocations > 0 {
		t.Errorf("%v allocations an event", allocations)
	}
}
