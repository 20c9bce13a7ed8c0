package decode_test

import (
	"fmt"
	"testing"
	"time"

	"livetape/feed/decode"
	"livetape/feed/market"
)

// deltas are price events as a live server sends them: seven fields, about 150 bytes, 200 symbols.
func deltas() [][]byte {
	var all [][]byte
	for i := range 10_000 {
		all = append(all, fmt.Appendf(nil,
			`{"symbol":"SYM%d","last":"%d.%02d","bid":"181.45","ask":"181.47","size":"%d","volume":"48%06d","time":"2025-11-21T14:30:00.%09dZ"}`,
			i%200, 180+i%3, i%100, 100+i%7, i, i))
	}
	return all
}

func BenchmarkDecode(b *testing.B) {
	events := deltas()
	b.ReportAllocs()
	b.SetBytes(int64(len(events[0])))
	for i := 0; b.Loop(); i++ {
		if _, err := (decode.Native{}).Decode("price", events[i%len(events)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeAndApply(b *testing.B) {
	events := deltas()
	board := market.NewBoard(market.Limits{})
	at := time.Date(2025, 11, 21, 14, 30, 0, 0, time.UTC)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m, err := decode.Native{}.Decode("price", events[i%len(events)])
		if err != nil {
			b.Fatal(err)
		}
		for _, u := range m.Updates {
			board.Apply("bench", u, at)
		}
	}
}
