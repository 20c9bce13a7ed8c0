package ui

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// asciiSigns are what stands for signs of the screen on a terminal that has ASCII alone. All are one cell wide.
func asciiSigns() map[rune]rune {
	signs := map[rune]rune{}
	for _, pair := range [...][2]string{
		{"▁▂▃▄▅▆▇█", "_.,-=+*#"}, {"⎽⎼⎻⎺", "_,~^"}, // the levels of spark lines
		{"─━┈╌–·−—", "--.-----"}, {"│╷╵┊", "|||:"}, {"┃╻╹╽╿║", "#####o"}, {"┄", "~"}, {"┌┐└┘├┤┬┴┼╭╮╰╯", "+++++++++++++"},
		{"░▒▓▌▐▸", "/:#><>"}, {"▏▎▍▋▊▉", "|||###"}, {"●○◌◐■★☆•", "*ooo#*o*"}, {"✕↻✓", "x@v"}, {"▲▼▴▾↑↓←→◀▶»", "^v^v^v<><>>"},
		{"≈≠≤≥±×", "~!<>+x"}, {"‖‼…°¹€£¥", "H!>o*ELY"}, {"‘’‚“”„", `'',"""`}, {"\u00a0\u2009\u202f", "   "},
	} {
		for i, r := range []rune(pair[0]) {
			signs[r] = rune(pair[1][i])
		}
	}
	return signs
}

// asciiText is a text of n cells in ASCII alone, as wide as before: signs become like ones, letters lose their accents, and
// what is left becomes question marks. So do subscript digits: as others they would make another number.
func asciiText(text string, n int, signs map[rune]rune) string {
	if strings.IndexFunc(text, isBeyondASCII) < 0 {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		sign, known := signs[r]
		switch {
		case known:
		case r >= '\u2800' && r <= '\u28ff':
			sign = asciiBraille(byte(r - '\u2800'))
		case unicode.IsLetter(r):
			sign = []rune(norm.NFKD.String(string(r)))[0]
		default:
			sign = r
		}
		if isBeyondASCII(sign) {
			sign = '?'
		}
		for range codePointCells(string(r)) {
			out.WriteRune(sign)
		}
	}
	return out.String() + spaces(n-out.Len())
}

func isBeyondASCII(r rune) bool { return r > unicode.MaxASCII }

// asciiBraille is a sign that is as high in its cell as the dots of a braille pattern.
func asciiBraille(dots byte) rune {
	const upper, lower = 0x1b, 0xe4
	switch {
	case dots == 0:
		return ' '
	case dots&lower == 0:
		return '\''
	case dots&upper == 0:
		return '.'
	}
	return ':'
}
