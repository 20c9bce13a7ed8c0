package mapping

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// IsMissing reports whether there is no value: nothing, null, "", "-", "NaN" and the like, which are never zero.
func IsMissing(v gjson.Result) bool {
	switch v.Type {
	case gjson.Null: // a result that does not exist too
		return true
	case gjson.String:
		return missingWords[strings.TrimSpace(v.Str)]
	}
	return false
}

// missingWords are what feeds write where they have no value, as their languages print it. Words that are tickers too are missing
// only where a number is wanted.
var missingWords = func() map[string]bool {
	all := WordSet("- -- — – null NULL Null None nil N/A n/a N.A. n.a. #N/A #NA")
	all[""], all["#N/A N/A"] = true, true
	for _, word := range nonNumbers {
		all[word] = !missingNumbers[word]
	}
	return all
}()

var missingNumbers = WordSet("NAN INF")

// IsMissingNumber reports whether there is no value where a number is wanted.
func IsMissingNumber(v gjson.Result) bool {
	return IsMissing(v) || v.Type == gjson.String && missingNumbers[strings.TrimSpace(v.Str)]
}

// errNotScalar says that a list or map stands where one value is wanted. Where several paths are tried, the next is.
var errNotScalar = errors.New("is a list or a map, not one value")

// scalarText is a value as text; ok is false when it is missing.
func scalarText(v gjson.Result) (s string, ok bool, err error) {
	if IsMissing(v) {
		return "", false, nil
	}
	switch v.Type {
	case gjson.String:
		return strings.TrimSpace(v.Str), true, nil
	case gjson.JSON:
		if s, ok := amountText(v); ok {
			return s, true, nil
		}
		return "", false, fmt.Errorf("%s %w", market.PlainText(v.Raw, 40), errNotScalar)
	}
	return v.Raw, true, nil
}

// ParseNumber reads a number, or a string with one, digit for digit. A missing value gives a decimal that is not set.
func ParseNumber(v gjson.Result) (market.Decimal, error) {
	s, ok, err := scalarText(v)
	if err != nil || !ok {
		return market.Decimal{}, err
	}
	return parseDecimal(s)
}

// parseDecimal reads a number as feeds write it: by the grammar of JSON, also with a plus in front or without the 0
// before the point.
func parseDecimal(s string) (market.Decimal, error) {
	if missingNumbers[s] {
		return market.Decimal{}, nil
	}
	s = strings.TrimPrefix(s, "+")
	if digits, ok := strings.CutPrefix(s, "\u2212"); ok { // the minus sign of typography
		s = "-" + digits
	}
	if digits, ok := strings.CutPrefix(s, "."); ok {
		s = "0." + digits
	} else if digits, ok := strings.CutPrefix(s, "-."); ok {
		s = "-0." + digits
	}
	d, err := market.ParseDecimal(s)
	if err != nil && isLargestFloat(s) {
		return market.Decimal{}, nil
	}
	if err != nil {
		if money, moneyErr := parseMoney(s); moneyErr == nil || strings.Contains(s, ",") {
			return money, moneyErr
		}
	}
	return d, err
}

// isLargestFloat reports whether a number is the largest that a float64 holds: feeds write it where they have none.
func isLargestFloat(s string) bool {
	n, err := strconv.ParseFloat(s, 64)
	return (err == nil || errors.Is(err, strconv.ErrRange)) && math.Abs(n) > 1.79e308
}

// number is the value as a number; not set when it is missing.
func (v *compiledValue) number(r *row) (market.Decimal, error) {
	d, err := v.unscaledNumber(r)
	if err != nil || !d.IsSet() {
		return d, err
	}
	for _, scale := range v.scales {
		n, ok, err := scale.exponent(r)
		if err != nil || !ok {
			return market.Decimal{}, err
		}
		if d, err = d.Shift(n); err != nil {
			return market.Decimal{}, err
		}
	}
	if v.mul.IsSet() {
		d = d.Mul(v.mul)
	}
	return d, nil
}

func (v *compiledValue) unscaledNumber(r *row) (market.Decimal, error) {
	switch v.source {
	case sourceFirst:
		for _, one := range v.operands {
			d, err := one.number(r)
			if err != nil && !errors.Is(err, errNotScalar) || d.IsSet() {
				return d, err
			}
		}
		return market.Decimal{}, nil
	case sourceMax:
		return v.maxNumber(r)
	case sourceRatio:
		num, err := v.operands[0].number(r)
		if err != nil {
			return num, err
		}
		den, err := v.operands[1].number(r)
		return num.Quo(den), err
	}
	s, ok, err := v.text(r)
	if err != nil || !ok {
		return market.Decimal{}, err
	}
	if v.percent {
		s = strings.TrimSpace(strings.TrimSuffix(s, "%"))
	}
	return parseDecimal(s)
}

func (v *compiledValue) maxNumber(r *row) (most market.Decimal, err error) {
	for _, one := range v.operands {
		d, err := one.number(r)
		if err != nil {
			return d, err
		}
		if d.Cmp(most) > 0 {
			most = d
		}
	}
	return most, nil
}

// powerOfTen is a power of ten to multiply with, or to divide by.
type powerOfTen struct {
	constant int
	path     *path // to the exponent; nil: the constant
	divide   bool
}

// exponent is the power of ten to multiply with; ok is false when it is missing, and then the number means nothing.
func (s powerOfTen) exponent(r *row) (n int, ok bool, err error) {
	n = s.constant
	if s.path != nil {
		word, ok, err := scalarText(s.path.get(r))
		if err != nil || !ok {
			return 0, false, err
		}
		if n, err = strconv.Atoi(word); err != nil {
			return 0, false, fmt.Errorf("%s is no exponent", market.PlainText(strconv.Quote(word), 40))
		}
	}
	if s.divide {
		n = -n
	}
	return n, true, nil
}
