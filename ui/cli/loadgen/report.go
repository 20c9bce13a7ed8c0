package loadgen

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"livetape/feed/redact"
	"livetape/ui/humanize"
)

// Report is what became of a run. A figure that nobody can know is nil, and a note says why.
type Report struct {
	URL         string      `json:"url"` // fit to be shown
	Seconds     float64     `json:"seconds"`
	Connections Connections `json:"connections"`
	Events      Events      `json:"events"`
	Latency     *Latency    `json:"latency"`
	Bytes       Bytes       `json:"bytes"`
	Clients     *Spread     `json:"per_client"`
	Notes       []string    `json:"notes"`
	OK          bool        `json:"ok"` // nothing is known to be wrong

	doubtful bool // a note tells of events that nobody can judge, or of clients that were not there
}

// Connections counts clients, by what became of them, and connections that ended.
type Connections struct {
	Asked       int     `json:"asked"`
	Connected   int     `json:"connected"` // at least once
	Refused     int     `json:"refused"`   // never connected
	Held        int     `json:"held"`      // connected to the end
	Between     int     `json:"between"`   // of a server that ended their stream, they waited to ask for the next one, or had just asked
	Stalled     int     `json:"stalled"`   // held, but got nothing of what others got for the last second or longer
	Dropped     int     `json:"dropped"`   // streams that ended before the time was up
	Reconnected int     `json:"reconnected"`
	Protocol    string  `json:"protocol"`
	Refusals    []Cause `json:"refusals"`
	Drops       []Cause `json:"drops"`
}

// Events counts what came. Snapshots and the server's words on the stream itself are not among them.
type Events struct {
	Delivered  uint64   `json:"delivered"`
	PerSecond  *float64 `json:"per_second"` // while all were connected
	JudgedBy   string   `json:"judged_by"`  // BySequence, ByUnion or ByNothing
	Lost       *uint64  `json:"lost"`
	Duplicated *uint64  `json:"duplicated"`
	OutOfOrder *uint64  `json:"out_of_order"`
	Nameless   uint64   `json:"without_id"`
	Unjudged   uint64   `json:"not_judged"` // came with an id, but nobody can say what became of their neighbours
	OnTheWay   *uint64  `json:"on_the_way"` // seen by a client that was connected to the end, but not yet by others
	Resets     uint64   `json:"resets"`     // times that the server could not resume
}

// How events were judged.
const (
	BySequence = "sequence" // the server counts its events
	ByUnion    = "union"    // each client against all
	ByBoth     = "both"     // some clients so, some so
	ByNothing  = "none"     // the events have no ids
)

// Latency is the time from the stamp in a payload to its arrival, in ms.
type Latency struct {
	Measured uint64  `json:"measured"`
	Min      float64 `json:"min_ms"`
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	P999     float64 `json:"p999_ms"`
	Max      float64 `json:"max_ms"`
}

// Bytes are those of the streams, as they came, without the headers.
type Bytes struct {
	Received  uint64   `json:"received"`
	PerSecond *float64 `json:"per_second"` // while all were connected
}

// Spread says how alike the clients that connected fared.
type Spread struct {
	Events  Range  `json:"events"`
	Slowest *Range `json:"slowest_ms"` // the longest latency of each
}

// Range is the least, the middle and the most of many.
type Range struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

// JSON writes the report for machines.
func (r *Report) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// report is called when no client runs any more.
func (r *run) report() *Report {
	rep := &Report{URL: redact.URL(r.plan.Feed.URL), Notes: []string{}}
	length := r.window.to.Sub(r.window.from)
	rep.Seconds = math.Round(length.Seconds()*1000) / 1000
	rep.Events.Delivered, rep.Bytes.Received = r.sum()
	if length > 0 {
		rep.Events.PerSecond = rate(r.window.events, length)
		rep.Bytes.PerSecond = rate(r.window.bytes, length)
	} else if r.settled.Load() < int64(r.plan.Clients) {
		rep.note("the run ended before all clients were connected: no rates or latencies")
	}
	rep.Connections = r.connections()
	r.judge(rep)
	r.noticeSilence(rep)
	r.latency(rep)
	r.spread(rep)
	rep.conclude(r.plan)
	return rep
}

// Nobody is the error of a run in which no client was ever connected, since all were refused: the commonest cause, and
// what to do about it. It is nil for any other run.
func (rep *Report) Nobody() error {
	c := rep.Connections
	if c.Connected > 0 || c.Refused < c.Asked || len(c.Refusals) == 0 {
		return nil
	}
	first := c.Refusals[0]
	advice := cmp.Or(first.Advice, "'livetape check' tells more")
	return fmt.Errorf("none of %s clients got a stream: %s; %s", humanize.Count(c.Asked), first.Cause, advice)
}

func (rep *Report) note(format string, args ...any) {
	rep.Notes = append(rep.Notes, fmt.Sprintf(format, args...))
}

func rate(n uint64, in time.Duration) *float64 {
	perSecond := math.Round(float64(n)/in.Seconds()*10) / 10
	return &perSecond
}

func (r *run) connections() Connections {
	all := Connections{Asked: len(r.clients)}
	for _, c := range r.clients {
		switch {
		case c.connections > 0:
			all.Connected++
			all.Reconnected += c.connections - 1
			all.Protocol = cmp.Or(c.proto, all.Protocol)
		case c.settled:
			all.Refused++
		}
		switch {
		case c.held:
			all.Held++
		case c.between:
			all.Between++
		}
	}
	all.Refusals, _ = causes(r.endings.refusals)
	all.Drops, all.Dropped = causes(r.endings.losses)
	return all
}

// spread is nil when nobody connected.
func (r *run) spread(rep *Report) {
	var events, slowest []float64
	for _, c := range r.clients {
		if c.connections == 0 {
			continue
		}
		events = append(events, float64(c.events.Load()))
		if c.stamps.measured > 0 {
			slowest = append(slowest, ms(c.stamps.slowest))
		}
	}
	if len(events) == 0 {
		return
	}
	rep.Clients = &Spread{Events: rangeOf(events)}
	if rep.Latency != nil && len(slowest) > 0 {
		of := rangeOf(slowest)
		rep.Clients.Slowest = &of
	}
}

func rangeOf(all []float64) Range {
	slices.Sort(all)
	return Range{all[0], all[len(all)/2], all[len(all)-1]}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// conclude decides whether all is well, as far as anybody knows.
func (rep *Report) conclude(p Plan) {
	c, e := rep.Connections, rep.Events
	zero := func(n *uint64) bool { return n == nil || *n == 0 }
	rep.doubtful = rep.doubtful || e.Lost == nil || e.Nameless+e.Unjudged > 0
	if pending := c.Asked - c.Connected - c.Refused; pending > 0 {
		rep.note("%d clients were not connected yet", pending)
		rep.doubtful = true
	}
	away := c.Connected - c.Held - c.Between
	if p.Reconnect && away > 0 {
		rep.note("%d clients had lost their stream and did not get another one", away)
	}
	rep.OK = zero(e.Lost) && zero(e.Duplicated) && zero(e.OutOfOrder) && c.Refused+away+c.Stalled == 0
}
