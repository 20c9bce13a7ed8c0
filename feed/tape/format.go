package tape

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/stream"
)

// The words with which the comments of a recording begin, behind ": ".
const (
	wordRecording = "livetape recording "
	wordStart     = "start "
	wordFeed      = "feed "
	wordAt        = "at "
)

// appendHeader appends the comments that every file begins with.
func appendHeader(dst []byte, start time.Time, feeds []Source) []byte {
	dst = fmt.Appendf(dst, ": %s%d\n: %s", wordRecording, Version, wordStart)
	dst = append(start.UTC().AppendFormat(dst, time.RFC3339Nano), '\n')
	for _, f := range feeds {
		dst = appendSource(dst, f)
	}
	return dst
}

// appendSource appends a comment that names a feed. A reading that is no single line is left out.
func appendSource(dst []byte, f Source) []byte {
	dst = append(append(dst, ": "...), wordFeed...)
	dst = append(strconv.AppendQuote(dst, f.Name), ' ')
	dst = strconv.AppendQuote(dst, f.URL)
	if f.Mapping != "" && utf8.ValidString(f.Mapping) && !strings.ContainsAny(f.Mapping, "\r\n") {
		dst = append(append(dst, ' '), f.Mapping...)
	}
	return append(dst, '\n')
}

// appendAt appends the begin of a time comment; the caller ends the line. An empty feed is not named.
func appendAt(dst []byte, at time.Time, feed string) []byte {
	dst = append(append(dst, ": "...), wordAt...)
	dst = at.UTC().AppendFormat(dst, time.RFC3339Nano)
	if feed != "" {
		dst = strconv.AppendQuote(append(dst, ' '), feed)
	}
	return dst
}

// appendEvent appends m as a server would send it, up to the blank line. It must be plain.
func appendEvent(dst []byte, m *feed.Message, withID bool) []byte {
	if m.Type != "message" {
		dst = append(append(append(dst, "event: "...), m.Type...), '\n')
	}
	if withID {
		dst = append(append(append(dst, "id: "...), m.ID...), '\n')
	}
	for rest, more := m.Data, true; more; {
		var line []byte
		line, rest, more = bytes.Cut(rest, []byte("\n"))
		dst = append(append(append(dst, "data: "...), line...), '\n')
	}
	return append(dst, '\n')
}

// plain reports whether an event stream can carry m, so that every reader makes the same of it.
func plain(m *feed.Message) bool {
	return m.Type != "" && !strings.ContainsAny(m.Type, "\r\n") && utf8.ValidString(m.Type) &&
		!strings.ContainsAny(m.ID, "\r\n\x00") && utf8.ValidString(m.ID) &&
		bytes.IndexByte(m.Data, '\r') < 0 && utf8.Valid(m.Data) && !IsSkipped(m)
}

// IsSkipped reports whether m stands for an event whose payload was not kept: a recording has no more of it than why.
func IsSkipped(m *feed.Message) bool { return m.Err != nil && len(m.Data) == 0 }

// stamp is what a time comment says.
type stamp struct {
	at   time.Time
	feed string // empty: not named
	kind string // of note; empty: the time of the event that follows
	note []byte
}

// parseStamp reads a time comment from behind its word.
func parseStamp(text []byte) (stamp, bool) {
	when, rest, _ := bytes.Cut(text, []byte(" "))
	at, err := time.Parse(time.RFC3339Nano, string(when))
	if err != nil {
		return stamp{}, false
	}
	s := stamp{at: at.UTC()}
	if len(rest) > 0 && rest[0] == '"' {
		if s.feed, rest, err = cutQuoted(rest); err != nil {
			return stamp{}, false
		}
	}
	kind, note, _ := bytes.Cut(rest, []byte(" "))
	s.kind, s.note = string(kind), note
	return s, true
}

// parseSource reads a feed comment from behind its word.
func parseSource(text []byte) (Source, bool) {
	name, rest, err := cutQuoted(text)
	if err != nil {
		return Source{}, false
	}
	url, rest, err := cutQuoted(rest)
	return Source{Name: name, URL: url, Mapping: string(stream.AppendUTF8(nil, rest))}, err == nil
}

// cutQuoted cuts a quoted text and the space behind it off the begin of text, and makes it harmless.
func cutQuoted(text []byte) (string, []byte, error) {
	quoted, err := strconv.QuotedPrefix(string(text))
	if err != nil {
		return "", nil, err
	}
	s, err := strconv.Unquote(quoted)
	return market.PlainText(s, textLimit), bytes.TrimPrefix(text[len(quoted):], []byte(" ")), err
}
