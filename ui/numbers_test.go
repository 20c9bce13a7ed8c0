package ui

import (
	"fmt"
	"math/rand/v2"
	"regexp"
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
	for _, d := range []market.Decimal{price, abs, pct, low, high, r.Bid.Value, r.Ask.Value, r.Volume.Value} {
		all[d.String()] = true
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

// checkLine holds every number of a line against the row: it is one of them, or it says that its tail is cut
// off after the point, or it is the volume with its unit.
func checkLine(t *testing.T, line string, r *market.Row) {
	t.Helper()
	known := shownNumbers(r)
	for _, n := range numbers(strings.TrimSuffix(strings.TrimRight(line, " "), "0s")) {
		plain := strings.ReplaceAll(n, ",", "")
		if !known[plain] && !known["-"+plain] && !isCutOf(known, plain) && plain != humanize.Abbreviate(humanize.Group(r.Volume.Value.String())) {
			t.Errorf("%q is no number of %s (%v):\n%s", n, r.Symbol, known, line)
		}
	}
}

func isCutOf(known map[string]bool, cut string) bool {
	head, ok := strings.CutSuffix(cut, "…")
	for k := range known {
		k = strings.TrimPrefix(k, "-")
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

func TestEightyColumnsHaveTheBidAndTheAsk(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).goLive()
	s.quote(fullQuote("NVDA", "", "181.46", "181.45", "181.47", "", "180.23"))
	s.quote(fullQuote("EUR/USD", "", "1.08423", "1.08421", "1.08425", "", "1.08302"))
	s.quote(fullQuote("BTC/USD", "", "97128.38", "97128.01", "97129.50", "", "96001.10"))
	s.quote(fullQuote("PEPE/USD", "", "0.00001239", "0.00001238", "0.00001240", "", "0.00001234"))
	s.quote(market.Quote{Symbol: "BARE", Last: decimal("2.5")})
	view := s.screen()
	for _, want := range []string{"BID", "ASK", "97128.38", "+1127.28", "+1.17%", "97128.01", "97129.50", "0.00001239", "+0.00000005", "0.00001238", "0.00001240"} {
		if !strings.Contains(view, want) {
			t.Errorf("no %s in\n%s", want, view)
		}
	}
	if line := lineOf(t, strings.Split(view, "\n"), "BARE"); !strings.HasSuffix(strings.TrimRight(line, " "), "  –           –   0s") {
		t.Errorf("no dashes under the last digits: %q", line)
	}
}

func TestOneVeryLongNumberCostsTheOtherRowsNoColumn(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).goLive()
	s.quote(market.Quote{Symbol: "QRS", Last: decimal("41.0"), Bid: decimal("40.98"), Ask: decimal("41.02")})
	s.quote(market.Quote{Symbol: "TINY", Last: decimal("0.10000000000000001"), Bid: decimal("0.09999999999999999"), Ask: decimal("0.10000000000000002")})
	view := s.screen()
	for _, want := range []string{"BID", "ASK", "SEEN", " 40.98 ", " 41.02 ", " 0.1000… ", " 0.0999… "} {
		if !strings.Contains(view, want) {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
	s.keys("down", "enter", "z")
	if view := s.screen(); !strings.Contains(view, "0.09999999999999999") || !strings.Contains(view, "0.10000000000000002") {
		t.Errorf("the details have not all digits:\n%s", view)
	}
	s.keys("esc", "esc")
	if view := s.resize(120, 24).screen(); !strings.Contains(view, " 0.10000000000000001 ") {
		t.Errorf("there is room for all digits of the price:\n%s", view)
	}
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
	if view := s.screen(); !strings.Contains(view, "0.00001239") {
		t.Errorf("no price:\n%s", view)
	}
}

func TestTheLastPriceOfEveryRowIsOnAWideScreenInFull(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		s, rows := randomBoard(seed, 400)
		lines := strings.Split(strings.ReplaceAll(ansi.Strip(s.m.View()), outsideSign, " "), "\n")
		for _, r := range rows {
			price, _ := r.Price()
			if line := lineOf(t, lines, r.Symbol); !strings.Contains(" "+line+" ", " "+price.String()+" ") {
				t.Errorf("%s is not in %q", price, line)
			}
		}
	}
}

func TestANumberWithoutRoomIsNeverAnotherNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number string
		ext    numberWidth
		width  int
		want   string
	}{
		{"181.46", numberWidth{whole: 3, fraction: 3}, 6, "181.46"},
		{"9.5", numberWidth{whole: 3, fraction: 3}, 6, "  9.5"},
		{"-9.5", numberWidth{whole: 4, fraction: 3}, 7, "  -9.5"},
		{"181.46", numberWidth{whole: 3, fraction: 3}, 5, "181.…"},
		{"181.46", numberWidth{whole: 3, fraction: 3}, 4, "181…"},
		{"181.46", numberWidth{whole: 3, fraction: 3}, 3, "  …"},
		{"181", numberWidth{whole: 3, fraction: 3}, 3, "181"},
		{"97123", numberWidth{whole: 5, fraction: 0}, 3, "  …"},
		{"123456789", numberWidth{whole: 5, fraction: 3}, 8, "    …"},
		{"0.00001234", numberWidth{whole: 1, fraction: 9}, 6, "0.0₄1…"},
		{"0.00001234", numberWidth{whole: 1, fraction: 9}, 10, "0.00001234"},
		{"0.00000000000123", numberWidth{whole: 1, fraction: 6}, 7, "0.0₁₁1…"},
		{"0.0000", numberWidth{whole: 1, fraction: 3}, 4, "0.0…"},
		{"0.10000000000000001", numberWidth{whole: 2, fraction: 6}, 8, " 0.1000…"},
		{"97123.38", numberWidth{unaligned: true}, 10, "  97123.38"},
		{"0.00001239", numberWidth{unaligned: true}, 9, "0.0₄1239"},
		{"97123", numberWidth{unaligned: true}, 4, "   …"},
	} {
		before, text := alignNumber(c.ext, c.width, c.number)
		if got := strings.Repeat(" ", before) + text; got != c.want {
			t.Errorf("align(%v, %d, %s) = %q, want %q", c.ext, c.width, c.number, got, c.want)
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
	want := []string{"▌", "PART", missing, missing, missing, "7.25", missing, missing, missing, "0s"}
	if got := strings.Fields(line); strings.Join(got, " ") != strings.Join(want[1:], " ") {
		t.Errorf("got %q, want %q", got, want[1:])
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
		{"previous close", "VS CLOSE", []market.Quote{{Symbol: "A", Last: decimal("2"), PrevClose: decimal("1")}}},
		{"open", "VS OPEN", []market.Quote{{Symbol: "A", Last: decimal("2"), Open: decimal("1")}}},
		{"first seen", "VS FIRST", []market.Quote{{Symbol: "A", Last: decimal("2")}}},
		{"the feed", "BY FEED", []market.Quote{{Symbol: "A", Last: decimal("2"), Change: decimal("1")}}},
		{"the feed and another", "+100.00%f", []market.Quote{{Symbol: "A", Last: decimal("2"), Change: decimal("1")}, {Symbol: "B", Last: decimal("2"), PrevClose: decimal("1")}}},
		{"mixed", "+100.00%o", []market.Quote{{Symbol: "A", Last: decimal("2"), Open: decimal("1")}, {Symbol: "B", Last: decimal("2"), PrevClose: decimal("1")}}},
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

func TestTheHeadOfARangeIsNotCut(t *testing.T) {
	t.Parallel()
	s := newHarness().goLive()
	s.quote(market.Quote{Symbol: "A", Last: decimal("2")})
	seen := map[bool]bool{}
	for width := 30; width < 200; width++ {
		view := s.resize(width, 20).screen()
		if strings.Contains(view, "SEEN R") && !strings.Contains(view, "SEEN RANGE") {
			t.Fatalf("at %d columns:\n%s", width, view)
		}
		seen[strings.Contains(view, "SEEN RANGE")] = strings.Contains(view, "SEEN")
	}
	if !seen[true] {
		t.Error("no range is shown at any width")
	}
}

func TestFortyColumnsHaveTheChangeBesideThePrice(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(40, 10).goLive()
	s.quote(fullQuote("BTC/USD", "Bitcoin", "97128.38", "", "", "", "97123.10"))
	s.quote(fullQuote("PEPE/USD", "Pepe", "0.00001239", "", "", "", "0.00001234"))
	for _, want := range []string{"97128.38", "0.00001239", "+0.01%", "+0.41%", "VS CLOSE", "AGE"} {
		if !strings.Contains(s.screen(), want) {
			t.Errorf("no %s in\n%s", want, s.screen())
		}
	}
}
