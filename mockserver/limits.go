package mockserver

import (
	"fmt"
	"net/http"
	"time"
)

// What one request may be, whoever's http.Server it comes through.
const (
	maxQuery = 32 << 10        // bytes: room for as many symbols as a filter may have
	maxID    = 1 << 10         // bytes of an id to resume from; no log gives longer ones
	bodyTime = 5 * time.Second // for the whole of a body
)

// fullRetry is when a client comes again that found the server full.
const fullRetry = 5 * time.Second

// bounded refuses a request whose query is longer than any that makes sense (RFC 9110 §15.5.15).
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := len(r.URL.RawQuery); n > maxQuery {
			http.Error(w, fmt.Sprintf("the query has %d bytes; at most %d are read", n, maxQuery), http.StatusRequestURITooLong)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// soon gives a body its time to come. A stream has none: what the server's own read time-out would cut is the stream.
func soon(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// A writer without a network behind it has no deadline, and does not wait.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
		next(w, r)
	}
}

// shortID is an id as far as one may be remembered. A longer one is none that a log gave, and what is left of it is
// not either.
func shortID(id string) string { return id[:min(len(id), maxID)] }
