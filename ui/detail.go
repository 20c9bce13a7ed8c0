package ui

import (
	"slices"
	"strings"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

const minDetailLines = 9 // of the details with their title

// viewDetail draws all that is known of the selected row, headline or event.
func (m Model) viewDetail(t *content, height int) []string {
	f := drawArea{m.styles, m.now, m.width, height, true}
	pn := newLineWriter(m.styles, m.width)
	if m.focus == focusNews {
		lines := newsLines(t.stories, t.marks, m.news.cursor, m.news.cursor+1)
		if len(lines) == 1 && lines[0].story != nil {
			return viewStoryDetail(pn, f, lines[0].story)
		}
		return viewExplanation(f, []span{{muted, "No headline is selected."}})
	}
	if entries := t.log.entries; m.focus == focusLog && m.logPane.cursor < len(entries) {
		return viewEventDetail(pn, f, &entries[m.logPane.cursor])
	}
	if m.prices.cursor >= len(t.rows) {
		return viewExplanation(f, []span{{muted, "No symbol is selected."}})
	}
	return viewRowDetail(pn, f, t.rows[m.prices.cursor])
}

// detailNumber is one number of a row with its own age.
type detailNumber struct {
	name string
	cell *market.Cell
}

// detailNumbers are the numbers of a row.
func detailNumbers(r *market.Row) []detailNumber {
	return []detailNumber{
		{"Last", &r.Last}, {"Size", &r.Size}, {"Volume", &r.Volume},
		{"Bid", &r.Bid}, {"Ask", &r.Ask}, {"Prev close", &r.PrevClose},
		{"Open", &r.Open}, {"High", &r.High}, {"Low", &r.Low},
	}
}

// detailColumn is facts below each other, and the room that their names and all of them need.
type detailColumn struct {
	facts       []detailNumber
	name, width int
}

// layOutNumbers puts facts into as many columns as have room without cutting a number. Where three have none, those
// that the feed never gave are left out.
func layOutNumbers(all []detailNumber, width int) []detailColumn {
	for n := 3; ; n-- {
		var columns []detailColumn
		needed, widest := gutter, 0
		for part := range slices.Chunk(all, max((len(all)+n-1)/n, 1)) {
			c := newDetailColumn(part)
			columns = append(columns, c)
			needed, widest = needed+c.width, max(widest, c.width)
		}
		if even := (width - gutter) / n; widest <= even {
			for i := range columns {
				columns[i].width = even
			}
		}
		if n == 1 || needed-gutter <= width { // behind the last there is no gutter
			return columns
		}
		given := slices.DeleteFunc(slices.Clone(all), func(x detailNumber) bool { return !x.cell.Value.IsSet() })
		if len(given) > 0 {
			all = given
		}
	}
}

func newDetailColumn(all []detailNumber) detailColumn {
	c := detailColumn{facts: all}
	value := 0
	for _, x := range all {
		c.name = max(c.name, len(x.name)+gutter)
		value = max(value, len(x.cell.Value.String()))
	}
	c.width = c.name + value + 2 + ageCells + gutter
	return c
}

// viewRowDetail draws a symbol's numbers, each with the time since the feed last said it.
func viewRowDetail(pn *lineWriter, f drawArea, r *market.Row) []string {
	lines := []string{drawTitle(pn, f, r.Symbol, prefixed("· ", r.Name)+prefixed(" · ", r.Currency), "esc closes")}
	if tag, k := haltTag(r.Halt); tag != "" {
		pn.writeBlanks(gutter)
		pn.write(k, tag)
		pn.write(plain, prefixed(": ", r.Halt.Reason))
		lines = append(lines, pn.endLine())
	}
	columns := layOutNumbers(detailNumbers(r), f.width)
	for i := range columns[0].facts {
		pn.writeBlanks(gutter)
		for _, c := range columns {
			if i < len(c.facts) {
				drawDetailNumber(pn, f, c, c.facts[i])
			}
		}
		lines = append(lines, pn.endLine())
	}
	lines = append(lines, drawQuoteCount(pn, f, r))
	lines = append(lines, drawSparkline(pn, "1 s", &r.Seconds), drawSparkline(pn, "1 min", &r.Minutes))
	return padLines(lines, f.height)
}

// rowDetailHeight is the height at which nothing of a row's details is left out.
func rowDetailHeight(r *market.Row, width int) int {
	n := 1 + len(layOutNumbers(detailNumbers(r), width)[0].facts) + 3
	if tag, _ := haltTag(r.Halt); tag != "" {
		n++
	}
	return max(n, minDetailLines)
}

// drawDetailNumber draws a fact and the rest of its column; a number that no column has room for is not drawn in part.
func drawDetailNumber(pn *lineWriter, f drawArea, c detailColumn, x detailNumber) {
	end := pn.used + c.width
	pn.writeLeft(muted, x.name, c.name)
	value := x.cell.Value.String()
	switch {
	case value == "":
		pn.write(muted, missing)
	case pn.used+len(value) > pn.width:
		pn.write(strong, "…")
	default:
		pn.write(strong, value)
		if words := "  " + humanize.Age(elapsed(f.now, x.cell.At)); pn.used+len(words) <= pn.width {
			pn.write(muted, words)
		}
	}
	pn.writeBlanks(end - pn.used)
}

// drawQuoteCount says how often and when the feed spoke of the symbol, in the fullest wording that has room.
func drawQuoteCount(pn *lineWriter, f drawArea, r *market.Row) string {
	pn.writeBlanks(gutter)
	quotes, last, stamp, by := humanize.Plural(r.Count, "quote"), ", the last "+humanize.Age(elapsed(f.now, r.Updated))+" ago", "", ""
	if !r.Quoted.IsZero() {
		stamp, by = ", stamped "+timeText(r.Quoted, f.now), " by the feed"
	}
	wordings := [...]string{quotes + " from " + r.Feed + last + stamp + by, quotes + last + stamp, quotes + last, quotes}
	for _, words := range wordings {
		if pn.used+cells(words) <= pn.width {
			pn.write(muted, words)
			break
		}
	}
	return pn.endLine()
}

// drawSparkline draws the closes of the last bars.
func drawSparkline(pn *lineWriter, name string, bars *market.Bars) string {
	pn.writeBlanks(gutter)
	pn.writeLeft(muted, name, 7)
	room := pn.width - pn.used - 1
	from := max(bars.Len()-room, 0)
	var closes []string
	for i := from; i < bars.Len(); i++ {
		closes = append(closes, bars.At(i).Close.String())
	}
	pn.write(accent, sparkline(closes))
	return pn.endLine()
}

// viewStoryDetail draws a headline in full.
func viewStoryDetail(pn *lineWriter, f drawArea, s *market.Story) []string {
	lines := []string{drawTitle(pn, f, firstNonEmpty(s.Source, "News"), strings.Join(s.Symbols, " "), "esc closes")}
	for _, part := range []span{{strong, s.Title}, {plain, s.Summary}, {accent, s.URL}} {
		for _, line := range wrap(part.text, f.width-4, f.height) {
			pn.writeBlanks(gutter)
			pn.write(part.ink, line)
			lines = append(lines, pn.endLine())
		}
	}
	pn.writeBlanks(gutter)
	pn.write(muted, storyTimesText(f, s))
	return padLines(append(lines, pn.endLine()), f.height)
}

func storyTimesText(f drawArea, s *market.Story) string {
	words := "arrived " + timeText(s.At, f.now)
	if !s.Time.IsZero() {
		words = "published " + timeText(s.Time, f.now) + ", " + words
	}
	if s.Corrections > 0 {
		words += ", corrected " + timeText(s.Corrected, f.now)
	}
	return words
}

// viewEventDetail draws an event of the log over as many lines as there are.
func viewEventDetail(pn *lineWriter, f drawArea, e *logEntry) []string {
	lines := []string{drawTitle(pn, f, e.at.Local().Format("15:04:05.000"), e.feed, "esc closes")}
	for _, part := range e.spans(maxData, true) {
		for _, line := range wrap(part.text, f.width-4, f.height) {
			pn.writeBlanks(gutter)
			pn.write(part.ink, line)
			lines = append(lines, pn.endLine())
		}
	}
	return padLines(lines, f.height)
}
