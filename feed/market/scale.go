package market

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/govalues/decimal"
)

// quotientDigits is how many significant digits a quotient that does not end has.
const quotientDigits = 19

// Shift is d × 10^n, with every digit of d kept: 6163260000000 shifted by -8 is 61632.60000000. It is absent
// when d is, and an error when the plain notation has more than MaxDigits digits.
func (d Decimal) Shift(n int) (Decimal, error) {
	if !d.IsSet() || n == 0 {
		return d, nil
	}
	if d.wide == narrow && n < 0 && n >= -decimal.MaxScale && d.num.Coef() <= 1<<62 {
		coef := int64(d.num.Coef())
		if d.num.IsNeg() {
			coef = -coef
		}
		if num, err := decimal.New(coef, d.num.Scale()-n); err == nil {
			return Decimal{num, narrow}, nil
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
	if d.wide == narrow && e.wide == narrow {
		scale := d.num.Scale() + e.num.Scale()
		if scale <= decimal.MaxScale {
			if product, err := d.num.MulExact(e.num, scale); err == nil && product.Scale() == scale {
				return Decimal{product, narrow}
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
	return number{neg && digits != "", digits, scale}.expand()
}

// Round is d with at most so many decimals, halves away from zero; absent when d is.
func (d Decimal) Round(places int) Decimal {
	if !d.IsSet() || d.wide == narrow && d.num.Scale() <= places {
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
