package market_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"livetape/feed/market"
)

// trades are deltas of n symbols in turn.
func trades(b *testing.B, n int) []market.Update {
	var all []market.Update
	for i := range 10 * n {
		all = append(all, market.Quote{
			Symbol: fmt.Sprintf("SYM%d", i%n),
			Last:   dec(b, fmt.Sprintf("181.%02d", i*7%100)), Bid: dec(b, "181.45"), Ask: dec(b, "181.47"),
			Size: dec(b, "200"), Volume: dec(b, fmt.Sprint(48_000_000+i)), Time: second(i / n),
		})
	}
	return all
}

func BenchmarkApply(b *testing.B) {
	for _, n := range []int{1, 200, 5000} {
		b.Run(fmt.Sprintf("%d symbols", n), func(b *testing.B) {
			board, updates := market.NewBoard(market.Limits{}), trades(b, n)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				board.Apply("bench", updates[i%len(updates)], monday)
			}
		})
	}
}

// BenchmarkFullBoard reports what a board of 500 symbols keeps alive once every ring of bars is full.
func BenchmarkFullBoard(b *testing.B) {
	for b.Loop() {
		before := liveBytes()
		board := market.NewBoard(market.Limits{})
		for symbol := range 500 {
			for minute := range 310 {
				board.Apply("bench", market.Quote{Symbol: fmt.Sprintf("SYM%d", symbol), Last: dec(b, "181.46"), Size: dec(b, "200")}, monday.Add(time.Duration(minute)*time.Minute))
			}
		}
		b.ReportMetric(float64(liveBytes()-before)/(1<<20), "MiB")
		runtime.KeepAlive(board)
	}
}

func liveBytes() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkParseDecimal(b *testing.B) {
	for _, s := range []string{"181.46", "0.00001234", "1.2e-8", "98765.123456789012345678"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := market.ParseDecimal(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPlainText(b *testing.B) {
	for _, s := range []string{"NVIDIA beats on revenue and raises its outlook", "NVIDIA übertrifft die Erwartungen \x1b[31mdeutlich\x1b[0m 🚀"} {
		b.Run(s[:8], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				market.PlainText(s, 512)
			}
		})
	}
}

func BenchmarkChange(b *testing.B) {
	board := market.NewBoard(market.Limits{})
	board.Apply("bench", market.Quote{Symbol: "A", Last: dec(b, "181.46"), PrevClose: dec(b, "179.92")}, monday)
	r := board.Row("bench", "A")
	b.ReportAllocs()
	for b.Loop() {
		r.Change()
	}
}
