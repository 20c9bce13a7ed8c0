package mapping

import "fmt"

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
			excludes = excludes || c.Not != nil && path != "$key" // what stands beside the rows of a map is none
		}
	}
	return excludes
}

func (l *excludedRows) reset() { l.rows, l.reason = l.rows[:0], "" }

// note notes what a rule makes of the row at a place, by the condition that it does not meet.
func (l *excludedRows) note(at int, unmet *condition) {
	if at >= len(l.rows) {
		l.rows = append(l.rows, isNone)
	}
	switch {
	case unmet == nil:
		l.rows[at] = isTaken
	case unmet.Not != nil && unmet.path.root != rowKey && l.rows[at] == isNone:
		l.rows[at] = isExcluded
		if l.reason == "" {
			l.reason = unmet.unmetReason
		}
	}
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
