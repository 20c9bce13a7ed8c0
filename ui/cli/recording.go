package cli

import (
	"context"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/tape"
	"livetape/ui/cli/output"
	"livetape/ui/humanize"
)

// recordFlags say where to record what is watched.
type recordFlags struct {
	file string
	size int64
}

func (f *recordFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "record", "", "record the raw stream in `FILE`; compressed if that ends in .gz")
	f.registerSize(cmd)
}

func (f *recordFlags) registerSize(cmd *cobra.Command) {
	cmd.Flags().Int64Var(&f.size, "record-size", 0, "begin the next file after so many `MiB`; 0 for never")
}

// recording is a file that what is watched goes through.
type recording struct {
	events  <-chan feed.Event
	notices chan string // for the screen; nil when there is no recording
	tape    *tape.Recorder
	name    string

	mu     sync.Mutex
	failed error
}

// record puts a recording between the feeds and whoever watches them; without a file there is none.
func (f recordFlags) record(ctx context.Context, cmd *cobra.Command, feeds *roster, events <-chan feed.Event) (*recording, error) {
	if f.file == "" {
		return &recording{events: events}, nil
	}
	recorder, err := f.create(cmd, feeds)
	if err != nil {
		return nil, err
	}
	r := &recording{notices: make(chan string, 1), tape: recorder, name: f.file}
	r.events = recorder.Tee(ctx, events, r.fail)
	return r, nil
}

// create begins the file. That it moves an older recording aside is told.
func (f recordFlags) create(cmd *cobra.Command, feeds *roster) (*tape.Recorder, error) {
	if f.size < 0 || f.size > math.MaxInt64>>20 {
		return nil, fmt.Errorf("record in %s: a size of %d MiB is not between 0 and %d", f.file, f.size, int64(math.MaxInt64>>20))
	}
	recorder, err := tape.Create(f.file, tape.RecorderOptions{MaxSize: f.size << 20, Feeds: feeds.all(), Source: feeds.source, Mask: feeds.mask})
	if err == nil && recorder.MovedTo() != "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "livetape: %s was there: it is %s now\n", f.file, recorder.MovedTo())
	}
	return recorder, err
}

// sum tells, once all events have come, how many were recorded, if nothing is lacking.
func (r *recording) sum(out io.Writer) {
	if r.tape != nil && r.err() == nil {
		output.NewNotices(out, 0, false).Say(r.name, humanize.Plural(r.tape.Messages(), "event")+" recorded")
	}
}

// fail tells the screen what goes wrong, and keeps it for when the screen is gone: watching goes on.
func (r *recording) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
	select {
	case r.notices <- err.Error():
	default: // the one before is not read yet
	}
}

// banner adds to the screen's banner that it is recorded.
func (f recordFlags) banner(text string) string {
	switch {
	case f.file == "":
		return text
	case text == "":
		return "REC"
	}
	return text + " · REC"
}

// err is what went wrong with the recording, if anything did.
func (r *recording) err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return lacks(r.failed)
}

// incomplete is the error of a recording that is not whole: it is told even to whoever stopped it by a signal.
type incomplete struct{ error }

func (e incomplete) Unwrap() error { return e.error }

func lacks(err error) error {
	if err == nil {
		return nil
	}
	return incomplete{err}
}
