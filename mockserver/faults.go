package mockserver

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// faults is what is wrong with the server, and what will be.
type faults struct {
	wake    func() // every stream, to look at the condition
	restart func() // the server, in a new epoch
	struck  func(Fault)
	now     atomic.Pointer[condition]
	changed *bell // rings when something was injected, or struck again

	mu      sync.Mutex // of those who change something
	repeats []appointed
	random  *rand.Rand
}

// appointed is a fault that repeats, and when it is next due.
type appointed struct {
	fault Fault
	at    time.Time
}

func newFaults(seed uint64, wake func()) *faults {
	f := &faults{wake: wake, changed: newBell(), random: rand.New(rand.NewPCG(^seed, 0x6c697665746170))}
	f.now.Store(&condition{})
	return f
}

func (fs *faults) condition() *condition { return fs.now.Load() }

// inject starts f, or appoints it if it repeats.
func (fs *faults) inject(f Fault) error {
	s, err := f.info()
	if err != nil {
		return err
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	switch {
	case f.Name == faultClear:
		fs.repeats = nil
		fs.now.Store(fs.condition().cleared())
		fs.struck(f)
	case f.Every > 0:
		fs.appoint(appointed{f, time.Now().Add(f.Every)})
	default:
		err = fs.strike(f, s)
	}
	fs.wake()
	fs.changed.ring()
	return err
}

// strike starts f, which is of species s.
func (fs *faults) strike(f Fault, s species) error {
	value, err := s.magnitude(f.Value)
	if err != nil {
		return err
	}
	fs.struck(f)
	if f.Name == faultRestart {
		fs.restart()
		return nil
	}
	c := fs.condition()
	if s.ends != "" {
		c = c.with(Fault{Name: s.ends, Share: f.Share}, magnitude{}, 0)
	}
	lasts := s.For
	if s.For > 0 && f.For > 0 {
		lasts = f.For
	}
	fs.now.Store(c.with(f, value, lasts))
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
		changed := fs.changed.next()
		timer := time.NewTimer(fs.strikeDue())
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-changed:
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
			s, _ := speciesOf(a.fault.Name) // inject has checked the fault
			_ = fs.strike(a.fault, s)
			fs.wake()
			fs.changed.ring()
		}
		if a.at.Before(next) {
			next = a.at
		}
	}
	return next.Sub(now)
}

// chance is a number below n.
func (fs *faults) chance(n int64) int64 {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return fs.random.Int64N(n)
}

// rate is how many events a second the market makes, where usual is what was configured.
func (fs *faults) rate(usual float64) float64 {
	if burst := fs.burst(); burst > 0 {
		return burst
	}
	return usual
}

// burst is the rate that a burst asks for; 0 when there is none.
func (fs *faults) burst() float64 {
	if k := fs.condition().on(faultBurst, 0); k != nil {
		return float64(k.value.n)
	}
	return 0
}

// skew is how far the clock of payloads is ahead.
func (fs *faults) skew() time.Duration {
	if k := fs.condition().on(faultSkew, 0); k != nil {
		return time.Duration(k.value.n)
	}
	return 0
}
