package stream

import "unicode/utf8"

// AppendUTF8 appends text to b with each maximal part of an ill-formed sequence replaced by U+FFFD (WHATWG
// Encoding, "UTF-8 decode"). A line at a time is as good as the whole stream: line ends are ASCII, and end any
// sequence.
func AppendUTF8(b, text []byte) []byte {
	for !utf8.Valid(text) {
		n := wellFormed(text)
		b = appendParts(grow(b, n+utf8.UTFMax), text[:n])
		b = utf8.AppendRune(b, utf8.RuneError)
		text = text[n+illFormed(text[n:]):]
	}
	return appendParts(grow(b, len(text)), text)
}

// wellFormed is how many bytes text has before its first ill-formed sequence.
func wellFormed(text []byte) int {
	n := 0
	for n < len(text) {
		r, size := utf8.DecodeRune(text[n:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return n
}

// illFormed is the length of the maximal part of a well-formed sequence that text, which begins with an
// ill-formed one, begins with; at least 1 (Unicode Standard, table 3-7).
func illFormed(text []byte) int {
	low, high, more := byte(0x80), byte(0xBF), 0
	switch c := text[0]; {
	case c >= 0xC2 && c <= 0xDF:
		more = 1
	case c >= 0xE0 && c <= 0xEF:
		more = 2
	case c >= 0xF0 && c <= 0xF4:
		more = 3
	}
	switch text[0] {
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for n <= more && n < len(text) && text[n] >= low && text[n] <= high {
		low, high = 0x80, 0xBF
		n++
	}
	return n
}
