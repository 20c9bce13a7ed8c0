package config

import (
	"path/filepath"

	"livetape/feed"
	"livetape/feed/decode/configerr"
)

// Feed is the feed of that name with the symbols of its watchlist, or an error that says which one may be meant.
func (f *File) Feed(name string) (Feed, error) {
	if _, ok := f.Feeds[name]; !ok {
		return Feed{}, f.missing(name)
	}
	return f.withList(name)
}

// Config makes of the feed called name what package feed runs. What is missing in the environment is an [Error] with
// the lines that ask for it.
func (f *File) Config(name string, w Environment) (feed.Config, error) {
	asked, err := f.Feed(name)
	if err != nil {
		return feed.Config{}, err
	}
	w.Dir = f.Dir()
	config, err := asked.Config(name, w)
	if err != nil {
		return feed.Config{}, newError(f.path, configerr.Under(configerr.Path{"feeds", name}, err), f.source)
	}
	return config, nil
}

// Check reports what of all feeds is missing in the environment, as an [Error].
func (f *File) Check(w Environment) error {
	var faults configerr.List
	for _, name := range f.order {
		_, err := f.Config(name, w)
		faults.Join(nil, err)
	}
	if err := faults.Err(); err != nil {
		return newError(f.path, err, f.source)
	}
	return nil
}

// Dir is the directory from which the file names in the file are seen.
func (f *File) Dir() string { return filepath.Dir(f.path) }
