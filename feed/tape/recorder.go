package tape

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"livetape/feed"
	"livetape/feed/redact"
)

// RecorderOptions say what a Recorder writes; every zero field has a meaning.
type RecorderOptions struct {
	Feeds   []Source                          // whose events are recorded; their URLs are masked once more. None: every event names its feed
	Source  func(feed string) Source          // of a feed that begins to connect: it may have joined later, or be another since. Nil: Feeds says all
	Mask    func(name string) redact.Redactor // takes out of payloads and ids what is secret; nil: nothing
	MaxSize int64                             // bytes after which the next file is begun; 0 means never. One event more may be in a file, and what the compressor holds back
	Start   time.Time                         // from which offsets count; zero means now
}

// flushEvery is how much time of the events may be lost to a kill of the process.
const flushEvery = time.Second

// Recorder writes events to a file. It is not safe for concurrent use.
type Recorder struct {
	name    string
	options RecorderOptions
	create  func(name string) (output, error)

	file    *file
	piece   int  // number of the last finished file; 0 before the first
	any     bool // the present file holds an event
	flushed time.Time
	id      string // the last event id at this place of the file
	idKnown bool
	status  map[string]feed.Event // the last of each feed
	text    []byte                // scratch

	moved    string // what the recording that had the name is called now
	messages int    // written

	held    int // events since the last flush
	broken  error
	missing int // events that the file lacks, at the most
	closed  bool
}

// Create begins a recording in the file name, compressed if that ends in .gz.
//
// It never appends, and never loses an older recording: one that has the name is first renamed as
// a full one would be, to the next free of name-0001, name-0002 …, the number standing before the extension. A file
// that is anything else is left alone, and an error.
func Create(name string, o RecorderOptions) (*Recorder, error) {
	if o.Start.IsZero() {
		o.Start = time.Now()
	}
	feeds := make([]Source, len(o.Feeds))
	for i, f := range o.Feeds {
		feeds[i] = f.masked()
	}
	o.Feeds = feeds
	r := &Recorder{name: name, options: o, create: createFile, status: map[string]feed.Event{}}
	if err := r.begin(); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return r, nil
}

func (s Source) masked() Source {
	if s.URL != "" {
		s.URL = redact.URL(s.URL)
	}
	return s
}

// begin moves what is in the way aside and starts a file.
func (r *Recorder) begin() error {
	piece, err := lastPiece(r.name)
	if err != nil {
		return err
	}
	r.piece = piece
	old, err := isRecording(r.name)
	if err != nil {
		return err
	}
	if old {
		if r.moved, err = r.moveAside(); err != nil {
			return err
		}
	}
	return r.open(r.options.Start)
}

// MovedTo is what an older recording, which had the name of this one, is called now; empty when there was none.
func (r *Recorder) MovedTo() string { return r.moved }

// Messages is how many events of the feeds were written so far. Of a Recorder that belongs to [Recorder.Tee], it
// may be asked for once the channel is closed.
func (r *Recorder) Messages() int { return r.messages }

// open starts a file: header, and what was true of each feed already.
func (r *Recorder) open(start time.Time) error {
	out, err := r.create(r.name)
	if err != nil {
		return err
	}
	r.file = newFile(out, r.name)
	r.any, r.idKnown, r.flushed = false, false, start
	r.text = appendHeader(r.text[:0], start, r.options.Feeds)
	for _, e := range sortedByTime(r.status) {
		if r.text, err = r.appendCarried(r.text, e); err != nil {
			return r.abandon(err)
		}
	}
	if err = r.file.append(r.text); err == nil {
		err = r.file.flush()
	}
	if err != nil {
		return r.abandon(err)
	}
	return nil
}

// abandon removes a file that did not get as far as its header.
func (r *Recorder) abandon(err error) error {
	err = errors.Join(err, r.file.out.Close(), os.Remove(r.name))
	r.file = nil
	return err
}

// Write appends e. An event that carries nothing (a reset of a [Player]) is not written.
//
// When the disk is full or the file cannot be written, Write says so once; from then on it only counts
// what is missing, and Close tells. Such an error is no reason to stop watching: show it and go on. An
// event that has no place in a recording (a time beyond the year 9999) is refused with an error, and
// the recording goes on without it.
func (r *Recorder) Write(e feed.Event) error {
	if r.closed {
		return fmt.Errorf("record: %s is closed", r.name)
	}
	if r.broken != nil {
		r.missing++
		return nil
	}
	known, id := r.idKnown, r.id
	text, err := r.encode(r.text[:0], e)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if r.text = text; len(text) == 0 {
		return nil
	}
	r.held++
	if r.isFull(len(text)) {
		r.idKnown, r.id = known, id
		err = r.rotate(e)
	}
	if err == nil {
		err = r.append(e)
	}
	if err != nil {
		return r.fail(err)
	}
	return nil
}

func (r *Recorder) isFull(more int) bool {
	return r.options.MaxSize > 0 && r.any && r.file.size()+int64(more) > r.options.MaxSize
}

// append hands r.text, which is e, to the file.
func (r *Recorder) append(e feed.Event) error {
	if err := r.file.append(r.text); err != nil {
		return err
	}
	if e.Status != nil {
		r.status[e.Feed] = e
	}
	if e.Message != nil {
		r.messages++
	}
	r.any = true
	if since := e.At.Sub(r.flushed); since >= flushEvery || since < 0 {
		r.flushed = e.At
		return r.flush()
	}
	return nil
}

// encode appends e to dst and notes the last event id behind it.
func (r *Recorder) encode(dst []byte, e feed.Event) ([]byte, error) {
	if y := e.At.UTC().Year(); y < 0 || y > 9999 {
		return nil, fmt.Errorf("an event of the year %d", y)
	}
	dst = appendAt(r.introduce(dst, e), e.At, r.feedName(e))
	e = r.masked(e)
	if m := e.Message; m != nil && plain(m) {
		withID := !r.idKnown || r.id != m.ID
		r.id, r.idKnown = m.ID, true
		return appendEvent(append(dst, '\n'), m, withID), nil
	}
	dst, some, err := appendNote(append(dst, ' '), e)
	if err != nil || !some {
		return nil, err
	}
	return append(dst, '\n'), nil
}

// masked is e without the credentials of its feed.
func (r *Recorder) masked(e feed.Event) feed.Event {
	if r.options.Mask == nil {
		return e
	}
	switch mask := r.options.Mask(e.Feed); {
	case e.Message != nil:
		m := *e.Message
		m.Data, m.ID, m.Type = mask.Payload(m.Data), mask.PayloadText(m.ID), mask.PayloadText(m.Type)
		e.Message = &m
	case e.Gap != nil:
		g := *e.Gap
		g.From = mask.PayloadText(g.From)
		e.Gap = &g
	}
	return e
}

// introduce appends what is new about the feed of e, if e is the begin of its connection.
func (r *Recorder) introduce(dst []byte, e feed.Event) []byte {
	if r.options.Source == nil || e.Status == nil || e.Status.State != feed.Connecting {
		return dst
	}
	s := r.options.Source(e.Feed).masked()
	if slices.Contains(r.options.Feeds, s) {
		return dst
	}
	r.options.Feeds = with(r.options.Feeds, s)
	return appendSource(dst, s)
}

// feedName is what the event's comment must say of its feed: nothing when the header does.
func (r *Recorder) feedName(e feed.Event) string {
	if len(r.options.Feeds) == 1 && r.options.Feeds[0].Name == e.Feed {
		return ""
	}
	return e.Feed
}

func (r *Recorder) appendCarried(dst []byte, e feed.Event) ([]byte, error) {
	_, note, err := noteOf(e)
	if err != nil {
		return dst, err
	}
	text, err := json.Marshal(note)
	dst = append(append(append(appendAt(dst, e.At, r.feedName(e)), ' '), noteCarried...), ' ')
	return append(append(dst, text...), '\n'), err
}

// fail ends the recording, but not the calls.
func (r *Recorder) fail(err error) error {
	r.broken, r.missing = err, r.held
	if r.file != nil {
		_ = r.file.out.Close() // the first error is the one that tells
		r.file = nil
	}
	return fmt.Errorf("the recording %s ends here: %w", r.name, err)
}

// Flush makes sure that a kill of the process would lose nothing written so far. Write does it once in a
// second of the events' time; call it when the feeds have been quiet for a second.
func (r *Recorder) Flush() error {
	if r.closed || r.broken != nil || r.held == 0 {
		return nil
	}
	if err := r.flush(); err != nil {
		return r.fail(err)
	}
	return nil
}

func (r *Recorder) flush() error {
	if err := r.file.flush(); err != nil {
		return err
	}
	r.held = 0
	return nil
}

// Close ends the file and waits until it is on the disk. Its error says how many events are
// missing. A second Close does nothing.
func (r *Recorder) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	if r.broken == nil {
		if err := r.file.close(); err != nil {
			return fmt.Errorf("the recording %s may lack its end: %w", r.name, err)
		}
		return nil
	}
	return fmt.Errorf("the recording %s lacks its last %s: %w", r.name, events(r.missing), r.broken)
}

func events(n int) string {
	if n == 1 {
		return "event"
	}
	return fmt.Sprintf("%d events", n)
}
