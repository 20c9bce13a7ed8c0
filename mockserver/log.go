package mockserver

import (
	"errors"
	"strconv"
	"strings"
	"sync"
)

// entry is one event as it goes over the wire, encoded once for all clients.
type entry struct {
	id      string
	kind    kind
	symbols []string
	frame   []byte
}

// Why a log cannot be read from an id.
var (
	errUnknownID = errors.New("the log never gave this id")
	errForgotten = errors.New("the log has forgotten what followed this id")
)

// ring is the event log: it numbers events, and keeps the latest for clients that resume. Ids are
// "<epoch>-<n>", n from 1; "<epoch>-0" stands before the first event. Nobody else needs to know.
type ring struct {
	prefix string // of ids

	mu    sync.RWMutex
	slots []*entry // event n is in slot n modulo their number
	last  uint64   // n of the newest event
}

func newRing(epoch string, size int) *ring {
	return &ring{prefix: epoch + "-", slots: make([]*entry, size)}
}

// append logs drafts, whose data lie one behind the other in data.
func (r *ring) append(drafts []draft, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range drafts {
		r.last++
		id := r.id(r.last)
		name := d.kind.String()
		frame := make([]byte, 0, len("event: \nid: \ndata: \n\n")+len(name)+len(id)+d.size)
		frame = appendFrame(frame, name, id, data[:d.size])
		data = data[d.size:]
		r.slots[r.last%uint64(len(r.slots))] = &entry{id, d.kind, d.symbols, frame}
	}
}

func (r *ring) id(n uint64) string { return r.prefix + strconv.FormatUint(n, 10) }

// newest is the id of the newest event, or the one before the first.
func (r *ring) newest() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.id(r.last)
}

// oldest is the earliest id from which the log can be read on.
func (r *ring) oldest() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.id(r.floor())
}

// floor is the n of oldest.
func (r *ring) floor() uint64 { return r.last - min(r.last, uint64(len(r.slots))) }

// read appends the events that follow id to dst, at most as many as dst has room for, and says how many
// follow in all: that is right with errForgotten, too.
func (r *ring) read(id string, dst []*entry) (events []*entry, following int, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, err := r.find(id)
	if err != nil {
		return dst, r.following(n, err), err
	}
	following = r.following(n, nil)
	for n < r.last && len(dst) < cap(dst) {
		n++
		dst = append(dst, r.at(n))
	}
	return dst, following, nil
}

// tally says how many events follow id, up to the newest, and how many of them are wanted. With errForgotten
// the first is still right.
func (r *ring) tally(id string, wanted func(*entry) bool) (following, matching int, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, err := r.find(id)
	if err != nil {
		return r.following(n, err), 0, err
	}
	following = r.following(n, nil)
	for n < r.last {
		n++
		if wanted(r.at(n)) {
			matching++
		}
	}
	return following, matching, nil
}

// sample is the event that follows id, else the newest, else nil.
func (r *ring) sample(id string) *entry {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if n, err := r.find(id); err == nil && n < r.last {
		return r.at(n + 1)
	}
	return r.at(r.last)
}

func (r *ring) at(n uint64) *entry { return r.slots[n%uint64(len(r.slots))] }

// following is the number of events behind n, as find gave it.
func (r *ring) following(n uint64, err error) int {
	if errors.Is(err, errUnknownID) {
		return 0
	}
	return int(r.last - n)
}

// find is the n of an id. With errForgotten it is right, too.
func (r *ring) find(id string) (uint64, error) {
	digits, ok := strings.CutPrefix(id, r.prefix)
	n, err := strconv.ParseUint(digits, 10, 64)
	switch {
	case !ok || err != nil || n > r.last || r.id(n) != id:
		return 0, errUnknownID
	case n < r.floor():
		return n, errForgotten
	}
	return n, nil
}
