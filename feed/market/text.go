package market

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// MaxMarks is how many combining marks one base character keeps: scripts in use stack up to four.
const MaxMarks = 4

// PlainText makes a feed's text safe to show and to log: valid UTF-8 on one line, at most limit
// runes.
//
// Terminal escape sequences go as a whole (CSI, OSC, DCS and their kin by ECMA-48 §5.6 and §8.3,
// in 7-bit and 8-bit form), and so do control characters, everything that steers the direction of
// text, and what has no shape of its own: zero-width characters, joiners, tags. An emoji joined of
// several is shown as its parts. Every line break or tab becomes one space, invalid UTF-8 becomes
// U+FFFD, and a base character keeps four combining marks. Text over the limit is cut between
// graphemes and ends in "…".
func PlainText(s string, limit int) string {
	if len(s) <= limit && isPlain(s) {
		return s
	}
	if limit <= 0 {
		return ""
	}
	return shorten(keepVisible(s, limit+1), limit)
}

// isPlain reports whether s surely needs no cleaning.
func isPlain(s string) bool {
	ascii := 0 // most texts are nothing else
	for ascii < len(s) && s[ascii] >= ' ' && s[ascii] <= '~' {
		ascii++
	}
	for _, r := range s[ascii:] {
		if r >= '←' && r <= '⣿' { // arrows, mathematics, boxes, blocks, Braille: none steers or joins
			continue
		}
		if r == utf8.RuneError || visibleRune(r) != r || r > '~' && unicode.Is(unicode.M, r) {
			return false
		}
	}
	return true
}

// keepVisible keeps the first most runes that may be shown.
func keepVisible(s string, most int) string {
	var out strings.Builder
	out.Grow(min(len(s), most*utf8.UTFMax))
	marks := MaxMarks // a mark without a base would join whatever stands before the text
	for n := 0; s != "" && n < most; {
		r, size := utf8.DecodeRuneInString(s)
		if end := escapeLength(s, r, size); end > 0 {
			s = s[end:]
			continue
		}
		if r == '\r' && strings.HasPrefix(s[size:], "\n") {
			size++
		}
		s = s[size:]
		if r = visibleRune(r); r < 0 {
			continue
		}
		if !unicode.Is(unicode.M, r) {
			marks = 0
		} else if marks++; marks > MaxMarks {
			continue
		}
		out.WriteRune(r)
		n++
	}
	return out.String()
}

// visibleRune is the rune to show for r, or -1 for none.
func visibleRune(r rune) rune {
	switch {
	case r >= ' ' && r <= '~':
		return r
	case r >= '\t' && r <= '\r', r == '\u0085', r == '\u2028', r == '\u2029':
		return ' '
	case r == '\ufe0e', r == '\ufe0f': // text or emoji presentation
		return r
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Variation_Selector, r),
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return -1
	case unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return -1
	}
	return r
}

const (
	escape     = '\x1b'
	bell       = '\a'
	cancel     = '\x18'
	substitute = '\x1a'
)

// escapeLength is the length of the escape sequence at the start of s, whose first rune is r; 0 when
// there is none.
func escapeLength(s string, r rune, size int) int {
	switch {
	case r == escape && len(s) > 1 && s[1] >= 0x40 && s[1] <= 0x5f:
		return size + 1 + controlLength(rune(s[1])+0x40, s[2:])
	case r == escape:
		return size + finalLength(s[size:])
	case r >= 0x80 && r <= 0x9f && r != '\u0085':
		return size + controlLength(r, s[size:])
	}
	return 0
}

// controlLength is the length of what belongs to the C1 control c and follows it.
func controlLength(c rune, s string) int {
	switch c {
	case 0x9b: // CSI
		return csiLength(s)
	case 0x90, 0x98, 0x9d, 0x9e, 0x9f: // DCS, SOS, OSC, PM, APC
		return stringLength(s)
	}
	return 0
}

// csiLength is the length of parameters, intermediates and the final byte (ECMA-48 §5.4); a sequence
// that breaks off is as long as its valid part.
func csiLength(s string) int {
	i := 0
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x3f {
		i++
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
		i++
	}
	return i
}

// finalLength is the length of the intermediates and the final byte of an escape sequence that is
// no C1 control.
func finalLength(s string) int {
	i := 0
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f {
		i++
	}
	if i < len(s) && s[i] >= 0x30 && s[i] <= 0x7e {
		i++
	}
	return i
}

// stringLength is the length of a control string up to and with its terminator. One without an end
// takes the rest, as it would in a terminal.
func stringLength(s string) int {
	for i, r := range s {
		switch r {
		case bell, cancel, substitute:
			return i + 1
		case '\u009c':
			return i + 2
		case escape:
			if strings.HasPrefix(s[i+1:], `\`) {
				return i + 2
			}
			return i
		}
	}
	return len(s)
}

// shorten cuts text of more than limit runes between two graphemes.
func shorten(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	kept, rest, state := 0, s, -1
	for runes := 0; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if runes += utf8.RuneCountInString(cluster); runes >= limit {
			break
		}
		kept += len(cluster)
	}
	return s[:kept] + "…"
}
