package doctor

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"livetape/feed/connection"
	"livetape/feed/market"
	"livetape/feed/redact"
	"livetape/ui/humanize"
)

func (e *examination) connectionSection() Section {
	s := Section{Title: "connection"}
	o := e.first
	e.addRedirects(&s)
	e.addTimings(&s)
	if o.head.status == 0 {
		s.add(Bad, "answer", o.cause, cmp.Or(o.advice, e.noResponseAdvice()))
		return s
	}
	e.addResponse(&s)
	if o.stage == streaming && o.head.status == http.StatusOK {
		o.addClock(&s)
	}
	return s
}

// addRedirects reports each redirect once. One that leads to no response is no address to use.
func (e *examination) addRedirects(s *Section) {
	o := e.first
	count := map[connection.Redirect]int{}
	for _, hop := range o.redirects {
		count[hop]++
	}
	for _, hop := range o.redirects {
		n := count[hop]
		if n == 0 {
			continue
		}
		delete(count, hop)
		text, advice := fmt.Sprintf("%d, to %s", hop.Status, hop.To), "it leads to no answer: correct the URL, or the server"
		if n > 1 {
			text += ", " + timesText(n)
		}
		if o.head.status > 0 {
			advice = redirectAdvice(hop)
		}
		s.add(Warning, "redirect", text, advice)
	}
}

func redirectAdvice(hop connection.Redirect) string {
	from, fromErr := url.Parse(hop.From)
	to, toErr := url.Parse(hop.To)
	if fromErr == nil && toErr == nil && (from.Scheme != to.Scheme || from.Host != to.Host) {
		return "your headers are not sent to another origin: use that address as the URL, if you trust it"
	}
	return "use that address as the URL: it saves a round trip on every reconnect"
}

func (e *examination) addTimings(s *Section) {
	t, answered := e.first.timings, e.first.head.status > 0
	var steps []string
	if t.dns > 0 && t.resolved {
		steps = append(steps, "DNS "+humanize.Measured(t.dns))
	}
	if t.connected {
		steps = append(steps, "TCP "+humanize.Measured(t.tcp))
	}
	if t.secured {
		steps = append(steps, t.tlsVersion+" "+humanize.Measured(t.tls))
	}
	if answered && !t.answered.IsZero() {
		steps = append(steps, "answer after "+humanize.Measured(t.answered.Sub(t.requested)))
	}
	if len(steps) == 0 {
		return
	}
	mark, advice := Good, ""
	if wait := t.answered.Sub(t.written); answered && wait > 2*time.Second && !t.written.IsZero() {
		mark, advice = Warning, fmt.Sprintf("the server took %s to answer: it should send its headers at once", humanize.Measured(wait))
	}
	s.add(mark, "timing", strings.Join(steps, " · "), advice)
}

func (e *examination) noResponseAdvice() string {
	t := e.first.timings
	switch {
	case !t.resolved && t.dns > 0:
		return "check the host's name in the URL"
	case !t.connected:
		return "check host and port, and that the server runs and is not behind a firewall"
	case strings.HasPrefix(redact.URL(e.config.URL), "https:") && !t.secured:
		return "check that the port speaks TLS"
	}
	return "the server was reached but did not answer in HTTP: check the port, and the server's log"
}

func (e *examination) addResponse(s *Section) {
	o := e.first
	switch o.stage {
	case refused:
		s.add(Bad, "status", o.cause, statusAdvice(o.head.status, o.advice))
		return
	case notAStream:
		s.add(Bad, "content type", o.cause, o.advice)
		if o.bodyStart != "" {
			s.add(Warning, "body", "it begins with: "+o.bodyStart, "")
		}
		return
	}
	s.add(Good, "status", fmt.Sprintf("%d over %s", o.head.status, o.head.protocol), "")
	e.addContentType(s)
	if o.head.compression != "" {
		s.add(Warning, "compression", o.head.compression+", which was not requested", "a compressor holds events back until it has enough of them: switch it off for this address")
	} else {
		s.add(Good, "compression", "none", "")
	}
	if len(o.head.proxies) > 0 {
		s.add(Good, "proxy", "the response passed one: "+strings.Join(o.head.proxies, ", "), "")
	}
}

// statusAdvice prefers its own advice for statuses that may change later.
func statusAdvice(status int, advice string) string {
	switch {
	case status == http.StatusNoContent:
		return "it asks clients not to reconnect: the stream is over, or there is nothing for you"
	case status == http.StatusRequestTimeout || status == http.StatusTooEarly || status == http.StatusTooManyRequests:
		return "try again later; livetape waits and retries by itself"
	case status >= 500:
		return "the server, or a proxy before it, has a problem: try again later; livetape retries by itself"
	}
	return advice
}

func (e *examination) addContentType(s *Section) {
	contentType := e.first.head.contentType
	_, charset, given := strings.Cut(strings.ToLower(contentType), "charset=")
	charset = strings.Trim(charset, `"`)
	switch {
	case given && !strings.HasPrefix(charset, "utf-8") && !strings.HasPrefix(charset, "utf8"):
		s.add(Warning, "content type", contentType, "an event stream is UTF-8, whatever the charset says: leave it out")
	case e.first.format == FormatNDJSON:
		s.add(Good, "content type", cmp.Or(contentType, "none")+": JSON lines", "")
	default:
		s.add(Good, "content type", contentType, "")
	}
}

// clockTolerance allows for the Date field, which counts seconds.
const clockTolerance = 2 * time.Second

func (o *observation) addClock(s *Section) {
	ahead, known := o.clockAhead()
	if !known {
		return
	}
	if ahead.Abs() < clockTolerance {
		s.add(Good, "clock", "the server's agrees with this machine's", "")
		return
	}
	direction := "ahead of"
	if ahead < 0 {
		direction = "behind"
	}
	s.add(Warning, "clock", fmt.Sprintf("the server's is %s %s this machine's", humanize.Measured(ahead.Abs()), direction), "check that both are set by NTP: ages and delays are off by that")
}

// clockAhead is how far the server's clock is ahead, to about a second (RFC 9110 §6.6.1). The date of a response from a
// cache would be wrong, but no cache holds a stream.
func (o *observation) clockAhead() (time.Duration, bool) {
	t := o.timings
	if o.head.date.IsZero() || t.written.IsZero() || t.answered.IsZero() {
		return 0, false
	}
	sent := t.written.Add(t.answered.Sub(t.written) / 2)
	return market.Elapsed(sent, o.head.date.Add(time.Second/2)).Round(100 * time.Millisecond), true
}
