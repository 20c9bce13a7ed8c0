package mapping

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// timeUnit is how a feed writes times.
type timeUnit int8

const (
	autoUnit timeUnit = iota // a number by its size, else RFC 3339
	seconds
	millis
	micros
	nanos
	rfc3339
	date // alone, without a time of day
)

var timeUnits = map[string]timeUnit{"": autoUnit, "auto": autoUnit, "s": seconds, "ms": millis, "us": micros, "ns": nanos, "rfc3339": rfc3339, "date": date}

var timeUnitSynonyms = map[string]string{
	"sec": "s", "secs": "s", "second": "s", "seconds": "s", "unix": "s", "milli": "ms", "millis": "ms", "milliseconds": "ms",
	"msec": "ms", "µs": "us", "micro": "us", "micros": "us", "usec": "us", "nano": "ns", "nanos": "ns", "nsec": "ns",
	"iso": "rfc3339", "iso8601": "rfc3339", "rfc": "rfc3339",
}

// time is the value as a time in UTC; zero when it is missing. A time of 0 counts as missing.
func (v *compiledValue) time(r *row) (latest time.Time, err error) {
	switch v.source {
	case sourceFirst:
		for _, one := range v.operands {
			at, err := one.time(r)
			if err != nil && !errors.Is(err, errNotScalar) || !at.IsZero() {
				return at, err
			}
		}
		return latest, nil
	case sourceMax:
		for _, one := range v.operands {
			at, err := one.time(r)
			if err != nil {
				return latest, err
			}
			if at.After(latest) {
				latest = at
			}
		}
		return latest, nil
	}
	s, ok, err := v.text(r)
	if err != nil || !ok || s == "" {
		return latest, err
	}
	return parseTimeText(s, v.unit)
}

// ParseTime reads a time as the unit auto does: a number, or a string with one, by its size; else a date by RFC 3339.
// A missing value, and a 0, gives the zero time.
func ParseTime(v gjson.Result) (time.Time, error) {
	s, ok, err := scalarText(v)
	if err != nil || !ok || s == "" {
		return time.Time{}, err
	}
	return parseTimeText(s, autoUnit)
}

// dateLayouts are tried in turn. A time without a zone is taken as UTC.
var dateLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999Z07", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999 UTC", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", http.TimeFormat}

// parseTimeText reads a time from text that is not empty, to the nanosecond.
func parseTimeText(s string, u timeUnit) (time.Time, error) {
	if u == date {
		if at, err := time.Parse(time.DateOnly, s); err == nil {
			return at, nil
		}
		return time.Time{}, errNotTime(s)
	}
	if u == rfc3339 || u == autoUnit && !strings.ContainsAny(s[:1], "-+.0123456789") || strings.ContainsAny(s, ":TZ") {
		return parseDate(s)
	}
	d, err := parseDecimal(s)
	if err != nil {
		return time.Time{}, errNotTime(s)
	}
	if d.Sign() == 0 {
		return time.Time{}, nil
	}
	return parseEpoch(s, d.String(), u)
}

func errNotTime(s string) error {
	return fmt.Errorf("%s is not a time", strconv.Quote(market.PlainText(s, 40)))
}

func parseDate(s string) (time.Time, error) {
	iso := s
	if len(s) > 10 && s[10] == ' ' {
		iso = s[:10] + "T" + s[11:]
	}
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, iso); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, errNotTime(s)
}

// compactDate is a date of 14 digits. As milliseconds they would be of the years after 2600.
const compactDate = "20060102150405"

// unitPlaces are how many digits of a unit are below a second.
var unitPlaces = [...]int{seconds: 0, millis: 3, micros: 6, nanos: 9}

// parseEpoch reads a plain decimal number that counts units since 1970. Errors show s.
func parseEpoch(s, digits string, u timeUnit) (time.Time, error) {
	number, neg := strings.CutPrefix(digits, "-")
	whole, fraction, _ := strings.Cut(number, ".")
	if u == autoUnit {
		if at, err := time.Parse(compactDate, whole); err == nil && !neg {
			return at, nil
		}
		u = unitOfDigits(len(whole))
	}
	all := whole + fraction
	point := len(whole) - unitPlaces[u] // digits of whole seconds
	if point <= 0 {
		all, point = strings.Repeat("0", 1-point)+all, 1
	}
	sec, err := strconv.ParseInt(all[:point], 10, 64)
	if err != nil || sec > maxEpochSeconds {
		return time.Time{}, fmt.Errorf("%s is after the year 9999: is the unit right?", market.PlainText(s, 40))
	}
	var nsec int64
	for i := range 9 {
		nsec *= 10
		if point+i < len(all) {
			nsec += int64(all[point+i] - '0')
		}
	}
	if neg {
		sec, nsec = -sec, -nsec
	}
	return time.Unix(sec, nsec).UTC(), nil
}

// maxEpochSeconds is the last second of the year 9999.
const maxEpochSeconds = 253402300799

// TimeUnit guesses the unit of a time: of a number by its size, s, ms, us or ns since 1970; of other text rfc3339; of a
// missing value auto.
func TimeUnit(v gjson.Result) string {
	s, ok, err := scalarText(v)
	if err != nil || !ok {
		return "auto"
	}
	d, err := parseDecimal(s)
	if err != nil {
		return "rfc3339"
	}
	whole, _, _ := strings.Cut(d.String(), ".")
	if _, err := time.Parse(compactDate, whole); err == nil {
		return "auto"
	}
	return map[timeUnit]string{seconds: "s", millis: "ms", micros: "us", nanos: "ns"}[unitOfDigits(len(whole))]
}

// unitOfDigits is the unit of a number by its digits: today's seconds have 10, milliseconds 13, microseconds 16 and
// nanoseconds 19.
func unitOfDigits(digits int) timeUnit {
	switch {
	case digits <= 11:
		return seconds
	case digits <= 14:
		return millis
	case digits <= 17:
		return micros
	}
	return nanos
}
