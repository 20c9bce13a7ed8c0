package hub

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Ring is a [Log] in memory. Its ids are "<epoch>-<n>", n from 1; "<epoch>-0" is the id before the first event.
type Ring struct {
	epoch string
	base  uint64 // the number of event n is base+n

	mu    sync.RWMutex
	slots []*Event // event n is in slot n modulo their number
	first uint64   // n before the first event
	last  uint64   // n of the newest event
}

// NewRing returns an empty log in memory, for size events, the first of which gets the number base+1.
func NewRing(epoch string, size int, base uint64) Log { return NewRingAfter(epoch, size, base, 0) }

// NewRingAfter is NewRing for the events that follow the first n of an epoch, which it has forgotten.
func NewRingAfter(epoch string, size int, base, n uint64) *Ring {
	return &Ring{epoch: epoch, base: base, slots: make([]*Event, size), first: n, last: n}
}

// Append implements [Log].
func (r *Ring) Append(drafts []Draft, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for _, d := range drafts {
		r.last++
		*r.slot(r.last) = NewEvent(r.id(r.last), r.base+r.last, d, data[:d.Size], now)
		data = data[d.Size:]
	}
}

// Add logs an event that has its id already: the next one.
func (r *Ring) Add(e *Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	*r.slot(r.last) = e
}

func (r *Ring) slot(n uint64) **Event { return &r.slots[n%uint64(len(r.slots))] }

func (r *Ring) id(n uint64) string { return r.epoch + "-" + strconv.FormatUint(n, 10) }

// Epoch implements [Log].
func (r *Ring) Epoch() string { return r.epoch }

// ID implements [Log].
func (r *Ring) ID(number uint64) string { return r.id(number - r.base) }

// NewestNumber implements [Log].
func (r *Ring) NewestNumber() uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.base + r.last
}

// Newest implements [Log].
func (r *Ring) Newest() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.id(r.last)
}

// Oldest implements [Log].
func (r *Ring) Oldest() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.id(r.oldest())
}

func (r *Ring) oldest() uint64 { return r.last - min(r.last-r.first, uint64(len(r.slots))) }

// Read implements [Log].
func (r *Ring) Read(id string, dst []*Event) (events []*Event, following int, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, err := r.parseID(id)
	if errors.Is(err, ErrUnknownID) {
		return dst, 0, err
	}
	following = int(r.last - n)
	if err != nil {
		return dst, following, err
	}
	for n < r.last && len(dst) < cap(dst) {
		n++
		dst = append(dst, *r.slot(n))
	}
	return dst, following, nil
}

// parseID gives the n of an id. It is right with ErrForgotten, too.
func (r *Ring) parseID(id string) (uint64, error) {
	rest, hasEpoch := strings.CutPrefix(id, r.epoch)
	digits, hasDash := strings.CutPrefix(rest, "-")
	n, err := strconv.ParseUint(digits, 10, 64)
	switch {
	case !hasEpoch || !hasDash || err != nil || n > r.last || digits[0] == '0' && digits != "0":
		return 0, ErrUnknownID
	case n < r.oldest():
		return n, ErrForgotten
	}
	return n, nil
}

// Span implements [Log].
func (r *Ring) Span() (events int, age time.Duration) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.last == r.first {
		return 0, 0
	}
	first := *r.slot(r.oldest() + 1)
	return int(r.last - r.oldest()), max(0, time.Since(time.Unix(0, first.logged)))
}
