package ui

import (
	"math"
	"slices"
	"time"

	"livetape/feed/market"
)

// sparkAxis is what spark lines need beside bars: the time that they end with, and when there was no stream.
type sparkAxis struct {
	until      time.Time
	usualDelay time.Duration
	outages    []market.Outage
}

const (
	holeSign    = '┄' // of a time without a stream
	thickLevels = "▁▂▃▄▅▆▇█"
	thinLevels  = "⎽⎼─⎻⎺" // of a time without a price: the last one, carried on
)

// sparkline is the course of a price, scaled between its lowest and highest: the last intervals, and no more than width. A
// picture needs no exact number.
func (t sparkAxis) sparkline(bars *market.Bars, width int) string {
	var all []market.Interval
	var values []float64
	for i := range bars.Axis(t.until, width, t.usualDelay, t.outages) {
		value := i.Close.Approx()
		all, values = append(all, i), append(values, value)
	}
	known := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(known) == 0 {
		return ""
	}
	low, high := slices.Min(known), slices.Max(known)
	out := make([]rune, len(all))
	for n, i := range all {
		switch {
		case i.Hole || math.IsNaN(values[n]):
			out[n] = holeSign
		case i.Count == 0:
			out[n] = levelSign(thinLevels, values[n], low, high)
		default:
			out[n] = levelSign(thickLevels, values[n], low, high)
		}
	}
	return string(out)
}

// levelSign is the sign of a value among signs from the lowest to the highest.
func levelSign(signs string, v, low, high float64) rune {
	all := []rune(signs)
	if high <= low {
		return all[len(all)/2]
	}
	return all[int((v-low)/(high-low)*float64(len(all)-1))]
}
