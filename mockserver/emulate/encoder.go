package emulate

import (
	"cmp"
	"net/http"
	"time"

	"livetape/mockserver/fault"
	"livetape/mockserver/hub"
	"livetape/mockserver/market"
)

// sessionEncoder is a hub.Encoder that encodes as a session says. The payloads of the hub's events are *market.Quote or
// *market.Headline; others are nothing to a service.
type sessionEncoder struct {
	session Session
	format  Format
	quotes  func() ([]market.Quote, string)
	now     func() time.Time

	after string // id that the stream begins after; empty: that of the snapshot
	ended bool   // the service ends the stream here
}

// NewEncoder returns an encoder for one stream. Quotes gives those of all instruments and the id of the newest
// event, and now the time that payloads show.
func NewEncoder(s Session, quotes func() ([]market.Quote, string), now func() time.Time) hub.Encoder {
	return &sessionEncoder{session: s, format: s.Format(), quotes: quotes, now: now}
}

func (e *sessionEncoder) Wants(event *hub.Event) bool     { return e.session.Wants(sessionEvent(event)) }
func (e *sessionEncoder) WakeAt() time.Time               { return e.session.WakeAt() }
func (e *sessionEncoder) AppendHeartbeat(b []byte) []byte { return e.session.Heartbeat(b, e.now()) }
func (e *sessionEncoder) AppendShutdown(b []byte) []byte  { return append(b, e.format.Shutdown...) }
func (e *sessionEncoder) Ended() bool                     { return e.ended }

func (e *sessionEncoder) SetHeader(h http.Header, log hub.Log) {
	h.Set("Content-Type", e.format.ContentType)
	after, number := startPosition(log, e.session.Start())
	e.after = after
	if s, ok := e.session.(headerSetter); ok {
		s.SetHeader(h, number)
	}
}

func (e *sessionEncoder) Heartbeat() hub.Heartbeat {
	return hub.Heartbeat{Interval: e.format.HeartbeatInterval, Always: e.format.HeartbeatAlways}
}

func (e *sessionEncoder) Open(b []byte, _ hub.Log) (_ []byte, after string) {
	quotes, newest := e.quotes()
	b, e.ended = e.session.Open(b, quotes, time.Now())
	return b, cmp.Or(e.after, newest)
}

func sessionEvent(e *hub.Event) Event {
	event := Event{Number: e.Number}
	switch p := e.Payload.(type) {
	case *market.Quote:
		event.Quote = p
	case *market.Headline:
		event.News = p
	}
	return event
}

func (e *sessionEncoder) Append(b []byte, event *hub.Event) []byte {
	if !e.ended {
		b, e.ended = e.session.Encode(b, sessionEvent(event), time.Now())
	}
	return b
}

func (e *sessionEncoder) CaughtUp(b []byte) []byte {
	if s, ok := e.session.(endingSession); ok && !e.ended {
		b, e.ended = s.Finish(b), true
	}
	return b
}

func (e *sessionEncoder) Wake(b []byte, now time.Time) []byte {
	b, e.ended = e.session.Wake(b, now)
	return b
}

func (e *sessionEncoder) AppendSlowClient(b []byte, _ int, _ string) []byte {
	return append(b, e.format.SlowClient...)
}

func (e *sessionEncoder) FaultSamples() fault.Samples {
	return fault.NewSamples(func(data string) string { return string(e.format.AppendEvent(nil, data)) })
}

func (e *sessionEncoder) AppendHuge(b []byte, size int) []byte {
	return e.format.AppendEvent(b, `{"huge":"`+fault.HugeText(size)+`"}`)
}

// AppendRetry appends nothing to JSON lines, which have no reconnection time.
func (e *sessionEncoder) AppendRetry(b []byte, ms int64) []byte {
	if e.format.JSONLines {
		return b
	}
	return hub.AppendRetry(b, ms)
}

// HalfEvent ends in the middle of the first event that the service does not hold back.
func (e *sessionEncoder) HalfEvent(events []*hub.Event, _ string, _ func(int64) int64) []byte {
	var whole []byte
	for _, event := range events {
		if whole = e.Append(nil, event); len(whole) > 0 {
			break
		}
	}
	if len(whole) == 0 {
		whole = e.format.AppendEvent(nil, fault.NeverSent)
	}
	return whole[:(len(whole)-1)/2]
}

// startPosition finds a start in a log: the id and number of the event before the first that follows. The id is empty for
// StartNow, whose position is that of the snapshot.
func startPosition(log hub.Log, at Start) (after string, number uint64) {
	newest := log.NewestNumber()
	oldest := newest
	if first, _, _ := log.Read(log.Oldest(), make([]*hub.Event, 0, 1)); len(first) > 0 {
		oldest = first[0].Number - 1
	}
	asked := newest
	switch at.Kind {
	case StartNow:
		return "", newest
	case StartAfterEvent:
		asked = at.AfterNumber
	case StartAtTime:
		asked = lastNumberBefore(log, at.Since)
	}
	asked = min(max(asked, oldest), newest)
	return log.ID(asked), asked
}

func lastNumberBefore(log hub.Log, t time.Time) uint64 {
	after, number := log.Oldest(), log.NewestNumber()
	events := make([]*hub.Event, 0, 256)
	for {
		events, _, _ = log.Read(after, events[:0])
		if len(events) == 0 {
			return number // also when the log has forgotten the rest meanwhile
		}
		for _, e := range events {
			if at := eventTime(e); !at.IsZero() && !at.Before(t) {
				return e.Number - 1
			}
			after, number = e.ID, e.Number
		}
	}
}

// eventTime is when an event happened; zero for those that no service sends.
func eventTime(e *hub.Event) time.Time {
	switch event := sessionEvent(e); {
	case event.News != nil:
		return event.News.Time
	case event.Quote != nil:
		return event.Quote.Time
	}
	return time.Time{}
}
