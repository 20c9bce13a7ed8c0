package mapping

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
)

// unit is how a feed writes times.
type unit int8

const (
	auto unit = iota // a number by its size, else RFC 3339
	seconds
	millis
	micros
	nanos
	rfc3339
)

var units = map[string]unit{"": auto, "auto": auto, "s": seconds, "ms": millis, "us": micros, "ns": nanos, "rfc3339": rfc3339}

var unitsElsewhere = map[string]string{
	"sec": "s", "secs": "s", "second": "s", "seconds": "s", "unix": "s", "milli": "ms", "millis": "ms", "milliseconds": "ms",
	"msec": "ms", "µs": "us", "micro": "us", "micros": "us", "usec": "us", "nano": "ns", "nanos": "ns", "nsec": "ns",
	"iso": "rfc3339", "iso8601": "rfc3339", "rfc": "rfc3339",
}

func (c *compiler) unit(at configerr.Path, s string, v *value) {
	u, ok := units[s]
	if !ok {
		known := slices.DeleteFunc(slices.Sorted(maps.Keys(units)), func(s string) bool { return s == "" })
		c.faults.Add(at, "unknown unit %q%s: s, ms, us, ns, rfc3339 or auto", s, configerr.DidYouMean(s, known, unitsElsewhere))
	}
	v.unit = u
}

// time is the value as a time in UTC; zero when it is missing, which a time of 0 is too.
func (v *value) time(r *row) (latest time.Time, err error) {
	switch v.source {
	case ofFirst:
		for _, one := range v.several {
			at, err := one.time(r)
			if err != nil && !errors.Is(err, errMany) || !at.IsZero() {
				return at, err
			}
		}
		return latest, nil
	case ofMax:
		for _, one := range v.several {
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
	s, ok, err := v.words(r)
	if err != nil || !ok || s == "" {
		return latest, err
	}
	return parseTime(s, v.unit)
}

// Layouts are tried in turn. A time without a zone is taken for UTC.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999"}

// parseTime reads one time from text that is not empty. Fractions count to the nanosecond.
func parseTime(s string, u unit) (time.Time, error) {
	if u == rfc3339 || u == auto && !strings.ContainsAny(s[:1], "-+.0123456789") || strings.ContainsAny(s, ":TZ") {
		return parseDate(s)
	}
	d, err := parseNumber(s)
	if err != nil {
		return time.Time{}, notATime(s)
	}
	if d.Sign() == 0 {
		return time.Time{}, nil
	}
	return since1970(s, d.String(), u)
}

func notATime(s string) error {
	return fmt.Errorf("%s is not a time", strconv.Quote(market.PlainText(s, 40)))
}

func parseDate(s string) (time.Time, error) {
	iso := s
	if len(s) > 10 && s[10] == ' ' {
		iso = s[:10] + "T" + s[11:]
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, iso); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, notATime(s)
}

// Bounds of a number without a unit: below the first it counts seconds, below the next milliseconds and so
// on. Today's seconds have 10 digits, milliseconds 13, microseconds 16 and nanoseconds 19.
const (
	belowSeconds = len("99999999999")    // < 10^11
	belowMillis  = len("99999999999999") // < 10^14
	belowMicros  = len("99999999999999999")
)

// since1970 reads digits, a plain decimal number, in units since 1970.
func since1970(s, digits string, u unit) (time.Time, error) {
	number, neg := strings.CutPrefix(digits, "-")
	whole, fraction, _ := strings.Cut(number, ".")
	if u == auto {
		u = unitOf(len(whole))
	}
	places := map[unit]int{seconds: 0, millis: 3, micros: 6, nanos: 9}[u]
	all := whole + fraction
	point := len(whole) - places // digits of whole seconds
	if point <= 0 {
		all, point = strings.Repeat("0", 1-point)+all, 1
	}
	sec, err := strconv.ParseInt(all[:point], 10, 64)
	if err != nil || sec > latest {
		return time.Time{}, fmt.Errorf("%s is after the year 9999: is the unit right?", market.PlainText(s, 40))
	}
	below := all[point:min(len(all), point+9)]
	nsec, _ := strconv.ParseInt(below+strings.Repeat("0", 9-len(below)), 10, 64) // always nine digits
	if neg {
		sec, nsec = -sec, -nsec
	}
	return time.Unix(sec, nsec).UTC(), nil
}

// latest is the last second of the year 9999.
const latest = 253402300799

func unitOf(digits int) unit {
	switch {
	case digits <= belowSeconds:
		return seconds
	case digits <= belowMillis:
		return millis
	case digits <= belowMicros:
		return micros
	}
	return nanos
}
