package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"livetape/feed/market"
	"livetape/ui/filter"
	"livetape/ui/fold"
)

const (
	arrangeInterval = time.Second     // rows that jump more often cannot be read
	holdDuration    = 5 * time.Second // after a key that moved the cursor
	maxMovers       = 10
)

// rowView is which of the board's rows are on screen, and in which order.
type rowView struct {
	lists   []List // of the configuration
	list    listID
	pins    map[string]bool // symbols in capitals
	edits   listEdits
	order   sortOrder
	filter  *filter.Filter
	text    string // of filter, as it was typed
	mistake *filter.Error

	applied bool          // rows are on screen, and not all of the board
	rows    []*market.Row // arranged
	most    int           // of rows at once, since another list or filter was chosen
	counts  map[listID]int
	empty   map[string]*market.Row // of symbols of lists that no feed has a row for, by symbol

	dirty     bool        // something came since rows were arranged
	redefined bool        // what is shown is another than when rows were arranged
	base      rowIdentity // of the rows that were arranged
	arranged  time.Time
	heldUntil time.Time
}

// rowIdentity tells whether rows were added or removed.
type rowIdentity struct {
	first *(*market.Row)
	count int
}

func identityOf(rows []*market.Row) rowIdentity {
	if len(rows) == 0 {
		return rowIdentity{}
	}
	return rowIdentity{&rows[0], len(rows)}
}

// isPlain reports whether all rows stand as the board has them.
func (v *rowView) isPlain() bool {
	return v.list == listID{} && v.order == sortOrder{} && v.filter == nil && len(v.pins) == 0 && len(v.edits[listID{}]) == 0
}

// isShown reports whether there is something to say of lists, order or filter.
func (v *rowView) isShown() bool { return !v.isPlain() || len(v.lists) > 0 || v.mistake != nil }

func (v *rowView) isHeld(now time.Time) bool { return !v.isPlain() && now.Before(v.heldUntil) }

// nextChange is when rows are to be arranged anew; zero for when something comes.
func (v *rowView) nextChange(now time.Time) time.Time {
	switch {
	case !v.isShown() || v.arranged.IsZero():
		return time.Time{}
	case v.isHeld(now):
		return v.heldUntil
	case v.dirty || v.order.column == colAge && v.order != (sortOrder{}) || v.filter.ByTime():
		return v.arranged.Add(arrangeInterval)
	}
	return time.Time{}
}

// arrangeRows brings the rows on screen up to date, at most once a second unless something else is to be shown.
func (m Model) arrangeRows() Model {
	v, base := &m.view, m.baseRows()
	if !v.isShown() || len(base) == 0 {
		v.applied, v.rows, v.counts, v.arranged = false, nil, nil, time.Time{}
		return m
	}
	id := identityOf(base)
	due := m.paused == nil && !m.now.Before(v.nextChange(m.now)) && !v.nextChange(m.now).IsZero()
	if !v.redefined && id == v.base && !due {
		return m
	}
	held := v.isHeld(m.now) && !v.redefined
	if v.redefined {
		v.most = 0
	}
	v.base, v.dirty, v.redefined, v.arranged = id, held, false, m.now
	before := m.shownData()
	price, reading := m.prices.rowAtCursor(before.rows), m.readings.rowAtCursor(before.readings)
	v.rows, v.counts = m.newArrangement(base, before.stories).arrange(held)
	v.applied, v.most = !v.isPlain(), max(v.most, len(v.rows))
	after := m.shownData()
	m.prices, m.readings = m.prices.keepOnRow(after.rows, price), m.readings.keepOnRow(after.readings, reading)
	return m
}

// redefine has another list, order or filter take effect at once.
func (m Model) redefine() Model {
	m.view.redefined, m.view.heldUntil = true, time.Time{}
	return m
}

// arrangement is what one arranging of rows needs to know.
type arrangement struct {
	*rowView
	base    []*market.Row
	feeds   feedList
	stories []*market.Story
	now     time.Time
	newsOf  map[string]bool // symbols in capitals; nil until it is needed
	alerted func(*market.Row) bool
	fold    *fold.Book // may be nil
}

func (m Model) newArrangement(base []*market.Row, stories []*market.Story) *arrangement {
	return &arrangement{&m.view, base, m.feeds, stories, m.now, nil, m.isAlerted, m.shownFold()}
}

// arrange returns the rows to show, and how many there are in each list. Held rows stay where they are, and others come
// after them.
func (a *arrangement) arrange(held bool) (rows []*market.Row, counts map[listID]int) {
	rows, counts = a.members()
	if a.filter != nil {
		rows = slices.DeleteFunc(rows, func(r *market.Row) bool { return !a.matches(r) })
	}
	a.sort(rows)
	if a.list.kind == allRows || a.list.kind == watchlist {
		slices.SortStableFunc(rows, func(x, y *market.Row) int { return compareBools(a.isPinned(y), a.isPinned(x)) })
	}
	if held {
		rows = keepPlaces(a.rows, rows, a.base)
	}
	return rows, counts
}

// keepPlaces has the rows that were on screen stay there in their order, as long as they exist, before the others.
func keepPlaces(before, now, base []*market.Row) []*market.Row {
	exists := make(map[*market.Row]bool, len(base))
	for _, r := range base {
		exists[r] = true
	}
	kept := make(map[*market.Row]bool, len(before))
	var rows []*market.Row
	for _, r := range before {
		if exists[r] {
			rows, kept[r] = append(rows, r), true
		}
	}
	for _, r := range now {
		if !kept[r] {
			rows = append(rows, r)
		}
	}
	return rows
}

func (a *arrangement) isPinned(r *market.Row) bool { return a.pins[strings.ToUpper(r.Symbol)] }

// matches reports whether the filter shows a row: that of several feeds, if it does with the name of one of them.
func (a *arrangement) matches(r *market.Row) bool {
	return anyFeed(r, a.fold.Symbol(r), func(feed string) bool {
		return a.filter.Match(&filterRow{r, feed, a})
	})
}

// filterRow is a row as filters see it.
type filterRow struct {
	*market.Row
	feed string
	a    *arrangement
}

// Number implements filter.Row.
func (r *filterRow) Number(f filter.Field) float64 {
	if f == filter.Age {
		return r.a.age(r.Row)
	}
	if f == filter.Spread {
		return r.Spread().Approx()
	}
	if c, ok := columnOf(f); ok {
		return r.a.number(r.Row, c)
	}
	switch f {
	case filter.Open:
		return r.Open.Value.Approx()
	case filter.High:
		return r.High.Value.Approx()
	case filter.Low:
		return r.Low.Value.Approx()
	}
	return r.PrevClose.Value.Approx()
}

// columnOf is the column that shows a field.
func columnOf(f filter.Field) (column, bool) {
	i := slices.Index(columnNames[:], string(f))
	return column(i), i >= 0
}

// Text implements filter.Row.
func (r *filterRow) Text(f filter.Field) string {
	switch f {
	case filter.Name:
		return r.Name
	case filter.Feed:
		return r.feed
	case filter.Currency:
		return r.Currency
	}
	return r.Symbol
}

// Is implements filter.Row.
func (r *filterRow) Is(f filter.Field) bool {
	switch f {
	case filter.News:
		return r.a.hasNews(r.Symbol)
	case filter.Halted:
		tag, _ := haltTag(r.Halt)
		return tag != ""
	case filter.Live:
		return r.a.isLive(r.Row)
	case filter.Pinned:
		return r.a.isPinned(r.Row)
	}
	return r.a.alerted(r.Row)
}

func (a *arrangement) hasNews(symbol string) bool {
	if a.newsOf == nil {
		a.newsOf = map[string]bool{}
		for _, story := range a.stories {
			for _, s := range story.Symbols {
				a.newsOf[strings.ToUpper(s)] = true
			}
		}
	}
	return a.newsOf[strings.ToUpper(symbol)]
}

// byMove ranks rows by how far they have moved, the farthest first; those of which nothing is known come last.
func (a *arrangement) byMove(rows []*market.Row) []*market.Row {
	moved := map[*market.Row]float64{}
	var movers []*market.Row
	for _, r := range rows {
		if n := a.number(r, colPercent); n == n && n != 0 {
			moved[r] = max(n, -n)
			movers = append(movers, r)
		}
	}
	slices.SortStableFunc(movers, func(x, y *market.Row) int { return cmp.Compare(moved[y], moved[x]) })
	return movers[:min(len(movers), maxMovers)]
}
