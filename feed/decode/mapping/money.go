package mapping

import (
	"fmt"
	"regexp"
	"strings"

	"livetape/feed/market"
)

// A price as people write it: with the sign or code of a currency, and thousands set apart.
var (
	currencyBefore = regexp.MustCompile(`^(?:[$€£¥₹₩₽]|[A-Z]{3})\s?`)
	currencyAfter  = regexp.MustCompile(`\s?(?:[$€£¥₹₩₽]|[A-Z]{3})$`)
	thousands      = regexp.MustCompile(`^[+-]?\d{1,3}(?:[,.' \x{00a0}\x{202f}’]\d{3})+(?:[.,]\d+)?$`)
	decimalComma   = regexp.MustCompile(`^[+-]?\d+,\d+$`)
	eitherWay      = regexp.MustCompile(`^[+-]?[1-9]\d{0,2},\d{3}$`)
)

// parseMoney reads a price as people write it, digit for digit, where it has one meaning. 61,632 has two.
func parseMoney(s string) (market.Decimal, error) {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	s = currencyAfter.ReplaceAllString(currencyBefore.ReplaceAllString(s, ""), "")
	switch {
	case eitherWay.MatchString(s):
		return market.Decimal{}, fmt.Errorf("%q may have a decimal comma, or a comma between thousands", market.PlainText(s, 40))
	case thousands.MatchString(s):
		s = joinThousands(s)
	case decimalComma.MatchString(s):
		s = strings.Replace(s, ",", ".", 1)
	}
	return market.ParseDecimal(sign + strings.TrimPrefix(s, "+"))
}

// joinThousands takes out what sets thousands apart. The last sign is the decimal point when it is another than the first,
// or when it does not stand before three digits.
func joinThousands(s string) string {
	runes := []rune(s)
	var signs []int
	for i, r := range runes {
		if (r < '0' || r > '9') && i > 0 {
			signs = append(signs, i)
		}
	}
	point := -1
	if last := signs[len(signs)-1]; len(signs) > 1 && runes[last] != runes[signs[0]] || len(runes)-last != 4 {
		point = last
	}
	var b strings.Builder
	for i, r := range runes {
		switch {
		case i == point:
			b.WriteByte('.')
		case i == 0 || r >= '0' && r <= '9':
			b.WriteRune(r)
		}
	}
	return b.String()
}
