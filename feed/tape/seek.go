package tape

import (
	"io"
	"time"
)

const (
	indexSpacing = 64 << 10 // bytes from one index entry to the next, at first
	maxIndex     = 4096     // entries
	maxIndexedID = 1 << 10  // bytes of an id with which an entry is made
)

// seekIndex remembers where in a file to read on from, in the order in which the places were passed, ever sparser.
type seekIndex struct {
	entries []indexEntry
	spacing int64
}

type indexEntry struct {
	fileOffset int64
	state      readState
}

func (x *seekIndex) add(fileOffset int64, s readState) {
	if fileOffset < x.next() || len(s.id) > maxIndexedID {
		return
	}
	if x.entries = append(x.entries, indexEntry{fileOffset, s}); len(x.entries) == maxIndex {
		x.thin()
	}
}

func (x *seekIndex) next() int64 {
	x.spacing = max(x.spacing, indexSpacing)
	if len(x.entries) == 0 {
		return x.spacing
	}
	return x.entries[len(x.entries)-1].fileOffset + x.spacing
}

func (x *seekIndex) thin() {
	kept := x.entries[:0]
	for i := 1; i < len(x.entries); i += 2 {
		kept = append(kept, x.entries[i])
	}
	x.entries, x.spacing = kept, 2*x.spacing
}

// before is the last place after which everything at or after offset follows; the zero one is the beginning.
func (x *seekIndex) before(offset time.Duration) (best indexEntry) {
	for _, e := range x.entries {
		if e.state.offset >= offset {
			break
		}
		best = e
	}
	return best
}

func (r *Reader) remember() {
	if at := r.lines.Offset(); !r.input.gzipped && !r.event.begun() && at >= r.index.next() {
		r.index.add(at, r.state)
	}
}

// Seek makes Next return the first entry at or after offset. Forward it reads on; backward it begins at a place
// that it remembers, or at the beginning of a compressed file. The ReadStats begin anew at that place.
func (r *Reader) Seek(offset time.Duration) error {
	from := r.index.before(offset)
	back := r.state.events > 0 && r.state.offset >= offset
	if back || from.fileOffset > r.lines.Offset() {
		if err := r.jump(from); err != nil {
			return err
		}
	}
	r.found = nil
	for {
		e, err := r.read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e.Offset >= offset {
			r.found = &e
			return nil
		}
	}
}

func (r *Reader) jump(to indexEntry) (err error) {
	if to.fileOffset > 0 {
		_, err = r.file.Seek(to.fileOffset, io.SeekStart)
		r.input.cut = false
	} else {
		to.state.at = r.info.Start
		r.input, err = newInput(r.file)
	}
	if err != nil {
		return err
	}
	r.lines.restart(r.input, to.fileOffset)
	r.state, r.stats, r.err = to.state, ReadStats{}, nil
	r.event.clear()
	return nil
}
