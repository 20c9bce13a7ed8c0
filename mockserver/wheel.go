package mockserver

import (
	"sync"
	"time"
)

// spokes is in how many parts a wheel divides its turn: a seat is called at most that part too late, never too soon.
const spokes = 64

// wheel calls streams when a heartbeat may be due, all of them with one timer, which stands still while there are no
// streams. A stream that sends something need not tell it: it is called all the same, finds that it was not silent
// for long enough, and asks to be called again. So a send costs nothing here, where a timer for each stream would have
// to be wound up again every time, and put among the runtime's timers whenever its stream waits. Measured, it is about
// 100 bytes a client and a tenth of a heartbeat's processor time cheaper, and a little so for busy streams.
type wheel struct {
	tick time.Duration

	mu    sync.Mutex
	rim   [spokes + 2]seat // each the head of a ring of those that are called together
	at    int              // whose turn was last
	since time.Time        // when that was
	taken int
	timer *time.Timer // nil before the first seat is taken
}

// seat is one stream's place on a wheel.
type seat struct {
	called         chan struct{} // holds one call
	previous, next *seat         // of those that are called together
}

// newWheel makes a wheel for waits of up to turn.
func newWheel(turn time.Duration) *wheel {
	w := &wheel{tick: max(time.Millisecond, (turn-1)/spokes+1)}
	for n := range w.rim {
		head := &w.rim[n]
		head.previous, head.next = head, head
	}
	return w
}

// take gives a seat that is called after wait. Whoever takes one leaves it.
func (w *wheel) take(wait time.Duration) *seat {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.taken++; w.taken == 1 {
		w.start()
	}
	s := &seat{called: make(chan struct{}, 1)}
	w.place(s, wait)
	return s
}

// again has a seat called after wait, and not before.
func (w *wheel) again(s *seat, wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.remove()
	w.place(s, wait)
}

func (w *wheel) leave(s *seat) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.remove()
	if w.taken--; w.taken == 0 {
		w.timer.Stop()
	}
}

// start makes the wheel turn.
func (w *wheel) start() {
	w.since = time.Now()
	if w.timer == nil {
		w.timer = time.AfterFunc(w.tick, w.turn)
		return
	}
	w.timer.Reset(w.tick)
}

// place puts s among those whose turn comes after wait, which is no longer than a whole turn.
func (w *wheel) place(s *seat, wait time.Duration) {
	ahead := wait/w.tick + (time.Since(w.since)+wait%w.tick+w.tick-1)/w.tick
	ahead = min(max(ahead, 1), time.Duration(len(w.rim)-1))
	head := &w.rim[(w.at+int(ahead))%len(w.rim)]
	s.previous, s.next = head.previous, head
	s.previous.next, head.previous = s, s
}

func (s *seat) remove() {
	s.previous.next, s.next.previous = s.next, s.previous
}

// turn calls those whose time has come.
func (w *wheel) turn() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.taken == 0 {
		return // the last left while this call was on its way
	}
	for now := time.Now(); now.Sub(w.since) >= w.tick; w.since = w.since.Add(w.tick) {
		w.at = (w.at + 1) % len(w.rim)
		w.rim[w.at].callAll()
	}
	w.timer.Reset(w.tick - time.Since(w.since))
}

// callAll calls all in the ring that begins with head, and leaves each alone.
func (head *seat) callAll() {
	for s := head.next; s != head; s = head.next {
		s.remove()
		s.previous, s.next = s, s
		select {
		case s.called <- struct{}{}:
		default: // it has not looked since the last call
		}
	}
}

// beat sends a heartbeat, unless something was sent not so long ago, or a fault suppresses it.
func (st *stream) beat(suppressed bool) error {
	usual := st.server.config.Heartbeat
	if left := usual - time.Since(st.sent); left > 0 {
		st.server.wheel.again(st.seat, left)
		return nil
	}
	st.server.wheel.again(st.seat, usual)
	if suppressed {
		st.sent = time.Now() // as if
		return nil
	}
	return st.send([]byte(": hb\n\n"))
}
