// Package humanize writes counts, sizes, rates and lengths of time for people. Screen, reports and notices share
// it, so that the same number reads the same everywhere.
package humanize

import (
	"strconv"
	"strings"
)

// Group sets commas between the thousands of a plain decimal number and leaves its digits as they are.
func Group(number string) string {
	whole, _, _ := strings.Cut(number, ".")
	first := strings.IndexFunc(whole, func(r rune) bool { return r != '-' })
	for i := len(whole) - 3; i > first && first >= 0; i -= 3 {
		number = number[:i] + "," + number[i:]
	}
	return number
}

// Count is a whole number with commas between its thousands: "1,204".
func Count[N int | int64 | uint64 | float64](n N) string {
	return Group(strconv.FormatInt(int64(n), 10))
}

// Plural is a count and its noun: "1 event", "1,204 events".
func Plural[N int | int64 | uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + noun + "s"
}

// Abbreviate cuts a grouped number to three digits and its unit, K for thousands, then M, B, T, Q: "48,211,900" is
// "48.2M". It never rounds up. A number beyond the units is an ellipsis.
func Abbreviate(grouped string) string {
	const units = "KMBTQ"
	if len(grouped) <= 6 && !strings.Contains(grouped, ",") {
		return grouped
	}
	whole, _, _ := strings.Cut(grouped, ".")
	n := strings.Count(whole, ",")
	switch {
	case n == 0:
		return cutFraction(grouped)
	case n > len(units):
		return "…"
	}
	head, rest, _ := strings.Cut(whole, ",")
	if digits := 3 - len(strings.TrimLeft(head, "+-")); digits > 0 {
		return head + "." + rest[:digits] + units[n-1:n]
	}
	return head + units[n-1:n]
}

// cutFraction cuts a number below a thousand to three digits; those before the first that is not zero do not count.
func cutFraction(number string) string {
	end := 0
	for digits := 0; end < len(number) && (digits < 3 || strings.IndexByte(number, '.') > end); end++ {
		if c := number[end]; c >= '1' && c <= '9' || c == '0' && digits > 0 {
			digits++
		}
	}
	return strings.TrimSuffix(number[:end], ".")
}

// Bytes is a size in decimal units: "512 B", "1.5 kB", "178 MB", "2.0 GB".
func Bytes[N int | int64 | uint64 | float64](size N) string {
	n, units := float64(size), []string{"B", "kB", "MB", "GB", "TB"}
	for n >= 1000 && len(units) > 1 {
		n, units = n/1000, units[1:]
	}
	decimals := 1
	if n >= 100 || units[0] == "B" {
		decimals = 0
	}
	return strconv.FormatFloat(n, 'f', decimals, 64) + " " + units[0]
}

// Rate is a number of events a second: "0/s", "0.4/s", "1,204/s".
func Rate(perSecond float64) string {
	if perSecond > 0 && perSecond < 10 {
		return strconv.FormatFloat(perSecond, 'f', 1, 64) + "/s"
	}
	return Count(uint64(perSecond+0.5)) + "/s"
}
