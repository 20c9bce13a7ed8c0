// Package emulate reproduces the wire formats of other streaming services, byte for byte, so that their clients can be
// tested without them. It turns the events of a simulated market into what the service would send.
//
// A [Service] answers a request with a [Session], which is one client's stream, or with a [Reply], which is a complete
// response. The session is given each [Event] and encodes what the client gets. Nothing here does I/O, waits, or reads
// a clock. Each service's file names the documentation and sources that it was written from; signatures, accounts and
// the like are made up.
package emulate

import (
	"net/http"
	"time"
)

// Service is a service that can be emulated.
type Service struct {
	Name    string // the name of livetape's preset
	Example string // a path and query that it answers with a stream

	// Limit bounds what one client address may request.
	Limit Limit

	// NewSession answers a request to the service's own path: with a session, or with a reply when there is none.
	NewSession func(r *http.Request, now time.Time) (Session, *Reply)
}

// Reply is a complete response, in place of a stream.
type Reply struct {
	Status      int
	ContentType string
	Header      map[string]string // other fields
	Body        string
}

// Find returns the service of that name.
func Find(name string) (Service, bool) {
	for _, s := range Services() {
		if s.Name == name {
			return s, true
		}
	}
	return Service{}, false
}

// Services returns all services, sorted by name.
func Services() []Service {
	return []Service{dexPaprika(), dxFeed(), firebase(), mercure(), oanda(), pyth(), stellarBook(), stellarTrades(), wikimedia()}
}

const plainText = "text/plain; charset=utf-8"

func plainReply(status int, text string) *Reply {
	return &Reply{Status: status, ContentType: plainText, Body: text}
}

func jsonReply(status int, contentType string, v any) *Reply {
	return &Reply{Status: status, ContentType: contentType, Body: toJSON(v)}
}
