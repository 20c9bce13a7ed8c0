package infer

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/mapping"
)

// Numbers as people write them, in texts: 61,632.60, and 137,20.
var (
	grouped      = regexp.MustCompile(`^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$`)
	plainlyGroup = regexp.MustCompile(`,\d{3}(,|\.)`)
	decimalComma = regexp.MustCompile(`^[+-]?\d+,\d+$`)
	plainlyComma = regexp.MustCompile(`^[+-]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{4,},\d+)$`)
)

// readNumbers reports whether a leaf holds numbers, and notes what has to be replaced to read them. What could be either
// way, as 61,632, is no number. With lenient, one value in three may be something else: "halt" in the place of a price.
func (l *leaf) readNumbers(lenient bool) bool {
	commas := slices.ContainsFunc(l.values, func(v gjson.Result) bool { return strings.Contains(v.Str, ",") })
	if l.everyValue(isNumber) && (!commas || l.everyValue(isPlain)) {
		return true
	}
	for _, w := range []struct {
		all, some *regexp.Regexp
		plain     func(number string) bool // beside those with a comma
		replace   []string
	}{{grouped, plainlyGroup, anyNumber, []string{",", ""}}, {decimalComma, plainlyComma, hasNoPoint, []string{",", "."}}} {
		plainly := false
		fits := l.everyValue(func(v gjson.Result) bool {
			s := strings.TrimSpace(v.Str)
			plainly = plainly || w.some.MatchString(s)
			return isNumber(v) && w.plain(s) || v.Type == gjson.String && w.all.MatchString(s)
		})
		if fits && plainly {
			l.replace = w.replace
			return true
		}
	}
	return !commas && lenient && (l.mostValues(isNumber) || l.everyValue(func(v gjson.Result) bool { return isNumber(v) || saysNoPrice(v) }) && slices.ContainsFunc(l.values, isNumber))
}

// noPriceWords are words in the place of a price where there is none.
var noPriceWords = mapping.WordSet("suspended halt halted market closed close n a na none nil null unavailable available not no yet price quote trade trades trading data pending delisted paused stopped unknown tba tbd")

// saysNoPrice reports whether a text in the place of a price says that there is none: "market closed".
func saysNoPrice(v gjson.Result) bool {
	if v.Type != gjson.String || len(v.Str) > maxName || strings.ContainsAny(v.Str, "0123456789") {
		return false
	}
	return !slices.ContainsFunc(nameWords(v.Str), func(word string) bool { return !noPriceWords[word] })
}

// isPlain reports whether a number has one meaning whatever the comma means beside it: of 1.234 and 1,234 nobody knows.
func isPlain(v gjson.Result) bool { return !onePoint.MatchString(v.String()) }

var onePoint = regexp.MustCompile(`^\D*\d+\.\d{3}\D*$`)

func anyNumber(string) bool { return true }

// hasNoPoint reports whether a number has no point: where a comma begins the decimals, a point sets thousands apart.
func hasNoPoint(number string) bool { return !strings.Contains(number, ".") }

var minorUnitName = regexp.MustCompile(`(?i)^(.+?)_?(?:(?:in)?_?(cents|pence)|e(\d{1,2}))$`)

// minorUnits is the name and the decimals of a price that its name says to be in cents, or a power of ten:
// price_cents, lastPriceE4.
func minorUnits(name string) (price, decimals string) {
	m := minorUnitName.FindStringSubmatch(name)
	switch {
	case m == nil:
		return name, ""
	case m[2] != "":
		return m[1], "2"
	}
	return m[1], m[3]
}
