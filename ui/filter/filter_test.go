package filter

import (
	"errors"
	"math"
	"testing"
	"unicode/utf8"
)

// stock is a row of a test.
type stock struct {
	texts   map[Field]string
	numbers map[Field]float64
	flags   map[Field]bool
}

func (s stock) Text(f Field) string { return s.texts[f] }
func (s stock) Is(f Field) bool     { return s.flags[f] }
func (s stock) Number(f Field) float64 {
	if n, ok := s.numbers[f]; ok {
		return n
	}
	return math.NaN()
}

func nvidia() stock {
	return stock{
		map[Field]string{Symbol: "NVDA", Name: "NVIDIA Corporation", Feed: "Desk", Currency: "USD"},
		map[Field]float64{Last: 181.46, Percent: 3.43, Change: 6.02, Bid: 181.45, Ask: 181.46, Volume: 48.2e6, Age: 42},
		map[Field]bool{News: true, Live: true},
	}
}

func TestARowMatchesWhatIsTrueOfIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"":                                true,
		"nv":                              true,
		"corp":                            true,
		"nv corp":                         true,
		"nv apple":                        false,
		`"nvidia corp"`:                   true,
		`"corporation nvidia"`:            false,
		"NVDA=F":                          false, // a symbol, not a comparison
		"vol":                             false, // a text, as long as it is compared with nothing
		"chg% > 2 and vol > 1m":           true,
		"chg% > 2 AND VOL > 1M":           true,
		"CHG%>2%":                         true,
		"chg% < 2 or vol > 1bn":           false,
		"last < 5":                        false,
		"last < 1,000":                    true,
		"last > .5":                       true,
		"last in [181.46, 5]":             true,
		"age > 30s":                       true,
		"age > 30":                        true,
		"age < 1m":                        true, // a minute, not a million
		"0.5m > age and vol > 0.5m":       false,
		"age < 1m30s and vol > 1m":        true,
		"age < 0.5d":                      true,
		"news":                            true,
		"not news":                        false,
		"!halted & live":                  true,
		"news and not halted":             true,
		"(news or halted) and not pinned": true,
		"news = yes":                      true,
		"ask - bid < 0.02":                true,
		"chg% > -2":                       true,
		"chg% ≥ 3.43":                     true,
		`symbol == "nvda"`:                true,
		`feed = 'DESK'`:                   true,
		`name contains "Corp"`:            true,
		`symbol startsWith "nv"`:          true,
		`symbol matches "^NV\\w+$"`:       false, // a backslash is written once
		`symbol matches "^nv\w+$"`:        true,
		`symbol in ["AAPL", "NVDA"]`:      true,
		"low < 5":                         false, // the feed gives none
		"low >= 5":                        false,
		"low < 5 or news":                 true,
	} {
		f, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := f.Match(nvidia()); got != want {
			t.Errorf("%s matches: %v", text, got)
		}
	}
}

func TestAMistakeIsExplainedWhereItIs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Error{
		"chg% >":                {6, "something is missing here"},
		"news and":              {8, "something is missing here"},
		"vool > 1m":             {0, `there is no field "vool" (did you mean "vol"?)`},
		"chg% > 2 an":           {9, `there is no field "an" (did you mean "and"?)`},
		"last > 5x":             {7, `"5x" is no number: the units are k, m, b and t, and of age s, m, h and d`},
		"age > 5k":              {6, `"5k" is not a time: write 30s, 5m, 2h or 1d`},
		`symbol == "nvda`:       {10, "the quote that ends this is missing"},
		`symbol matches "("`:    {15, "this is no regular expression: missing closing ): `(`"},
		"last > ) 5":            {7, `")" cannot stand here`},
		"news > 5":              {5, "> does not go with yes or no and a number"},
		"symbol > 5":            {7, "> does not go with a text and a number"},
		"chg% + 1 and last > 5": {9, "and does not go with a number and yes or no"},
		"last > 5 ? 1":          {9, `"?" means nothing here`},
		"not last > 5":          {0, "not does not go with a number"},
		"last in [1] + 5 > 2":   {12, "+ does not go with a list and a number"},
	} {
		_, err := Parse(text)
		var got *Error
		if !errors.As(err, &got) {
			t.Errorf("%s: %v", text, err)
		} else if got.At != want.At || got.Problem != want.Problem {
			t.Errorf("%s: %d, %q", text, got.At, got.Problem)
		}
	}
}

func TestOnlyAgesMatchByTimeAlone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"": false, "age": false, "last > 5": false, "last > 5 or age > 5": true} {
		if f, err := Parse(text); err != nil || f.ByTime() != want {
			t.Errorf("%s: %v %v", text, f.ByTime(), err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"nv corp", "chg% > 2 and vol > 1m", `symbol matches "^B" or not (age > 5m)`, "last in [1,2,", "5 5", "a=b", "((((", "1,000,00 < 'ü", "-−≥"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := Parse(text)
		var mistake *Error
		switch {
		case err == nil:
			filter.Match(nvidia())
			filter.Match(stock{})
		case !errors.As(err, &mistake) || mistake.Problem == "":
			t.Errorf("%q: %v", text, err)
		case mistake.At < 0 || mistake.At > utf8.RuneCountInString(text):
			t.Errorf("%q: at %d", text, mistake.At)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	f, err := Parse("chg% > 2 and vol > 1m")
	if err != nil {
		b.Fatal(err)
	}
	row := nvidia()
	for b.Loop() {
		f.Match(row)
	}
}
