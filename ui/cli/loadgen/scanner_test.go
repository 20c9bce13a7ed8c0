package loadgen

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/stream"
)

// found is an event as both readers must find it.
type found struct{ Kind, Data, ID string }

// scan reads a body to its end.
func scan(t testing.TB, body io.Reader) (all []found, retry time.Duration) {
	t.Helper()
	s := newScanner("")
	for {
		err := s.readFrom(body)
		for s.next() {
			kind := string(s.event.kind)
			if kind == "" {
				kind = "message"
			}
			all = append(all, found{plainText(kind), plainText(string(s.event.data)), plainText(string(s.event.id))})
		}
		if errors.Is(err, io.EOF) {
			return all, s.retry
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// plainText has one mark for each run of what is no UTF-8: the reader of feeds puts a mark for each part of it.
func plainText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	for strings.Contains(s, "\uFFFD\uFFFD") {
		s = strings.ReplaceAll(s, "\uFFFD\uFFFD", "\uFFFD")
	}
	return s
}

// reference is the reader that feeds are read with.
func reference(t testing.TB, body []byte) (all []found) {
	t.Helper()
	r := stream.NewReader(bytes.NewReader(body), stream.Config{})
	canonical, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var e found
	var data []string
	for _, line := range strings.Split(string(canonical), "\n") {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "data":
			data = append(data, value)
		case "event":
			e.Kind = value
		case "id":
			id, _ := stream.ParseID([]byte(value))
			e.ID = id
		case "":
			if data != nil {
				all = append(all, found{plainText(e.Kind), plainText(strings.Join(data, "\n")), plainText(e.ID)})
			}
			e, data = found{}, nil
		}
	}
	return all
}

func FuzzTheScannerFindsWhatTheReaderOfFeedsFinds(f *testing.F) {
	for _, body := range []string{
		"data: 1\n\n", "\ufeffid: a\rdata\r\rdata:x\r\ndata: y\r\n\r\n", "event: price\nid\ndata: {}\n\n: hb\n\nretry: 20\n\n",
		"id: a\x00b\ndata: x\n\ndata: half", "data:\n\n\n\nevent: only\n\n", "id: 7\n\ndata: behind an id alone\n\n", "data: \xff\xc3\x28\n\n",
		"\n\ufeffdata: late mark\n\n", "\rdata: a\r\n\ndata: b\n\r\n",
	} {
		f.Add([]byte(body), uint8(3))
	}
	f.Fuzz(func(t *testing.T, body []byte, at uint8) {
		if len(body) > maxData/2 {
			t.Skip("what is kept of long lines differs")
		}
		want := reference(t, body)
		got, _ := scan(t, bytes.NewReader(body))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-reader of feeds +scanner):\n%s", body, diff)
		}
		cut := min(int(at), len(body))
		pieces := io.MultiReader(iotest.OneByteReader(bytes.NewReader(body[:cut])), iotest.HalfReader(bytes.NewReader(body[cut:])))
		if inPieces, _ := scan(t, pieces); !cmp.Equal(got, inPieces) {
			t.Errorf("%q: in pieces %v, at once %v", body, inPieces, got)
		}
	})
}

func TestLongLinesAreCountedAndNotKept(t *testing.T) {
	long := strings.Repeat("x", 3*maxData)
	for name, body := range map[string]string{
		"data":    "id: 1\nevent: price\ndata: " + long + "\n\nid: 2\ndata: b\n\n",
		"comment": "id: 1\nevent: price\n: " + long + "\ndata: a\n\nid: 2\ndata: b\n\n",
		"many":    "id: 1\nevent: price\n" + strings.Repeat("data: "+long[:maxData/3]+"\n", 9) + "\nid: 2\ndata: b\n\n",
	} {
		all, _ := scan(t, iotest.HalfReader(strings.NewReader(body)))
		if len(all) != 2 || all[0].ID != "1" || all[0].Kind != "price" || len(all[0].Data) > maxData || all[1] != (found{"message", "b", "2"}) {
			t.Errorf("%s: %.200v", name, all)
		}
	}
}

func TestABufferThatGrewIsGivenBack(t *testing.T) {
	s := newScanner("")
	body := strings.NewReader("data: " + strings.Repeat("x", 50_000) + "\n\n")
	for body.Len() > 0 {
		if err := s.readFrom(body); err != nil {
			t.Fatal(err)
		}
		for s.next() {
			if !s.event.whole || len(s.event.data) != 50_000 {
				t.Errorf("%d bytes of data", len(s.event.data))
			}
		}
	}
	if kept := cap(s.pending.data); kept > readSize {
		t.Errorf("a buffer of %d bytes is kept", kept)
	}
}

func TestTheReconnectionTimeIsTheServersWithinBounds(t *testing.T) {
	for line, want := range map[string]time.Duration{
		"retry: 250": 250 * time.Millisecond, "retry: 0": leastRetry, "retry: 900000": mostRetry, "retry: soon": 0, "retry: -1": 0, "retry:20 ": 0,
	} {
		if _, retry := scan(t, strings.NewReader(line+"\n\n")); retry != want {
			t.Errorf("%q: %s", line, retry)
		}
	}
}

// aBatch is what a server of livetape's kind writes at a time.
func aBatch(events int) []byte {
	var b bytes.Buffer
	for n := range events {
		fmt.Fprintf(&b, "event: price\nid: m4x-%d\ndata: {\"symbol\":\"NVDA\",\"last\":\"181.46\",\"bid\":\"181.45\",\"ask\":\"181.47\",\"size\":\"200\",\"volume\":\"48211900\",\"time\":\"2026-11-21T14:00:00.123456789Z\"}\n\n", n+1)
	}
	if !utf8.Valid(b.Bytes()) {
		panic("no UTF-8")
	}
	return b.Bytes()
}

// BenchmarkClient is what the generator itself costs per event: from bytes that were read to the last counter.
func BenchmarkClient(b *testing.B) {
	for _, events := range []int{1, 16} {
		b.Run(fmt.Sprintf("%d events a read", events), func(b *testing.B) {
			r := &loadTest{comparison: newComparison()}
			r.steady.Store(true)
			batch := aBatch(events)
			body := bytes.NewReader(batch)
			at := time.Date(2026, 11, 21, 14, 0, 0, 130_000_000, time.UTC)
			c := newClient(r, 0, nil)
			c.ids.sequential = c.ids.sequence.start([]byte("m4x-0"))
			b.SetBytes(int64(len(batch) / events))
			b.ReportAllocs()
			for range b.N / events {
				c.ids.sequence.last = 0
				if err := c.scanner.readFrom(body); err != nil {
					b.Fatal(err)
				}
				body.Reset(batch)
				c.process(at)
			}
			if c.timestamps.measured != uint64(b.N/events*events) || c.ids.sequence.losses() > 0 {
				b.Errorf("%+v", c.timestamps)
			}
		})
	}
}

func TestEachLineOfJSONLinesIsAnEvent(t *testing.T) {
	s := newScanner("")
	s.reset(true)
	if err := s.readFrom(strings.NewReader("{\"a\":1}\n\n{\"a\":2}\r\n{\"a\":")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for s.next() {
		got = append(got, string(s.event.data))
	}
	if diff := cmp.Diff([]string{`{"a":1}`, `{"a":2}`}, got); diff != "" {
		t.Error(diff)
	}
}
