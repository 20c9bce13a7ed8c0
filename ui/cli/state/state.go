// Package state keeps what the next run goes on with.
//
// A [File] has the last event id of each feed. [Open] reads it and holds it against other instances. What has been used of
// a feed is noted by [File.Note]; [File.Commit] says that all that was noted is safe where it went. A nil File keeps nothing.
// [IDs] are the files of all feeds that run.
//
// [Settings] are what the user has set up on the screen. Any number of instances share them.
package state

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"livetape/feed"
)

// Bounds of a file.
const (
	maxSize   = 16 << 20 // bytes
	saveEvery = time.Second
	version   = 1
)

// fileContent is what the file holds, as JSON.
type fileContent struct {
	Version int                    `json:"livetape_state"`
	Feeds   map[string]resumePoint `json:"feeds"` // by name; those of other runs stay
}

type resumePoint struct {
	Address string `json:"address"` // a hash of what is asked but for credentials, since an id means nothing elsewhere
	ID      string `json:"last_event_id"`
}

// File is an open state file. Its methods may be called from any goroutine, and on nil.
type File struct {
	path   string
	unlock func()

	mu      sync.Mutex
	saved   fileContent
	noted   map[string]resumePoint // by feed, since the last Commit
	applied map[string]string      // addresses, by feed
	running map[string]string      // the same, of the feeds whose events come
	dirty   bool
	closed  bool
	savedAt time.Time
	failed  error
}

// Open reads the file at path, if there is one, and keeps other instances from using it. What is no state file is left as it
// is. No error shows what is in the file: an id may hold a secret.
func Open(path string) (*File, error) {
	unlock, err := lock(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("state %s: %w", path, err)
	}
	f := &File{path: path, unlock: unlock, noted: map[string]resumePoint{}, applied: map[string]string{}, running: map[string]string{}}
	if err := f.read(); err != nil {
		unlock()
		return nil, fmt.Errorf("state %s: %w", path, err)
	}
	return f, nil
}

func (f *File) read() error {
	f.saved = fileContent{Version: version, Feeds: map[string]resumePoint{}}
	var read fileContent
	found, err := readJSON(f.path, &read, &read.Version)
	if found && err == nil {
		maps.Copy(f.saved.Feeds, read.Feeds)
	}
	return err
}

// readJSON reads a file of ours, if there is one, with the version in it.
func readJSON(path string, content any, fileVersion *int) (found bool, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, errors.Unwrap(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return false, errors.Unwrap(err)
	}
	switch err := json.Unmarshal(text, content); {
	case len(text) > maxSize || err != nil || *fileVersion == 0:
		return true, errors.New("it is damaged, or no file of livetape's; it is left as it is: name another, or move it away")
	case *fileVersion > version:
		return true, errors.New("it is of a newer livetape; it is left as it is: name another")
	}
	return true, nil
}

// Apply has a feed go on after the id that was kept for it, unless it was given one, or cannot resume.
func (f *File) Apply(c *feed.Config) {
	if f == nil {
		return
	}
	endpoint, err := c.Endpoint(os.LookupEnv)
	if err != nil {
		return // whoever starts the feed says so
	}
	sum := sha256.Sum256([]byte(endpoint.Address()))
	address := hex.EncodeToString(sum[:8])
	f.mu.Lock()
	defer f.mu.Unlock()
	f.applied[c.Name] = address
	if f.running[c.Name] == "" {
		f.running[c.Name] = address
	}
	if kept := f.saved.Feeds[c.Name]; kept.Address == address && c.Resume != feed.ResumeNever {
		c.LastEventID = cmp.Or(c.LastEventID, kept.ID)
	}
}

// Started says that the events that follow are of the feed as it was last given to Apply: after a change of the
// configuration, some of the feed as it was before may still have come.
func (f *File) Started(feed string) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running[feed] = f.applied[feed]
}

// Note takes the id to resume from after an event of a feed; empty for none.
func (f *File) Note(feed, id string) {
	if f == nil || id == "" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.noted[feed] = resumePoint{f.running[feed], id}
}

// Commit says that what was noted is safe. It writes the file, but not more often than once a second; Close writes the rest.
func (f *File) Commit() {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.dirty = f.dirty || len(f.noted) > 0
	maps.Copy(f.saved.Feeds, f.noted)
	clear(f.noted)
	if f.dirty && time.Since(f.savedAt) >= saveEvery {
		f.save()
	}
}

// Close writes what was committed, and lets others use the file: from then on nothing is written. The error is that of any
// write; a second Close has none.
func (f *File) Close() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	defer f.unlock()
	if f.dirty {
		f.save()
	}
	if f.failed != nil {
		return fmt.Errorf("state %s: %w", f.path, f.failed)
	}
	return nil
}

// save replaces the file as a whole.
func (f *File) save() {
	f.savedAt, f.dirty = time.Now(), false
	f.failed = writeJSON(f.path, f.saved)
}

func writeJSON(path string, content any) error {
	text, err := json.MarshalIndent(content, "", "\t")
	if err != nil {
		return err
	}
	return replaceFile(path, append(text, '\n'))
}

func replaceFile(path string, text []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // for its owner's eyes alone
	if err != nil {
		return err
	}
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // what went wrong first is what counts
	}
	return err
}
