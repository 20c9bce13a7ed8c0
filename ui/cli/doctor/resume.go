package doctor

import (
	"context"
	"slices"

	"livetape/feed"
	"livetape/feed/decode"
)

// Outcome is what a server did with a Last-Event-ID.
type Outcome string

// The outcomes of asking a server to resume.
const (
	Continued Outcome = "continued"       // what came after the id came again: the server resumes
	Repeated  Outcome = "repeated"        // the event of the id came again, and what came after it
	Restarted Outcome = "restarted"       // the stream began from its start, whatever the id
	Snapshot  Outcome = "snapshot"        // the server sent the state of things
	Skipped   Outcome = "skipped"         // what came after the id did not come again
	Unclear   Outcome = "unclear"         // nothing came that tells
	Denied    Outcome = "refused"         // the server does not take the id
	NoIDs     Outcome = "no ids"          // there is no id to send
	BadID     Outcome = "id not sendable" // HTTP cannot carry the id
)

// resumption is the connection made with a Last-Event-ID, and what it showed.
type resumption struct {
	outcome  Outcome
	sent     string
	followed int  // events with an id that are known to have followed the one sent
	opening  bool // the id is that of the first event, so that repeating it may be starting over
	first    *event
	reported *decode.Continuity // the server's own word
	cause    string             // why the server was not to be asked
}

// maxAfter is how many events of a resumed stream are looked at.
const maxAfter = 50

// resume connects again with the id of an event that others followed, so that a server that resumes has something to
// send at once. It gives nil where there was no stream, or no time.
func (e *examination) resume(ctx context.Context) *resumption {
	if e.first.reached != streaming || ctx.Err() != nil || e.first.format != FormatSSE {
		return nil
	}
	r := &resumption{outcome: NoIDs}
	ids := distinct(e.first.tally.ids)
	if len(ids) == 0 {
		return r
	}
	r.followed = min(5, max(len(ids)-2, 0)) // not the first, or starting over would look like repeating
	if len(ids) == 2 {
		r.followed = 1
	}
	r.sent = ids[len(ids)-1-r.followed]
	r.opening = r.followed == len(ids)-1
	if !feed.CanResume(r.sent) {
		r.outcome = BadID
		return r
	}
	o := e.look(ctx, question{lastID: r.sent, listen: min(resumeTime, e.options.For), events: maxAfter, enough: tells})
	if o.ending == interrupted && o.tally.total == 0 {
		return nil
	}
	r.judge(o, &e.first.tally)
	return r
}

// distinct are ids without those that repeat the one before.
func distinct(ids []string) []string { return slices.Compact(slices.Clone(ids)) }

// tells reports whether an event tells what the server did with the id.
func tells(ev event) bool {
	return ev.own || ev.kind == "resume" || ev.kind == "reset" || ev.kind == "snapshot"
}

func (r *resumption) judge(o *observation, before *tally) {
	if o.reached == unreached {
		r.outcome, r.cause = Unclear, o.cause
		return
	}
	if o.reached != streaming {
		r.outcome, r.cause = Denied, o.cause
		return
	}
	for _, ev := range o.tally.kept {
		if m, err := (decode.Native{}).Decode(ev.kind, ev.data); err == nil && m.Continuity != nil {
			r.reported = m.Continuity
		}
		if tells(ev) {
			r.first = &ev
			r.outcome = r.outcomeOf(ev, before)
			return
		}
	}
	r.outcome = Unclear
	if r.followed > 0 {
		r.outcome = Skipped
	}
}

// outcomeOf judges by the first event that has an id.
func (r *resumption) outcomeOf(ev event, before *tally) Outcome {
	ids := distinct(before.ids)
	sent := len(ids) - 1 - r.followed
	at := slices.Index(ids, ev.id)
	switch {
	case r.reported != nil && r.reported.Reset:
		return Snapshot
	case r.reported != nil:
		return Continued
	case ev.kind == "snapshot":
		return Snapshot
	case at == sent+1:
		return Continued
	case at == sent:
		return Repeated
	case at >= 0 && at < sent:
		return Restarted
	case r.followed == 0:
		return Unclear
	}
	return Skipped
}
