package loadgen

import (
	"bytes"
	"strconv"
)

// keptHoles bounds what one client remembers of what it did not get. Of holes beyond it, the oldest are lost for good.
const keptHoles = 4096

// sequence judges the ids of one client by a server that counts its events: "<epoch>-<n>", without a gap. What is not
// there is lost, exactly, and what comes late or again is told apart.
type sequence struct {
	prefix []byte // "<epoch>-"; nil before the first id
	last   uint64 // the highest n that came, or that a snapshot stands for
	holes  []hole // in order
	given  uint64 // up to here, holes were given up

	lost      uint64 // in holes that were given up, or of earlier epochs
	late      uint64
	again     uint64
	unclear   uint64 // late or again: their hole was given up
	foreign   uint64 // ids that are not of the form
	newEpochs int
}

// hole is a run of events that did not come.
type hole struct{ from, to uint64 }

// begin places the sequence at an id that a snapshot stands for. What of the same epoch lies between is lost.
func (q *sequence) begin(id []byte) bool {
	prefix, n, ok := cutID(id)
	if !ok {
		return false
	}
	if q.prefix == nil {
		q.prefix, q.last = bytes.Clone(prefix), n
		return true
	}
	if !bytes.Equal(prefix, q.prefix) {
		q.turn(prefix, n)
		return true
	}
	if n > q.last {
		q.miss(q.last+1, n)
		q.last = n
	}
	return true
}

// turn begins another epoch. What the one before had beyond the last id, nobody can know.
func (q *sequence) turn(prefix []byte, n uint64) {
	q.lost += q.missing()
	q.holes, q.given = q.holes[:0], 0
	q.newEpochs++
	q.prefix, q.last = append(q.prefix[:0], prefix...), n
}

// take takes the id of an event.
func (q *sequence) take(id []byte) {
	digits, ok := bytes.CutPrefix(id, q.prefix)
	n, fits := number(digits)
	switch {
	case !ok || !fits:
		q.takeOdd(id)
	case n == q.last+1:
		q.last = n
	case n > q.last:
		q.miss(q.last+1, n-1)
		q.last = n
	case q.fill(n):
		q.late++
	case n <= q.given:
		q.unclear++
	default:
		q.again++
	}
}

func (q *sequence) takeOdd(id []byte) {
	prefix, n, ok := cutID(id)
	if !ok || bytes.Equal(prefix, q.prefix) {
		q.foreign++
		return
	}
	q.turn(prefix, n)
}

func (q *sequence) miss(from, to uint64) {
	if len(q.holes) == keptHoles {
		q.lost += q.holes[0].size()
		q.given = q.holes[0].to
		q.holes = append(q.holes[:0], q.holes[1:]...)
	}
	q.holes = append(q.holes, hole{from, to})
}

func (h hole) size() uint64 { return h.to - h.from + 1 }

// fill reports whether n was missing, and is now there.
func (q *sequence) fill(n uint64) bool {
	for i := len(q.holes) - 1; i >= 0; i-- {
		h := q.holes[i]
		if n > h.to {
			return false
		}
		if n < h.from {
			continue
		}
		var parts []hole
		if h.from < n {
			parts = append(parts, hole{h.from, n - 1})
		}
		if n < h.to {
			parts = append(parts, hole{n + 1, h.to})
		}
		q.holes = append(q.holes[:i], append(parts, q.holes[i+1:]...)...)
		return true
	}
	return false
}

// missing is how many events are in the holes.
func (q *sequence) missing() (n uint64) {
	for _, h := range q.holes {
		n += h.size()
	}
	return n
}

// losses are all events that never came.
func (q *sequence) losses() uint64 { return q.lost + q.missing() }

// cutID takes an id of the form "<epoch>-<n>" apart; prefix is "<epoch>-".
func cutID(id []byte) (prefix []byte, n uint64, ok bool) {
	dash := bytes.LastIndexByte(id, '-')
	if dash < 1 {
		return nil, 0, false
	}
	n, ok = number(id[dash+1:])
	return id[:dash+1], n, ok
}

// number reads a number as a server counts: without a sign or a leading zero.
func number(digits []byte) (uint64, bool) {
	if len(digits) == 0 || len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(digits), 10, 63)
	return n, err == nil
}
