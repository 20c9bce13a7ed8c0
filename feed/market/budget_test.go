package market_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"livetape/feed/market"
	"livetape/feed/memory"
)

// budgeted is a board whose feeds share a budget of so many MiB, with a clock.
func budgeted(mib int) (*market.Board, *memory.Budget, func(u market.Update)) {
	budget := memory.NewBudget(mib << 20)
	board, at := market.NewBoard(market.Limits{Budget: func(string) market.Budget { return budget }}), time.Unix(1_700_000_000, 0)
	return board, budget, func(u market.Update) {
		at = at.Add(time.Second)
		board.Apply("desk", u, at)
	}
}

func TestWhatIsKeptOfAFeedIsCountedAndBounded(t *testing.T) {
	t.Parallel()
	price, err := market.ParseDecimal("1.5")
	wide, wideErr := market.ParseDecimal(strings.Repeat("9", market.MaxDigits))
	if err != nil || wideErr != nil {
		t.Fatal(err, wideErr)
	}
	long := func(n, of int) string { return fmt.Sprintf("%0*d", of, n) }
	for _, c := range []struct {
		what    string
		update  func(n int) market.Update
		refused bool
	}{
		{"symbols", func(n int) market.Update { return market.Quote{Symbol: long(n, market.MaxSymbol), Last: price} }, true},
		{"names", func(n int) market.Update {
			return market.Quote{Symbol: fmt.Sprint(n), Name: long(n, market.MaxName), Last: price}
		}, true},
		{"long numbers", func(n int) market.Update { return market.Quote{Symbol: fmt.Sprint(n), Last: wide} }, true},
		{"readings", func(n int) market.Update { return market.Reading{Name: fmt.Sprint(n), Value: wide} }, true},
		{"halts", func(n int) market.Update {
			return market.Halt{Symbol: fmt.Sprint(n), State: market.Halted, Reason: long(n, market.MaxReason)}
		}, true},
		{"headlines", func(n int) market.Update {
			return market.Headline{ID: fmt.Sprint(n), Title: long(n, market.MaxHeadline), Summary: long(n, 4*market.MaxSummary)}
		}, false},
		{"corrections", func(n int) market.Update {
			return market.Headline{ID: fmt.Sprint(n % 100), Title: fmt.Sprint(n), Summary: long(n, n)}
		}, false},
		{"bars and trades", func(n int) market.Update { return market.Quote{Symbol: fmt.Sprint(n % 100), Last: price} }, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			board, budget, apply := budgeted(1)
			for n := range 5_000 {
				if apply(c.update(n)); budget.Used() > budget.Limit()*3/4 || budget.Used() < 0 {
					t.Fatalf("after %d updates, %d bytes are kept", n+1, budget.Used())
				}
			}
			if refused := board.Counts().Refused; (refused > 0) != c.refused {
				t.Errorf("%d are refused", refused)
			}
			if len(board.Rows())+len(board.News()) == 0 {
				t.Error("nothing is kept")
			}
		})
	}
}

func TestALongNumberCountsWhicheverItIs(t *testing.T) {
	t.Parallel()
	price, err := market.ParseDecimal("1.5")
	wide, wideErr := market.ParseDecimal(strings.Repeat("9", market.MaxDigits))
	if err != nil || wideErr != nil {
		t.Fatal(err, wideErr)
	}
	used := func(q market.Quote) int {
		_, budget, apply := budgeted(64)
		q.Symbol, q.Bid = "S", price
		apply(q)
		return budget.Used()
	}
	want := used(market.Quote{Open: wide})
	if short := used(market.Quote{Open: price}); short >= want {
		t.Errorf("a long number takes %d bytes, a short one %d", want, short)
	}
	for name, q := range map[string]market.Quote{"vwap": {VWAP: wide}, "change": {Change: wide}, "change in percent": {ChangePct: wide}, "size at the bid": {BidSize: wide}} {
		if got := used(q); got != want {
			t.Errorf("%s: %d bytes are counted, want %d", name, got, want)
		}
	}
}

func TestWhatIsForgottenIsGivenBack(t *testing.T) {
	t.Parallel()
	board, budget, apply := budgeted(64)
	price, err := market.ParseDecimal("1.5")
	if err != nil {
		t.Fatal(err)
	}
	board.Await("desk", []string{"S1", "never"})
	for n := range 5_000 {
		apply(market.Quote{Symbol: fmt.Sprint("s", n%50), Name: "Desk", Last: price})
	}
	used := budget.Used()
	board.Restart("desk")
	if budget.Used() != used {
		t.Errorf("a feed that starts again keeps %d bytes, after %d", budget.Used(), used)
	}
	board.Await("desk", nil)
	if board.Forget("desk"); budget.Used() != 0 {
		t.Errorf("%d bytes are left", budget.Used())
	}
}

func TestNoStoryGoesForOneThatHasNoRoomAllTheSame(t *testing.T) {
	t.Parallel()
	board, budget, apply := budgeted(1)
	for n := range 10 {
		apply(market.Headline{ID: fmt.Sprint(n), Title: strings.Repeat("x", 100)})
	}
	budget.Add(budget.Limit()) // others keep that much of the feed
	apply(market.Headline{ID: "new", Title: "one more"})
	apply(market.Headline{ID: "9", Title: "shorter"})
	if n, newest := len(board.News()), board.News()[0].Title; n != 10 || newest != "shorter" {
		t.Errorf("%d stories are left, the newest is %q", n, newest)
	}
	if counts := board.Counts(); counts.Refused != 1 || counts.Corrections != 1 {
		t.Errorf("counted is %+v", counts)
	}
}

// heapInUse is how many bytes are in use once there is no garbage.
func heapInUse() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// No other test runs meanwhile: its memory would count.
func TestTheSizesThatAreCountedAreThoseInMemory(t *testing.T) {
	board, budget, apply := budgeted(1 << 10)
	price, err := market.ParseDecimal("1.5")
	if err != nil {
		t.Fatal(err)
	}
	const rows = 5_000
	before := heapInUse()
	for n := range rows {
		apply(market.Quote{Symbol: fmt.Sprint("symbol ", n), Last: price})
	}
	took := heapInUse() - before
	if took > budget.Used()*11/10 || took < budget.Used()/2 {
		t.Errorf("%d bytes are counted for %d rows, and they take %d", budget.Used(), len(board.Rows()), took)
	}
}
