package tape

import (
	"bytes"
	"io"
	"os"
	"slices"
	"time"
)

type header struct {
	start time.Time
	feeds []Source
}

// readHeader reads the header at the begin of a recording.
func readHeader(head []byte) header {
	var h header
	for {
		i := lineEnd(head)
		text, isComment := bytes.CutPrefix(head[:max(i, 0)], []byte(": "))
		if !isComment || bytes.HasPrefix(text, []byte(wordAt)) {
			return h
		}
		if rest, ok := bytes.CutPrefix(text, []byte(wordStart)); ok {
			start, _ := time.Parse(time.RFC3339Nano, string(rest)) // without one, the file's time stands in
			h.start = start.UTC()
		}
		h.feeds = headerLine(h.feeds, text)
		head = bytes.TrimPrefix(head[i+1:], []byte("\n"))
	}
}

// headerLine is feeds after a comment: with one more, or another in the place of its namesake, or none at the begin
// of a header. Other comments change nothing.
func headerLine(feeds []Source, text []byte) []Source {
	if bytes.HasPrefix(text, []byte(wordRecording)) {
		return nil
	}
	if rest, ok := bytes.CutPrefix(text, []byte(wordFeed)); ok {
		if s, ok := parseSource(rest); ok {
			return with(feeds, s)
		}
	}
	return feeds
}

// with is feeds with s, which replaces the one of its name. The old ones are left as they are.
func with(feeds []Source, s Source) []Source {
	feeds = slices.Clone(feeds)
	if i := slices.IndexFunc(feeds, func(f Source) bool { return f.Name == s.Name }); i >= 0 {
		feeds[i] = s
		return feeds
	}
	return append(feeds, s)
}

// lastStamp finds the last time comment of a recording without reading it all; zero when it is not
// near the end.
func lastStamp(f *os.File) time.Time {
	stat, err := f.Stat()
	if err != nil {
		return time.Time{}
	}
	for _, back := range []int64{64 << 10, 2 << 20} {
		tail := make([]byte, min(back, stat.Size()))
		if _, err := f.ReadAt(tail, stat.Size()-int64(len(tail))); err != nil && err != io.EOF {
			return time.Time{}
		}
		if at, ok := lastStampIn(tail); ok {
			return at
		}
	}
	return time.Time{}
}

func lastStampIn(tail []byte) (time.Time, bool) {
	word := []byte(": " + wordAt)
	for {
		i := bytes.LastIndex(tail, word)
		if i < 1 {
			return time.Time{}, false
		}
		line := tail[i+len(word):]
		if end := lineEnd(line); end >= 0 && (tail[i-1] == '\n' || tail[i-1] == '\r') {
			if s, ok := parseStamp(line[:end]); ok && s.kind != noteCarried {
				return s.at, true
			}
		}
		tail = tail[:i]
	}
}
