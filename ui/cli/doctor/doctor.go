// Package doctor examines a feed. It connects as a subscription would, listens for a while, connects again to see
// whether the server resumes, and reports what it found, what is wrong and how the feed can be read.
//
// [Examine] returns a [Report]. [Report.Text] writes it for people, [Report.JSON] for machines. Everything is observed
// first and judged afterwards: an observation holds no judgement, and judging makes no requests.
//
// Time and memory are bounded whatever the server does.
package doctor

import (
	"cmp"
	"context"
	"os"
	"time"

	"livetape/feed"
	"livetape/feed/connection"
	"livetape/feed/decode/preset"
)

// Options say how to examine a feed. The zero value is valid.
type Options struct {
	For        time.Duration      // how long to listen; default DefaultFor
	Events     int                // stop listening after so many events; 0 for no limit
	Format     string             // FormatSSE or FormatNDJSON; empty to detect it
	Definition *preset.Definition // how the feed is read; nil to find out
	Symbols    []string           // report only these, in upper or lower case; empty for all

	Found    func(Section)                  // called with each group of findings once it is known, and again when more changed it; may be nil
	Progress func(phase string, events int) // called as a phase begins and with each event of it; may be nil
}

func (o Options) found(s Section) {
	if o.Found != nil {
		o.Found(s)
	}
}

func (o Options) progress(phase string, events int) {
	if o.Progress != nil {
		o.Progress(phase, events)
	}
}

// The phases of an examination.
const (
	phaseConnecting = "connecting"
	phaseListening  = "listening"
	phaseResuming   = "connecting again, to see whether the server resumes"
)

// DefaultFor is how long a feed is listened to.
const DefaultFor = 5 * time.Second

// Formats of a stream.
const (
	FormatSSE    = "sse"
	FormatNDJSON = "ndjson" // one JSON value a line
)

const (
	responseTimeout = 15 * time.Second // at most; includes redirects; a feed may have its own
	shortestWait    = time.Second      // for an answer, however short the time to listen
	resumeTime      = 3 * time.Second  // for the first event of a resumed stream
)

// Examine examines a feed. It returns when it knows enough, after at most opts.For and some 35 s, or, where opts.For is short, four times as long and a second or two, or when ctx ends, with
// what it has found by then. The error says that the config is not valid.
func Examine(ctx context.Context, c feed.Config, opts Options) (*Report, error) {
	if opts.For <= 0 {
		opts.For = DefaultFor
	}
	c.Format = cmp.Or(c.Format, connection.Format(opts.Format))
	endpoint, err := c.Endpoint(os.LookupEnv)
	if err != nil {
		return nil, err
	}
	defer endpoint.CloseConnections()
	e := &examination{config: c, options: opts, endpoint: endpoint, startedAt: time.Now()}
	opts.progress(phaseConnecting, 0)
	e.first = e.observe(ctx, connectOptions{lastEventID: c.LastEventID, endpoint: endpoint, listenFor: opts.For, maxEvents: opts.Events, phase: phaseListening, opened: func(o *observation) {
		e.first = o
		opts.found(e.connectionSection())
	}})
	for i := range e.first.stats.kept { // before a reason quotes a part of one, in which nothing is recognised any more
		ev := &e.first.stats.kept[i]
		ev.Data = endpoint.Redactor().Payload(ev.Data)
	}
	e.reading = readPayloads(c.Name, opts.Definition, e.first)
	e.reading.keepOnly(opts.Symbols)
	e.resume = e.testResume(ctx)
	return e.report(), nil
}

type examination struct {
	config    feed.Config
	options   Options
	endpoint  *connection.Endpoint
	startedAt time.Time

	first   *observation // of the first connection
	reading decodedPayloads
	resume  *resumeTest // nil: not tried
}
