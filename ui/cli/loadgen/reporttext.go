package loadgen

import (
	"fmt"
	"io"
	"strings"

	"livetape/ui/humanize"
)

// Text writes the report for people.
func (r *Report) Text(w io.Writer) error {
	t := &reportText{}
	t.printf("livetape bench %s\n\n", r.URL)
	t.connections(r.Connections)
	t.events(r)
	t.latency(r.Latency)
	t.row("bytes", "%s%s", humanize.Bytes(r.Bytes.Received), perSecond(r.Bytes.PerSecond, humanize.Bytes[float64]))
	t.spread(r.Clients)
	for _, note := range r.Notes {
		t.printf("\n! %s", note)
	}
	if len(r.Notes) > 0 {
		t.printf("\n")
	}
	t.printf("\n%s\n", r.summary())
	_, err := io.WriteString(w, t.String())
	return err
}

func (r *Report) summary() string {
	switch {
	case !r.OK:
		return "✗ not all is well"
	case r.uncertain:
		return "! nothing is known to be wrong, but not all could be known"
	case r.Events.JudgedBy != BySequence:
		return "✓ all delivered, as far as any client saw"
	case *r.Events.OnTheWay > 0:
		return "✓ all delivered but what was still on the way"
	}
	return "✓ all delivered"
}

type reportText struct{ strings.Builder }

func (t *reportText) printf(format string, args ...any) { fmt.Fprintf(&t.Builder, format, args...) }

// row is a line with its subject; without one, it goes on with the one before.
func (t *reportText) row(about, format string, args ...any) {
	t.printf("%-12s %s\n", about, fmt.Sprintf(format, args...))
}

func (t *reportText) connections(c Connections) {
	line := fmt.Sprintf("%s of %s", humanize.Count(c.Connected), humanize.Count(c.Asked))
	if c.Protocol != "" {
		line += ", " + c.Protocol
	}
	t.row("connected", "%s", line)
	t.row("", "%s refused, %s dropped, %s reconnected, %s held to the end",
		humanize.Count(c.Refused), humanize.Count(c.Dropped), humanize.Count(c.Reconnected), humanize.Count(c.Held))
	if c.Between > 0 {
		t.row("", "%s between two streams when the time was up", humanize.Count(c.Between))
	}
	if c.Stalled > 0 {
		t.row("", "%s of these stalled", humanize.Count(c.Stalled))
	}
	for _, cause := range c.Refusals {
		t.row("", "  refused: %s × %s", humanize.Count(cause.Times), cause.Cause)
	}
	for _, cause := range c.Drops {
		t.row("", "  dropped: %s × %s", humanize.Count(cause.Times), cause.Cause)
	}
}

func (t *reportText) events(r *Report) {
	e := r.Events
	t.row("delivered", "%s%s", humanize.Count(e.Delivered), perSecond(e.PerSecond, func(n float64) string { return humanize.Count(n + 0.5) }))
	t.row("", "%s lost, %s duplicated, %s out of order%s", countOrUnknown(e.Lost), countOrUnknown(e.Duplicated), countOrUnknown(e.OutOfOrder), judgement(e.JudgedBy))
	if e.OnTheWay != nil && *e.OnTheWay > 0 {
		t.row("", "%s still on the way when the time was up", humanize.Count(*e.OnTheWay))
	}
	if e.Resets > 0 {
		t.row("", "%s times the server could not resume", humanize.Count(e.Resets))
	}
}

func judgement(by string) string {
	switch by {
	case BySequence:
		return " (by the server's own count)"
	case ByUnion:
		return " (by what all clients saw)"
	case ByBoth:
		return " (by the server's own count, or by what all clients saw)"
	}
	return ""
}

func (t *reportText) latency(l *Latency) {
	if l == nil {
		t.row("latency", "not known")
		return
	}
	t.row("latency", "p50 %s, p99 %s, p99.9 %s, longest %s, shortest %s", humanize.Latency(l.P50), humanize.Latency(l.P99), humanize.Latency(l.P999), humanize.Latency(l.Max), humanize.Latency(l.Min))
}

func (t *reportText) spread(s *Spread) {
	if s == nil {
		return
	}
	t.row("per client", "%s events (%s to %s)", humanize.Count(s.Events.Median), humanize.Count(s.Events.Min), humanize.Count(s.Events.Max))
	if s.Slowest != nil {
		t.row("", "longest latency %s (%s to %s)", humanize.Latency(s.Slowest.Median), humanize.Latency(s.Slowest.Min), humanize.Latency(s.Slowest.Max))
	}
}

func countOrUnknown(n *uint64) string {
	if n == nil {
		return "unknown"
	}
	return humanize.Count(*n)
}

func perSecond(n *float64, in func(float64) string) string {
	if n == nil {
		return ""
	}
	return ", " + in(*n) + "/s"
}
