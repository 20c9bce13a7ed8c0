package ui

import (
	"math"
	"time"

	"livetape/feed/market"
)

const (
	sparkPoints = 2   // of a spark line, in a cell
	holeSign    = '┄' // of a time without a stream
)

// sparkAxis is what spark lines need beside bars: the time that they end with, and when there was no stream.
type sparkAxis struct {
	until      time.Time
	usualDelay time.Duration
	outages    []market.Outage
}

// sparkPoint is one point of a spark line.
type sparkPoint struct {
	level float64 // of the price between the lowest, 0, and the highest, 1; NaN without a price
	hole  bool    // there was no stream
}

// sparkline is the course of a price over so many cells, scaled between its lowest and highest. A point spans so many bars.
func (t sparkAxis) sparkline(bars *market.Bars, width, barsPerPoint int) string {
	samples := make([]market.Sample, max(width, 0)*sparkPoints)
	bars.Samples(samples, barsPerPoint, t.until, t.usualDelay, t.outages)
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range samples {
		if !math.IsNaN(s.Price) {
			low, high = min(low, s.Price), max(high, s.Price)
		}
	}
	points := make([]sparkPoint, len(samples))
	for i, s := range samples {
		points[i] = sparkPoint{(s.Price - low) / (high - low), s.Hole}
		if high == low && !math.IsNaN(s.Price) {
			points[i].level = 0.5
		}
	}
	return brailleSpark(points)
}

// sparkSpan is the time that the spark lines of a table span: the shortest of which enough is known.
type sparkSpan struct {
	label string
	long  time.Duration
	bar   time.Duration // a second or a minute
}

func newSparkSpan(watched time.Duration) sparkSpan {
	switch {
	case watched < 2*time.Minute:
		return sparkSpan{"LAST MIN", time.Minute, time.Second}
	case watched < 15*time.Minute:
		return sparkSpan{"LAST 5 MIN", 5 * time.Minute, time.Second}
	}
	return sparkSpan{"LAST HOUR", time.Hour, time.Minute}
}

// step is how long a point of a spark line is that spans so many points.
func (s sparkSpan) step(points int) time.Duration {
	return max(s.long/time.Duration(max(points, 1)), s.bar).Truncate(s.bar)
}

// trendLines are the spark lines of rows as they were in one second: they move slower than the screen is drawn.
type trendLines struct {
	second time.Time
	width  int
	lines  map[*market.Row]string
}

func (l *trendLines) line(r *market.Row, axis sparkAxis, span sparkSpan, width int) string {
	if l.lines == nil || !l.second.Equal(axis.until) || l.width != width {
		*l = trendLines{axis.until, width, map[*market.Row]string{}}
	}
	line, known := l.lines[r]
	if !known {
		bars := &r.Seconds
		if span.bar == time.Minute {
			bars = &r.Minutes
		}
		line = axis.sparkline(bars, width, int(span.step(width*sparkPoints)/span.bar))
		l.lines[r] = line
	}
	return line
}

// brailleSpark draws two points a cell, on four levels, and what connects them.
func brailleSpark(points []sparkPoint) string {
	dots := [2][4]rune{{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}} // from the bottom
	out, before := []rune{}, -1
	for i := 0; i+1 < len(points); i += 2 {
		cell := rune(0)
		for side, p := range points[i : i+2] {
			level := levelOf(p, 4)
			for y := range dots[side] {
				if level >= 0 && (y == level || before >= 0 && y > min(before, level) && y < max(before, level)) {
					cell |= dots[side][y]
				}
			}
			before = level
		}
		switch {
		case cell != 0:
			out = append(out, 0x2800+cell)
		case points[i].hole || points[i+1].hole:
			out = append(out, holeSign)
		default:
			out = append(out, ' ')
		}
	}
	return string(out)
}

// sampleSpark is a spark line for the help.
func sampleSpark() string {
	return brailleSpark([]sparkPoint{{level: 0}, {level: 0.3}, {level: 0.6}, {level: 0.3}, {level: 0.6}, {level: 1}})
}

// levelOf is the level of a point among n; -1 without a price.
func levelOf(p sparkPoint, n int) int {
	if math.IsNaN(p.level) {
		return -1
	}
	return min(int(p.level*float64(n)), n-1)
}
