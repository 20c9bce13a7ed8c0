package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"
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

// group sets commas between the thousands of a plain number; its digits stay as they are.
func group(number string) string {
	whole, fraction := split(number)
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	if len(whole) <= 3 {
		return number
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range []byte(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(digit)
	}
	b.WriteString(fraction)
	return b.String()
}

// short is the head of a grouped number and its unit, K for thousands, M, B, T, Q: 48,211,900 is 48.2M. Nothing
// is rounded up; a number beyond the units is an ellipsis.
func short(grouped string) string {
	if len(grouped) <= 6 && !strings.Contains(grouped, ",") {
		return grouped
	}
	whole, _ := split(grouped)
	groups := strings.Split(whole, ",")
	switch n := len(groups) - 1; {
	case n == 0:
		return whole
	case n > len("KMBTQ"):
		return "…"
	default:
		head := groups[0]
		if digits := 3 - len(strings.TrimPrefix(head, "-")); digits > 0 {
			head += "." + groups[1][:digits]
		}
		return head + "KMBTQ"[n-1:n]
	}
}

func count(n uint64) string { return group(strconv.FormatUint(n, 10)) }

// several is "1 event" or "1,204 events".
func several(n uint64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}

// signed puts a plus before a positive number.
func signed(number string, sign int) string {
	if sign > 0 {
		return "+" + number
	}
	return number
}

// changedFrom is the place of the first digit that differs; everything, when the number of digits before the
// point does.
func changedFrom(before, after string) int {
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

// since is how long ago something was, in whole seconds and less than one off. All ages change together, on the
// whole second of the clock: a screen of thirty rows is one frame a second and not thirty.
func since(now, at time.Time) time.Duration {
	return max(now.Truncate(time.Second).Sub(at.Truncate(time.Second)), 0)
}

// units are those of an age, which is coarse: whole ones of the largest that fits.
var units = [...]struct {
	length      time.Duration
	short, word string
}{{24 * time.Hour, "d", " d"}, {time.Hour, "h", " h"}, {time.Minute, "m", " min"}, {time.Second, "s", " s"}}

// age is the form for a table, in three cells: 0s to 59s, then minutes, hours and days.
func age(now, at time.Time) string {
	d := since(now, at)
	for _, u := range units {
		if d >= u.length {
			return strconv.Itoa(min(int(d/u.length), 99)) + u.short
		}
	}
	return "0s"
}

// ago is an age in words: 23 s, 2 min.
func ago(now, at time.Time) string { return coarse(since(now, at)) }

// coarse is a length of time in whole units of the largest that fits.
func coarse(d time.Duration) string {
	for _, u := range units {
		if d >= u.length {
			return strconv.Itoa(int(d/u.length)) + u.word
		}
	}
	return "0 s"
}

// ages is when the age of something will next read differently.
func ages(now, at time.Time) time.Time {
	d, unit := since(now, at), time.Second
	for _, u := range units {
		if d >= u.length {
			unit = u.length
			break
		}
	}
	second := now.Truncate(time.Second).Add(time.Second)
	if next := at.Add((d/unit + 1) * unit).Truncate(time.Second); next.After(second) {
		return next
	}
	return second
}

// spell is a length of time in words: 0.4 s, 7 s, 2 min 5 s, 3 h 20 min, 2 d 4 h.
func spell(d time.Duration) string {
	switch {
	case d < 50*time.Millisecond:
		return "<0.1 s"
	case d < time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	}
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return pair(d, time.Minute, "min", time.Second, "s")
	case d < 24*time.Hour:
		return pair(d, time.Hour, "h", time.Minute, "min")
	}
	return pair(d, 24*time.Hour, "d", time.Hour, "h")
}

func pair(d, big time.Duration, bigName string, small time.Duration, smallName string) string {
	if rest := d % big / small; rest > 0 {
		return fmt.Sprintf("%d %s %d %s", d/big, bigName, rest, smallName)
	}
	return fmt.Sprintf("%d %s", d/big, bigName)
}

// tenths is spell with one digit more below ten seconds.
func tenths(d time.Duration) string {
	if d < 10*time.Second {
		return strconv.FormatFloat(max(d, 0).Seconds(), 'f', 1, 64) + " s"
	}
	return spell(d)
}

// countdown is the time left, rounded up: it reads zero only when it is over.
func countdown(d time.Duration) string {
	if d < 10*time.Second {
		return tenths((d + 99*time.Millisecond).Truncate(100 * time.Millisecond))
	}
	return spell((d + time.Second - 1).Truncate(time.Second))
}

// counts is when a countdown to at will next read differently.
func counts(now, at time.Time) time.Time {
	left, step := at.Sub(now), time.Second
	if left <= 10*time.Second {
		step = 100 * time.Millisecond
	}
	return at.Add(-(left - 1).Truncate(step))
}

// perSecond is a rate of events.
func perSecond(rate float64) string {
	if rate < 10 {
		return strconv.FormatFloat(rate, 'f', 1, 64) + "/s"
	}
	return count(uint64(rate+0.5)) + "/s"
}

// delay is the time from a payload's own stamp to its arrival.
func delay(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return tenths(d)
}

// clock is the local time of day, or the day when it is another one.
func clock(t, now time.Time) string { return timeOrDay(t, now, "2 Jan 2006") }

// clockCell is clock for a table, in eight cells.
func clockCell(t, now time.Time) string { return timeOrDay(t, now, "Jan 2006") }

func timeOrDay(t, now time.Time, otherYear string) string {
	t, now = t.Local(), now.Local()
	switch {
	case t.Year() != now.Year():
		return t.Format(otherYear)
	case t.YearDay() != now.YearDay():
		return t.Format("02 Jan")
	}
	return t.Format(time.TimeOnly)
}
