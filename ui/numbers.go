package ui

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"livetape/feed/market"
)

// missing stands for a number that the feed never gave.
const missing = "–"

const (
	maxDigits    = 20 // cells of a column on either side of its decimal points
	maxFraction  = 9  // cells, with the point, that one number may cost a column
	longFraction = 6  // cells that a column gives to a fraction which is longer than that, and has no zeros to fold
)

func splitAtPoint(number string) (whole, fraction string) {
	if i := strings.IndexByte(number, '.'); i >= 0 {
		return number[:i], number[i:]
	}
	return number, ""
}

func withPlus(d market.Decimal) string {
	if d.Sign() > 0 {
		return "+" + d.String()
	}
	return d.String()
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

func signOf(number string) int {
	switch {
	case strings.HasPrefix(number, "+"):
		return 1
	case strings.HasPrefix(number, "-"):
		return -1
	}
	return 0
}

type numberWidth struct {
	whole, fraction int
	allDecimals     int  // the fraction that shortens no number
	longest         int  // of a single number; less than the sum where large numbers have few decimals
	unaligned       bool // the points of the numbers are not below each other, to save width
}

// fit makes room for a number. One with very many decimals gets less, so that it does not cost all rows their columns.
func (e *numberWidth) fit(number string) {
	whole, fraction := splitAtPoint(number)
	e.allDecimals = min(max(e.allDecimals, len(fraction)), maxDigits)
	room := len(fraction)
	if room > maxFraction {
		room = longFraction
		if folded := foldZeros(fraction); folded != fraction { // a tiny price, not the noise of a binary number
			room = min(cells(folded), maxFraction)
		}
	}
	e.whole = min(max(e.whole, len(whole)), maxDigits)
	e.fraction = max(e.fraction, room)
	e.longest = min(max(e.longest, len(whole)+room), maxDigits)
}

func (e numberWidth) total() int {
	if e.unaligned {
		return e.longest
	}
	return e.whole + e.fraction
}

type highlight struct {
	style, changed style
	from           int
}

// drawNumber draws a number with its decimal point where the column has it.
func (t *priceTable) drawNumber(n numberWidth, width int, text string, st style) {
	t.drawHighlighted(n, width, text, highlight{st, st, len(text)})
}

func (t *priceTable) drawHighlighted(n numberWidth, width int, text string, h highlight) {
	if text == "" {
		before := max(width-n.fraction-1, 0)
		if n.unaligned {
			before = max(width-1, 0)
		}
		t.w.writeBlanks(before)
		t.w.writeLeft(muted, missing, width-before)
		return
	}
	before, text := alignNumber(n, width, text)
	t.w.writeBlanks(before)
	from := min(h.from, len(text))
	for from < len(text) && !utf8.RuneStart(text[from]) { // within the ellipsis of a number that was cut
		from--
	}
	t.w.write(h.style, text[:from])
	t.w.write(h.changed, text[from:])
	t.w.writeBlanks(width - before - cells(text))
}

// alignNumber is the room before a number in a column, and the number itself. A number that is too long loses digits
// after the point and ends in an ellipsis. One whose whole part does not fit becomes an ellipsis, because what would be
// left is another number.
func alignNumber(n numberWidth, width int, number string) (before int, text string) {
	whole, fraction := splitAtPoint(number)
	if n.unaligned {
		n = numberWidth{whole: len(whole), fraction: min(len(fraction), max(width-len(whole), 0))}
	}
	room := max(min(n.fraction, width-n.whole), 0)
	pointAt := width - room
	if len(fraction) > room {
		fraction = foldZeros(fraction)
		number = whole + fraction
	}
	switch {
	case len(whole) > pointAt, room == 0 && fraction != "" && len(whole) == pointAt:
		return max(pointAt-1, 0), "…"
	case cells(fraction) <= room:
		return pointAt - len(whole), number
	case room == 0:
		return pointAt - len(whole) - 1, whole + "…"
	}
	return pointAt - len(whole), whole + truncate(fraction, room)
}

// shortNumber is a number as a column that fits it shows it.
func shortNumber(number string) string {
	var n numberWidth
	if _, fraction := splitAtPoint(number); len(fraction) <= maxFraction {
		return number
	}
	n.fit(number)
	_, text := alignNumber(n, n.total(), number)
	return text
}

// minFolded is how many zeros behind a point are written as their number.
const minFolded = 4

// foldZeros writes the zeros that a fraction begins with as their number: .00001281 is .0₄1281.
func foldZeros(fraction string) string {
	rest := strings.TrimLeft(strings.TrimPrefix(fraction, "."), "0")
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
