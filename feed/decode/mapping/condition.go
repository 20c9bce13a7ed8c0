package mapping

import (
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// condition is a compiled Condition.
type condition struct {
	Condition
	path        path
	at          string          // the path as it was written
	unmetReason string          // "type is not PRICE"
	fates       map[string]bool // of values that do not meet it: whether they say that a row is gone
}

// conditions compiles conditions in a fixed order.
func (c *compiler) conditions(at configerr.Path, w When) []condition {
	var all []condition
	for _, p := range slices.Sorted(maps.Keys(w)) {
		cond := w[p]
		if !cond.Exists && !cond.Absent && cond.Is == nil && cond.Not == nil {
			c.errs.Add(at.Key(p), "a condition is exists, absent, a value, a list of values, or a map with `not`")
		}
		all = append(all, condition{cond, c.path(at.Key(p), p), p, cond.explainUnmet(p), map[string]bool{}})
	}
	return all
}

// explainUnmet says why the condition does not hold at a path.
func (c Condition) explainUnmet(path string) string {
	switch {
	case c.Exists:
		return "there is no " + path
	case c.Absent:
		return "there is " + path
	case c.Not != nil:
		return path + " is " + strings.Join(c.Not, " or ")
	}
	return path + " is not " + strings.Join(c.Is, " or ")
}

// reason says why the condition does not hold of a row. Of several words that it excludes, it names the one that is there.
func (c *condition) reason(r *row) string {
	if len(c.Not) < 2 {
		return c.unmetReason
	}
	return c.valueReason(r)
}

// valueReason names the value that does not meet the condition.
func (c *condition) valueReason(r *row) string {
	return c.at + " is " + market.PlainText(conditionText(c.path.get(r)), maxShownValue)
}

// maxShownValue bounds a value in a reason, in characters.
const maxShownValue = 40

// firstUnmet is the first condition that does not hold; nil when all do.
func firstUnmet(all []condition, r *row) *condition {
	for i := range all {
		if !all[i].holds(r) {
			return &all[i]
		}
	}
	return nil
}

func (c *condition) holds(r *row) bool {
	v := c.path.get(r)
	there := v.Exists() && v.Type != gjson.Null
	switch {
	case c.Exists:
		return there
	case c.Absent:
		return !there
	case c.Not != nil:
		return !there || !slices.Contains(c.Not, conditionText(v))
	}
	return there && slices.Contains(c.Is, conditionText(v))
}

// conditionText is a value as conditions compare it.
func conditionText(v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	return v.Raw
}

// Matcher reports whether events meet a set of conditions.
type Matcher struct{ all []condition }

// CompileWhen returns a matcher for conditions on payloads. Its error is like that of [Compile].
func CompileWhen(w When) (*Matcher, error) {
	c := &compiler{}
	m := &Matcher{c.conditions(nil, w)}
	return m, c.errs.Err()
}

// Match reports whether all conditions hold for an event. None holds for data that is not JSON.
func (m *Matcher) Match(eventType string, data []byte) bool {
	payload, reason, err := ParsePayload(decode.Text(data))
	if err != nil || reason != "" {
		return false
	}
	return firstUnmet(m.all, &row{payload: payload, value: payload, event: eventType}) == nil
}
