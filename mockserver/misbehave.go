package mockserver

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// condition is all that is wrong with the server at a time. It is replaced, never changed, so that a stream
// looks at it without a lock.
type condition struct {
	cuts    uint64    // how often all streams were cut so far
	cut     string    // how, the last time: drop or eof
	stalled time.Time // until when; likewise the others
	garbled time.Time
	refused time.Time
	code    int // HTTP status while refused
}

// clock reads the time if anything depends on it.
func (c *condition) clock() (now time.Time) {
	if c.stalled.IsZero() && c.garbled.IsZero() && c.refused.IsZero() {
		return now
	}
	return time.Now()
}

// cleared is c without what lasts.
func (c *condition) cleared() *condition { return &condition{cuts: c.cuts, cut: c.cut} }

// with is c with f on it, from now.
func (c *condition) with(f Fault, lasts time.Duration) *condition {
	next := *c
	until := time.Now().Add(lasts)
	switch f.Name {
	case faultDrop, faultEOF:
		next.cuts, next.cut = c.cuts+1, f.Name
	case faultStall:
		next.stalled = until
	case faultGarbage:
		next.garbled = until
	case fault503, fault204:
		next.cuts, next.cut = c.cuts+1, faultEOF
		next.refused, next.code = until, http.StatusServiceUnavailable
		if f.Name == fault204 {
			next.code = http.StatusNoContent
		}
	}
	return &next
}

// faults is what is wrong with the server, and what will be.
type faults struct {
	wake func() // every stream, to look at the condition
	now  atomic.Pointer[condition]

	mu       sync.Mutex // of those who change something
	repeats  []appointed
	replaned *bell
	dice     *dice
}

// appointed is a fault that repeats, and when it is next due.
type appointed struct {
	fault Fault
	at    time.Time
}

func newFaults(seed uint64, wake func()) *faults {
	f := &faults{wake: wake, replaned: newBell(), dice: newDice(^seed)}
	f.now.Store(&condition{})
	return f
}

func (fs *faults) condition() *condition { return fs.now.Load() }

// inject starts f, or appoints it if it repeats.
func (fs *faults) inject(f Fault) error {
	info, err := f.info()
	if err != nil {
		return err
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	switch {
	case f.Name == faultClear:
		fs.repeats = nil
		fs.now.Store(fs.condition().cleared())
	case f.Every > 0:
		fs.appoint(appointed{f, time.Now().Add(f.Every)})
	default:
		fs.now.Store(fs.condition().with(f, cmp.Or(f.For, info.For)))
	}
	fs.wake()
	fs.replaned.ring()
	return nil
}

// appoint replaces what is appointed under the same name.
func (fs *faults) appoint(a appointed) {
	fs.repeats = slices.DeleteFunc(fs.repeats, func(b appointed) bool { return b.fault.Name == a.fault.Name })
	fs.repeats = append(fs.repeats, a)
}

// repeat injects what repeats, when it is due, until ctx ends.
func (fs *faults) repeat(ctx context.Context) {
	for {
		replaned := fs.replaned.next()
		timer := time.NewTimer(fs.strikeDue())
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-replaned:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// strikeDue starts what is due and says how long it is to the next.
func (fs *faults) strikeDue() time.Duration {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	now := time.Now()
	next := now.Add(time.Hour)
	for i := range fs.repeats {
		a := &fs.repeats[i]
		if !a.at.After(now) {
			a.at = now.Add(a.fault.Every)
			info, _ := a.fault.info() // inject has checked it
			fs.now.Store(fs.condition().with(a.fault, cmp.Or(a.fault.For, info.For)))
			fs.wake()
		}
		if a.at.Before(next) {
			next = a.at
		}
	}
	return next.Sub(now)
}

// refusal is the status with which new streams are refused, and for how much longer; 0 when they are not.
func (c *condition) refusal() (code int, left time.Duration) {
	if left = time.Until(c.refused); left > 0 {
		return c.code, left
	}
	return 0, 0
}

// end ends the stream as a fault says.
func (st *stream) end(how string) error {
	if how == faultDrop {
		st.out.cut(st.half())
	}
	return errEnded
}

// half is the beginning of the event that the client would get next, or of the newest: without the end of
// its id, or with the id but without the end of its data. A client that uses any of it is wrong.
func (st *stream) half() []byte {
	e := st.server.hub.log.sample(st.place)
	if e == nil {
		return []byte("event: price\nid: " + st.place + "7")
	}
	withinID := len("event: ") + len(e.kind.String()) + len("\nid: ") + len(e.id) - 1
	if st.server.faults.chance(2) == 0 {
		return e.frame[:withinID]
	}
	return e.frame[:(withinID+len(e.frame))/2]
}

// chance is a number below n.
func (fs *faults) chance(n int64) int64 {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return fs.dice.below(n)
}
