package state

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/adrg/xdg"

	"livetape/feed"
)

// IDs keep the last event ids of feeds: all in one file that the user names, or else those of the feeds that ask for it,
// each in a file of its own. Its methods may be called from any goroutine, and on nil.
type IDs struct {
	named *File

	mu  sync.Mutex
	own map[string]*File // by feed
}

// NewIDs keep the ids of all feeds in the file at path; with an empty path, of the feeds that are given one of their own.
func NewIDs(path string) (*IDs, error) {
	k := &IDs{own: map[string]*File{}}
	var err error
	if path != "" {
		k.named, err = Open(path)
	}
	return k, err
}

// IDPath is the file of one feed of a configuration, under the user's state directory. Each command has its own: what has
// been on a screen is not in a recording. The error says that there is no such directory.
func IDPath(command, config, feed string) (string, error) {
	dir := stateDir()
	if dir == "" {
		return "", errors.New("resume: keep needs a home directory, or XDG_STATE_HOME: name a file, --state FILE")
	}
	absolute, err := filepath.Abs(config)
	if err != nil {
		return "", fmt.Errorf("resume: keep: %w", err)
	}
	sum := sha256.Sum256([]byte(absolute + "\n" + feed))
	return filepath.Join(dir, "ids", command+"-"+hex.EncodeToString(sum[:8])+".json"), nil
}

// stateDir is where a user's state is, by the XDG Base Directory Specification; empty for a user without a home directory.
func stateDir() string {
	if _, err := os.UserHomeDir(); err != nil && os.Getenv("XDG_STATE_HOME") == "" {
		return ""
	}
	return filepath.Join(xdg.StateHome, "livetape")
}

// Apply has a feed go on after the id that was kept for it; own is its own file, or empty. See [File.Apply].
func (k *IDs) Apply(c *feed.Config, own string) error {
	if k == nil {
		return nil
	}
	if err := k.use(c.Name, own); err != nil {
		return err
	}
	k.file(c.Name).Apply(c)
	return nil
}

// use opens the feed's own file, and closes one that it had before.
func (k *IDs) use(feed, own string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if f := k.own[feed]; f != nil && f.path != own {
		delete(k.own, feed)
		if err := f.Close(); err != nil {
			return err
		}
	}
	if own == "" || k.named != nil || k.own[feed] != nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(own), 0o700); err != nil {
		return fmt.Errorf("state %s: %w", own, errors.Unwrap(err))
	}
	f, err := Open(own)
	if err != nil {
		return fmt.Errorf("resume: keep: feed %s: %w (--state FILE names one)", feed, err)
	}
	k.own[feed] = f
	return nil
}

// file is where the ids of a feed are kept; nil for nowhere.
func (k *IDs) file(feed string) *File {
	if k == nil {
		return nil
	}
	if k.named != nil {
		return k.named
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.own[feed]
}

// Started is [File.Started] of the feed's file.
func (k *IDs) Started(feed string) { k.file(feed).Started(feed) }

// Note is [File.Note] of the feed's file.
func (k *IDs) Note(feed, id string) { k.file(feed).Note(feed, id) }

// Commit is [File.Commit] of every file.
func (k *IDs) Commit() {
	for _, f := range k.files() {
		f.Commit()
	}
}

// Close is [File.Close] of every file.
func (k *IDs) Close() error {
	var errs []error
	for _, f := range k.files() {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

func (k *IDs) files() []*File {
	if k == nil {
		return nil
	}
	files := []*File{k.named}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range k.own {
		files = append(files, f)
	}
	return files
}
