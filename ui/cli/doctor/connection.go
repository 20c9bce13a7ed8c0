package doctor

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"livetape/feed/connection"
	"livetape/ui/humanize"
)

// connection judges how the server was reached and what it answered.
func (e *examination) connection() Section {
	s := Section{Title: "connection"}
	o := e.first
	e.redirects(&s)
	e.journey(&s)
	if o.answer.Status == 0 {
		s.add(Bad, "answer", o.cause, orElse(o.advice, e.adviceOnSilence()))
		return s
	}
	e.head(&s)
	if o.reached == streaming && o.answer.Status == 200 {
		e.clock(&s)
	}
	return s
}

// redirects tells each once. What leads nowhere is nothing to use instead.
func (e *examination) redirects(s *Section) {
	o := e.first
	for i, hop := range o.hops {
		if slices.Contains(o.hops[:i], hop) {
			continue
		}
		text, advice := fmt.Sprintf("%d, to %s", hop.Status, hop.To), "it leads to no answer: correct the URL, or the server"
		if n := len(o.hops) - len(slices.DeleteFunc(slices.Clone(o.hops), func(h connection.Redirect) bool { return h == hop })); n > 1 {
			text += ", " + times(n)
		}
		if o.answer.Status > 0 {
			advice = adviceOnHop(hop.From, hop.To)
		}
		s.add(Warning, "redirect", text, advice)
	}
}

func adviceOnHop(from, to string) string {
	a, errA := url.Parse(from)
	b, errB := url.Parse(to)
	if errA == nil && errB == nil && (a.Scheme != b.Scheme || a.Host != b.Host) {
		return "your headers are not sent to another origin: use that address as the URL, if you trust it"
	}
	return "use that address as the URL: it saves a round trip on every reconnect"
}

// journey is the steps that were done.
func (e *examination) journey(s *Section) {
	t := e.first.steps
	var steps []string
	if t.DNS > 0 && t.Found {
		steps = append(steps, "DNS "+humanize.Measured(t.DNS))
	}
	if t.Reached {
		steps = append(steps, "TCP "+humanize.Measured(t.TCP))
	}
	if t.Secured {
		steps = append(steps, t.Version+" "+humanize.Measured(t.TLS))
	}
	if e.first.answer.Status > 0 && !t.Answered.IsZero() {
		steps = append(steps, "answer after "+humanize.Measured(t.Answered.Sub(t.Asked)))
	}
	if len(steps) == 0 {
		return
	}
	mark, advice := Good, ""
	if wait := t.Answered.Sub(t.Wrote); e.first.answer.Status > 0 && wait > 2*time.Second && !t.Wrote.IsZero() {
		mark, advice = Warning, fmt.Sprintf("the server thought for %s before it answered: it should send its headers at once", humanize.Measured(wait))
	}
	s.add(mark, "way", strings.Join(steps, " · "), advice)
}

// adviceOnSilence is what to look at when a connection failed, by how far it came.
func (e *examination) adviceOnSilence() string {
	t := e.first.steps
	switch {
	case !t.Found && t.DNS > 0:
		return "check the host's name in the URL"
	case !t.Reached:
		return "check host and port, and that the server runs and is not behind a firewall"
	case strings.HasPrefix(e.shownURL(), "https:") && !t.Secured:
		return "check that the port speaks TLS"
	}
	return "the server was reached but did not answer in HTTP: check the port, and the server's log"
}

// head judges status, type and compression.
func (e *examination) head(s *Section) {
	o := e.first
	switch o.reached {
	case refused:
		s.add(Bad, "status", o.cause, adviceOnStatus(o.answer.Status, o.advice))
		return
	case otherThing:
		s.add(Bad, "content type", o.cause, o.advice)
		if o.begins != "" {
			s.add(Warning, "body", "it begins: "+o.begins, "")
		}
		return
	}
	s.add(Good, "status", fmt.Sprintf("%d over %s", o.answer.Status, o.answer.Protocol), "")
	e.contentType(s)
	if o.answer.Compression != "" {
		s.add(Warning, "compression", o.answer.Compression+", which was not asked for", "a compressor holds events back until it has enough of them: switch it off for this address")
	} else {
		s.add(Good, "compression", "none", "")
	}
	if len(o.answer.Via) > 0 {
		s.add(Good, "proxy", "there is one on the way: "+strings.Join(o.answer.Via, ", "), "")
	}
}

// adviceOnStatus is what to do about an answer that may be another one later.
func adviceOnStatus(status int, otherwise string) string {
	switch {
	case status == http.StatusNoContent:
		return "that asks clients not to come back: the stream is over, or there is nothing for you"
	case status == http.StatusRequestTimeout || status == http.StatusTooEarly || status == http.StatusTooManyRequests:
		return "try again later; livetape waits, and tries again by itself"
	case status >= 500:
		return "the server, or what stands before it, is not well: try again later; livetape does so by itself"
	}
	return otherwise
}

func (e *examination) contentType(s *Section) {
	a := e.first.answer
	lower := strings.ToLower(a.ContentType)
	_, charset, given := strings.Cut(lower, "charset=")
	switch {
	case given && !strings.HasPrefix(strings.Trim(charset, `"`), "utf-8") && !strings.HasPrefix(strings.Trim(charset, `"`), "utf8"):
		s.add(Warning, "content type", a.ContentType, "an event stream is UTF-8, whatever the charset says: leave it out")
	case e.first.format == FormatNDJSON:
		s.add(Good, "content type", orElse(a.ContentType, "none")+": JSON lines", "")
	default:
		s.add(Good, "content type", a.ContentType, "")
	}
}

// clockTolerance is from when on clocks differ: the Date field counts seconds.
const clockTolerance = 2 * time.Second

// clock compares the server's clock with this machine's.
func (e *examination) clock(s *Section) {
	ahead, known := e.first.clockAhead()
	switch {
	case !known:
	case ahead.Abs() < clockTolerance:
		s.add(Good, "clock", "the server's agrees with this machine's", "")
	case ahead > 0:
		s.add(Warning, "clock", "the server's is "+humanize.Measured(ahead)+" ahead of this machine's", "check that both are set by NTP: ages and delays are off by that")
	default:
		s.add(Warning, "clock", "the server's is "+humanize.Measured(-ahead)+" behind this machine's", "check that both are set by NTP: ages and delays are off by that")
	}
}

// clockAhead is how far the server's clock is ahead, to about a second (RFC 9110 §6.6.1). A proxy's answer from a
// cache would lie, but no stream comes from one.
func (o *observation) clockAhead() (time.Duration, bool) {
	if o.answer.Date.IsZero() || o.steps.Wrote.IsZero() || o.steps.Answered.IsZero() {
		return 0, false
	}
	between := o.steps.Wrote.Add(o.steps.Answered.Sub(o.steps.Wrote) / 2)
	return o.answer.Date.Add(time.Second / 2).Sub(between).Round(100 * time.Millisecond), true
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
