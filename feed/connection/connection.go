// Package connection makes one connection to a feed's server over HTTP and reads it to its end.
//
// A [Config] says what to ask for. [NewEndpoint] makes an [Endpoint] of it, which knows the feed's secrets and keeps its
// connections. [Endpoint.Subscribe] makes one attempt: a request, and if the server agrees, its stream to the end; a
// [Listener] is told what happens meanwhile, and an [Outcome] says how it ended. To connect again is not decided here.
// [Endpoint.Get] asks the same question outside a subscription, for looking at a feed.
package connection

import (
	"context"
	"net/http"
	"time"

	"livetape/feed/stream"
)

// Listener is told, in the goroutine that reads, what happens on a connection. Its methods may block, which slows the
// connection, but not beyond the end of their context.
type Listener interface {
	// Waiting begins a wait: for the answer, or for bytes of its body.
	Waiting()
	// Received ends a wait, with or without bytes. With an error the connection ends, before a byte is read.
	Received(ctx context.Context, bytes bool) error
	// Opened says that the answer is an event stream, before its first event. With an error the connection ends.
	Opened(ctx context.Context, answer Answer) error
	// Retry is called with each reconnection time that the server sends.
	Retry(time.Duration)
	// Events is called with the events that came together. Their data may be kept, but not the slice.
	Events(ctx context.Context, events []stream.Event)
}

// Answer is what the head of an event stream says.
type Answer struct {
	Header      http.Header
	Redirected  string // the origin that the stream comes from, "http://host", if it is not the URL's own
	Protocol    string // "HTTP/1.1", "HTTP/2.0"
	Compression string // of the body: "gzip"; empty for none
}

// Ending is how a connection came to its end.
type Ending int8

// The ways to end.
const (
	Ended       Ending = iota // cleanly, after an event, a comment or a retry: line
	Broken                    // network error, cut stream, silence, an end without anything received
	Unavailable               // 408, 425, 429, 5xx: the server asks to come back later
	NotAStream                // an answer, but no event stream: a wrong address, or a captive portal's page
	Refused                   // trying again would not help: 401, 404, a bad certificate, a redirect loop
	Stopped                   // 204: the server said stop
	Canceled                  // dropped by the user
	Finished                  // an event said that nothing more will come
)

// Outcome says how a connection ended, in words a user can act on.
type Outcome struct {
	Ending     Ending
	Status     int           // of the answer; 0 without one
	RetryAfter time.Duration // as the server asked, at most MaxRetryAfter; NoRetryAfter when it did not ask
	Cause      string
	Advice     string
	Stack      string // of an error of livetape itself

	Streamed    bool   // an event stream began
	LastEventID string // of what was read of it
}
