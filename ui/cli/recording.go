package cli

import (
	"context"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
	"livetape/feed/redact"
	"livetape/feed/tape"
	"livetape/ui"
	"livetape/ui/cli/config"
	"livetape/ui/cli/flags"
	"livetape/ui/cli/output"
	"livetape/ui/humanize"
)

type recordFlags struct {
	file string
	size *flags.Size // of one file; 0 for no limit
}

func (f *recordFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.file, "record", "r", "", "record the raw stream in `FILE`; compressed if that ends in .gz")
	f.size = flags.NewLimit(preset.SizeRange{Least: 1 << 20, Most: int(min(int64(1)<<40, math.MaxInt)), Name: "1MiB and 1TiB; 0 is for no limit"})
	cmd.Flags().Var(f.size, "record-size", "start another file after `SIZE`, such as 100MiB; 0 for never")
}

type activeRecording struct {
	events  <-chan feed.Event
	notices chan ui.Notice // what goes wrong; nil when there is no recording
	tape    *tape.Recorder
	name    string

	watching sync.WaitGroup // over the disk, until the events end

	mu     sync.Mutex // held by whoever sends a notice, too
	failed error
	closed bool // notices
}

// start begins to record events; without a file, they only pass.
func (f recordFlags) start(ctx context.Context, cmd *cobra.Command, feeds *runningFeeds) (*activeRecording, error) {
	if f.file == "" {
		return &activeRecording{events: feeds.set.Events()}, nil
	}
	recorder, err := f.createFile(cmd, feeds.recorded)
	if err != nil {
		return nil, err
	}
	r := &activeRecording{notices: make(chan ui.Notice, 1), tape: recorder, name: f.file}
	r.events = recorder.Tee(ctx, feeds.set.Events(), r.fail)
	r.watching.Go(func() {
		sayDiskWaits(ctx, recorder.DiskWait, func(text string) {
			if r.err() == nil { // else it has ended
				r.notify(ui.Notice{Text: text})
			}
		})
	})
	return r, nil
}

// bytes is the size of the recording; 0 without one.
func (r *activeRecording) bytes() int64 {
	if r.tape == nil {
		return 0
	}
	return r.tape.Bytes()
}

// sayDiskWaits says, until ctx ends, that nothing comes while a disk does not answer, as a screen would take it for the feed's
// silence. It says so again before a notice leaves the screen.
func sayDiskWaits(ctx context.Context, diskWait func(now time.Time) time.Duration, say func(string)) {
	look := time.NewTicker(4 * time.Second)
	defer look.Stop()
	for waiting := false; ; {
		select {
		case <-ctx.Done():
			return
		case now := <-look.C:
			if wait := diskWait(now); wait >= 2*time.Second {
				say("the disk has not answered for " + humanize.Coarse(wait) + ": no event is recorded or shown until it does")
				waiting = true
			} else if waiting {
				say("the disk answers again")
				waiting = false
			}
		}
	}
}

// createFile begins the file. If it moves an older recording aside, it says so.
func (f recordFlags) createFile(cmd *cobra.Command, feeds *recordedFeeds) (*tape.Recorder, error) {
	recorder, err := tape.Create(f.file, tape.RecorderOptions{MaxSize: f.size.Bytes, Feeds: feeds.initial, Source: feeds.source})
	if err == nil && recorder.MovedTo() != "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "livetape: the earlier recording %s is now %s\n", f.file, recorder.MovedTo())
	}
	return recorder, err
}

// Times for which a disk that does not answer holds up the end.
const (
	diskNotice = 200 * time.Millisecond // until it is said what is waited for
	diskLimit  = 10 * time.Second
)

// awaitEnd takes what is left of its events, after their context has ended, until the file is closed, or the disk does not answer;
// where nothing is recorded, until the feeds have ended. It gives the disk up when the command is ended while it waits.
func (r *activeRecording) awaitEnd(cmd *cobra.Command, feeds *runningFeeds, events <-chan feed.Event) {
	if r.tape == nil {
		feeds.awaitEnd(events)
		return
	}
	r.watching.Wait()
	defer r.closeNotices()
	closed := awaitClose(cmd.Context(), events, r.tape.DiskWait, func() {
		fmt.Fprintf(cmd.ErrOrStderr(), "livetape: waiting until the disk has the recording %s; ctrl+c gives it up\n", r.name)
	})
	if closed {
		return
	}
	problem := "lacks its end: the disk does not answer"
	if _, all := r.tape.Written(); all {
		problem = "may lack its end: the disk does not confirm that it has it"
	}
	r.keepFailure(fmt.Errorf("the recording %s %s", r.name, problem))
}

// awaitClose takes events until their channel is closed. It reports false once the disk has been waited for too long, or ctx has
// ended meanwhile. Before it waits for long, it calls say.
func awaitClose(ctx context.Context, events <-chan feed.Event, diskWait func(now time.Time) time.Duration, say func()) bool {
	wasEnded, said := ctx.Err() != nil, false // by a signal: the next ends the process
	look := time.NewTicker(diskNotice / 4)
	defer look.Stop()
	for {
		select {
		case _, open := <-events:
			if !open {
				return true
			}
		case now := <-look.C:
			wait := diskWait(now)
			if wait >= diskLimit || wait >= diskNotice && !wasEnded && ctx.Err() != nil {
				return false
			}
			if !said && wait >= diskNotice {
				say()
				said = true
			}
		}
	}
}

// printSummary says, once all events have come, how many were recorded, unless some are missing.
func (r *activeRecording) printSummary(out io.Writer) {
	if r.tape == nil || r.err() != nil {
		return
	}
	if n, all := r.tape.Written(); all {
		output.NewNotices(out, 0, false).Say(r.name, humanize.Plural(n, "event")+" recorded")
	}
}

// fail tells the screen what went wrong, and keeps it until the screen is gone: watching goes on.
func (r *activeRecording) fail(err error) {
	r.keepFailure(err)
	r.notify(ui.Notice{Text: err.Error(), RecordingEnded: r.tape.HasFailed()})
}

// notify never blocks.
func (r *activeRecording) notify(n ui.Notice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	select {
	case last := <-r.notices: // it has not been read yet
		n.RecordingEnded = n.RecordingEnded || last.RecordingEnded
	default:
	}
	r.notices <- n
}

func (r *activeRecording) closeNotices() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	close(r.notices)
}

func (r *activeRecording) keepFailure(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
}

func (r *activeRecording) err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return asIncomplete(r.failed)
}

// incompleteRecording is the error of a recording that is not complete. It is printed even after a signal.
type incompleteRecording struct{ error }

func (e incompleteRecording) Unwrap() error { return e.error }

func asIncomplete(err error) error {
	if err == nil {
		return nil
	}
	return incompleteRecording{err}
}

// recordedFeeds are the feeds that a recording is of, with how each is decoded. Feeds may be added while it is used.
type recordedFeeds struct {
	initial []tape.Source
	byName  sync.Map // of tape.Source
}

func newRecordedFeeds(targets []feedTarget) (*recordedFeeds, error) {
	r := &recordedFeeds{}
	for _, t := range targets {
		if err := r.addTarget(t); err != nil {
			return nil, err
		}
		r.initial = append(r.initial, r.source(t.config.Name))
	}
	return r, nil
}

// addTarget takes in a target. How it is decoded is a part of its definition, as one line, and holds no secret.
func (r *recordedFeeds) addTarget(t feedTarget) error {
	mapping, err := preset.Definition{Preset: t.origin.Preset, Decoder: t.origin.Decoder, Spec: t.origin.Spec}.OneLine()
	r.byName.Store(t.config.Name, tape.Source{Name: t.config.Name, URL: redact.URL(t.config.URL), Mapping: mapping})
	return err
}

func (r *recordedFeeds) source(name string) tape.Source {
	if s, ok := r.byName.Load(name); ok {
		return s.(tape.Source)
	}
	return tape.Source{Name: name}
}

// recordingDecoder makes the decoder of a recorded feed. Where that fails, as for the recording of a newer livetape,
// each event says so.
func recordingDecoder(symbols *config.SymbolTable) func(tape.Source) decode.Decoder {
	return func(s tape.Source) decode.Decoder {
		decoder, err := decoderOf(s)
		if err != nil {
			return failingDecoder{err}
		}
		return symbols.Decoder(decoder)
	}
}

func decoderOf(s tape.Source) (decode.Decoder, error) {
	d, err := preset.Parse([]byte(s.Mapping))
	if err == nil {
		d, err = d.Resolve()
	}
	if err != nil {
		return nil, err
	}
	return infer.NewDecoder(s.Name, d)
}

type failingDecoder struct{ cause error }

// Decode implements [decode.Decoder].
func (d failingDecoder) Decode(string, []byte) (decode.Message, error) {
	return decode.Message{}, d.cause
}
