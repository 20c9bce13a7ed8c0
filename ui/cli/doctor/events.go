package doctor

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/stream"
)

// event came when its last byte did. Its ID is the last event id after it.
type event struct {
	decode.Event
	hasOwnID bool
	tooLarge bool // its data is lost
}

// eventReader reads events by the rules by which a subscription reads them.
type eventReader struct {
	canonical *bufio.Reader
	body      *bodyMonitor
}

func newEventReader(body io.Reader, o *observation, c stream.Config) *eventReader {
	c.OnComment = func() { o.stats.addComment(o.body.lastByte) }
	c.OnRetry = o.stats.addRetry
	return &eventReader{bufio.NewReaderSize(stream.NewReader(body, c), peekSize), &o.body}
}

// next returns the next event. Its error is that of the body.
func (r *eventReader) next() (event, error) {
	var ev event
	for hasData := false; ; {
		line, err := r.canonical.ReadBytes('\n')
		if err != nil {
			return ev, err
		}
		field, value, _ := bytes.Cut(line[:len(line)-1], []byte(": "))
		switch string(field) {
		case "event":
			ev.Type = string(value)
		case "id":
			var mark stream.Mark
			ev.ID, mark = stream.ParseID(value)
			ev.hasOwnID, ev.tooLarge = mark == stream.OwnID, mark == stream.Skipped
		case "data":
			if hasData {
				ev.Data = append(ev.Data, '\n')
			}
			ev.Data, hasData = append(ev.Data, value...), true
		case "":
			ev.At = r.body.lastByte
			return ev, nil
		}
	}
}

// peekSize is how much of a body is read ahead to find out what it is, in bytes.
const peekSize = 64 << 10

// peekFirstLine returns the first line of a body that is not blank, or as much of it as comes before the body pauses.
func peekFirstLine(body *bufio.Reader) (line string, whole bool) {
	for want := 1; ; want = body.Buffered() + 1 {
		_, err := body.Peek(want)
		received, _ := body.Peek(body.Buffered())
		line, _, whole = strings.Cut(strings.TrimLeft(string(received), " \t\r\n\uFEFF"), "\n")
		if whole || err != nil {
			return line, whole
		}
	}
}

// Content types of JSON lines, and those that JSON lines are sometimes sent with.
var (
	jsonLinesTypes      = []string{"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines", "application/stream+json", "application/x-json-stream"}
	maybeJSONLinesTypes = []string{"application/json", "application/octet-stream", "text/plain", "text/json", ""}
)

// areJSONLines decides by a body's type and first line.
func areJSONLines(line string, whole bool, mediaType string) bool {
	switch {
	case slices.Contains(jsonLinesTypes, mediaType):
		return true
	case !slices.Contains(maybeJSONLinesTypes, mediaType) && !strings.Contains(mediaType, "stream"):
		return false
	}
	line = strings.TrimSpace(line)
	return whole && (strings.HasPrefix(line, "{") || strings.HasPrefix(line, "[")) && gjson.Valid(line)
}

// looksLikeSSE reports whether a body's first line is a line of an event stream, whatever its content type.
func looksLikeSSE(line string) bool {
	field, _, found := strings.Cut(line, ":")
	return found && slices.Contains([]string{"", "data", "event", "id", "retry"}, field)
}
