package emulate

import (
	"sync"
	"time"
)

// Limit is how much one client address may ask of a service; zero fields do not limit.
type Limit struct {
	Streams int // open at the same time
	TooMany Reply

	Requests int // within a time; who asks more is locked out for another
	Within   time.Duration
	Lockout  time.Duration
	TooOften Reply
}

// Turnstile keeps the limits of services. Its methods may be called from any goroutine; the zero value is ready.
type Turnstile struct {
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

// Enter lets a request in, or says why not. One that was let in leaves.
func (t *Turnstile) Enter(s Service, address string, now time.Time) *Reply {
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
	if s.Limit.Streams > 0 && v.open >= s.Limit.Streams {
		return &s.Limit.TooMany
	}
	if v.hurries(s.Limit, now) {
		return &s.Limit.TooOften
	}
	v.open++
	return nil
}

// hurries counts a request, and reports whether it is one too many.
func (v *visits) hurries(l Limit, now time.Time) bool {
	if l.Requests == 0 {
		return false
	}
	if now.Before(v.lockedOut) {
		return true
	}
	for len(v.asked) > 0 && now.Sub(v.asked[0]) >= l.Within {
		v.asked = v.asked[1:]
	}
	if len(v.asked) >= l.Requests {
		v.lockedOut = now.Add(l.Lockout)
		return true
	}
	v.asked = append(v.asked, now)
	return false
}

// Leave is called when a request that was let in has ended.
func (t *Turnstile) Leave(s Service, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.guests[guest{s.Name, address}].open--
}

// forget drops the guests of whom nothing needs to be remembered, when there are many.
func (t *Turnstile) forget(now time.Time) {
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
