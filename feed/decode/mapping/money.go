package mapping

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

// A price as people write it: with the sign or code of a currency, and thousands set apart.
var (
	currencyBefore = regexp.MustCompile(`^(?:[A-Z]{0,3}[$€£¥₹₩₽]|[A-Z]{3})\s?`)
	currencyAfter  = regexp.MustCompile(`\s?(?:[$€£¥₹₩₽]|[A-Z]{3})(?:\s?/\s?[A-Za-z]{1,6})?$`)
	indian         = regexp.MustCompile(`^[+-]?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?$`) // by lakh and crore
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
	case indian.MatchString(s):
		s = strings.ReplaceAll(s, ",", "")
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

// IsAmount reports whether v is a map of whole units and billionths, as Google's Money: {"units": "41", "nanos": 250000000}.
func IsAmount(v gjson.Result) bool {
	if !v.IsObject() {
		return false
	}
	_, ok := amountText(v)
	return ok
}

// amountText is an amount of units and billionths as a decimal. Of the two one may be left out, as protocol buffers do with 0; beside
// them there may only be a currency.
func amountText(v gjson.Result) (s string, ok bool) {
	var units, nanos int64
	members, others := 0, false
	v.ForEach(func(key, member gjson.Result) bool {
		var err error
		switch strings.ToLower(key.Str) {
		case "units":
			units, err = strconv.ParseInt(member.String(), 10, 64)
			members++
		case "nano", "nanos":
			nanos, err = strconv.ParseInt(member.String(), 10, 64)
			members++
		case "currency", "currencycode", "currency_code":
		default:
			others = true
		}
		others = others || err != nil
		return !others
	})
	if members == 0 || others || nanos <= -billion || nanos >= billion || units > 0 && nanos < 0 || units < 0 && nanos > 0 {
		return "", false
	}
	sign := ""
	if units < 0 || nanos < 0 {
		sign, nanos = "-", max(nanos, -nanos)
	}
	s = sign + strings.TrimPrefix(strconv.FormatInt(units, 10), "-")
	if nanos != 0 {
		s += "." + strings.TrimRight(fmt.Sprintf("%09d", nanos), "0")
	}
	return s, true
}

const billion = 1_000_000_000
