package emulate

import (
	"sync"
	"time"
)

// Limit bounds what one client address may request of a service. Zero fields do not limit.
type Limit struct {
	MaxStreams     int // open at the same time
	TooManyStreams *Reply

	MaxRequests     int // in any time of Per; one more locks the client out for Lockout
	Per             time.Duration
	Lockout         time.Duration
	TooManyRequests *Reply
}

// Limiter enforces the limits of all services. Its methods are safe for concurrent use; the zero value is ready.
type Limiter struct {
	mu      sync.Mutex
	clients map[clientKey]*clientUsage
}

type clientKey struct{ service, address string }

type clientUsage struct {
	streams        int         // open now
	requests       []time.Time // at most MaxRequests
	lockedOutUntil time.Time
}

// Acquire admits a request, or returns the reply that refuses it. Release must follow an admitted request.
func (l *Limiter) Acquire(s Service, address string, now time.Time) *Reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.clients == nil {
		l.clients = map[clientKey]*clientUsage{}
	}
	l.prune(now)
	c := clientKey{s.Name, address}
	u := l.clients[c]
	if u == nil {
		u = &clientUsage{}
		l.clients[c] = u
	}
	if s.Limit.MaxStreams > 0 && u.streams >= s.Limit.MaxStreams {
		return s.Limit.TooManyStreams
	}
	if s.Limit.MaxRequests > 0 && !u.addRequest(s.Limit, now) {
		return s.Limit.TooManyRequests
	}
	u.streams++
	return nil
}

func (u *clientUsage) addRequest(l Limit, now time.Time) bool {
	if now.Before(u.lockedOutUntil) {
		return false
	}
	for len(u.requests) > 0 && now.Sub(u.requests[0]) >= l.Per {
		u.requests = u.requests[1:]
	}
	if len(u.requests) >= l.MaxRequests {
		u.lockedOutUntil = now.Add(l.Lockout)
		return false
	}
	u.requests = append(u.requests, now)
	return true
}

// Release ends a request that Acquire admitted.
func (l *Limiter) Release(s Service, address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clients[clientKey{s.Name, address}].streams--
}

// prune forgets idle clients once there are many.
func (l *Limiter) prune(now time.Time) {
	const many, memory = 1000, time.Minute
	if len(l.clients) < many {
		return
	}
	for c, u := range l.clients {
		last := u.lockedOutUntil
		if n := len(u.requests); n > 0 && u.requests[n-1].After(last) {
			last = u.requests[n-1]
		}
		if u.streams == 0 && now.Sub(last) > memory {
			delete(l.clients, c)
		}
	}
}
