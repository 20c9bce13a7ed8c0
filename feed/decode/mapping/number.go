package mapping

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// missing reports whether a value says that there is none: null, "", "-", "NaN" and the like are never zero.
func missing(v gjson.Result) bool {
	switch v.Type {
	case gjson.Null:
		return true
	case gjson.String:
		return blank(strings.TrimSpace(v.Str))
	}
	return false
}

func blank(s string) bool {
	switch s {
	case "", "-", "--", "NaN", "nan", "null", "N/A", "n/a", "Infinity", "-Infinity":
		return true
	}
	return false
}

// errMany says that a list or map stands where one value is wanted. Where several paths are tried, it is not there.
var errMany = errors.New("is a list or a map, not one value")

// scalar is what a value says as text; ok is false when it says nothing.
func scalar(v gjson.Result) (s string, ok bool, err error) {
	if missing(v) {
		return "", false, nil
	}
	switch v.Type {
	case gjson.String:
		return strings.TrimSpace(v.Str), true, nil
	case gjson.JSON:
		return "", false, fmt.Errorf("%s %w", market.PlainText(v.Raw, 40), errMany)
	}
	return v.Raw, true, nil
}

// parseNumber reads a number as feeds write it: by the grammar of JSON, with a plus in front or without the 0 before
// the point as well.
func parseNumber(s string) (market.Decimal, error) {
	s = strings.TrimPrefix(s, "+")
	if digits, ok := strings.CutPrefix(s, "."); ok {
		s = "0." + digits
	} else if digits, ok := strings.CutPrefix(s, "-."); ok {
		s = "-0." + digits
	}
	return market.ParseDecimal(s)
}

// number is the value as a number; absent when it is missing.
func (v *value) number(r *row) (market.Decimal, error) {
	d, err := v.unscaled(r)
	if err != nil || !d.IsSet() {
		return d, err
	}
	for _, scale := range v.scales {
		n, ok, err := scale.power(r)
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

func (v *value) unscaled(r *row) (market.Decimal, error) {
	switch v.source {
	case ofFirst:
		for _, one := range v.several {
			d, err := one.number(r)
			if err != nil && !errors.Is(err, errMany) || d.IsSet() {
				return d, err
			}
		}
		return market.Decimal{}, nil
	case ofMax:
		return v.largest(r)
	case ofRatio:
		num, err := v.several[0].number(r)
		if err != nil {
			return num, err
		}
		den, err := v.several[1].number(r)
		return num.Quo(den), err
	}
	s, ok, err := v.words(r)
	if err != nil || !ok {
		return market.Decimal{}, err
	}
	if v.percent {
		s = strings.TrimSpace(strings.TrimSuffix(s, "%"))
	}
	return parseNumber(s)
}

func (v *value) largest(r *row) (most market.Decimal, err error) {
	for _, one := range v.several {
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

// scale is a power of ten to multiply by: a constant, or at a path.
type scale struct {
	n       int
	at      path
	dynamic bool
	invert  bool // divide by it
}

// power is the exponent of ten; ok is false when it is missing, and then the number means nothing.
func (s scale) power(r *row) (n int, ok bool, err error) {
	if !s.dynamic {
		return s.n, true, nil
	}
	word, ok, err := scalar(s.at.get(r))
	if err != nil || !ok {
		return 0, false, err
	}
	n, err = strconv.Atoi(word)
	if err != nil {
		return 0, false, fmt.Errorf("%s is no exponent", market.PlainText(strconv.Quote(word), 40))
	}
	if s.invert {
		n = -n
	}
	return n, true, nil
}
