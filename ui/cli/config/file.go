package config

import (
	"path/filepath"

	"livetape/feed"
	"livetape/feed/decode/fault"
)

// Config makes of the feed called name what package feed runs. What is missing in the environment is an [Error] with
// the lines that ask for it.
func (f *File) Config(name string, w World) (feed.Config, error) {
	asked, err := f.withList(name)
	if err == nil {
		w.Dir = filepath.Dir(f.path)
		var config feed.Config
		if config, err = asked.Config(name, w); err == nil {
			return config, nil
		}
	}
	return feed.Config{}, &Error{f.path, fault.Under(fault.Path{"feeds", name}, err), f.source}
}

// Configs are those of the named feeds, with the faults of all.
func (f *File) Configs(names []string, w World) ([]feed.Config, error) {
	var configs []feed.Config
	var faults fault.List
	for _, name := range names {
		config, err := f.Config(name, w)
		faults.Join(nil, err)
		configs = append(configs, config)
	}
	if err := faults.Err(); err != nil {
		return nil, &Error{f.path, err, f.source}
	}
	return configs, nil
}
