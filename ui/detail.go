package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

// readsText reports whether the details are those of a headline or of an event of the log.
func (m Model) readsText() bool { return m.focus == focusNews || m.focus == focusLog }

// viewText draws the headline or the event under the cursor in full.
func (m Model) viewText(t *shownData, height int) []string {
	area := m.overlayArea(height)
	w := newLineWriter(m.theme, area.width)
	if entries := t.log.entries; m.focus == focusLog && m.logPane.cursor < len(entries) {
		return viewEventDetail(w, area, &entries[m.logPane.cursor])
	}
	lines := newsLines(t.stories, t.gapMarks, m.news.cursor, m.news.cursor+1)
	if len(lines) == 1 && lines[0].story != nil {
		return viewStoryDetail(w, area, lines[0].story)
	}
	return viewExplanation(area, []span{{muted, "No headline is selected."}})
}

func (m Model) quotePart(r *market.Row, h *feedHealth) detailPart {
	n := m.rowDetailHeight(r)
	return detailPart{pane: noPane, minimum: min(n, minDetailLines), wanted: n, view: func(area drawContext) []string {
		return viewRowDetail(newLineWriter(area.theme, area.width), area, r, h)
	}}
}

func (m Model) mapPart(h *feedHealth) detailPart {
	return detailPart{pane: noPane, minimum: 3, wanted: 20, second: true, view: func(area drawContext) []string {
		return mapLines(newLineWriter(area.theme, area.width), h)
	}}
}

type detailNumber struct {
	name  string
	cell  *market.Cell
	since time.Time // from which its age counts
}

func detailNumbers(r *market.Row, h *feedHealth) []detailNumber {
	since := newRowTimes(r, h)
	if r.IsReading {
		return []detailNumber{{"Value", &r.Last, since.price}}
	}
	return []detailNumber{
		{"Last", &r.Last, since.price}, {"Size", &r.Size, earliest(r.Size.At, since.price)}, {"Volume", &r.Volume, r.Volume.At},
		{"Bid", &r.Bid, earliest(r.Bid.At, since.quote)}, {"Ask", &r.Ask, earliest(r.Ask.At, since.quote)}, {"Prev close", &r.PrevClose, r.PrevClose.At},
		{"Open", &r.Open, r.Open.At}, {"High", &r.High, r.High.At}, {"Low", &r.Low, r.Low.At},
	}
}

type detailColumn struct {
	numbers          []detailNumber
	nameWidth, width int
}

// layOutNumbers arranges numbers in as many columns as fit without cutting one, three at most. Where three do not fit,
// numbers that the feed never gave are left out.
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
		if n == 1 || needed-gutter <= width { // the last column needs no gutter after it
			return columns
		}
		given := slices.DeleteFunc(slices.Clone(all), func(x detailNumber) bool { return !x.cell.Value.IsSet() })
		if len(given) > 0 {
			all = given
		}
	}
}

func newDetailColumn(all []detailNumber) detailColumn {
	c := detailColumn{numbers: all}
	value := 0
	for _, x := range all {
		c.nameWidth = max(c.nameWidth, len(x.name)+gutter)
		value = max(value, len(x.cell.Value.String()))
	}
	c.width = c.nameWidth + value + 2 + ageCells + gutter
	return c
}

func viewRowDetail(w *lineWriter, area drawContext, r *market.Row, h *feedHealth) []string {
	lines := []string{paneTitleLine(w, area, r.Symbol, withSeparator("· ", r.Name)+withSeparator(" · ", r.Currency), "esc closes")}
	if tag, st := haltTag(r.Halt); tag != "" {
		w.writeBlanks(gutter)
		w.write(st, tag)
		w.write(plain, withSeparator(": ", r.Halt.Reason))
		lines = append(lines, w.endLine())
	}
	columns := layOutNumbers(detailNumbers(r, h), area.width)
	for i := range columns[0].numbers {
		w.writeBlanks(gutter)
		for _, c := range columns {
			if i < len(c.numbers) {
				drawDetailNumber(w, area, c, c.numbers[i])
			}
		}
		lines = append(lines, w.endLine())
	}
	if r.IsReading {
		lines = append(lines, rangeLine(w, r))
	}
	lines = append(lines, quoteCountLine(w, area, r, h), trendLine(w, "1 s", area.sparkAxisFor(r, h), &r.Seconds), trendLine(w, "1 min", area.sparkAxisFor(r, h), &r.Minutes))
	return lines
}

func (m Model) rowDetailHeight(r *market.Row) int {
	n := 1 + len(layOutNumbers(detailNumbers(r, nil), m.layout.width)[0].numbers) + 3
	if tag, _ := haltTag(r.Halt); tag != "" || r.IsReading {
		n++
	}
	return n
}

// drawDetailNumber draws a number in its column. One that is too long for the line is not drawn in part.
func drawDetailNumber(w *lineWriter, area drawContext, c detailColumn, x detailNumber) {
	end := w.used + c.width
	w.writeLeft(muted, x.name, c.nameWidth)
	value := x.cell.Value.String()
	switch {
	case value == "":
		w.write(muted, missing)
	case w.used+len(value) > w.width:
		w.write(strong, "…")
	default:
		w.write(strong, value)
		if words := "  " + humanize.Age(elapsed(area.now, x.since)); w.used+len(words) <= w.width {
			w.write(muted, words)
		}
	}
	w.writeBlanks(end - w.used)
}

func rangeLine(w *lineWriter, r *market.Row) string {
	low, high, _ := r.Range()
	change, _, _ := r.Change()
	w.writeBlanks(gutter)
	w.write(muted, "Seen ")
	w.write(strong, low.String())
	w.write(muted, " to ")
	w.write(strong, high.String())
	w.write(muted, ", change ")
	w.write(strong, withPlus(change))
	return w.endLine()
}

// agesText says how old the trade, the quote and the receipt are.
func agesText(now time.Time, r *market.Row, h *feedHealth) string {
	since := newRowTimes(r, h)
	text := ""
	if r.Last.Value.IsSet() && !r.IsReading {
		text = "trade " + since.ageText(now) + " ago, "
	}
	if !since.quote.IsZero() {
		text += "quote " + humanize.Age(elapsed(now, since.quote)) + " ago, "
	}
	return text + "received " + humanize.Age(elapsed(now, r.Updated)) + " ago"
}

// quoteCountLine says how old and how many the quotes of the symbol are, in the longest wording that fits.
func quoteCountLine(w *lineWriter, area drawContext, r *market.Row, h *feedHealth) string {
	w.writeBlanks(gutter)
	noun := "quote"
	if r.IsReading {
		noun = "reading"
	}
	quotes, ages, stamp, by := humanize.Plural(r.Count, noun), agesText(area.now, r, h), "", ""
	if !r.Quoted.IsZero() {
		stamp, by = ", stamped "+timeText(r.Quoted, area.now), " by the feed"
	}
	wordings := [...]string{ages + " · " + quotes + " from " + r.Feed + stamp + by, ages + " · " + quotes + stamp, ages + " · " + quotes, ages}
	for _, words := range wordings {
		if w.used+cells(words) <= w.width {
			w.write(muted, words)
			break
		}
	}
	return w.endLine()
}

func trendLine(w *lineWriter, name string, t sparkAxis, bars *market.Bars) string {
	w.writeBlanks(gutter)
	w.writeLeft(muted, name, 7)
	w.write(accent, t.sparkline(bars, w.width-w.used-1))
	return w.endLine()
}

func viewStoryDetail(w *lineWriter, area drawContext, s *market.Story) []string {
	lines := []string{paneTitleLine(w, area, cmp.Or(s.Source, "News"), strings.Join(s.Symbols, " "), "esc closes")}
	lines = append(lines, w.wrapped([]span{{strong, s.Title}, {plain, s.Summary}, {accent, s.URL}}, area.height)...)
	w.writeBlanks(gutter)
	w.write(muted, storyTimesText(area, s))
	return padLines(append(lines, w.endLine()), area.height)
}

func storyTimesText(area drawContext, s *market.Story) string {
	words := "arrived " + timeText(s.At, area.now)
	if !s.Time.IsZero() {
		words = "published " + timeText(s.Time, area.now) + ", " + words
	}
	if s.Corrections > 0 {
		words += ", corrected " + timeText(s.Corrected, area.now)
	}
	return words
}

func viewEventDetail(w *lineWriter, area drawContext, e *logEntry) []string {
	lines := []string{paneTitleLine(w, area, e.at.Local().Format("15:04:05.000"), e.feed, "esc closes")}
	return padLines(append(lines, w.wrapped(e.spans(maxData, true), area.height)...), area.height)
}
