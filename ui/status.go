package ui

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

// StatusText is a change of a feed's state as one plain line, as in the event log.
func StatusText(s feed.Status) string { return statusSpan(s).text }

// GapText is what a reconnect missed, where that is known, as one plain line.
func GapText(g *feed.Gap) string { return gapTextsByLength(g)[0] }

func (h *feedHealth) badge(now time.Time) []span {
	s := h.status
	cause := plainLine(s.Cause)
	switch h.state(now) {
	case feed.Live:
		return h.liveBadge(now)
	case feed.Quiet:
		return h.withRedirect(spans(busy, "◌ QUIET", plain, h.quietText(now)))
	case feed.Silent:
		return h.withRedirect(spans(busy, "◌ SILENT", plain, h.silenceText(now)))
	case feed.Waiting:
		return spans(busy, "↻ RETRY "+retryInText(s, now), plain, attemptText(s)+withSeparator(" · ", cmp.Or(cause, endCauseText(s))))
	case feed.Closed:
		return spans(ended, "■ CLOSED", plain, withSeparator(" ", cause))
	case feed.Finished:
		return spans(ended, "■ FINISHED", plain, withSeparator(" ", cause))
	case feed.Failed:
		return spans(broken, "✕ FAILED", plain, withSeparator(" ", cause))
	}
	return spans(busy, "◐ CONNECTING", plain, waitText(s, now)+attemptText(s)+withSeparator(" · after: ", h.lostCause))
}

// waitText is for how long an answer has been awaited; empty for less than a second.
func waitText(s feed.Status, now time.Time) string {
	if d := elapsed(now, s.Since); d >= time.Second && !s.Since.IsZero() {
		return " " + humanize.Duration(d)
	}
	return ""
}

// silenceText says for how long nothing has arrived. The cause in the status says how long that was when it changed.
func (h *feedHealth) silenceText(now time.Time) string {
	if from := h.silentSince(); !from.IsZero() {
		return " nothing received for " + humanize.Duration(elapsed(now, from))
	}
	return ""
}

// quietText says for how long no event has come, by the feed's own rhythm.
func (h *feedHealth) quietText(now time.Time) string {
	text := " no event"
	if at := h.status.LastEvent; !at.IsZero() {
		text += " for " + humanize.Duration(elapsed(now, at))
	} else if cause := plainLine(h.status.Cause); cause != "" { // as a relay says it
		return text + ": " + cause
	}
	if gap := h.status.UsualGap; gap > 0 {
		text += " (usual gap " + humanize.Tenths(gap) + ")"
	}
	return text + "; heartbeats come"
}

func (h *feedHealth) liveBadge(now time.Time) []span {
	text := ""
	if elapsed(now, h.rate.firstTime()) >= time.Second && elapsed(now, h.liveSince) >= time.Second {
		text = " " + humanize.Rate(h.rate.rate(now))
	}
	if !h.lastByte.IsZero() && elapsed(now, h.lastByte) >= quietAfter {
		return h.withRedirect(spans(live, "● LIVE", plain, text+" · last byte "+humanize.Coarse(elapsed(now, h.lastByte))+" ago"))
	}
	late, st := h.delay.text(now)
	badge := h.withRedirect(spans(live, "● LIVE", plain, text))
	if late != "" {
		badge = append(badge, span{st, " · " + late})
	}
	if worst := h.delay.worstText(now); worst != "" {
		badge = append(badge, span{warn, " · " + worst})
	}
	return badge
}

// withRedirect adds where the stream really comes from.
func (h *feedHealth) withRedirect(badge []span) []span {
	if h.status.Redirected == "" {
		return badge
	}
	return append(badge, span{warn, redirectText(h.status)})
}

// redirectText says that a stream comes from elsewhere than its URL says.
func redirectText(s feed.Status) string {
	return withSeparator(" · redirected to ", plainLine(s.Redirected))
}

func retryInText(s feed.Status, now time.Time) string {
	if left := s.RetryAt.Sub(now); left > 0 {
		return "in " + humanize.Countdown(left)
	}
	return "now"
}

func attemptText(s feed.Status) string {
	if s.Attempt == 0 {
		return ""
	}
	return fmt.Sprintf(" · attempt %d", s.Attempt)
}

func endCauseText(s feed.Status) string {
	if s.Planned {
		return "the server ended the stream"
	}
	return ""
}

func gapSpan(g *feed.Gap, width int) span {
	st := warn
	if g.Kind == feed.Resumed && g.Missed == 0 {
		st = good
	}
	wordings := gapTextsByLength(g)
	for _, words := range wordings {
		if cells(words) <= width {
			return span{st, words}
		}
	}
	return span{st, wordings[len(wordings)-1]}
}

func gapTextsByLength(g *feed.Gap) []string {
	length, from := humanize.Duration(g.Length), market.PlainText(g.From, 24)
	switch {
	case g.Kind == feed.Resumed && g.Replayed == feed.Unknown:
		return []string{"resumed after " + from + ", " + humanize.Tenths(g.Length) + " without the stream", "resumed after " + from}
	case g.Kind == feed.Resumed:
		replayed := humanize.Count(uint64(max(g.Replayed, 0)))
		return []string{
			fmt.Sprintf("resumed after %s, %s replayed, %s", length, replayed, missedText(g.Missed)),
			fmt.Sprintf("resumed: %s, %s replayed, %s", length, replayed, missedText(g.Missed)),
			fmt.Sprintf("%s missed, %s replayed", missedShortText(g.Missed), replayed),
		}
	case g.Kind == feed.NotResumed && g.Reason != "":
		return []string{
			fmt.Sprintf("not resumed after %s: %s; %s", from, plainLine(g.Reason), missedText(g.Missed)),
			fmt.Sprintf("not resumed after %s; %s", from, missedText(g.Missed)),
			"not resumed, missed: " + missedShortText(g.Missed),
		}
	case g.Kind == feed.NotResumed:
		return []string{
			fmt.Sprintf("reset after %s: the server restarted or forgot; %s", length, missedText(g.Missed)),
			fmt.Sprintf("reset after %s; %s", length, missedText(g.Missed)),
			fmt.Sprintf("reset after %s, missed: %s", length, missedShortText(g.Missed)),
		}
	case g.Kind == feed.Skipped:
		missed := "≈" + humanize.Count(uint64(max(g.Missed, 0))) + " missed"
		return []string{fmt.Sprintf("%s (ids %s → %s)", missed, from, market.PlainText(g.Next, 24)), missed}
	case g.Kind == feed.Unconfirmed:
		return []string{
			"asked to resume after " + from + "; " + cmp.Or(plainLine(g.Reason), "this server does not say whether it did"),
			"asked to resume after " + from + "; not confirmed",
			"resume not confirmed",
		}
	}
	without := humanize.Tenths(g.Length) + " without the stream"
	if g.Reason != "" {
		return []string{without + ", " + unreplayedText(g), without}
	}
	return []string{without + ", " + unreplayedText(g), humanize.Tenths(g.Length) + " lost, cannot be replayed"}
}

func unreplayedText(g *feed.Gap) string {
	return cmp.Or(plainLine(g.Reason), "this feed cannot replay")
}

func missedShortText(n int) string {
	if n < 0 {
		return "not known"
	}
	return humanize.Count(uint64(n))
}

func missedText(n int) string {
	if n < 0 {
		return "how many were missed is not known"
	}
	return humanize.Count(uint64(n)) + " missed"
}

func gapMarkText(g *feed.Gap, now time.Time) string {
	words := "gap " + humanize.Duration(g.Length) + " · "
	switch g.Kind {
	case feed.Resumed:
		if g.Replayed == feed.Unknown {
			return words + "resumed after " + market.PlainText(g.From, 24)
		}
		return words + humanize.Count(uint64(max(g.Replayed, 0))) + " replayed, " + missedText(g.Missed)
	case feed.NotResumed:
		return words + "the server could not resume, " + missedText(g.Missed)
	case feed.Unconfirmed:
		return words + "asked to resume after " + market.PlainText(g.From, 24) + ", not confirmed"
	case feed.Skipped:
		return words + "≈" + missedText(g.Missed) + ", ids " + market.PlainText(g.From, 24) + " → " + market.PlainText(g.Next, 24)
	}
	if !g.Lost.IsZero() {
		words = timeText(g.Lost, now) + "–" + timeText(g.Lost.Add(g.Length), now) + " · "
	}
	return words + unreplayedText(g)
}

func statusSpan(s feed.Status) span {
	cause := plainLine(s.Cause)
	switch s.State {
	case feed.Connecting:
		return span{muted, "connecting" + attemptText(s)}
	case feed.Live:
		if s.Redirected != "" {
			return span{warn, "live" + redirectText(s)}
		}
		return span{good, "live"}
	case feed.Quiet:
		return span{warn, "QUIET" + withSeparator(" ", cause) + "; heartbeats come"}
	case feed.Silent:
		return span{warn, "silent" + withSeparator(" · ", cause)}
	case feed.Waiting:
		retry := "retry at once"
		if wait := s.RetryAt.Sub(s.Since); wait >= 50*time.Millisecond {
			retry = "retry in " + humanize.Tenths(wait)
		}
		return span{warn, cmp.Or(cause, endCauseText(s), "connection lost") + " · " + retry + attemptText(s)}
	case feed.Closed:
		return span{warn, "closed" + withSeparator(" ", cause)}
	case feed.Finished:
		return span{muted, "finished" + withSeparator(": ", cause)}
	}
	return span{bad, "failed" + withSeparator(" ", cause) + withSeparator(" · ", plainLine(s.Advice))}
}

func marketStateText(h market.Halt, now time.Time) string {
	state := string(h.State)
	switch h.State {
	case "", market.Open:
		return ""
	case market.Halted:
		state = "HALTED"
	}
	return "market " + state + " since " + timeText(h.Time, now) + withSeparator(": ", h.Reason)
}

func haltTag(h market.Halt) (tag string, st style) {
	switch h.State {
	case "", market.Open:
		return "", plain
	case market.Halted:
		return "HALTED", busy
	}
	return strings.ToUpper(string(h.State)), muted
}

// noPricesText explains an empty price table by the first feed that is not live.
func (m Model) noPricesText() []span {
	if m.feeds.notLive(m.now) > 1 {
		return m.noLiveFeedsText()
	}
	h := m.feeds.firstNotLive(m.now)
	words := h.noPricesText(m.now, m.keys)
	if m.manyFeeds {
		words[0].text = h.name + ": " + words[0].text
	}
	return words
}

// noLiveFeedsText explains an empty price table by each feed that is not live, the worst first.
func (m Model) noLiveFeedsText() []span {
	k := m.keys
	n := m.feeds.notLive(m.now)
	words := []span{{strong, fmt.Sprintf("No prices yet: %d of %d feeds are not live.", n, len(m.feeds))}}
	if n == len(m.feeds) {
		words[0].text = fmt.Sprintf("No prices yet: none of %d feeds is live.", n)
	}
	for _, h := range m.sickFirst() {
		if h.state(m.now) == feed.Live {
			continue
		}
		_, short, cause := h.sickWords(m.now)
		if h.state(m.now) == feed.Waiting {
			short = " retry" + short
		}
		words = append(words, span{plain, h.name + ":" + short + cause})
		if advice := plainLine(h.status.Advice); advice != "" {
			words = append(words, span{warn, advice})
		}
	}
	keys := keyLabel(k.feeds) + " shows each feed."
	if k.retry.Enabled() {
		keys = keyLabel(k.retryAll) + " retries all, " + keys
	}
	return append(words, span{muted, keys})
}

// noPricesText explains an empty price table: what is wrong, and what the user can do.
func (h *feedHealth) noPricesText(now time.Time, k *keyMap) []span {
	cause, advice := plainLine(h.status.Cause), plainLine(h.status.Advice)
	switch h.state(now) {
	case feed.Live:
		return h.nothingMappedText(now, k)
	case feed.Quiet:
		return []span{{strong, "Connected, but" + h.quietText(now) + "."}, {muted, "No price has come. " + whatComes(k)}}
	case feed.Silent:
		return []span{{strong, "Connected, but nothing has arrived."}, {muted, keyLabel(k.retry) + " reconnects."}}
	case feed.Waiting:
		return []span{
			{strong, "No prices yet: " + cmp.Or(cause, endCauseText(h.status), "the connection was lost") + "."},
			{warn, advice},
			{muted, "Trying again " + retryInText(h.status, now) + ". " + keyLabel(k.retry) + " tries at once."},
		}
	case feed.Closed:
		return []span{{strong, "No prices: closed" + withSeparator(" ", cause) + "."}, {muted, keyLabel(k.retry) + " connects again."}}
	case feed.Finished:
		return []span{{strong, "The server has sent all it has" + withSeparator(": ", cause) + "."}, {muted, keyLabel(k.retry) + " connects again."}}
	case feed.Failed:
		return []span{{strong, "No prices: " + cmp.Or(cause, "the feed failed") + "."}, {warn, advice}, {muted, keyLabel(k.retry) + " tries again, " + keyLabel(k.quit) + " quits."}}
	}
	out := []span{{strong, "Connecting to " + h.url}, {muted, "No prices yet."}}
	if h.lostCause != "" {
		out = append(out, span{warn, "The last try: " + h.lostCause + "."}, span{muted, h.lostAdvice})
	}
	return out
}

// whatComes is the next step where a feed is connected and nothing is shown of it.
func whatComes(k *keyMap) string {
	words := keyLabel(k.log) + " shows everything that arrives"
	if k.retry.Enabled() {
		words += ", " + keyLabel(k.retry) + " reconnects"
	}
	return words + "."
}

func (h *feedHealth) nothingMappedText(now time.Time, k *keyMap) []span {
	switch {
	case h.messages > 0:
	case h.lastByte.After(h.liveSince):
		return []span{{strong, "Data is arriving, but no event is complete."}, {muted, "Only comments, lines that are no field of an event, or events without the blank line that ends them."}}
	case now.Before(h.liveSince.Add(pulseDue)):
		return []span{{strong, "Connected."}}
	default:
		return []span{{strong, "Connected. No event has arrived yet."}, {muted, whatComes(k)}}
	}
	events := humanize.Plural(h.messages, "event")
	switch {
	case h.found.Problem != "":
		return []span{{strong, "No price is shown, rather than a wrong one."}, {muted, keyLabel(k.showMap) + " shows how the feed is read."}}
	case h.mapped > 0:
		return []span{{strong, "Connected: " + events + " received, no price among them yet."}, {muted, whatComes(k)}}
	}
	out := []span{{strong, "No price or headline in " + events + "."}}
	if h.lastDecodeError != "" {
		out = append(out, span{bad, humanize.Plural(h.decodeErrors, "decode error") + ", the last: " + h.lastDecodeError})
	}
	for _, reason := range h.unmappedReasons.top() {
		out = append(out, span{warn, "Not mapped" + withSeparator(", ", repeatsText(h.unmappedReasons[reason])) + ": " + plainLine(reason) + "."})
	}
	if k.writeMap.Enabled() && h.mayMap {
		out = append(out, span{muted, keyLabel(k.showMap) + " proposes a map for them."})
	}
	return out
}
