package tape

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"livetape/feed"
	"livetape/feed/redact"
)

// RecorderOptions say what a Recorder writes; every zero field has a meaning.
type RecorderOptions struct {
	Feeds   []Source                 // whose events are recorded; their URLs are masked once more. None: every event names its feed
	Source  func(feed string) Source // of a feed that begins to connect: it may have joined later, or have changed. Nil: Feeds is complete
	MaxSize int64                    // bytes after which the next file is begun; 0 means never. A file may exceed it by one event and what the compressor holds back
	Start   time.Time                // from which offsets count; zero means now
}

// flushEvery bounds what is lost when the process is killed.
const flushEvery = time.Second

// Recorder writes events to a file. It is not safe for concurrent use.
type Recorder struct {
	name    string
	options RecorderOptions
	create  func(name string) (syncWriter, error)

	file      *outputFile
	number    int  // of the last finished file; 0 before the first
	hasEvents bool // in the present file
	flushed   time.Time
	encoder   messageEncoder        // of the present file
	status    map[string]feed.Event // the last of each feed
	text      []byte                // scratch

	movedTo   string
	messages  int   // to be written, so far
	saved     int   // of them, known to be in the file
	unflushed bool  // something was written since the last flush
	err       error // what ended the recording
	closed    bool

	disk    diskWait
	bytes   atomic.Int64 // of all files
	written atomic.Int64 // messages, plus one, once all have been handed to the operating system at the end
}

// Create begins a recording in the file name, compressed if that ends in .gz.
//
// It never appends, and never loses an older recording: one of that name is first renamed as a full one would be,
// to the next free of name-0001, name-0002 … (the number stands before the extension). A file that is anything else
// is left alone, and is an error.
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

func (r *Recorder) begin() (err error) {
	if r.number, err = highestNumber(r.name); err != nil {
		return err
	}
	old, err := isRecording(r.name)
	if err != nil {
		return err
	}
	if old {
		if r.movedTo, err = r.moveAside(); err != nil {
			return err
		}
	}
	return r.open(r.options.Start)
}

// MovedTo is the new name of an older recording that had the name of this one; empty when there was none.
func (r *Recorder) MovedTo() string { return r.movedTo }

// Messages is how many messages were recorded so far. With [Recorder.Tee], call it once the channel is closed.
func (r *Recorder) Messages() int {
	if r.err != nil {
		return r.saved
	}
	return r.messages
}

// HasFailed reports whether the recording has ended before its time. With [Recorder.Tee], call it in what is told of errors.
func (r *Recorder) HasFailed() bool { return r.err != nil }

// DiskWait is how long the disk has not answered by now: not for long, unless it is overloaded or gone. It may be called from any
// goroutine, as may [Recorder.Written].
func (r *Recorder) DiskWait(now time.Time) time.Duration {
	if since := r.disk.since.Load(); since != nil {
		return now.Sub(*since)
	}
	return 0
}

// Bytes is how many the files of the recording have. What was written in the last second may be missing. It may be called from
// any goroutine.
func (r *Recorder) Bytes() int64 { return r.bytes.Load() }

// Written is how many messages were recorded, once Close has handed all of them to the operating system, which writes them to the
// disk even if the process ends now.
func (r *Recorder) Written() (messages int, all bool) {
	n := r.written.Load()
	return int(n) - 1, n > 0
}

func (r *Recorder) open(start time.Time) error {
	out, err := r.create(r.name)
	if err != nil {
		return err
	}
	r.file = newOutputFile(out, r.name, &r.disk, &r.bytes)
	r.hasEvents, r.encoder, r.flushed = false, messageEncoder{}, start
	r.text = appendHeader(r.text[:0], start, r.options.Feeds)
	for _, e := range byTime(r.status) {
		if r.text, err = r.appendCarriedStatus(r.text, e); err != nil {
			return r.removeFile(err)
		}
	}
	if err = r.file.append(r.text); err == nil {
		err = r.file.flush()
	}
	if err != nil {
		return r.removeFile(err)
	}
	return nil
}

// removeFile removes a file that has no whole header.
func (r *Recorder) removeFile(err error) error {
	err = errors.Join(err, r.file.out.Close(), os.Remove(r.name))
	r.file = nil
	return err
}

// Tee records everything that comes in and passes it on, in order. It returns at once. The channel that it returns
// is closed when in is, or ctx ends; by then the recording is closed, too.
//
// failed is called, from another goroutine, with what goes wrong (see [Recorder.Write]); the events flow on.
// From now on the Recorder belongs to Tee.
func (r *Recorder) Tee(ctx context.Context, in <-chan feed.Event, failed func(error)) <-chan feed.Event {
	out := make(chan feed.Event, cap(in))
	report := func(err error) {
		if err != nil {
			failed(err)
		}
	}
	go func() {
		defer close(out)
		defer func() { report(r.Close()) }()
		r.copyEvents(ctx, in, out, report)
	}()
	return out
}

func (r *Recorder) copyEvents(ctx context.Context, in <-chan feed.Event, out chan<- feed.Event, report func(error)) {
	flush := time.NewTicker(flushEvery)
	defer flush.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-flush.C:
			report(r.Flush())
		case e, ok := <-in:
			if !ok {
				return
			}
			report(r.Write(e))
			select {
			case out <- e:
			case <-ctx.Done():
				return
			}
		}
	}
}

// Write appends e. An event without content (a reset of a [Player]) is not written.
//
// When the disk is full or the file cannot be written, Write returns an error once; from then on it only counts
// what is lost, and Close says how much. Show such an error and go on. An event that cannot be written (a time
// before the year 0 or after 9999) is refused with an error, and the recording goes on without it.
func (r *Recorder) Write(e feed.Event) error {
	if r.closed {
		return fmt.Errorf("record: %s is closed", r.name)
	}
	if r.err != nil {
		r.count(e)
		return nil
	}
	before := r.encoder
	text, err := r.encode(r.text[:0], e)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if r.text = text; len(text) == 0 {
		return nil
	}
	if r.isFull(len(text)) {
		r.encoder = before
		err = r.rotate(e)
	}
	r.count(e)
	r.unflushed = true
	if err == nil {
		err = r.append(e)
	}
	if err != nil {
		return r.fail(err)
	}
	return nil
}

func (r *Recorder) count(e feed.Event) {
	if e.Message != nil {
		r.messages++
	}
}

func (r *Recorder) isFull(more int) bool {
	return r.options.MaxSize > 0 && r.hasEvents && r.file.size()+int64(more) > r.options.MaxSize
}

func (r *Recorder) append(e feed.Event) error {
	if err := r.file.append(r.text); err != nil {
		return err
	}
	if e.Status != nil {
		r.status[e.Feed] = e
	}
	r.hasEvents = true
	if since := e.At.Sub(r.flushed); since >= flushEvery || since < 0 {
		r.flushed = e.At
		return r.flush()
	}
	return nil
}

func (r *Recorder) encode(dst []byte, e feed.Event) ([]byte, error) {
	if y := e.At.UTC().Year(); y < 0 || y > 9999 {
		return nil, fmt.Errorf("an event of the year %d", y)
	}
	dst = appendTime(r.appendNewSource(dst, e), e.At, r.feedName(e))
	if m := e.Message; m != nil && fitsEventStream(m) {
		return r.encoder.append(append(dst, '\n'), m), nil
	}
	kind, content := commentOf(e)
	if kind == "" {
		return nil, nil
	}
	dst, err := appendJSON(append(dst, ' '), kind, content)
	return append(dst, '\n'), err
}

func (r *Recorder) appendNewSource(dst []byte, e feed.Event) []byte {
	if r.options.Source == nil || e.Status == nil || e.Status.State != feed.Connecting {
		return dst
	}
	s := r.options.Source(e.Feed).masked()
	if slices.Contains(r.options.Feeds, s) {
		return dst
	}
	r.options.Feeds = withSource(r.options.Feeds, s)
	return appendSource(dst, s)
}

// feedName is the feed as the event's comment names it: not at all when the header has only that one.
func (r *Recorder) feedName(e feed.Event) string {
	if len(r.options.Feeds) == 1 && r.options.Feeds[0].Name == e.Feed {
		return ""
	}
	return e.Feed
}

// appendCarriedStatus appends a status that was true before the file began.
func (r *Recorder) appendCarriedStatus(dst []byte, e feed.Event) ([]byte, error) {
	dst, err := appendJSON(append(appendTime(dst, e.At, r.feedName(e)), ' '), kindCarried, e.Status)
	return append(dst, '\n'), err
}

// fail ends the recording; further calls are accepted.
func (r *Recorder) fail(err error) error {
	var detail *fs.PathError
	if errors.As(err, &detail) {
		err = detail.Err // the name of the file is said already
	}
	r.err = err
	if r.file != nil {
		_ = r.file.out.Close() // the first error is the cause
		r.file = nil
	}
	return fmt.Errorf("the recording %s ends here: %w", r.name, err)
}

// Flush makes sure that nothing written so far is lost if the process is killed. Write does it once in a
// second of the events' time; call Flush when the feeds have been quiet for a second.
func (r *Recorder) Flush() error {
	if r.closed || r.err != nil || !r.unflushed {
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
	r.unflushed, r.saved = false, r.messages
	return nil
}

// Close ends the file and waits until it is on the disk. Its error says how many events are missing. A second
// Close does nothing.
func (r *Recorder) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	if r.err == nil {
		err := r.file.end()
		if err == nil {
			r.written.Store(int64(r.messages) + 1)
		}
		if r.err = r.file.close(err); r.err != nil {
			return fmt.Errorf("the recording %s may lack its end: %w", r.name, r.err)
		}
		return nil
	}
	return fmt.Errorf("the recording %s lacks its last %s: %w", r.name, eventCount(r.messages-r.saved), r.err)
}

func eventCount(n int) string {
	if n <= 1 {
		return "event"
	}
	return fmt.Sprintf("%d events", n)
}
