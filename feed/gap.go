package feed

import (
	"context"
	"net/http"
	"time"

	"livetape/feed/decode"
	"livetape/feed/resume"
	"livetape/feed/stream"
)

// patience is how many events without an id and without data may come, such as greetings, before it is said that nothing
// tells what a resume did.
const patience = 16

// reasonLimit bounds the reason of a gap in runes.
const reasonLimit = 120

type gapEvidence struct {
	id    string // of the event; empty for none
	again bool   // an earlier connection gave the event
	used  bool   // an earlier connection gave another event of the id
	empty bool   // the event has no data
	word  *decode.Continuity
}

// streamOpened is called when the stream is live. Without an id nothing that follows can tell what was missed, and where
// the id was refused that is known.
func (d *delivery) streamOpened(ctx context.Context, answer http.Header, now time.Time) {
	if d.gap == nil {
		return
	}
	if !d.gap.Lost.IsZero() {
		d.gap.Length = max(now.Sub(d.gap.Lost), 0) // the clock may have been set back
	}
	finding, told := resume.ByHeader(d.sentID, answer)
	switch {
	case d.gap.Reason != "":
		finding, told = resume.Finding{Verdict: resume.NotResumed, Reason: d.gap.Reason}, true
	case d.gap.From == "":
		d.gap.Kind, d.gap.Missed = Unreplayed, Unknown
		if d.liveness.events.lastTime(now).IsZero() {
			d.gap.Reason = "no event came before"
		}
		d.stopped = !d.sendGap(ctx, now)
		return
	}
	if told {
		d.stopped = !d.sendFinding(ctx, finding, now)
	}
}

// resolveGap sends the gap, if one is open, when an event of the connection tells it: by the server's own word, or by
// its id. It reports false when ctx ended first.
func (d *delivery) resolveGap(ctx context.Context, e gapEvidence, at time.Time) bool {
	switch {
	case d.gap == nil:
		return true
	case e.word != nil:
		return d.sendContinuity(ctx, e.word, at)
	case e.id == "":
		if d.untold++; e.empty && d.untold < patience {
			return true
		}
		return d.sendFinding(ctx, resume.Finding{}, at)
	case d.seen.coarse:
		finding := resume.Finding{}
		if !d.coarseTold {
			d.coarseTold, finding.Reason = true, "its ids come again with different data, and prove nothing"
		}
		return d.sendFinding(ctx, finding, at)
	}
	d.gap.Next = e.id
	return d.sendFinding(ctx, d.judge.ByEvent(d.sentID, e.id, e.again, e.used), at)
}

// losesBooks reports whether the order books that the decoder keeps are not those that the next event changes: events were
// missed, and nothing proves the contrary. Anew says that the stream begins anew. Of an earlier run, the decoder has no books.
func (d *delivery) losesBooks(e gapEvidence, mark stream.Mark) (loses, anew bool) {
	if !d.bookRisk {
		return mark == stream.Skipped, false
	}
	d.bookRisk = false
	var finding resume.Finding
	if d.gap != nil && e.id != "" && !d.seen.coarse {
		finding = d.judge.ByEvent(d.sentID, e.id, e.again, e.used)
	}
	if finding.Verdict == resume.Resumed && !d.gap.Lost.IsZero() {
		return mark == stream.Skipped, false
	}
	return true, d.sentID == "" || finding.Verdict == resume.NotResumed
}

func (d *delivery) sendContinuity(ctx context.Context, word *decode.Continuity, at time.Time) bool {
	if word.Reset {
		d.gap.Kind, d.gap.Missed = NotResumed, word.Missed
	} else {
		d.gap.Kind, d.gap.Replayed, d.gap.Missed = Resumed, word.Replayed, word.Missed
	}
	return d.sendGap(ctx, at)
}

func (d *delivery) sendFinding(ctx context.Context, f resume.Finding, at time.Time) bool {
	g := d.gap
	g.Replayed, g.Missed, g.Reason = Unknown, Unknown, d.endpoint.Clean(f.Reason, reasonLimit)
	switch f.Verdict {
	case resume.Resumed:
		g.Kind, g.Missed = Resumed, 0
		d.bookRisk = d.bookRisk && g.Lost.IsZero()
	case resume.NotResumed:
		g.Kind = NotResumed
	case resume.Skipped:
		g.Kind, g.Missed = Skipped, int(min(f.Missed, maxMissed))
	default:
		g.Kind = Unconfirmed
	}
	return d.sendGap(ctx, at)
}

// maxMissed bounds a number of missed events.
const maxMissed = 1 << 30

func (d *delivery) sendGap(ctx context.Context, at time.Time) bool {
	gap := d.gap
	gap.From = d.endpoint.Redactor().PayloadText(gap.From)
	gap.Next = d.endpoint.Redactor().PayloadText(gap.Next)
	if !push(ctx, d.out, Event{Feed: d.config.Name, At: at, Gap: gap}) {
		return false
	}
	d.gap = nil
	return true
}
