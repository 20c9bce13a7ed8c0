package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settleTime is how long a file must not change before it is read: editors write in several steps, and in some of them the
// file is empty or gone.
const settleTime = 100 * time.Millisecond

// Change is a configuration file as it is now.
type Change struct {
	File *File // nil when it cannot be used
	Err  error // why: an [Error] when its content is wrong; with a File, why later changes may go unseen
}

// Watch sends a Change on the returned channel whenever the content of the file has changed, until ctx ends. Then it closes
// the channel, and nothing is left running. A file that is gone, or wrong, is a change too.
//
// It watches directories and not the file, since editors put a new file in the place of the old one. Where the file is a
// symbolic link, as in a mounted ConfigMap, it also watches the directory that the link leads to.
//
// What is not a regular file, such as the pipe of --config <(…), has been read once and for all. There the channel is nil.
func Watch(ctx context.Context, f *File) (<-chan Change, error) {
	if info, err := os.Stat(f.path); err == nil && !info.Mode().IsRegular() {
		return nil, nil
	}
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
	source      []byte // as last sent
	lastFailure string // as last sent, of a file that could not be read
	changes     chan Change
}

// watchDirs watches the directory of the file and, where it is a symbolic link, of the file that it leads to.
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
		case <-w.notifier.Errors: // events were lost: read the file
			quiet.Reset(settleTime)
		case <-quiet.C:
			if !w.reload(ctx) {
				return
			}
		}
	}
}

// reload sends the file if it is not what was last sent. It reports false when ctx ended.
func (w *watcher) reload(ctx context.Context) bool {
	followErr := w.watchDirs()
	source, err := readRegular(w.path)
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

// readRegular reads a file again. A named pipe or a terminal may have been put in its place: reading it might never end.
func readRegular(path string) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read configuration %s: it is no longer a regular file", path)
	}
	return readBounded(path)
}
