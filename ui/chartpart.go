package ui

import (
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed/market"
	"livetape/ui/chart"
	"livetape/ui/humanize"
)

// chartPane is the chart in the details.
type chartPane struct {
	candles *bool     // nil: candles where an interval is longer than a second
	pace    int       // of chartPaces, from 1; 0: what suits the time that the symbol has been watched
	cross   time.Time // the beginning of the interval under the cross-hair; zero for none
}

// parseChart reads what chartPane.String wrote.
func parseChart(text string) (p chartPane) {
	pace, kind, _ := strings.Cut(text, " ")
	p.pace, _ = strconv.Atoi(pace)
	p.pace = min(max(p.pace, 0), len(chartPaces()))
	if kind != "" {
		candles := kind == "candles"
		p.candles = &candles
	}
	return p
}

// String is what of the chart is kept for the next run: its pace, and its kind where the user chose one.
func (p chartPane) String() string {
	text := strconv.Itoa(p.pace)
	switch {
	case p.candles == nil:
		return text
	case *p.candles:
		return text + " candles"
	}
	return text + " line"
}

// chartPace is how long an interval of the chart is.
type chartPace struct {
	name  string
	bars  int // of a second, or a minute, that make one
	cells int // wide
	until time.Duration
	bySec bool
}

// chartPaces go from fast to slow. Until so long after the first price, a chart has its pace unless the user chose one.
func chartPaces() []chartPace {
	return []chartPace{
		{"1 s", 1, 1, 90 * time.Second, true}, {"10 s", 10, 2, 10 * time.Minute, true},
		{"1 min", 1, 1, 5 * time.Hour, false}, {"5 min", 5, 1, 0, false},
	}
}

// paceIndex is the place of the pace of a row's chart in chartPaces.
func (p chartPane) paceIndex(r *market.Row, now time.Time) int {
	paces := chartPaces()
	if p.pace > 0 {
		return p.pace - 1
	}
	if r.Minutes.Len() == 0 {
		return 0
	}
	watched := market.Elapsed(r.Minutes.At(0).Start, now)
	for i, pace := range paces {
		if watched < pace.until {
			return i
		}
	}
	return len(paces) - 1
}

func (p chartPane) drawsCandles(pace int) bool {
	if p.candles != nil {
		return *p.candles
	}
	return pace > 0
}

// intervals are those of a row at a pace, oldest first.
func (t sparkAxis) intervals(r *market.Row, pace chartPace, limit int) []market.Interval {
	bars := &r.Minutes
	if pace.bySec {
		bars = &r.Seconds
	}
	var all []market.Interval
	for i := range bars.Merged(pace.bars, t.until, limit, t.usualDelay, t.outages) {
		all = append(all, i)
	}
	return all
}

const (
	minChartLines  = 6 // with the title
	wantChartLines = 12
)

func chartPart(r *market.Row, h *feedHealth) detailPart {
	return detailPart{pane: focusChart, minimum: minChartLines, wanted: wantChartLines, grows: true, view: func(m Model, area drawContext) []string {
		return m.drawn.chart.draw(m.stateOfChart(area, r, h), func() []string { return m.viewChart(area, r, h) })
	}}
}

// newChart is the chart of a row in an area, of which the first line is the title.
func (m Model) newChart(area drawContext, r *market.Row, h *feedHealth) *chart.Chart {
	index := m.chart.paceIndex(r, area.until)
	pace := chartPaces()[index]
	width := area.width - 1
	price, _ := r.Price()
	all := area.sparkAxisFor(r, h).intervals(r, pace, max(width/pace.cells, 1))
	c := chart.Config{
		Width: width, Height: area.height - 1, Candles: m.chart.drawsCandles(index), CellsPerBar: pace.cells, Cross: -1,
		Last: price, Location: time.Local, Format: func(d market.Decimal) string { return fullNumber(d, r.Decimals()) },
	}
	if !m.chart.cross.IsZero() {
		for i := range all {
			if all[i].Start.Equal(m.chart.cross) {
				c.Cross = len(all) - 1 - i
			}
		}
	}
	return chart.New(c, all)
}

func (m Model) viewChart(area drawContext, r *market.Row, h *feedHealth) []string {
	w, c := newLineWriter(area.theme, area.width), m.newChart(area, r, h)
	lines := []string{m.chartTitle(w, area, r, c)}
	if c.Shown() == 0 {
		text := "No price has come yet: the chart starts with the first."
		if price, _ := r.Price(); price.IsSet() {
			text = "The prices have too many digits for a chart."
		}
		return append(lines, w.wrapped([]span{{muted, text}}, area.height-1)...)
	}
	for _, line := range c.Lines() {
		for _, s := range line {
			w.write(chartStyle(s.Style), s.Text)
		}
		lines = append(lines, w.endLine())
	}
	return lines
}

// chartTitle names the chart, and says how it can be changed, or what is under the cross-hair. Where nothing else names the
// symbol in full, it does.
func (m Model) chartTitle(w *lineWriter, area drawContext, r *market.Row, c *chart.Chart) string {
	kind, other := "line", "candles"
	if c.Candles {
		kind, other = other, kind
	}
	kind = chartPaces()[m.chart.paceIndex(r, area.until)].name + " " + kind
	name, where, right := r.Symbol+" "+kind, "", ""
	if area.focused {
		right = "[ ] pace · " + keyLabel(m.keys.chartKind) + " " + other
	}
	switch {
	case c.Cross >= 0 && c.Cross < c.Shown():
		right = crossText(c.At(c.Cross), r.Decimals(), area.width-cells(name)-9)
	case m.areDetailsBrief(m.shownData()):
		right = strings.TrimSuffix(kind+" · "+right, " · ")
		name, where = r.Symbol, truncate(quoteTitle(area, r), area.width-cells(r.Symbol+right)-8)
	}
	return paneTitleLine(w, area, name, where, right)
}

// chartStyle is what a style of the chart looks like.
func chartStyle(st chart.Style) style {
	return [...]style{
		chart.Blank: plain, chart.Up: up, chart.Down: down, chart.Quiet: muted, chart.Hole: stale, chart.Volume: muted,
		chart.Axis: muted, chart.Last: accent, chart.Cross: warn,
	}[st]
}

// crossText says what an interval is, as much as fits: its close first of all.
func crossText(i market.Interval, decimals, width int) string {
	at := i.Start.Local().Format(time.TimeOnly)
	if i.Hole {
		return at + " no stream"
	}
	price := func(d market.Decimal) string { return fullNumber(d, decimals) }
	if i.Count == 0 {
		return at + " no price, " + price(i.Close) + " before"
	}
	volume := withSeparator(" V ", humanize.Group(i.Volume.String()))
	long := at + " O " + price(i.Open) + " H " + price(i.High) + " L " + price(i.Low) + " C " + price(i.Close)
	for _, words := range []string{long + volume, long, at + " C " + price(i.Close) + volume} {
		if cells(words) <= width {
			return words
		}
	}
	return at + " " + price(i.Close)
}

// pressInChart handles a key of the chart; ok is false for another.
func (m Model) pressInChart(msg tea.KeyMsg) (_ Model, ok bool) {
	r, k := m.selectedRow(m.shownData()), m.keys
	if m.focus != focusChart || r == nil {
		return m, false
	}
	pace := m.chart.paceIndex(r, m.now)
	switch {
	case key.Matches(msg, k.chartKind):
		candles := !m.chart.drawsCandles(pace)
		m.chart.candles = &candles
	case key.Matches(msg, k.fasterPace):
		m.chart.pace, m.chart.cross = max(pace, 1), time.Time{}
	case key.Matches(msg, k.slowerPace):
		m.chart.pace, m.chart.cross = min(pace+2, len(chartPaces())), time.Time{}
	case key.Matches(msg, k.crossLeft):
		m = m.moveCross(r, 1)
	case key.Matches(msg, k.crossRight):
		m = m.moveCross(r, -1)
	default:
		return m, false
	}
	if m.chart.pace > 0 || m.chart.candles != nil {
		m.settings.keep("chart", m.chart.String())
	}
	return m, true
}

// setCross puts the cross-hair on the interval at a column of the chart.
func (m Model) setCross(column int) Model {
	if r := m.selectedRow(m.shownData()); r != nil {
		c := m.newChart(m.partArea(focusChart), r, m.feeds.byName(r.Feed))
		if n, ok := c.IntervalAt(column); ok {
			m.chart.cross = c.At(n).Start
		}
	}
	return m
}

// moveCross moves the cross-hair by so many intervals into the past. It comes in at the newest and leaves there.
func (m Model) moveCross(r *market.Row, by int) Model {
	c := m.newChart(m.partArea(focusChart), r, m.feeds.byName(r.Feed))
	at := c.Cross + by
	if m.chart.cross.IsZero() && by < 0 || c.Shown() == 0 {
		return m
	}
	if at < 0 {
		m.chart.cross = time.Time{}
		return m
	}
	m.chart.cross = c.At(min(at, c.Shown()-1)).Start
	return m
}
