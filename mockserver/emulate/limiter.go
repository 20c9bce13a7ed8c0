package emulate

import (
	"sync"
	"time"
)

// Limit is how much one client address may ask of a service; zero fields do not limit.
type Limit struct {
	MaxStreams     int // open at the same time
	TooManyStreams Reply

	MaxRequests     int // within a time; who asks more is locked out for another
	Per             time.Duration
	Lockout         time.Duration
	TooManyRequests Reply
}

// Limiter keeps the limits of services. Its methods may be called from any goroutine; the zero value is ready.
type Limiter struct {
	mu     sync.Mutex
	guests map[guest]*visits
}

type guest struct{ service, address string }

// visits are what a guest has done lately.
type visits struct {
	open      int
	asked     []time.Time // no more than the limit
	lockedOut time.Time   // until then
}

// Acquire lets a request in, or says why not. One that was let in leaves.
func (t *Limiter) Acquire(s Service, address string, now time.Time) *Reply {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.guests == nil {
		t.guests = map[guest]*visits{}
	}
	t.forget(now)
	who := guest{s.Name, address}
	v := t.guests[who]
	if v == nil {
		v = &visits{}
		t.guests[who] = v
	}
	if s.Limit.MaxStreams > 0 && v.open >= s.Limit.MaxStreams {
		return &s.Limit.TooManyStreams
	}
	if v.hurries(s.Limit, now) {
		return &s.Limit.TooManyRequests
	}
	v.open++
	return nil
}

// hurries counts a request, and reports whether it is one too many.
func (v *visits) hurries(l Limit, now time.Time) bool {
	if l.MaxRequests == 0 {
		return false
	}
	if now.Before(v.lockedOut) {
		return true
	}
	for len(v.asked) > 0 && now.Sub(v.asked[0]) >= l.Per {
		v.asked = v.asked[1:]
	}
	if len(v.asked) >= l.MaxRequests {
		v.lockedOut = now.Add(l.Lockout)
		return true
	}
	v.asked = append(v.asked, now)
	return false
}

// Release is called when a request that was let in has ended.
func (t *Limiter) Release(s Service, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.guests[guest{s.Name, address}].open--
}

// forget drops the guests of whom nothing needs to be remembered, when there are many.
func (t *Limiter) forget(now time.Time) {
	const many, memory = 1000, time.Minute
	if len(t.guests) < many {
		return
	}
	for who, v := range t.guests {
		last := v.lockedOut
		if n := len(v.asked); n > 0 && v.asked[n-1].After(last) {
			last = v.asked[n-1]
		}
		if v.open == 0 && now.Sub(last) > memory {
			delete(t.guests, who)
		}
	}
}
