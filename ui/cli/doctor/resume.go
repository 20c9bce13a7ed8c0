package doctor

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"livetape/feed"
	"livetape/feed/connection"
	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
	"livetape/ui/humanize"
)

// Outcome is what a server did with a Last-Event-ID.
type Outcome string

// The outcomes of asking a server to resume.
const (
	Continued  Outcome = "continued"       // what came after the id came again: the server resumes
	Repeated   Outcome = "repeated"        // the event of the id came again, and what came after it
	Restarted  Outcome = "restarted"       // the stream began from its start, whatever the id
	Snapshot   Outcome = "snapshot"        // the server sent the state of things
	Skipped    Outcome = "skipped"         // what came after the id did not come again
	Unclear    Outcome = "unclear"         // nothing came that tells
	Denied     Outcome = "refused"         // the server does not take the id
	NoIDs      Outcome = "no ids"          // there is no id to send
	BadID      Outcome = "id not sendable" // HTTP cannot carry the id
	NotOffered Outcome = "not offered"     // the feed's settings say that its server cannot resume; it was not asked
)

// resumption is the connection made with a Last-Event-ID, and what it showed.
type resumption struct {
	outcome  Outcome
	by       string   // how the server is asked: a Resume of [feed.Config]
	known    identity // how events are known
	ids      []string // of the first connection, in order
	sent     string
	followed int  // events with an id that are known to have followed the one sent
	opening  bool // the id is that of the first event, so that repeating it may be starting over
	first    *event
	reported *decode.Continuity // the server's own word
	cause    string             // why the server was not to be asked
}

// identity knows the id of an event: that of its id: line, or, of a feed that writes it in its payloads, the one that
// the feed's decoder finds.
type identity struct{ payloads decode.Decoder }

func (i identity) of(ev event) (id string, own bool) {
	if i.payloads == nil {
		return ev.id, ev.own
	}
	m, err := i.payloads.Decode(ev.kind, ev.data)
	return m.ResumeID, err == nil && m.ResumeID != ""
}

// among are the ids of events, without those that repeat the one before.
func (i identity) among(t *tally) []string {
	if i.payloads == nil {
		return slices.Compact(slices.Clone(t.ids))
	}
	var ids []string
	for _, ev := range t.kept {
		if id, own := i.of(ev); own {
			ids = append(ids, id)
		}
	}
	return slices.Compact(ids)
}

// tells reports whether an event tells what the server did with the id.
func (i identity) tells(ev event) bool {
	_, own := i.of(ev)
	return own || ev.kind == "resume" || ev.kind == "reset" || ev.kind == "snapshot"
}

// maxAfter is how many events of a resumed stream are looked at.
const maxAfter = 50

// resume connects again with the id of an event that others followed, so that a server that resumes has something to
// send at once. It asks as the feed's settings, or else the preset that fits, say. It gives nil where there was no
// stream, or no time.
func (e *examination) resume(ctx context.Context) *resumption {
	if e.first.reached != streaming || ctx.Err() != nil || e.first.format != FormatSSE {
		return nil
	}
	r := e.resumption()
	switch {
	case r.by == feed.ResumeNever:
		r.outcome = NotOffered
	case len(r.ids) == 0:
		r.outcome = NoIDs
	case r.by == feed.ResumeByHeader && (r.sent == "" || !connection.IsSendable(r.sent)):
		r.outcome = BadID
	default:
		return e.tryResume(ctx, r)
	}
	return r
}

// resumption is what to ask, and how.
func (e *examination) resumption() *resumption {
	full, err := e.read.result.Definition.Resolve()
	if err != nil {
		full = preset.Definition{}
	}
	r := &resumption{by: orElse(orElse(e.config.Resume, full.Resume), feed.ResumeByHeader)}
	if full.ResumeID != "" {
		if decoder, err := infer.NewDecoder(e.config.Name, full); err == nil {
			r.known.payloads = decoder
		}
	}
	if r.ids = r.known.among(&e.first.tally); len(r.ids) == 0 {
		return r
	}
	r.followed = min(5, max(len(r.ids)-2, 0)) // not the first, or starting over would look like repeating
	if len(r.ids) == 2 {
		r.followed = 1
	}
	r.sent = r.ids[len(r.ids)-1-r.followed]
	r.opening = r.followed == len(r.ids)-1
	return r
}

func (e *examination) tryResume(ctx context.Context, r *resumption) *resumption {
	asking := e.config
	asking.Resume = r.by
	endpoint, err := asking.Endpoint(os.LookupEnv)
	if err != nil {
		return nil // not reached: the first endpoint was possible, and presets are valid
	}
	defer endpoint.CloseConnections()
	o := e.look(ctx, question{lastID: r.sent, endpoint: endpoint, listen: min(resumeTime, e.options.For), events: maxAfter, enough: r.known.tells})
	if o.ending == interrupted && o.tally.total == 0 {
		return nil
	}
	r.judge(o)
	return r
}

func (r *resumption) judge(o *observation) {
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
		if r.known.tells(ev) {
			r.first = &ev
			r.outcome = r.outcomeOf(ev)
			return
		}
	}
	r.outcome = Unclear
	if r.followed > 0 {
		r.outcome = Skipped
	}
}

// outcomeOf judges by the first event that has an id.
func (r *resumption) outcomeOf(ev event) Outcome {
	id, _ := r.known.of(ev)
	sent := len(r.ids) - 1 - r.followed
	at := slices.Index(r.ids, id)
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

// resumed judges what the server did with a Last-Event-ID.
func (e *examination) resumed(s *Section) {
	r := e.again
	if r == nil {
		return
	}
	const lossy = "what a reconnect misses is lost: have the server keep its last events and send those behind Last-Event-ID"
	sent := e.endpoint.Clean(r.sent, 60)
	switch r.outcome {
	case Continued:
		s.add(Good, "resume", "yes: "+e.continued(sent), "")
	case Repeated:
		if r.opening {
			s.add(Warning, "resume", "not known: "+r.asked()+" to go on after "+sent+", the server sends that event again; it repeats it, or starts over", "--for 30s may show more ids")
			return
		}
		s.add(Good, "resume", "yes: after "+sent+" the server repeats that event and goes on; it counts as a duplicate", "")
	case Restarted:
		s.add(Warning, "resume", "no: "+r.asked()+" to go on after "+sent+", the server starts from the beginning again", "duplicates are dropped, but "+lossy)
	case Snapshot:
		s.add(Warning, "resume", "no: "+r.asked()+" to go on after "+sent+", the server sends a snapshot instead", "prices are right again at once, but "+lossy)
	case Skipped:
		s.add(Bad, "resume", fmt.Sprintf("no: %s behind %s did not come again", humanize.Plural(r.followed, "event"), sent), lossy)
	case Denied:
		s.add(Bad, "resume", "the server refuses Last-Event-ID "+sent+": "+r.cause, "a server that cannot resume should ignore the id, or every reconnect fails")
	case NotOffered:
		s.add(Warning, "resume", "not tried: the settings of this feed, or its preset, say that the server cannot", "what a reconnect misses is lost")
	case BadID:
		s.add(Bad, "resume", "the ids hold control characters, which no HTTP header carries back", "use ids of printable characters")
	case Unclear:
		s.add(Warning, "resume", "not known: "+e.unclear(sent), "try again; --for 30s may show more ids")
	}
}

// asked says in which way the server was asked.
func (r *resumption) asked() string {
	if r.by == feed.ResumeByHeader {
		return "asked"
	}
	return "asked by " + strings.TrimSuffix(r.by, "{id}")
}

func (e *examination) continued(sent string) string {
	r := e.again
	if c := r.reported; c != nil {
		return fmt.Sprintf("%s to go on after %s, the server says that it replays %s", r.asked(), sent, humanize.Plural(c.Replayed, "event"))
	}
	return r.asked() + " to go on after " + sent + ", the server sent the event that followed"
}

func (e *examination) unclear(sent string) string {
	if e.again.cause != "" {
		return "a second connection came to nothing: " + e.again.cause
	}
	if e.again.first == nil {
		return "there is one id only, " + sent + ", and nothing came after it"
	}
	return "there is one id only, " + sent + ", and the event after it was not seen before"
}
