package mockserver

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// hub is where the one who makes events and the many who wait for them meet: the log, the bell that
// says that there is something new, and the count of streams.
type hub struct {
	now     atomic.Pointer[generation]
	changed *bell
	number  atomic.Uint64 // of the last request for a stream

	mu      sync.Mutex
	closed  atomic.Bool // set under mu, read by every stream at every turn
	began   bool
	open    int
	drained chan struct{} // closed when the hub is closed and no stream is left
}

// generation is the log of one epoch. A stream belongs to the one in which it began, and ends with it.
type generation struct {
	epoch string
	log   eventLog
	first uint64 // number that an event of this log is ahead of its number in the log; grows with every generation
}

func newHub(g *generation) *hub {
	h := &hub{changed: newBell(), drained: make(chan struct{})}
	h.now.Store(g)
	return h
}

// log is the log of the present epoch.
func (h *hub) log() eventLog { return h.now.Load().log }

// replace begins an epoch, and ends the streams of the one before.
func (h *hub) replace(g *generation) {
	h.now.Store(g)
	h.changed.ring()
}

// span is how many events the present log keeps and the age of the oldest, if it can say so.
func (h *hub) span() (events int, age time.Duration) {
	if log, ok := h.log().(interface{ span() (int, time.Duration) }); ok {
		return log.span()
	}
	return 0, 0
}

// begin reports true once.
func (h *hub) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	first := !h.began
	h.began = true
	return first
}

// welcomes reports whether the hub has begun and is not closed.
func (h *hub) welcomes() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.began && !h.closed.Load()
}

// publish logs events and wakes every stream.
func (h *hub) publish(drafts []draft, data []byte) {
	h.log().append(drafts, data)
	h.changed.ring()
}

// Why a stream may not enter.
var (
	errClosed = errors.New("the server ends")
	errFull   = errors.New("the server has as many clients as it may have")
)

// comeAgain is when a client does that was refused for err.
func comeAgain(err error) time.Duration {
	if errors.Is(err, errFull) {
		return fullRetry
	}
	return time.Second
}

// enter counts a stream in, unless the hub is closed or has so many already. One who entered leaves.
func (h *hub) enter(most int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed.Load():
		return errClosed
	case h.open >= most:
		return errFull
	}
	h.open++
	return nil
}

func (h *hub) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open--
	h.drain()
}

func (h *hub) drain() {
	if h.closed.Load() && h.open == 0 {
		close(h.drained)
	}
}

func (h *hub) clients() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.open
}

func (h *hub) isClosed() bool { return h.closed.Load() }

// close lets nobody in any more, and waits until all have left, but no longer than patience.
func (h *hub) close(patience time.Duration) {
	h.mu.Lock()
	h.closed.Store(true)
	h.drain()
	h.mu.Unlock()
	h.changed.ring()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-h.drained:
	case <-timer.C:
	}
}

// bell wakes all who wait.
type bell struct {
	mu   sync.Mutex
	rung chan struct{}
}

func newBell() *bell { return &bell{rung: make(chan struct{})} }

// next is closed when the bell rings for the first time after this call.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rung
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.rung)
	b.rung = make(chan struct{})
}
