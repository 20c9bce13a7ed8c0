package ui

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

// missing stands for a number that the feed never gave.
const missing = "–"

func splitAtPoint(number string) (whole, fraction string) {
	if i := strings.IndexByte(number, '.'); i >= 0 {
		return number[:i], number[i:]
	}
	return number, ""
}

// priceFormat is how the prices of a symbol are written: with separators and a fixed number of decimals.
type priceFormat struct {
	decimals int
	unfolded bool // with all the zeros behind the point: a terminal that has ASCII alone has no small digits
}

// text leaves no digit out but zeros at the end.
func (f priceFormat) text(d market.Decimal) string { return f.signedText("", d, "") }

// signedText is a number with a sign before it and a unit behind it; empty without a number.
func (f priceFormat) signedText(sign string, d market.Decimal, unit string) string {
	if !d.IsSet() {
		return ""
	}
	decimals := f.decimals
	if d.Sign() == 0 {
		decimals = min(decimals, 2)
	}
	whole, fraction := splitAtPoint(d.String())
	fraction = fixDecimals(fraction, decimals)
	if !f.unfolded {
		fraction = foldZeros(fraction)
	}
	return sign + humanize.Group(whole) + fraction + unit
}

func (f priceFormat) withDecimals(n int) priceFormat {
	f.decimals = n
	return f
}

// mostCells is how many cells a number takes at most.
func (f priceFormat) mostCells(d market.Decimal) int {
	whole, fraction := d.Digits()
	n := whole + (whole-1)/3 + max(fraction, f.decimals)
	if fraction > 0 || f.decimals > 0 {
		n += len(".")
	}
	if d.Sign() < 0 {
		n += len("-")
	}
	return n
}

// fixDecimals adds zeros to a fraction until it has so many digits, and takes away those that it has beyond.
func fixDecimals(fraction string, decimals int) string {
	if fraction == "" {
		fraction = "."
	}
	for len(fraction)-1 > decimals && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	if n := decimals + 1 - len(fraction); n > 0 {
		fraction += strings.Repeat("0", n)
	}
	return strings.TrimSuffix(fraction, ".")
}

const (
	minFolded    = 4 // zeros behind a point that are written as their number
	minUnfolding = 7 // digits of a fraction that is short enough with all its zeros
)

// foldZeros writes the zeros that a long fraction begins with as their number: .00001281 is .0₄1281.
func foldZeros(fraction string) string {
	if len(fraction)-1 < minUnfolding {
		return fraction
	}
	rest := strings.TrimLeft(fraction[1:], "0")
	n := len(fraction) - 1 - len(rest)
	if n < minFolded || rest == "" {
		return fraction
	}
	folded := []rune(".0")
	for _, digit := range strconv.Itoa(n) {
		folded = append(folded, '₀'+digit-'0')
	}
	return string(folded) + rest
}

// fitNumber is a number in so many cells. One that is too long loses digits after the point and ends in an ellipsis. One
// whose whole part is too long is abbreviated: what would be left of it is another number.
func fitNumber(number string, width int) string {
	if strings.Contains(number, ".") && cells(number) > width {
		number = strings.TrimSuffix(strings.TrimRight(number, "0"), ".")
	}
	if cells(number) <= width {
		return number
	}
	if whole, _ := splitAtPoint(number); len(whole) >= width {
		if short := humanize.Abbreviate(whole); strings.Contains(whole, ",") && len(short) <= width {
			return short
		}
		return truncate("…", width)
	}
	cut := truncateWith(number, width-1, "")
	if rest := []rune(number[len(cut):]); isSubscript(rest[0]) { // half of a number of zeros is another number
		cut = strings.TrimRightFunc(cut, isSubscript)
	}
	return cut + "…"
}

func isSubscript(r rune) bool { return r >= '₀' && r <= '₉' }

// sizeText is a size or a volume in at most three digits, with its unit. Zeros at its end say nothing.
func (f priceFormat) sizeText(d market.Decimal) string {
	whole, fraction := splitAtPoint(d.String())
	short := humanize.Abbreviate(humanize.Group(whole) + fixDecimals(fraction, 0))
	if whole, fraction = splitAtPoint(short); f.unfolded {
		return short
	}
	return whole + foldZeros(fraction)
}

// majorCurrencies are those of whose rates the pip is known.
func majorCurrencies() []string {
	return []string{"USD", "EUR", "JPY", "GBP", "CHF", "AUD", "CAD", "NZD"}
}

// pipDecimals is after how many decimals the pip of a pair of currencies is; not ok for what is no such pair.
func pipDecimals(symbol string) (decimals int, ok bool) {
	pair := strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune("/-_.", r) {
			return -1
		}
		return r
	}, symbol))
	if len(pair) != 6 || !slices.Contains(majorCurrencies(), pair[:3]) || !slices.Contains(majorCurrencies(), pair[3:]) {
		return 0, false
	}
	if pair[3:] == "JPY" {
		return 2, true
	}
	return 4, true
}

// spreadText is the spread, in pips where that is known to be the custom.
func (f priceFormat) spreadText(r *market.Row) string {
	spread := r.Spread()
	decimals, isPair := pipDecimals(r.Symbol)
	if pips, err := spread.Shift(decimals); isPair && err == nil && pips.IsSet() {
		return f.withDecimals(1).signedText("", pips, "p")
	}
	return f.withDecimals(min(f.decimals, 2)).text(spread)
}

// firstDifference is the index of the first digit that differs; zero when the number of digits before the point does.
func firstDifference(before, after string) int {
	a, _ := splitAtPoint(before)
	b, _ := splitAtPoint(after)
	if len(a) != len(b) {
		return 0
	}
	i := 0
	for i < len(after) && i < len(before) && after[i] == before[i] {
		i++
	}
	return i
}

type highlight struct {
	style, changed style
	from           int
}

// drawNumber draws a number, or a dash, at the right of a column.
func (t *priceTable) drawNumber(width int, text string, st style) {
	t.drawHighlighted(width, text, highlight{st, st, len(text)})
}

func (t *priceTable) drawHighlighted(width int, text string, h highlight) {
	if text == "" {
		t.w.writeRight(muted, missing, width)
		return
	}
	text = fitNumber(text, width)
	from := min(h.from, len(text))
	for from < len(text) && !utf8.RuneStart(text[from]) { // within a sign of several bytes
		from--
	}
	t.w.writeBlanks(width - cells(text))
	t.w.write(h.style, text[:from])
	t.w.write(h.changed, text[from:])
}
