package ui

import (
	"slices"
	"strconv"

	"livetape/feed/market"
)

// sparkline is numbers as a line of bars, scaled between the lowest and the highest.
func sparkline(numbers []string) string {
	values := make([]float64, 0, len(numbers))
	for _, s := range numbers {
		if v, err := strconv.ParseFloat(s, 64); err == nil { // else the bar has no close
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return ""
	}
	low, high := slices.Min(values), slices.Max(values)
	out := make([]rune, len(values))
	for i, v := range values {
		out[i] = sparkBar(v, low, high)
	}
	return string(out)
}

func sparklineOf(bars *market.Bars, width int) string {
	var closes []string
	for i := max(bars.Len()-width, 0); i < bars.Len(); i++ {
		closes = append(closes, bars.At(i).Close.String())
	}
	return sparkline(closes)
}

// sparkBar is the bar of a value. A picture needs no exact number.
func sparkBar(v, low, high float64) rune {
	bars := [...]rune{'▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'}
	if high <= low {
		return bars[len(bars)/2]
	}
	return bars[int((v-low)/(high-low)*float64(len(bars)-1))]
}
