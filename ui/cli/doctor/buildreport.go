package doctor

import (
	"fmt"
	"strconv"
	"time"

	"livetape/feed/redact"
)

// report judges what was seen. It asks nobody.
func (e *examination) report() *Report {
	r := &Report{URL: e.shownURL(), Name: proposal(e.config), At: e.began.UTC(), Connection: e.connectionFacts()}
	r.Sections = append(r.Sections, e.connection())
	if e.first.reached == streaming {
		r.Stream = e.streamFacts()
		r.Sections = append(r.Sections, e.stream())
		if payloads := e.payloads(); len(payloads.Findings) > 0 {
			r.Sections = append(r.Sections, payloads)
			r.Reading = e.readingFacts()
		}
	}
	r.Verdict, r.Summary = e.verdict()
	return r
}

func (e *examination) shownURL() string { return redact.URL(e.config.URL) }

func (e *examination) verdict() (Verdict, string) {
	switch o := e.first; {
	case o.reached == unreached:
		return Refused, "there is no connection: " + o.cause
	case o.reached == refused:
		return Refused, "the server gives no stream: " + o.cause
	case o.reached == otherThing:
		return NotAStream, "this is no event stream: " + o.cause
	case e.read.found && e.read.result.Definition.Preset != "":
		return Understood, "connected and understood, with the preset " + e.read.result.Definition.Preset
	case e.read.found:
		return Understood, "connected and understood"
	case o.tally.total == 0:
		return Unmapped, "connected, but no event came"
	}
	return Unmapped, "connected, but nothing that came is a price or a headline"
}

func (e *examination) connectionFacts() Connection {
	o := e.first
	c := Connection{
		Redirects: []Redirect{}, DNS: Milliseconds(o.steps.DNS), TCP: Milliseconds(o.steps.TCP), TLS: Milliseconds(o.steps.TLS),
		TLSVersion: o.steps.Version, Status: o.answer.Status, Protocol: o.answer.Protocol, ContentType: o.answer.ContentType,
		Compression: o.answer.Compression,
	}
	if o.reached != streaming {
		c.Cause, c.Advice = o.cause, o.advice
	}
	for _, hop := range o.hops {
		c.Redirects = append(c.Redirects, Redirect(hop))
	}
	if o.answer.Status > 0 && !o.steps.Answered.IsZero() {
		c.Answer = Milliseconds(o.steps.Answered.Sub(o.steps.Asked))
	}
	return c
}

func (e *examination) streamFacts() *Stream {
	o := e.first
	s := &Stream{
		Format: o.format, Listened: Milliseconds(o.listened()), Ended: o.ending.String(), Events: o.tally.total, Bytes: o.wire.bytes,
		Silence: Milliseconds(o.silence()), Types: e.types(), OtherTypes: o.tally.others,
		Heartbeats: len(o.tally.beats), Heartbeat: Milliseconds(rhythm(o.tally.beats)), Retry: []Milliseconds{},
		IDs: e.ids(), Resume: e.resumeFacts(), Framing: e.framingFacts(), Buffered: o.wire.stalls > 0 || e.held().Bursts > 0,
	}
	if !o.wire.first.IsZero() {
		after := Milliseconds(o.wire.first.Sub(o.listen))
		s.FirstByte = &after
	}
	if s.Heartbeat > 0 {
		s.IdleTimeout = yamlTime(idleTimeout(time.Duration(s.Heartbeat)))
	}
	for _, d := range o.tally.retry {
		s.Retry = append(s.Retry, Milliseconds(d))
	}
	if ahead, ok := o.clockAhead(); ok {
		s.ClockAhead = (*Milliseconds)(&ahead)
	}
	if d, ok := measure(e.read.updates, o.tally.kept); ok {
		s.Delay = &Delay{Milliseconds(d.Median), Milliseconds(d.Min), Milliseconds(d.Max), d.Count}
	}
	return s
}

// sampleShown bounds a sample of an event, in characters.
const sampleShown = 160

func (e *examination) types() []EventType {
	all := []EventType{}
	for _, k := range e.first.tally.kinds {
		all = append(all, EventType{
			Type: e.endpoint.Clean(k.name, 40), Count: k.count, PerSecond: perSecond(k.count, e.first.listened()),
			Heartbeat: k.beats == k.count, Sample: e.endpoint.Clean(string(k.sample), sampleShown),
		})
	}
	return all
}

func (e *examination) resumeFacts() *Resume {
	a := e.again
	if a == nil {
		return nil
	}
	r := &Resume{Outcome: a.outcome, Sent: e.endpoint.Clean(a.sent, 80), Followed: a.followed, Resumes: a.outcome == Continued || a.outcome == Repeated && !a.opening}
	if a.first != nil {
		r.First = e.endpoint.Clean(fmt.Sprintf("%s %s", a.first.kind, a.first.id), 120)
	}
	return r
}

func (e *examination) framingFacts() Framing {
	w := &e.first.wire
	f := Framing{
		LF: w.lf, CRLF: w.crlf, CR: w.cr, InvalidUTF8: w.badText, Oversized: e.first.tally.skipped, InvalidRetry: w.badRetry,
		NulIDs: w.nulIDs, CutOff: e.first.ending == ended && w.fields && w.midEvent(), Stalls: w.stalls, UnknownFields: []name{},
	}
	for _, field := range w.unknown {
		f.UnknownFields = append(f.UnknownFields, name{e.endpoint.Clean(field.Name, 40), field.Count})
	}
	return f
}

func (e *examination) readingFacts() *Reading {
	r := e.read
	facts := &Reading{
		Preset: r.result.Definition.Preset, Recognised: append([]string{}, r.recognised...), Examined: len(e.first.tally.kept),
		Mapped: r.result.Mapped, Symbols: e.prices(), Headlines: e.headlines(), Ignored: e.reasons(r.ignored), Faulty: e.reasons(r.faulty),
		Notices: e.cleaned(r.notices), Notes: e.cleaned(r.result.Notes), Unused: e.cleaned(r.result.Unused), YAML: e.yaml(),
	}
	return facts
}

func (e *examination) reasons(all []reason) []reason {
	out := []reason{}
	for _, r := range all {
		out = append(out, reason{e.endpoint.Clean(r.Reason, 160), r.Count})
	}
	return out
}

func (e *examination) cleaned(all []string) []string {
	out := []string{}
	for _, s := range all {
		out = append(out, e.endpoint.Clean(s, 160))
	}
	return out
}

// String is the ending in a word.
func (e ending) String() string {
	return [...]string{enough: "enough", ended: "ended", broke: "broke", interrupted: "interrupted"}[e]
}

// perSecond is a rate to one place.
func perSecond(n int, over time.Duration) float64 {
	if over <= 0 {
		return 0
	}
	rate, err := strconv.ParseFloat(strconv.FormatFloat(float64(n)/over.Seconds(), 'f', 2, 64), 64)
	if err != nil {
		return 0 // not reached: it was just written
	}
	return rate
}
