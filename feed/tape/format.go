package tape

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/stream"
)

// The words with which the comments of a recording begin, after ": ".
const (
	wordRecording = "livetape recording "
	wordStart     = "start "
	wordFeed      = "feed "
	wordAt        = "at "
)

func appendHeader(dst []byte, start time.Time, feeds []Source) []byte {
	dst = fmt.Appendf(dst, ": %s%d\n: %s", wordRecording, Version, wordStart)
	dst = append(start.UTC().AppendFormat(dst, time.RFC3339Nano), '\n')
	for _, f := range feeds {
		dst = appendSource(dst, f)
	}
	return dst
}

func appendSource(dst []byte, s Source) []byte {
	dst = append(append(dst, ": "...), wordFeed...)
	dst = append(strconv.AppendQuote(dst, s.Name), ' ')
	dst = strconv.AppendQuote(dst, s.URL)
	if s.Mapping != "" && utf8.ValidString(s.Mapping) && !strings.ContainsAny(s.Mapping, "\r\n") {
		dst = append(append(dst, ' '), s.Mapping...)
	}
	return append(dst, '\n')
}

// appendTime appends the beginning of a time comment; the caller ends the line. An empty feed is not named.
func appendTime(dst []byte, at time.Time, feed string) []byte {
	dst = append(append(dst, ": "...), wordAt...)
	dst = at.UTC().AppendFormat(dst, time.RFC3339Nano)
	if feed != "" {
		dst = strconv.AppendQuote(append(dst, ' '), feed)
	}
	return dst
}

// messageEncoder knows the last event id of a stream: an id is written where it differs from the one before.
type messageEncoder struct {
	id    string
	known bool
}

// append appends m as a server would send it, up to the blank line. It must fit an event stream.
func (e *messageEncoder) append(dst []byte, m *feed.Message) []byte {
	if m.Type != "message" {
		dst = append(append(append(dst, "event: "...), m.Type...), '\n')
	}
	if !e.known || e.id != m.ID {
		dst = append(append(append(dst, "id: "...), m.ID...), '\n')
		e.id, e.known = m.ID, true
	}
	for rest, more := m.Data, true; more; {
		var line []byte
		line, rest, more = bytes.Cut(rest, []byte("\n"))
		dst = append(append(append(dst, "data: "...), line...), '\n')
	}
	return append(dst, '\n')
}

// fitsEventStream reports whether an event stream can carry m, so that every reader understands the same.
func fitsEventStream(m *feed.Message) bool {
	return m.Type != "" && !strings.ContainsAny(m.Type, "\r\n") && utf8.ValidString(m.Type) &&
		!strings.ContainsAny(m.ID, "\r\n\x00") && utf8.ValidString(m.ID) &&
		bytes.IndexByte(m.Data, '\r') < 0 && utf8.Valid(m.Data) && !IsSkipped(m)
}

// IsSkipped reports whether m stands for an event whose payload was not kept: a recording has only the reason.
func IsSkipped(m *feed.Message) bool { return m.Err != nil && len(m.Data) == 0 }

// timeComment is a comment that begins with a time. Without a kind, it is the time of the message that follows;
// else it is an event of its own.
type timeComment struct {
	at   time.Time
	feed string // empty: not named
	kind string
	json []byte // what the event of that kind holds
}

func parseTimeComment(text []byte) (timeComment, bool) {
	when, rest, _ := bytes.Cut(text, []byte(" "))
	at, err := time.Parse(time.RFC3339Nano, string(when))
	if err != nil {
		return timeComment{}, false
	}
	c := timeComment{at: at.UTC()}
	if len(rest) > 0 && rest[0] == '"' {
		if c.feed, rest, err = cutQuoted(rest); err != nil {
			return timeComment{}, false
		}
	}
	kind, json, _ := bytes.Cut(rest, []byte(" "))
	c.kind, c.json = string(kind), json
	return c, true
}

func parseSource(text []byte) (Source, bool) {
	name, rest, err := cutQuoted(text)
	if err != nil {
		return Source{}, false
	}
	url, rest, err := cutQuoted(rest)
	return Source{Name: name, URL: url, Mapping: string(stream.AppendUTF8(nil, rest))}, err == nil
}

// cutQuoted cuts a quoted text and the space after it off the beginning of text, and makes it safe to show.
func cutQuoted(text []byte) (string, []byte, error) {
	quoted, err := strconv.QuotedPrefix(string(text))
	if err != nil {
		return "", nil, err
	}
	s, err := strconv.Unquote(quoted)
	return market.PlainText(s, maxText), bytes.TrimPrefix(text[len(quoted):], []byte(" ")), err
}

// parseHeader reads the comments at the beginning of a recording; start is zero when none of them says it.
func parseHeader(head []byte) (start time.Time, feeds []Source) {
	lines := stream.Lines{Limit: len(head), All: true}
	lines.Add(head)
	for {
		line, ok := lines.Next()
		text, isComment := bytes.CutPrefix(line.Text, []byte(": "))
		if !ok || !isComment || bytes.HasPrefix(text, []byte(wordAt)) {
			return start, feeds
		}
		if rest, ok := bytes.CutPrefix(text, []byte(wordStart)); ok {
			if at, err := time.Parse(time.RFC3339Nano, string(rest)); err == nil {
				start = at.UTC()
			}
		}
		feeds = updateSources(feeds, text)
	}
}

// updateSources is feeds after a comment: with one more, or another in the place of that of the same name, or none
// at the beginning of a header. Other comments change nothing.
func updateSources(feeds []Source, text []byte) []Source {
	if bytes.HasPrefix(text, []byte(wordRecording)) {
		return nil
	}
	if rest, ok := bytes.CutPrefix(text, []byte(wordFeed)); ok {
		if s, ok := parseSource(rest); ok {
			return withSource(feeds, s)
		}
	}
	return feeds
}

// maxSources bounds the feeds of a recording. Of more, the first are known.
const maxSources = 1024

// withSource is a copy of feeds with s, which replaces the one of its name.
func withSource(feeds []Source, s Source) []Source {
	i := slices.IndexFunc(feeds, func(f Source) bool { return f.Name == s.Name })
	switch {
	case i >= 0:
		feeds = slices.Clone(feeds)
		feeds[i] = s
	case len(feeds) < maxSources:
		feeds = append(slices.Clone(feeds), s)
	}
	return feeds
}

// lastTime finds the last time comment of a recording without reading all of it; zero when it is not near the end.
func lastTime(f *os.File) time.Time {
	stat, err := f.Stat()
	if err != nil {
		return time.Time{}
	}
	for _, size := range []int64{64 << 10, 2 << 20} {
		tail := make([]byte, min(size, stat.Size()))
		if _, err := f.ReadAt(tail, stat.Size()-int64(len(tail))); err != nil && err != io.EOF {
			return time.Time{}
		}
		if at, ok := lastTimeIn(tail); ok {
			return at
		}
	}
	return time.Time{}
}

func lastTimeIn(tail []byte) (time.Time, bool) {
	word := []byte(": " + wordAt)
	for {
		i := bytes.LastIndex(tail, word)
		if i < 1 {
			return time.Time{}, false
		}
		line := tail[i+len(word):]
		if end := lineEnd(line); end >= 0 && (tail[i-1] == '\n' || tail[i-1] == '\r') {
			if c, ok := parseTimeComment(line[:end]); ok && c.kind != kindCarried {
				return c.at, true
			}
		}
		tail = tail[:i]
	}
}

func lineEnd(p []byte) int { return bytes.IndexAny(p, "\r\n") }
