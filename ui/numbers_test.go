package ui

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

// randomDecimal is a decimal of up to 16 digits with the point anywhere.
func randomDecimal(r *rand.Rand) market.Decimal {
	digits := fmt.Sprint(1 + r.Int64N([]int64{9, 9_999, 99_999_999, 9_999_999_999_999_999}[r.IntN(4)]))
	switch r.IntN(3) {
	case 0:
		return decimal(digits)
	case 1:
		return decimal(digits + "e-" + itoa(r.IntN(10)))
	}
	return decimal(digits[:1] + "." + digits)
}

// randomBoard is a screen of random numbers and the rows they stand for.
func randomBoard(seed uint64, width int) (*harness, []*market.Row) {
	r := rand.New(rand.NewPCG(seed, 1))
	s := newHarness().resize(width, 60).goLive()
	for i := range 12 {
		q := market.Quote{Symbol: fmt.Sprintf("S%c", 'A'+i), Last: randomDecimal(r), Volume: randomDecimal(r), PrevClose: randomDecimal(r)}
		if i%3 == 0 {
			q.Bid, q.Ask = randomDecimal(r), randomDecimal(r)
		}
		s.quote(q)
	}
	return s, s.m.board.Rows()
}

// shownNumbers are all numbers that a row may show.
func shownNumbers(r *market.Row) map[string]bool {
	price, _ := r.Price()
	abs, pct, _ := r.Change()
	low, high, _ := r.Range()
	all := map[string]bool{}
	for _, d := range []market.Decimal{price, abs, pct, low, high, r.Bid.Value, r.Ask.Value, r.Spread(), r.Volume.Value} {
		all[withoutZeros(d.String())] = true
	}
	return all
}

func numbers(line string) []string {
	return regexp.MustCompile(`[0-9][0-9.,]*(…|[KMBTQ])?`).FindAllString(line, -1)
}

func TestNumbersAreDigitForDigitThoseOfTheBoard(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		for _, width := range []int{40, 60, 80, 100, 120, 160, 250} {
			s, rows := randomBoard(seed, width)
			lines := strings.Split(unfoldZeros(ansi.Strip(s.m.View())), "\n")
			for _, r := range rows {
				checkLine(t, lineOf(t, lines, r.Symbol), r)
			}
		}
	}
}

func unfoldZeros(view string) string {
	return regexp.MustCompile(`\.0[₀-₉]+`).ReplaceAllStringFunc(view, func(folded string) string {
		n := 0
		for _, digit := range []rune(folded)[2:] {
			n = 10*n + int(digit-'₀')
		}
		return "." + strings.Repeat("0", n)
	})
}

func lineOf(t *testing.T, lines []string, symbol string) string {
	t.Helper()
	for _, line := range lines {
		line, _, _ = strings.Cut(line, "│") // the details stand behind it
		if fields := strings.Fields(strings.TrimPrefix(line, "▌")); len(fields) > 0 && fields[0] == symbol {
			return line
		}
	}
	t.Fatalf("no row %s in\n%s", symbol, strings.Join(lines, "\n"))
	return ""
}

// checkLine holds every number of a line against the row: it is one of them, or it says that its tail is cut off after
// the point, or it is abbreviated with its unit.
func checkLine(t *testing.T, line string, r *market.Row) {
	t.Helper()
	known := shownNumbers(r)
	for _, n := range numbers(strings.TrimSuffix(strings.TrimRight(line, " "), "0s")) {
		if plain := withoutZeros(strings.ReplaceAll(n, ",", "")); !known[plain] && !isCutOf(known, plain) && !isAbbreviated(known, n) {
			t.Errorf("%q is no number of %s (%v):\n%s", n, r.Symbol, known, line)
		}
	}
}

// withoutZeros is a number without its sign, and without the zeros at its end.
func withoutZeros(number string) string {
	number = strings.TrimPrefix(number, "-")
	if strings.Contains(number, ".") {
		number = strings.TrimSuffix(strings.TrimRight(number, "0"), ".")
	}
	return number
}

func isAbbreviated(known map[string]bool, n string) bool {
	for k := range known {
		if withoutZeros(humanize.Abbreviate(humanize.Group(k))) == withoutZeros(n) {
			return true
		}
	}
	return false
}

func isCutOf(known map[string]bool, cut string) bool {
	head, ok := strings.CutSuffix(cut, "…")
	for k := range known {
		whole, _ := splitAtPoint(k)
		if ok && strings.HasPrefix(k, head) && len(head) >= len(whole) {
			return true
		}
	}
	return false
}

func TestTheLastPriceIsWholeWhereverALineHasRoomForIt(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).openMarket().trade(2)
	for width := 16; width <= 80; width++ {
		for _, height := range []int{5, 40} {
			lines := strings.Split(s.resize(width, height).screen(), "\n")
			for _, r := range s.m.board.Rows()[:2] {
				price, _ := r.Price()
				if view := strings.Join(lines, "\n"); !strings.Contains(view, price.String()) || !strings.Contains(view, r.Symbol) {
					t.Errorf("%d×%d: no %s of %s in\n%s", width, height, price, r.Symbol, view)
				}
			}
		}
	}
}

func TestEightyColumnsHaveTheChangeTheSpreadAndASparkLine(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).goLive()
	s.quote(fullQuote("NVDA", "", "181.46", "181.45", "181.47", "", "180.23"))
	s.quote(fullQuote("EUR/USD", "", "1.08423", "1.08421", "1.08425", "", "1.08302"))
	s.quote(fullQuote("BTC/USD", "", "97128.38", "97128.01", "97129.50", "", "96001.10"))
	s.quote(fullQuote("PEPE/USD", "", "0.00001239", "0.00001238", "0.00001240", "", "0.00001234"))
	s.quote(market.Quote{Symbol: "BARE", Last: decimal("2.5")})
	view := s.screen()
	for _, want := range []string{"LAST MIN", "SPREAD", "97,128.38", "+1,127.28", "+1.17%", "0.4p", "0.0₄1239", "+0.0₇5", "0.0₇2"} {
		if !strings.Contains(view, want) {
			t.Errorf("no %s in\n%s", want, view)
		}
	}
	if line := lineOf(t, strings.Split(view, "\n"), "BARE"); !strings.HasSuffix(strings.TrimRight(line, " "), "–   0s") {
		t.Errorf("no dash under the last digits: %q", line)
	}
}

func TestOneVeryLongNumberCostsTheOtherRowsNoColumn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ last, bid, ask, shown string }{
		{"0.10000000000000001", "0.09999999999999999", "0.10000000000000002", "0.100000"},
		{"0.000000001234", "0.000000001233", "0.000000001235", "0.0₈1234"},
		{"123456789012345678", "123456789012345677", "123456789012345679", "123Q"},
	} {
		for _, width := range []int{40, 60, 80, 100, 118, 120, 159} {
			s := newHarness(withSymbols(false, "QRS", "TINY")).resize(width, 24).goLive()
			s.quote(market.Quote{Symbol: "QRS", Last: decimal("41.0"), Bid: decimal("40.98"), Ask: decimal("41.02"), Volume: decimal("12000")})
			s.quote(market.Quote{Symbol: "TINY", Last: decimal("0.1"), Bid: decimal("0.09"), Ask: decimal("0.11"), Volume: decimal("5")})
			before := strings.Fields(headsAndRow(t, s.screen(), "QRS"))
			s.quote(market.Quote{Symbol: "TINY", Last: decimal(c.last), Bid: decimal(c.bid), Ask: decimal(c.ask)})
			view := s.screen()
			if after := strings.Fields(headsAndRow(t, view, "QRS")); strings.Join(before, " ") != strings.Join(after, " ") || !strings.Contains(view, c.shown) {
				t.Errorf("%s at %d columns, before %q:\n%s", c.last, width, before, view)
			}
			s.keys("down", "enter") // the whole screen, since the details of two rows are there without it
			if view := strings.ReplaceAll(s.screen(), ",", ""); !strings.Contains(view, c.bid) || !strings.Contains(view, c.ask) {
				t.Errorf("the details have not all digits:\n%s", view)
			}
		}
	}
}

// headsAndRow are the column heads of the prices, and a row of them.
func headsAndRow(t *testing.T, view, symbol string) string {
	t.Helper()
	lines := strings.Split(view, "\n")
	for _, line := range lines {
		if strings.Contains(line, "SYMBOL") {
			return line + "\n" + lineOf(t, lines, symbol)
		}
	}
	t.Fatalf("no column heads in\n%s", view)
	return ""
}

func TestATwentyByFiveTerminalHasPricesBesideSymbols(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(20, 5).goLive()
	s.quote(fullQuote("NVDA", "", "181.46", "", "", "", "180")).quote(fullQuote("BTC/USD", "", "97128.38", "", "", "", "97123.10")).quote(fullQuote("PEPE/USD", "", "0.00001239", "", "", "", "0.00001234"))
	for _, key := range []string{"k", "j", "j"} {
		s.keys(key)
		if view := s.screen(); regexp.MustCompile(`[0-9.]…| …`).MatchString(view) {
			t.Errorf("a price is cut:\n%s", view)
		}
	}
	if view := s.screen(); !strings.Contains(view, "0.0₄1239") {
		t.Errorf("no price:\n%s", view)
	}
}

func TestTheLastPriceOfEveryRowIsOnAWideScreenInFull(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		s, rows := randomBoard(seed, 400)
		lines := strings.Split(unfoldZeros(ansi.Strip(s.m.View())), "\n")
		for _, r := range rows {
			price, _ := r.Price()
			line := lineOf(t, lines, r.Symbol)
			if !slices.ContainsFunc(numbers(line), func(n string) bool {
				return withoutZeros(strings.ReplaceAll(n, ",", "")) == withoutZeros(price.String())
			}) {
				t.Errorf("%s is not in %q", price, line)
			}
		}
	}
}

func TestANumberWithoutRoomIsNeverAnotherNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number string
		width  int
		want   string
	}{
		{"181.46", 6, "181.46"},
		{"181.46", 5, "181.…"},
		{"181.46", 4, "181…"},
		{"181.46", 3, "…"},
		{"181", 3, "181"},
		{"-9.50", 4, "-9.5"},
		{"996.0000", 5, "996"},
		{"97,123", 5, "97.1K"},
		{"97,123.45", 3, "…"},
		{"-123,456,789.10", 8, "-123M"},
		{"0.0₄1234", 6, "0.0₄1…"},
		{"0.0₁₁123", 6, "0.0₁₁…"},
		{"0.0₁₁123", 5, "0.0…"},
		{"0.10000000000000001", 8, "0.10000…"},
		{"181.46", 0, ""},
	} {
		if got := fitNumber(c.number, c.width); got != c.want {
			t.Errorf("%s in %d cells: %q, want %q", c.number, c.width, got, c.want)
		}
	}
}

func TestAPriceHasSeparatorsAndAFixedNumberOfDecimals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number   string
		decimals int
		want     string
	}{
		{"96193.28", 2, "96,193.28"},
		{"96193.30000000", 2, "96,193.30"},
		{"96193.3", 2, "96,193.30"},
		{"3012.0", 0, "3,012"},
		{"-1119.22", 2, "-1,119.22"},
		{"0.00001281", 8, "0.0₄1281"},
		{"0.0000128", 8, "0.0₄1280"},
		{"-0.00000047", 8, "-0.0₆47"},
		{"0.000000001234", 12, "0.0₈1234"},
		{"0.00002", 5, "0.00002"},
		{"0.00000000", 8, "0.00"},
		{"1.084235", 5, "1.084235"},
		{"", 2, ""},
	} {
		if got := (priceFormat{c.decimals, true}).text(decimal(c.number)); withoutZeros(strings.ReplaceAll(got, ",", "")) != withoutZeros(c.number) {
			t.Errorf("%s with all its zeros: %s", c.number, got)
		}
		if got := (priceFormat{decimals: c.decimals}).text(decimal(c.number)); got != c.want {
			t.Errorf("%s with %d decimals: %q, want %q", c.number, c.decimals, got, c.want)
		}
	}
}

func TestASizeHasThreeDigitsAndItsUnit(t *testing.T) {
	t.Parallel()
	for size, want := range map[string]string{
		"200": "200", "0.0200": "0.02", "291.0": "291", "1300": "1.30K", "48211900": "48.2M", "0.00031234": "0.000312", "0.0000000120": "0.0₇12", "": "",
	} {
		if got := (priceFormat{}).sizeText(decimal(size)); got != want {
			t.Errorf("%s: %q, want %q", size, got, want)
		}
	}
}

func TestAnAveragePriceIsMarkedWhereItIsReckonedHere(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) { c.Columns = []string{"symbol", "last", "vwap"} }).resize(200, 60).goLive()
	s.quote(market.Quote{Symbol: "GIVEN", Last: decimal("181.46"), Size: decimal("3"), VWAP: decimal("179.92")})
	for _, price := range []string{"10.00", "11.00"} {
		s.quote(market.Quote{Symbol: "SEEN", Last: decimal(price), Size: decimal("1")})
	}
	table, _, _ := strings.Cut(s.screen(), "Source")
	for _, want := range []string{"179.92     ", "10.50 est.", "VWAP 179.92\n"} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
	if s.keys("down"); !strings.Contains(s.screen(), "VWAP 10.50 est.") {
		t.Errorf("the details do not say so:\n%s", s.screen())
	}
}

func TestASpreadIsInPipsWhereThatIsTheCustom(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]string{
		{"EUR/USD", "1.08286", "1.08288", "0.2p"},
		{"gbpusd", "1.3061", "1.30638", "2.8p"},
		{"USD_JPY", "156.30", "156.302", "0.2p"},
		{"EUR/XAU", "0.00031", "0.00033", "0.00002"},
		{"NVDA", "181.46", "181.45", "-0.01"},
		{"NVDA", "181.46", "", ""},
	} {
		s := newHarness().goLive().quote(market.Quote{Symbol: c[0], Bid: decimal(c[1]), Ask: decimal(c[2])})
		if got := (priceFormat{decimals: 5}).spreadText(s.m.board.Rows()[0]); got != c[3] {
			t.Errorf("%s %s to %s: %q, want %q", c[0], c[1], c[2], got, c[3])
		}
	}
}

func TestALitNumberThatIsCutKeepsItsEllipsis(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(17, 6).goLive()
	for _, last := range []string{"181.46", "181.467", "181.4679"} {
		s.quote(market.Quote{Symbol: "NVDA", Last: decimal(last)})
		for width := 12; width < 30; width++ {
			if s.resize(width, 6); !utf8.ValidString(s.m.View()) {
				t.Errorf("%s is torn at %d columns: %q", last, width, s.m.View())
			}
		}
	}
}

func TestMissingNumbersAreDashesAndNeverZeros(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(300, 30).goLive()
	s.quote(fullQuote("FULL", "Full", "1.50", "1.49", "1.51", "1000", "1.40"))
	s.quote(market.Quote{Symbol: "PART", Bid: decimal("7.25")})
	line := lineOf(t, strings.Split(ansi.Strip(s.m.View()), "\n"), "PART")
	want := []string{"PART", missing, missing, missing, "7.25", missing, missing, missing, missing, missing, missing, "0s"}
	if got := strings.Fields(strings.Split(line, "│")[0]); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAMidPriceIsMarkedAsOne(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 30).goLive()
	s.quote(market.Quote{Symbol: "EURUSD", Bid: decimal("1.10"), Ask: decimal("1.20")})
	if line := lineOf(t, strings.Split(ansi.Strip(s.m.View()), "\n"), "EURUSD"); !strings.Contains(line, "≈") || !strings.Contains(line, "1.15") {
		t.Errorf("%q", line)
	}
}

func TestTheScreenSaysWhatAChangeIsMeasuredFrom(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want string
		quotes     []market.Quote
	}{
		{"previous close", "CHG from previous close ", []market.Quote{{Symbol: "A", Last: decimal("2"), PrevClose: decimal("1")}}},
		{"open", "CHG from open ", []market.Quote{{Symbol: "A", Last: decimal("2"), Open: decimal("1")}}},
		{"first seen", "CHG from the first price seen ", []market.Quote{{Symbol: "A", Last: decimal("2")}}},
		{"the feed", "CHG from what the feed compares with ", []market.Quote{{Symbol: "A", Last: decimal("2"), Change: decimal("1")}}},
		{"the feed and another", "+100.00%*", []market.Quote{{Symbol: "A", Last: decimal("2"), Change: decimal("1")}, {Symbol: "B", Last: decimal("2"), PrevClose: decimal("1")}}},
		{"mixed", "CHG from previous close; ° from open ", []market.Quote{{Symbol: "A", Last: decimal("2"), Open: decimal("1")}, {Symbol: "B", Last: decimal("2"), PrevClose: decimal("1")}}},
		{"mixed", "+100.00%°", []market.Quote{{Symbol: "A", Last: decimal("2"), Open: decimal("1")}, {Symbol: "B", Last: decimal("2"), PrevClose: decimal("1")}}},
	} {
		s := newHarness().resize(100, 30).goLive()
		for _, q := range c.quotes {
			s.quote(q)
		}
		if view := ansi.Strip(s.m.View()); !strings.Contains(view, c.want) {
			t.Errorf("%s: no %q in\n%s", c.name, c.want, view)
		}
	}
}

func TestADashHasNoBasis(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive()
	s.quote(market.Quote{Symbol: "A", Last: decimal("2"), Open: decimal("1")})
	s.quote(market.Quote{Symbol: "B", Last: decimal("2"), PrevClose: decimal("0")})
	line := lineOf(t, strings.Split(s.screen(), "\n"), "B")
	if !strings.Contains(line, missing) || strings.Contains(line, "p ") {
		t.Errorf("%q", line)
	}
}

func TestTheHeadOfARangeSaysFromWhenItIs(t *testing.T) {
	t.Parallel()
	s := newHarness().goLive()
	s.quote(market.Quote{Symbol: "A", Last: decimal("2")})
	if view := s.resize(120, 20).screen(); !strings.Contains(view, "RANGE since 12:03  ") {
		t.Errorf("of the prices seen:\n%s", view)
	}
	s.quote(market.Quote{Symbol: "B", Last: decimal("2"), Low: decimal("1"), High: decimal("3")})
	view := s.screen()
	if !strings.Contains(view, "DAY RANGE  ") || !strings.Contains(lineOf(t, strings.Split(view, "\n"), "A"), "●────¹") {
		t.Errorf("of the day, with one of the prices seen:\n%s", view)
	}
}

func TestFortyColumnsHaveTheChangeBesideThePrice(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(40, 10).goLive()
	s.quote(fullQuote("BTC/USD", "Bitcoin", "97128.38", "", "", "", "97123.10"))
	s.quote(fullQuote("PEPE/USD", "Pepe", "0.00001239", "", "", "", "0.00001234"))
	for _, want := range []string{"97,128.38", "0.0₄1239", "+0.01%", "+0.41%", "CHG%", "AGE"} {
		if !strings.Contains(s.screen(), want) {
			t.Errorf("no %s in\n%s", want, s.screen())
		}
	}
}
