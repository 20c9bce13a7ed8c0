package doctor

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"sync"
	"time"
)

// timings are the times of a request's steps to the server that answered; redirects count in requested only. What did not
// happen, because a connection was reused or the host is an address, is zero.
type timings struct {
	requested  time.Time // the first request began
	dns        time.Duration
	tcp        time.Duration
	tls        time.Duration
	tlsVersion string
	written    time.Time // the last request was written
	answered   time.Time // the first byte of the last response came
	resolved   bool      // the host was looked up, or is an address
	connected  bool      // over TCP
	secured    bool      // by TLS
}

// timingTrace collects the timings of a request. The transport calls it from its own goroutines, also after the response.
type timingTrace struct {
	mu      sync.Mutex
	timings timings
	dials   map[string]time.Time // when dialling each address began
}

func (t *timingTrace) withTrace(ctx context.Context) context.Context {
	t.timings.requested = time.Now()
	t.dials = map[string]time.Time{}
	var lookup, handshake time.Time
	update := func(f func(*timings)) {
		t.mu.Lock()
		defer t.mu.Unlock()
		f(&t.timings)
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { update(func(*timings) { lookup = time.Now() }) },
		DNSDone: func(i httptrace.DNSDoneInfo) {
			update(func(s *timings) { s.dns, s.resolved = time.Since(lookup), i.Err == nil })
		},
		ConnectStart: func(_, addr string) {
			update(func(s *timings) { t.dials[addr], s.resolved = time.Now(), true })
		},
		ConnectDone: func(_, addr string, err error) {
			update(func(s *timings) {
				if err == nil {
					s.tcp, s.connected = time.Since(t.dials[addr]), true
				}
			})
		},
		TLSHandshakeStart: func() { update(func(*timings) { handshake = time.Now() }) },
		TLSHandshakeDone: func(c tls.ConnectionState, err error) {
			update(func(s *timings) {
				if err == nil {
					s.tls, s.tlsVersion, s.secured = time.Since(handshake), tls.VersionName(c.Version), true
				}
			})
		},
		WroteRequest:         func(httptrace.WroteRequestInfo) { update(func(s *timings) { s.written = time.Now() }) },
		GotFirstResponseByte: func() { update(func(s *timings) { s.answered = time.Now() }) },
	})
}

func (t *timingTrace) result() timings {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.timings
}
