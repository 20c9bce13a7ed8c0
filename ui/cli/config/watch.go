package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settleTime is how long a file must be left alone before it is read: editors write in several steps, of which the file
// is empty or gone in some.
const settleTime = 100 * time.Millisecond

// Change is a configuration file as it is now.
type Change struct {
	File *File // nil when it cannot be used
	Err  error // why: an [Error] when its content is at fault; with a File, why later changes may go unseen
}

// Watch says on the returned channel whenever what the file says has changed, until ctx ends; then the channel is
// closed, and nothing is left running. A file that is gone, and one that is at fault, is a change as well.
//
// It watches directories and not the file, since editors put a new file in the old one's place; where the file is a
// symbolic link, as in a mounted ConfigMap, also the directory to which it leads.
func Watch(ctx context.Context, f *File) (<-chan Change, error) {
	notifier, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch configuration %s: %w", f.path, err)
	}
	w := &watcher{notifier: notifier, path: f.path, source: f.source, changes: make(chan Change)}
	if err := w.watchDirs(); err != nil {
		return nil, errors.Join(err, notifier.Close())
	}
	go w.run(ctx)
	return w.changes, nil
}

type watcher struct {
	notifier    *fsnotify.Watcher
	path        string
	source      []byte // as it was last told
	lastFailure string // the same, of a file that could not be read
	changes     chan Change
}

// watchDirs watches the directory of the file and, through symbolic links, of what it leads to.
func (w *watcher) watchDirs() error {
	err := w.notifier.Add(filepath.Dir(w.path))
	if real, realErr := filepath.EvalSymlinks(w.path); realErr == nil { // a file that is gone leads nowhere
		err = errors.Join(err, w.notifier.Add(filepath.Dir(real)))
	}
	if err != nil {
		return fmt.Errorf("watch configuration %s: %w", w.path, err)
	}
	return nil
}

// run is the watcher's goroutine.
func (w *watcher) run(ctx context.Context) {
	defer close(w.changes)
	defer w.notifier.Close()
	quiet := time.NewTimer(settleTime) // what changed between reading and watching counts too
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-w.notifier.Events:
			if !open {
				return
			}
			quiet.Reset(settleTime)
		case <-w.notifier.Errors: // events were lost: look
			quiet.Reset(settleTime)
		case <-quiet.C:
			if !w.reload(ctx) {
				return
			}
		}
	}
}

// reload tells the file if it is not what was last told. It reports false when ctx ended.
func (w *watcher) reload(ctx context.Context) bool {
	followErr := w.watchDirs()
	source, err := readBounded(w.path)
	change := Change{Err: err}
	switch {
	case err != nil && err.Error() == w.lastFailure, err == nil && w.lastFailure == "" && bytes.Equal(source, w.source):
		return true
	case err != nil:
		w.lastFailure = err.Error()
	default:
		w.lastFailure, w.source = "", source
		change.File, change.Err = Parse(w.path, source)
	}
	if change.Err == nil {
		change.Err = followErr
	}
	select {
	case w.changes <- change:
		return true
	case <-ctx.Done():
		return false
	}
}
