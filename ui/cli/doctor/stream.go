package doctor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"livetape/ui/humanize"
)

// stream judges what came, and how.
func (e *examination) stream() Section {
	s := Section{Title: "stream"}
	e.received(&s)
	e.buffering(&s)
	e.framing(&s)
	e.numbered(&s)
	e.resumed(&s)
	e.reconnecting(&s)
	e.beating(&s)
	return s
}

func (e *examination) received(s *Section) {
	o := e.first
	text := fmt.Sprintf("%s in %s, %s", humanize.Plural(o.tally.total, "event"), humanize.Measured(o.listened()), humanize.Bytes(o.wire.bytes))
	switch {
	case o.wire.bytes == 0 && o.ending == ended:
		s.add(Bad, "events", "the server ended the stream without sending anything", "ask the server's operator")
	case o.wire.bytes == 0:
		s.add(Warning, "events", "nothing came in "+humanize.Measured(o.listened()), "listen for longer, for example --for 60s; a server should send a comment at least every 15 s")
	case o.ending == broke:
		s.add(Bad, "events", text+"; then the connection broke: "+o.cause, orElse(o.advice, "look at the timeouts of the server, and of what stands between"))
	case o.ending == ended && (o.wire.midEvent() && o.format == FormatSSE):
		s.add(Bad, "events", text+"; then the server ended the stream within an event", "that event is lost: a server must end an event with a blank line")
	case o.ending == ended:
		s.add(Good, "events", text+"; then the server ended the stream, which is its right", "")
	case o.tally.total == 0 && o.format == FormatSSE && o.wire.midEvent():
		s.add(Warning, "events", text+"; the first one is not whole yet", "listen for longer, for example --for 60s: the connection is slow, or the event is long")
	case o.tally.total == 0:
		s.add(Warning, "events", text, "listen for longer, for example --for 60s")
	default:
		s.add(Good, "events", text, "")
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}

// framing judges lines and events.
func (e *examination) framing(s *Section) {
	w, t := &e.first.wire, &e.first.tally
	before := len(s.Findings)
	if w.badText > 0 {
		s.add(Bad, "text", "not UTF-8: "+humanize.Plural(w.badText, "sequence")+" shown as �", "have the server encode its text as UTF-8")
	}
	if t.skipped > 0 {
		s.add(Bad, "size", fmt.Sprintf("%s of more than %s skipped", humanize.Plural(t.skipped, "event"), humanize.Bytes(int64(e.eventLimit()))), "raise max_event for this feed")
	}
	if w.badRetry > 0 {
		s.add(Warning, "retry", humanize.Plural(w.badRetry, "retry: line")+" without a whole number, ignored", "retry: counts milliseconds, in digits only")
	}
	if w.nulIDs > 0 {
		s.add(Warning, "ids", humanize.Plural(w.nulIDs, "id: line")+" with a NUL, ignored", "an id must not hold U+0000")
	}
	for _, field := range w.unknown {
		e.unknownField(s, field)
	}
	if len(s.Findings) == before && e.first.tally.total > 0 {
		s.add(Good, "framing", "every line is as it should be", "")
	}
}

func (e *examination) unknownField(s *Section, field name) {
	shown, lines := e.endpoint.Clean(field.Name, 40), humanize.Plural(field.Count, "line")
	switch meant := knownField(field.Name); {
	case strings.ContainsAny(field.Name, "{[<\""):
		s.add(Bad, "framing", fmt.Sprintf("%s that no client reads: %s", lines, shown), `a payload must stand behind "data: " on its line`)
		return
	case strings.HasPrefix(field.Name, byteOrderMark):
		s.add(Bad, "framing", fmt.Sprintf("%s that no client reads, for a byte order mark before %q", lines, shown), "a byte order mark may stand at the begin of the stream only: leave it out")
		return
	case meant != "":
		s.add(Bad, "framing", fmt.Sprintf("%s that no client reads, with the field %q", lines, shown), fmt.Sprintf("write %s: in small letters, without a blank before it or before its colon", meant))
		return
	}
	s.add(Good, "framing", fmt.Sprintf("unknown field %q in %s, ignored as the standard wants it", shown, lines), "")
}

const byteOrderMark = "\xEF\xBB\xBF"

// knownField is the field that was meant by one that is nearly written so; "" for none.
func knownField(name string) string {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(name)), " ")
	if slices.Contains([]string{"data", "event", "id", "retry"}, word) {
		return word
	}
	return ""
}

// numbered judges ids.
func (e *examination) numbered(s *Section) {
	if e.first.format != FormatSSE || e.first.tally.total == 0 {
		return
	}
	ids := e.ids()
	text := fmt.Sprintf("%d of %s have one", ids.Events, humanize.Plural(e.first.tally.total, "event"))
	switch {
	case ids.Events == 0 && e.again != nil && e.again.known.payloads != nil && len(e.again.ids) > 0:
		s.add(Good, "ids", "in the payloads; the last is "+e.endpoint.Clean(e.again.ids[len(e.again.ids)-1], 80), "")
	case ids.Events == 0:
		s.add(Warning, "ids", "none", "without id: lines, what a reconnect misses is lost")
	case ids.Events*2 < e.first.tally.total-e.first.tally.pings:
		s.add(Warning, "ids", fmt.Sprintf("only %s; the last is %s", text, ids.Last), "a reconnect resumes behind the last event that has an id: what came after that comes twice")
	case ids.Events > 1 && ids.Different == 1:
		s.add(Bad, "ids", text+", and it is always the same: "+ids.Last, "an id that does not change resumes nothing")
	case ids.Different < ids.Events:
		s.add(Warning, "ids", fmt.Sprintf("%s, only %d of them different", text, ids.Different), "two events of one id cannot be told apart after a reconnect")
	case ids.Ascending:
		s.add(Good, "ids", text+", ascending; the last is "+ids.Last, "")
	default:
		s.add(Good, "ids", text+", all different; the last is "+ids.Last, "")
	}
}

func (e *examination) ids() IDs {
	all := e.first.tally.ids
	ids := IDs{Events: len(all), Last: e.endpoint.Clean(e.first.tally.lastID, 80)}
	different := map[string]bool{}
	for _, id := range all {
		different[id] = true
	}
	ids.Different, ids.Ascending = len(different), ascending(all)
	return ids
}

// ascending reports whether ids are numbers behind a common beginning, each higher than the one before.
func ascending(ids []string) bool {
	var before uint64
	for i, id := range ids {
		digits := len(id) - len(strings.TrimRight(id, "0123456789"))
		n, err := strconv.ParseUint(id[len(id)-digits:], 10, 64)
		if err != nil || i > 0 && (n <= before || id[:len(id)-digits] != ids[0][:len(ids[0])-len(digitsOf(ids[0]))]) {
			return false
		}
		before = n
	}
	return len(ids) > 1
}

func digitsOf(id string) string { return id[len(strings.TrimRight(id, "0123456789")):] }

// reconnecting judges retry:.
func (e *examination) reconnecting(s *Section) {
	waits := e.first.tally.retry
	if len(waits) == 0 {
		if e.first.format == FormatSSE && e.first.tally.total > 0 && e.first.wire.badRetry == 0 {
			s.add(Good, "retry", "not sent: a client waits 1 s before it reconnects", "")
		}
		return
	}
	var words []string
	for _, d := range waits {
		words = append(words, humanize.Measured(d))
	}
	text := "the server asks for " + strings.Join(words, ", then ") + " before a reconnect"
	if longest := slices.Max(waits); longest > 30*time.Second {
		s.add(Warning, "retry", text, "a price is out of date by then: have the server send a shorter retry:")
		return
	}
	s.add(Good, "retry", text, "")
}

// quietEnough is a silence in which a heartbeat should have come.
const quietEnough = 30 * time.Second

// beating judges heartbeats and says what idle timeout they allow.
func (e *examination) beating(s *Section) {
	t, o := &e.first.tally, e.first
	every := rhythm(t.beats)
	switch {
	case every > 0:
		s.add(Good, "heartbeat", fmt.Sprintf("%s, every %s: idle_timeout: %s fits", e.beatKind(), humanize.Measured(every), yamlTime(idleTimeout(every))), "")
	case len(t.beats) > 0:
		s.add(Good, "heartbeat", e.beatKind()+", but too few in "+humanize.Measured(o.listened())+" to know how often", "--for 60s shows how often")
	case o.silence() >= quietEnough:
		s.add(Warning, "heartbeat", "none, though nothing came for "+humanize.Measured(o.silence()), "without heartbeats a dead stream looks like a quiet one: have the server send a comment every 15 s")
	case o.tally.total > 0 && o.ending != ended:
		s.add(Good, "heartbeat", "none, and the longest silence was "+humanize.Measured(o.silence())+"; --for 60s shows rarer ones", "")
	}
}

func (e *examination) beatKind() string {
	t := &e.first.tally
	switch {
	case t.pings == 0 && e.first.format == FormatNDJSON:
		return "blank lines"
	case t.pings == 0:
		return "comments"
	case t.quiet == 0:
		return "events"
	}
	return "comments and events"
}
