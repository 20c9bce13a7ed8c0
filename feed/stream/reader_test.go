package stream_test

import (
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/r3labs/sse/v2"

	"livetape/feed/stream"
)

func TestAReadGivesOneWholeEvent(t *testing.T) {
	reader := stream.NewReader(strings.NewReader("data: a\n\n: hi\n\nid: 7\nevent: t\ndata: b\ndata: c\n\ndata: d\n\n"), stream.Config{})
	want := []string{
		"data: a\nevent: message\nid: =\n\n",
		"data: b\ndata: c\nevent: t\nid: +7\n\n",
		"data: d\nevent: message\nid: =7\n\n",
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

func TestEventsThatComeTogetherPassTheClientTogether(t *testing.T) {
	t.Parallel()
	const rounds, events = 3, 300
	body, server := io.Pipe()
	go func() {
		for range rounds {
			io.WriteString(server, strings.Repeat("id: 7\nevent: price\ndata: {\ndata: }\n\n", events))
		}
		server.Close()
	}()
	reader := stream.NewReader(body, stream.Config{Bundle: true, OnLarge: func([]byte) { t.Error("an event is large") }})
	var bundles, found int
	err := listen("http://feed.invalid/", 0, answer{reader}, func(bundle *sse.Event) {
		bundles++
		for _, e := range stream.Unbundle(nil, bundle.Data, bundle.ID) {
			found++
			if e.Type != "price" || string(e.Data) != "{\n}" || e.ID != "7" || e.Mark != stream.OwnID || cap(e.Data) > len(e.Data) {
				t.Fatalf("event %d is %+v", found, e)
			}
		}
	})
	if err != nil || found != rounds*events || bundles > rounds*(1+events/100) {
		t.Errorf("%d events in %d bundles, %v", found, bundles, err)
	}
}

func TestAnEventIsGivenAtTheFirstCharacterThatEndsIt(t *testing.T) {
	for _, wire := range []string{"data: a\n\n", "data: a\r\r", "data: a\n\r", "data: a\r\n\r"} {
		body, server := io.Pipe()
		reader := stream.NewReader(body, stream.Config{})
		go io.WriteString(server, wire) // and nothing more
		buf := make([]byte, 4096)
		n, err := reader.Read(buf)
		if got := string(buf[:n]); got != "data: a\nevent: message\nid: =\n\n" || err != nil {
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
	if string(got) != "data: a\nevent: message\nid: =1\n\n" || err != cut {
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

func TestABodyMayGiveNothingNowAndThen(t *testing.T) {
	wire := strings.Repeat("data: x\n\n", 100)
	got, err := io.ReadAll(stream.NewReader(&hesitant{wire: wire}, stream.Config{}))
	if n := strings.Count(string(got), "data: x\n"); n != 100 || err != nil {
		t.Errorf("got %d events, %v", n, err)
	}
}

// hesitant gives a byte on every third read, and its last byte together with an error that it tells once.
type hesitant struct {
	wire string
	turn int
}

func (h *hesitant) Read(p []byte) (int, error) {
	if h.turn++; h.turn%3 != 0 || h.wire == "" {
		return 0, nil
	}
	p[0], h.wire = h.wire[0], h.wire[1:]
	if h.wire == "" {
		return 1, io.EOF
	}
	return 1, nil
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestABlankLineMovesTheLastEventID(t *testing.T) {
	tests := []struct{ name, wire, want string }{
		{"an event's id", "id: 2\ndata: x\n\n", "2"},
		{"an id without data", "id: 2\n\n", "2"},
		{"an empty id", "id\n\n", ""},
		{"an id whose block is not over", "id: 2\n", "1"},
		{"two ids, the later with NUL", "id: 2\nid: 3\x00\n\n", "2"},
		{"an id in many blank lines", "id: 2\n\n\n\n", "2"},
		{"an id with NUL", "id: 2\x00\n\n", "1"},
		{"an id beyond all bounds", "id: " + strings.Repeat("9", 100<<10) + "\n\n", "1"},
		{"an id that is too long once well-formed", "id: " + strings.Repeat("\xff", 60<<10) + "\n\n", "1"},
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

func TestAFirstIDThatNoStreamCanGiveIsNone(t *testing.T) {
	tests := []struct{ name, id string }{
		{"an LF", "1\n\ndata: forged"}, {"a CR", "1\r"}, {"a NUL", "1\x00"}, {"too long", strings.Repeat("1", 64<<10+1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			reader := stream.NewReader(strings.NewReader("data: a\n\n"), stream.Config{LastEventID: test.id})
			got, err := io.ReadAll(reader)
			if string(got) != "data: a\nevent: message\nid: =\n\n" || err != nil || reader.LastEventID() != "" {
				t.Errorf("got %.60q, %v, last event id %.20q", got, err, reader.LastEventID())
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
		{"a retry in a comment", ":retry: 5\n", true, 1, nil},
		{"a retry whose line is not over", "retry: 5", false, 0, nil},
		{"digits beyond all bounds and a letter", "retry: " + strings.Repeat("9", 100<<10) + "x\n", false, 0, nil},
		{"no retry", "retry: soon\n\n", false, 0, nil},
		{"two retries", "retry: 1\n\nretry: 2\n", true, 0, []time.Duration{time.Millisecond, 2 * time.Millisecond}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			comments, retry := 0, []time.Duration(nil)
			reader := stream.NewReader(iotest.OneByteReader(strings.NewReader(test.wire)), stream.Config{
				MaxEvent:  1000,
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
	if want := time.Duration(math.MaxInt64).Truncate(time.Millisecond); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestABodyThatEndsWithinAnEventIsKnown(t *testing.T) {
	for wire, want := range map[string]bool{
		"": false, "\n\n": false, "\xEF\xBB\xBF": false,
		"data: 1\n\n": false, "data: 1\r\n\r\n": false, "data: 1\r\r": false, "data: 1\n\r\n": false, "data: 1\r\n\n": false, "data: 1\n\r": false,
		": hi\n": false, ": hi": false, "retry: 200\n": false, "retry: 200": false, "r": false, "foo: x": false, "dat: x": false, "database\n": false,
		"data: 1\n\n: hi\n": false, "data: 1\n\nretry: 5\n": false, ": " + strings.Repeat("x", 100<<10): false,
		"data: 1": true, "data: 1\n": true, "data: 1\r": true, "data: 1\r\n": true, "d": true, "data": true, "data\n": true,
		"event: x\n": true, "id: 1\n": true, "id\n": true, "\n\nid": true, "data: 1\n: hi\n": true, "data: 1\nretry: 5\n": true, "data: 1\n\neve": true,
		"data: " + strings.Repeat("x", 100<<10): true, "data: " + strings.Repeat("x", 100<<10) + "\n": true,
	} {
		for _, body := range []io.Reader{strings.NewReader(wire), iotest.OneByteReader(strings.NewReader(wire))} {
			reader := stream.NewReader(body, stream.Config{MaxEvent: 1000})
			if _, err := io.ReadAll(reader); err != nil {
				t.Fatal(err)
			}
			if got := reader.MidEvent(); got != want {
				t.Errorf("%.40q: %t", wire, got)
			}
		}
	}
}
