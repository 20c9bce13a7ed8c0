package infer

import (
	"regexp"
	"strings"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/auto"
	"livetape/feed/decode/mapping"
)

// Numbers as people write them, in texts: 61,632.60, and 137,20.
var (
	grouped      = regexp.MustCompile(`^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$`)
	plainlyGroup = regexp.MustCompile(`,\d{3}(,|\.)`)
	decimalComma = regexp.MustCompile(`^[+-]?\d+,\d+$`)
	plainlyComma = regexp.MustCompile(`^[+-]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{4,},\d+)$`)
)

// figures reports whether a leaf holds numbers, and notes what has to be replaced to read them. What could be either
// way, as 61,632, is no number.
func (l *leaf) figures() bool {
	if l.every(numeric) {
		return true
	}
	for _, w := range []struct {
		all, some *regexp.Regexp
		plain     func(number string) bool // beside those with a comma
		replace   []string
	}{{grouped, plainlyGroup, anyNumber, []string{",", ""}}, {decimalComma, plainlyComma, pointless, []string{",", "."}}} {
		plainly := false
		fits := l.every(func(v gjson.Result) bool {
			s := strings.TrimSpace(v.Str)
			plainly = plainly || w.some.MatchString(s)
			return numeric(v) && w.plain(s) || v.Type == gjson.String && w.all.MatchString(s)
		})
		if fits && plainly {
			l.replace = w.replace
			return true
		}
	}
	return l.priced()
}

func anyNumber(string) bool { return true }

// pointless reports whether a number has no point: where a comma begins the decimals, a point sets thousands apart.
func pointless(number string) bool { return !strings.Contains(number, ".") }

var currencySign = regexp.MustCompile(`^[$€£¥]`)

// priced reports whether a leaf holds numbers behind one and the same sign of a currency: $181.46.
func (l *leaf) priced() bool {
	with := currencySign.FindString(l.first().Str)
	if with == "" || !l.every(func(v gjson.Result) bool {
		digits, ok := strings.CutPrefix(v.Str, with)
		return ok && numeric(gjson.Result{Type: gjson.String, Str: digits})
	}) {
		return false
	}
	l.replace = []string{with, ""}
	return true
}

var inSmallCoin = regexp.MustCompile(`(?i)^(.+?)_?(?:(?:in)?_?(cents|pence)|e(\d{1,2}))$`)

// smallCoin is the name and the decimals of a price that its name says to be in cents, or a power of ten:
// price_cents, lastPriceE4.
func smallCoin(name string) (price, decimals string) {
	m := inSmallCoin.FindStringSubmatch(name)
	switch {
	case m == nil:
		return name, ""
	case m[2] != "":
		return m[1], "2"
	}
	return m[1], m[3]
}

// value is the leaf as a rule writes it.
func (l *leaf) value() mapping.Value {
	return mapping.Value{Path: l.path, Replace: l.replace, Decimals: l.decimals}
}

// alone takes back a bid called a single letter without an ask, and the other way round: an "a" alone is an average.
func (f fields) alone() {
	bid, ask := f["bid"], f["ask"]
	if len(bid) == 0 && len(ask) > 0 && ask[0].spelled >= auto.Weak {
		delete(f, "ask")
	}
	if len(ask) == 0 && len(bid) > 0 && bid[0].spelled >= auto.Weak {
		delete(f, "bid")
	}
}

// bar takes an "l" for the low where a bar's other letters stand beside it.
func (f fields) bar(all []*leaf) {
	open, high := f.best("open"), f.best("high")
	if open == nil || high == nil || f.best("low") != nil || len(open.name()) != 1 || len(high.name()) != 1 {
		return
	}
	for _, l := range all {
		if strings.EqualFold(l.name(), "l") && l.every(numeric) {
			f["low"] = []candidate{{leaf: l, spelled: auto.Weak}}
			return
		}
	}
}
