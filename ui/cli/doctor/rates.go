package doctor

import (
	"strconv"
	"time"
)

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
