package doctor

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"sync"
	"time"
)

// timing notes when each step of reaching a server was done. The transport calls it from goroutines of its own, also
// after the answer.
type timing struct {
	mu    sync.Mutex
	steps steps
	dials map[string]time.Time // when dialling each address began
}

// steps are the steps to the server that answered; those to servers that redirected count in the sum only. What did
// not happen, because a connection was used again or an address was no name, is zero.
type steps struct {
	Asked    time.Time     // when the first request began
	DNS      time.Duration // the lookup of the name
	TCP      time.Duration
	TLS      time.Duration
	Version  string    // of TLS
	Wrote    time.Time // when the last request was written
	Answered time.Time // when the first byte of the last answer came
	Remote   string    // address and port of the server, or of a proxy
	Found    bool      // the name was looked up, or was an address
	Reached  bool      // a connection was made
	Secured  bool      // and TLS agreed on
}

// trace has a request with the context that it returns noted.
func (t *timing) trace(ctx context.Context) context.Context {
	t.steps.Asked = time.Now()
	t.dials = map[string]time.Time{}
	var lookup, handshake time.Time
	note := func(f func(*steps)) {
		t.mu.Lock()
		defer t.mu.Unlock()
		f(&t.steps)
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { note(func(*steps) { lookup = time.Now() }) },
		DNSDone: func(i httptrace.DNSDoneInfo) {
			note(func(s *steps) { s.DNS, s.Found = time.Since(lookup), i.Err == nil })
		},
		ConnectStart: func(_, addr string) { note(func(s *steps) { t.dials[addr], s.Found = time.Now(), true }) },
		ConnectDone: func(_, addr string, err error) {
			note(func(s *steps) {
				if err == nil {
					s.TCP, s.Reached, s.Remote = time.Since(t.dials[addr]), true, addr
				}
			})
		},
		TLSHandshakeStart: func() { note(func(*steps) { handshake = time.Now() }) },
		TLSHandshakeDone: func(c tls.ConnectionState, err error) {
			note(func(s *steps) {
				if err == nil {
					s.TLS, s.Version, s.Secured = time.Since(handshake), tls.VersionName(c.Version), true
				}
			})
		},
		WroteRequest:         func(httptrace.WroteRequestInfo) { note(func(s *steps) { s.Wrote = time.Now() }) },
		GotFirstResponseByte: func() { note(func(s *steps) { s.Answered = time.Now() }) },
	})
}

// taken is what was noted so far.
func (t *timing) taken() steps {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.steps
}
