package doctor

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/stream"
)

// event is one event of a stream as it came.
type event struct {
	at      time.Time // when its last byte arrived
	kind    string
	id      string // the last event id after it
	own     bool   // it had an id of its own
	skipped bool   // it was over the bound: its data is lost
	data    []byte
}

// source gives events until there are no more. An error is that of the body.
type source interface {
	next() (event, error)
}

// sse reads an event stream by the rules that a subscription reads it by.
type sse struct {
	canonical *bufio.Reader
	wire      *wire
}

func newSSE(body io.Reader, o *observation, c stream.Config) *sse {
	c.OnComment = func() { o.tally.comment(o.wire.last) }
	c.OnRetry = o.tally.wait
	return &sse{bufio.NewReaderSize(stream.NewReader(body, c), sniffed), &o.wire}
}

func (s *sse) next() (event, error) {
	var ev event
	for begun := false; ; {
		line, err := s.canonical.ReadBytes('\n')
		if err != nil {
			return ev, err
		}
		field, value, _ := bytes.Cut(line[:len(line)-1], []byte(": "))
		switch string(field) {
		case "event":
			ev.kind = string(value)
		case "id":
			var mark stream.Mark
			ev.id, mark = stream.ParseID(value)
			ev.own, ev.skipped = mark == stream.OwnID, mark == stream.Skipped
		case "data":
			if begun {
				ev.data = append(ev.data, '\n')
			}
			ev.data, begun = append(ev.data, value...), true
		case "":
			ev.at = s.wire.last
			return ev, nil
		}
	}
}

// jsonLines reads one JSON value a line. Blank lines are signs of life.
type jsonLines struct {
	from  *bufio.Reader
	limit int // bytes of a line
	wire  *wire
	blank func()
}

func (j *jsonLines) next() (event, error) {
	for {
		line, over, err := j.line()
		text := bytes.TrimSpace(line)
		if len(text) == 0 && !over {
			if err != nil {
				return event{}, err
			}
			j.blank()
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || !gjson.ValidBytes(text)) {
			return event{}, err // a line that was cut off is none
		}
		return event{at: j.wire.last, kind: "message", data: bytes.Clone(text), skipped: over}, nil
	}
}

// line is the next line, as much of it as the bound allows.
func (j *jsonLines) line() (line []byte, over bool, err error) {
	for {
		part, err := j.from.ReadSlice('\n')
		if len(line)+len(part) > j.limit {
			over, line = true, nil
		}
		if !over {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, over, err
		}
	}
}

// sniffed is how much of a body is looked at to find out what it is.
const sniffed = 64 << 10

// beginning is the first line of a body that is not blank, as far as it is there before the body pauses for too long.
func beginning(body *bufio.Reader) string {
	for want := 1; ; want = body.Buffered() + 1 {
		_, err := body.Peek(want)
		all, _ := body.Peek(body.Buffered()) // what is there
		line, _, whole := bytes.Cut(bytes.TrimLeft(all, " \t\r\n\xEF\xBB\xBF"), []byte("\n"))
		if whole || err != nil {
			return string(line)
		}
	}
}

// Content types of JSON lines, and those behind which JSON lines may stand.
var (
	jsonLineTypes  = []string{"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines", "application/stream+json", "application/x-json-stream"}
	maybeJSONLines = []string{"application/json", "application/octet-stream", "text/plain", "text/json", ""}
)

// areJSONLines reports whether a body of some type is JSON lines, by its first line. The beginning must be there.
func areJSONLines(body *bufio.Reader, kind string) bool {
	switch {
	case slices.Contains(jsonLineTypes, kind):
		return true
	case !slices.Contains(maybeJSONLines, kind) && !strings.Contains(kind, "stream"):
		return false
	}
	all, err := body.Peek(body.Buffered())
	line, _, whole := bytes.Cut(bytes.TrimLeft(all, " \t\r\n"), []byte("\n"))
	line = bytes.TrimSpace(line)
	return err == nil && whole && len(line) > 0 && (line[0] == '{' || line[0] == '[') && gjson.ValidBytes(line)
}

// looksLikeSSE reports whether text is the first line of an event stream, whatever the server calls it.
func looksLikeSSE(line string) bool {
	field, _, found := strings.Cut(line, ":")
	return found && slices.Contains([]string{"", "data", "event", "id", "retry"}, field)
}
