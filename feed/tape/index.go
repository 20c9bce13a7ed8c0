package tape

import (
	"io"
	"time"
)

// markSpacing is how far apart, in bytes, places are remembered at first; maxMarks how many at the most,
// and maxMarkedID how long an id may be to be remembered with one.
const (
	markSpacing = 64 << 10
	maxMarks    = 4096
	maxMarkedID = 1 << 10
)

// index remembers places of a file in the order in which they were passed, ever sparser.
type index struct {
	marks   []mark
	spacing int64
}

type mark struct {
	pos   int64
	place place
}

// add remembers a place unless one near was.
func (x *index) add(pos int64, p place) {
	x.spacing = max(x.spacing, markSpacing)
	last := int64(0)
	if len(x.marks) > 0 {
		last = x.marks[len(x.marks)-1].pos
	}
	if pos < last+x.spacing || len(p.id) > maxMarkedID {
		return
	}
	if x.marks = append(x.marks, mark{pos, p}); len(x.marks) == maxMarks {
		x.thin()
	}
}

// thin forgets every second place.
func (x *index) thin() {
	kept := x.marks[:0]
	for i := 1; i < len(x.marks); i += 2 {
		kept = append(kept, x.marks[i])
	}
	x.marks, x.spacing = kept, 2*x.spacing
}

// before is the last place remembered behind which everything at or after offset follows.
func (x *index) before(offset time.Duration) (best mark, found bool) {
	for _, m := range x.marks {
		if m.place.offset >= offset {
			break
		}
		best, found = m, true
	}
	return best, found
}

// remember notes the present place, if it is one from which reading can begin.
func (r *Reader) remember() {
	if r.input.zipped || r.block.started() || r.lines.offset() < r.index.next() {
		return
	}
	r.index.add(r.lines.offset(), r.place)
}

// next is the position from which on add takes a place.
func (x *index) next() int64 {
	if len(x.marks) == 0 {
		return markSpacing
	}
	return x.marks[len(x.marks)-1].pos + x.spacing
}

// Seek makes Next give the first entry at or after offset. Forward it reads on; backward it begins
// at a place that it remembers, or at the begin of a compressed file. The Tally begins anew at that place.
func (r *Reader) Seek(offset time.Duration) error {
	m, found := r.index.before(offset)
	back := r.place.events > 0 && r.place.offset >= offset
	if back || found && m.pos > r.lines.offset() {
		if err := r.jump(m); err != nil {
			return err
		}
	}
	r.held = nil
	for {
		e, err := r.read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e.Offset >= offset {
			r.held = &e
			return nil
		}
	}
}

// jump goes to a place of the file; the zero mark is its begin.
func (r *Reader) jump(m mark) (err error) {
	if m.pos > 0 {
		_, err = r.file.Seek(m.pos, io.SeekStart)
		r.input.cut = false
	} else {
		r.input, err = newInput(r.file)
	}
	if err != nil {
		return err
	}
	r.lines.restart(r.input, m.pos)
	r.place, r.tally, r.ended = m.place, ReadStats{}, nil
	r.block.reset()
	if m.pos == 0 {
		r.place.at = r.info.Start
	}
	return nil
}
