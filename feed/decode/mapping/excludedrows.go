package mapping

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"
)

// Words by which messages and rows say that they are a cancellation, a deletion or a liquidation: {"type": "trade_busted"}.
const (
	CancelWords      = "cancel cancels cancelled canceled cancellation bust busted void voided tradebreak tradebreaks tradebust tradecancel break breaks broken reversed reversal rescinded x"
	LiquidationWords = "liquidation liquidations liquidate liquidated liq"
	DeleteWords      = "delete deleted deletes remove removed del tombstone d"
)

var goneWords = strings.Fields(CancelWords + " " + DeleteWords + " " + LiquidationWords)

// excludedRows tells which rows of a payload say of themselves that they do not count, {"cancelled": true}, where all rules are for
// the rows of one list or map. Beside rows that are read they would else go unnoticed.
type excludedRows struct {
	rows   []rowFate // by the place of the row
	reason string    // of the first that is left out
}

// rowFate is what became of a row.
type rowFate int8

const (
	isNone     rowFate = iota // it is none of what a rule is for
	isExcluded                // by what a condition excludes
	isTaken                   // by some rule
)

// tellsExcluded reports whether all rules are for the same rows, and a condition excludes some.
func tellsExcluded(rules []Rule) bool {
	excludes := false
	for i := range rules {
		if rules[i].Each != rules[0].Each || rules[i].Columns != "" {
			return false
		}
		for path, c := range rules[i].When {
			excludes = excludes || c.Not != nil && path != "$key" || c.Is != nil && !strings.HasPrefix(path, "$") // what stands beside the rows of a map is none
		}
	}
	return excludes
}

func (l *excludedRows) reset() { l.rows, l.reason = l.rows[:0], "" }

// note notes what a rule makes of the row at a place, by the condition that it does not meet.
func (l *excludedRows) note(at int, unmet *condition, r *row) {
	if at >= len(l.rows) {
		l.rows = append(l.rows, isNone)
	}
	switch {
	case unmet == nil:
		l.rows[at] = isTaken
	case l.rows[at] == isNone && (unmet.Not != nil && unmet.path.root != rowKey || unmet.Is != nil && len(r.value.Raw) < len(r.payload.Raw) && unmet.saysGone(r)):
		l.rows[at] = isExcluded
		if l.reason == "" {
			l.reason = unmet.valueReason(r)
		}
	}
}

// maxFates bounds the values of which a condition remembers whether they say that a row is gone.
const maxFates = 32

// saysGone reports whether what does not meet a condition says that the row is cancelled, deleted or a liquidation.
func (c *condition) saysGone(r *row) bool {
	v := c.path.get(r)
	if v.Type != gjson.String || len(v.Str) > maxShownValue {
		return false
	}
	gone, known := c.fates[v.Str]
	if !known {
		words := strings.FieldsFunc(strings.ToLower(v.Str), func(c rune) bool { return !unicode.IsLetter(c) })
		gone = slices.ContainsFunc(words, func(w string) bool { return slices.Contains(goneWords, w) && (len(w) > 1 || len(words) == 1) })
		if len(c.fates) < maxFates {
			c.fates[strings.Clone(v.Str)] = gone
		}
	}
	return gone
}

// text says how many rows are left out, and why; empty when none is.
func (l *excludedRows) text() string {
	n := 0
	for _, fate := range l.rows {
		if fate == isExcluded {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d rows left out: %s", n, len(l.rows), l.reason)
}
