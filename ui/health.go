package ui

import (
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

const (
	plannedGrace = 2 * time.Second  // a planned end of stream is no alarm for so long
	noteTime     = 10 * time.Second // what a reconnect missed, or a server says, stays beside the badge
	quietAfter   = 5 * time.Second  // a live feed without bytes for so long shows their age instead of its rate
)

// health is all that is known about one feed's connection, from its events alone.
type health struct {
	name, url string
	status    feed.Status
	lastByte  time.Time // zero before the first
	began     time.Time // when the last stream became live
	delivered bool      // a message of it
	ended     time.Time // the clean end of the last stream that was more than an attempt, until one goes wrong; else zero
	gap       *feed.Gap // what the last reconnect missed
	gapAt     time.Time
	said      string // the server's last word on the stream itself
	saidAt    time.Time

	rate meter
	lag  lag

	messages, mapped, faults, unmapped, duplicates uint64

	lastFault string  // why
	ignored   reasons // why events gave no update
	refused   reasons // why parts of events could not be read
	again     uint64  // how often the last message's reason has come
}

func newHealth(s Source) *health {
	return &health{name: s.Name, url: plainLine(s.URL), ignored: reasons{}, refused: reasons{}}
}

// take learns from one event.
func (h *health) take(ev feed.Event) {
	switch {
	case ev.Status != nil:
		h.turn(*ev.Status)
	case ev.Gap != nil:
		h.gap, h.gapAt = ev.Gap, ev.At
	case ev.Message != nil:
		h.receive(ev.Message, ev.At)
	case ev.Pulse != nil:
		h.hear(ev.Pulse.LastByte, ev.Pulse.Duplicates)
	}
}

// hear takes the arrival of bytes that made no message.
func (h *health) hear(at time.Time, duplicates uint64) {
	if at.After(h.lastByte) {
		h.lastByte = at
	}
	h.duplicates = max(h.duplicates, duplicates)
}

// turn takes a new state of the connection.
func (h *health) turn(s feed.Status) {
	was := h.status.State
	h.status = s
	h.hear(s.LastByte, s.Duplicates)
	switch {
	case s.State == feed.Live && was == feed.Silent: // the same stream
	case s.State == feed.Live:
		h.began, h.delivered = s.Since, false
	case !s.Planned:
		h.ended = time.Time{}
	case was == feed.Live && (h.delivered || s.Since.Sub(h.began) >= plannedGrace):
		h.ended = s.Since
	}
}

func (h *health) receive(m *feed.Message, at time.Time) {
	h.hear(at, 0)
	h.messages++
	h.delivered = true
	if len(m.Updates) > 0 {
		h.mapped++
	}
	if m.Notice != "" {
		h.said, h.saidAt = plainLine(m.Notice), at
	}
	h.again = 0
	if m.Unmapped != "" {
		h.unmapped++
		h.again = h.ignored.add(m.Unmapped)
	}
	if m.Fault != nil {
		h.faults++
		h.lastFault = plainLine(m.Fault.Error())
		h.again = h.refused.add(m.Fault.Error())
	}
}

// time learns from a message how late prices come.
func (h *health) time(m *feed.Message, at time.Time) {
	if len(m.Updates) != 1 { // a snapshot tells of the past
		return
	}
	if q, ok := m.Updates[0].(market.Quote); ok && !q.Standing && !q.Time.IsZero() {
		h.lag.add(q.Time, at)
	}
}

// state is where the connection stands for the screen: a server that ends its streams now and then is
// live in between, unless it takes long. Streams that bring nothing and end at once do not prolong that.
func (h *health) state(now time.Time) feed.State {
	if h.spared(now) {
		return feed.Live
	}
	return h.status.State
}

// spared reports whether a connection that is down goes as live, for a planned end's sake.
func (h *health) spared(now time.Time) bool {
	down := h.status.State == feed.Waiting || h.status.State == feed.Connecting
	return down && !h.ended.IsZero() && now.Before(h.ended.Add(plannedGrace))
}

// note is the gap to speak of beside the badge, while it is news.
func (h *health) note(now time.Time) *feed.Gap {
	if h.gap == nil || quiet(h.gap) || !now.Before(h.gapAt.Add(noteTime)) {
		return nil
	}
	return h.gap
}

// word is what the server says of its stream, while it is news and the stream goes on: behind its end, the cause of
// that says it again.
func (h *health) word(now time.Time) string {
	if h.said == "" || h.state(now) > feed.Silent || !now.Before(h.saidAt.Add(noteTime)) {
		return ""
	}
	return "the server says: " + h.said
}

// quiet reports whether a gap is the ordinary breath of a server that ends its streams.
func quiet(g *feed.Gap) bool {
	return g.Planned && g.Length < plannedGrace && g.Kind != feed.Reset && g.Missed <= 0
}

// changes is when the feed's words will next read differently by time alone; zero for never.
func (h *health) changes(now time.Time) time.Time {
	var next time.Time
	if h.note(now) != nil {
		next = h.gapAt.Add(noteTime)
	}
	if h.word(now) != "" {
		next = earlier(next, h.saidAt.Add(noteTime))
	}
	switch h.state(now) {
	case feed.Live:
		if h.spared(now) {
			next = earlier(next, h.ended.Add(plannedGrace))
		}
		if !h.lastByte.IsZero() {
			next = earlier(next, ages(now, h.lastByte))
		}
	case feed.Silent:
		next = earlier(next, now.Truncate(time.Second).Add(time.Second))
	case feed.Waiting:
		if h.status.RetryAt.After(now) {
			next = earlier(next, counts(now, h.status.RetryAt))
		}
	}
	return next
}

// quietFrom is when the last byte came, or else the stream began; zero when neither is known.
func (h *health) quietFrom() time.Time {
	if h.lastByte.IsZero() {
		return h.began
	}
	return h.lastByte
}

// earlier is the earlier of two times, of which zero is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// plainLine makes a cause or a reason safe to show.
func plainLine(s string) string { return market.PlainText(s, maxLine) }
