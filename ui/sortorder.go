package ui

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
	"livetape/feed/market"
)

// sortOrder is by what rows are sorted. Zero is the order of the feeds and their symbols.
type sortOrder struct {
	column     column
	sorted     bool
	descending bool
}

// String is the order as settings have it: a column, behind - if the largest come first.
func (o sortOrder) String() string {
	switch {
	case !o.sorted:
		return ""
	case o.descending:
		return "-" + o.column.String()
	}
	return o.column.String()
}

// parseSortOrder reads what String writes. What is no order is the feeds' own.
func parseSortOrder(text string) sortOrder {
	name, descending := strings.CutPrefix(text, "-")
	i := slices.Index(columnNames[:], name)
	if i < 0 || !column(i).isSortable() {
		return sortOrder{}
	}
	return sortOrder{column(i), true, descending}
}

func (c column) isSortable() bool { return c != colTrend }

// sign says beside a column's label which end comes first.
func (o sortOrder) sign() string {
	if o.descending {
		return "▾"
	}
	return "▴"
}

// sortedBy is the order by a column: words from A, numbers from the largest.
func sortedBy(c column) sortOrder {
	return sortOrder{c, true, !c.isText()}
}

func (c column) isText() bool { return c == colSymbol || c == colFeed || c == colName }

// sort sorts rows. Those that have nothing in the column come last, whatever the direction.
func (a *arrangement) sort(rows []*market.Row) {
	switch {
	case !a.order.sorted:
		return
	case a.order.column.isText():
		sortByKey(rows, a.order.descending, func(r *market.Row) string { return a.word(r, a.order.column) }, func(s string) bool { return s == "" })
	default:
		sortByKey(rows, a.order.descending, func(r *market.Row) float64 { return a.number(r, a.order.column) }, math.IsNaN)
	}
}

func sortByKey[K cmp.Ordered](rows []*market.Row, descending bool, keyOf func(*market.Row) K, isMissing func(K) bool) {
	keys := make(map[*market.Row]K, len(rows))
	for _, r := range rows {
		keys[r] = keyOf(r)
	}
	slices.SortStableFunc(rows, func(x, y *market.Row) int {
		kx, ky := keys[x], keys[y]
		if mx, my := isMissing(kx), isMissing(ky); mx || my {
			return compareBools(mx, my)
		}
		if descending {
			kx, ky = ky, kx
		}
		return cmp.Compare(kx, ky)
	})
}

func (a *arrangement) word(r *market.Row, c column) string {
	switch c {
	case colFeed:
		return strings.ToLower(r.Feed)
	case colName:
		return strings.ToLower(r.Name)
	}
	return strings.ToLower(r.Symbol)
}

// number is what a column of numbers has for a row; NaN for nothing. To compare sizes, no exact number is needed.
func (a *arrangement) number(r *market.Row, c column) float64 {
	switch c {
	case colLast:
		price, _ := r.Price()
		return price.Approx()
	case colChange, colPercent:
		change, percent, _ := r.Change()
		if c == colPercent {
			return percent.Approx()
		}
		return change.Approx()
	case colBid:
		return r.Bid.Value.Approx()
	case colAsk:
		return r.Ask.Value.Approx()
	case colSpread:
		return r.Spread().Approx()
	case colSize:
		return r.Size.Value.Approx()
	case colVolume:
		return r.Volume.Value.Approx()
	case colVWAP:
		price, _ := r.VWAP()
		return price.Approx()
	case colRange:
		return placeInRange(r)
	case colAge:
		return a.age(r)
	case colPeers:
		return apart(a.fold.Symbol(r))
	}
	return math.NaN()
}

// placeInRange is where in its range a price is, from 0 at the low to 1 at the high.
func placeInRange(r *market.Row) float64 {
	low, high, _ := r.Range()
	price, _ := r.Price()
	return (price.Approx() - low.Approx()) / (high.Approx() - low.Approx())
}

// age is that of a row's price, in seconds.
func (a *arrangement) age(r *market.Row) float64 {
	since := newRowTimes(r, a.feeds.byName(r.Feed)).price
	if since.IsZero() {
		return math.NaN()
	}
	return elapsed(a.now, since).Truncate(time.Second).Seconds()
}

func (a *arrangement) isLive(r *market.Row) bool {
	h := a.feeds.byName(r.Feed)
	return h != nil && h.state(a.now) == feed.Live
}

// sortableColumns are those on screen, from left to right.
func (m Model) sortableColumns() []column {
	var all []column
	for _, s := range m.focusedColumns().slots {
		if s.col.isSortable() {
			all = append(all, s.col)
		}
	}
	return all
}

// focusedColumns are the columns of the table that has the keyboard, or had it last.
func (m Model) focusedColumns() columnLayout {
	p := &m.prices
	if m.focus == focusReadings {
		p = &m.readings
	}
	return p.widths.layOut(p.planned)
}

// sortNext sorts by the next column, and behind the last as the feeds have their rows.
func (m Model) sortNext() (Model, tea.Cmd) {
	all, next := m.sortableColumns(), 0
	if m.view.order.sorted {
		next = slices.Index(all, m.view.order.column) + 1
	}
	if next >= len(all) {
		return m.sortBy(sortOrder{})
	}
	return m.sortBy(sortedBy(all[next]))
}

// sortByHead sorts by a column whose head was chosen: that of before in the other direction.
func (m Model) sortByHead(c column) (Model, tea.Cmd) {
	if m.view.order.sorted && m.view.order.column == c {
		return m.reverseSort()
	}
	return m.sortBy(sortedBy(c))
}

func (m Model) reverseSort() (Model, tea.Cmd) {
	o := m.view.order
	if !o.sorted {
		return m.sortNext()
	}
	o.descending = !o.descending
	return m.sortBy(o)
}

func (m Model) sortBy(o sortOrder) (Model, tea.Cmd) {
	m.view.order = o
	return m.redefine().keepSetting("sort", o.String())
}
