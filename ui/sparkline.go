package ui

import "strconv"

// sparkline is a row of numbers as a line of bars, the lowest and the highest filling the height.
func sparkline(numbers []string) string {
	values := make([]float64, 0, len(numbers))
	for _, s := range numbers {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			continue // absent: the bar has no close
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return ""
	}
	low, high := values[0], values[0]
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	out := make([]rune, len(values))
	for i, v := range values {
		out[i] = sparkBar(v, low, high)
	}
	return string(out)
}

// sparkBar is the bar for a value; it is a picture, the number beside it is exact.
func sparkBar(v, low, high float64) rune {
	bars := [...]rune{'▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'}
	if high <= low {
		return bars[len(bars)/2]
	}
	return bars[int((v-low)/(high-low)*float64(len(bars)-1))]
}
