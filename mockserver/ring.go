package mockserver

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ring is the event log in memory. Its ids are "<epoch>-<n>", n from 1; "<epoch>-0" stands before the
// first event.
type ring struct {
	prefix string // of ids

	mu    sync.RWMutex
	slots []*entry // event n is in slot n modulo their number
	born  []int64  // when that was logged, in ns of Unix time
	last  uint64   // n of the newest event
}

func newRing(epoch string, size int) *ring {
	return &ring{prefix: epoch + "-", slots: make([]*entry, size), born: make([]int64, size)}
}

func (r *ring) append(drafts []draft, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now().UnixNano()
	for _, d := range drafts {
		r.last++
		r.born[r.last%uint64(len(r.born))] = now
		id := r.id(r.last)
		name := d.kind.String()
		frame := make([]byte, 0, len("event: \nid: \ndata: \n\n")+len(name)+len(id)+d.size)
		frame = appendFrame(frame, name, id, data[:d.size])
		data = data[d.size:]
		r.slots[r.last%uint64(len(r.slots))] = &entry{id, r.last, d.kind, d.symbols, frame, d.quote, d.news}
	}
}

func (r *ring) id(n uint64) string { return r.prefix + strconv.FormatUint(n, 10) }

func (r *ring) at(number uint64) string { return r.id(number) }

func (r *ring) count() uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.last
}

func (r *ring) newest() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.id(r.last)
}

func (r *ring) oldest() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.id(r.floor())
}

// floor is the n of oldest.
func (r *ring) floor() uint64 { return r.last - min(r.last, uint64(len(r.slots))) }

func (r *ring) read(id string, dst []*entry) (events []*entry, following int, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, err := r.find(id)
	if errors.Is(err, errUnknownID) {
		return dst, 0, err
	}
	following = int(r.last - n)
	if err != nil {
		return dst, following, err
	}
	for n < r.last && len(dst) < cap(dst) {
		n++
		dst = append(dst, r.slots[n%uint64(len(r.slots))])
	}
	return dst, following, nil
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

// span is how many events can be read, and how long ago the first of them was logged.
func (r *ring) span() (events int, age time.Duration) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.last == 0 {
		return 0, 0
	}
	first := r.floor() + 1
	born := time.Unix(0, r.born[first%uint64(len(r.born))])
	return int(r.last - r.floor()), max(0, time.Since(born))
}
