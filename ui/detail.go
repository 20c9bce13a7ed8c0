package ui

import (
	"strings"

	"livetape/feed/market"
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

// rowDetail draws a symbol's numbers, each with the time since the feed last said it.
func rowDetail(pn *pen, f frame, r *market.Row) []string {
	lines := []string{rule(pn, f, r.Symbol, join("· ", r.Name)+join(" · ", r.Currency), "esc closes")}
	if tag, k := haltTag(r.Halt); tag != "" {
		pn.space(gutter)
		pn.put(k, tag)
		pn.put(plain, join(": ", r.Halt.Reason))
		lines = append(lines, pn.end())
	}
	for _, group := range [...][]fact{
		{{"Last", &r.Last}, {"Bid", &r.Bid}, {"Open", &r.Open}},
		{{"Size", &r.Size}, {"Ask", &r.Ask}, {"High", &r.High}},
		{{"Volume", &r.Volume}, {"Prev close", &r.PrevClose}, {"Low", &r.Low}},
	} {
		pn.space(gutter)
		for _, x := range group {
			drawFact(pn, f, x)
		}
		lines = append(lines, pn.end())
	}
	lines = append(lines, rowFooter(pn, f, r))
	lines = append(lines, course(pn, "1 s", &r.Seconds), course(pn, "1 min", &r.Minutes))
	return pad(lines, f.height)
}

func drawFact(pn *pen, f frame, x fact) {
	end := pn.used + (pn.width-gutter)/3
	pn.left(muted, x.name, 11)
	if x.cell.Value.IsSet() {
		pn.put(strong, x.cell.Value.String())
		pn.put(muted, "  "+age(f.now, x.cell.At))
	} else {
		pn.put(muted, missing)
	}
	pn.space(max(end-pn.used, 2))
}

// rowFooter says how often and when the feed spoke of the symbol.
func rowFooter(pn *pen, f frame, r *market.Row) string {
	pn.space(gutter)
	pn.put(muted, several(r.Count, "quote")+" from "+r.Feed+", the last "+age(f.now, r.Updated)+" ago")
	if !r.Quoted.IsZero() {
		pn.put(muted, ", stamped "+clock(r.Quoted, f.now)+" by the feed")
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
