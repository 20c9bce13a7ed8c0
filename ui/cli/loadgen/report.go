package loadgen

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"livetape/feed/redact"
	"livetape/ui/humanize"
)

// Report is the result of a run. A figure that cannot be known is nil, and a note says why.
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

	uncertain bool // some events cannot be judged, or some clients were not connected
}

// Connections counts clients, by what became of them, and connections that ended.
type Connections struct {
	Asked       int     `json:"asked"`
	Connected   int     `json:"connected"` // at least once
	Refused     int     `json:"refused"`   // never connected
	Held        int     `json:"held"`      // connected to the end
	Between     int     `json:"between"`   // their stream had ended, and they waited to ask for another one, or had just asked
	Stalled     int     `json:"stalled"`   // held, but for the last second or longer received nothing of what others did
	Dropped     int     `json:"dropped"`   // streams that ended before the time was up
	Reconnected int     `json:"reconnected"`
	Protocol    string  `json:"protocol"`
	Refusals    []Cause `json:"refusals"`
	Drops       []Cause `json:"drops"`
}

// Events counts what came, without snapshots and what a livetape server says of the stream itself.
type Events struct {
	Delivered  uint64   `json:"delivered"`
	PerSecond  *float64 `json:"per_second"` // while all were connected
	JudgedBy   string   `json:"judged_by"`  // BySequence, ByUnion, ByBoth or ByNothing
	Lost       *uint64  `json:"lost"`
	Duplicated *uint64  `json:"duplicated"`
	OutOfOrder *uint64  `json:"out_of_order"`
	WithoutID  uint64   `json:"without_id"`
	Unjudged   uint64   `json:"not_judged"` // came with an id that could not be compared
	OnTheWay   *uint64  `json:"on_the_way"` // seen by a client that was connected to the end, but not yet by others
	Resets     uint64   `json:"resets"`     // times that the server could not resume
}

// How events were judged.
const (
	BySequence = "sequence" // the server numbers its events
	ByUnion    = "union"    // each client compared with all
	ByBoth     = "both"     // some clients in one way, some in the other
	ByNothing  = "none"     // the events have no ids
)

// Latency is the time from the timestamp in a payload to its arrival, in ms.
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

// Spread compares the clients that connected.
type Spread struct {
	Events  Range  `json:"events"`
	Slowest *Range `json:"slowest_ms"` // the longest latency of each
}

// Range is the smallest, the middle and the largest of many numbers.
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
	return enc.Encode(r)
}

// report is called when all clients have stopped.
func (r *loadTest) report() *Report {
	rep := &Report{URL: redact.URL(r.plan.Feed.URL), Notes: []string{}}
	length := r.period.to.Sub(r.period.from)
	rep.Seconds = math.Round(length.Seconds()*1000) / 1000
	rep.Events.Delivered, rep.Bytes.Received = r.totals()
	if length > 0 {
		rep.Events.PerSecond = ratePerSecond(r.period.events, length)
		rep.Bytes.PerSecond = ratePerSecond(r.period.bytes, length)
	} else if r.answered.Load() < int64(r.plan.Clients) {
		rep.note("the run ended before all clients were connected: no rates or latencies")
	}
	rep.Connections = r.connections()
	r.judge(rep)
	r.countSilent(rep)
	r.reportLatency(rep)
	r.addSpread(rep)
	rep.conclude(r.plan)
	return rep
}

// NoneConnected is the error of a run in which every client was refused: the commonest cause, and what to do about it.
// It is nil for any other run.
func (rep *Report) NoneConnected() error {
	c := rep.Connections
	if c.Connected > 0 || c.Refused < c.Asked || len(c.Refusals) == 0 {
		return nil
	}
	first := c.Refusals[0]
	advice := cmp.Or(first.Advice, "run 'livetape check' for details")
	return fmt.Errorf("none of %s clients got a stream: %s; %s", humanize.Count(c.Asked), first.Cause, advice)
}

func (rep *Report) note(format string, args ...any) {
	rep.Notes = append(rep.Notes, fmt.Sprintf(format, args...))
}

// noteCount notes a number, unless it is 0.
func (rep *Report) noteCount(n uint64, format string) {
	if n > 0 {
		rep.note(format, n)
	}
}

func ratePerSecond(n uint64, in time.Duration) *float64 {
	perSecond := math.Round(float64(n)/in.Seconds()*10) / 10
	return &perSecond
}

func (r *loadTest) connections() Connections {
	all := Connections{Asked: len(r.clients)}
	for _, c := range r.clients {
		switch {
		case c.connections > 0:
			all.Connected++
			all.Reconnected += c.connections - 1
			all.Protocol = cmp.Or(c.proto, all.Protocol)
		case c.answered:
			all.Refused++
		}
		switch {
		case c.connectedAtEnd:
			all.Held++
		case c.reconnecting:
			all.Between++
		}
	}
	all.Refusals, _ = r.refusals.sorted()
	all.Drops, all.Dropped = r.drops.sorted()
	return all
}

// addSpread adds nothing when no client connected.
func (r *loadTest) addSpread(rep *Report) {
	var events, slowest []float64
	for _, c := range r.clients {
		if c.connections == 0 {
			continue
		}
		events = append(events, float64(c.events.Load()))
		if c.timestamps.measured > 0 {
			slowest = append(slowest, milliseconds(c.timestamps.slowest))
		}
	}
	if len(events) == 0 {
		return
	}
	rep.Clients = &Spread{Events: newRange(events)}
	if rep.Latency != nil && len(slowest) > 0 {
		spread := newRange(slowest)
		rep.Clients.Slowest = &spread
	}
}

func newRange(all []float64) Range {
	slices.Sort(all)
	return Range{all[0], all[len(all)/2], all[len(all)-1]}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (rep *Report) conclude(p Plan) {
	c, e := rep.Connections, rep.Events
	zero := func(n *uint64) bool { return n == nil || *n == 0 }
	rep.uncertain = rep.uncertain || e.Lost == nil || e.WithoutID+e.Unjudged > 0
	if pending := c.Asked - c.Connected - c.Refused; pending > 0 {
		rep.note("%d clients were not connected yet", pending)
		rep.uncertain = true
	}
	away := c.Connected - c.Held - c.Between
	if p.Reconnect && away > 0 {
		rep.note("%d clients had lost their stream and did not get another one", away)
	}
	rep.OK = zero(e.Lost) && zero(e.Duplicated) && zero(e.OutOfOrder) && c.Refused+away+c.Stalled == 0
}

// Cause is why connections were refused or dropped, and how many.
type Cause struct {
	Cause  string `json:"cause"`
	Times  int    `json:"times"`
	Advice string `json:"-"` // what to do about it
}

// failureCauses counts failures of one kind. The zero value is ready.
type failureCauses struct {
	mu    sync.Mutex
	known map[string]Cause // by the cause
}

func (f *failureCauses) add(cause, advice string) {
	const maxCauses = 16 // servers may word each refusal differently
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil {
		f.known = map[string]Cause{}
	}
	if _, known := f.known[cause]; !known && len(f.known) >= maxCauses {
		cause, advice = "for other causes", ""
	}
	f.known[cause] = Cause{cause, f.known[cause].Times + 1, advice}
}

// sorted has the commonest first.
func (f *failureCauses) sorted() (all []Cause, times int) {
	all = []Cause{}
	for _, c := range f.known {
		all = append(all, c)
		times += c.Times
	}
	slices.SortFunc(all, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), strings.Compare(a.Cause, b.Cause))
	})
	return all, times
}
