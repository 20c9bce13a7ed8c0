package market_test

import (
	"math/big"
	"strings"
	"testing"

	"livetape/feed/market"
)

func TestShiftingMovesThePointAndKeepsEveryDigit(t *testing.T) {
	for _, c := range []struct {
		d    string
		n    int
		want string
	}{
		{"6163260000000", -8, "61632.60000000"},
		{"-6163260000000", -8, "-61632.60000000"},
		{"309298", -2, "3092.98"},
		{"1.5", 2, "150"},
		{"1.505", 2, "150.5"},
		{"0", -8, "0.00000000"},
		{"0.00", 2, "0"},
		{"1", -18, "0.000000000000000001"},
		{"1", -19, "0.0000000000000000001"},
		{"12345678901234567890", -20, "0.12345678901234567890"},
		{"12345678901234567890", 3, "12345678901234567890000"},
		{"7", 0, "7"},
		{"", 5, ""},
	} {
		got, err := dec(t, c.d).Shift(c.n)
		if err != nil || got.String() != c.want {
			t.Errorf("%s shifted by %d is %s (%v), want %s", c.d, c.n, got, err, c.want)
		}
	}
}

func TestShiftingBeyondTheMostDigitsIsAnError(t *testing.T) {
	for _, n := range []int{64, -64, 1 << 40, -1 << 40} {
		if got, err := dec(t, "12").Shift(n); err == nil {
			t.Errorf("12 shifted by %d is %s, want an error", n, got)
		}
	}
}

func TestAProductHasTheDecimalsOfBothFactors(t *testing.T) {
	wide := strings.Repeat("9", 40)
	for _, c := range [][3]string{
		{"0.01505", "100", "1.50500"},
		{"1.5", "-1.5", "-2.25"},
		{"0", "-3", "0"},
		{"0.0000000001", "0.0000000001", "0.00000000000000000001"},
		{"9999999999", "9999999999", "99999999980000000001"},
		{wide, "10", wide + "0"},
		{"", "1", ""},
		{"1", "", ""},
	} {
		if got := dec(t, c[0]).Mul(dec(t, c[1])); got.String() != c[2] {
			t.Errorf("%s × %s is %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

func TestAQuotientIsExactWhereItEndsAndElseHasNineteenDigits(t *testing.T) {
	for _, c := range [][3]string{
		{"1000", "1", "1000"},
		{"1", "4", "0.25"},
		{"1", "3", "0.3333333333333333333"},
		{"2", "3", "0.6666666666666666667"},
		{"-2", "3", "-0.6666666666666666667"},
		{"10000000", "416041", "24.03609259664311931"},
		{"1", "0", ""},
		{"0", "5", "0"},
		{"", "5", ""},
		{"0.5", "0.25", "2"},
		{"100", "0.001", "100000"},
		{"123456789012345678901234567890", "1", "123456789012345678900000000000"},
	} {
		got := dec(t, c[0]).Quo(dec(t, c[1]))
		if got.String() != c[2] {
			t.Errorf("%s / %s is %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

func TestRoundingIsHalfAwayFromZero(t *testing.T) {
	for _, c := range [][2]string{
		{"1.50500", "1.51"}, {"-1.505", "-1.51"}, {"-0.001", "0.00"}, {"1.5", "1.5"}, {"", ""}, {"2", "2"},
	} {
		if got := dec(t, c[0]).Round(2); got.String() != c[1] {
			t.Errorf("%s rounded is %s, want %s", c[0], got, c[1])
		}
	}
}

func FuzzScalingAgreesWithRationalNumbers(f *testing.F) {
	f.Add("6163260000000", "416041", -8)
	f.Add("-0.01505", "100", 3)
	f.Fuzz(func(t *testing.T, a, b string, n int) {
		d, err := market.ParseDecimal(a)
		e, err2 := market.ParseDecimal(b)
		if err != nil || err2 != nil {
			return
		}
		x, _ := new(big.Rat).SetString(d.String())
		y, _ := new(big.Rat).SetString(e.String())
		product, _ := new(big.Rat).SetString(d.Mul(e).String())
		if product.Cmp(new(big.Rat).Mul(x, y)) != 0 {
			t.Errorf("%s × %s is %s", d, e, d.Mul(e))
		}
		if shifted, err := d.Shift(n); err == nil && n >= -100 && n <= 100 {
			back, err := shifted.Shift(-n)
			if err == nil && back.Cmp(d) != 0 {
				t.Errorf("%s shifted by %d and back is %s", d, n, back)
			}
		}
		if q := d.Quo(e); q.IsSet() {
			quotient, _ := new(big.Rat).SetString(q.String())
			exact := new(big.Rat).Quo(x, y)
			off := quotient.Sub(quotient, exact)
			bound := new(big.Rat).Mul(exact.Abs(exact), big.NewRat(1, 1e18))
			if off.Abs(off).Cmp(bound) > 0 {
				t.Errorf("%s / %s is %s", d, e, q)
			}
		}
	})
}
