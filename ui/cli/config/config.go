// Package config reads livetape.yaml, the configuration as a whole: the feeds, the lists of symbols, and what
// symbols are called on screen. It never writes to it.
//
// [Find] says which file is meant and [Read] reads it, strictly: an [Error] shows every fault with its line and a
// caret. [File.Config] makes of a feed's part what package feed runs. Symbols are renamed by a [SymbolTable], which can be
// turned to another page while feeds run, and [Watch] says when the file has changed.
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"livetape/feed/decode/configerr"
	"livetape/feed/decode/preset"
)

// File is a configuration. The tags are its keys.
type File struct {
	Feeds      map[string]Feed     `yaml:"feeds,omitempty"`
	Watchlists map[string][]string `yaml:"watchlists,omitempty"` // names of symbols, to ask for or to show alone
	Symbols    map[string]Symbol   `yaml:"symbols,omitempty"`    // by the name under which a symbol is shown

	path   string
	source []byte
	order  []string // the feeds' names as they stand in the file
}

// Feed is one stream: what [preset.Definition] says of it, and how to get there from here.
type Feed struct {
	preset.Definition `yaml:",inline"`

	Watchlist string `yaml:"watchlist,omitempty"`  // ask for the symbols of this list too
	Token     string `yaml:"token,omitempty"`      // ${NAME}: stands for {token} in headers, or is sent as "Authorization: Bearer"
	TokenFile string `yaml:"token_file,omitempty"` // the same, from a file, read when the feed starts
	RetryMin  string `yaml:"retry_min,omitempty"`  // wait no shorter before a reconnect, whatever the server says: "5s"; default 10ms
	RetryMax  string `yaml:"retry_max,omitempty"`  // wait no longer, unless a Retry-After says so: default 30s, or the server's own retry:
	TLSCA     string `yaml:"tls_ca,omitempty"`     // file of certificates (PEM) to trust besides the system's
	Proxy     string `yaml:"proxy,omitempty"`      // http, https or socks5 URL; default: as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say
}

// Symbol says how one symbol is shown.
type Symbol struct {
	Name     string   `yaml:"name,omitempty"`         // what it is, in words
	Aliases  []string `yaml:"aliases,omitempty,flow"` // what feeds call it
	Decimals int      `yaml:"decimals,omitempty"`     // prices have so many at least: zeros are added, digits are never cut
}

// MaxSize bounds a configuration file, in bytes.
const MaxSize = 1 << 20

// Error is what is wrong with a configuration file: its faults, each with the line that it is in. Secrets in those
// lines are masked.
type Error struct {
	Path   string
	faults error
	text   string
}

func newError(path string, faults error, source []byte) *Error {
	return &Error{path, faults, show(faults, path, source)}
}

// Error shows all faults, several lines each.
func (e *Error) Error() string { return e.text }

// Unwrap gives the faults, each a [configerr.Error].
func (e *Error) Unwrap() []error { return []error{e.faults} }

// Read reads the file at path. What is wrong in it is an [Error].
func Read(path string) (*File, error) {
	source, err := readBounded(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, source)
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	if len(source) <= MaxSize {
		return source, nil
	}
	size := "more than 1 MiB"
	if info, err := f.Stat(); err == nil && info.Size() > MaxSize {
		size = fmt.Sprintf("%.1f MiB", float64(info.Size())/(1<<20))
	}
	return nil, fmt.Errorf("read configuration %s: it has %s, and 1 MiB is the most", path, size)
}

func unreadable(path string, err error) error {
	var detail *fs.PathError
	if errors.As(err, &detail) {
		err = detail.Err
	}
	return fmt.Errorf("read configuration %s: %w", path, err)
}

// Parse reads a configuration. The path is where it is from: file names in it are seen from there.
func Parse(path string, source []byte) (*File, error) {
	f := &File{path: path, source: source}
	broken, err := f.decode(source)
	if broken.whole {
		return nil, newError(path, err, source)
	}
	var faults configerr.List
	faults.Join(nil, err)
	f.validate(broken.feeds, &faults)
	if err := faults.Err(); err != nil {
		return nil, newError(path, err, source)
	}
	return f, nil
}

// Path is where the file is.
func (f *File) Path() string { return f.path }

// Names are the names of the feeds, in the order of the file.
func (f *File) Names() []string { return slices.Clone(f.order) }

// missing says of a feed that is not there, which one may be meant.
func (f *File) missing(name string) error {
	where := filepath.Base(f.path)
	if len(f.order) == 0 {
		return fmt.Errorf("there is no feed %q: %s names none", name, where)
	}
	return fmt.Errorf("there is no feed %q in %s%s", name, where, configerr.DidYouMean(name, f.order, nil))
}

// watchlist is the list of that name, or an error that says which one may be meant.
func (f *File) watchlist(name string) ([]string, error) {
	if list, ok := f.Watchlists[name]; ok {
		return list, nil
	}
	return nil, fmt.Errorf("there is no watchlist %q%s", name, configerr.DidYouMean(name, sortedKeys(f.Watchlists), nil))
}
