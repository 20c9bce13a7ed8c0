package ui

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

const (
	plannedGrace = 2 * time.Second  // before a planned end of the stream shows as a lost connection
	newsDuration = 10 * time.Second // that a gap, or the server's notice, is shown beside the badge
	quietAfter   = 5 * time.Second  // without bytes, after which a live feed shows their age beside its rate

	pulseDue = time.Second // within which a feed says that bytes came without an event

	maxReasons = 100 // different ones that are counted
	maxReason  = 256 // bytes of one
	topReasons = 3   // shown in place of prices
)

const otherReasons = "other reasons"

// feedHealth is what is known of a feed's connection. It follows from the feed's events alone.
type feedHealth struct {
	name, url    string
	readBy       string   // see Source
	definition   string   // see Source
	symbols      []string // see Source
	allComing    bool
	canAsk       bool
	added        []string
	status       feed.Status
	lostCause    string    // of the last lost or failed connection, until the next is live
	lostAdvice   string    // what may help against it
	lastByte     time.Time // zero before the first
	liveSince    time.Time // when the last stream became live
	hasDelivered bool      // a message, on the last stream
	plannedEnd   time.Time // when the last real stream ended as planned; zero if it did not, or an attempt failed since
	gap          *feed.Gap // what the last reconnect missed
	gapAt        time.Time
	account      dailyGaps
	lastID       string // after the last message; empty for none
	notice       string // the last that the server said of the stream itself
	noticeAt     time.Time

	found     decode.FoundMap // how the feed is read, where that was found out; see hasMap
	hasMap    bool
	mayMap    bool // a map that somebody writes may read what no map does
	confirmed bool // the user takes found for true

	history feedHistory
	rate    rateMeter
	delay   delayMeter
	untimed bool // times of arrival are those of a playback: the feed's own mean nothing beside them

	messages, mapped, decodeErrors, unmapped, duplicates uint64

	lastDecodeError    string
	unmappedReasons    reasonCounts // why events gave no update
	decodeErrorReasons reasonCounts
	repeats            uint64 // how often the reason of the last message has occurred; zero without one
}

func newFeedHealth(s Source) *feedHealth {
	return &feedHealth{name: s.Name, url: plainLine(s.URL), readBy: s.ReadBy, definition: s.Definition, symbols: s.Symbols, allComing: s.AllComing, canAsk: s.CanAsk, added: s.Added, unmappedReasons: reasonCounts{}, decodeErrorReasons: reasonCounts{}}
}

// configureAs takes over what another says of the feed's configuration.
func (h *feedHealth) configureAs(o *feedHealth) {
	h.url, h.readBy, h.definition, h.symbols, h.allComing, h.canAsk, h.added = o.url, o.readBy, o.definition, o.symbols, o.allComing, o.canAsk, o.added
}

func (h *feedHealth) receive(ev feed.Event) {
	switch {
	case ev.Status != nil:
		h.changeState(*ev.Status)
	case ev.Gap != nil:
		h.gap, h.gapAt = ev.Gap, ev.At
		h.account.add(ev.Gap, ev.At)
	case ev.Message != nil:
		h.receiveMessage(ev.Message, ev.At)
	case ev.Pulse != nil:
		h.receiveBytes(ev.Pulse.LastByte, ev.Pulse.Duplicates)
	}
}

// receiveBytes takes into account that bytes arrived, whether or not they made a message.
func (h *feedHealth) receiveBytes(at time.Time, duplicates uint64) {
	if at.After(h.lastByte) {
		h.lastByte = at
	}
	h.duplicates = max(h.duplicates, duplicates)
}

// shiftBack moves what happened along with a clock that was set back, so that it is as long ago as it was.
func (h *feedHealth) shiftBack(by time.Duration) {
	s := &h.status
	for _, at := range []*time.Time{&h.lastByte, &h.liveSince, &h.plannedEnd, &h.gapAt, &h.noticeAt, &s.Since, &s.RetryAt, &s.LastEvent} {
		if !at.IsZero() {
			*at = at.Add(-by)
		}
	}
	h.rate.firstSecond -= int64(by / time.Second)
	h.history.shiftBack(by)
}

func (h *feedHealth) changeState(s feed.Status) {
	was, shown := h.status.State, h.state(s.Since)
	h.status = s
	h.receiveBytes(s.LastByte, s.Duplicates)
	if s.State != feed.Connecting {
		h.lostCause, h.lostAdvice = "", ""
	}
	if s.State == feed.Waiting && !s.Planned {
		h.lostCause, h.lostAdvice = plainLine(s.Cause), plainLine(s.Advice)
	}
	switch {
	case s.State.IsConnected() && was.IsConnected(): // the same stream
	case s.State == feed.Live:
		h.liveSince, h.hasDelivered = s.Since, false
	case !s.Planned:
		h.plannedEnd = time.Time{}
	case was == feed.Live && (h.hasDelivered || s.Since.Sub(h.liveSince) >= plannedGrace):
		h.plannedEnd = s.Since
	}
	h.history.noteState(shown, h.state(s.Since), s.Since)
}

// mostExamined is how many events that are not mapped are asked whether a map would help.
const mostExamined = 1000

// maxExamined is how many bytes an event may have that is asked: of a larger one it is taken to.
const maxExamined = 64 << 10

func (h *feedHealth) receiveMessage(m *feed.Message, at time.Time) {
	// What a recording without states holds shows that a stream was open.
	if h.status.Since.IsZero() && h.messages == 0 && h.status.State == feed.Connecting {
		h.changeState(feed.Status{State: feed.Live, Since: at})
	}
	h.receiveBytes(at, 0)
	h.messages++
	h.hasDelivered, h.lastID = true, m.ID
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
	if unread := h.unmapped + h.decodeErrors; unread > 0 && h.mapped == 0 && !h.mayMap && (h.repeats == 1 || unread <= mostExamined) {
		h.mayMap = len(m.Data) > maxExamined || infer.MapHelps(m.Type, m.Data)
	}
}

func (h *feedHealth) measureDelay(m *feed.Message, at time.Time) {
	if len(m.Updates) != 1 { // a snapshot has prices of the past
		return
	}
	if q, ok := m.Updates[0].(market.Quote); ok && !q.FromSnapshot && !q.Time.IsZero() {
		if late, counts := h.delay.add(q.Time, at); counts && late > 0 {
			slot := h.history.slot(slotNumber(at))
			slot.late += late
			slot.timed++
		}
	}
}

// state is the state to show. A server that ends its streams now and then counts as live in between, unless that takes
// long. Streams that end at once and deliver nothing do not prolong it.
func (h *feedHealth) state(now time.Time) feed.State {
	if h.isBetweenStreams(now) {
		return feed.Live
	}
	return h.status.State
}

// isBetweenStreams reports whether a connection that is down still counts as live, because its end was planned.
func (h *feedHealth) isBetweenStreams(now time.Time) bool {
	down := h.status.State == feed.Waiting || h.status.State == feed.Connecting
	return down && !h.plannedEnd.IsZero() && now.Before(h.plannedEnd.Add(plannedGrace))
}

func (h *feedHealth) recentGap(now time.Time) *feed.Gap {
	if h.gap == nil || isRoutineGap(h.gap) || !now.Before(h.gapAt.Add(newsDuration)) {
		return nil
	}
	return h.gap
}

// recentNotice is what the server says of its stream, while it is news, or nothing else could be read, and the stream goes
// on. After the end, the cause of the end repeats it.
func (h *feedHealth) recentNotice(now time.Time) string {
	isOld := h.mapped > 0 && !now.Before(h.noticeAt.Add(newsDuration))
	if h.notice == "" || h.state(now) > feed.Silent || isOld {
		return ""
	}
	return "the server says: " + h.notice
}

// isRoutineGap reports whether a gap is the usual pause of a server that ends its streams, with nothing known to be lost.
func isRoutineGap(g *feed.Gap) bool {
	return g.Planned && g.Length < plannedGrace && g.Kind != feed.NotResumed && g.Missed <= 0
}

// nextChange is when the text of the badge next changes by time alone; zero for never.
func (h *feedHealth) nextChange(now time.Time) time.Time {
	var next time.Time
	if h.recentGap(now) != nil {
		next = h.gapAt.Add(newsDuration)
	}
	if end := h.noticeAt.Add(newsDuration); h.recentNotice(now) != "" && end.After(now) {
		next = earliest(next, end)
	}
	switch h.state(now) {
	case feed.Live:
		if h.isBetweenStreams(now) {
			next = earliest(next, h.plannedEnd.Add(plannedGrace))
		}
		if due := h.liveSince.Add(pulseDue); h.messages == 0 && due.After(now) {
			next = earliest(next, now.Truncate(time.Second).Add(time.Second))
			next = earliest(next, due)
		}
		if !h.lastByte.IsZero() {
			next = earliest(next, nextAgeChange(now, h.lastByte))
		}
	case feed.Quiet, feed.Silent, feed.Connecting:
		if !h.status.Since.IsZero() {
			next = earliest(next, now.Truncate(time.Second).Add(time.Second))
		}
	case feed.Waiting:
		if h.status.RetryAt.After(now) {
			next = earliest(next, nextCountdownChange(now, h.status.RetryAt))
		}
	}
	return next
}

// silentSince is when the last byte arrived, or else the stream became live; zero when neither is known.
func (h *feedHealth) silentSince() time.Time {
	if h.lastByte.IsZero() {
		return h.liveSince
	}
	return h.lastByte
}

// earliest is the earlier of two times, of which zero is never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func plainLine(s string) string { return market.PlainText(s, maxLine) }

type reasonCounts map[string]uint64

func (r reasonCounts) add(reason string) uint64 {
	if len(reason) > maxReason {
		reason = copyPrefix(reason, maxReason)
	}
	if _, known := r[reason]; !known && len(r) >= maxReasons {
		reason = otherReasons
	}
	r[reason]++
	return r[reason]
}

func (r reasonCounts) top() []string {
	all := slices.SortedFunc(maps.Keys(r), func(a, b string) int { return cmp.Or(cmp.Compare(r[b], r[a]), cmp.Compare(a, b)) })
	return all[:min(len(all), topReasons)]
}

// repeatsText says how often something happened; empty for once.
func repeatsText(n uint64) string {
	if n < 2 {
		return ""
	}
	return humanize.Count(n) + " times"
}
