package stream_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/stream"
)

func TestAReadGivesOneWholeEvent(t *testing.T) {
	reader := stream.NewReader(strings.NewReader("data: a\n\n: hi\n\nid: 7\nevent: t\ndata: b\ndata: c\n\ndata: d\n\n"), stream.Config{})
	want := []string{
		"event: message\nid: =\ndata: a\n\n",
		"event: t\nid: +7\ndata: b\ndata: c\n\n",
		"event: message\nid: =7\ndata: d\n\n",
	}
	buf := make([]byte, 4096)
	for _, event := range want {
		n, err := reader.Read(buf)
		if got := string(buf[:n]); got != event || err != nil {
			t.Errorf("Read gave %q, %v; want %q", got, err, event)
		}
	}
	if n, err := reader.Read(buf); n != 0 || err != io.EOF {
		t.Errorf("at the end Read gave %d bytes, %v", n, err)
	}
}

func TestAnEventIsGivenAtTheFirstCharacterThatEndsIt(t *testing.T) {
	for _, wire := range []string{"data: a\n\n", "data: a\r\r", "data: a\n\r", "data: a\r\n\r"} {
		body, server := io.Pipe()
		reader := stream.NewReader(body, stream.Config{})
		go io.WriteString(server, wire) // and nothing more
		buf := make([]byte, 4096)
		n, err := reader.Read(buf)
		if got := string(buf[:n]); got != "event: message\nid: =\ndata: a\n\n" || err != nil {
			t.Errorf("%q: Read gave %q, %v", wire, got, err)
		}
		server.Close()
	}
}

func TestTheBodysErrorComesAfterItsWholeEvents(t *testing.T) {
	cut := errors.New("cut")
	body := io.MultiReader(strings.NewReader("data: a\n\nid: 2\ndata: half"), iotest.ErrReader(cut))
	reader := stream.NewReader(body, stream.Config{LastEventID: "1"})
	got, err := io.ReadAll(reader)
	if string(got) != "event: message\nid: =1\ndata: a\n\n" || err != cut {
		t.Errorf("got %q, %v", got, err)
	}
	if id := reader.LastEventID(); id != "1" {
		t.Errorf("the last event id is %q: that of the half event counted", id)
	}
}

func TestABodyThatGivesNothingForEverIsAnError(t *testing.T) {
	reader := stream.NewReader(stuck{}, stream.Config{})
	if _, err := reader.Read(make([]byte, 10)); err != io.ErrNoProgress {
		t.Errorf("got %v", err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestABlankLineMovesTheLastEventID(t *testing.T) {
	tests := []struct{ name, wire, want string }{
		{"an event's id", "id: 2\ndata: x\n\n", "2"},
		{"an id without data", "id: 2\n\n", "2"},
		{"an empty id", "id\n\n", ""},
		{"an id whose block is not over", "id: 2\n", "1"},
		{"an id with NUL", "id: 2\x00\n\n", "1"},
		{"an id beyond all bounds", "id: " + strings.Repeat("9", 100<<10) + "\n\n", "1"},
		{"an event over the limit", "id: 2\ndata: " + strings.Repeat("x", 2<<20) + "\n\n", "2"},
		{"an event over the limit, id last", "data: " + strings.Repeat("x", 2<<20) + "\nid: 2\n\n", "2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			reader := stream.NewReader(strings.NewReader(test.wire), stream.Config{LastEventID: "1"})
			if _, err := io.ReadAll(reader); err != nil {
				t.Fatal(err)
			}
			if got := reader.LastEventID(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestSignsOfLifeAreSeen(t *testing.T) {
	tests := []struct {
		name, wire string
		alive      bool
		comments   int
		retry      []time.Duration
	}{
		{"nothing", "", false, 0, nil},
		{"blank lines only", "\n\n\r\n", false, 0, nil},
		{"half an event", "data: x\n", false, 0, nil},
		{"an unknown field", "foo: x\n\n", false, 0, nil},
		{"an event", "data: x\n\n", true, 0, nil},
		{"comments", ":\n: hb\n\n", true, 2, nil},
		{"a retry", "retry: 20\n", true, 0, []time.Duration{20 * time.Millisecond}},
		{"no retry", "retry: soon\n\n", false, 0, nil},
		{"two retries", "retry: 1\n\nretry: 2\n", true, 0, []time.Duration{time.Millisecond, 2 * time.Millisecond}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			comments, retry := 0, []time.Duration(nil)
			reader := stream.NewReader(iotest.OneByteReader(strings.NewReader(test.wire)), stream.Config{
				OnComment: func() { comments++ },
				OnRetry:   func(d time.Duration) { retry = append(retry, d) },
			})
			if _, err := io.ReadAll(reader); err != nil {
				t.Fatal(err)
			}
			if reader.Alive() != test.alive || comments != test.comments || !cmp.Equal(retry, test.retry) {
				t.Errorf("alive %v, %d comments, retry %v", reader.Alive(), comments, retry)
			}
		})
	}
}

func TestARetryBeyondAllBoundsIsALongTime(t *testing.T) {
	var got time.Duration
	reader := stream.NewReader(strings.NewReader("retry: "+strings.Repeat("9", 1000)+"\n"), stream.Config{
		OnRetry: func(d time.Duration) { got = d },
	})
	if _, err := io.ReadAll(reader); err != nil {
		t.Fatal(err)
	}
	if got < 24*365*time.Hour {
		t.Errorf("got %s", got)
	}
}
