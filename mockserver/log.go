package mockserver

import (
	"strconv"
	"strings"
	"sync"
)

// event is one event as every client gets it.
type event struct {
	id      string
	wire    []byte // whole, encoded once
	kind    string
	symbols []string // none: the whole market
}

// log is the memory of the stream: a ring of the newest events, from which clients read and resume. Ids are
// opaque to its readers.
type log struct {
	epoch string

	mu     sync.RWMutex
	ring   []event // of event n at n modulo its length
	next   uint64  // number of the next event, from 1
	waiter chan struct{}
}

func newLog(epoch string, size int) *log {
	return &log{epoch: epoch, ring: make([]event, size), next: 1, waiter: make(chan struct{})}
}

// id is the id of the n-th event.
func (l *log) id(n uint64) string { return l.epoch + "-" + strconv.FormatUint(n, 10) }

// append adds events, whose ids must be the next ones, and wakes every reader.
func (l *log) append(events []event) {
	l.mu.Lock()
	for _, e := range events {
		l.ring[l.next%uint64(len(l.ring))] = e
		l.next++
	}
	woken := l.waiter
	l.waiter = make(chan struct{})
	l.mu.Unlock()
	close(woken)
}

// wake wakes every reader, for a reason other than an event.
func (l *log) wake() { l.append(nil) }

// newest is the number of the newest event; 0 when there is none.
func (l *log) newest() uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.next - 1
}

// oldest is the number of the oldest event kept, or of the next one when there is none.
func (l *log) oldest() uint64 {
	return max(1, l.next-min(l.next, uint64(len(l.ring))))
}

// read appends to batch the events from number n on, as many as its capacity has room for. more is closed
// when there are more. ok is false when n is not kept any longer.
func (l *log) read(n uint64, batch []event) (events []event, more <-chan struct{}, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n < l.oldest() {
		return batch, l.waiter, false
	}
	for ; n < l.next && len(batch) < cap(batch); n++ {
		batch = append(batch, l.ring[n%uint64(len(l.ring))])
	}
	return batch, l.waiter, true
}

// find is the number of the event with the given id. When it is not kept, missed is how many events
// came after it, or unknown.
func (l *log) find(id string) (n uint64, missed int64, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	digits, mine := strings.CutPrefix(id, l.epoch+"-")
	n, err := strconv.ParseUint(digits, 10, 64)
	switch {
	case !mine || err != nil || n >= l.next || l.id(n) != id:
		return 0, unknown, false
	case n+1 < l.oldest():
		return 0, int64(l.next - 1 - n), false
	}
	return n, 0, true
}

const unknown = -1
