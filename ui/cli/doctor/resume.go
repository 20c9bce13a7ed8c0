package doctor

import (
	"bytes"
	"cmp"
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
	"livetape/feed/resume"
	"livetape/ui/humanize"
)

// Outcome is what a server did with a last event id.
type Outcome string

// The outcomes of asking a server to resume.
const (
	Continued  Outcome = "continued"       // what followed the id came again: the server resumes
	Repeated   Outcome = "repeated"        // the event of the id came again, and what followed it
	Restarted  Outcome = "restarted"       // the stream began from its start, whatever the id
	Snapshot   Outcome = "snapshot"        // the server sent the current state
	Skipped    Outcome = "skipped"         // what followed the id did not come again
	Unclear    Outcome = "unclear"         // nothing came that tells
	Denied     Outcome = "refused"         // the server does not accept the id
	NoIDs      Outcome = "no ids"          // there is no id to send
	BadID      Outcome = "id not sendable" // HTTP cannot carry the id
	NotOffered Outcome = "not offered"     // the feed's settings say that its server cannot resume; it was not asked
)

type resumeTest struct {
	outcome   Outcome
	method    string // how the id is sent: a Resume of [feed.Config]
	source    idSource
	ids       []string // of the first connection, in order
	sent      string
	followers int  // events with an id that followed the one sent
	sentFirst bool // the id is that of the first event: repeating it may be starting over
	first     *event
	reported  *decode.Continuity // what the server itself said
	finding   resume.Finding     // what feed/resume makes of the answer, as it does for a feed that runs
	byHeader  bool               // by a field of it
	otherData bool               // the first event that came has the id of an earlier one, and other data
	cause     string             // why the connection came to nothing
}

// idSource finds the ids of events: in id: lines or, with a decoder, in payloads.
type idSource struct{ decoder decode.Decoder }

func (s idSource) eventID(ev event) (id string, own bool) {
	if s.decoder == nil {
		return ev.ID, ev.hasOwnID
	}
	m, err := s.decoder.Decode(ev.Type, ev.Data)
	return m.ResumeID, err == nil && m.ResumeID != ""
}

// eventIDs returns the ids of all events, without those that repeat the one before.
func (s idSource) eventIDs(stats *eventStats) []string {
	if s.decoder == nil {
		return slices.Compact(slices.Clone(stats.ids))
	}
	var ids []string
	for _, ev := range stats.kept {
		if id, own := s.eventID(ev); own {
			ids = append(ids, id)
		}
	}
	return slices.Compact(ids)
}

func (s idSource) isConclusive(ev event) bool {
	_, own := s.eventID(ev)
	return own || ev.Type == "resume" || ev.Type == "reset" || ev.Type == "snapshot"
}

// maxResumedEvents is how many events of a resumed stream are read.
const maxResumedEvents = 50

// testResume connects again with the id of an event that others followed, so that a server that resumes has something to
// send at once. It sends the id as the feed's settings say, or the preset that fits. It returns nil when there was no
// stream, or no time.
func (e *examination) testResume(ctx context.Context) *resumeTest {
	if e.first.stage != streaming || ctx.Err() != nil || e.first.format != FormatSSE {
		return nil
	}
	r := e.newResumeTest()
	switch {
	case r.method == feed.ResumeNever:
		r.outcome = NotOffered
	case len(r.ids) == 0:
		r.outcome = NoIDs
	case r.method == feed.ResumeByHeader && (r.sent == "" || !connection.IsSendable(r.sent)):
		r.outcome = BadID
	default:
		return e.reconnect(ctx, r)
	}
	return r
}

func (e *examination) newResumeTest() *resumeTest {
	full, err := e.reading.result.Definition.Resolve()
	if err != nil {
		full = preset.Definition{}
	}
	r := &resumeTest{method: cmp.Or(e.config.Resume, full.Resume, feed.ResumeByHeader)}
	if full.ResumeID != "" {
		if decoder, err := infer.NewDecoder(e.config.Name, full); err == nil {
			r.source.decoder = decoder
		}
	}
	if r.ids = r.source.eventIDs(&e.first.stats); len(r.ids) == 0 {
		return r
	}
	r.followers = min(5, max(len(r.ids)-2, 0)) // not all but the first: starting over would look like repeating
	if len(r.ids) == 2 {
		r.followers = 1
	}
	r.sent = r.ids[len(r.ids)-1-r.followers]
	r.sentFirst = r.followers == len(r.ids)-1
	return r
}

func (e *examination) reconnect(ctx context.Context, r *resumeTest) *resumeTest {
	c := e.config
	c.Resume = r.method
	endpoint, err := c.Endpoint(os.LookupEnv)
	if err != nil {
		return nil // not reached: the first one was valid, and presets are
	}
	defer endpoint.CloseConnections()
	e.options.progress(phaseResuming, 0)
	o := e.observe(ctx, connectOptions{
		phase:       phaseResuming,
		lastEventID: r.sent, endpoint: endpoint, listenFor: min(resumeTime, e.options.For), maxEvents: maxResumedEvents, until: r.source.isConclusive,
	})
	if o.endReason == endInterrupted && o.stats.total == 0 {
		return nil
	}
	r.evaluate(o, e.first.stats.kept)
	return r
}

// evaluate judges by what came, and by the events that are known from the first connection.
func (r *resumeTest) evaluate(o *observation, known []event) {
	switch o.stage {
	case noResponse:
		r.outcome, r.cause = Unclear, o.cause
		return
	case refused, notAStream:
		r.outcome, r.cause = Denied, o.cause
		return
	}
	r.finding, r.byHeader = resume.ByHeader(r.sent, o.head.header)
	for _, ev := range o.stats.kept {
		if m, err := (decode.Native{}).Decode(ev.Type, ev.Data); err == nil && m.Continuity != nil {
			r.reported = m.Continuity
		}
		if r.source.isConclusive(ev) {
			r.first = &ev
			r.otherData = r.isIDOfAnother(known, ev)
			r.outcome = r.outcomeOf(ev)
			return
		}
	}
	r.outcome = Unclear
	switch {
	case r.byHeader:
		r.outcome = r.outcomeOfFinding()
	case r.followers > 0:
		r.outcome = Skipped
	}
}

// isIDOfAnother reports whether an event has the id of known ones, and the data of none of them: it will not be taken for a
// duplicate.
func (r *resumeTest) isIDOfAnother(known []event, ev event) bool {
	id, own := r.source.eventID(ev)
	if !own {
		return false
	}
	isUsed := false
	for _, k := range known {
		if usedID, _ := r.source.eventID(k); usedID != id {
			continue
		}
		if isUsed = true; k.Type == ev.Type && bytes.Equal(k.Data, ev.Data) {
			return false
		}
	}
	return isUsed
}

func (r *resumeTest) outcomeOf(ev event) Outcome {
	id, _ := r.source.eventID(ev)
	sent := len(r.ids) - 1 - r.followers
	at := slices.Index(r.ids, id)
	switch {
	case r.reported != nil && r.reported.Reset:
		return Snapshot
	case r.reported != nil:
		return Continued
	case r.byHeader:
		return r.outcomeOfFinding()
	case ev.Type == "snapshot":
		return Snapshot
	case at == sent+1:
		return Continued
	case at > sent+1:
		r.finding = resume.Finding{Verdict: resume.Skipped, Missed: uint64(at - sent - 1)}
		return Skipped
	}
	var judge resume.Judge
	for _, id := range r.ids {
		judge.See(id)
	}
	judge.Reconnect()
	r.finding = judge.ByEvent(r.sent, id, at >= 0, false)
	switch {
	case r.finding.Verdict == resume.NotResumed && at >= 0:
		return Restarted
	case at == sent:
		return Repeated
	}
	return r.outcomeOfFinding()
}

func (r *resumeTest) outcomeOfFinding() Outcome {
	switch {
	case r.finding.Verdict == resume.Resumed:
		return Continued
	case r.finding.Verdict == resume.Unknown && r.followers == 0:
		return Unclear
	}
	return Skipped
}

// resumes reports whether the server is known to resume.
func (r *resumeTest) resumes() bool {
	return r.outcome == Continued || r.outcome == Repeated && !r.sentFirst && !r.otherData
}

func (e *examination) addResume(s *Section) {
	r := e.resume
	if r == nil {
		return
	}
	const lost = "what a reconnect misses is lost: have the server keep its last events and send those after Last-Event-ID"
	sent := e.endpoint.Clean(r.sent, 60)
	asked := r.howAsked() + " to go on after " + sent + ", the server "
	switch r.outcome {
	case Continued:
		text := "sent the event that followed"
		if r.reported != nil {
			text = "says that it replays " + humanize.Plural(r.reported.Replayed, "event")
		} else if r.byHeader {
			text = "says that it does"
		}
		s.add(Good, "resume", "yes: "+asked+text, "")
	case Repeated:
		if r.otherData {
			s.add(Warning, "resume", "not known: "+asked+"sends that id again, with other data", "an id that repeats with other data proves nothing, and the event is not taken for a duplicate: give each event an id of its own")
			return
		}
		if r.sentFirst {
			s.add(Warning, "resume", "not known: "+asked+"sends that event again; it repeats it, or starts over", "--for 30s may show more ids")
			return
		}
		s.add(Good, "resume", "yes: after "+sent+" the server repeats that event and goes on; it counts as a duplicate", "")
	case Restarted:
		if r.otherData {
			s.add(Warning, "resume", "no: "+asked+"starts from the beginning again, with other data", "nothing that comes is taken for a duplicate, and "+lost)
			return
		}
		s.add(Warning, "resume", "no: "+asked+"starts from the beginning again", "what comes again is dropped as a duplicate, but "+lost)
	case Snapshot:
		s.add(Warning, "resume", "no: "+asked+"sends a snapshot instead", "prices are right again at once, but "+lost)
	case Skipped:
		s.add(Bad, "resume", "no: "+e.skippedText(asked, sent), lost)
	case Denied:
		s.add(Bad, "resume", "the server refuses Last-Event-ID "+sent+": "+r.cause, "a server that cannot resume should ignore the id, or every reconnect fails")
	case NotOffered:
		s.add(Warning, "resume", "not tried: the settings of this feed, or its preset, say that the server cannot", "what a reconnect misses is lost")
	case BadID:
		s.add(Bad, "resume", "the ids contain control characters, which HTTP header fields cannot carry", "use ids of printable characters")
	case Unclear:
		s.add(Warning, "resume", "not known: "+r.whyUnclear(sent), "try again; --for 30s may show more ids")
	}
}

// skippedText says what did not come again after the event sent.
func (e *examination) skippedText(asked, sent string) string {
	r := e.resume
	switch {
	case r.finding.Reason != "":
		return r.howAsked() + " to go on after " + sent + ": " + e.endpoint.Clean(r.finding.Reason, 120)
	case r.finding.Missed > 0:
		return fmt.Sprintf("%s ≈%d missed (ids %s → %s)", asked+"goes on, but", r.finding.Missed, sent, e.endpoint.Clean(r.firstResumedID(), 60))
	}
	return fmt.Sprintf("%s after %s did not come again", humanize.Plural(r.followers, "event"), sent)
}

// firstResumedID is the first id that came on the second connection; empty for none.
func (r *resumeTest) firstResumedID() string {
	if r.first == nil {
		return ""
	}
	id, _ := r.source.eventID(*r.first)
	return id
}

func (r *resumeTest) howAsked() string {
	if r.method == feed.ResumeByHeader {
		return "asked"
	}
	return "asked by " + strings.TrimSuffix(r.method, "{id}")
}

func (r *resumeTest) whyUnclear(sent string) string {
	switch {
	case r.cause != "":
		return "the second connection failed: " + r.cause
	case r.first == nil:
		return "there is one id only, " + sent + ", and nothing came after it"
	}
	return "there is one id only, " + sent + ", and the event after it was not seen before"
}
