package ui

import (
	"strings"
	"time"

	"livetape/ui/humanize"
)

// missing stands for a number that the feed never gave.
const missing = "–"

// split parts a plain number before its decimal point.
func split(number string) (whole, fraction string) {
	if i := strings.IndexByte(number, '.'); i >= 0 {
		return number[:i], number[i:]
	}
	return number, ""
}

// withPlus puts a plus before a positive number.
func withPlus(number string, sign int) string {
	if sign > 0 {
		return "+" + number
	}
	return number
}

// firstDifference is the place of the first digit that differs; everything, when the number of digits before the
// point does.
func firstDifference(before, after string) int {
	a, _ := split(before)
	b, _ := split(after)
	if len(a) != len(b) {
		return 0
	}
	i := 0
	for i < len(after) && i < len(before) && after[i] == before[i] {
		i++
	}
	return i
}

// elapsed is how long ago something was, in whole seconds and less than one off. All ages change together, on the
// whole second of the clock: a screen of thirty rows is one frame a second and not thirty.
func elapsed(now, at time.Time) time.Duration {
	return max(now.Truncate(time.Second).Sub(at.Truncate(time.Second)), 0)
}

// nextAgeChange is when the age of something will next read differently.
func nextAgeChange(now, at time.Time) time.Time {
	d := elapsed(now, at)
	unit := humanize.Unit(d)
	second := now.Truncate(time.Second).Add(time.Second)
	if next := at.Add((d/unit + 1) * unit).Truncate(time.Second); next.After(second) {
		return next
	}
	return second
}

// nextCountdownChange is when a countdown to at will next read differently.
func nextCountdownChange(now, at time.Time) time.Time {
	left, step := at.Sub(now), time.Second
	if left <= 10*time.Second {
		step = 100 * time.Millisecond
	}
	return at.Add(-(left - 1).Truncate(step))
}

// timeText is the local time of day, or the day when it is another one.
func timeText(t, now time.Time) string { return timeOrDate(t, now, "2 Jan 2006") }

// timeCell is clock for a table, in eight cells.
func timeCell(t, now time.Time) string { return timeOrDate(t, now, "Jan 2006") }

func timeOrDate(t, now time.Time, otherYear string) string {
	t, now = t.Local(), now.Local()
	switch {
	case t.Year() != now.Year():
		return t.Format(otherYear)
	case t.YearDay() != now.YearDay():
		return t.Format("02 Jan")
	}
	return t.Format(time.TimeOnly)
}
