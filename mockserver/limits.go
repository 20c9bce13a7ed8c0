package mockserver

import (
	"fmt"
	"net/http"
	"time"
)

// What one request may be, whoever's http.Server it comes through.
const (
	maxQuery = 32 << 10        // bytes: room for as many symbols as a filter may have
	maxID    = 1 << 10         // bytes of an id to resume after; no log gives longer ones
	bodyTime = 5 * time.Second // for the whole of a body
)

// fullRetryAfter is when a client that found the server full is to come again.
const fullRetryAfter = 5 * time.Second

// limitQuery refuses a request whose query is longer than any that makes sense (RFC 9110 §15.5.15).
func limitQuery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := len(r.URL.RawQuery); n > maxQuery {
			http.Error(w, fmt.Sprintf("the query has %d bytes; at most %d are read", n, maxQuery), http.StatusRequestURITooLong)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// setBodyDeadline bounds the time for a body. A stream has none: a read time-out of the whole server would cut it.
func setBodyDeadline(w http.ResponseWriter) {
	// A writer without a network behind it has no deadline, and does not wait.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
}
