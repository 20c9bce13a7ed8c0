package stream_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/r3labs/sse/v2"

	"livetape/feed/stream"
)

// FuzzReader checks that however a stream is cut, the events are those of the reference parser, as the r3labs
// parser sees them too.
func FuzzReader(f *testing.F) {
	for _, v := range vectors(f) {
		if len(v.Stream) < 200 {
			f.Add(v.Stream, uint8(1), uint8(3))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, first, then uint8) {
		want := reference(body)
		for _, chunks := range []io.Reader{
			bytes.NewReader(body),
			&chunked{body: body, sizes: []int{1}},
			&chunked{body: body, sizes: []int{int(first)%7 + 1, int(then)%13 + 1}},
		} {
			if diff := cmp.Diff(want, parse(t, chunks)); diff != "" {
				t.Fatalf("%q (-want +got):\n%s", body, diff)
			}
		}
		requireParserAgrees(t, body, want)
	})
}

// requireParserAgrees checks that r3labs' own reader finds the events' bounds.
func requireParserAgrees(t *testing.T, body []byte, want []event) {
	t.Helper()
	events := sse.NewEventStreamReader(stream.NewReader(bytes.NewReader(body), stream.Config{}), stream.BufferSize(0))
	n := 0
	for {
		block, err := events.ReadEvent()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if n++; n <= len(want) && !bytes.HasPrefix(block, []byte("event: "+want[n-1].Type+"\nid: ")) {
			t.Fatalf("%q: event %d is %q", body, n, block)
		}
	}
	if n != len(want) {
		t.Fatalf("%q: the parser sees %d events of %d", body, n, len(want))
	}
}

// chunked is a body that comes in pieces of the given sizes, over and over.
type chunked struct {
	body  []byte
	sizes []int
	turn  int
}

func (c *chunked) Read(p []byte) (int, error) {
	if len(c.body) == 0 {
		return 0, io.EOF
	}
	n := copy(p, c.body[:min(c.sizes[c.turn%len(c.sizes)], len(c.body))])
	c.body = c.body[n:]
	c.turn++
	return n, nil
}

// reference reads a whole stream as WHATWG HTML §9.2.6 tells it, step by step, with no thought of speed.
func reference(body []byte) []event {
	text := strings.TrimPrefix(wellFormed(body), "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	events := []event{}
	var kind, id, lastID string
	var data strings.Builder
	for {
		line, rest, found := strings.Cut(text, "\n")
		if !found {
			return events
		}
		text = rest
		if line == "" {
			lastID = id
			if data.Len() > 0 {
				e := event{kind, strings.TrimSuffix(data.String(), "\n"), lastID}
				if e.Type == "" {
					e.Type = "message"
				}
				events = append(events, e)
			}
			kind = ""
			data.Reset()
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "event":
			kind = value
		case "data":
			data.WriteString(value + "\n")
		case "id":
			if !strings.Contains(value, "\x00") {
				id = value
			}
		}
	}
}

// wellFormed decodes UTF-8 with one U+FFFD for each maximal part of an ill-formed sequence (Unicode Standard
// §3.9): the longest beginning that some continuation would make well-formed, or else one byte.
func wellFormed(body []byte) string {
	var text strings.Builder
	for len(body) > 0 {
		if r, size := utf8.DecodeRune(body); r != utf8.RuneError || size > 1 {
			text.WriteRune(r)
			body = body[size:]
			continue
		}
		n := 1
		for n < len(body) && canBecomeRune(body[:n+1]) {
			n++
		}
		text.WriteRune(utf8.RuneError)
		body = body[n:]
	}
	return text.String()
}

// canBecomeRune tries every continuation of the bytes.
func canBecomeRune(b []byte) bool {
	if r, size := utf8.DecodeRune(b); r != utf8.RuneError && size == len(b) {
		return true
	}
	if len(b) >= utf8.UTFMax {
		return false
	}
	for _, next := range []byte{0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF} {
		if canBecomeRune(append(bytes.Clone(b), next)) {
			return true
		}
	}
	return false
}
