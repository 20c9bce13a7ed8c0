package ui

import "testing"

func TestASCIITextIsAsWideAsTheText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"NVDA 181.46", "NVDA 181.46"},
		{"● LIVE 41/s · 3 ms", "* LIVE 41/s - 3 ms"},
		{"▲ +6.02 ▼ –", "^ +6.02 v -"},
		{"▁▂▃▄▅▆▇█┄", "_.,-=+*#~"},
		{"┄┄ gap ┄┄", "~~ gap ~~"},
		{"Société Générale", "Societe Generale"},
		{"e\u0301tat", "etat"},
		{"トヨタ", "??????"},
		{"🚀", "??"},
		{"0.0₄1281", "0.0?1281"},   // better no number than another one
		{"-0.00000…", "-0.00000>"}, // a point would make it a whole one
		{"⠀⠁⡀⣿", " '.:"},
		{"“quoted” ‘so’", `"quoted" 'so'`},
	} {
		if got := asciiText(c.text, cells(c.text), asciiSigns()); got != c.want || cells(got) != cells(c.text) {
			t.Errorf("%q is %q, want %q", c.text, got, c.want)
		}
	}
}

func TestEverySignOfTheScreenHasAnASCIIOneOfItsWidth(t *testing.T) {
	t.Parallel()
	for sign := range asciiSigns() {
		if cells(string(sign)) != 1 {
			t.Errorf("%q takes %d cells", sign, cells(string(sign)))
		}
	}
}
