package stream_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/r3labs/sse/v2"

	"livetape/feed/stream"
)

// FuzzReader checks that however a stream is cut and whatever the limit, all that can be seen of it is what the
// reference parser sees, also through the r3labs client, and that the buffers stay small.
func FuzzReader(f *testing.F) {
	for _, v := range vectors(f) {
		if len(v.Stream) < 200 {
			f.Add(v.Stream, []byte{1, 3}, uint16(1000))
			f.Add(v.Stream, []byte{7}, uint16(8))
		}
	}
	f.Fuzz(func(t *testing.T, body, cuts []byte, limit uint16) {
		if len(body) > 64<<10 {
			t.Skip("ids have a bound, which the reference does not know")
		}
		c := stream.Config{MaxEvent: int(limit) + 1}
		requireAsSeen(t, reference(body, c.MaxEvent), body, cuts, c)
	})
}

// requireAsSeen wants the Reader to see the body as the reference did, however it is cut.
func requireAsSeen(t *testing.T, want transcript, body, cuts []byte, c stream.Config) {
	t.Helper()
	for _, sizes := range [][]byte{{255}, {0}, cuts} {
		requireSame(t, want, observe(t, &chunked{body: body, sizes: sizes}, c))
	}
	requireSame(t, want, observeThroughClient(t, &chunked{body: body, sizes: cuts}, c))
}

func requireSame(t *testing.T, want, got transcript) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

// chunked is a body that comes in pieces of the given sizes, less one, over and over; the last comes with
// the end.
type chunked struct {
	body  []byte
	sizes []byte
	turn  int
}

func (c *chunked) Read(p []byte) (int, error) {
	size := len(c.body)
	if len(c.sizes) > 0 {
		size = int(c.sizes[c.turn%len(c.sizes)]) + 1
	}
	n := copy(p, c.body[:min(size, len(c.body))])
	c.body = c.body[n:]
	c.turn++
	if len(c.body) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// notes makes a Reader that takes down what happens besides the events.
func notes(body io.Reader, c stream.Config) (*stream.Reader, *transcript) {
	seen := &transcript{Events: []markedEvent{}}
	c.OnRetry = func(d time.Duration) { seen.Retries = append(seen.Retries, d) }
	c.OnComment = func() { seen.Comments++ }
	return stream.NewReader(body, c), seen
}

// observe reads a stream through a Reader and then by the simplest rules, for the canonical form is simple.
func observe(tb testing.TB, body io.Reader, c stream.Config) transcript {
	tb.Helper()
	reader, seen := notes(body, c)
	lines := bufio.NewReaderSize(&bounded{tb, reader, c.MaxEvent}, 64)
	for {
		e, err := canonicalEvent(lines)
		if err == io.EOF {
			break
		}
		if err != nil {
			tb.Fatal(err)
		}
		seen.Events = append(seen.Events, e)
	}
	return finished(*seen, reader)
}

// observeThroughClient has the r3labs client read the stream.
func observeThroughClient(tb testing.TB, body io.Reader, c stream.Config) transcript {
	tb.Helper()
	large := make(chan []byte, 2)
	c.Bundle, c.OnLarge = true, func(data []byte) { large <- data }
	reader, seen := notes(body, c)
	err := listen("http://feed.invalid/", c.MaxEvent, answer{reader}, func(bundle *sse.Event) {
		for _, e := range stream.Unbundle(nil, bundle.Data, bundle.ID) {
			if e.IsAside {
				e.Data = <-large
			}
			seen.Events = append(seen.Events, markedEvent{event{e.Type, string(e.Data), e.ID}, e.Mark})
		}
	})
	if err != nil {
		tb.Fatal(err)
	}
	return finished(*seen, reader)
}

func finished(seen transcript, reader *stream.Reader) transcript {
	seen.LastEventID, seen.Alive = reader.LastEventID(), reader.Alive()
	return seen
}

// answer is a transport that answers with a body.
type answer struct{ body io.Reader }

func (a answer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(a.body), Request: r}, nil
}

// bounded checks after each Read that the Reader's buffers are within their bound.
type bounded struct {
	tb    testing.TB
	from  *stream.Reader
	limit int
}

// heldAtMost is the bound of a Reader's buffers: what append may add to a line, a type and the data, two of which
// may be replacements of three bytes for one; the window; three ids; and what is kept from event to event.
func heldAtMost(limit int) int { return 10*limit + 1<<20 }

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if held := b.from.Held(); held > heldAtMost(b.limit) {
		b.tb.Fatalf("the buffers take %d bytes at a limit of %d", held, b.limit)
	}
	return n, err
}

// canonicalEvent reads one event in canonical form: some data:, an event:, an id: and a blank line.
func canonicalEvent(lines *bufio.Reader) (markedEvent, error) {
	var e markedEvent
	var data [][]byte
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return e, err
		}
		line = line[:len(line)-1]
		if len(line) == 0 {
			e.Event.Data = string(bytes.Join(data, []byte("\n")))
			return e, nil
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) {
		case "event":
			e.Event.Type = string(value)
		case "id":
			e.Event.LastEventID, e.Mark = stream.ParseID(value)
		case "data":
			data = append(data, value)
		}
	}
}
