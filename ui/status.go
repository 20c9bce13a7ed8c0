package ui

import (
	"fmt"
	"strings"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

// span is a piece of text and what it means.
type span struct {
	ink  ink
	text string
}

// badge says in one line how a feed is: a sign, a word, and what can be said for sure.
func (h *health) badge(now time.Time) []span {
	s := h.status
	cause := plainLine(s.Cause)
	switch h.state(now) {
	case feed.Live:
		return h.liveBadge(now)
	case feed.Silent:
		return spans(busy, "◌ SILENT", plain, h.silence(now))
	case feed.Waiting:
		return spans(busy, "↻ RETRY "+retryIn(s, now), plain, attempt(s)+join(" · ", orElse(cause, endCause(s))))
	case feed.Closed:
		return spans(ended, "■ CLOSED", plain, join(" ", cause))
	case feed.Failed:
		return spans(broken, "✕ FAILED", plain, join(" ", cause))
	}
	return spans(busy, "◐ CONNECTING", plain, attempt(s)+join(" · ", cause))
}

// silence says how long nothing has come; the cause of the state is how long that was when it began.
func (h *health) silence(now time.Time) string {
	if from := h.quietFrom(); !from.IsZero() {
		return " nothing received for " + humanize.Duration(since(now, from))
	}
	return ""
}

// liveBadge shows the rate while bytes come, and their age when they do not.
func (h *health) liveBadge(now time.Time) []span {
	if !h.lastByte.IsZero() && since(now, h.lastByte) >= quietAfter {
		return spans(live, "● LIVE", warn, " · last byte "+humanize.Coarse(since(now, h.lastByte))+" ago")
	}
	text := ""
	if rate := h.rate.rate(now); rate > 0 {
		text = " " + humanize.Rate(rate)
	}
	late, k := h.lag.words(now)
	if late == "" || k == plain {
		return spans(live, "● LIVE", plain, text+join(" · ", late))
	}
	return append(spans(live, "● LIVE", plain, text), span{k, " · " + late})
}

// spans pairs inks and texts, leaving out what is empty.
func spans(k1 ink, t1 string, k2 ink, t2 string) []span {
	if t2 == "" {
		return []span{{k1, t1}}
	}
	return []span{{k1, t1}, {k2, t2}}
}

func join(separator, text string) string {
	if text == "" {
		return ""
	}
	return separator + text
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func retryIn(s feed.Status, now time.Time) string {
	if left := s.RetryAt.Sub(now); left > 0 {
		return "in " + humanize.Countdown(left)
	}
	return "now"
}

func attempt(s feed.Status) string {
	if s.Attempt == 0 {
		return ""
	}
	return fmt.Sprintf(" · attempt %d", s.Attempt)
}

func endCause(s feed.Status) string {
	if s.Planned {
		return "the server ended the stream"
	}
	return ""
}

// gapWords says what a reconnect missed where that is known, and admits where it is not, in the fullest
// of its wordings that has room.
func gapWords(g *feed.Gap, width int) span {
	k := warn
	if g.Kind == feed.Continued || g.Kind == feed.Resumed && g.Missed == 0 {
		k = good
	}
	wordings := gapWordings(g)
	for _, words := range wordings {
		if cells(words) <= width {
			return span{k, words}
		}
	}
	return span{k, wordings[len(wordings)-1]}
}

// gapWordings are the ways to say a gap, the fullest first.
func gapWordings(g *feed.Gap) []string {
	length := humanize.Duration(g.Length)
	switch g.Kind {
	case feed.Resumed:
		replayed := humanize.Count(uint64(max(g.Replayed, 0)))
		return []string{
			fmt.Sprintf("resumed after %s, %s replayed, %s", length, replayed, missed(g.Missed)),
			fmt.Sprintf("resumed: %s, %s replayed, %s", length, replayed, missed(g.Missed)),
			fmt.Sprintf("%s missed, %s replayed", missedShort(g.Missed), replayed),
		}
	case feed.Reset:
		return []string{
			fmt.Sprintf("reset after %s: the server restarted or forgot; %s", length, missed(g.Missed)),
			fmt.Sprintf("reset after %s; %s", length, missed(g.Missed)),
			fmt.Sprintf("reset after %s, missed: %s", length, missedShort(g.Missed)),
		}
	case feed.Continued:
		return []string{
			fmt.Sprintf("resumed from id %s after %s", market.PlainText(g.From, 24), length),
			fmt.Sprintf("resumed by id after %s", length),
		}
	}
	return []string{
		humanize.Tenths(g.Length) + " without the stream, this feed cannot replay",
		humanize.Tenths(g.Length) + " lost, cannot be replayed",
	}
}

func missedShort(n int) string {
	if n < 0 {
		return "not known"
	}
	return humanize.Count(uint64(n))
}

func missed(n int) string {
	if n < 0 {
		return "how many were missed is not known"
	}
	return humanize.Count(uint64(n)) + " missed"
}

// gapMark is gapWords as a line between headlines.
func gapMark(g *feed.Gap, now time.Time) string {
	words := "gap " + humanize.Duration(g.Length) + " · "
	switch g.Kind {
	case feed.Resumed:
		return words + humanize.Count(uint64(max(g.Replayed, 0))) + " replayed, " + missed(g.Missed)
	case feed.Reset:
		return words + "the server could not resume, " + missed(g.Missed)
	case feed.Continued:
		return words + "resumed from id " + market.PlainText(g.From, 24)
	}
	return clock(g.Lost, now) + "–" + clock(g.Lost.Add(g.Length), now) + " · this feed cannot replay"
}

// turned is a change of state as a line of the log.
func turned(s feed.Status) span {
	cause := plainLine(s.Cause)
	switch s.State {
	case feed.Connecting:
		return span{muted, "connecting" + attempt(s)}
	case feed.Live:
		return span{good, "live"}
	case feed.Silent:
		return span{warn, "silent" + join(" · ", cause)}
	case feed.Waiting:
		retry := "retry at once"
		if wait := s.RetryAt.Sub(s.Since); wait >= 50*time.Millisecond {
			retry = "retry in " + humanize.Tenths(wait)
		}
		return span{warn, join("", orElse(cause, orElse(endCause(s), "connection lost"))) + " · " + retry + attempt(s)}
	case feed.Closed:
		return span{warn, "closed" + join(" ", cause)}
	}
	return span{bad, "failed" + join(" ", cause) + join(" · ", plainLine(s.Advice))}
}

// marketWords is the state of a feed's whole market, unless it is simply open.
func marketWords(h market.Halt) string {
	switch h.State {
	case "", market.Open:
		return ""
	case market.Halted:
		return "market HALTED" + join(": ", h.Reason)
	}
	return "market " + string(h.State) + join(": ", h.Reason)
}

// haltTag is a symbol's state, unless it simply trades.
func haltTag(h market.Halt) (tag string, k ink) {
	switch h.State {
	case "", market.Open:
		return "", plain
	case market.Halted:
		return "HALTED", busy
	}
	return strings.ToUpper(string(h.State)), muted
}

// noPrices explains an empty price table: what is wrong, and what can be done.
func (h *health) noPrices(now time.Time, k keyMap) []span {
	cause, advice := plainLine(h.status.Cause), plainLine(h.status.Advice)
	switch h.state(now) {
	case feed.Live:
		return h.nothingMapped(k)
	case feed.Silent:
		return []span{{strong, "Connected, but nothing has arrived."}, {muted, press(k.retry) + " connects anew."}}
	case feed.Waiting:
		return []span{
			{strong, "No prices yet: " + orElse(cause, orElse(endCause(h.status), "the connection was lost")) + "."},
			{muted, "Trying again " + retryIn(h.status, now) + ". " + press(k.retry) + " tries at once."},
		}
	case feed.Closed:
		return []span{{strong, "No prices: closed" + join(" ", cause) + "."}, {muted, press(k.retry) + " connects again."}}
	case feed.Failed:
		return []span{{strong, "No prices: " + orElse(cause, "the feed failed") + "."}, {warn, advice}, {muted, press(k.retry) + " tries again, " + press(k.quit) + " quits."}}
	}
	return []span{{strong, "Connecting to " + h.url}, {muted, "No prices yet."}}
}

// nothingMapped is the case of a live feed that has sent no price.
func (h *health) nothingMapped(k keyMap) []span {
	if h.messages == 0 {
		return []span{{strong, "Connected. No event has arrived yet."}}
	}
	if h.mapped > 0 {
		return []span{{strong, fmt.Sprintf("Connected: %s received, no price among them yet.", humanize.Plural(h.messages, "event"))}}
	}
	out := []span{{strong, fmt.Sprintf("Connected: %s received, none of them prices or news that livetape understands.", humanize.Plural(h.messages, "event"))}}
	if h.lastFault != "" {
		out = append(out, span{bad, humanize.Plural(h.faults, "fault") + ", the last: " + h.lastFault})
	}
	for _, reason := range h.ignored.top() {
		out = append(out, span{warn, "Not mapped" + join(", ", times(h.ignored[reason])) + ": " + plainLine(reason) + "."})
	}
	return append(out, span{muted, "Press " + press(k.log) + " to see them."})
}
