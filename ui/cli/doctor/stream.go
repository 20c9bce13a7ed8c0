package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"livetape/feed/stream"
	"livetape/ui/humanize"
)

func (e *examination) streamSection() Section {
	s := Section{Title: "stream"}
	if beginning := e.nonStreamBeginning(); beginning != "" {
		s.add(Bad, "events", humanize.Bytes(e.first.body.bytes)+" came, and no field of an event stream in them; they begin with: "+beginning, "what is there is no event stream: check the URL, or the server")
	} else {
		e.first.addEvents(&s)
	}
	e.addBuffering(&s)
	e.addFraming(&s)
	e.addIDs(&s)
	e.addResume(&s)
	e.first.addRetry(&s)
	e.first.addHeartbeats(&s)
	return s
}

// nonStreamBeginning is what a body begins with in which there is no line of an event stream; empty for any other.
func (e *examination) nonStreamBeginning() string {
	b := &e.first.body
	if e.first.format != FormatSSE || e.first.stats.total+e.first.stats.comments+b.dataLines > 0 || b.inBlock || len(b.unknownFields) == 0 {
		return ""
	}
	return e.endpoint.Clean(b.unknownFields[0].Line, 200)
}

func (o *observation) addEvents(s *Section) {
	const listenLonger = "listen for longer, for example --for 60s"
	text := fmt.Sprintf("%s in %s, %s", humanize.Plural(o.stats.total, "event"), humanize.Measured(o.listened()), humanize.Bytes(o.body.bytes))
	midEvent := o.format == FormatSSE && o.body.midEvent()
	switch {
	case o.body.bytes == 0 && o.endReason == endOfStream:
		s.add(Bad, "events", "the server ended the stream without sending anything", "ask the server's operator")
	case o.body.bytes == 0:
		s.add(Warning, "events", "nothing came in "+humanize.Measured(o.listened()), listenLonger+"; a server should send a comment at least every 15 s")
	case o.endReason == endBroken:
		s.add(Bad, "events", text+"; then the connection broke: "+o.cause, cmp.Or(o.advice, "check the timeouts of the server and of proxies"))
	case o.endReason == endOfStream && midEvent:
		s.add(Bad, "events", text+"; then the server ended the stream within an event", "that event is lost: a server must end an event with a blank line")
	case o.endReason == endOfStream:
		s.add(Good, "events", text+"; then the server ended the stream, which it may", "")
	case o.stats.total == 0 && o.body.dataLines > 1:
		s.add(Bad, "events", fmt.Sprintf("%s and no blank line: the server does not end its events", humanize.Plural(o.body.dataLines, "data line")), `a blank line ends an event: send "\n\n" after its last line`)
	case o.stats.total == 0 && midEvent:
		s.add(Warning, "events", text+"; the first one is not complete yet", listenLonger+": the connection is slow, or the event is long")
	case o.stats.total == 0:
		s.add(Warning, "events", text, listenLonger)
	default:
		s.add(Good, "events", text, "")
	}
}

func timesText(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}

func (e *examination) addFraming(s *Section) {
	b, stats := &e.first.body, &e.first.stats
	before := len(s.Findings)
	if b.invalidUTF8 > 0 {
		s.add(Bad, "text", "not UTF-8: "+humanize.Plural(b.invalidUTF8, "sequence")+" shown as �", "have the server encode its text as UTF-8")
	}
	if stats.tooLarge > 0 {
		s.add(Bad, "size", fmt.Sprintf("%s of more than %s skipped", humanize.Plural(stats.tooLarge, "event"), humanize.Bytes(int64(cmp.Or(max(e.config.MaxEvent, 0), stream.DefaultMaxEvent)))), "raise max_event for this feed")
	}
	if b.invalidRetry > 0 {
		s.add(Warning, "retry", humanize.Plural(b.invalidRetry, "retry: line")+" without a whole number, ignored", "retry: takes milliseconds, in digits only")
	}
	if b.nulIDs > 0 {
		s.add(Warning, "ids", humanize.Plural(b.nulIDs, "id: line")+" with a NUL, ignored", "an id must not contain U+0000")
	}
	for _, field := range b.unknownFields {
		e.addUnknownField(s, field)
	}
	if len(s.Findings) == before && stats.total > 0 {
		s.add(Good, "framing", "every line is valid", "")
	}
}

func (e *examination) addUnknownField(s *Section, field fieldCount) {
	shown, lines := e.endpoint.Clean(field.Name, 40), humanize.Plural(field.Count, "line")
	switch meant := intendedField(field.Name); {
	case strings.ContainsAny(field.Name, "{[<\""):
		s.add(Bad, "framing", fmt.Sprintf("%s that no client reads: %s", lines, e.endpoint.Clean(field.Line, 200)), `a payload must follow "data: " on its line`)
	case strings.HasPrefix(field.Name, byteOrderMark):
		s.add(Bad, "framing", fmt.Sprintf("%s that no client reads, because of a byte order mark before %q", lines, shown), "a byte order mark is allowed at the start of the stream only: leave it out")
	case meant != "":
		s.add(Bad, "framing", fmt.Sprintf("%s that no client reads, with the field %q", lines, shown), fmt.Sprintf("write %s: in small letters, without a space before it or before its colon", meant))
	default:
		s.add(Good, "framing", fmt.Sprintf("unknown field %q in %s, ignored as the standard requires", shown, lines), "")
	}
}

const byteOrderMark = "\xEF\xBB\xBF"

// intendedField returns the field that a misspelt name was meant to be; empty for none.
func intendedField(name string) string {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(name)), " ")
	if slices.Contains([]string{"data", "event", "id", "retry"}, word) {
		return word
	}
	return ""
}

func (e *examination) addIDs(s *Section) {
	stats := &e.first.stats
	if e.first.format != FormatSSE || stats.total == 0 {
		return
	}
	ids := e.ids()
	text := fmt.Sprintf("%d of %s have one", ids.Events, humanize.Plural(stats.total, "event"))
	switch {
	case ids.Events == 0 && e.resume != nil && e.resume.source.decoder != nil && len(e.resume.ids) > 0:
		s.add(Good, "ids", "in the payloads; the last is "+e.endpoint.Clean(e.resume.ids[len(e.resume.ids)-1], 80), "")
	case ids.Events == 0:
		s.add(Warning, "ids", "none", "without id: lines, what a reconnect misses is lost")
	case stats.longestID > longID:
		s.add(Warning, "ids", fmt.Sprintf("%s, of up to %s bytes", text, humanize.Count(stats.longestID)), "too long for many servers and proxies, which refuse a Last-Event-ID header of some KB: send shorter ids")
	case ids.Events*2 < stats.total-stats.pings:
		s.add(Warning, "ids", fmt.Sprintf("only %s; the last is %s", text, ids.Last), "a reconnect resumes after the last event that has an id: later events are sent twice")
	case ids.Events > 1 && ids.Different == 1:
		s.add(Bad, "ids", text+", and it is always the same: "+ids.Last, "no stream resumes from an id that does not change")
	case ids.Different < ids.Events:
		s.add(Warning, "ids", fmt.Sprintf("%s, only %d of them different", text, ids.Different), "two events with one id cannot be told apart after a reconnect")
	case ids.Ascending:
		s.add(Good, "ids", text+", ascending; the last is "+ids.Last, "")
	default:
		s.add(Good, "ids", text+", all different; the last is "+ids.Last, "")
	}
}

// longID is the size of an id, in bytes, from which on servers may refuse to take it back: many allow 4 or 8 KiB for all
// headers of a request.
const longID = 2 << 10

func (e *examination) ids() IDs {
	all := e.first.stats.ids
	different := slices.Compact(slices.Sorted(slices.Values(all)))
	return IDs{Events: len(all), Different: len(different), Ascending: areAscending(all), Last: e.endpoint.Clean(e.first.stats.lastID, 80)}
}

func areAscending(ids []string) bool {
	var before uint64
	for i, id := range ids {
		prefix := strings.TrimRight(id, "0123456789")
		n, err := strconv.ParseUint(id[len(prefix):], 10, 64)
		if err != nil || i > 0 && (n <= before || prefix != strings.TrimRight(ids[0], "0123456789")) {
			return false
		}
		before = n
	}
	return len(ids) > 1
}

func (o *observation) addRetry(s *Section) {
	if len(o.stats.retryTimes) == 0 {
		if o.format == FormatSSE && o.stats.total > 0 && o.body.invalidRetry == 0 {
			s.add(Good, "retry", "not sent: a client waits 1 s before it reconnects", "")
		}
		return
	}
	var texts []string
	for _, d := range o.stats.retryTimes {
		texts = append(texts, humanize.Measured(d))
	}
	text := "the server asks for " + strings.Join(texts, ", then ") + " before a reconnect"
	if slices.Max(o.stats.retryTimes) > 30*time.Second {
		s.add(Warning, "retry", text, "prices are out of date by then: have the server send a shorter retry:")
		return
	}
	s.add(Good, "retry", text, "")
}

// heartbeatExpected is a silence in which a heartbeat should have come.
const heartbeatExpected = 30 * time.Second

func (o *observation) addHeartbeats(s *Section) {
	interval := o.stats.heartbeatInterval()
	switch {
	case interval > 0:
		s.add(Good, "heartbeat", fmt.Sprintf("%s, every %s: idle_timeout: %s fits", o.heartbeatKind(), humanize.Measured(interval), suggestIdleTimeout(interval)), "")
	case len(o.stats.heartbeats) > 0:
		s.add(Good, "heartbeat", o.heartbeatKind()+", but too few in "+humanize.Measured(o.listened())+" to know how often", "--for 60s shows how often")
	case o.silence() >= heartbeatExpected:
		s.add(Warning, "heartbeat", "none, though nothing came for "+humanize.Measured(o.silence()), "without heartbeats a dead stream looks like a quiet one: have the server send a comment every 15 s")
	case o.stats.total > 0 && o.endReason != endOfStream:
		s.add(Good, "heartbeat", "none, and the longest silence was "+humanize.Measured(o.silence())+"; --for 60s shows rarer ones", "")
	}
}

func (o *observation) heartbeatKind() string {
	switch {
	case o.stats.pings == 0 && o.format == FormatNDJSON:
		return "blank lines"
	case o.stats.pings == 0:
		return "comments"
	case o.stats.comments == 0:
		return "events"
	}
	return "comments and events"
}
