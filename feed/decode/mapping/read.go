package mapping

import (
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// ParsePayload checks a payload and gives its JSON; reason says why there is nothing in it to read.
func ParsePayload(data string) (payload gjson.Result, reason string, err error) { return parse(data) }

// IsMissing reports whether a value says that there is none: null, "", "-", "NaN" and the like, which are never zero.
func IsMissing(v gjson.Result) bool { return !v.Exists() || missing(v) }

// ParseNumber reads a number, or a string with one, digit for digit; absent when it is missing.
func ParseNumber(v gjson.Result) (market.Decimal, error) {
	s, ok, err := scalar(v)
	if err != nil || !ok {
		return market.Decimal{}, err
	}
	return parseNumber(s)
}

// ParseTime reads a time as the unit auto does: a number, or a string with one, by its size, else a date by RFC 3339. It
// is zero when it is missing or 0.
func ParseTime(v gjson.Result) (time.Time, error) {
	s, ok, err := scalar(v)
	if err != nil || !ok || s == "" {
		return time.Time{}, err
	}
	return parseTime(s, auto)
}

// TimeUnit is the unit in which a number counts time since 1970, by its size: s, ms, us or ns; or rfc3339 for what is no
// number.
func TimeUnit(v gjson.Result) string {
	s, ok, err := scalar(v)
	if err != nil || !ok {
		return "auto"
	}
	d, err := parseNumber(s)
	if err != nil {
		return "rfc3339"
	}
	digits := len(d.String())
	for i, c := range d.String() {
		if c == '.' {
			digits = i
			break
		}
	}
	return map[unit]string{seconds: "s", millis: "ms", micros: "us", nanos: "ns"}[unitOf(digits)]
}

// InlineJSON puts JSON that is written in a string at a path in the string's place, as the json of a rule does. A payload
// without any stays as it is.
func InlineJSON(payload gjson.Result, at string) gjson.Result {
	p, err := compilePath(at)
	if err != nil {
		return payload
	}
	return unpack(payload, p)
}
