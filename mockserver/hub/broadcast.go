package hub

import (
	"sync"
	"sync/atomic"
	"time"
)

// Writing to a client costs much the same for one event as for several. With many clients, what is published within a
// short time is therefore sent in one round of writes.
const (
	roundPerClient = 18 * time.Microsecond // a few times what a write takes
	shortestRound  = 5 * time.Millisecond  // a shorter one is not worth a timer
	longestRound   = 50 * time.Millisecond // that an event may wait unnoticed
)

// roundInterval is the least time between two rounds of writes to so many clients; 0: each event has a round.
func roundInterval(clients int) time.Duration {
	interval := roundPerClient * time.Duration(clients)
	if interval < shortestRound {
		return 0
	}
	return min(interval, longestRound)
}

// broadcast wakes all that wait for it.
type broadcast struct {
	next atomic.Pointer[chan struct{}] // read by every stream at every turn

	mu    sync.Mutex // of those who send
	sent  time.Time
	timer *time.Timer // sends later; nil: it need not
}

func newBroadcast() *broadcast {
	b, next := &broadcast{}, make(chan struct{})
	b.next.Store(&next)
	return b
}

// wait is closed by the first send after this call.
func (b *broadcast) wait() <-chan struct{} { return *b.next.Load() }

func (b *broadcast) send() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sendLocked()
}

// sendAtMostEvery sends once the last send is at least interval ago. Calls in the meantime are answered by one send.
func (b *broadcast) sendAtMostEvery(interval time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.timer != nil {
		return
	}
	if left := interval - time.Since(b.sent); left > 0 {
		b.timer = time.AfterFunc(left, b.send)
		return
	}
	b.sendLocked()
}

func (b *broadcast) sendLocked() {
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	b.sent = time.Now()
	next := make(chan struct{})
	close(*b.next.Swap(&next))
}
