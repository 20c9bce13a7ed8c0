package market

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"testing/quick"
	"time"
)

func TestADecimalIsWrittenDigitForDigit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		units    int64
		decimals int
		want     string
	}{
		{1234, 8, "0.00001234"},
		{18146, 2, "181.46"},
		{18100, 2, "181.00"},
		{7, 0, "7"},
		{7, 1, "0.7"},
		{7, 2, "0.07"},
		{0, 2, "0.00"},
		{10, 1, "1.0"},
		{9223372036854775807, 4, "922337203685477.5807"},
		{9223372036854775807, 19, "0.9223372036854775807"},
	}
	for _, test := range tests {
		if got := string(appendDecimal(nil, test.units, test.decimals)); got != test.want {
			t.Errorf("%d with %d decimals is %s, want %s", test.units, test.decimals, got, test.want)
		}
	}
}

func TestAnyTextIsAJSONString(t *testing.T) {
	t.Parallel()
	same := func(text string) bool {
		var back string
		return json.Unmarshal(appendJSONString(nil, text), &back) == nil && back == text
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"", `"\`, "\n\r\x00", "</script>", "  ", "é", "S&P"} {
		if !same(text) {
			t.Errorf("%q is another text behind JSON", text)
		}
	}
}

// A product of a price and a move stays within 64 bits, with its error below a part per million of the price.
func TestAMoveIsScaledWithoutOverflow(t *testing.T) {
	t.Parallel()
	const largest = 9_731_250 * 4 * tickParts
	tests := []struct{ x, parts, want int64 }{
		{1_000_000, billion / 100, 10_000},
		{1_000_000, -billion / 100, -10_000},
		{largest, maxMove, largest / 20},
		{largest, 5 * billion, largest / 20}, // no move is larger
		{1234 * tickParts, 700_000, 884},
	}
	for _, test := range tests {
		got := boundedMove(test.x, test.parts)
		if off := got - test.want; off > test.x/1e6 || off < -test.x/1e6 {
			t.Errorf("%d parts of %d are %d, want %d", test.parts, test.x, got, test.want)
		}
	}
}

func TestNewsMovesAPriceWithinSecondsAndIsForgottenWithinMinutes(t *testing.T) {
	in := Instrument{Symbol: "X", price: 10_000, spread: 1, lot: 1, volume: 1}
	m := &Market{random: rand.New(rand.NewPCG(1, 1)), regime: Normal}
	s := newInstrumentState(&in, m.random)
	s.movedAt, s.driftedAt = 0, 0
	fair := s.fair
	s.pendingNews = 100 * basisPoint
	moveUntil := func(clock time.Duration) float64 {
		for m.clock < clock {
			m.clock += 100 * time.Millisecond
			s.updateFairValue(m)
		}
		return float64(s.fair)/float64(fair) - 1
	}
	if got := moveUntil(9 * time.Second); got < 0.009 || got > 0.011 {
		t.Errorf("after 9 s, news of 1%% has moved the price by %.2f%%", 100*got)
	}
	if got := moveUntil(5 * time.Minute); got < 0.001 || got > 0.006 {
		t.Errorf("after 5 min, %.2f%% are left of it", 100*got)
	}
	if got := moveUntil(30 * time.Minute); got > 0.0005 {
		t.Errorf("after 30 min, %.2f%% are left of it", 100*got)
	}
}
