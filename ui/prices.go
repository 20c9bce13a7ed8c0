package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"livetape/feed/market"
)

const (
	flashTime  = 400 * time.Millisecond
	freshUntil = 5 * time.Second
	staleFrom  = 30 * time.Second
)

// frame is what a pane is drawn on.
type frame struct {
	styles        *styles
	now           time.Time
	width, height int
	focused       bool
}

// prices is the price table: a cursor over the board's rows, and the columns' room.
type prices struct {
	list
	widths    widths
	manyFeeds bool
	titled    bool // there is room for a title above the column heads
}

// heads is the number of lines above the first row.
func (p prices) heads(height int) int {
	switch {
	case height < 3:
		return 0
	case p.titled:
		return 2
	}
	return 1
}

// arrange takes the pane's height and the number of rows there are.
func (p prices) arrange(height, rows int, titled bool) prices {
	p.titled = titled
	p.list = p.fit(height-p.heads(height), rows)
	return p
}

// view draws the pane in exactly f.height lines.
func (p prices) view(f frame, rows []*market.Row, isLive func(feed string) bool) []string {
	pl := p.widths.plan(f.width, p.manyFeeds)
	pn := newPen(f.styles, f.width)
	shown := rows[p.top:max(min(p.end(), len(rows)), p.top)]
	d := priceLines{pen: pn, plan: pl, frame: f, faces: make([]face, len(shown))}
	for i, r := range shown {
		d.faces[i] = read(r)
	}
	d.learn()
	lines := make([]string, 0, f.height)
	if p.heads(f.height) == 2 {
		lines = append(lines, d.title(p.list))
	}
	if p.heads(f.height) > 0 {
		lines = append(lines, d.head())
	}
	for i, r := range shown {
		pn.selected = f.focused && p.top+i == p.cursor
		lines = append(lines, d.row(r, &d.faces[i], isLive(r.Feed)))
	}
	return pad(lines, f.height)
}

// priceLines draws the lines of one frame of the table.
type priceLines struct {
	frame
	pen   *pen
	plan  plan
	faces []face

	basis      market.Basis // of all rows shown, when they agree
	mixed      bool
	seen       bool // all ranges are since the start
	rangeMixed bool
}

// learn finds out what the column heads can say for all rows at once.
func (d *priceLines) learn() {
	ranges := 0
	for i := range d.faces {
		f := &d.faces[i]
		if f.basis != market.NoBasis {
			d.mixed = d.mixed || (d.basis != market.NoBasis && d.basis != f.basis)
			d.basis = f.basis
		}
		if f.low != "" {
			d.rangeMixed = d.rangeMixed || (ranges > 0 && d.seen != f.rangeSeen)
			d.seen = f.rangeSeen
			ranges++
		}
	}
}

func (d *priceLines) title(l list) string {
	right := ""
	switch {
	case d.mixed:
		right = "change: p from previous close, o from open, s from first seen"
	case d.basis != market.NoBasis:
		right = "change from " + basisWords(d.basis)
	}
	return rule(d.pen, d.frame, "Prices", place(l), right)
}

func basisWords(b market.Basis) string {
	switch b {
	case market.FromPrevClose:
		return "previous close"
	case market.FromOpen:
		return "open"
	}
	return "the first price seen"
}

// place says which rows of a list are on screen.
func place(l list) string {
	if l.total <= l.height || l.height == 0 {
		return strconv.Itoa(l.total)
	}
	return fmt.Sprintf("%d–%d of %d", l.top+1, l.end(), l.total)
}

// head names the columns.
func (d *priceLines) head() string {
	d.pen.space(gutter)
	for i, s := range d.plan.slots {
		if i > 0 {
			d.pen.space(d.plan.gap)
		}
		text := d.label(s)
		switch s.col {
		case colSymbol, colFeed, colName:
			d.pen.left(title, text, s.width)
		case colRange:
			d.pen.left(title, strings.Repeat(" ", max((s.width-len(text))/2, 0))+text, s.width)
		default:
			d.heading(s, text)
		}
	}
	return d.pen.end()
}

// heading stands over the digits that most numbers have, not over the tail of the longest.
func (d *priceLines) heading(s slot, text string) {
	tail := min(max(s.ext.fraction-3, 0), max(s.width-cells(text), 0))
	d.pen.right(title, text, s.width-tail)
	d.pen.space(tail)
}

func (d *priceLines) label(s slot) string {
	switch s.col {
	case colSymbol:
		return "SYMBOL"
	case colFeed:
		return "FEED"
	case colName:
		return "NAME"
	case colLast:
		return "LAST"
	case colChange:
		return "CHG"
	case colPercent:
		return d.percentLabel()
	case colBid:
		return "BID"
	case colAsk:
		return "ASK"
	case colVolume:
		return "VOLUME"
	case colRange:
		if d.seen && !d.rangeMixed {
			return "SEEN RANGE"
		}
		return "RANGE"
	}
	return "AGE"
}

func (d *priceLines) percentLabel() string {
	switch {
	case d.mixed || d.basis == market.NoBasis:
		return "CHG%"
	case d.basis == market.FromPrevClose:
		return "VS CLOSE"
	case d.basis == market.FromOpen:
		return "VS OPEN"
	}
	return "VS FIRST"
}

// row draws one symbol.
func (d *priceLines) row(r *market.Row, f *face, isLive bool) string {
	t := d.tone(r, isLive)
	if d.pen.selected {
		d.pen.put(accent, "▌ ")
	} else {
		d.pen.space(gutter)
	}
	for i, s := range d.plan.slots {
		if i > 0 {
			d.pen.space(d.plan.gap)
		}
		d.cell(s, r, f, t)
	}
	return d.pen.end()
}

// tone is how a row's inks fade with its age.
type tone struct {
	symbol, number, quiet, age ink
	up, down                   ink
	faded                      bool
}

func (d *priceLines) tone(r *market.Row, isLive bool) tone {
	old := since(d.now, r.Updated)
	switch {
	case !isLive:
		return tone{symbol: stale, number: stale, quiet: stale, age: warn, up: stale, down: stale, faded: true}
	case old >= staleFrom:
		return tone{symbol: stale, number: stale, quiet: stale, age: stale, up: stale, down: stale, faded: true}
	case old >= freshUntil:
		return tone{symbol: plain, number: plain, quiet: muted, age: muted, up: up, down: down}
	}
	return tone{symbol: strong, number: plain, quiet: muted, age: muted, up: up, down: down}
}

func (t tone) sign(sign int) ink {
	switch {
	case sign > 0:
		return t.up
	case sign < 0:
		return t.down
	}
	return t.quiet
}

func (d *priceLines) cell(s slot, r *market.Row, f *face, t tone) {
	switch s.col {
	case colSymbol:
		d.pen.left(t.symbol, r.Symbol, s.width)
	case colFeed:
		d.pen.left(t.quiet, r.Feed, s.width)
	case colName:
		d.name(s, f, t)
	case colLast:
		d.last(s, r, f, t)
	case colChange:
		d.number(s.ext, s.width, f.change, t.sign(signOf(f.change)))
	case colPercent:
		d.percent(s, f, t)
	case colBid:
		d.cellNumber(s, &r.Bid, f.bid, t)
	case colAsk:
		d.cellNumber(s, &r.Ask, f.ask, t)
	case colVolume:
		d.number(s.ext, s.width, f.volume, t.quiet)
	case colRange:
		d.span(s, f, t)
	case colAge:
		d.pen.right(t.age, age(d.now, r.Updated), s.width)
	}
}

func signOf(number string) int {
	switch {
	case strings.HasPrefix(number, "+"):
		return 1
	case strings.HasPrefix(number, "-"):
		return -1
	}
	return 0
}

// name draws the name, or what keeps the symbol from trading.
func (d *priceLines) name(s slot, f *face, t tone) {
	if f.tag == "" {
		d.pen.left(t.quiet, f.name, s.width)
		return
	}
	tag := f.tag
	if cells(tag) > s.width {
		tag = ansi.Truncate(tag, s.width, "…")
	}
	d.pen.put(f.tagInk, tag)
	d.pen.left(t.quiet, join(" ", f.name), s.width-cells(tag))
}

// last draws the price with its direction; the digits that just changed light up.
func (d *priceLines) last(s slot, r *market.Row, f *face, t tone) {
	arrow := " "
	switch {
	case r.Tick > 0:
		arrow = "▲"
	case r.Tick < 0:
		arrow = "▼"
	}
	d.pen.put(t.sign(r.Tick), arrow)
	mid := " "
	if f.mid {
		mid = "≈"
	}
	d.pen.put(t.quiet, mid)
	width := s.width - arrowCells
	if f.mid || t.faded || !flashing(&r.Last, d.now) {
		d.number(s.ext, width, f.price, t.number)
		return
	}
	k := upFlash
	if r.Tick < 0 {
		k = downFlash
	}
	d.flash(s.ext, width, f.price, lit{t.number, k, changedFrom(r.Last.Prev.String(), f.price)})
}

// cellNumber draws a bid or an ask.
func (d *priceLines) cellNumber(s slot, c *market.Cell, text string, t tone) {
	if t.faded || !flashing(c, d.now) {
		d.number(s.ext, s.width, text, t.number)
		return
	}
	d.flash(s.ext, s.width, text, lit{t.number, flatFlash, changedFrom(c.Prev.String(), text)})
}

// flashing reports whether a number changed just now.
func flashing(c *market.Cell, now time.Time) bool {
	return !c.Changed.IsZero() && now.Before(c.Changed.Add(flashTime))
}

// percent draws the change in percent, and its basis when rows differ; a symbol that does not trade says so
// here when there is no room for names.
func (d *priceLines) percent(s slot, f *face, t tone) {
	if f.tag != "" && !d.plan.byName {
		d.pen.right(f.tagInk, f.tag, s.width)
		return
	}
	mark := ""
	if d.mixed {
		mark = [...]string{"", "p", "o", "s"}[f.basis]
	}
	d.number(s.ext, s.width-1, f.percent, t.sign(signOf(f.percent)))
	d.pen.left(t.quiet, mark, 1)
}

// lit is an ink for a number and one for its digits from a place on.
type lit struct {
	ink, flash ink
	from       int
}

// number draws a number with its decimal point where the column has it.
func (d *priceLines) number(e extent, width int, text string, k ink) {
	d.flash(e, width, text, lit{k, k, len(text)})
}

// flash draws a number whose digits from a place on are lit.
func (d *priceLines) flash(e extent, width int, text string, l lit) {
	if text == "" {
		before := max(width-e.fraction-1, 0)
		d.pen.space(before)
		d.pen.left(muted, missing, width-before)
		return
	}
	before, text := align(e, width, text)
	d.pen.space(before)
	from := min(l.from, len(text))
	d.pen.put(l.ink, text[:from])
	d.pen.put(l.flash, text[from:])
	d.pen.space(width - before - cells(text))
}

// align is the room before a number in a column, and the number itself. One that is too long loses digits
// after the point and shows it; one whose whole part does not fit is not shown at all, since
// what would be left of it is another number.
func align(e extent, width int, number string) (before int, text string) {
	whole, fraction := split(number)
	room := max(min(e.fraction, width-e.whole), 0)
	pointAt := width - room
	switch {
	case len(whole) > pointAt, room == 0 && fraction != "" && len(whole) == pointAt:
		return max(pointAt-1, 0), "…"
	case len(fraction) <= room:
		return pointAt - len(whole), number
	case room == 0:
		return pointAt - len(whole) - 1, whole + "…"
	}
	return pointAt - len(whole), whole + fraction[:room-1] + "…"
}

// span draws the range as numbers, with a picture of where the price stands when there is room.
func (d *priceLines) span(s slot, f *face, t tone) {
	if f.low == "" || f.high == "" {
		d.pen.space(s.width / 2)
		d.pen.left(muted, missing, s.width-s.width/2)
		return
	}
	d.pen.right(t.quiet, f.low, s.ext.whole)
	if d.plan.bar {
		d.bar(f, t)
	} else {
		d.pen.put(t.quiet, "–")
	}
	d.pen.left(t.quiet, f.high, s.ext.fraction)
}

// bar draws where between low and high the price stands.
func (d *priceLines) bar(f *face, t tone) {
	at := position(f.low, f.high, f.price)
	d.pen.space(1)
	d.pen.put(stale, strings.Repeat("─", at))
	d.pen.put(t.number, "●")
	d.pen.put(stale, strings.Repeat("─", barCells-1-at))
	d.pen.space(1)
}

// position is the cell of a bar for a price; a picture needs no exact number.
func position(low, high, price string) int {
	l, errLow := strconv.ParseFloat(low, 64)
	h, errHigh := strconv.ParseFloat(high, 64)
	p, errPrice := strconv.ParseFloat(price, 64)
	if errLow != nil || errHigh != nil || errPrice != nil || h <= l {
		return barCells / 2
	}
	return int(min(max((p-l)/(h-l), 0), 1) * (barCells - 1))
}

// changes is when the rows on screen will next look different by time alone; zero for never.
func (p prices) changes(rows []*market.Row, now time.Time) time.Time {
	var next time.Time
	for _, r := range rows[min(p.top, len(rows)):min(p.end(), len(rows))] {
		next = earlier(next, ages(now, r.Updated))
		for _, c := range [...]*market.Cell{&r.Last, &r.Bid, &r.Ask} {
			if flashing(c, now) {
				next = earlier(next, c.Changed.Add(flashTime))
			}
		}
	}
	return next
}
