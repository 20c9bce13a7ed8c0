package doctor

import (
	"fmt"
	"strings"

	"livetape/feed"
	"livetape/ui/humanize"
)

// resumed judges what the server did with a Last-Event-ID.
func (e *examination) resumed(s *Section) {
	r := e.again
	if r == nil {
		return
	}
	const lossy = "what a reconnect misses is lost: have the server keep its last events and send those behind Last-Event-ID"
	sent := e.visit.Clean(r.sent, 60)
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
