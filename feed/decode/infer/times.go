package infer

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
	"livetape/feed/market"
)

// How far from its arrival the time of a price or a headline lies at most, where nothing names it a time: the last price
// before a long weekend, and clocks that are set to another zone.
const (
	longPast   = 7 * 24 * time.Hour
	nearFuture = 24 * time.Hour
	firstYear  = 2020 // before it, it is rather this machine's clock that is wrong
)

// isTime reports whether a value is a plausible time: a date, or a number that counts since 1970.
func isTime(v gjson.Result) bool {
	if v.Type != gjson.Number && v.Type != gjson.String && !mapping.IsTimeParts(v) {
		return false
	}
	at, err := mapping.ParseTime(v)
	return err == nil && isPlausible(at)
}

// isTimeKey reports whether the name of a member is a time or a date.
func isTimeKey(name string) bool {
	if len(name) < 8 || name[0] < '0' || name[0] > '9' {
		return false
	}
	v := gjson.Result{Type: gjson.String, Str: name}
	return isDate(v) || isTime(v) && (strings.ContainsAny(name, ":-") || len(name) >= 10)
}

// isDate reports whether a value is a date without a time of day.
func isDate(v gjson.Result) bool {
	at, err := time.Parse(time.DateOnly, v.Str)
	return err == nil && isPlausible(at)
}

// parseMoment reads a time or a date; of what is neither, the zero time.
func parseMoment(text string) time.Time {
	v := gjson.Result{Type: gjson.String, Str: text}
	at, err := mapping.ParseTime(v)
	if err != nil && isDate(v) {
		at, _ = time.Parse(time.DateOnly, text)
	}
	return at
}

// isPlausible reports whether a feed can mean a time.
func isPlausible(at time.Time) bool { return at.Year() >= 1995 && at.Year() < 2100 }

// timeOf is where rows have their time: in what is called one, else in the only leaf that, by its values, can be one.
func (w *ruleWriter) timeOf(f, outer fields, set *rowSet, read []payload) *mapping.Value {
	if set.hasTimeKeys() {
		return set.keyTime()
	}
	zone := zoneOf(append(set.leaves(), set.membersAbove(read)...))
	if v := timeRuleValue(ownTime(f["time"], zone, set.arrivalTimes(read)), ""); v != nil {
		return v
	}
	if v := timeRuleValue(ownTime(outer["time"], zone, set.arrivalTimes(read)), set.above()); v != nil {
		return v
	}
	if l := set.dates(); l != nil {
		return &mapping.Value{Path: l.path, Unit: "date"}
	}
	v := timeRuleValue(onlyRecent(set.leaves(), set.arrivalTimes(read)), "")
	if v == nil && len(set.names) > 0 {
		v = timeRuleValue(onlyRecent(set.membersAbove(read), set.arrivalTimes(read)), set.above())
	}
	if v != nil {
		w.note("%s is used as the time: it is always close to when the event came", v.Path)
	} else if len(f["time"])+len(outer["time"]) == 0 {
		w.noteUnreadTime(set.leaves())
	}
	return v
}

// noteUnreadTime tells why what is plainly called a time is not read.
func (w *ruleWriter) noteUnreadTime(all []*leaf) {
	for _, l := range all {
		m, ok := matchName(l.name())
		v := l.firstValue()
		if !ok || m.field != "time" || m.rank >= weak || len(l.name()) == 1 || !v.Exists() || isNumber(v) && v.Float() <= 0 {
			continue
		}
		w.note("%s is left out: %s is not a time in a known form, or is far from now", l.path, strconv.Quote(market.PlainText(v.String(), maxName)))
	}
}

// keyTime is the time of rows under times.
func (s *rowSet) keyTime() *mapping.Value {
	v := &mapping.Value{Path: "$key"}
	if isDate(gjson.Result{Type: gjson.String, Str: s.rows[0].key}) {
		v.Unit = "date"
	}
	return v
}

// ownTime is the first of the times by name that is not ahead of its arrival, as that of the next payment is; nil when
// there is none, or when two of the same name differ.
func ownTime(all []fieldCandidate, zone *leaf, arrivals []time.Time) *leaf {
	for i, c := range all {
		if isAhead(c.leaf, arrivals) || zone != nil && c.leaf.everyValue(isZoneless) {
			continue
		}
		for _, other := range all[i+1:] {
			if other.rank == c.rank && plainName(other.leaf.name()) == plainName(c.leaf.name()) && farApart(c.leaf, other.leaf) {
				return nil
			}
		}
		return c.leaf
	}
	return nil
}

// zoneOf is the member that names the zone of times, other than UTC, that do not name it themselves; nil when there is none.
func zoneOf(all []*leaf) *leaf {
	for _, l := range all {
		switch plainName(l.name()) {
		case "timezone", "tz", "zone", "exchangetimezonename":
			if !l.everyValue(func(v gjson.Result) bool { return slices.Contains([]string{"UTC", "GMT", "Z", "Etc/UTC"}, v.Str) }) {
				return l
			}
		}
	}
	return nil
}

// isZoneless reports whether a time is a date whose zone only stands beside it.
func isZoneless(v gjson.Result) bool {
	return strings.Contains(v.Str, ":") && !hasZone.MatchString(v.Str)
}

var hasZone = regexp.MustCompile(`(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$`)

// isAhead reports whether all times of a leaf are ahead of their arrival.
func isAhead(l *leaf, arrivals []time.Time) bool {
	ahead := false
	for i, v := range l.values {
		if at, err := mapping.ParseTime(v); v.Exists() && err == nil {
			if arrivals[i].Year() < firstYear || at.Sub(arrivals[i]) <= nearFuture {
				return false
			}
			ahead = true
		}
	}
	return ahead
}

// farApart reports whether two times of a row are over a minute from each other.
func farApart(a, b *leaf) bool {
	for i := range a.values {
		x, err1 := mapping.ParseTime(a.values[i])
		y, err2 := mapping.ParseTime(b.values[i])
		if err1 == nil && err2 == nil && !x.IsZero() && !y.IsZero() && x.Sub(y).Abs() > time.Minute {
			return true
		}
	}
	return false
}

// onlyRecent is the only leaf without a known name whose values are all times close to when they came; nil when there is
// none, or several.
func onlyRecent(all []*leaf, arrivals []time.Time) (found *leaf) {
	for _, l := range all {
		if _, known := matchName(l.name()); known || !l.isRecent(arrivals) {
			continue
		}
		if found != nil {
			return nil
		}
		found = l
	}
	return found
}

func (l *leaf) isRecent(arrivals []time.Time) bool {
	some := false
	for i, v := range l.values {
		if !v.Exists() {
			continue
		}
		at, err := mapping.ParseTime(v)
		ago := arrivals[i].Sub(at)
		if err != nil || at.IsZero() || arrivals[i].IsZero() || ago > longPast || ago < -nearFuture {
			return false
		}
		some = true
	}
	return some
}

// timeRuleValue is a leaf as a rule writes a time; before is what stands before its path.
func timeRuleValue(l *leaf, before string) *mapping.Value {
	if l == nil {
		return nil
	}
	v := &mapping.Value{Path: before + l.path}
	unit := mapping.TimeUnit(l.firstValue())
	if l.everyValue(func(v gjson.Result) bool { return mapping.TimeUnit(v) == unit }) {
		v.Unit = unit
	}
	return v
}
