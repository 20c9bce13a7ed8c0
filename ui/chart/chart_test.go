package chart_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/market"
	"livetape/ui/chart"
)

var update = flag.Bool("update", false, "write the golden charts anew")

func decimal(text string) market.Decimal {
	d, err := market.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return d
}

// walk is a market of so many intervals: it trades, pauses, and has no stream for a while.
func walk(n int, pace time.Duration, price, step float64, decimals int) []market.Interval {
	random := rand.New(rand.NewPCG(7, 7))
	at := time.Date(2026, 3, 12, 14, 32, 0, 0, time.UTC)
	text := func(v float64) market.Decimal { return decimal(fmt.Sprintf("%.*f", decimals, v)) }
	all := make([]market.Interval, n)
	for i := range all {
		b := &all[i]
		b.Start = at.Add(time.Duration(i-n+1) * pace)
		open := price
		switch {
		case i > n/2 && i < n/2+6:
			b.Hole = true
			continue
		case i > n/4 && i < n/4+4:
			b.Open, b.High, b.Low, b.Close = text(open), text(open), text(open), text(open)
			continue
		}
		price += step * (math.Sin(float64(i)/9) + random.NormFloat64())
		b.Open, b.Close = text(open), text(price)
		b.High = text(max(open, price) + step*random.Float64())
		b.Low = text(min(open, price) - step*random.Float64())
		b.Volume, b.Count = decimal(fmt.Sprint(1+random.IntN(5000))), 1+random.IntN(9)
	}
	return all
}

func draw(c chart.Config, all []market.Interval) string {
	var b strings.Builder
	for _, line := range chart.New(c, all).Lines() {
		for _, s := range line {
			b.WriteString(s.Text)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestChartsLookAsTheyDidWhenSomebodyLooked(t *testing.T) {
	t.Parallel()
	stock, tiny := walk(70, time.Minute, 181.46, 0.4, 2), walk(60, 10*time.Second, 0.00001281, 0.00000002, 8)
	last := stock[69].Close
	var flat []market.Interval
	for i := range 30 {
		flat = append(flat, market.Interval{Bar: market.Bar{Start: time.Unix(int64(i), 0), Open: last, High: last, Low: last, Close: last, Count: i % 2}})
	}
	for _, c := range []struct {
		name   string
		config chart.Config
		data   []market.Interval
	}{
		{"line", chart.Config{Width: 72, Height: 20, Cross: -1, Last: last}, stock},
		{"candles", chart.Config{Width: 72, Height: 20, Candles: true, Cross: -1, Last: last}, stock},
		{"candles of three cells", chart.Config{Width: 72, Height: 14, Candles: true, Cross: -1, CellsPerBar: 3, Last: last}, stock},
		{"line with a cross-hair", chart.Config{Width: 72, Height: 14, Cross: 20, Last: last}, stock},
		{"candles with a cross-hair", chart.Config{Width: 72, Height: 14, Candles: true, Cross: 20, Last: last}, stock},
		{"tiny prices", chart.Config{Width: 72, Height: 12, Candles: true, Cross: -1, CellsPerBar: 2, Last: tiny[59].Close}, tiny},
		{"small", chart.Config{Width: 40, Height: 6, Cross: -1, Last: last}, stock},
		{"smaller", chart.Config{Width: 20, Height: 3, Cross: -1, Last: last}, stock},
		{"a price that does not move", chart.Config{Width: 50, Height: 9, Candles: true, Cross: -1, Last: last}, flat},
		{"nothing", chart.Config{Width: 20, Height: 3, Cross: -1}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path, got := filepath.Join("testdata", strings.ReplaceAll(c.name, " ", "-")+".golden"), draw(c.config, c.data)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAHoleIsDrawnWhereNoStreamWas(t *testing.T) {
	t.Parallel()
	all := walk(40, time.Minute, 100, 1, 2)
	for _, candles := range []bool{false, true} {
		c := chart.New(chart.Config{Width: 60, Height: 12, Candles: candles, Cross: -1, Last: all[39].Close}, all)
		for y, line := range c.Lines()[:11] {
			x := 0
			for _, s := range line {
				for range s.Text {
					n, ok := c.IntervalAt(x)
					if isHole := ok && c.At(n).Hole; isHole != (s.Style == chart.Hole) {
						t.Errorf("candles %v, line %d, column %d: a hole %v, drawn as one %v", candles, y, x, isHole, s.Style == chart.Hole)
					}
					x++
				}
			}
		}
	}
}

func TestTheNewestIntervalIsAtTheRightEdge(t *testing.T) {
	t.Parallel()
	c := chart.New(chart.Config{Width: 40, Height: 1, CellsPerBar: 2, Cross: -1}, walk(100, time.Second, 100, 1, 2))
	for column, want := range map[int]int{39: 0, 38: 0, 37: 1, 0: 19} {
		if n, ok := c.IntervalAt(column); !ok || n != want {
			t.Errorf("column %d is interval %d, %v; want %d", column, n, ok, want)
		}
	}
	for _, column := range []int{-1, 40} {
		if n, ok := c.IntervalAt(column); ok {
			t.Errorf("column %d is interval %d", column, n)
		}
	}
}

func TestTheLabelsOfThePriceAxisAreRoundAndExact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		low, high string
		want      string
	}{
		{"175.01", "183.56", "182 180 178 176"},
		{"0.00001201", "0.00001281", "0.0000128 0.0000126 0.0000124 0.0000122"},
		{"-37.63", "-10", "-10 -20 -30"},
		{"100000000000000000000", "100000000000000000001", ""},
		{"5", "5", ""},
	} {
		bar := market.Interval{Bar: market.Bar{Open: decimal(c.low), Low: decimal(c.low), High: decimal(c.high), Close: decimal(c.high), Count: 1}}
		var got []string
		for _, line := range chart.New(chart.Config{Width: 80, Height: 15, Cross: -1}, []market.Interval{bar}).Lines() {
			for _, s := range line {
				if s.Style == chart.Axis {
					got = append(got, strings.TrimSpace(s.Text))
				}
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s to %s: %q, want %q", c.low, c.high, got, c.want)
		}
	}
}

func FuzzNoDataBreaksAChart(f *testing.F) {
	f.Add(40, 10, 1, -1, uint8(0), "181.46", "181.50", "181.40", "100", int64(1), uint64(1))
	f.Add(1, 1, 9, 3, uint8(3), "1e-30", "1e30", "-5", "-1", int64(86400), uint64(77))
	f.Add(72, 24, 2, 5, uint8(1), "0", "0", "0", "", int64(10), uint64(9))
	f.Fuzz(func(t *testing.T, width, height, cells, cross int, flags uint8, open, high, low, volume string, pace int64, seed uint64) {
		width, height = width%200, height%80
		number := func(text string) market.Decimal {
			d, err := market.ParseDecimal(text)
			if err != nil {
				return market.Decimal{}
			}
			return d
		}
		random := rand.New(rand.NewPCG(seed, 1))
		numbers := []market.Decimal{number(open), number(high), number(low), {}}
		pick := func() market.Decimal { return numbers[random.IntN(len(numbers))] }
		var all []market.Interval
		for i := range random.IntN(100) {
			all = append(all, market.Interval{Hole: random.IntN(5) == 0, Bar: market.Bar{
				Start: time.Unix(int64(i)*(pace%1e6), 0), Open: pick(), High: pick(), Low: pick(), Close: pick(), Volume: number(volume), Count: random.IntN(3),
			}})
		}
		c := chart.New(chart.Config{Width: width, Height: height, CellsPerBar: cells % 10, Cross: cross % 200, Candles: flags&1 > 0, Last: pick()}, all)
		lines := c.Lines()
		if len(lines) != max(height, 0) && width > 0 {
			t.Fatalf("%d lines of %d", len(lines), height)
		}
		for _, line := range lines {
			n := 0
			for _, s := range line {
				n += utf8.RuneCountInString(s.Text)
			}
			if n != width {
				t.Fatalf("a line of %d cells, want %d: %v", n, width, line)
			}
		}
		for x := range width {
			if n, ok := c.IntervalAt(x); ok {
				c.At(n)
			}
		}
	})
}
