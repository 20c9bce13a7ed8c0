// Package emulate speaks as services other than the mock server: it turns what happens in a market into
// what the service would send, to the byte, for tests of its clients without it.
//
// A [Service] hears a request and answers with a [Reply], or with a [Talk]: a stream, which is told of each [Event] and
// says what becomes of it on the wire. Nothing here does I/O, waits, or looks at a clock. Everything was written from
// the services' own documentation and sources, which each file names; signatures, accounts and the like are made up.
package emulate

import (
	"net/http"
	"time"
)

// Service is a service that can be spoken as.
type Service struct {
	Name    string // that of livetape's preset
	Example string // a path and query that it answers with a stream

	// Limit is how much one client address may ask of it.
	Limit Limit

	// NewSession reads a request, whose path is that of the service. It answers with a stream, or else with a reply.
	NewSession func(r *http.Request, now time.Time) (Session, *Reply)
}

// Find is the service of a name.
func Find(name string) (Service, bool) {
	for _, s := range Services() {
		if s.Name == name {
			return s, true
		}
	}
	return Service{}, false
}

// Services are all there are, by name.
func Services() []Service {
	return []Service{dexPaprika(), dxFeed(), firebase(), mercure(), oanda(), pyth(), stellarBook(), stellarTrades(), wikimedia()}
}
