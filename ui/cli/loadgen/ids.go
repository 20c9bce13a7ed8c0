package loadgen

import (
	"bytes"
	"net/url"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"
)

type receivedIDs struct {
	comparison *comparison // with other clients
	filtered   bool        // the server leaves events out, as asked

	sequential bool // the server numbers its events: sequence judges, not the comparison
	sequence   idSequence
	compared   []uint32 // events as the comparison numbers them
	withID     uint64   // events with an id of their own
	withoutID  uint64
	unjudged   uint64 // events with an id for which the comparison had no room

	snapshots, resumes, resets uint64
}

// addSnapshot takes an event of that name, and reports whether it is one of livetape's protocol: with an id that counts, at
// the beginning of a stream or after a reset.
func (r *receivedIDs) addSnapshot(e *event, first bool) bool {
	if _, _, ok := splitID(e.id); !ok || !e.own || !first && !r.isLivetape() || e.whole && !gjson.GetBytes(e.data, "prices").Exists() {
		return r.isLivetape()
	}
	r.snapshots++
	r.sequential = !r.filtered && r.sequence.start(e.id)
	return true
}

// isLivetape reports whether the server has used livetape's own protocol.
func (r *receivedIDs) isLivetape() bool { return r.snapshots+r.resumes+r.resets > 0 }

// addResume takes an event that says that the server goes on after an id.
func (r *receivedIDs) addResume(from string, first bool) bool {
	if from == "" || !first {
		return r.isLivetape()
	}
	r.resumes++
	if !r.sequential && r.withID == 0 && !r.filtered {
		r.sequential = r.sequence.start([]byte(from))
	}
	return true
}

// addReset takes an event that says that the server cannot go on after an id. A snapshot follows.
func (r *receivedIDs) addReset(first bool) bool {
	if !first {
		return r.isLivetape()
	}
	r.resets++
	return true
}

func (r *receivedIDs) add(e *event) {
	if !e.own {
		r.withoutID++
		return
	}
	r.withID++
	if r.sequential {
		r.sequence.add(e.id)
		return
	}
	compared, ok := r.comparison.add(r.compared, e.id)
	if r.compared = compared; !ok {
		r.unjudged++
	}
}

// parseResume reads the data of a resume event; from is empty when it is none.
func parseResume(data []byte) (from string, replayed uint64) {
	from = gjson.GetBytes(data, "from").String()
	return from, gjson.GetBytes(data, "replayed").Uint()
}

// isFiltered reports whether a URL asks a livetape server for some of its events only: their ids jump then.
func isFiltered(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	q := u.Query()
	return q.Get("symbols") != "" || q.Get("types") != ""
}

// maxGaps bounds the gaps that one client remembers. If there are more, the oldest count as lost.
const maxGaps = 4096

// idSequence judges the ids of one client of a server that numbers its events without a gap, "<epoch>-<n>". What is
// missing is lost, exactly, and late events are distinguished from duplicates.
type idSequence struct {
	prefix    []byte  // "<epoch>-"; nil before the first id
	last      uint64  // the highest n that came, or that a snapshot covers
	gaps      []idGap // in order
	forgotten uint64  // up to here, gaps were forgotten

	lost       uint64 // in gaps that were forgotten, or of earlier epochs
	outOfOrder uint64
	duplicated uint64
	unclear    uint64 // out of order or duplicated: their gap was forgotten
	malformed  uint64 // ids of another form
	epochs     int    // that began after the first
}

type idGap struct{ from, to uint64 }

func (g idGap) size() uint64 { return g.to - g.from + 1 }

// start moves on to an id that a snapshot covers. What of the same epoch lies between is lost.
func (q *idSequence) start(id []byte) bool {
	prefix, n, ok := splitID(id)
	switch {
	case !ok:
		return false
	case q.prefix == nil:
		q.prefix, q.last = bytes.Clone(prefix), n
	case !bytes.Equal(prefix, q.prefix):
		q.newEpoch(prefix, n)
	case n > q.last:
		q.addGap(q.last+1, n)
		q.last = n
	}
	return true
}

// newEpoch begins another epoch. What the one before had after the last id is not known.
func (q *idSequence) newEpoch(prefix []byte, n uint64) {
	q.lost += q.missing()
	q.gaps, q.forgotten = q.gaps[:0], 0
	q.epochs++
	q.prefix, q.last = append(q.prefix[:0], prefix...), n
}

func (q *idSequence) add(id []byte) {
	digits, ok := bytes.CutPrefix(id, q.prefix)
	n, fits := parseNumber(digits)
	switch {
	case !ok || !fits:
		q.addOther(id)
	case n == q.last+1:
		q.last = n
	case n > q.last:
		q.addGap(q.last+1, n-1)
		q.last = n
	case q.fillGap(n):
		q.outOfOrder++
	case n <= q.forgotten:
		q.unclear++
	default:
		q.duplicated++
	}
}

func (q *idSequence) addOther(id []byte) {
	prefix, n, ok := splitID(id)
	if !ok || bytes.Equal(prefix, q.prefix) {
		q.malformed++
		return
	}
	q.newEpoch(prefix, n)
}

func (q *idSequence) addGap(from, to uint64) {
	if len(q.gaps) == maxGaps {
		q.lost += q.gaps[0].size()
		q.forgotten = q.gaps[0].to
		q.gaps = slices.Delete(q.gaps, 0, 1)
	}
	q.gaps = append(q.gaps, idGap{from, to})
}

func (q *idSequence) fillGap(n uint64) bool {
	for i := len(q.gaps) - 1; i >= 0 && n <= q.gaps[i].to; i-- {
		g := q.gaps[i]
		if n < g.from {
			continue
		}
		var rest []idGap
		if g.from < n {
			rest = append(rest, idGap{g.from, n - 1})
		}
		if n < g.to {
			rest = append(rest, idGap{n + 1, g.to})
		}
		q.gaps = slices.Replace(q.gaps, i, i+1, rest...)
		return true
	}
	return false
}

func (q *idSequence) missing() (n uint64) {
	for _, g := range q.gaps {
		n += g.size()
	}
	return n
}

func (q *idSequence) losses() uint64 { return q.lost + q.missing() }

// splitID splits an id of the form "<epoch>-<n>"; prefix is "<epoch>-".
func splitID(id []byte) (prefix []byte, n uint64, ok bool) {
	dash := bytes.LastIndexByte(id, '-')
	if dash < 1 {
		return nil, 0, false
	}
	n, ok = parseNumber(id[dash+1:])
	return id[:dash+1], n, ok
}

// parseNumber reads a number as a server counts: without a sign or a leading zero.
func parseNumber(digits []byte) (uint64, bool) {
	if len(digits) == 0 || len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(digits), 10, 63)
	return n, err == nil
}
