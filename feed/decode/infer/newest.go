package infer

import (
	"slices"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// Of lists that are in the order of their times, what stands last is the newest.
const newestItem = ".@reverse.0"

// addPairs takes in a pair of a time and a number, or the newest of a list of such: {"value": [1767225600, "0.42"]}.
func (c *leafCollector) addPairs(names []string, row int, list gjson.Result) {
	at := pathOf(names)
	if !isTimedPair(list) {
		pairs := list.Array()
		if len(pairs) == 0 || slices.ContainsFunc(pairs, func(v gjson.Result) bool { return !isTimedPair(v) }) || !ascend(pairs, "0") {
			return
		}
		at, list = at+newestItem, pairs[len(pairs)-1]
	}
	c.addAt(at+".1", names, row, list.Get("1"))
	c.addAt(at+".0", append(slices.Clip(names), "time"), row, list.Get("0"))
}

// isTimedPair reports whether v is a time, as a number, and another number.
func isTimedPair(v gjson.Result) bool {
	if !v.IsArray() || firstItem(v).Type != gjson.Number || !isTime(firstItem(v)) {
		return false
	}
	pair := v.Array()
	return len(pair) == 2 && isNumber(pair[1])
}

// ascend reports whether the times at a path of items are in their order.
func ascend(items []gjson.Result, path string) bool {
	return slices.IsSortedFunc(items, func(a, b gjson.Result) int {
		if path != "" {
			a, b = a.Get(path), b.Get(path)
		}
		x, _ := mapping.ParseTime(a) // they are times
		y, _ := mapping.ParseTime(b)
		return x.Compare(y)
	})
}

// addSeries takes in the newest of lists that are as long as a list of times in a map above them:
// {"timestamp": […], "indicators": {"quote": [{"close": […]}]}}. Those beside it are columns.
func (c *leafCollector) addSeries(v gjson.Result, names []string, row int) {
	v.ForEach(func(key, list gjson.Result) bool {
		if m, _ := matchName(key.Str); m.field != "time" && !namesTime(key.Str) || !list.IsArray() || !isTime(firstItem(list)) {
			return true
		}
		times := list.Array()
		if slices.ContainsFunc(times, func(t gjson.Result) bool { return !isTime(t) }) || !ascend(times, "") {
			return true
		}
		here := append(slices.Clip(names), key.Str)
		if c.addColumns(v, names, row, len(times), 0) {
			c.addAt(pathOf(here)+newestItem, here, row, times[len(times)-1])
		}
		return false
	})
}

// addColumns takes in the last item of lists of n numbers below v that are prices, or may be readings.
func (c *leafCollector) addColumns(v gjson.Result, names []string, row, n, depth int) (found bool) {
	v.ForEach(func(key, below gjson.Result) bool {
		here := append(slices.Clip(names), key.Str)
		if one := firstItem(below); below.IsArray() && one.IsObject() && len(below.Array()) == 1 {
			here, below = append(here, "0"), one
		}
		switch m, known := matchName(key.Str); {
		case !isWritable(key.Str) || len(here) > maxLeafDepth+1:
		case below.IsObject():
			found = c.addColumns(below, here, row, n, depth+1) || found
		case below.IsArray() && depth > 0 && (!known || m.field == "last"):
			if items := below.Array(); len(items) == n && !slices.ContainsFunc(items, func(i gjson.Result) bool { return !isNumber(i) && i.Type != gjson.Null }) {
				c.addAt(pathOf(here)+newestItem, here, row, items[n-1])
				found = true
			}
		}
		return true
	})
	return found
}
