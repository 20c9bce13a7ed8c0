// Package tape records what feeds sent, and plays it again.
//
// A [Recorder] writes every [feed.Event] that it is given to a file; [Recorder.Tee] puts one between
// the feeds and whoever watches them. The file is itself an event stream (WHATWG HTML §9.2): each message
// stands in it as the server could have sent it, and what such a stream has no words for (when it
// arrived, how the connection was) stands in comments, which every other reader skips:
//
//	: livetape recording 1
//	: start 2026-11-21T10:00:00Z
//	: feed "desk" "https://desk.example/events?token=•••" {"preset": "livetape"}
//	: at 2026-11-21T10:00:00.2104Z status {"state":"live","since":"2026-11-21T10:00:00.2104Z"}
//	: at 2026-11-21T10:00:00.21733Z
//	event: price
//	id: e1-42
//	data: {"symbol":"NVDA","last":"181.46"}
//
// An id is written where it differs from the one before and behind each header, so the last event
// id of every message is exact, and recordings may be joined end to end. A feed that joins later, or
// is from then on another, is named in a comment like those of the header.
//
// [Open] gives a [Reader] of the entries of such a file, or of any capture of an event stream or of JSON
// lines (curl -N URL > file). A capture holds no times: its events are placed [CaptureStep] apart, from the time
// the file was last changed, and a [Player] says first that the stream is live. Comments of a capture are never taken for times.
//
// [Play] starts a [Player], which sends the entries in their own time, decoded anew, on a channel like
// that of a [feed.Set], and has the controls of a tape deck. A [Server] sends a recording to HTTP clients.
package tape

import (
	"errors"
	"time"

	"livetape/feed"
)

// Version is the version of the format that a Recorder writes. A Reader refuses newer ones.
const Version = 1

// CaptureStep is how far apart the events of a capture without times are placed.
const CaptureStep = 100 * time.Millisecond

// maxEvent bounds one event of a file, in bytes: the most that a feed can be set to accept, and the
// comments and field names around it.
const maxEvent = 65 << 20

// textLimit bounds a cause or fault that was read from a file, in runes.
const textLimit = 1000

// ErrNotRecording is wrapped by the error of Open for a file that is something else.
var ErrNotRecording = errors.New("is not a recording")

// Source names a feed of a recording.
type Source struct {
	Name string
	URL  string // as [redact.URL] shows it: without secrets

	// Mapping says how its payloads are to be read, in one line and in words of the caller's, who is given it
	// back at a replay ([PlayerOptions]). May be empty.
	Mapping string
}

// Entry is one event of a recording. Its message has no updates: a [Player] decodes.
type Entry struct {
	feed.Event
	Offset time.Duration // since the start of the recording; never less than that of the entry before
}
