package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"livetape/ui/cli/process"
)

// File is an open terminal that says when it is gone: a closed window or a lost ssh session shows as a write error or
// as the end of input, neither of which ends a Bubble Tea program by itself. Nor does one that takes nothing any more, in
// which every write waits, and the program with it: there, q and ctrl+c are heeded here.
type File struct {
	*os.File
	Gone   func()          // called when the terminal is gone, and for a key that leaves one that is stuck
	Left   <-chan struct{} // of an output: closed when the screen is to end; from then on no write waits for long
	Output *File           // of an input

	answers AnswerFilter

	writes  sync.Mutex   // a notification stands between two frames, not in one
	stuck   bool         // a write has been given up
	writing atomic.Int64 // since when a write waits, in Unix nanoseconds; 0 for none
}

const (
	stuckAfter = time.Second           // a write has waited for so long when the terminal counts as one that takes nothing
	lastWrite  = 50 * time.Millisecond // how long a write may wait once the screen is to end
)

var errStuckTerminal = errors.New("write to the terminal: it takes nothing")

// Write writes all of p, and calls Gone where it cannot.
func (f *File) Write(p []byte) (int, error) {
	f.writes.Lock()
	err := f.write(bytes.Clone(p)) // the caller uses p again, also while a write that was given up still waits
	f.writes.Unlock()
	if err != nil {
		f.Gone()
		return 0, err
	}
	return len(p), nil
}

// WriteString is Write: that of the os.File would go around it.
func (f *File) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

func (f *File) write(p []byte) error {
	if f.stuck {
		return errStuckTerminal
	}
	f.writing.Store(time.Now().UnixNano())
	defer f.writing.Store(0)
	written := make(chan error, 1)
	go func() {
		_, err := f.File.Write(p)
		written <- err
	}()
	var err error
	select {
	case err = <-written:
	case <-f.Left:
		select {
		case err = <-written:
		case <-time.After(lastWrite):
			f.stuck = true
			return errStuckTerminal
		}
	}
	if err != nil {
		return fmt.Errorf("write to the terminal: %w", err)
	}
	return nil
}

func (f *File) leaveIfStuck() {
	if since := f.writing.Load(); since != 0 && time.Since(time.Unix(0, since)) > stuckAfter {
		f.Gone()
	}
}

// Read reads what is typed, without the answers to what livetape asked the terminal.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	process.Hurry() // whatever is read or decoded now, a key is answered at once
	if errors.Is(err, io.EOF) {
		f.Gone()
	}
	if bytes.ContainsAny(p[:n], "q\x03") {
		f.Output.leaveIfStuck()
		time.AfterFunc(2*stuckAfter, f.Output.leaveIfStuck) // where what is written at the end is not taken
	}
	return len(f.answers.Filter(p[:n])), err
}
