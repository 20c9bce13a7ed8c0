package access

import (
	"sync"
	"time"
)

// An address may be refused burst times at once, and once an interval after that.
const (
	burst        = 10
	interval     = 6 * time.Second
	maxAddresses = 10_000
)

// limiter counts how often addresses were refused.
type limiter struct {
	mu    sync.Mutex
	until map[string]time.Time // by address: when all its refusals are forgotten
}

// wait is for how long an address is not listened to.
func (l *limiter) wait(address string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.until[address].Sub(now.Add((burst - 1) * interval))
}

func (l *limiter) count(address string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until == nil {
		l.until = map[string]time.Time{}
	}
	if len(l.until) >= maxAddresses {
		l.forget(now)
	}
	if before := l.until[address]; before.After(now) {
		now = before
	}
	l.until[address] = now.Add(interval)
}

// forget makes room: of addresses whose time is up, or else of all.
func (l *limiter) forget(now time.Time) {
	for address, until := range l.until {
		if !until.After(now) {
			delete(l.until, address)
		}
	}
	if len(l.until) >= maxAddresses {
		clear(l.until)
	}
}
