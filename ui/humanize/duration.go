package humanize

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

const (
	day     = 24 * time.Hour
	longest = time.Duration(math.MaxInt64)

	// What is longer than known may be thousands of years, between times from outside: a duration holds no more than 292.
	known    = 290 * 365 * day
	overlong = "over 290 years"
)

type unit struct {
	length      time.Duration
	short, word string
}

// largestUnit is the largest of day, hour, minute and second that d is at least as long as, and how many of it d has.
func largestUnit(d time.Duration) (unit, int) {
	for _, u := range []unit{{day, "d", " d"}, {time.Hour, "h", " h"}, {time.Minute, "m", " min"}} {
		if d >= u.length {
			return u, int(d / u.length)
		}
	}
	return unit{time.Second, "s", " s"}, int(max(d, 0) / time.Second)
}

// Unit is the largest of day, hour, minute and second that d is at least as long as.
func Unit(d time.Duration) time.Duration {
	u, _ := largestUnit(d)
	return u.length
}

// Age is a duration in three cells of a table: "0s" to "59s", then minutes, hours and days up to "99d".
func Age(d time.Duration) string {
	u, n := largestUnit(d)
	return strconv.Itoa(min(n, 99)) + u.short
}

// Coarse is a duration in whole units of the largest that fits: "23 s", "2 min".
func Coarse(d time.Duration) string {
	if d > known {
		return overlong
	}
	u, n := largestUnit(d)
	return strconv.Itoa(n) + u.word
}

// Duration is exact to its second unit: "0.4 s", "7 s", "2 min 5 s", "3 h 20 min", "2 d 4 h".
func Duration(d time.Duration) string {
	switch {
	case d < 50*time.Millisecond:
		return "<0.1 s"
	case d < time.Second:
		return seconds(d)
	case d > known:
		return overlong
	}
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return twoUnits(d, time.Minute, "min", time.Second, "s")
	case d < day:
		return twoUnits(d, time.Hour, "h", time.Minute, "min")
	}
	return twoUnits(d, day, "d", time.Hour, "h")
}

func twoUnits(d, large time.Duration, largeName string, small time.Duration, smallName string) string {
	if rest := d % large / small; rest > 0 {
		return fmt.Sprintf("%d %s %d %s", d/large, largeName, rest, smallName)
	}
	return fmt.Sprintf("%d %s", d/large, largeName)
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s" }

// Tenths is Duration with a decimal below ten seconds: "7.2 s".
func Tenths(d time.Duration) string {
	if d < 10*time.Second {
		return seconds(max(d, 0))
	}
	return Duration(d)
}

// Countdown is Tenths of the time left, rounded up: it reads zero only when it is over.
func Countdown(left time.Duration) string {
	if left < 10*time.Second {
		return Tenths((left + 99*time.Millisecond).Truncate(100 * time.Millisecond))
	}
	return Duration((min(left, longest-time.Second) + time.Second - 1).Truncate(time.Second))
}

// Delay is the time that an event was on its way: "<1 ms", "12 ms", "7.2 s".
func Delay(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return Tenths(d)
}

// Measured is a measured duration of any size with its two or three leading digits: "2.5 ms", "120 ms", "5.0 s",
// "15 min".
func Measured(d time.Duration) string {
	if d < 0 {
		return "-" + Measured(-max(d, -longest)) // the shortest duration has no opposite
	}
	switch {
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(float64(d.Round(100*time.Microsecond))/1e6, 'f', -1, 64) + " ms"
	case d < time.Second:
		return Delay(d)
	case d < 2*time.Minute:
		return seconds(d)
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d.Round(time.Minute)/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%d h", d.Round(time.Hour)/time.Hour)
	}
	if d > known {
		return overlong
	}
	return fmt.Sprintf("%d days", d/day)
}

// Latency is a number of milliseconds with the digits that tell percentiles apart: "0.07 ms", "120 ms", "5.0 s".
func Latency(milliseconds float64) string {
	switch {
	case milliseconds < 10:
		return strconv.FormatFloat(milliseconds, 'f', 2, 64) + " ms"
	case milliseconds < 1000:
		return strconv.FormatFloat(milliseconds, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(milliseconds/1000, 'f', 1, 64) + " s"
}
