package tape

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// The bounds of a Player's speed, as a factor of the recorded pace, and Unlimited, which is without any pace.
const (
	MinSpeed  = 0.1
	MaxSpeed  = 1000
	Unlimited = math.MaxFloat64
)

// ParseSpeed reads "10x", "0.5" or "max".
func ParseSpeed(s string) (float64, error) {
	if s == "max" {
		return Unlimited, nil
	}
	x, err := strconv.ParseFloat(strings.TrimSuffix(s, "x"), 64)
	if err != nil || !(x >= MinSpeed && x <= MaxSpeed) {
		return 0, fmt.Errorf("speed %q is neither max nor a factor between %gx and %dx", s, MinSpeed, MaxSpeed)
	}
	return x, nil
}

// ParseOffset reads a place on a tape: "00:05:00", "5:00" or "5m".
func ParseOffset(s string) (time.Duration, error) {
	parts := strings.Split(s, ":")
	if len(parts) == 1 {
		if d, err := time.ParseDuration(s); err == nil && d >= 0 {
			return d, nil
		}
		return 0, badOffset(s)
	}
	if len(parts) > 3 {
		return 0, badOffset(s)
	}
	seconds := 0.0
	for i, part := range parts {
		n, err := strconv.ParseFloat(part, 64)
		isLast := i == len(parts)-1
		if err != nil || !(n >= 0 && n < 1e6) || i > 0 && n >= 60 || !isLast && n != math.Trunc(n) {
			return 0, badOffset(s)
		}
		seconds = 60*seconds + n
	}
	return time.Duration(math.Round(seconds*1000)) * time.Millisecond, nil
}

func badOffset(s string) error {
	return fmt.Errorf("%q is no place on a tape; write it like 00:05:00 or 5m", s)
}

// clampSpeed brings a speed into its bounds; what is no number is 1.
func clampSpeed(x float64) float64 {
	switch {
	case x >= Unlimited:
		return Unlimited
	case math.IsNaN(x):
		return 1
	}
	return min(max(x, MinSpeed), MaxSpeed)
}
