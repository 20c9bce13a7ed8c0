// Package chart draws the course of a price in a terminal: as a line or as candles, with a price and a time axis,
// volumes, the last price, and a cross-hair.
//
// It is pure: [New] takes the intervals of a time axis, of equal length and without a gap, and [Chart.Lines] are the lines
// of cells that they make. Where a feed had no stream, nothing is drawn but a hole. What a [Style] looks like is up to the
// caller.
package chart

import (
	"math"
	"time"

	"livetape/feed/market"
)

// Style is the meaning of a piece of a line.
type Style int8

// The styles of a chart.
const (
	Blank  Style = iota
	Up           // a candle that closed above its open, or a line that has risen
	Down         // the opposite
	Quiet        // an interval without a price: the last one, carried on
	Hole         // an interval without a stream
	Volume       // the bars below the plot
	Axis         // prices and times
	Last         // the line and the label of the last price
	Cross        // the cross-hair
)

// Span is a piece of a line in one style.
type Span struct {
	Style Style
	Text  string
}

// Config says how a chart is drawn.
type Config struct {
	Width, Height int // in cells
	Candles       bool
	CellsPerBar   int // at least 1, which is also the default
	Cross         int // the interval under the cross-hair, 0 being the newest; less for none

	Last     market.Decimal              // where the line of the last price is; absent for none
	Format   func(market.Decimal) string // a price on the axis, of characters that are one cell wide; nil for all its digits
	Location *time.Location              // of the times on the axis; nil for UTC
}

// Chart is a chart with its scale.
type Chart struct {
	Config
	shown  []market.Interval // the newest, as many as there is room for, oldest first
	length time.Duration     // of an interval
	low    float64           // of the prices shown; not finite when there are none
	high   float64
	labels []label // on the price axis

	plotWidth, axisWidth   int
	plotHeight, volumeRows int
	timeRows               int // 0 or 1
}

const (
	minPlotWidth   = 12 // cells that the price axis leaves for the plot, or else there is none
	minWithTimes   = 4  // lines for a time axis
	minWithVolume  = 7  // lines for volumes
	minTwoOfVolume = 14 // lines for volumes of two lines
)

// New lays a chart out. The intervals are oldest first.
func New(c Config, all []market.Interval) *Chart {
	c.CellsPerBar = max(c.CellsPerBar, 1)
	if c.Format == nil {
		c.Format = market.Decimal.String
	}
	if c.Location == nil {
		c.Location = time.UTC
	}
	ch := &Chart{Config: c, plotWidth: max(c.Width, 0)}
	if n := len(all); n > 1 {
		ch.length = all[n-1].Start.Sub(all[n-2].Start)
	}
	ch.shareLines(all)
	ch.show(all)
	ch.addPriceAxis(all)
	return ch
}

// IntervalAt is the interval drawn at a column, 0 being the newest.
func (c *Chart) IntervalAt(column int) (n int, ok bool) {
	n = (c.plotWidth - 1 - column) / c.CellsPerBar
	return n, column >= 0 && column < c.plotWidth && n < len(c.shown)
}

// Shown is how many intervals the chart shows.
func (c *Chart) Shown() int { return len(c.shown) }

// At is an interval that the chart shows, 0 being the newest.
func (c *Chart) At(n int) market.Interval { return c.shown[len(c.shown)-1-n] }

func (c *Chart) shareLines(all []market.Interval) {
	left := max(c.Height, 0)
	if left >= minWithTimes {
		c.timeRows = 1
	}
	if left >= minWithVolume && hasVolume(all) {
		c.volumeRows = 1
		if left >= minTwoOfVolume {
			c.volumeRows = 2
		}
	}
	c.plotHeight = left - c.timeRows - c.volumeRows
}

func hasVolume(all []market.Interval) bool {
	for i := range all {
		if all[i].Volume.Sign() > 0 {
			return true
		}
	}
	return false
}

// show takes as many of the newest intervals as there is room for, and the scale from their prices.
func (c *Chart) show(all []market.Interval) {
	n := min(len(all), c.plotWidth/c.CellsPerBar)
	c.shown = all[len(all)-n:]
	c.low, c.high = math.Inf(1), math.Inf(-1)
	for i := range c.shown {
		for _, price := range [...]market.Decimal{c.shown[i].Low, c.shown[i].High} {
			if v := price.Approx(); isFinite(v) && !c.shown[i].Hole {
				c.low, c.high = min(c.low, v), max(c.high, v)
			}
		}
	}
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// level is where a price is among so many levels, 0 being the highest; false for a price that cannot be placed.
func (c *Chart) level(v float64, levels int) (int, bool) {
	switch {
	case levels <= 0, !isFinite(v), !isFinite(c.low), v < c.low, v > c.high:
		return 0, false
	case c.high <= c.low:
		return levels / 2, true
	}
	// halves, so that the distance of two finite numbers is finite
	at := (c.high/2 - v/2) / (c.high/2 - c.low/2) * float64(levels-1)
	return min(max(int(math.Round(at)), 0), levels-1), true
}

// Lines are exactly Height lines of exactly Width cells.
func (c *Chart) Lines() [][]Span {
	if c.Height <= 0 || c.Width <= 0 {
		return nil
	}
	all := newCanvas(c.Width, c.Height)
	plot := all.part(c.plotHeight)
	c.drawHoles(all)
	c.drawLastLine(plot)
	if c.Candles {
		c.drawCandles(plot)
	} else {
		c.drawLine(plot)
	}
	c.drawPriceAxis(plot)
	c.drawVolumes(all)
	c.drawCross(plot)
	c.drawTimes(all)
	return all.lines()
}

// columnOf is the first cell of the i-th interval shown.
func (c *Chart) columnOf(i int) int { return c.plotWidth - (len(c.shown)-i)*c.CellsPerBar }
