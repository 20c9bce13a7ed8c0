package ui

import (
	"fmt"
	"strings"
	"time"

	"livetape/feed/market"
)

const (
	flashDuration = 400 * time.Millisecond
	freshUntil    = 5 * time.Second
	staleFrom     = 30 * time.Second

	minRows = 3 // that dividers leave
)

// tablePane is the table of prices or that of readings: a cursor over rows of the board, and the plan of the columns.
type tablePane struct {
	list
	columns  []column // that the user wants, from left to right
	widths   columnWidths
	planned  columnPlan
	trends   *trendLines
	titled   bool // there is room for a title above the column heads
	dividers int  // lines above rows that are not live
}

func newTablePane(readings, ascii bool) tablePane {
	return tablePane{columns: defaultColumns(), widths: columnWidths{readings: readings, format: priceFormat{unfolded: ascii}}, trends: &trendLines{}}
}

func (p tablePane) headLines(height int) int {
	switch {
	case height < 3:
		return 0
	case p.titled:
		return 2
	}
	return 1
}

// arrange makes the pane fit its rows and its size.
func (p tablePane) arrange(area drawContext, rows []*market.Row, feeds feedList, titled bool) tablePane {
	p.titled = titled
	head := p.headLines(area.height)
	p.dividers = min(feeds.dividers(rows, area.now), max(area.height-head-minRows, 0))
	p.list = p.fit(area.height-head-p.dividers, len(rows))
	p.planned = p.widths.plan(p.planned, columnPlan{wanted: p.columns, line: area.width, rows: len(rows), manyFeeds: area.manyFeeds})
	return p
}

// rowAt is the row that stands on a line below the heads of the columns, or -1.
func (p tablePane) rowAt(line int, rows []*market.Row, feeds feedList, now time.Time) int {
	from, _ := feeds.notLiveFrom(rows, now)
	for at, dividers := p.top, p.dividers; at < min(p.end(), len(rows)); at++ {
		if begins := at == p.top || at == from || rows[at-1].Feed != rows[at].Feed; dividers > 0 && at >= from && begins {
			if line == 0 {
				return -1
			}
			line, dividers = line-1, dividers-1
		}
		if line == 0 {
			return at
		}
		line--
	}
	return -1
}

// view draws the pane in exactly area.height lines.
func (p tablePane) view(area drawContext, rows []*market.Row, feeds feedList) []string {
	t := p.newTable(area, rows, feeds)
	lines := make([]string, 0, area.height)
	if p.headLines(area.height) == 2 {
		lines = append(lines, t.title(p.list, rows, feeds))
	}
	if p.headLines(area.height) > 0 {
		lines = append(lines, t.columnHeads())
	}
	from, _ := feeds.notLiveFrom(rows, area.now)
	dividers := p.dividers
	for i := range t.rows {
		at, r := p.top+i, t.rows[i].Row
		if begins := i == 0 || at == from || rows[at-1].Feed != r.Feed; dividers > 0 && at >= from && begins {
			lines = append(lines, t.notLiveLine(r, feeds.byName(r.Feed)))
			dividers--
		}
		t.w.selected = area.focused && at == p.cursor
		lines = append(lines, t.rowLine(&t.rows[i]))
	}
	return padLines(lines, area.height)
}

// newTable is the table of the rows on screen, and of as many more as dividers leave room for.
func (p tablePane) newTable(area drawContext, rows []*market.Row, feeds feedList) *priceTable {
	t := &priceTable{
		drawContext: area, w: newLineWriter(area.theme, area.width), widths: &p.widths, columns: p.widths.layOut(p.planned),
		trends: p.trends, span: newSparkSpan(elapsed(area.until, p.widths.since)),
	}
	shown := rows[p.top:max(min(p.end()+p.dividers, len(rows)), p.top)]
	t.rows = make([]tableRow, 0, len(shown))
	for _, r := range shown {
		h := feeds.byName(r.Feed)
		row := newTableRow(r, h, area.now, p.widths.format)
		row.axis = area.sparkAxisFor(r, h)
		if row.feeds = area.fold.Symbol(r); row.feeds != nil {
			row.peers = peersSpan(row.feeds, area)
		}
		switch {
		case !row.isLive && r.Feed != "":
			row.sign = notLiveSign
		case row.text.tag != "" && !t.columns.arrow:
			row.sign = haltedSign
		case row.peers.style == warn:
			row.sign, _, _ = strings.Cut(row.peers.text, " ")
		}
		if area.alerts.isHighlighted(r, row.feeds, area.now) {
			row.styles.symbol = banner
		}
		t.rows = append(t.rows, row)
	}
	t.compareRows()
	if slots := t.columns.slots; len(slots) > 0 && slots[0].col == colSymbol {
		t.cutSymbols(slots[0].width)
	}
	return t
}

func (p tablePane) nextChange(rows []*market.Row, feeds feedList, now time.Time) time.Time {
	var next time.Time
	span := newSparkSpan(elapsed(now, p.widths.since))
	step := p.widths.layOut(p.planned).trendStep(span)
	for _, r := range rows[min(p.top, len(rows)):min(p.end(), len(rows))] {
		h := feeds.byName(r.Feed)
		since := newRowTimes(r, h)
		if !since.price.IsZero() {
			next = earliest(next, nextAgeChange(now, since.price))
		}
		moves := now.Sub(since.price) <= span.long+step || h != nil && now.Sub(h.status.Since) <= span.long+step
		if step > 0 && moves { // the spark line
			next = earliest(next, now.Truncate(step).Add(step))
		}
		for _, at := range [...]time.Time{r.Bid.At, r.Ask.At, r.Size.At, r.Volume.At} {
			if now.Sub(at) <= staleFrom {
				next = earliest(next, nextAgeChange(now, at))
			}
		}
		for _, c := range [...]*market.Cell{&r.Last, &r.Bid, &r.Ask} {
			if isFlashing(c, now) {
				next = earliest(next, c.Changed.Add(flashDuration))
			}
		}
	}
	return next
}

type priceTable struct {
	drawContext
	w       *lineWriter
	widths  *columnWidths
	columns columnLayout
	rows    []tableRow // on screen
	trends  *trendLines
	span    sparkSpan // of the spark lines

	bases [basisCount]bool // of the changes in all rows on screen
}

// compareRows finds out what the title can say for all rows at once.
func (t *priceTable) compareRows() {
	for i := range t.rows {
		text := &t.rows[i].text
		t.bases[text.basis] = t.bases[text.basis] || text.percent.IsSet()
	}
}

func (t *priceTable) title(l list, rows []*market.Row, feeds feedList) string {
	if t.widths.readings {
		return paneTitleLine(t.w, t.drawContext, "Readings", positionText(l), "CHG from the first value seen")
	}
	come := 0
	for _, r := range rows {
		if hasData(r) {
			come++
		}
	}
	where := positionText(l)
	switch waiting := l.total - come; {
	case waiting > 0 && l.total <= l.height:
		where = fmt.Sprintf("%d of %d", come, l.total)
	case waiting > 0:
		where += fmt.Sprintf(", %d without a price", waiting)
	}
	if t.held {
		where += ", order held"
	}
	if t.fold != nil && t.manyFeeds {
		where += ", feeds folded"
	}
	if len(rows) > 0 && feeds.dividers(rows, t.now) == 0 && !feeds.isLive(rows[0].Feed, t.now) {
		paneTitle(t.w, t.drawContext, "Prices", where)
		return t.notLiveLine(rows[0], feeds.byName(rows[0].Feed))
	}
	return paneTitleLine(t.w, t.drawContext, "Prices", where, withSeparator("CHG from ", t.basesText()))
}

// basesText says what changes are measured from, and the signs of those whose basis is not the first named.
func (t *priceTable) basesText() string {
	var all []string
	for basis, here := range t.bases {
		switch text := basisTexts[basis]; {
		case !here || text.inTitle == "":
		case len(all) == 0:
			all = append(all, text.inTitle)
		default:
			all = append(all, text.inRow+" from "+text.inTitle)
		}
	}
	return strings.Join(all, "; ")
}

// basisSign marks a change whose basis is not that which the title names first.
func (t *priceTable) basisSign(basis market.Basis) string {
	for _, here := range t.bases[:basis] {
		if here {
			return basisTexts[basis].inRow
		}
	}
	return ""
}

const basisCount = market.FromFeed + 1

// basisTexts are what a row and the title call the basis of a change.
var basisTexts = [basisCount]struct{ inRow, inTitle string }{
	market.FromPrevClose: {"", "previous close"},
	market.FromOpen:      {"°", "open"},
	market.FromFirstSeen: {"¹", "the first price seen"},
	market.FromFeed:      {"*", "what the feed compares with"},
}

func (t *priceTable) columnHeads() string {
	t.w.writeBlanks(gutter)
	gap := 0
	for _, s := range t.columns.slots {
		label, next := t.columnLabel(s), t.columns.gap
		if o := t.order; o.sorted && o.column == s.col {
			label += o.sign()
		}
		if over := max(cells(label)-s.width, 0); over > 0 && s.col.isText() { // the sign needs a cell of the gap
			s.width, next = s.width+over, next-over
		} else {
			s.width, gap = s.width+over, gap-over
		}
		t.w.writeBlanks(gap)
		gap = next
		switch s.col {
		case colSymbol, colFeed, colPeers, colName, colTrend, colRange:
			t.w.writeLeft(title, label, s.width)
		case colPercent:
			t.w.writeRight(title, label, s.width-1)
			t.w.writeBlanks(1)
		default:
			t.w.writeRight(title, label, s.width)
		}
	}
	return t.w.endLine()
}

func symbolLabel(readings bool) string {
	if readings {
		return "READING"
	}
	return "SYMBOL"
}

func (t *priceTable) columnLabel(s columnSlot) string {
	switch s.col {
	case colSymbol:
		return symbolLabel(t.widths.readings)
	case colTrend:
		return t.span.label
	case colRange:
		return t.widths.rangeLabel()
	}
	return [columns]string{
		colFeed: "FEED", colPeers: "PEERS", colName: "NAME", colLast: "LAST", colChange: "CHG", colPercent: "CHG%", colBid: "BID", colAsk: "ASK",
		colSpread: "SPREAD", colSize: "SIZE", colVolume: "VOL", colVWAP: "VWAP" + spaces(len(estimateNote)), colAge: "AGE",
	}[s.col]
}
