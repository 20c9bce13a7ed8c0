// Package tape records what feeds sent, and replays it.
//
// A [Recorder] writes each [feed.Event] it is given to a file; [Recorder.Tee] puts one between the feeds and
// their consumer. The file is itself an event stream (WHATWG HTML §9.2): each message is written as the server
// could have sent it. What an event stream has no words for, such as the time of arrival and the state of the
// connection, is written in comments, which every other reader skips:
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
// An id is written where it differs from the one before, and after each header. So the last event id of every
// message is exact, and recordings may be concatenated. A feed that joins later, or whose source changes, is
// named in a comment like those of the header.
//
// [Open] returns a [Reader] of the entries of such a file, or of any capture of an event stream or of JSON lines
// (curl -N URL > file). A capture has no times: its events are placed [CaptureStep] apart, starting at the file's
// modification time, and a [Player] first reports the stream as live. Comments of a capture are never read as times.
//
// [Play] starts a [Player], which decodes the entries and sends them at their recorded pace on a channel like that
// of a [feed.Set]; it can pause, seek and change speed. A [Stream] is what one HTTP client of a recording is sent.
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

// maxEvent bounds one event of a file, in bytes: the most that a feed can be set to accept, with room for
// comments and field names.
const maxEvent = 65 << 20

// maxText bounds a cause or error that was read from a file, in runes.
const maxText = 1000

// ErrNotRecording is wrapped by the error of Open for a file that is something else.
var ErrNotRecording = errors.New("is not a recording")

// Source names a feed of a recording.
type Source struct {
	Name string
	URL  string // as [redact.URL] shows it: without secrets

	// Mapping says in one line how its payloads are decoded. The caller chooses the notation; [PlayerOptions]
	// gives it back at a replay. May be empty.
	Mapping string
}

// Entry is one event of a recording. Its message has no updates: a [Player] decodes.
type Entry struct {
	feed.Event
	Offset time.Duration // since the start of the recording; never less than that of the entry before
}
