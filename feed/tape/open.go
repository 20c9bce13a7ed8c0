package tape

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"livetape/feed/decode/mapping"
	"livetape/feed/market"
	"livetape/feed/stream"
)

// Open opens a recording or capture, compressed or not. The error for a file that is neither says what it
// is instead, and wraps [ErrNotRecording].
func Open(name string) (*Reader, error) {
	switch stat, err := os.Stat(name); { // to open a pipe would wait for its writer
	case err != nil:
		return nil, err
	case stat.IsDir():
		return nil, fmt.Errorf("%s %w: it is a folder", name, ErrNotRecording)
	case !stat.Mode().IsRegular():
		return nil, fmt.Errorf("%s %w: it is not a regular file", name, ErrNotRecording)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r := &Reader{file: f, maxData: maxEvent}
	if err := r.open(name); err != nil {
		if errors.Is(err, ErrNotRecording) || r.input != nil {
			err = fmt.Errorf("%s %w", name, err)
		}
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

func (r *Reader) open(name string) error {
	stat, err := r.file.Stat()
	if err != nil {
		return err
	}
	if r.input, err = newInputFile(r.file); err != nil {
		return err
	}
	r.lines = newLineReader(r.input, r.maxData)
	head, whole := r.lines.peek()
	if r.format, err = detectFormat(head, whole); err != nil {
		return r.input.explain(err, r.lines.err, len(head))
	}
	r.info = Info{Name: name, Start: stat.ModTime().UTC().Round(0)}
	r.describe(head)
	r.state.at = r.info.Start
	return nil
}

func (r *Reader) describe(head []byte) {
	stem, _ := cutExtension(filepath.Base(r.info.Name))
	r.info.Feeds = []Source{{Name: stem}}
	if r.format != recording {
		return
	}
	r.info.Timed = true
	start, feeds := parseHeader(head)
	if !start.IsZero() {
		r.info.Start = start
	}
	if len(feeds) > 0 {
		r.info.Feeds = feeds
	}
	if !r.input.gzipped {
		if last := lastTime(r.file); !last.IsZero() {
			r.info.Total = max(0, last.Sub(r.info.Start))
		}
	}
}

const signature = ": " + wordRecording

const byteOrderMark = "\xEF\xBB\xBF"

type fileFormat int8

const (
	recording fileFormat = iota
	eventStream
	jsonLines
)

// detectFormat tells from its beginning what a file is; whole says that it is no longer than head. The error
// says what it looks like instead.
func detectFormat(head []byte, whole bool) (fileFormat, error) {
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	first := firstLine(head)
	switch {
	case bytes.HasPrefix(head, []byte(signature)):
		return recording, checkVersion(first)
	case len(first) == 0 && whole:
		return 0, fmt.Errorf("%w: it is empty", ErrNotRecording)
	case stream.IsUTF16(head):
		return 0, fmt.Errorf("%w: it is UTF-16 text, as PowerShell's > writes it; save it as UTF-8", ErrNotRecording)
	case bytes.IndexByte(head, 0) >= 0 && !looksLikeStream(head[:bytes.IndexByte(head, 0)]):
		return 0, fmt.Errorf("%w: it holds binary data", ErrNotRecording)
	case first[0] == '{' || first[0] == '[':
		return jsonLines, checkJSONLine(first, len(first) < len(bytes.TrimSpace(head)) || whole)
	case !looksLikeStream(head):
		return 0, fmt.Errorf("%w: no line at its beginning belongs to an event stream; the first is %q", ErrNotRecording, market.PlainText(string(first), 60))
	}
	return eventStream, nil
}

func firstLine(head []byte) []byte {
	head = bytes.TrimSpace(head)
	if i := lineEnd(head); i >= 0 {
		head = head[:i]
	}
	return head
}

func checkVersion(first []byte) error {
	text := string(bytes.TrimPrefix(first, []byte(signature)))
	version, err := strconv.Atoi(text)
	switch {
	case len(first) < len(signature): // its last space was trimmed
		return fmt.Errorf("%w: it is a recording that was cut off at its beginning", ErrNotRecording)
	case err != nil:
		return fmt.Errorf("is a recording of unknown version %q", market.PlainText(text, 20))
	case version > Version:
		return fmt.Errorf("is a recording of version %d, made by a newer livetape; this one reads up to version %d", version, Version)
	}
	return nil
}

// checkJSONLine checks the first line of what looks like JSON lines, if it is whole.
func checkJSONLine(first []byte, isWhole bool) error {
	if isWhole && !mapping.IsJSON(string(first)) {
		return fmt.Errorf("%w: it begins like JSON, but its first line is not a whole value", ErrNotRecording)
	}
	return nil
}

// looksLikeStream reports whether there is a line that only an event stream has: data or a comment.
// Other lines may come first: unknown fields, or the HTTP header (curl -i).
func looksLikeStream(head []byte) bool {
	for len(head) > 0 {
		line := head
		i := lineEnd(head)
		if i >= 0 {
			line, head = head[:i], head[i+1:]
		} else {
			head = nil
		}
		name, _, _ := bytes.Cut(line, []byte(":"))
		if len(line) > 0 && (len(name) == 0 || string(name) == "data") {
			return true
		}
	}
	return false
}
