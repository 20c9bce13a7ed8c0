package config

import (
	"livetape/feed/decode/configerr"
	"livetape/feed/decode/preset"
)

// rewindSizes hold what is kept to go back over.
func rewindSizes() preset.SizeRange {
	return preset.SizeRange{Default: 4 << 20, Least: 64 << 10, Most: 256 << 20, Name: "64KiB and 256MiB; 0 is for nothing"}
}

// RewindLimit is how many bytes of events a screen keeps to go back over. The file may be nil.
func (f *File) RewindLimit() int {
	if f == nil {
		return rewindSizes().Default
	}
	n, err := f.rewindLimit()
	if err != nil {
		return rewindSizes().Default
	}
	return n
}

func (f *File) rewindLimit() (int, error) {
	if f.Rewind == "0" {
		return 0, nil
	}
	return rewindSizes().Parse(f.Rewind)
}

func (f *File) checkRewind(errs *configerr.List) {
	if _, err := f.rewindLimit(); err != nil {
		errs.Add(configerr.Path{"rewind"}, "%s", err)
	}
}
