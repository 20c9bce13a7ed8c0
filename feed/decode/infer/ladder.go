package infer

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// isLadder reports whether rows are the levels of a book, each with its bid and its ask: their list is called so, from one to the next of
// a payload bids fall and asks rise, and neither a time nor a text tells them apart.
func (s *rowSet) isLadder(all []*leaf, f fields, book *mapping.Book) bool {
	bid, ask := f.best("bid"), f.best("ask")
	if book != nil || s.inner || s.byCol || len(f["last"]) > 0 || len(f["symbol"]) > 0 || bid == nil || ask == nil || !hasAnyWord(s.names, bookListWords) {
		return false
	}
	if slices.ContainsFunc(all, (*leaf).tellsRowsApart) {
		return false
	}
	steps := 0
	for i := 1; i < len(s.rows); i++ {
		before, now := s.rows[i-1], s.rows[i]
		if now.payload != before.payload {
			continue
		}
		if now.key != "" {
			return false
		}
		bidBefore, ok1 := bid.number(i - 1)
		bidNow, ok2 := bid.number(i)
		askBefore, ok3 := ask.number(i - 1)
		askNow, ok4 := ask.number(i)
		if !(ok1 && ok2 && ok3 && ok4 && bidNow < bidBefore && askNow > askBefore) {
			return false
		}
		steps++
	}
	return steps > 0
}

// tellsRowsApart reports whether a member is a time, or a text that differs from row to row.
func (l *leaf) tellsRowsApart() bool {
	isText := func(v gjson.Result) bool { return v.Type == gjson.String && !isNumber(v) && v.Str != l.values[0].Str }
	return slices.ContainsFunc(l.values, isText) || slices.ContainsFunc(l.values, isTime)
}

// takeBestLevel makes a rule for the levels of a ladder one for the first of them. It reports false, with the reason as a doubt, where the
// first has no path.
func (w *ruleWriter) takeBestLevel(s *rowSet, r *mapping.Rule) bool {
	if strings.Contains(r.Each, "*") {
		w.doubt("%s: the rows are levels of a book, each with its bid and its ask: neither is shown", s.label())
		return false
	}
	for _, v := range []*mapping.Value{r.Bid, r.Ask, r.BidSize, r.AskSize, r.Time} {
		if v != nil && v.Path != "" && !strings.HasPrefix(v.Path, "$") {
			v.Path = r.Each + ".0." + v.Path
		}
	}
	w.note("%s: the rows are levels of a book, of which the first is the best", s.label())
	r.Each, r.Rows, r.Merge = "", "", ""
	r.Open, r.High, r.Low, r.Size, r.Volume = nil, nil, nil, nil, nil
	return true
}
