package loadgen

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Text writes the report for people.
func (r *Report) Text(w io.Writer) error {
	t := &text{}
	t.printf("livetape bench %s\n\n", r.URL)
	t.connections(r.Connections)
	t.events(r)
	t.latency(r.Latency)
	t.row("bytes", "%s%s", size(float64(r.Bytes.Received)), perSecond(r.Bytes.PerSecond, size))
	t.spread(r.Clients)
	for _, note := range r.Notes {
		t.printf("\n! %s", note)
	}
	if len(r.Notes) > 0 {
		t.printf("\n")
	}
	t.printf("\n%s\n", r.summary())
	if _, err := io.WriteString(w, t.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// summary is the whole report in a line.
func (r *Report) summary() string {
	switch {
	case !r.OK:
		return "✗ not all is well"
	case r.doubtful:
		return "! nothing is known to be wrong, but not all could be known"
	case r.Events.JudgedBy != BySequence:
		return "✓ all delivered, as far as any client saw"
	case *r.Events.OnTheWay > 0:
		return "✓ all delivered but what was still on the way"
	}
	return "✓ all delivered"
}

type text struct{ strings.Builder }

func (t *text) printf(format string, args ...any) { fmt.Fprintf(&t.Builder, format, args...) }

// row is a line with its subject; without one, it goes on with the one before.
func (t *text) row(about, format string, args ...any) {
	t.printf("%-12s %s\n", about, fmt.Sprintf(format, args...))
}

func (t *text) connections(c Connections) {
	line := fmt.Sprintf("%s of %s", count(c.Connected), count(c.Asked))
	if c.Protocol != "" {
		line += ", " + c.Protocol
	}
	t.row("connected", "%s", line)
	t.row("", "%s refused, %s dropped, %s came back, %s held to the end",
		count(c.Refused), count(c.Dropped), count(c.Reconnected), count(c.Held))
	if c.Between > 0 {
		t.row("", "%s between two streams when the time was up", count(c.Between))
	}
	if c.Stalled > 0 {
		t.row("", "%s of these stalled", count(c.Stalled))
	}
	for _, cause := range c.Refusals {
		t.row("", "  refused: %s × %s", count(cause.Times), cause.Cause)
	}
	for _, cause := range c.Drops {
		t.row("", "  dropped: %s × %s", count(cause.Times), cause.Cause)
	}
}

func (t *text) events(r *Report) {
	e := r.Events
	t.row("delivered", "%s%s", count(e.Delivered), perSecond(e.PerSecond, events))
	t.row("", "%s lost, %s duplicated, %s out of order%s", known(e.Lost), known(e.Duplicated), known(e.OutOfOrder), judgement(e.JudgedBy))
	if e.OnTheWay != nil && *e.OnTheWay > 0 {
		t.row("", "%s still on the way when the time was up", count(*e.OnTheWay))
	}
	if e.Resets > 0 {
		t.row("", "%s times the server could not resume", count(e.Resets))
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

func (t *text) latency(l *Latency) {
	if l == nil {
		t.row("latency", "not known")
		return
	}
	t.row("latency", "p50 %s, p99 %s, p99.9 %s, longest %s, shortest %s", millis(l.P50), millis(l.P99), millis(l.P999), millis(l.Max), millis(l.Min))
}

func (t *text) spread(s *Spread) {
	if s == nil {
		return
	}
	t.row("per client", "%s events (%s to %s)", count(s.Events.Median), count(s.Events.Min), count(s.Events.Max))
	if s.Slowest != nil {
		t.row("", "longest latency %s (%s to %s)", millis(s.Slowest.Median), millis(s.Slowest.Min), millis(s.Slowest.Max))
	}
}

func known(n *uint64) string {
	if n == nil {
		return "unknown"
	}
	return count(*n)
}

// count writes a number in groups of three digits.
func count[T int | uint64 | float64](n T) string {
	digits := strconv.FormatUint(uint64(n), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func perSecond(n *float64, in func(float64) string) string {
	if n == nil {
		return ""
	}
	return ", " + in(*n) + "/s"
}

func events(n float64) string { return count(n + 0.5) }

func size(n float64) string {
	for _, unit := range []string{"B", "kB", "MB", "GB"} {
		if n < 1000 {
			return strconv.FormatFloat(n, 'f', digitsFor(n, unit), 64) + " " + unit
		}
		n /= 1000
	}
	return strconv.FormatFloat(n, 'f', 1, 64) + " TB"
}

func digitsFor(n float64, unit string) int {
	if unit == "B" || n >= 100 {
		return 0
	}
	return 1
}

// millis writes a latency with as many digits as it has.
func millis(n float64) string {
	switch {
	case n < 10:
		return strconv.FormatFloat(n, 'f', 2, 64) + " ms"
	case n < 1000:
		return strconv.FormatFloat(n, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(n/1000, 'f', 1, 64) + " s"
}
