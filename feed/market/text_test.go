package market_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"livetape/feed/market"
)

func TestTextIsMadePlain(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain text stays", "NVIDIA beats on revenue", "NVIDIA beats on revenue"},
		{"other scripts stay", "日経平均 Börse Индекс ไทย العربية", "日経平均 Börse Индекс ไทย العربية"},
		{"a colour goes", "\x1b[1;31mred\x1b[0m", "red"},
		{"a colour with colons goes", "\x1b[38:2::255:0:0mred", "red"},
		{"a cursor move goes", "a\x1b[2J\x1b[Hb", "ab"},
		{"a private mode goes", "a\x1b[?1049hb", "ab"},
		{"an intermediate goes with its sequence", "a\x1b[1 qb", "ab"},
		{"a window title ended by BEL goes", "a\x1b]0;owned\ab", "ab"},
		{"a hyperlink ended by ST goes, its text stays", "\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\", "click"},
		{"a device control string goes", "a\x1bP1$r0m\x1b\\b", "ab"},
		{"an application string goes", "a\x1b_Gf=100;AAAA\x1b\\b", "ab"},
		{"a string cut off takes the rest", "a\x1b]52;c;ZXZpbA", "a"},
		{"a cancelled string ends there", "a\x1b]0;x\x18b", "ab"},
		{"a sequence inside a string ends it", "a\x1b]0;x\x1b[31mb", "ab"},
		{"a sequence broken off by a letter from elsewhere", "a\x1b[31\u00fcb", "a\u00fcb"},
		{"a sequence cut off goes", "a\x1b[31", "a"},
		{"a charset switch goes", "a\x1b(0b", "ab"},
		{"save cursor goes", "a\x1b7b", "ab"},
		{"a reset goes", "a\x1bcb", "ab"},
		{"a bare escape goes", "a\x1b", "a"},
		{"escape before a control", "a\x1b\x07b", "ab"},
		{"8-bit CSI goes as a whole", "a\u009b31mb", "ab"},
		{"8-bit OSC goes as a whole", "a\u009d0;x\u009cb", "ab"},
		{"raw 8-bit bytes are not UTF-8", "a\x9b31mb", "a\ufffd31mb"},
		{"controls go", "a\x00b\x07c\x7fd\x08e", "abcde"},
		{"line ends and tabs become spaces", "a\nb\r\nc\rd\te\vf\fg", "a b c d e f g"},
		{"Unicode's line ends do too", "a\u0085b\u2028c\u2029d", "a b c d"},
		{"bidi overrides go", "a\u202eb\u202ac\u202cd", "abcd"},
		{"bidi isolates go", "a\u2066b\u2067c\u2068d\u2069e", "abcde"},
		{"bidi marks go", "a\u200eb\u200fc\u061cd", "abcd"},
		{"zero width goes", "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg", "abcdefg"},
		{"fillers go", "a\u115fb\u3164c\uffa0d\u034fe", "abcde"},
		{"tags go", "a\U000e0041\U000e007fb", "ab"},
		{"ideographic variation selectors go", "葛\U000e0100城", "葛城"},
		{"annotations go", "a\ufff9b\ufffac\ufffbd", "abcd"},
		{"invalid UTF-8 is replaced", "a\xffb\xc3", "a\ufffdb\ufffd"},
		{"accents stay, composed or not", "é e\u0301", "é e\u0301"},
		{"zalgo keeps four marks", "z" + strings.Repeat("\u0301", 50) + "a", "z\u0301\u0301\u0301\u0301a"},
		{"hidden characters do not renew the marks", "z" + strings.Repeat("\u0301\u200b", 50), "z\u0301\u0301\u0301\u0301"},
		{"a mark without a base goes", "\u0301a", "a"},
		{"emoji stay", "🚀 to the 🌙", "🚀 to the 🌙"},
		{"presentation, skin and flags stay", "❤\ufe0f 👍🏽 🇩🇪", "❤\ufe0f 👍🏽 🇩🇪"},
		{"a joined emoji comes apart", "👨\u200d👩\u200d👧", "👨👩👧"},
		{"nothing stays nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := market.PlainText(c.in, 100); got != c.want {
				t.Errorf("%q became %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestTextIsCutBetweenGraphemes(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"headline", 8, "headline"},
		{"headlines", 8, "headlin…"},
		{"headline", 1, "…"},
		{"headline", 0, ""},
		{"headline", -1, ""},
		{"", 0, ""},
		{"日経平均株価", 4, "日経平…"},
		{"abe\u0301cd", 4, "ab…"},
		{"abe\u0301cd", 5, "abe\u0301…"},
		{"ab🇩🇪🇫🇷", 4, "ab…"},
		{"ab🇩🇪🇫🇷", 5, "ab🇩🇪…"},
		{"ab👍🏽cd", 4, "ab…"},
		{"ab\x1b[31mcd", 4, "abcd"},
		{strings.Repeat("ᄀ", 50), 10, "…"},
	} {
		if got := market.PlainText(c.in, c.limit); got != c.want {
			t.Errorf("%q cut to %d is %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

func TestPlainTextCostsNothingWhereNothingIsToDo(t *testing.T) {
	s := "NVIDIA beats on revenue and raises its outlook"
	if n := testing.AllocsPerRun(100, func() { s = market.PlainText(s, 100) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzPlainText(f *testing.F) {
	for _, s := range []string{"plain", "\x1b[31mred\x1b[0m", "\x1b]0;t\a", "\u202e\u009b31m", "e\u0301\u0301\u0301\u0301\u0301", "🇩🇪🇫🇷👍🏽", "\xff\xc3", "a\r\n\tb", "\u0600\u200d"} {
		f.Add(s, 10)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		got := market.PlainText(s, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > max(limit, 0) {
			t.Errorf("%q, %d: %q", s, limit, got)
		}
		marks := market.MaxMarks
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' ||
				unicode.Is(unicode.Join_Control, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || r == '\ufeff' {
				t.Errorf("%q kept %U", s, r)
			}
			if marks++; !unicode.Is(unicode.M, r) {
				marks = 0
			}
			if marks > market.MaxMarks {
				t.Errorf("%q kept more than %d marks: %q", s, market.MaxMarks, got)
			}
		}
		if again := market.PlainText(got, limit); again != got {
			t.Errorf("%q, then %q", got, again)
		}
	})
}

func TestArrowsBoxesAndBrailleAreShownAsTheyCome(t *testing.T) {
	for r := '←'; r <= '⣿'; r++ {
		if unicode.In(r, unicode.M, unicode.Cc, unicode.Cf) {
			t.Errorf("%U joins or steers", r)
		}
		if s := "a" + string(r) + "b"; market.PlainText(s, 8) != s {
			t.Errorf("%U is shown as %q", r, market.PlainText(s, 8))
		}
	}
}
