package ui

import (
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

const (
	plannedGrace = 2 * time.Second  // a planned end of stream is no alarm for so long
	newsTime     = 10 * time.Second // what a reconnect missed, or a server says, stays beside the badge
	quietAfter   = 5 * time.Second  // a live feed without bytes for so long shows their age instead of its rate
)

// feedHealth is all that is known about one feed's connection, from its events alone.
type feedHealth struct {
	name, url    string
	status       feed.Status
	lastByte     time.Time // zero before the first
	liveSince    time.Time // when the last stream became live
	hasDelivered bool      // a message of it
	plannedEnd   time.Time // the clean end of the last stream that was more than an attempt, until one goes wrong; else zero
	gap          *feed.Gap // what the last reconnect missed
	gapAt        time.Time
	notice       string // the server's last word on the stream itself
	noticeAt     time.Time

	rate  rateMeter
	delay delayMeter

	messages, mapped, decodeErrors, unmapped, duplicates uint64

	lastDecodeError    string       // why
	unmappedReasons    reasonCounts // why events gave no update
	decodeErrorReasons reasonCounts // why parts of events could not be read
	repeats            uint64       // how often the last message's reason has come
}

func newHealth(s Source) *feedHealth {
	return &feedHealth{name: s.Name, url: plainLine(s.URL), unmappedReasons: reasonCounts{}, decodeErrorReasons: reasonCounts{}}
}

// receive learns from one event.
func (h *feedHealth) receive(ev feed.Event) {
	switch {
	case ev.Status != nil:
		h.changeState(*ev.Status)
	case ev.Gap != nil:
		h.gap, h.gapAt = ev.Gap, ev.At
	case ev.Message != nil:
		h.receiveMessage(ev.Message, ev.At)
	case ev.Pulse != nil:
		h.noteBytes(ev.Pulse.LastByte, ev.Pulse.Duplicates)
	}
}

// noteBytes takes the arrival of bytes that made no message.
func (h *feedHealth) noteBytes(at time.Time, duplicates uint64) {
	if at.After(h.lastByte) {
		h.lastByte = at
	}
	h.duplicates = max(h.duplicates, duplicates)
}

// changeState takes a new state of the connection.
func (h *feedHealth) changeState(s feed.Status) {
	was := h.status.State
	h.status = s
	h.noteBytes(s.LastByte, s.Duplicates)
	switch {
	case s.State == feed.Live && was == feed.Silent: // the same stream
	case s.State == feed.Live:
		h.liveSince, h.hasDelivered = s.Since, false
	case !s.Planned:
		h.plannedEnd = time.Time{}
	case was == feed.Live && (h.hasDelivered || s.Since.Sub(h.liveSince) >= plannedGrace):
		h.plannedEnd = s.Since
	}
}

func (h *feedHealth) receiveMessage(m *feed.Message, at time.Time) {
	h.noteBytes(at, 0)
	h.messages++
	h.hasDelivered = true
	if len(m.Updates) > 0 {
		h.mapped++
	}
	if m.Notice != "" {
		h.notice, h.noticeAt = plainLine(m.Notice), at
	}
	h.repeats = 0
	if m.Unmapped != "" {
		h.unmapped++
		h.repeats = h.unmappedReasons.add(m.Unmapped)
	}
	if m.Err != nil {
		h.decodeErrors++
		h.lastDecodeError = plainLine(m.Err.Error())
		h.repeats = h.decodeErrorReasons.add(m.Err.Error())
	}
}

// measureDelay learns from a message how late prices come.
func (h *feedHealth) measureDelay(m *feed.Message, at time.Time) {
	if len(m.Updates) != 1 { // a snapshot tells of the past
		return
	}
	if q, ok := m.Updates[0].(market.Quote); ok && !q.Standing && !q.Time.IsZero() {
		h.delay.add(q.Time, at)
	}
}

// state is where the connection stands for the screen: a server that ends its streams now and then is
// live in between, unless it takes long. Streams that bring nothing and end at once do not prolong that.
func (h *feedHealth) state(now time.Time) feed.State {
	if h.isBetweenStreams(now) {
		return feed.Live
	}
	return h.status.State
}

// isBetweenStreams reports whether a connection that is down goes as live, for a planned end's sake.
func (h *feedHealth) isBetweenStreams(now time.Time) bool {
	down := h.status.State == feed.Waiting || h.status.State == feed.Connecting
	return down && !h.plannedEnd.IsZero() && now.Before(h.plannedEnd.Add(plannedGrace))
}

// recentGap is the gap to speak of beside the badge, while it is news.
func (h *feedHealth) recentGap(now time.Time) *feed.Gap {
	if h.gap == nil || isRoutineGap(h.gap) || !now.Before(h.gapAt.Add(newsTime)) {
		return nil
	}
	return h.gap
}

// recentNotice is what the server says of its stream, while it is news and the stream goes on: behind its end, the cause of
// that says it again.
func (h *feedHealth) recentNotice(now time.Time) string {
	if h.notice == "" || h.state(now) > feed.Silent || !now.Before(h.noticeAt.Add(newsTime)) {
		return ""
	}
	return "the server says: " + h.notice
}

// isRoutineGap reports whether a gap is the ordinary breath of a server that ends its streams.
func isRoutineGap(g *feed.Gap) bool {
	return g.Planned && g.Length < plannedGrace && g.Kind != feed.Reset && g.Missed <= 0
}

// nextChange is when the feed's words will next read differently by time alone; zero for never.
func (h *feedHealth) nextChange(now time.Time) time.Time {
	var next time.Time
	if h.recentGap(now) != nil {
		next = h.gapAt.Add(newsTime)
	}
	if h.recentNotice(now) != "" {
		next = earlier(next, h.noticeAt.Add(newsTime))
	}
	switch h.state(now) {
	case feed.Live:
		if h.isBetweenStreams(now) {
			next = earlier(next, h.plannedEnd.Add(plannedGrace))
		}
		if !h.lastByte.IsZero() {
			next = earlier(next, nextAgeChange(now, h.lastByte))
		}
	case feed.Silent:
		next = earlier(next, now.Truncate(time.Second).Add(time.Second))
	case feed.Waiting:
		if h.status.RetryAt.After(now) {
			next = earlier(next, nextCountdownChange(now, h.status.RetryAt))
		}
	}
	return next
}

// silentSince is when the last byte came, or else the stream began; zero when neither is known.
func (h *feedHealth) silentSince() time.Time {
	if h.lastByte.IsZero() {
		return h.liveSince
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
