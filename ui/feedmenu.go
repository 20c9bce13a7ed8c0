package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"livetape/feed"
	"livetape/ui/humanize"
)

const (
	minFeedDetail  = 7
	maxFeedDetail  = 9   // lines for the selected feed
	minTimeLines   = 110 // columns from which each feed has its time line in the list
	maxTimeLine    = 60  // cells: a minute in each
	minTimeLine    = 24
	feedBadgeCells = 92  // of a line, for what is not the time line
	menuRates      = 12  // cells of the spark line of rates
	minLastIDs     = 124 // columns from which each feed has its last id in the list
	gapsWidth      = 11
	missedWidth    = 9
	lastIDWidth    = 16
	maxTableFeeds  = 8 // on the screen of the prices
	feedSigns      = "━ live ◌ silent ┄ lost ↻ waiting ✕ failed ■ ended"
)

// feedMenuHeight is how many lines the list of feeds needs: its title, the feeds, and the selected one in full.
func (m Model) feedMenuHeight(l layout, body int) int {
	detail, now := minFeedDetail, m.atPresent()
	if h := now.feeds.byName(m.listedFeed); h != nil {
		detail = max(detail, len(now.feedDetail(newLineWriter(m.theme, l.width), h, maxFeedDetail)))
	}
	return min(len(now.feeds)+feedHeads(l.width)+detail, max(body*3/5, minShared))
}

// feedHeads is how many lines a list of feeds has above the first: its title and, where there is room for columns, their heads.
func feedHeads(width int) int {
	if width < minTimeLines {
		return 1
	}
	return 2
}

// feedTableHeight is how many lines several feeds have below the panes of a large screen, with a title.
func (m Model) feedTableHeight(body int) int {
	lines := min(len(m.feeds), maxTableFeeds) + 2
	if len(m.feeds) < 2 || m.width < minBeside || m.showsBottom() || body-lines < minThreePanes {
		return 0
	}
	return lines
}

// viewFeedTable draws the last hour of the feeds and how they are now, the worst first.
func (m Model) viewFeedTable(height int) []string {
	name := "Feeds, the last hour"
	if m.rewound != nil {
		name = "Feeds now, the last hour"
	}
	present := m.atPresent()
	area, sorted := m.overlayArea(height), present.sickFirst()
	area.focused = false
	w := newLineWriter(m.theme, area.width)
	where := humanize.Count(len(sorted))
	shown := height - 2
	if shown < len(sorted) {
		where = fmt.Sprintf("1–%d of %d", shown, len(sorted))
	}
	where += sorted.notLiveText(present.now)
	lines := []string{paneTitleLine(w, area, name, where, feedSigns+" · "+keyLabel(m.keys.feeds)+" feeds"), present.feedHeadLine(w)}
	for _, h := range sorted[:shown] {
		lines = append(lines, present.feedMenuLine(w, h))
	}
	return lines
}

// keepOnFeed keeps the cursor on its feed, since the sick come first. The selected feed has half of the lines, if it needs
// them.
func (m Model) keepOnFeed() Model {
	present := m.atPresent()
	sorted := present.sickFirst()
	room, detail := m.layout.bottom-feedHeads(m.layout.width), 0
	if h := present.feeds.byName(m.listedFeed); h != nil {
		detail = len(present.feedDetail(newLineWriter(m.theme, m.layout.width), h, maxFeedDetail))
	}
	m.feedMenu = m.feedMenu.fit(min(max(room-detail, room/2), len(sorted)), len(sorted))
	if i := slices.IndexFunc(sorted, func(h *feedHealth) bool { return h.name == m.listedFeed }); i >= 0 {
		m.feedMenu = m.feedMenu.move(i - m.feedMenu.cursor)
	} else if len(sorted) > 0 {
		m.listedFeed = sorted[m.feedMenu.cursor].name
	}
	return m
}

func (m Model) viewFeedMenu(height int) []string {
	area, sorted := m.overlayArea(height), m.sickFirst()
	w := newLineWriter(m.theme, area.width)
	where := positionText(m.feedMenu) + sorted.notLiveText(m.now)
	lines := []string{paneTitleLine(w, area, "Feeds", where, feedSigns)}
	if feedHeads(area.width) > 1 {
		lines = append(lines, m.feedHeadLine(w))
	}
	for i := m.feedMenu.top; i < min(m.feedMenu.end(), len(sorted)); i++ {
		w.selected = i == m.feedMenu.cursor
		lines = append(lines, m.feedMenuLine(w, sorted[i]))
	}
	if h := m.feeds.byName(m.listedFeed); h != nil {
		lines = append(lines, m.feedDetail(w, h, height-len(lines))...)
	}
	return padLines(lines, height)
}

// timeLineWidth is how many cells the last hour of a feed has in the list, after what the line has already.
func timeLineWidth(w *lineWriter) int {
	return min(max(w.width-w.used-feedBadgeCells, minTimeLine), maxTimeLine)
}

// feedHeadLine is the heads of the list of feeds: the hour, from its begin to now, and the columns.
func (m Model) feedHeadLine(w *lineWriter) string {
	w.writeBlanks(gutter)
	w.writeLeft(title, "FEED", m.feeds.nameWidth()+2)
	hour, clock := timeLineWidth(w), len("15:04")
	w.writeLeft(muted, m.now.Add(-time.Hour).Local().Format("15:04"), hour-clock)
	w.writeLeft(muted, m.now.Local().Format("15:04"), clock+2)
	w.write(title, "STATE")
	columns := feedColumns(w.width)
	w.writeBlanks(w.width - w.used - columns)
	if columns > 0 {
		w.writeRight(title, "GAPS", gapsWidth)
		w.writeRight(title, "MISSED", missedWidth)
	}
	if columns > gapsWidth+missedWidth {
		w.write(title, "  LAST ID")
	}
	return w.endLine()
}

// feedColumns is how many cells the columns have behind the state of a feed.
func feedColumns(width int) int {
	switch {
	case width < minTimeLines:
		return 0
	case width < minLastIDs:
		return gapsWidth + missedWidth
	}
	return gapsWidth + missedWidth + 2 + lastIDWidth
}

// feedMenuLine is a feed in the list: its last hour, where there is room, how it is, the gaps of the day, and its last id.
func (m Model) feedMenuLine(w *lineWriter, h *feedHealth) string {
	drawCursorMark(w)
	w.writeLeft(strong, h.name, m.feeds.nameWidth()+2)
	columns := feedColumns(w.width)
	if columns == 0 {
		return m.narrowFeedLine(w, h)
	}
	w.writeSpans(h.history.timeLine(h.state(m.now), m.now, timeLineWidth(w)))
	w.writeBlanks(2)
	badge := m.badgeOf(h)
	brief, short, cause := h.sickWords(m.now)
	switch h.state(m.now) {
	case feed.Live:
		badge = append(badge[:1], m.liveFacts(h)...)
	case feed.Waiting:
		badge = append(badge[:1], span{plain, strings.TrimPrefix(short, brief) + cause})
	case feed.Quiet, feed.Silent:
		badge = append(badge[:1], span{plain, short + cause})
	}
	for _, s := range badge {
		w.write(s.style, truncate(s.text, max(w.width-w.used-columns, 0)))
	}
	w.writeBlanks(w.width - w.used - columns)
	gaps, missed, lastID := h.countsText(m.now)
	w.writeRight(muted, gaps, gapsWidth)
	w.writeRight(muted, missed, missedWidth)
	if columns > gapsWidth+missedWidth {
		w.writeBlanks(2)
		w.write(muted, lastID)
	}
	return w.endLine()
}

// narrowFeedLine ends the line of a feed where there is no room for columns.
func (m Model) narrowFeedLine(w *lineWriter, h *feedHealth) string {
	badge, account := m.badgeOf(h), h.account.text(m.now)
	if h.state(m.now) == feed.Live && len(badge) > 1 {
		badge = append(badge[:1], m.liveFacts(h)...)
	}
	if fits := w.width - w.used - spanCells(badge) - 4; account != "" && cells(account+", "+h.account.missedText()) <= fits {
		account += ", " + h.account.missedText()
	}
	for _, s := range badge {
		w.write(s.style, truncate(s.text, max(w.width-w.used-cells(account)-3, 0)))
	}
	w.writeBlanks(w.width - w.used - cells(account) - 1)
	w.write(muted, account)
	return w.endLine()
}

// countsText is the gaps of today, what was missed in them, and what the feed can resume from. Nothing is known of a feed
// that was never connected.
func (h *feedHealth) countsText(now time.Time) (gaps, missed, lastID string) {
	gaps, missed, lastID = missing, missing, missing
	if h.messages > 0 || h.status.State.IsConnected() || !h.liveSince.IsZero() {
		gaps, missed = "0", "0"
	}
	if a := h.account; a.text(now) != "" {
		gaps = humanize.Plural(uint64(a.gaps), "gap") + " " + humanize.Age(a.length)
		missed = a.missedCount()
	}
	switch {
	case h.lastID != "":
		lastID = cutBegin(plainLine(h.lastID), lastIDWidth)
	case h.messages > 0:
		lastID = "no ids"
	}
	return gaps, missed, lastID
}

// liveFacts are the rate of a live feed, its course, and the delay.
func (m Model) liveFacts(h *feedHealth) []span {
	rate, _, _ := h.liveWords(m.now)
	late, st := h.delay.percentilesText(m.now)
	if t := m.troubleOf(h); t.sign != "" {
		return []span{{plain, rate}, {warn, " " + t.sign + " " + t.words}}
	}
	facts := []span{{plain, rate}, {muted, withSeparator(" ", h.history.rates(m.now, menuRates))}, {st, withSeparator("  ", late)}}
	if trouble := m.stripTrouble(h); trouble.text != "" {
		facts = append(facts, span{trouble.style, " ·" + trouble.text})
	}
	return facts
}

// feedDetail is what is known of a feed.
func (m Model) feedDetail(w *lineWriter, h *feedHealth, most int) []string {
	lines := m.feedHour(w, h, most > maxFeedDetail/2)
	var words []span
	if h.state(m.now) != feed.Live {
		words = append(words, span{plain, cmp.Or(plainLine(h.status.Cause), h.lostCause)}, span{warn, cmp.Or(plainLine(h.status.Advice), h.lostAdvice)})
	}
	words = append(words, span{warn, m.troubleOf(h).words + withSeparator(": ", plainLine(strings.Join(m.shownFold().Suspected(h.name), ", ")))}, span{warn, cmp.Or(plainLine(h.found.Problem), h.recentNotice(m.now))}, span{warn, h.mapAdvice(m.keys)}, span{muted, h.url + redirectText(h.status)})
	lines = append(lines, w.wrapped(words, most)...)
	lines = append(lines, w.indented(wrapSpans(m.feedFacts(h), w.width-2*gutter, 3), gutter)...)
	words = []span{{bad, withSeparator("the last decode error: ", h.lastDecodeError)}}
	for _, reason := range h.unmappedReasons.top() {
		words = append(words, span{warn, "not mapped" + withSeparator(", ", repeatsText(h.unmappedReasons[reason])) + ": " + plainLine(reason)})
	}
	lines = append(lines, w.wrapped(words, most)...)
	return lines[:min(len(lines), max(most, 0))]
}

// feedHour is the last hour of a feed on a line, and below it, on the same axis, its rate and its delay.
func (m Model) feedHour(w *lineWriter, h *feedHealth, inFull bool) (lines []string) {
	from, to := m.now.Add(-time.Hour).Local().Format("15:04"), m.now.Local().Format("15:04")
	rate, _, _ := h.liveWords(m.now)
	late, st := h.delay.percentilesText(m.now)
	width := max(min(w.width-gutter-len("00:00 ")-2-max(len(to), cells(late)+1), 2*maxTimeLine), 0)
	line := func(name string, course []span, words string, st style) {
		w.writeBlanks(gutter)
		w.writeLeft(muted, name, len("00:00 "))
		w.writeSpans(course)
		w.write(st, " "+words)
		lines = append(lines, w.endLine())
	}
	hour := h.history.hour(h.state(m.now), m.now, width)
	line(from, h.history.timeLine(h.state(m.now), m.now, width), to, muted)
	if rates := historySpark(hour, historySlot.rate); inFull && rates != "" {
		line("rate", []span{{muted, rates}}, strings.TrimSpace(rate), plain)
	}
	if delays := historySpark(hour, historySlot.delay); inFull && delays != "" {
		line("delay", []span{{muted, delays}}, late, st)
	}
	return lines
}

// feedFacts are the counts of a feed, and what it can resume from.
func (m Model) feedFacts(h *feedHealth) []span {
	facts := []string{humanize.Plural(h.messages, "event")}
	if late, _ := h.delay.percentilesText(m.now); late == "" && h.messages > 0 && h.state(m.now) == feed.Live {
		facts = append(facts, "delay not known")
	}
	if gaps := h.account.text(m.now); gaps != "" {
		facts = append(facts, "today "+gaps+", "+h.account.missedText())
	} else {
		facts = append(facts, "no gap today")
	}
	for _, count := range []struct {
		n    uint64
		noun string
	}{{h.duplicates, "duplicate"}, {h.decodeErrors, "decode error"}} {
		if count.n > 0 {
			facts = append(facts, humanize.Plural(count.n, count.noun))
		}
	}
	switch {
	case h.lastID != "":
		facts = append(facts, "last id "+truncate(plainLine(h.lastID), stripCause*2))
	case h.messages > 0:
		facts = append(facts, "no ids: it cannot resume")
	}
	if h.status.Retry > 0 {
		facts = append(facts, "retry: "+humanize.Duration(h.status.Retry))
	}
	if h.status.Protocol != "" {
		facts = append(facts, strings.TrimSuffix(h.status.Protocol, ".0"), cmp.Or(h.status.Compression, "no compression"))
	}
	if n := h.status.Connections; n > 1 {
		facts = append(facts, fmt.Sprintf("%d connections", n))
	}
	if h.isGuessed() {
		facts = append(facts, guessSign+" guessed map")
	}
	spans := []span{{muted, facts[0]}}
	for _, fact := range facts[1:] {
		spans = append(spans, span{muted, " · " + fact})
	}
	return spans
}

// feedContent is what a feed is and how it is treated, as its configuration says it.
func (m Model) feedContent() []string {
	w, h := newLineWriter(m.theme, m.width), m.feeds.byName(m.listedFeed)
	if h == nil || h.definition == "" {
		return w.wrapped([]span{{muted, "Nothing is known about how it is configured."}}, 1)
	}
	return yamlLines(w, h.definition)
}
