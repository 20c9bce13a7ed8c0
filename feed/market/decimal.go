package market

import (
	"fmt"
	"strconv"
	"strings"
	"unique"

	"github.com/govalues/decimal"
)

// MaxDigits is the most digits that a number may have in plain notation, before and after the point together.
const MaxDigits = 64

// Decimal is an exact decimal number, digit for digit as the feed wrote it; the zero value is
// "absent", which is not zero.
//
// It is small (24 bytes) and is copied. Two are == when they are written alike (1.5 and 1.50 are
// not); [Decimal.Cmp] compares what they are worth.
type Decimal struct {
	num  decimal.Decimal       // the number, when wide is notWide
	wide unique.Handle[string] // notWide, or the plain notation of a number that num has no room for; zero when absent
}

// notWide marks a number that is whole in Decimal.num: up to 19 digits, at most 19 of them after the point.
var notWide = unique.Make("")

// ParseDecimal reads a number in the grammar of JSON (RFC 8259 §6): "181.50", "-0.1", "1.2e-8". A leading
// plus, leading zeros, a bare point (".5", "5."), separators and words are not numbers.
//
// Digits are kept as written, trailing zeros too; an exponent is expanded ("1.2e-8" is 0.000000012),
// and a minus before zero is dropped, for it would read as a fall. It is an error when the plain notation
// has more than MaxDigits digits.
func ParseDecimal(s string) (Decimal, error) {
	if d, ok := parseShort(s); ok {
		return d, nil
	}
	n, ok := scanNumber(s)
	if !ok {
		return Decimal{}, fmt.Errorf("%s is not a number", quoteText(s))
	}
	if d, ok := n.decimal(); ok {
		return d, nil
	}
	return Decimal{}, fmt.Errorf("%s has more than %d digits", quoteText(s), MaxDigits)
}

// parseShort reads what nearly every number is: at most 18 digits and no exponent.
func parseShort(s string) (Decimal, bool) {
	digits, neg := strings.CutPrefix(s, "-")
	if len(digits) == 0 || len(digits) > 19 {
		return Decimal{}, false
	}
	var coef int64
	point := -1
	for i := 0; i < len(digits); i++ {
		switch c := digits[i]; {
		case c-'0' <= 9:
			coef = coef*10 + int64(c-'0')
		case c == '.' && point < 0:
			point = i
		default:
			return Decimal{}, false
		}
	}
	scale, whole := 0, len(digits)
	if point >= 0 {
		scale, whole = len(digits)-point-1, point
	}
	if whole == 0 || whole > 1 && digits[0] == '0' || point >= 0 && scale == 0 || whole+scale > 18 {
		return Decimal{}, false
	}
	if neg {
		coef = -coef
	}
	num, err := decimal.New(coef, scale)
	return Decimal{num, notWide}, err == nil
}

// scannedNumber is a scanned number: ± digits × 10^-scale, without leading zeros.
type scannedNumber struct {
	neg    bool
	digits string
	scale  int
}

// scanNumber splits a number by the grammar of RFC 8259 §6.
func scanNumber(s string) (scannedNumber, bool) {
	rest, neg := strings.CutPrefix(s, "-")
	whole := leadingDigits(rest)
	rest = rest[len(whole):]
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return scannedNumber{}, false
	}
	var fraction string
	if after, ok := strings.CutPrefix(rest, "."); ok {
		fraction = leadingDigits(after)
		rest = after[len(fraction):]
		if fraction == "" {
			return scannedNumber{}, false
		}
	}
	exponent, ok := scanExponent(rest)
	digits := strings.TrimLeft(whole+fraction, "0")
	scale := len(fraction) - exponent
	if digits == "" {
		neg, scale = false, max(scale, 0)
	}
	return scannedNumber{neg, digits, scale}, ok
}

func leadingDigits(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
}

// maxExponent stands for every exponent beyond it: no number of MaxDigits digits has one so large,
// unless the number itself is beyond all bounds.
const maxExponent = 1 << 30

func scanExponent(s string) (exponent int, ok bool) {
	if s == "" {
		return 0, true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return 0, false
	}
	s = s[1:]
	neg := strings.HasPrefix(s, "-")
	if neg || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if s == "" || leadingDigits(s) != s {
		return 0, false
	}
	exponent, err := strconv.Atoi(s)
	if err != nil || exponent > maxExponent {
		exponent = maxExponent
	}
	if neg {
		exponent = -exponent
	}
	return exponent, true
}

// decimal is the number in plain notation; it is not ok when that has more than MaxDigits digits.
func (n scannedNumber) decimal() (Decimal, bool) {
	whole := max(len(n.digits)-n.scale, 1) // digits before the point
	if whole > MaxDigits || whole+max(n.scale, 0) > MaxDigits {
		return Decimal{}, false
	}
	return n.expand(), true
}

// expand writes the number out, however long it gets.
func (n scannedNumber) expand() Decimal {
	digits, scale := n.digits, n.scale
	if scale < 0 {
		digits += strings.Repeat("0", -scale)
		scale = 0
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale+1-len(digits)) + digits
	}
	text := digits
	if scale > 0 {
		text = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if n.neg {
		text = "-" + text
	}
	if len(n.digits)+max(-n.scale, 0) <= decimal.MaxPrec && scale <= decimal.MaxScale {
		if num, err := decimal.ParseExact(text, scale); err == nil && num.Scale() == scale {
			return Decimal{num, notWide}
		}
	}
	return Decimal{wide: unique.Make(text)}
}

// quoteText shows a feed's text in an error, cut short and with everything unprintable escaped.
func quoteText(s string) string {
	if len(s) > 40 {
		return strconv.Quote(strings.ToValidUTF8(s[:40], "")) + "…"
	}
	return strconv.Quote(s)
}

// IsSet reports whether there is a number at all.
func (d Decimal) IsSet() bool { return d.wide != unique.Handle[string]{} }

// String is the plain notation, trailing zeros kept; "" when absent.
func (d Decimal) String() string {
	var b [24]byte
	return string(d.Append(b[:0]))
}

// Append appends what String gives.
func (d Decimal) Append(b []byte) []byte {
	switch {
	case d.wide == notWide:
		b, _ = d.num.AppendText(b) // never an error
	case d.IsSet():
		b = append(b, d.wide.Value()...)
	}
	return b
}
