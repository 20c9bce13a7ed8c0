package alert

import "time"

// windowSteps is into how many steps of time a window is divided. The moves it finds are exact in price, and in time to
// one step.
const windowSteps = 60

// window is the prices of the last while: the lowest and the highest of each step of time.
type window struct {
	length time.Duration
	steps  []step // oldest first
	newest float64
}

type step struct {
	at        time.Time // of its first price
	low, high float64
}

func (w *window) add(at time.Time, price float64) {
	for len(w.steps) > 0 && at.Sub(w.steps[0].at) > w.length {
		w.steps = w.steps[1:]
	}
	w.newest = price
	if n := len(w.steps); n > 0 {
		if last := &w.steps[n-1]; at.Sub(last.at) < w.length/windowSteps {
			last.low, last.high = min(last.low, price), max(last.high, price)
			return
		}
	}
	w.steps = append(w.steps, step{at, price, price})
}

// largest is the larger of the rise from the lowest price and the fall from the highest one, to the newest, in percent of
// the older price.
func (w *window) largest() float64 {
	low, high := w.newest, w.newest
	for _, s := range w.steps {
		low, high = min(low, s.low), max(high, s.high)
	}
	rise, fall := percent(low, w.newest), percent(high, w.newest)
	if rise >= -fall {
		return rise
	}
	return fall
}

func percent(from, to float64) float64 {
	if from == 0 {
		return 0
	}
	return (to - from) / abs(from) * 100
}
