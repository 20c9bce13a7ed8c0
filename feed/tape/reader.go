package tape

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
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
	Events     int  // entries
	Unreadable int  // comments that could not be read, as from a newer livetape, and events of too many feeds
	MidEvent   bool // the file ends in the middle of an event, which was left out
	Cut        bool // a compressed file ends too early, as when its writer was killed
}

// Reader reads a recording from its beginning to its end, whatever its size. It is not safe for concurrent use.
type Reader struct {
	info    Info
	file    *os.File
	input   *inputFile
	format  fileFormat
	lines   *lineReader
	maxData int // bytes of data of an event

	names map[string]struct{} // of the feeds that had events
	event pendingEvent
	state readState
	stats ReadStats
	found *Entry // by Seek, next to be given
	err   error  // why there is no further entry
}

// readState is what is known between two entries.
type readState struct {
	offset time.Duration // of the entry before
	at     time.Time     // the same
	events int
	id     string   // the last event id
	feeds  []Source // of the last header
	begun  bool     // an entry other than a carried status has come
}

// Info describes the recording.
func (r *Reader) Info() Info { return r.info }

// Stats says what was read so far; it is complete once Next has returned io.EOF.
func (r *Reader) Stats() ReadStats { return r.stats }

// Offset is the offset of the entry that Next returned last.
func (r *Reader) Offset() time.Duration { return r.state.offset }

// Close closes the file. Unlike all other methods it may be called from any goroutine: what is being read then ends
// soon, with an error.
func (r *Reader) Close() error { return r.file.Close() }

// Next is the next entry; io.EOF after the last whole one. Its data is the caller's. A damaged
// compressed file is an error, after the entries before the damage.
func (r *Reader) Next() (Entry, error) {
	if e := r.found; e != nil {
		r.found = nil
		return *e, nil
	}
	return r.read()
}

func (r *Reader) read() (Entry, error) {
	for r.err == nil {
		line, err := r.lines.next()
		if err != nil {
			r.err = r.end(err)
			break
		}
		if e, ok := r.takeLine(line); ok {
			return e, nil
		}
	}
	return Entry{}, r.err
}

// Seek makes Next return the first entry at or after offset. Forward it reads on; backward it begins at the beginning
// again, and so do the ReadStats.
func (r *Reader) Seek(offset time.Duration) error {
	if r.state.events > 0 && r.state.offset >= offset {
		if err := r.rewind(); err != nil {
			return err
		}
	}
	r.found = nil
	for {
		e, err := r.read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case e.Offset >= offset:
			r.found = &e
			return nil
		}
	}
}

func (r *Reader) rewind() (err error) {
	if r.input, err = newInputFile(r.file); err != nil {
		return err
	}
	r.lines.restart(r.input)
	r.state, r.stats, r.err = readState{at: r.info.Start}, ReadStats{}, nil
	r.event.clear()
	return nil
}

func (r *Reader) end(err error) error {
	r.stats.Cut = r.input.cut
	r.stats.MidEvent = r.event.begun() || r.lines.midLine()
	if errors.Is(err, io.EOF) {
		r.info.Total = max(r.info.Total, r.state.offset)
		return io.EOF
	}
	return fmt.Errorf("%s is damaged after %s: %w", r.info.Name, r.state.offset, err)
}

func (r *Reader) takeLine(line stream.Line) (Entry, bool) {
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
	r.takeField(line)
	return Entry{}, false
}

func (r *Reader) takeJSON(line stream.Line) (Entry, bool) {
	if len(bytes.TrimSpace(line.Text)) == 0 {
		return Entry{}, false
	}
	r.event.tooLong = line.Long
	r.event.addData(line.Text, r.maxData)
	return r.dispatch()
}

// takeField takes a line of an event (WHATWG HTML §9.2.6).
func (r *Reader) takeField(line stream.Line) {
	e := &r.event
	e.hasField, e.tooLong = true, e.tooLong || line.Long
	switch name, value := line.Field(); string(name) {
	case "data":
		e.addData(value, r.maxData)
	case "event":
		e.kind = validString("message", value)
	case "id":
		if !line.Long && bytes.IndexByte(value, 0) < 0 {
			r.state.id = validString(r.state.id, value)
		}
	}
}

func (r *Reader) dispatch() (Entry, bool) {
	defer r.event.clear()
	e := &r.event
	if !e.hasData && !e.tooLong {
		return Entry{}, false
	}
	m := &feed.Message{Type: "message", ID: r.state.id}
	if e.tooLong {
		m.Err = fmt.Errorf("event of over %d bytes skipped", r.maxData)
	} else {
		m.Type, m.Data = cmp.Or(e.kind, m.Type), stream.AppendUTF8(nil, e.data[:len(e.data)-1])
	}
	return r.withTimeAndFeed(feed.Event{Message: m}, e.time, e.timed)
}

// comment takes a comment of a recording; those of a capture never come here.
func (r *Reader) comment(text []byte) (Entry, bool) {
	rest, ok := bytes.CutPrefix(text, []byte(wordAt))
	if !ok {
		r.state.feeds = updateSources(r.state.feeds, text)
		return Entry{}, false
	}
	c, ok := parseTimeComment(rest)
	switch {
	case !ok:
		r.stats.Unreadable++
	case c.kind == "":
		r.event.time, r.event.timed = c, true
	default:
		return r.commentEvent(c)
	}
	return Entry{}, false
}

func (r *Reader) commentEvent(c timeComment) (Entry, bool) {
	var e feed.Event
	if err := parseJSON(&e, c.kind, c.json); err != nil {
		r.stats.Unreadable++
		return Entry{}, false
	}
	if c.kind == kindCarried {
		return r.carriedStatus(e, c)
	}
	return r.withTimeAndFeed(e, c, true)
}

// carriedStatus returns a status from before the file, without moving its time. Only at the beginning is it an entry.
func (r *Reader) carriedStatus(e feed.Event, c timeComment) (Entry, bool) {
	if r.state.begun {
		return Entry{}, false
	}
	before := r.state
	got, ok := r.withTimeAndFeed(e, c, true)
	r.state.offset, r.state.at, r.state.begun = before.offset, before.at, false
	got.Offset = before.offset
	return got, ok
}

// withTimeAndFeed gives e its time and feed. There is none for a feed beyond maxSources: whoever reads keeps something of each.
func (r *Reader) withTimeAndFeed(e feed.Event, c timeComment, timed bool) (Entry, bool) {
	if e.Feed = cmp.Or(c.feed, r.feedName()); !r.admitsFeed(e.Feed) {
		r.stats.Unreadable++
		return Entry{}, false
	}
	s := &r.state
	switch {
	case timed:
		s.at = c.at
		s.offset = max(s.offset, c.at.Sub(r.info.Start))
	case r.format != recording:
		s.offset = time.Duration(s.events) * CaptureStep
		s.at = r.info.Start.Add(s.offset)
	}
	s.events++
	s.begun = true
	r.stats.Events++
	e.At = s.at
	return Entry{Event: e, Offset: s.offset}, true
}

// admitsFeed reports whether a feed is one of the first maxSources.
func (r *Reader) admitsFeed(name string) bool {
	if _, known := r.names[name]; known {
		return true
	}
	if len(r.names) == maxSources {
		return false
	}
	if r.names == nil {
		r.names = map[string]struct{}{}
	}
	r.names[name] = struct{}{}
	return true
}

func (r *Reader) source(name string) Source {
	for _, f := range r.state.feeds {
		if f.Name == name {
			return f
		}
	}
	return Source{Name: name}
}

// feedName is the feed of an event that does not name one.
func (r *Reader) feedName() string {
	if len(r.state.feeds) == 1 {
		return r.state.feeds[0].Name
	}
	return r.info.Feeds[0].Name
}

// pendingEvent is an event while its lines come in.
type pendingEvent struct {
	time     timeComment
	timed    bool // time was given
	kind     string
	data     []byte // the lines so far, each with an LF
	hasData  bool
	tooLong  bool // some line, or the data, was over the limit
	hasField bool
}

// clear forgets the event; its buffer is kept unless it is a huge one.
func (e *pendingEvent) clear() {
	data := e.data[:0]
	if cap(data) > 1<<20 {
		data = nil
	}
	*e = pendingEvent{data: data}
}

// begun reports whether lines of an event have come, so that its end is missing.
func (e *pendingEvent) begun() bool { return e.timed || e.hasField }

func (e *pendingEvent) addData(value []byte, limit int) {
	e.hasData = true
	if len(e.data)+len(value) > limit {
		e.tooLong, e.data = true, nil
	}
	if !e.tooLong {
		e.data = append(append(e.data, value...), '\n')
	}
}

// validString is value in valid UTF-8. The string before is used again where it is the same.
func validString(before string, value []byte) string {
	if string(value) == before {
		return before
	}
	return string(stream.AppendUTF8(nil, value))
}
