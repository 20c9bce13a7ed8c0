package ui

import (
	"slices"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

// isLive reports whether a feed is live. A row of no feed is of a list: none has given it a price.
func (all feedList) isLive(name string, now time.Time) bool {
	h := all.byName(name)
	return name == "" || h != nil && h.state(now) == feed.Live
}

// liveFirst has the rows of feeds that are live stand before the others, of which those of each feed stand together. Else
// they keep their order.
func (all feedList) liveFirst(rows []*market.Row, now time.Time) []*market.Row {
	ranks := map[string]int{}
	for i, r := range rows {
		if i > 0 && rows[i-1].Feed == r.Feed {
			continue
		}
		if _, known := ranks[r.Feed]; !known {
			ranks[r.Feed] = i + 1
			if all.isLive(r.Feed, now) {
				ranks[r.Feed] = 0
			}
		}
	}
	if len(ranks) < 2 {
		return rows
	}
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b *market.Row) int { return ranks[a.Feed] - ranks[b.Feed] })
	return sorted
}

// notLiveFrom is the index of the first of the last rows that are not live, and how many feeds these have.
func (all feedList) notLiveFrom(rows []*market.Row, now time.Time) (from, feeds int) {
	for from = len(rows); from > 0; from-- {
		r := rows[from-1]
		sameFeed := from < len(rows) && rows[from].Feed == r.Feed
		if !sameFeed && all.isLive(r.Feed, now) {
			break
		}
		if !sameFeed {
			feeds++
		}
	}
	return from, feeds
}

// dividers is how many lines stand above rows that are not live. Where all rows are of one feed, the title says why.
func (all feedList) dividers(rows []*market.Row, now time.Time) int {
	from, feeds := all.notLiveFrom(rows, now)
	if from == 0 && feeds == 1 {
		return 0
	}
	return feeds
}

// notLiveSpans say why the rows of a feed are not live; the feed is nil once it is no longer watched.
func notLiveSpans(name string, h *feedHealth, now time.Time) []span {
	if h == nil {
		return []span{{muted, "not live: "}, {warn, name + " is no longer watched"}}
	}
	return append([]span{{muted, "not live: "}, {strong, name + " "}}, h.badge(now)...)
}

// notLiveLine is the line above rows that are not live.
func (t *priceTable) notLiveLine(r *market.Row, h *feedHealth) string {
	t.w.write(border, "╌╌ ")
	t.w.writeSpans(notLiveSpans(r.Feed, h, t.now))
	t.w.write(border, " ")
	t.w.fillWith(border, "╌")
	return t.w.endLine()
}
