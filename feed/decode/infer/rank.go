package infer

import (
	"slices"
	"time"

	"github.com/tidwall/gjson"
)

type rankedPlace struct {
	place *place
	score int
}

// ranked are the places that have rows with a price or a headline, the likeliest first.
func ranked(read []payload) []rankedPlace {
	var all []rankedPlace
	for _, p := range places(read) {
		if score := p.score(read); score > 0 {
			all = append(all, rankedPlace{p, score - len(p.names)})
		}
	}
	slices.SortStableFunc(all, func(a, b rankedPlace) int { return b.score - a.score })
	return all
}

func (p *place) score(read []payload) int {
	if n := columns(p); n != nil {
		return 8 + len(n.roles)
	}
	if p.scalars() {
		return 9
	}
	f := assign(leaves(p.values()))
	outer := p.outer(read)
	f.settle(p.symbolKeys() || outer.best("symbol") != nil)
	score := f.score()
	switch {
	case score == 0 || len(f["symbol"]) > 0:
	case p.symbolKeys():
		score += 5
	case len(p.names) > 0:
		score -= 4
	}
	if score > 0 && f.pastTicker() {
		score = max(score-8, 1)
	}
	return score
}

// outer are the fields of the payloads themselves, for rows below them.
func (p *place) outer(read []payload) fields {
	if len(p.names) == 0 {
		return fields{}
	}
	all, _ := p.above(read)
	return assign(all)
}

// above are the members of the payloads that rows are from, and when those came.
func (p *place) above(read []payload) (top []*leaf, arrivals []time.Time) {
	var rows []gjson.Result
	for i, f := range p.rows {
		if i == 0 || f.payload != p.rows[i-1].payload {
			rows, arrivals = append(rows, read[f.payload].json), append(arrivals, read[f.payload].at)
		}
	}
	for _, l := range leaves(rows) {
		if len(l.names) == 1 {
			top = append(top, l)
		}
	}
	return top, arrivals
}

// scalars reports whether the rows are numbers under tickers: {"BTC": 64000.1, "ETH": 3000}.
func (p *place) scalars() bool {
	for _, f := range p.rows {
		if !numeric(f.value) {
			return false
		}
	}
	return len(p.rows) > 0 && p.tickers()
}
