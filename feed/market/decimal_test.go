package market_test

import (
	"math/big"
	"strings"
	"testing"

	"livetape/feed/market"
)

func dec(t testing.TB, s string) market.Decimal {
	t.Helper()
	if s == "" {
		return market.Decimal{}
	}
	d, err := market.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestANumberIsShownDigitForDigit(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "7": "7", "181.50": "181.50", "-37.63": "-37.63", "0.00001234": "0.00001234", "1000000": "1000000",
		"200.000":                    "200.000",
		"999999999999999999":         "999999999999999999",
		"9999999999999999999":        "9999999999999999999",
		"99999999999999999999":       "99999999999999999999",
		"98765.123456789012345678":   "98765.123456789012345678",
		"0.1234567890123456789":      "0.1234567890123456789",
		"0.12345678901234567890":     "0.12345678901234567890",
		"0.0000000000000000000001":   "0.0000000000000000000001",
		"-1234567890123456789012.50": "-1234567890123456789012.50",
		"0.0000000000000000000":      "0.0000000000000000000",

		"1.2e-8": "0.000000012", "1.20E-3": "0.00120", "1e0": "1", "1.50e1": "15.0", "1.5e+3": "1500", "-2.5e-1": "-0.25",
		"1e18": "1000000000000000000", "123e-2": "1.23", "1e-0000000000000000000000002": "0.01", "12.5e1": "125",
		"1e63": "1" + strings.Repeat("0", 63), "1e-63": "0." + strings.Repeat("0", 62) + "1",

		"-0": "0", "-0.00": "0.00", "0e5": "0", "0.00e1": "0.0", "0.0e99": "0", "0e-2": "0.00", "-0e-2": "0.00",
	} {
		d, err := market.ParseDecimal(in)
		if err != nil || d.String() != want || !d.IsSet() {
			t.Errorf("%s is shown as %q (error %v), want %q", in, d, err, want)
		}
	}
}

func TestWhatIsNoNumberIsRefused(t *testing.T) {
	for _, in := range []string{
		"", "-", "+1", "+", ".", ".5", "5.", "-.5", "5.e3", "01", "-01", "00", "00.5", "1_000", "1,000", "1,5", "0x1", "0b1", "1f",
		"NaN", "Inf", "Infinity", "-Infinity", "abc", "1 ", " 1", "1 000", "1.2.3", "1e", "1e+", "1e1.5", "1ee5", "--1", "1-", "１", "٣",
		"1\x00", "$1", "1%", "e5", "1e5e5", "99999999999999999999x", "\xff",
	} {
		if d, err := market.ParseDecimal(in); err == nil || !strings.HasSuffix(err.Error(), " is not a number") || d.IsSet() {
			t.Errorf("%q gave %q, error %v", in, d, err)
		}
	}
}

func TestANumberHasAtMost64Digits(t *testing.T) {
	for _, fits := range []string{strings.Repeat("9", 64), "0." + strings.Repeat("1", 63), "1e63", "1.5e-62"} {
		if _, err := market.ParseDecimal(fits); err != nil {
			t.Error(err)
		}
	}
	for _, in := range []string{
		strings.Repeat("9", 65), "0." + strings.Repeat("1", 64), "1e64", "1e-64", "0e-64", "1e999999999", "1e-999999999",
		"1e99999999999999999999999", "-1e-99999999999999999999999", "0." + strings.Repeat("0", 1<<20), strings.Repeat("9", 1<<20),
	} {
		d, err := market.ParseDecimal(in)
		if err == nil || !strings.HasSuffix(err.Error(), " has more than 64 digits") || len(err.Error()) > 100 || d.IsSet() {
			t.Errorf("%.50s gave %q, error %.200v", in, d, err)
		}
	}
}

func TestAbsentIsNotZero(t *testing.T) {
	var absent market.Decimal
	zero := dec(t, "0")
	if absent.IsSet() || !zero.IsSet() || absent == zero || absent.String() != "" || absent.Sign() != 0 {
		t.Errorf("absent %q, zero %q", absent, zero)
	}
	if absent.Cmp(zero) != -1 || zero.Cmp(absent) != 1 || absent.Cmp(market.Decimal{}) != 0 {
		t.Error("absent does not come first")
	}
	if absent.Cmp(dec(t, "-5")) != -1 {
		t.Error("absent does not come before a negative number")
	}
	for _, d := range []market.Decimal{absent.Add(zero), zero.Add(absent), zero.Sub(absent), absent.Mid(zero), zero.Percent(absent), absent.Percent(zero)} {
		if d.IsSet() {
			t.Errorf("reckoning with what is absent gave %q", d)
		}
	}
}

func TestNumbersAreOrderedByWorthWhateverTheirLength(t *testing.T) {
	ordered := []string{
		"-99999999999999999999999", "-9999999999999999999", "-1.00000000000000000000001", "-1", "-0.00000000000000000000001", "0",
		"0.00000000000000000000001", "0.00001234", "1", "1.00000000000000000000001", "181.46", "9999999999999999999", "99999999999999999999999",
	}
	for i, a := range ordered {
		for j, b := range ordered {
			want := min(max(i-j, -1), 1)
			if got := dec(t, a).Cmp(dec(t, b)); got != want {
				t.Errorf("%s against %s = %d", a, b, got)
			}
		}
	}
	for _, same := range [][2]string{{"1", "1.00"}, {"0", "0.0000000000000000000000"}, {"1.5", "1.500000000000000000000000"}} {
		if a, b := dec(t, same[0]), dec(t, same[1]); a.Cmp(b) != 0 || a == b {
			t.Errorf("%s and %s: worth %d, == %v", a, b, a.Cmp(b), a == b)
		}
	}
}

func TestEqualNotationIsEqual(t *testing.T) {
	for _, s := range []string{"181.50", "98765.123456789012345678", strings.Repeat("9", 64)} {
		if dec(t, s) != dec(t, strings.Clone(s)) {
			t.Errorf("%s is not == itself", s)
		}
	}
	if dec(t, "1.2e1") != dec(t, "12") {
		t.Error("1.2e1 is not == 12")
	}
}

func TestSumsAndDifferencesAreExact(t *testing.T) {
	for _, c := range []struct{ a, b, sum, diff string }{
		{"1", "2", "3", "-1"},
		{"181.46", "179.92", "361.38", "1.54"},
		{"181.4", "0.06", "181.46", "181.34"},
		{"0.1", "0.2", "0.3", "-0.1"},
		{"5", "5.00", "10.00", "0.00"},
		{"1000000000000000000", "0.0000000000000000001", "1000000000000000000.0000000000000000001", "999999999999999999.9999999999999999999"},
		{"9999999999999999999", "1", "10000000000000000000", "9999999999999999998"},
		{"98765.123456789012345678", "-98765.123456789012345677", "0.000000000000000001", "197530.246913578024691355"},
		{"-99999999999999999999", "99999999999999999999", "0", "-199999999999999999998"},
	} {
		a, b := dec(t, c.a), dec(t, c.b)
		if got := a.Add(b).String(); got != c.sum {
			t.Errorf("%s + %s = %s, want %s", a, b, got, c.sum)
		}
		if got := a.Sub(b).String(); got != c.diff {
			t.Errorf("%s - %s = %s, want %s", a, b, got, c.diff)
		}
	}
}

func TestTheMidIsExact(t *testing.T) {
	for _, c := range []struct{ bid, ask, mid string }{
		{"114.295", "114.312", "114.3035"},
		{"181.45", "181.47", "181.46"},
		{"181.45", "181.46", "181.455"},
		{"1", "2", "1.5"},
		{"1.0", "2", "1.5"},
		{"-1", "2", "0.5"},
		{"0.0000000000000000001", "0.0000000000000000002", "0.00000000000000000015"},
		{"9999999999999999998", "9999999999999999999", "9999999999999999998.5"},
		{"98765.123456789012345678", "98765.123456789012345679", "98765.1234567890123456785"},
		{"98765.123456789012345670", "98765.123456789012345672", "98765.123456789012345671"},
	} {
		if got := dec(t, c.bid).Mid(dec(t, c.ask)).String(); got != c.mid {
			t.Errorf("mid of %s and %s = %s, want %s", c.bid, c.ask, got, c.mid)
		}
	}
}

func TestPercentHasTwoDecimalsAndTheSignOfTheMove(t *testing.T) {
	for _, c := range []struct{ now, base, pct string }{
		{"181.46", "179.92", "0.86"},
		{"100", "100.00", "0.00"},
		{"99.995", "100", "-0.01"},
		{"100.005", "100", "0.01"},
		{"100.0049", "100", "0.00"},
		{"99.9951", "100", "0.00"},
		{"0.00001234", "0.00001000", "23.40"},
		{"200", "100", "100.00"},
		{"0", "100", "-100.00"},
		{"-5", "-10", "50.00"},
		{"-15", "-10", "-50.00"},
		{"5", "-10", "150.00"},
		{"1", "3", "-66.67"},
		{"5", "0", ""},
		{"5", "0.00", ""},
		{"9999999999999999999", "0.0000000000000000001", "9999999999999999998999999999999999999900.00"},
		{"99999999999999999999", "99999999999999999998", "0.00"},
		{"49999999999999999999", "99999999999999999998", "-50.00"},
		{"1.000000000000000000000001", "1", "0.00"},
		{"0.999999999999999999999999", "1", "0.00"},
	} {
		if got := dec(t, c.now).Percent(dec(t, c.base)).String(); got != c.pct {
			t.Errorf("from %s to %s = %s %%, want %s", c.base, c.now, got, c.pct)
		}
	}
}

func TestReckoningWithOrdinaryNumbersDoesNotAllocate(t *testing.T) {
	var sink market.Decimal
	bid, ask := dec(t, "114.295"), dec(t, "114.312")
	n := testing.AllocsPerRun(100, func() {
		d, err := market.ParseDecimal("181.46")
		if err != nil {
			t.Error(err)
		}
		sink = d.Sub(bid).Add(ask).Percent(ask)
		sink = bid.Mid(ask)
	})
	if n != 0 {
		t.Errorf("%v allocations, last %s", n, sink)
	}
}

// FuzzParseDecimal holds the parser against math/big: whatever it takes, it shows exactly.
func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"181.50", "-0.00", "1.2e-8", "98765.123456789012345678", "1e63", "1e-63", "0e-64", "01", ".5", "9999999999999999999", "18446744073709551616", "1E+2", "0E10000000000000000000"} {
		f.Add(s, "3")
	}
	f.Fuzz(func(t *testing.T, s, u string) {
		d, err := market.ParseDecimal(s)
		if err != nil {
			if d.IsSet() {
				t.Errorf("%q is refused and set", s)
			}
			return
		}
		shown := d.String()
		exact, ok := new(big.Rat).SetString(s) // not ok only for zero with an exponent beyond big's
		if ok && exact.Cmp(rat(t, shown)) != 0 || !ok && d.Sign() != 0 {
			t.Errorf("%q is shown as %s", s, shown)
		}
		if digits := len(shown) - strings.Count(shown, ".") - strings.Count(shown, "-"); digits > market.MaxDigits || strings.ContainsAny(shown, "eE+") {
			t.Errorf("%q is shown as %s", s, shown)
		}
		if again, err := market.ParseDecimal(shown); err != nil || again != d {
			t.Errorf("%s read again is %s, error %v", shown, again, err)
		}
		if e, err := market.ParseDecimal(u); err == nil {
			checkArithmetic(t, d, e)
		}
	})
}

func checkArithmetic(t *testing.T, d, e market.Decimal) {
	x, y := rat(t, d.String()), rat(t, e.String())
	if got := d.Cmp(e); got != x.Cmp(y) {
		t.Errorf("%s against %s = %d", d, e, got)
	}
	if got := d.Sign(); got != x.Sign() {
		t.Errorf("sign of %s = %d", d, got)
	}
	sum := new(big.Rat).Add(x, y)
	diff := new(big.Rat).Sub(x, y)
	for what, c := range map[string]struct {
		got  market.Decimal
		want *big.Rat
	}{
		"+": {d.Add(e), sum}, "-": {d.Sub(e), diff}, "mid": {d.Mid(e), new(big.Rat).Quo(sum, big.NewRat(2, 1))},
	} {
		if rat(t, c.got.String()).Cmp(c.want) != 0 {
			t.Errorf("%s %s %s = %s, want %s", d, what, e, c.got, c.want)
		}
	}
	if y.Sign() == 0 {
		return
	}
	pct := new(big.Rat).Quo(diff, new(big.Rat).Abs(y))
	want := pct.Mul(pct, big.NewRat(100, 1)).FloatString(2)
	if want == "-0.00" {
		want = "0.00"
	}
	if got := d.Percent(e).String(); got != want {
		t.Errorf("from %s to %s = %s %%, want %s", e, d, got, want)
	}
}

func rat(t *testing.T, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q is not a number", s)
	}
	return r
}
