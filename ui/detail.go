package ui

import (
	"slices"
	"strings"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

const detailLines = 9 // of the details with their title

// viewDetail draws all that is known of the selected row, headline or event.
func (m Model) viewDetail(t *shown, height int) []string {
	f := frame{m.styles, m.now, m.width, height, true}
	pn := newPen(m.styles, m.width)
	if m.focus == newsPane {
		lines := newsLines(t.stories, t.marks, m.news.cursor, m.news.cursor+1)
		if len(lines) == 1 && lines[0].story != nil {
			return storyDetail(pn, f, lines[0].story)
		}
		return explain(f, []span{{muted, "No headline is selected."}})
	}
	if entries := t.log.entries; m.focus == eventsPane && m.logPane.cursor < len(entries) {
		return eventDetail(pn, f, &entries[m.logPane.cursor])
	}
	if m.prices.cursor >= len(t.rows) {
		return explain(f, []span{{muted, "No symbol is selected."}})
	}
	return rowDetail(pn, f, t.rows[m.prices.cursor])
}

// fact is one number of a row with its own age.
type fact struct {
	name string
	cell *market.Cell
}

// facts are the numbers of a row.
func facts(r *market.Row) []fact {
	return []fact{
		{"Last", &r.Last}, {"Size", &r.Size}, {"Volume", &r.Volume},
		{"Bid", &r.Bid}, {"Ask", &r.Ask}, {"Prev close", &r.PrevClose},
		{"Open", &r.Open}, {"High", &r.High}, {"Low", &r.Low},
	}
}

// factColumn is facts below each other, and the room that their names and all of them need.
type factColumn struct {
	facts       []fact
	name, width int
}

// layFacts puts facts into as many columns as have room without cutting a number. Where three have none, those
// that the feed never gave are left out.
func layFacts(all []fact, width int) []factColumn {
	for n := 3; ; n-- {
		var columns []factColumn
		needed, widest := gutter, 0
		for part := range slices.Chunk(all, max((len(all)+n-1)/n, 1)) {
			c := factColumnOf(part)
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
		given := slices.DeleteFunc(slices.Clone(all), func(x fact) bool { return !x.cell.Value.IsSet() })
		if len(given) > 0 {
			all = given
		}
	}
}

func factColumnOf(all []fact) factColumn {
	c := factColumn{facts: all}
	value := 0
	for _, x := range all {
		c.name = max(c.name, len(x.name)+gutter)
		value = max(value, len(x.cell.Value.String()))
	}
	c.width = c.name + value + 2 + ageCells + gutter
	return c
}

// rowDetail draws a symbol's numbers, each with the time since the feed last said it.
func rowDetail(pn *pen, f frame, r *market.Row) []string {
	lines := []string{rule(pn, f, r.Symbol, join("· ", r.Name)+join(" · ", r.Currency), "esc closes")}
	if tag, k := haltTag(r.Halt); tag != "" {
		pn.space(gutter)
		pn.put(k, tag)
		pn.put(plain, join(": ", r.Halt.Reason))
		lines = append(lines, pn.end())
	}
	columns := layFacts(facts(r), f.width)
	for i := range columns[0].facts {
		pn.space(gutter)
		for _, c := range columns {
			if i < len(c.facts) {
				drawFact(pn, f, c, c.facts[i])
			}
		}
		lines = append(lines, pn.end())
	}
	lines = append(lines, rowFooter(pn, f, r))
	lines = append(lines, course(pn, "1 s", &r.Seconds), course(pn, "1 min", &r.Minutes))
	return pad(lines, f.height)
}

// rowDetailLines is the height at which nothing of a row's details is left out.
func rowDetailLines(r *market.Row, width int) int {
	n := 1 + len(layFacts(facts(r), width)[0].facts) + 3
	if tag, _ := haltTag(r.Halt); tag != "" {
		n++
	}
	return max(n, detailLines)
}

// drawFact draws a fact and the rest of its column; a number that no column has room for is not drawn in part.
func drawFact(pn *pen, f frame, c factColumn, x fact) {
	end := pn.used + c.width
	pn.left(muted, x.name, c.name)
	value := x.cell.Value.String()
	switch {
	case value == "":
		pn.put(muted, missing)
	case pn.used+len(value) > pn.width:
		pn.put(strong, "…")
	default:
		pn.put(strong, value)
		if words := "  " + humanize.Age(since(f.now, x.cell.At)); pn.used+len(words) <= pn.width {
			pn.put(muted, words)
		}
	}
	pn.space(end - pn.used)
}

// rowFooter says how often and when the feed spoke of the symbol, in the fullest wording that has room.
func rowFooter(pn *pen, f frame, r *market.Row) string {
	pn.space(gutter)
	quotes, last, stamp, by := humanize.Plural(r.Count, "quote"), ", the last "+humanize.Age(since(f.now, r.Updated))+" ago", "", ""
	if !r.Quoted.IsZero() {
		stamp, by = ", stamped "+clock(r.Quoted, f.now), " by the feed"
	}
	wordings := [...]string{quotes + " from " + r.Feed + last + stamp + by, quotes + last + stamp, quotes + last, quotes}
	for _, words := range wordings {
		if pn.used+cells(words) <= pn.width {
			pn.put(muted, words)
			break
		}
	}
	return pn.end()
}

// course draws the closes of the last bars.
func course(pn *pen, name string, bars *market.Bars) string {
	pn.space(gutter)
	pn.left(muted, name, 7)
	room := pn.width - pn.used - 1
	from := max(bars.Len()-room, 0)
	var closes []string
	for i := from; i < bars.Len(); i++ {
		closes = append(closes, bars.At(i).Close.String())
	}
	pn.put(accent, spark(closes))
	return pn.end()
}

// storyDetail draws a headline in full.
func storyDetail(pn *pen, f frame, s *market.Story) []string {
	lines := []string{rule(pn, f, orElse(s.Source, "News"), strings.Join(s.Symbols, " "), "esc closes")}
	for _, part := range []span{{strong, s.Title}, {plain, s.Summary}, {accent, s.URL}} {
		for _, line := range wrap(part.text, f.width-4, f.height) {
			pn.space(gutter)
			pn.put(part.ink, line)
			lines = append(lines, pn.end())
		}
	}
	pn.space(gutter)
	pn.put(muted, storyTimes(f, s))
	return pad(append(lines, pn.end()), f.height)
}

func storyTimes(f frame, s *market.Story) string {
	words := "arrived " + clock(s.At, f.now)
	if !s.Time.IsZero() {
		words = "published " + clock(s.Time, f.now) + ", " + words
	}
	if s.Corrections > 0 {
		words += ", corrected " + clock(s.Corrected, f.now)
	}
	return words
}

// eventDetail draws an event of the log over as many lines as there are.
func eventDetail(pn *pen, f frame, e *entry) []string {
	lines := []string{rule(pn, f, e.at.Local().Format("15:04:05.000"), e.feed, "esc closes")}
	for _, part := range e.parts(maxData, true) {
		for _, line := range wrap(part.text, f.width-4, f.height) {
			pn.space(gutter)
			pn.put(part.ink, line)
			lines = append(lines, pn.end())
		}
	}
	return pad(lines, f.height)
}
