package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

// tapeLines are the lines of the tape on screen, below its column heads.
func tapeLines(s *harness) (all []string) {
	_, tape, _ := strings.Cut(s.screen(), "─ Tape")
	if _, focused, found := strings.Cut(s.screen(), "▸ Tape"); found {
		tape = focused
	}
	for i, line := range strings.Split(tape, "\n")[2:] {
		if at := strings.LastIndex(line, "│"); at >= 0 {
			line = line[at+len("│"):]
		}
		if i > 0 && (strings.Contains(line, "─ ") || strings.TrimSpace(line) == "") {
			break
		}
		if fields := strings.Fields(strings.TrimPrefix(line, "▌")); len(fields) > 2 {
			all = append(all, strings.Join(fields, " "))
		}
	}
	return all
}

func (s *harness) sale(symbol, price, size string) *harness {
	s.now = s.now.Add(time.Millisecond)
	return s.quote(market.Quote{Symbol: symbol, Last: decimal(price), Size: decimal(size)})
}

func tapeHarness(width, height int) *harness {
	s := newHarness(demoConfig).resize(width, height).goLive()
	s.quote(market.Quote{Symbol: "NVDA", Bid: decimal("181.40"), Ask: decimal("181.50")})
	s.sale("NVDA", "181.40", "100").sale("NVDA", "181.50", "2500").sale("AAPL", "232", "7").sale("NVDA", "181.45", "30").sale("NVDA", "181.45", "10")
	return s
}

func TestTheTapeShowsTradesOfTheSelectionOrOfAll(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}} {
		s := tapeHarness(size[0], size[1])
		s.keys("t")
		got := tapeLines(s)
		want := []string{"12:03:17.255 = 181.45 10 mid", "12:03:17.254 ▼ 181.45 30 mid", "12:03:17.252 ▲ 181.50 2,500 ask", "12:03:17.251 = 181.40 100 bid"}
		for i, line := range want {
			if len(got) <= i || !strings.HasPrefix(got[i], line) {
				t.Fatalf("%v: %q, want %q\n%s", size, got, want, s.screen())
			}
		}
		if s.keys("t"); !strings.Contains(s.screen(), "Tape: all") || !strings.Contains(tapeLines(s)[2], "AAPL 232") {
			t.Errorf("%v: not those of all:\n%s", size, s.screen())
		}
		if s.keys("t", "esc"); s.m.focus != focusPrices {
			t.Errorf("%v: esc leaves the keyboard at %d", size, s.m.focus)
		}
	}
}

func TestAHeldTapeStandsStill(t *testing.T) {
	t.Parallel()
	s := tapeHarness(120, 40)
	s.keys("t", " ")
	before := tapeLines(s)
	s.sale("NVDA", "181.99", "1")
	if after := tapeLines(s); strings.Join(after, "\n") != strings.Join(before, "\n") || !strings.Contains(s.screen(), "HELD") {
		t.Errorf("held:\n%q\nbefore:\n%q", after, before)
	}
	if s.keys(" "); !strings.Contains(tapeLines(s)[0], "181.99") {
		t.Errorf("it does not go on: %q", tapeLines(s))
	}
	if s.keys("j"); s.m.tape.held == nil || s.m.tape.cursor != 1 {
		t.Error("moving in the tape does not hold it")
	}
	if s.keys("esc"); s.m.tape.held != nil || s.m.focus != focusTape {
		t.Error("esc does not let it go on first")
	}
	s.keys(" ", "esc", "esc", "j")
	if s.m.tape.held != nil {
		t.Error("another selection finds the tape held")
	}
}

func TestTheTapeLeavesSmallTradesOut(t *testing.T) {
	t.Parallel()
	s := tapeHarness(120, 40)
	s.keys("t")
	for _, want := range []struct {
		title string
		sales int
	}{{"size ≥ 100", 2}, {"size ≥ 2,500", 1}, {"", 4}} {
		s.keys("S")
		if got := tapeLines(s); len(got) != want.sales || !strings.Contains(s.screen(), want.title) {
			t.Errorf("%q: %q\n%s", want.title, got, s.screen())
		}
	}
}

func TestCorrectionsAndCancellationsAreOnTheTapeAsSuch(t *testing.T) {
	t.Parallel()
	s := tapeHarness(80, 24)
	for _, report := range []market.Report{market.Correction, market.Cancel} {
		s.quote(market.Quote{Symbol: "NVDA", Last: decimal("99"), Size: decimal("5"), Report: report})
	}
	s.keys("t")
	if got := tapeLines(s); !strings.HasSuffix(got[0], "99.00 5 cancelled") || !strings.HasSuffix(got[1], "99.00 5 corrected") {
		t.Errorf("%q", got)
	}
	if r := s.m.board.Row(deskFeed, "NVDA"); r.Last.Value.String() != "181.45" {
		t.Errorf("the last price is %s", r.Last.Value)
	}
}

func TestThePausedTapeStandsStillHoweverMuchComes(t *testing.T) {
	t.Parallel()
	s := tapeHarness(120, 40)
	s.keys("t", "p")
	before := strings.Join(tapeLines(s), "\n")
	for i := range 9000 {
		s.m.board.Apply(deskFeed, market.Quote{Symbol: "NVDA", Last: decimal(fmt.Sprint(i))}, s.now)
	}
	if after := strings.Join(tapeLines(s), "\n"); after != before {
		t.Errorf("paused:\n%s\nbefore:\n%s", after, before)
	}
}

func TestATapeWithoutTradesSaysWhy(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).goLive()
	s.quote(market.Quote{Symbol: "EURUSD", Bid: decimal("1.1"), Ask: decimal("1.2")})
	if s.keys("t"); !strings.Contains(s.screen(), "No trade of EURUSD") {
		t.Errorf("no reason:\n%s", s.screen())
	}
}

func TestTheSourceIsTheLastEventOfTheSelectedSymbol(t *testing.T) {
	t.Parallel()
	s := tapeHarness(200, 60)
	if !strings.Contains(s.screen(), `{"symbol":"NVDA","last":"181.45"}`) {
		t.Errorf("not its last event:\n%s", s.screen())
	}
	s.receive(feed.Event{Message: &feed.Message{Type: "price", Data: []byte(`{"odd":1}`), Updates: []market.Update{market.Quote{Symbol: "NVDA", Bid: decimal("1")}}}})
	if !strings.Contains(s.screen(), `{"odd":1}`) {
		t.Errorf("not its last event:\n%s", s.screen())
	}
	s.keys("p")
	s.sale("NVDA", "7", "")
	if !strings.Contains(s.screen(), `{"odd":1}`) {
		t.Errorf("it goes on while paused:\n%s", s.screen())
	}
	if s.keys("j"); !strings.Contains(s.screen(), `{"symbol":"AAPL"`) {
		t.Errorf("not that of the row selected now:\n%s", s.screen())
	}
}

func TestTheTapeOfAllCutsNoSize(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	s.quote(market.Quote{Symbol: "BTC-USD", Last: decimal("97123.12"), Size: decimal("416000000"), Time: s.now})
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("181.46"), Size: decimal("1250"), Time: s.now})
	s.requireText(t, "1,250")
	s.keys("t", "t")
	s.requireText(t, "Tape: all", " 416M", " 1.25K")
}
