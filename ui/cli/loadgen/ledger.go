package loadgen

import (
	"net/url"

	"github.com/tidwall/gjson"
)

// ledger is what one client knows of the ids that came to it.
type ledger struct {
	union    *union
	filtered bool // the server leaves events out, as it was asked to

	counts   bool // the server counts its events, and the sequence judges
	sequence sequence
	seen     []uint32 // by the union
	named    uint64   // events with an id of their own
	nameless uint64   // events without
	unjudged uint64   // events with one for which the union had no room

	snapshots, resumes, resets uint64
}

// snapshot takes an event of that name, and reports whether it is one of livetape's kind: with an id that counts, at
// the begin of a stream or behind a reset.
func (l *ledger) snapshot(e *event, begins bool) bool {
	if _, _, ok := cutID(e.id); !ok || !e.own || !begins && !l.native() || e.whole && !gjson.GetBytes(e.data, "prices").Exists() {
		return l.native()
	}
	l.snapshots++
	l.counts = !l.filtered && l.sequence.begin(e.id)
	return true
}

// native reports whether the server has spoken as one of livetape's kind does.
func (l *ledger) native() bool { return l.snapshots+l.resumes+l.resets > 0 }

// resume takes the server's word that it goes on behind an id.
func (l *ledger) resume(from string, begins bool) bool {
	if from == "" || !begins {
		return l.native()
	}
	l.resumes++
	if !l.counts && l.named == 0 && !l.filtered {
		l.counts = l.sequence.begin([]byte(from))
	}
	return true
}

// reset takes the server's word that it cannot. A snapshot follows.
func (l *ledger) reset(begins bool) bool {
	if !begins {
		return l.native()
	}
	l.resets++
	return true
}

// take takes the id of an event.
func (l *ledger) take(e *event) {
	if !e.own {
		l.nameless++
		return
	}
	l.named++
	if l.counts {
		l.sequence.take(e.id)
		return
	}
	seen, ok := l.union.note(l.seen, e.id)
	if l.seen = seen; !ok {
		l.unjudged++
	}
}

// resumption is what a resume event says; from is empty when it is none.
func resumption(data []byte) (from string, replayed uint64) {
	from = gjson.GetBytes(data, "from").String()
	return from, gjson.GetBytes(data, "replayed").Uint()
}

// isFiltered reports whether an address asks a server of livetape's kind for some of its events: their ids jump then.
func isFiltered(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	q := u.Query()
	return q.Get("symbols") != "" || q.Get("types") != ""
}
