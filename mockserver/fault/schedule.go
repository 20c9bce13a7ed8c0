package fault

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Schedule starts faults and repeats them. Its methods may be called from any goroutine.
type Schedule struct {
	hooks  Hooks
	active atomic.Pointer[Active]

	mu      sync.Mutex // of those who change something
	repeats []repeatingFault
	random  *rand.Rand
}

// Hooks are what a Schedule calls. It holds a lock meanwhile: they must not call it back, except for Active.
type Hooks struct {
	Changed func()      // Active gives another one now
	Restart func()      // a Restart was injected
	Started func(Fault) // a fault starts, or Clear ends all
}

type repeatingFault struct {
	fault Fault
	due   time.Time
}

// NewSchedule returns a Schedule without faults. The seed is that of Random.
func NewSchedule(seed uint64, hooks Hooks) *Schedule {
	s := &Schedule{hooks: hooks, random: rand.New(rand.NewPCG(seed, 0x6c697665746170))}
	s.active.Store(&Active{replaced: make(chan struct{})})
	return s
}

// Active is all that is wrong with the server now.
func (s *Schedule) Active() *Active { return s.active.Load() }

func (s *Schedule) replace(next *Active) {
	next.replaced = make(chan struct{})
	old := s.active.Swap(next)
	close(old.replaced)
	s.hooks.Changed()
}

// Inject starts f, or schedules it if it repeats; Clear ends all faults. A fault that is already on starts anew.
func (s *Schedule) Inject(f Fault) error {
	d, value, err := f.resolve()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case f.Name == Clear:
		s.repeats = nil
		s.hooks.Started(f)
		now := s.Active()
		s.replace(&Active{instant: now.instant, count: now.count})
	case f.Every > 0:
		s.repeats = slices.DeleteFunc(s.repeats, func(old repeatingFault) bool { return old.fault.Name == f.Name })
		s.repeats = append(s.repeats, repeatingFault{f, time.Now().Add(f.Every)})
		same := *s.Active()
		s.replace(&same) // for Run to look again
	default:
		s.start(f, d, value)
	}
	return nil
}

func (s *Schedule) start(f Fault, d definition, value parsedValue) {
	s.hooks.Started(f)
	next := s.Active()
	if f.Name == Restart {
		s.hooks.Restart()
		return
	}
	if d.precededBy != "" {
		next = next.withActivation(Fault{Name: d.precededBy, Share: f.Share}, parsedValue{}, 0)
	}
	s.replace(next.withActivation(f, value, f.Duration()))
}

// Run injects what repeats, when it is due, until ctx ends.
func (s *Schedule) Run(ctx context.Context) {
	for {
		replaced := s.Active().Replaced()
		timer := time.NewTimer(s.startDue())
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-replaced:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// startDue starts what is due and returns the time until the next is.
func (s *Schedule) startDue() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	next := now.Add(time.Hour)
	for i := range s.repeats {
		r := &s.repeats[i]
		if !r.due.After(now) {
			r.due = now.Add(r.fault.Every)
			d, value, _ := r.fault.resolve() // Inject has checked the fault
			s.start(r.fault, d, value)
		}
		if r.due.Before(next) {
			next = r.due
		}
	}
	return next.Sub(now)
}

// Random is a number below n, by the seed.
func (s *Schedule) Random(n int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.random.Int64N(n)
}

// Burst is the rate of a Burst in events a second; 0 without one.
func (s *Schedule) Burst() float64 { return float64(s.number(Burst)) }

// Skew is how far the clock of payloads is put forward.
func (s *Schedule) Skew() time.Duration { return time.Duration(s.number(Skew)) }

// number is the value of a fault that hits the whole server and is on; otherwise 0.
func (s *Schedule) number(name string) int64 {
	if a := s.Active().On(name, 0); a != nil {
		return a.Number()
	}
	return 0
}

// Status is a fault that is on, or that comes again.
type Status struct {
	Fault Fault
	Left  time.Duration // for which it is on; 0: it is not
	Next  time.Duration // until it comes again; 0: never
}

// Status lists the faults that are on, the latest last, then those that are only due again.
func (s *Schedule) Status() (all []Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for _, a := range s.Active().lasting {
		if left := a.Until.Sub(now); left > 0 {
			all = append(all, Status{Fault: a.Fault, Left: left})
		}
	}
	for _, r := range s.repeats {
		next := max(r.due.Sub(now), time.Nanosecond) // it may be late, but it does come
		if on := slices.IndexFunc(all, func(f Status) bool { return f.Fault == r.fault }); on >= 0 {
			all[on].Next = next
		} else {
			all = append(all, Status{Fault: r.fault, Next: next})
		}
	}
	return all
}

// String is the fault with what is left of its time, in a line.
func (s Status) String() string {
	text := s.Fault.String()
	if s.Left > 0 {
		text += ", on for " + wholeSeconds(s.Left).String()
	}
	if s.Next > 0 {
		text += ", again in " + wholeSeconds(s.Next).String()
	}
	return text
}

// wholeSeconds is never 0: a fault that is on is on.
func wholeSeconds(d time.Duration) time.Duration { return max(d.Round(time.Second), time.Second) }
