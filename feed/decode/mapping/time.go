package mapping

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
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
	if v.source == sourcePath {
		if s, ok := timeOfParts(v.path.get(r)); ok {
			return parseTimeText(s, autoUnit)
		}
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
	if s, ok := timeOfParts(v); ok {
		return parseTimeText(s, autoUnit)
	}
	s, ok, err := scalarText(v)
	if err != nil || !ok || s == "" {
		return time.Time{}, err
	}
	return parseTimeText(s, autoUnit)
}

const isoWithoutZone = "2006-01-02T15:04:05.999999999"

// isoLayouts are those of RFC 3339 and near it, tried in turn. A time without a zone is taken as UTC.
var isoLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999Z07", isoWithoutZone, "2006-01-02T15:04:05.999999999 UTC", "2006-01-02T15:04Z07:00", "2006-01-02T15:04"}

// otherLayouts are how languages and protocols print times: HTTP, Go, C, Java, JavaScript, mail, FIX, ISO without signs, and with the
// signs of Japan and of Germany. One whose day and month may be either is not among them.
var otherLayouts = []string{
	http.TimeFormat, "2006-01-02T15:04:05.999999999 -0700 MST", "2006-01-02T15:04:05.999999999 -0700", time.ANSIC, "Mon Jan _2 15:04:05 UTC 2006", "Mon Jan _2 15:04:05 GMT 2006",
	"Mon Jan 02 2006 15:04:05 GMT-0700", time.RFC1123Z, "20060102-15:04:05.999999999", "20060102T150405Z0700", "20060102T150405.999999999Z0700", "20060102T150405",
	"2006/01/02T15:04:05.999999999", "02.01.2006T15:04:05",
}

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
	if !mayBeDate(s) {
		return time.Time{}, errNotTime(s)
	}
	if at, ok := parseISO(s); ok {
		return at, nil
	}
	plain := zoneComment.ReplaceAllString(s, "$1")
	if at, ok := parseISO(plain); ok {
		return at, nil
	}
	for _, layout := range otherLayouts {
		if at, err := time.Parse(layout, withT(plain)); err == nil {
			return at.UTC(), nil
		}
		if at, err := time.Parse(layout, plain); err == nil {
			return at.UTC(), nil
		}
	}
	if ms := dotNetDate.FindStringSubmatch(s); ms != nil {
		return parseEpoch(s, ms[1], millis)
	}
	return time.Time{}, errNotTime(s)
}

// mayBeDate reports, at little cost, whether text has as many digits as a date with the time of day has at least.
func mayBeDate(s string) bool {
	const least, longest = 11, 80
	digits := 0
	for i := 0; i < len(s) && len(s) <= longest; i++ {
		if s[i] >= '0' && s[i] <= '9' {
			digits++
		}
	}
	return digits >= least
}

var (
	// What is behind the offset: Go's clock reading, Java's zone, JavaScript's. Without an offset it is the zone itself.
	zoneComment = regexp.MustCompile(`((?:Z|[+-]\d{2}(?::?\d{2})?)(?: [A-Z]{3,5})?)(?: m=[+-][0-9.]+|\[[A-Za-z_/+-]+\d*\]| \([^()]*\))$`)
	dotNetDate  = regexp.MustCompile(`^/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/$`)
)

func parseISO(s string) (time.Time, bool) {
	iso := withT(s)
	for _, layout := range isoLayouts {
		if at, err := time.Parse(layout, iso); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// withT is a time with a T between its date and the time of day.
func withT(s string) string {
	if len(s) > 10 && s[10] == ' ' {
		return s[:10] + "T" + s[11:]
	}
	return s
}

// IsTimeParts reports whether v is a time in parts: seconds and nanoseconds in a map, or a list that begins with the year.
func IsTimeParts(v gjson.Result) bool {
	_, ok := timeOfParts(v)
	return ok
}

// timeOfParts is a time in parts as text: {"seconds": 1767225690, "nanos": 500000000} as protocol buffers and Firestore write it,
// and [2026, 1, 1, 0, 1, 30] as Java does. Few seconds are how long something took.
func timeOfParts(v gjson.Result) (s string, ok bool) {
	if v.IsObject() {
		var parts [2]string
		others := false
		v.ForEach(func(key, part gjson.Result) bool {
			switch strings.TrimPrefix(key.Str, "_") {
			case "seconds":
				parts[0] = part.String()
			case "nanos", "nanoseconds":
				parts[1] = part.String()
			default:
				others = true
			}
			return !others
		})
		sec, err := strconv.ParseInt(parts[0], 10, 64)
		nano, nanoErr := strconv.ParseInt(cmp.Or(parts[1], "0"), 10, 64)
		if others || err != nil || nanoErr != nil || sec < firstEpoch || sec >= endEpoch || nano < 0 || nano >= billion {
			return "", false
		}
		return fmt.Sprintf("%d.%09d", sec, nano), true
	}
	return dateOfList(v)
}

// Years that a time in parts is of, from the first to before the last, and the seconds at which they begin.
const (
	firstYear, endYear   = 1995, 2100
	firstEpoch, endEpoch = 788918400, 4102444800
)

func dateOfList(v gjson.Result) (s string, ok bool) {
	const least, most = 5, 7 // without the seconds, and with nanoseconds
	var n [most]int
	count := 0
	if !v.IsArray() || len(v.Raw) > 64 {
		return "", false
	}
	isDate := true
	v.ForEach(func(_, part gjson.Result) bool {
		isDate = count < most && part.Type == gjson.Number
		if isDate {
			var err error
			n[count], err = strconv.Atoi(part.Raw)
			isDate = err == nil
			count++
		}
		return isDate
	})
	if !isDate || count < least || n[0] < firstYear || n[0] >= endYear {
		return "", false
	}
	s = fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d.%09d", n[0], n[1], n[2], n[3], n[4], n[5], n[6])
	_, err := time.Parse(isoWithoutZone, s)
	return s, err == nil
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
// missing value, and of a time that is written in another way, auto.
func TimeUnit(v gjson.Result) string {
	s, ok, err := scalarText(v)
	if err != nil || !ok {
		return "auto"
	}
	d, err := parseDecimal(s)
	if err != nil {
		if _, isISO := parseISO(s); isISO {
			return "rfc3339"
		}
		return "auto"
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
