package decode_test

import (
	"testing"

	"livetape/feed/decode"
	"livetape/feed/market"
)

func TestANativePriceSaysWhatItReportsOfTrades(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]market.Report{
		`{"symbol":"A","last":"1"}`:                               market.MaybeTrade,
		`{"symbol":"A","last":"1","report":"trade"}`:              market.NewTrade,
		`{"symbol":"A","last":"1","report":"correction"}`:         market.Correction,
		`{"symbol":"A","last":"1","report":"cancel"}`:             market.Cancel,
		`{"symbol":"A","last":"1","report":"of a later version"}`: market.MaybeTrade,
	} {
		m, err := decode.Native{}.Decode("price", []byte(data))
		if err != nil || len(m.Updates) != 1 {
			t.Fatalf("%s: %v, %v", data, m.Updates, err)
		}
		if got := m.Updates[0].(market.Quote).Report; got != want {
			t.Errorf("%s: %q, want %q", data, got, want)
		}
	}
}
