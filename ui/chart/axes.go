package chart

import (
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"livetape/feed/market"
)

// label is a price on the axis.
type label struct {
	price float64
	text  string
}

const (
	labelMargin  = 2 // cells before a label: a blank, and the sign of the last price
	rowsPerLabel = 3
	lastPointer  = "▸"
)

// addPriceAxis chooses round prices for the axis, and makes room for it.
func (c *Chart) addPriceAxis(all []market.Interval) {
	c.labels = c.roundPrices()
	width := 0
	for _, l := range c.labels {
		width = max(width, utf8.RuneCountInString(l.text))
	}
	if _, ok := c.level(c.Last.Approx(), 1); ok {
		width = max(width, utf8.RuneCountInString(c.Format(c.Last)))
	}
	if width += labelMargin; width > labelMargin && c.Width-width >= minPlotWidth {
		c.axisWidth, c.plotWidth = width, c.Width-width
		c.show(all)
		c.labels = c.roundPrices()
	}
}

// roundPrices are prices of a round distance within the scale.
func (c *Chart) roundPrices() (all []label) {
	if !isFinite(c.low) || c.high <= c.low || c.plotHeight < 2 {
		return nil
	}
	digit, exponent := roundStep((c.high - c.low) / max(float64(c.plotHeight/rowsPerLabel), 1))
	step := digit * math.Pow10(exponent)
	const most = 1e15 // beyond, floating point skips whole numbers
	from, to := math.Ceil(c.low/step), math.Floor(c.high/step)
	if !isFinite(from) || !isFinite(to) || math.Abs(from) > most || math.Abs(to) > most || to-from > float64(c.plotHeight) {
		return nil
	}
	for n := from; n <= to; n++ {
		price, err := market.ParseDecimal(fmt.Sprintf("%de%d", int64(n*digit), exponent))
		if err == nil {
			all = append(all, label{price.Approx(), c.Format(price)})
		}
	}
	return all
}

// roundStep is the 1, 2 or 5 × 10^exponent that is not much less.
func roundStep(v float64) (digit float64, exponent int) {
	exponent = int(math.Floor(math.Log10(v)))
	for _, digit = range [...]float64{1, 2, 5} {
		if v <= 1.2*digit*math.Pow10(exponent) {
			return digit, exponent
		}
	}
	return 1, exponent + 1
}

func (c *Chart) drawPriceAxis(plot *canvas) {
	if c.axisWidth == 0 {
		return
	}
	for _, l := range c.labels {
		if y, ok := c.level(l.price, plot.height); ok {
			c.drawLabel(plot, y, l.text, " ", Axis)
		}
	}
	if y, ok := c.level(c.Last.Approx(), plot.height); ok {
		c.drawLabel(plot, y, c.Format(c.Last), lastPointer, Last)
	}
}

// drawLabel draws a label at the right edge. One without room is left out: what would be left of it is another number.
func (c *Chart) drawLabel(plot *canvas, y int, text, pointer string, st Style) {
	n := utf8.RuneCountInString(text)
	if n > c.axisWidth-labelMargin {
		return
	}
	for x := c.plotWidth; x < c.Width; x++ {
		plot.set(x, y, ' ', Blank)
	}
	plot.write(c.plotWidth, y, " "+pointer, st)
	plot.write(c.Width-n, y, text, st)
}

// drawTimes draws round times below the intervals that begin with them.
func (c *Chart) drawTimes(all *canvas) {
	if c.timeRows == 0 || c.length <= 0 {
		return
	}
	y, free := c.Height-1, 0
	step, form := c.timeStep()
	for i := range c.shown {
		at := c.shown[i].Start.In(c.Location)
		_, offset := at.Zone()
		if x := c.columnOf(i); x >= free && (at.Unix()+int64(offset))%int64(step/time.Second) == 0 && x+len(form) <= c.Width {
			all.write(x, y, at.Format(form), Axis)
			free = x + len(form) + 2
		}
	}
	if c.Cross >= 0 && c.Cross < len(c.shown) {
		i := len(c.shown) - 1 - c.Cross
		text := c.shown[i].Start.In(c.Location).Format(time.TimeOnly)
		x := max(min(c.columnOf(i)-len(text)/2, c.Width-len(text)), 0)
		all.write(x-1, y, " "+text+" ", Cross)
	}
}

// timeStep is a round time that leaves room between two labels, and the layout of a label.
func (c *Chart) timeStep() (step time.Duration, form string) {
	const minute, short = time.Minute, "15:04"
	steps := [...]time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
		minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, 60 * minute, 120 * minute, 180 * minute, 360 * minute, 720 * minute,
	}
	for _, step = range steps {
		form = short
		if step < minute {
			form = time.TimeOnly
		}
		if step >= c.length && int(step/c.length)*c.CellsPerBar >= len(form)+3 {
			return step, form
		}
	}
	return 24 * time.Hour, "02 Jan"
}
