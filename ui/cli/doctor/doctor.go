// Package doctor examines a feed: it connects as a subscription would, listens for a while, connects again to see
// whether the server resumes, and says what it found, what is wrong and how the feed can be read.
//
// [Examine] makes a [Report]. What a connection showed is gathered first and judged afterwards: an observation has no
// opinion, and the judging has no network. [Report.Text] writes a report for people, [Report.JSON] for machines.
//
// Time and memory are bounded whatever the server does.
package doctor

import (
	"context"
	"os"
	"time"

	"livetape/feed"
	"livetape/feed/connection"
	"livetape/feed/decode/preset"
)

// Options say how to examine. The zero value is a good start.
type Options struct {
	For        time.Duration      // how long to listen; default DefaultFor
	Events     int                // stop listening after so many events; 0: only For counts
	Format     string             // FormatSSE, FormatNDJSON; "": find out
	Definition *preset.Definition // how the feed is read, where that is known; nil: find out
	Symbols    []string           // report what is read of these alone, in upper or lower case; empty: of all
}

// DefaultFor is how long a feed is listened to.
const DefaultFor = 5 * time.Second

// Formats of a stream.
const (
	FormatSSE    = "sse"
	FormatNDJSON = "ndjson" // one JSON value a line
)

// Bounds in time of what is not listening.
const (
	answerTime = 15 * time.Second // for an answer, with all its redirects
	resumeTime = 3 * time.Second  // for the first event of a resumed stream
)

// Examine looks at a feed. It returns when it knows enough, after at most opts.For and some 35 s, or when ctx ends,
// with what was found until then. The error says that the feed cannot be asked at all: the config is not valid.
func Examine(ctx context.Context, c feed.Config, opts Options) (*Report, error) {
	if opts.For <= 0 {
		opts.For = DefaultFor
	}
	endpoint, err := c.Endpoint(os.LookupEnv)
	if err != nil {
		return nil, err
	}
	defer endpoint.CloseConnections()
	e := &examination{config: c, options: opts, endpoint: endpoint, began: time.Now()}
	first := e.look(ctx, question{lastID: c.LastEventID, listen: opts.For, events: opts.Events})
	e.first = first
	e.read = read(e.config.Name, opts.Definition, first)
	e.read.keepOnly(opts.Symbols)
	e.again = e.resume(ctx)
	return e.report(), nil
}

// examination is one run of the doctor.
type examination struct {
	config   feed.Config
	options  Options
	endpoint *connection.Endpoint
	began    time.Time

	first *observation
	again *resumption // nil: not tried
	read  reading
}
