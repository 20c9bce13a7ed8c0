package doctor

import (
	"strconv"
	"time"
)

// inWords is a duration as a reader wants it: 2.5 ms, 120 ms, 5.0 s, 15 min.
func inWords(d time.Duration) string {
	if d < 0 {
		return "-" + inWords(-d)
	}
	switch {
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(float64(d.Round(100*time.Microsecond))/1e6, 'f', -1, 64) + " ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < 2*time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < 2*time.Hour:
		return strconv.FormatInt(int64(d.Round(time.Minute)/time.Minute), 10) + " min"
	case d < 48*time.Hour:
		return strconv.FormatInt(int64(d.Round(time.Hour)/time.Hour), 10) + " h"
	}
	return strconv.FormatInt(int64(d/(24*time.Hour)), 10) + " days"
}

// perSecond is a rate to one place.
func perSecond(n int, over time.Duration) float64 {
	if over <= 0 {
		return 0
	}
	rate, err := strconv.ParseFloat(strconv.FormatFloat(float64(n)/over.Seconds(), 'f', 2, 64), 64)
	if err != nil {
		return 0 // not reached: it was just written
	}
	return rate
}

// yamlTime is a duration as a configuration writes it: 40s, 2m.
func yamlTime(d time.Duration) string {
	if d%time.Minute == 0 {
		return strconv.Itoa(int(d/time.Minute)) + "m"
	}
	return strconv.Itoa(int(d/time.Second)) + "s"
}
