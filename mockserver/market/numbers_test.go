package market

import (
	"encoding/json"
	"testing"
	"testing/quick"
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
