package doctor

import (
	"math"
	"slices"
	"time"

	"livetape/feed/connection"
	"livetape/feed/decode/infer"
	"livetape/feed/redact"
)

func (e *examination) report() *Report {
	r := &Report{URL: redact.URL(e.config.URL), Name: suggestFeedName(e.config), At: e.startedAt.UTC(), Connection: e.first.connection()}
	add := func(s Section) {
		r.Sections = append(r.Sections, s)
		e.options.found(s)
	}
	add(e.connectionSection())
	if e.first.stage == streaming {
		r.Stream = e.stream()
		add(e.streamSection())
		if payloads := e.payloadSection(); len(payloads.Findings) > 0 {
			add(payloads)
			r.Reading = e.payloads()
		}
	}
	if r.Verdict, r.Summary = e.verdict(); r.Verdict == Understood {
		r.Summary += e.reading.unreadWords(len(e.first.stats.kept))
	}
	return r
}

func (e *examination) verdict() (Verdict, string) {
	switch o := e.first; {
	case o.stage == noResponse:
		return Refused, "there is no connection: " + o.cause
	case o.stage == refused:
		return Refused, "the server gives no stream: " + o.cause
	case o.stage == notAStream:
		return NotAStream, "this is no event stream: " + o.cause
	case e.reading.found && e.reading.result.Definition.Preset != "":
		return Understood, "connected and understood, with the preset " + e.reading.result.Definition.Preset
	case e.reading.found && len(e.readings()) > 0 && len(e.prices()) == 0 && len(e.headlines()) == 0:
		if slices.Contains(e.reading.result.Notes, infer.NamedPrices) {
			return Understood, "connected and understood: its numbers are shown as readings"
		}
		return Understood, "connected and understood: its numbers are readings, not prices"
	case e.reading.found && e.reading.isMostlyUnread():
		return Understood, "connected, and understood in part"
	case e.reading.found:
		return Understood, "connected and understood"
	case o.stats.total == 0:
		return Unmapped, "connected, but no event came"
	}
	return Unmapped, "connected, but nothing that came is a price or a headline"
}

func (o *observation) connection() Connection {
	t := o.timings
	c := Connection{
		Redirects: append([]connection.Redirect{}, o.redirects...), DNS: Milliseconds(t.dns), TCP: Milliseconds(t.tcp), TLS: Milliseconds(t.tls), TLSVersion: t.tlsVersion,
		Status: o.head.status, Protocol: o.head.protocol, ContentType: o.head.contentType, Compression: o.head.compression,
	}
	if o.stage != streaming {
		c.Cause, c.Advice = o.cause, o.advice
	}
	if o.head.status > 0 && !t.answered.IsZero() {
		c.Answer = Milliseconds(t.answered.Sub(t.requested))
	}
	return c
}

func (e *examination) stream() *Stream {
	o := e.first
	s := &Stream{
		Format: o.format, Listened: Milliseconds(o.listened()), Ended: o.endReason.String(), Events: o.stats.total, Bytes: o.body.bytes,
		Silence: Milliseconds(o.silence()), Types: e.eventTypes(), OtherTypes: o.stats.otherTypes,
		Heartbeats: len(o.stats.heartbeats), Heartbeat: Milliseconds(o.stats.heartbeatInterval()), Retry: []Milliseconds{},
		IDs: e.ids(), Resume: e.resumeResult(), Framing: e.framing(), Buffered: o.body.stalls > 0 || e.bufferedBursts().count > 0,
	}
	if !o.body.firstByte.IsZero() {
		after := Milliseconds(o.body.firstByte.Sub(o.startedAt))
		s.FirstByte = &after
	}
	if s.Heartbeat > 0 {
		s.IdleTimeout = suggestIdleTimeout(time.Duration(s.Heartbeat))
	}
	for _, d := range o.stats.retryTimes {
		s.Retry = append(s.Retry, Milliseconds(d))
	}
	if ahead, ok := o.clockAhead(); ok {
		s.ClockAhead = (*Milliseconds)(&ahead)
	}
	if l, ok := e.latency(); ok && l.isKnown() {
		s.Delay = &Delay{Milliseconds(l.median), Milliseconds(l.min), Milliseconds(l.max), l.count}
	}
	return s
}

// maxSample bounds the sample of an event, in characters.
const maxSample = 160

func (e *examination) eventTypes() []EventType {
	all := []EventType{}
	for _, t := range e.first.stats.types {
		all = append(all, EventType{
			Type: e.endpoint.Clean(t.name, 40), Count: t.count, PerSecond: perSecond(t.count, e.first.listened()),
			Heartbeat: t.heartbeats == t.count, Sample: e.endpoint.Clean(string(t.sample), maxSample),
		})
	}
	return all
}

// perSecond is a rate to two places.
func perSecond(n int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return math.Round(float64(n)/d.Seconds()*100) / 100
}

func (e *examination) resumeResult() *Resume {
	if e.resume == nil {
		return nil
	}
	r := &Resume{Outcome: e.resume.outcome, Sent: e.endpoint.Clean(e.resume.sent, 80), Followed: e.resume.followers, Resumes: e.resume.resumes()}
	if first := e.resume.first; first != nil {
		r.First = e.endpoint.Clean(first.Type+" "+first.ID, 120)
	}
	return r
}

func (e *examination) framing() Framing {
	b := &e.first.body
	ends := b.lines.Ends()
	f := Framing{
		LF: ends.LF, CRLF: ends.CRLF, CR: ends.CR, InvalidUTF8: b.invalidUTF8, Oversized: e.first.stats.tooLarge, InvalidRetry: b.invalidRetry,
		NulIDs: b.nulIDs, CutOff: e.first.endReason == endOfStream && b.checkFields && b.midEvent(), Stalls: b.stalls, UnknownFields: []fieldCount{},
	}
	for _, field := range b.unknownFields {
		f.UnknownFields = append(f.UnknownFields, fieldCount{Name: e.endpoint.Clean(field.Name, 40), Count: field.Count})
	}
	return f
}

func (e *examination) payloads() *Reading {
	r := e.reading
	return &Reading{
		Preset: r.result.Definition.Preset, Recognised: append([]string{}, r.presets...), Examined: len(e.first.stats.kept),
		Mapped: r.result.Mapped, Symbols: e.prices(), Headlines: e.headlines(), Ignored: e.cleanReasons(r.ignored), Faulty: e.cleanReasons(r.decodeErrors),
		Notices: e.cleanAll(r.notices), Notes: e.cleanAll(r.result.Notes), Unused: e.cleanAll(r.result.Unused), YAML: e.definitionYAML(),
	}
}

func (e *examination) cleanReasons(all []reasonCount) []reasonCount {
	cleaned := []reasonCount{}
	for _, r := range all {
		cleaned = append(cleaned, reasonCount{e.endpoint.Clean(r.Reason, 160), r.Count})
	}
	return cleaned
}

func (e *examination) cleanAll(all []string) []string {
	cleaned := []string{}
	for _, s := range all {
		cleaned = append(cleaned, e.endpoint.Clean(s, 160))
	}
	return cleaned
}
