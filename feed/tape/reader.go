package tape

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"livetape/feed"
	"livetape/feed/stream"
)

// Info describes a recording.
type Info struct {
	Name  string        // of the file
	Start time.Time     // from which offsets count, UTC
	Feeds []Source      // as its header says; for a capture, one that is named after the file
	Timed bool          // false: a capture without times, see [CaptureStep]
	Total time.Duration // offset of the last event; 0 while it is not known (a compressed file, a capture)
}

// ReadStats says what was found in a file so far, and at its end whether it is whole.
type ReadStats struct {
	Events  int  // entries
	Skipped int  // notes that could not be read, as from a newer livetape
	Half    int  // 1 when the file ends in the middle of an event, which was left out
	Cut     bool // a compressed file ends too early, as when its writer was killed
}

// Reader reads a recording from its begin to its end, whatever its size. It is not safe for concurrent use.
type Reader struct {
	info   Info
	file   *os.File
	input  *input
	format format
	lines  *lineReader
	limit  int // bytes of data of an event

	block block
	place place
	tally ReadStats
	held  *Entry // found by Seek, next to be given
	index index
	ended error
}

// Open opens a recording or capture, compressed or not. The error of a file that is neither says what it
// is instead, and wraps [ErrNotRecording].
func Open(name string) (*Reader, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r := &Reader{file: f, limit: maxEvent}
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
	if stat.IsDir() {
		return fmt.Errorf("%w: it is a folder", ErrNotRecording)
	}
	if r.input, err = newInput(r.file); err != nil {
		return err
	}
	r.lines = newLineReader(r.input, r.limit)
	head, whole := r.lines.peek()
	if r.format, err = identify(head, whole); err != nil {
		return r.input.explain(err, r.lines.err, len(head))
	}
	r.info = Info{Name: name, Start: stat.ModTime().UTC().Round(0)}
	r.describe(head)
	r.place.at = r.info.Start
	return nil
}

// describe fills in Info from the header.
func (r *Reader) describe(head []byte) {
	stem, _ := cutExtension(filepath.Base(r.info.Name))
	r.info.Feeds = []Source{{Name: stem}}
	if r.format != recording {
		return
	}
	r.info.Timed = true
	h := readHeader(bytes.TrimPrefix(head, []byte(byteOrderMark)))
	if !h.start.IsZero() {
		r.info.Start = h.start
	}
	if r.info.Feeds = h.feeds; len(h.feeds) == 0 {
		r.info.Feeds = []Source{{Name: stem}}
	}
	if !r.input.zipped {
		if last := lastStamp(r.file); !last.IsZero() {
			r.info.Total = max(0, last.Sub(r.info.Start))
		}
	}
}

// Info describes the recording.
func (r *Reader) Info() Info { return r.info }

// Stats says what was read so far; it is complete once Next has given io.EOF.
func (r *Reader) Stats() ReadStats { return r.tally }

// Offset is the offset of the entry that Next gave last.
func (r *Reader) Offset() time.Duration { return r.place.offset }

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }

// Next is the next entry; io.EOF after the last whole one. Its data is the caller's. A damaged
// compressed file is an error, after the entries before the damage.
func (r *Reader) Next() (Entry, error) {
	if e := r.held; e != nil {
		r.held = nil
		return *e, nil
	}
	return r.read()
}

func (r *Reader) read() (Entry, error) {
	for r.ended == nil {
		r.remember()
		line, err := r.lines.next()
		if err != nil {
			r.ended = r.end(err)
			break
		}
		if e, ok := r.take(line); ok {
			return e, nil
		}
	}
	return Entry{}, r.ended
}

// end notes how the file ended.
func (r *Reader) end(err error) error {
	r.tally.Cut = r.input.cut
	if r.block.started() || r.lines.left() {
		r.tally.Half = 1
	}
	if err == io.EOF {
		r.info.Total = max(r.info.Total, r.place.offset)
		return io.EOF
	}
	return fmt.Errorf("%s is damaged after %s: %w", r.info.Name, r.place.offset, err)
}

// take takes one line, and gives the entry that it completes.
func (r *Reader) take(line stream.Line) (Entry, bool) {
	switch {
	case r.format == jsonLines:
		return r.takeJSON(line)
	case len(line.Text) == 0:
		return r.dispatch()
	case line.Text[0] == ':':
		if r.format != recording || line.Long {
			return Entry{}, false
		}
		_, text := line.Field()
		return r.comment(text)
	}
	r.field(line)
	return Entry{}, false
}

func (r *Reader) takeJSON(line stream.Line) (Entry, bool) {
	if len(bytes.TrimSpace(line.Text)) == 0 {
		return Entry{}, false
	}
	r.block.long = line.Long
	r.block.addData(line.Text, r.limit)
	return r.dispatch()
}

// field takes a line of an event (WHATWG HTML §9.2.6).
func (r *Reader) field(line stream.Line) {
	b := &r.block
	b.fields, b.long = true, b.long || line.Long
	switch field, value := line.Field(); string(field) {
	case "data":
		b.addData(value, r.limit)
	case "event":
		b.kind = text("message", value)
	case "id":
		if !line.Long && bytes.IndexByte(value, 0) < 0 {
			r.place.id = text(r.place.id, value)
		}
	}
}

// dispatch ends an event at its blank line.
func (r *Reader) dispatch() (Entry, bool) {
	defer r.block.reset()
	b := &r.block
	if !b.some && !b.long {
		return Entry{}, false
	}
	m := &feed.Message{Type: "message", ID: r.place.id}
	if b.long {
		m.Err = fmt.Errorf("event of over %d bytes skipped", r.limit)
	} else {
		m.Type, m.Data = cmp.Or(b.kind, m.Type), b.payload()
	}
	return r.entry(feed.Event{Message: m}, b.stamp, b.stamped), true
}

// comment takes a comment of a recording; those of a capture never come here.
func (r *Reader) comment(text []byte) (Entry, bool) {
	if rest, ok := bytes.CutPrefix(text, []byte(wordAt)); ok {
		s, ok := parseStamp(rest)
		switch {
		case !ok:
			r.tally.Skipped++
		case s.kind == "":
			r.block.stamp, r.block.stamped = s, true
		default:
			return r.note(s)
		}
		return Entry{}, false
	}
	r.place.feeds = headerLine(r.place.feeds, text)
	return Entry{}, false
}

// note takes a comment that is an event of its own. A carried status is one only at the begin.
func (r *Reader) note(s stamp) (Entry, bool) {
	var e feed.Event
	if err := parseNote(&e, s.kind, s.note); err != nil {
		r.tally.Skipped++
		return Entry{}, false
	}
	if s.kind == noteCarried {
		return r.carried(e, s)
	}
	return r.entry(e, s, true), true
}
