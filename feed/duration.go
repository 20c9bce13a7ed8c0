package feed

import (
	"strconv"
	"time"
)

// inWords writes a duration as a cause does: "90 s", "1.5 s", "250 ms".
func inWords(d time.Duration) string {
	if d < time.Second {
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	}
	return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', -1, 64) + " s"
}
