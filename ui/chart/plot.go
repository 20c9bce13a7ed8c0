package chart

import (
	"livetape/feed/market"
)

const (
	holeSign     = '░'
	lastSign     = '┈'
	crossSign    = '┊'
	quietSign    = '─'
	volumeLevels = " ▁▂▃▄▅▆▇█"
)

func (c *Chart) drawHoles(all *canvas) {
	for i := range c.shown {
		if !c.shown[i].Hole {
			continue
		}
		for x := range c.CellsPerBar {
			for y := range c.plotHeight + c.volumeRows {
				all.set(c.columnOf(i)+x, y, holeSign, Hole)
			}
		}
	}
}

func (c *Chart) drawLastLine(plot *canvas) {
	y, ok := c.level(c.Last.Approx(), plot.height)
	for x := 0; ok && x < c.plotWidth; x++ {
		plot.setBlank(x, y, lastSign, Last)
	}
}

// Halves of a cell of a candle.
const (
	none = iota
	wick
	body
)

// candleSigns are the characters of a cell by its upper and lower half.
var candleSigns = [3][3]rune{none: {' ', '╷', '╻'}, wick: {'╵', '│', '╽'}, body: {'╹', '╿', '┃'}}

// fallenBody is the body of a candle that fell: without colors, too, one sees which way it went.
const fallenBody = '║'

func (c *Chart) drawCandles(plot *canvas) {
	for i := range c.shown {
		bar := &c.shown[i]
		x := c.columnOf(i) + (c.CellsPerBar-1)/2
		switch {
		case bar.Hole:
		case bar.Count == 0:
			if y, ok := c.level(bar.Close.Approx(), plot.height); ok {
				plot.set(x, y, quietSign, Quiet)
			}
		default:
			c.drawCandle(plot, x, bar)
		}
	}
}

func (c *Chart) drawCandle(plot *canvas, x int, bar *market.Interval) {
	levels := 2 * plot.height
	top, ok1 := c.level(bar.High.Approx(), levels)
	bottom, ok2 := c.level(bar.Low.Approx(), levels)
	from, ok3 := c.level(bar.Open.Approx(), levels)
	to, ok4 := c.level(bar.Close.Approx(), levels)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return
	}
	half := func(level int) int {
		switch {
		case level >= min(from, to) && level <= max(from, to):
			return body
		case level >= top && level <= bottom:
			return wick
		}
		return none
	}
	st, falls := Up, bar.Close.Cmp(bar.Open) < 0
	if falls {
		st = Down
	}
	for y := top / 2; y <= bottom/2; y++ {
		upper, lower := half(2*y), half(2*y+1)
		sign := candleSigns[upper][lower]
		if falls && upper == body && lower == body {
			sign = fallenBody
		}
		plot.set(x, y, sign, st)
	}
}

// drawLine draws the closing prices, connected. It has the style of the whole move.
func (c *Chart) drawLine(plot *canvas) {
	d := newDots(plot)
	first, last, st := market.Decimal{}, market.Decimal{}, Up
	beforeX, beforeY, connected := 0, 0, false
	for i := range c.shown {
		bar := &c.shown[i]
		if bar.Hole {
			connected = false
			continue
		}
		y, ok := c.level(bar.Close.Approx(), d.levels())
		if !ok {
			continue
		}
		if !first.IsSet() {
			first = bar.Open
		}
		last = bar.Close
		x := d.column(c.columnOf(i) + (c.CellsPerBar-1)/2)
		if !connected {
			beforeX, beforeY = x, y
		}
		d.connect(beforeX, beforeY, x, y, bar.Count == 0)
		beforeX, beforeY, connected = x, y, true
	}
	if last.Cmp(first) < 0 {
		st = Down
	}
	d.draw(st)
}

func (c *Chart) drawVolumes(all *canvas) {
	if c.volumeRows == 0 {
		return
	}
	most := 0.0
	for i := range c.shown {
		if v := c.shown[i].Volume.Approx(); isFinite(v) {
			most = max(most, v)
		}
	}
	signs := []rune(volumeLevels)
	for i := range c.shown {
		v := c.shown[i].Volume.Approx()
		if most <= 0 || !isFinite(v) || v <= 0 {
			continue
		}
		level := max(int(v/most*8*float64(c.volumeRows)), 1)
		for row := range c.volumeRows { // from the bottom
			x := c.columnOf(i) + (c.CellsPerBar-1)/2
			all.set(x, c.plotHeight+c.volumeRows-1-row, signs[min(max(level-8*row, 0), 8)], Volume)
		}
	}
}

func (c *Chart) drawCross(plot *canvas) {
	if c.Cross < 0 || c.Cross >= len(c.shown) {
		return
	}
	i := len(c.shown) - 1 - c.Cross
	x := c.columnOf(i) + (c.CellsPerBar-1)/2
	for y := range plot.height {
		plot.setBlank(x, y, crossSign, Cross)
	}
	if y, ok := c.level(c.shown[i].Close.Approx(), plot.height); ok && !c.shown[i].Hole {
		for x := range c.plotWidth {
			plot.setBlank(x, y, lastSign, Cross)
		}
	}
}
