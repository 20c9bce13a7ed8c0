package market

import (
	"fmt"
	"math/big"
	"math/bits"
	"strings"

	"github.com/govalues/decimal"
)

// Sign is -1, 0 or +1; 0 when absent.
func (d Decimal) Sign() int {
	if d.isWide() {
		return d.big().coef.Sign()
	}
	return d.num.Sign()
}

// Cmp orders two numbers; an absent one comes first.
func (d Decimal) Cmp(e Decimal) int {
	switch {
	case d.wide == notWide && e.wide == notWide:
		return d.num.Cmp(e.num)
	case !d.IsSet() && !e.IsSet():
		return 0
	case !d.IsSet():
		return -1
	case !e.IsSet():
		return 1
	}
	a, b := align(d.big(), e.big())
	return a.coef.Cmp(b.coef)
}

// Add is d + e, exact, with as many decimals as the finer of the two; absent when either is.
func (d Decimal) Add(e Decimal) Decimal {
	if !d.IsSet() || !e.IsSet() {
		return Decimal{}
	}
	if d.wide == notWide && e.wide == notWide {
		if sum, err := d.num.AddExact(e.num, max(d.num.Scale(), e.num.Scale())); err == nil {
			return Decimal{sum, notWide}
		}
	}
	a, b := align(d.big(), e.big())
	return bigDecimal{new(big.Int).Add(a.coef, b.coef), a.scale}.decimal()
}

// Sub is d - e, by the rules of Add.
func (d Decimal) Sub(e Decimal) Decimal { return d.Add(e.neg()) }

func (d Decimal) neg() Decimal {
	if d.wide == notWide {
		return Decimal{d.num.Neg(), notWide}
	}
	if !d.IsSet() {
		return d
	}
	b := d.big()
	return bigDecimal{b.coef.Neg(b.coef), b.scale}.decimal()
}

// Abs is d without its sign; absent when d is.
func (d Decimal) Abs() Decimal {
	if d.Sign() < 0 {
		return d.neg()
	}
	return d
}

// Mid is the number halfway between d and e, exact, with no more decimals than the finer of the
// two unless the half needs one more; absent when either is.
func (d Decimal) Mid(e Decimal) Decimal {
	sum := d.Add(e)
	if !sum.IsSet() {
		return sum
	}
	if sum.wide == notWide {
		scale := sum.num.Scale()
		half, err := decimal.New(5, 1)
		if err == nil && scale < decimal.MaxScale {
			if mid, err := sum.num.MulExact(half, scale+1); err == nil {
				return Decimal{mid.Trim(scale), notWide}
			}
		}
	}
	return sum.big().half().decimal()
}

// Percent is the move from base to d in percent of base's size, rounded to 2 decimals, halves away
// from zero. Its sign is that of d - base even when base is negative. It is absent when either number
// is, or base is zero.
func (d Decimal) Percent(base Decimal) Decimal {
	if !d.IsSet() || base.Sign() == 0 {
		return Decimal{}
	}
	diff := d.Sub(base)
	if diff.wide == notWide && base.wide == notWide {
		if pct, ok := smallPercent(diff.num, base.num); ok {
			return pct
		}
	}
	a, b := align(diff.big(), base.big())
	rat := new(big.Rat).SetFrac(a.coef.Mul(a.coef, big.NewInt(100)), b.coef.Abs(b.coef))
	n, _ := scanNumber(rat.FloatString(2)) // always a number
	if n.digits == "" {
		n.neg = false
	}
	return n.expand()
}

// smallPercent is Percent in 128 bits, where that suffices.
func smallPercent(diff, base decimal.Decimal) (Decimal, bool) {
	base = base.Pad(diff.Scale())
	if base.Scale() != diff.Scale() {
		return Decimal{}, false
	}
	hi, lo := bits.Mul64(diff.Coef(), 10_000)
	lo, carry := bits.Add64(lo, base.Coef()/2, 0)
	hi += carry
	if hi >= base.Coef() {
		return Decimal{}, false
	}
	hundredths, _ := bits.Div64(hi, lo, base.Coef())
	if hundredths > 1<<62 {
		return Decimal{}, false
	}
	signed := int64(hundredths)
	if diff.IsNeg() {
		signed = -signed
	}
	pct, err := decimal.New(signed, 2)
	return Decimal{pct, notWide}, err == nil
}

// bigDecimal is coef × 10^-scale, for the numbers that do not fit 19 digits.
type bigDecimal struct {
	coef  *big.Int
	scale int
}

func (d Decimal) big() bigDecimal {
	if d.wide == notWide {
		coef := new(big.Int).SetUint64(d.num.Coef())
		if d.num.IsNeg() {
			coef.Neg(coef)
		}
		return bigDecimal{coef, d.num.Scale()}
	}
	whole, fraction, _ := strings.Cut(d.wide.Value(), ".")
	coef, _ := new(big.Int).SetString(whole+fraction, 10) // always digits
	return bigDecimal{coef, len(fraction)}
}

// align gives both numbers the scale of the finer.
func align(a, b bigDecimal) (bigDecimal, bigDecimal) {
	scale := max(a.scale, b.scale)
	return a.rescale(scale), b.rescale(scale)
}

func (b bigDecimal) rescale(scale int) bigDecimal {
	factor := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale-b.scale)), nil)
	return bigDecimal{factor.Mul(factor, b.coef), scale}
}

func (b bigDecimal) half() bigDecimal {
	if b.coef.Bit(0) == 0 {
		return bigDecimal{new(big.Int).Rsh(b.coef, 1), b.scale}
	}
	return bigDecimal{new(big.Int).Mul(b.coef, big.NewInt(5)), b.scale + 1}
}

func (b bigDecimal) decimal() Decimal {
	digits := new(big.Int).Abs(b.coef).String()
	return scannedNumber{b.coef.Sign() < 0, strings.TrimLeft(digits, "0"), b.scale}.expand()
}

// quotientDigits is how many significant digits a quotient that does not end has.
const quotientDigits = 19

// Shift is d × 10^n, with every digit of d kept: 6163260000000 shifted by -8 is 61632.60000000. It is absent
// when d is, and an error when the plain notation has more than MaxDigits digits.
func (d Decimal) Shift(n int) (Decimal, error) {
	if !d.IsSet() || n == 0 {
		return d, nil
	}
	if d.wide == notWide && n < 0 && n >= -decimal.MaxScale && d.num.Coef() <= 1<<62 {
		coef := int64(d.num.Coef())
		if d.num.IsNeg() {
			coef = -coef
		}
		if num, err := decimal.New(coef, d.num.Scale()-n); err == nil {
			return Decimal{num, notWide}, nil
		}
	}
	if n > maxExponent || n < -maxExponent {
		return Decimal{}, fmt.Errorf("%s × 10^%d has more than %d digits", d, n, MaxDigits)
	}
	s, _ := scanNumber(d.String()) // always a number
	s.scale -= n
	shifted, ok := s.decimal()
	if !ok {
		return Decimal{}, fmt.Errorf("%s × 10^%d has more than %d digits", d, n, MaxDigits)
	}
	return shifted, nil
}

// Mul is d × e, exact, with the decimals of both: 0.01505 × 100 is 1.50500, and 1.5 × 1.5 is 2.25. It is absent
// when either is.
func (d Decimal) Mul(e Decimal) Decimal {
	if !d.IsSet() || !e.IsSet() {
		return Decimal{}
	}
	if d.wide == notWide && e.wide == notWide {
		scale := d.num.Scale() + e.num.Scale()
		if scale <= decimal.MaxScale {
			if product, err := d.num.MulExact(e.num, scale); err == nil && product.Scale() == scale {
				return Decimal{product, notWide}
			}
		}
	}
	a, b := d.big(), e.big()
	return bigDecimal{a.coef.Mul(a.coef, b.coef), a.scale + b.scale}.decimal()
}

// Quo is d / e without trailing zeros, rounded to 19 significant digits, halves to even. It is absent when
// either is, and when e is zero.
func (d Decimal) Quo(e Decimal) Decimal {
	if !d.IsSet() || !e.IsSet() || e.Sign() == 0 {
		return Decimal{}
	}
	if d.Sign() == 0 {
		return d.Round(0)
	}
	a, b := d.big(), e.big()
	neg := a.coef.Sign()*b.coef.Sign() < 0
	a.coef.Abs(a.coef)
	b.coef.Abs(b.coef)
	more := max(quotientDigits+1+len(b.coef.String())-len(a.coef.String()), 0)
	a = a.rescale(a.scale + more)
	quotient, rest := a.coef.QuoRem(a.coef, b.coef, new(big.Int))
	return roundTo(quotient, rest.Sign() != 0, a.scale-b.scale, neg)
}

// roundTo writes coef × 10^-scale with at most quotientDigits significant digits; more says that coef was
// itself cut off.
func roundTo(coef *big.Int, more bool, scale int, neg bool) Decimal {
	if over := len(coef.String()) - quotientDigits; over > 0 {
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(over)), nil)
		cut := new(big.Int)
		coef.QuoRem(coef, unit, cut)
		twice := cut.Lsh(cut, 1).Cmp(unit)
		if twice > 0 || twice == 0 && (more || coef.Bit(0) == 1) {
			coef.Add(coef, big.NewInt(1))
		}
		scale -= over
	}
	digits := coef.String()
	for scale > 0 && strings.HasSuffix(digits, "0") {
		digits, scale = digits[:len(digits)-1], scale-1
	}
	digits = strings.TrimLeft(digits, "0")
	return scannedNumber{neg && digits != "", digits, scale}.expand()
}

// Round is d with at most so many decimals, halves away from zero; absent when d is.
func (d Decimal) Round(places int) Decimal {
	if !d.IsSet() || d.wide == notWide && d.num.Scale() <= places {
		return d
	}
	b := d.big()
	if b.scale <= places {
		return d
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(b.scale)), nil)
	n, _ := scanNumber(new(big.Rat).SetFrac(b.coef, unit).FloatString(places)) // always a number
	if n.digits == "" {
		n.neg = false
	}
	return n.expand()
}
