package ui

import (
	"time"

	"livetape/ui/humanize"
)

// elapsed is how long ago something was, in whole seconds, less than one second off. All ages change together, on the
// whole second of the clock, so that a screen of thirty rows is drawn once a second and not thirty times.
func elapsed(now, at time.Time) time.Duration {
	return max(now.Truncate(time.Second).Sub(at.Truncate(time.Second)), 0)
}

func nextAgeChange(now, at time.Time) time.Time {
	d := elapsed(now, at)
	unit := humanize.Unit(d)
	second := now.Truncate(time.Second).Add(time.Second)
	if next := at.Add((d/unit + 1) * unit).Truncate(time.Second); next.After(second) {
		return next
	}
	return second
}

func nextCountdownChange(now, at time.Time) time.Time {
	left, step := at.Sub(now), time.Second
	if left <= 10*time.Second {
		step = 100 * time.Millisecond
	}
	return at.Add(-(left - 1).Truncate(step))
}

// timeText is the local time of day, or the date of another day.
func timeText(t, now time.Time) string { return timeOrDate(t, now, "2 Jan 2006") }

// timeCell is timeText in eight cells.
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
