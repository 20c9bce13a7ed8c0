package ui

const (
	helpColumn = 30 // cells for keys and what they do
	helpName   = 10 // of these, for the keys
)

// helpEntry is a cell of the table of keys: a key and what it does, or the place of those below it.
type helpEntry struct {
	place      keyPlace
	keys, does string
}

// helpEntries are the keys that work in this run, place by place.
func (m Model) helpEntries() []helpEntry {
	var all []helpEntry
	var place keyPlace
	inRun := m.allKeys.actions()
	for i, a := range m.keys.actions() {
		if !inRun[i].binding.Enabled() {
			continue
		}
		if a.place != place {
			place = a.place
			all = append(all, helpEntry{place: place})
		}
		all = append(all, helpEntry{keys: keyNamesOf(*a.binding), does: a.binding.Help().Desc})
	}
	return all
}

// helpTable is the table of keys, from left to right and from top to bottom.
func (m Model) helpTable(w *lineWriter) []string {
	columns := max((m.width-gutter)/helpColumn, 1)
	all := m.helpEntries()
	height := (len(all) + columns - 1) / columns
	var lines []string
	for row := range height {
		w.writeBlanks(gutter)
		for i := row; i < len(all); i += height {
			if e := all[i]; e.place != "" {
				w.writeLeft(title, spaces(helpName+2)+string(e.place), helpColumn)
			} else {
				w.writeRight(keyStyle, e.keys, helpName)
				w.writeLeft(muted, "  "+e.does, helpColumn-helpName)
			}
		}
		lines = append(lines, w.endLine())
	}
	return lines
}

func (m Model) viewPage(height int) []string {
	area := m.overlayArea(height)
	where := ""
	if m.page.total > m.page.height {
		where = positionText(m.page)
	}
	name := map[overlay]string{helpOverlay: "Keys", mapOverlay: "Map of " + m.mapPage.feed, eventOverlay: "Raw event", feedOverlay: "Feed " + m.listedFeed}[m.overlay]
	lines := []string{paneTitleLine(newLineWriter(m.theme, m.width), area, name, where, keyLabel(m.keys.back)+" closes")}
	text := m.pageContent()
	return padLines(append(lines, m.markMatches(text[min(m.page.top, len(text)):min(m.page.end(), len(text))])...), height)
}

func (m Model) pageContent() []string {
	switch m.overlay {
	case mapOverlay:
		return m.mapContent()
	case eventOverlay:
		return m.eventContent()
	case feedOverlay:
		return m.atPresent().feedContent()
	}
	return m.helpContent()
}

func (m Model) helpContent() []string {
	w := newLineWriter(m.theme, m.width)
	lines := append(m.helpTable(w), "", paneTitleLine(w, drawContext{}, "Signs", "", ""))
	return append(lines, m.legend(w)...)
}

const sampleFolded = "0.0₅1" // of a price with its zeros folded

func (m Model) legend(w *lineWriter) []string {
	var lines []string
	for _, s := range m.signs() {
		name := s[0]
		if name == sampleFolded && m.prices.widths.format.unfolded {
			continue
		}
		for _, words := range wrap(s[1], m.width-gutter-helpName-2, len(s[1])) {
			w.writeBlanks(gutter)
			w.writeRight(keyStyle, name, helpName)
			w.write(muted, "  "+words)
			lines, name = append(lines, w.endLine()), ""
		}
	}
	return lines
}

// signs are the signs and words of the screen, with what they mean.
func (m Model) signs() [][2]string {
	return [][2]string{
		{"▲▼", "direction of the last change of price"},
		{pinSign, "pinned"},
		{"▾▴", "rows are sorted by this column: the largest first, the smallest first"},
		{haltedSign, "not being traded, as CHG% says; the details and the news have the reason"},
		{midSign, "midpoint of bid and ask: the feed gives no last price"},
		{outsideSign, "the last price is outside bid and ask: one of them is old"},
		{"desk +2", "FEED of folded rows: the feed that gives LAST, and how many others count; BID and ASK are the best of all these"},
		{"+40 ms", "PEERS: the feed is first with at least three in four prices, this much ahead of the next; known after 8 shared prices"},
		{apartSign + " +30 bp", "PEERS: the feed is off its peers by this many basis points (hundredths of a percent), for seconds and by more than the spread; apart: it is not known which of two feeds is right"},
		{crossedSign, "PEERS: the best bid is above the best ask of another feed"},
		{behindSign + " 12s", "PEERS: the price of the feed stands still while its peers' move; it does not count"},
		{missing, "the feed has not given this number"},
		{sampleFolded, "five zeros after the point, then 1; the details have all digits of every number"},
		{"K M B T", "thousands, millions, billions, trillions; the details have all digits"},
		{"° ¹ *", "change from the open, from the first price seen, or as the feed gives it, where others are from the previous close; ¹ also marks a range of the prices seen"},
		{"p", "SPREAD in pips, of a pair of major currencies"},
		{"est.", "computed from the trades seen since livetape started"},
		{"AGE", "age of the price, by its own time if that is older than usual for the feed; cells fade as they age, and all fade when the feed is not live"},
		{notLiveSign, "the feed of this row is not live: the line above says why"},
		{"●", "LIVE: the stream is open, and events come"},
		{"◐", "CONNECTING: the server has not answered yet"},
		{"↻", "RETRY: the stream is lost; when the next try is, and why the last one failed"},
		{"■", "CLOSED: by the server or by you; FINISHED: the feed has ended"},
		{"✕", "FAILED: trying again would not help; the words after it say what would"},
		{"PAUSED", "the screen stands still; what arrives meanwhile is kept and counted"},
		{"REWIND", "the screen as it was; what arrives meanwhile is kept and counted; the line of feeds shows the present"},
		{"REC 1.2 MB", "what arrives is being recorded, this much so far"},
		{"!", "an important headline; CORRECTED: the headline was changed"},
		{unreadSign + " 12:03", "a headline that came since you were last in the news"},
		{"◌", "QUIET: bytes come, but no events for far longer than is usual for the feed; SILENT: nothing comes"},
		{"┄┄", "a gap in the stream, and what is known to be missing"},
		{sampleSpark(), "the price between its lowest and highest in that time; ┄ where there was no stream"},
		{"┃║", "a candle of the chart: the price rose, or fell, from its open; ─ no price came"},
		{"░", "in the chart: there was no stream"},
		{"▸", "in the chart: the last price"},
		{"bid ask", "on the tape: a trade at the bid, between, or at the ask of the quote before it; = at the price of the trade before"},
		{"? ✕", "in the event log: not mapped to prices or news; could not be used"},
		{guessSign, "read by a map that was guessed from the first events, until you confirm it: " + keyLabel(m.keys.showMap) + " shows it"},
	}
}
