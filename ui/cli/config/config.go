// Package config reads livetape.yaml, the configuration: the feeds, the watchlists, and what symbols are called on
// screen. It never changes the file.
//
// [Find] says which file is meant and [Read] reads it, strictly: an [Error] shows every mistake with its line and a
// caret. [File.Config] makes the configuration of one feed, which package feed runs. A [SymbolTable] renames symbols and
// can be replaced while feeds run. [Watch] reports when the file has changed.
package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"livetape/feed"
	"livetape/feed/decode/configerr"
	"livetape/feed/decode/preset"
	"livetape/feed/decode/strictyaml"
	"livetape/feed/redact"
)

// File is a configuration. The tags are its keys.
type File struct {
	Feeds      map[string]Feed     `yaml:"feeds,omitempty"`
	Watchlists map[string][]string `yaml:"watchlists,omitempty"` // names of symbols, to ask for or to show alone
	Symbols    map[string]Symbol   `yaml:"symbols,omitempty"`    // by the name under which a symbol is shown
	AlertRules []Alert             `yaml:"alerts,omitempty"`
	Columns    []string            `yaml:"columns,omitempty,flow"`
	Sort       string              `yaml:"sort,omitempty"`      // a column, behind "-" for the largest first
	Fold       bool                `yaml:"fold,omitempty"`      // rows of one symbol from several feeds are one
	Held       map[string]Position `yaml:"positions,omitempty"` // by symbol

	Theme         string                       `yaml:"theme,omitempty"`          // a built-in one or one of Themes
	Themes        map[string]map[string]string `yaml:"themes,omitempty"`         // colors by style, and "base": what the others are as in
	Keys          map[string][]string          `yaml:"keys,omitempty"`           // of actions, instead of their own
	ASCII         bool                         `yaml:"ascii,omitempty"`          // draw with ASCII alone
	ReducedMotion bool                         `yaml:"reduced_motion,omitempty"` // nothing flashes, and little is redrawn

	Rewind string `yaml:"rewind,omitempty"` // how much is kept to go back over: "32MiB"; "0" for nothing

	path   string
	source []byte
	order  []string // the feeds' names as they stand in the file

	listOrder []string // the same of the watchlists
}

// Feed is one stream: what [preset.Definition] says of it, and how to get there from here.
type Feed struct {
	preset.Definition `yaml:",inline"`

	Watchlist    string            `yaml:"watchlist,omitempty"`          // ask for the symbols of this list too
	Token        string            `yaml:"token,omitempty"`              // ${NAME}: stands for {token} in headers, or is sent as "Authorization: Bearer"
	TokenFile    string            `yaml:"token_file,omitempty"`         // the same, from a file, read when the feed starts and when it is refused
	TokenCommand []string          `yaml:"token_command,omitempty,flow"` // the same, printed by a program: its name and arguments; no shell
	RetryMin     string            `yaml:"retry_min,omitempty"`          // wait no shorter before a reconnect, whatever the server says: "5s"; default 10ms
	RetryMax     string            `yaml:"retry_max,omitempty"`          // wait no longer, unless a Retry-After says so: default 30s, or the server's own retry:
	TLSCA        string            `yaml:"tls_ca,omitempty"`             // file of certificates (PEM) to trust besides the system's
	TLS          ClientCertificate `yaml:"tls,omitempty"`                // who we are, for servers that ask
	Proxy        string            `yaml:"proxy,omitempty"`              // http, https or socks5 URL; default: as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say
}

// ClientCertificate names the files (PEM) of a certificate by which a server knows its client.
type ClientCertificate struct {
	Cert string `yaml:"cert,omitempty"` // with its chain
	Key  string `yaml:"key,omitempty"`  // not encrypted
}

// Symbol says how one symbol is shown.
type Symbol struct {
	Name     string   `yaml:"name,omitempty"`         // what it is, in words
	Aliases  []string `yaml:"aliases,omitempty,flow"` // what feeds call it
	Decimals int      `yaml:"decimals,omitempty"`     // prices have so many at least: zeros are added, digits are never cut
}

// MaxSize bounds a configuration file, in bytes.
const MaxSize = 1 << 20

// Error is all that is wrong with a configuration file. It shows the line of each mistake, with secrets masked.
type Error struct {
	Path string
	errs error
	text string
}

func newError(path string, errs error, source []byte) *Error {
	sorted := configerr.All(strictyaml.Locate(errs, source))
	slices.SortStableFunc(sorted, func(a, b *configerr.Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	var located error
	for _, e := range sorted {
		located = errors.Join(located, e)
	}
	text := strictyaml.Annotate(located, path, []byte(redact.YAML(string(source))))
	return &Error{path, errs, strings.TrimRight(text, "\n")}
}

// Error shows all mistakes, with several lines for each.
func (e *Error) Error() string { return e.text }

// Unwrap returns the error that wraps a [configerr.Error] for each mistake.
func (e *Error) Unwrap() error { return e.errs }

// Read reads the file at path. What is wrong in it is an [Error].
func Read(path string) (*File, error) {
	source, err := readBounded(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, source)
}

func readBounded(path string) ([]byte, error) {
	source, size, err := readAtMost(path, MaxSize)
	switch {
	case err != nil:
		return nil, readError(path, err)
	case size > MaxSize:
		return nil, fmt.Errorf("read configuration %s: it has %.1f MiB, and 1 MiB is the most", path, float64(size)/(1<<20))
	case len(source) > MaxSize:
		return nil, fmt.Errorf("read configuration %s: it has more than 1 MiB, and 1 MiB is the most", path)
	}
	return source, nil
}

// readAtMost reads a file, or of a longer one a byte more than limit. Size is the file's, 0 where it has none.
func readAtMost(path string, limit int64) (text []byte, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		size = info.Size()
	}
	text, err = io.ReadAll(io.LimitReader(f, limit+1))
	return text, size, err
}

func readError(path string, err error) error {
	var detail *fs.PathError
	if errors.As(err, &detail) {
		err = detail.Err
	}
	return fmt.Errorf("read configuration %s: %w", path, err)
}

// Parse reads a configuration. File names in it are relative to the directory of path.
func Parse(path string, source []byte) (*File, error) {
	source = bytes.TrimPrefix(source, []byte("\xEF\xBB\xBF")) // the byte order mark that some editors write
	f := &File{}
	var errs configerr.List
	errs.Join(nil, strictyaml.Decode(source, f, preset.Synonyms()))
	unreadable, unread := false, map[string][]string{} // the file; keys of its feeds
	for _, e := range configerr.All(errs.Err()) {
		switch {
		case len(e.Path) < 2:
			unreadable = true
			hintFeedKey(e)
		case e.Path[0] == "feeds":
			name, key := fmt.Sprint(e.Path[1]), fmt.Sprint(e.Path[min(2, len(e.Path)-1)])
			unread[name] = append(unread[name], key)
		}
	}
	if unreadable {
		return nil, newError(path, errs.Err(), source)
	}
	f.path, f.source, f.order, f.listOrder = path, source, strictyaml.Keys(source, "feeds"), strictyaml.Keys(source, "watchlists")
	f.validate(unread, &errs)
	if err := errs.Err(); err != nil {
		return nil, newError(path, err, source)
	}
	return f, nil
}

// hintFeedKey says of an unknown key at the top of a file that it belongs to a feed, where that is so.
func hintFeedKey(e *configerr.Error) {
	if len(e.Path) == 0 || e.Problem != fmt.Sprintf("unknown key %q", e.Path[0]) {
		return
	}
	if strictyaml.Decode(fmt.Appendf(nil, "%q:", e.Path[0]), new(Feed), nil) == nil {
		e.Problem += ": it belongs to a feed, below feeds: and the feed's name"
	}
}

// Path is where the file is.
func (f *File) Path() string { return f.path }

// Dir is the directory that file names in the file are relative to.
func (f *File) Dir() string { return filepath.Dir(f.path) }

// Names are the names of the feeds, in the order of the file.
func (f *File) Names() []string { return slices.Clone(f.order) }

// Feed is the feed of that name with the symbols of its watchlist. The error suggests the name that may be meant.
func (f *File) Feed(name string) (Feed, error) {
	if _, ok := f.Feeds[name]; ok {
		return f.withWatchlist(name)
	}
	where := filepath.Base(f.path)
	if len(f.order) == 0 {
		return Feed{}, fmt.Errorf("there is no feed %q: %s names none", name, where)
	}
	return Feed{}, fmt.Errorf("there is no feed %q in %s%s", name, where, configerr.DidYouMean(name, f.order, nil))
}

func (f *File) withWatchlist(name string) (Feed, error) {
	asked := f.Feeds[name]
	if asked.Watchlist == "" {
		return asked, nil
	}
	list, err := f.watchlist(asked.Watchlist)
	if err != nil {
		return asked, &configerr.Error{Path: configerr.Path{"watchlist"}, Problem: err.Error()}
	}
	asked.Symbols = slices.Concat(asked.Symbols, list)
	return asked, nil
}

func (f *File) watchlist(name string) ([]string, error) {
	if list, ok := f.Watchlists[name]; ok {
		return list, nil
	}
	return nil, fmt.Errorf("there is no watchlist %q%s", name, configerr.DidYouMean(name, slices.Sorted(maps.Keys(f.Watchlists)), nil))
}

// Config makes the configuration of one feed, which package feed runs. What is missing in the environment is an [Error]
// with the lines that ask for it.
func (f *File) Config(name string, env Environment) (feed.Config, error) {
	asked, err := f.Feed(name)
	if err != nil {
		return feed.Config{}, err
	}
	env.Dir = f.Dir()
	config, err := asked.Config(name, env)
	if err != nil {
		var errs configerr.List
		errs.Join(configerr.Path{"feeds", name}, err)
		return feed.Config{}, newError(f.path, errs.Err(), f.source)
	}
	return config, nil
}

// Check reports what the feeds ask for and the environment does not have, as an [Error].
func (f *File) Check(env Environment) error {
	var errs configerr.List
	for _, name := range f.order {
		_, err := f.Config(name, env)
		errs.Join(nil, err)
	}
	if err := errs.Err(); err != nil {
		return newError(f.path, err, f.source)
	}
	return nil
}
