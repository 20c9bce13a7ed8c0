package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode"
	"livetape/feed/market"
	"livetape/ui/cli/config"
)

const symbols = `
symbols:
  BTC/USD: {name: Bitcoin, aliases: [BTCUSD, XBT], decimals: 3}
  NVDA: {name: NVIDIA}
watchlists:
  coins: [XBT, ETH/USD]
`

// read decodes an event of the native format by the table and says what came of it.
func read(t *testing.T, table *config.SymbolTable, event, data string) []market.Update {
	t.Helper()
	m, err := table.Decoder(decode.Native{}).Decode(event, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return m.Updates
}

func quoteOf(t *testing.T, updates []market.Update) market.Quote {
	t.Helper()
	if len(updates) != 1 {
		t.Fatalf("%d updates", len(updates))
	}
	return updates[0].(market.Quote)
}

func TestSymbolsAreCalledAsTheFileSays(t *testing.T) {
	table := config.NewSymbolTable()
	const price = `{"symbol":"XBT","name":"theirs","last":"61632.5","bid":"0","ask":"61632.50001"}`
	if q := quoteOf(t, read(t, table, "price", price)); q.Symbol != "XBT" || q.Name != "theirs" {
		t.Errorf("an empty table changes %+v", q)
	}
	if err := table.Load(parse(t, "", symbols), config.SymbolOptions{Pad: true}); err != nil {
		t.Fatal(err)
	}
	q := quoteOf(t, read(t, table, "price", price))
	got := []string{q.Symbol, q.Name, q.Last.String(), q.Bid.String(), q.Ask.String(), q.High.String()}
	if diff := cmp.Diff([]string{"BTC/USD", "Bitcoin", "61632.500", "0.000", "61632.50001", ""}, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	h := read(t, table, "news", `{"id":"1","headline":"h","symbols":["BTCUSD","X"]}`)[0].(market.Headline)
	if diff := cmp.Diff([]string{"BTC/USD", "X"}, h.Symbols); diff != "" {
		t.Error(diff)
	}
	if s := read(t, table, "status", `{"symbol":"XBT","state":"halted"}`)[0].(market.Halt); s.Symbol != "BTC/USD" {
		t.Errorf("the halt is of %s", s.Symbol)
	}
}

func TestForAPipeNoZerosAreAdded(t *testing.T) {
	table := config.NewSymbolTable()
	if err := table.Load(parse(t, "", symbols), config.SymbolOptions{}); err != nil {
		t.Fatal(err)
	}
	if q := quoteOf(t, read(t, table, "price", `{"symbol":"XBT","last":"61632.5"}`)); q.Last.String() != "61632.5" || q.Symbol != "BTC/USD" {
		t.Errorf("the quote is %+v", q)
	}
}

func TestAWatchlistLeavesOutAllElse(t *testing.T) {
	table := config.NewSymbolTable()
	if err := table.Load(parse(t, "", symbols), config.SymbolOptions{Watchlist: "coins"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		event, data string
		shown       int
	}{
		{"price", `{"symbol":"BTCUSD","last":"1"}`, 1},
		{"price", `{"symbol":"ETH/USD","last":"1"}`, 1},
		{"price", `{"symbol":"NVDA","last":"1"}`, 0},
		{"news", `{"id":"1","headline":"h","symbols":["NVDA"]}`, 0},
		{"news", `{"id":"1","headline":"h","symbols":["NVDA","XBT"]}`, 1},
		{"news", `{"id":"1","headline":"h"}`, 1},
		{"status", `{"symbol":"","state":"closed"}`, 1},
		{"status", `{"symbol":"NVDA","state":"closed"}`, 0},
		{"snapshot", `{"prices":[{"symbol":"NVDA","last":"1"},{"symbol":"XBT","last":"1"}]}`, 1},
	} {
		got := 0
		for _, u := range read(t, table, c.event, c.data) {
			if _, isSnapshot := u.(market.Quote); isSnapshot || c.event != "snapshot" {
				got++
			}
		}
		if got != c.shown {
			t.Errorf("%s %s: %d shown", c.event, c.data, got)
		}
	}
	if err := table.Load(parse(t, "", symbols), config.SymbolOptions{Watchlist: "coin"}); err == nil || err.Error() != `livetape.yaml: there is no watchlist "coin" (did you mean "coins"?)` {
		t.Errorf("it says %v", err)
	}
}

func TestABookIsTurnedWhileAFeedRuns(t *testing.T) {
	table := config.NewSymbolTable()
	d := table.Decoder(decode.Native{})
	name := func() string {
		m, err := d.Decode("price", []byte(`{"symbol":"NVDA","last":"1"}`))
		if err != nil {
			t.Fatal(err)
		}
		return quoteOf(t, m.Updates).Name
	}
	if got := name(); got != "" {
		t.Errorf("the name is %q", got)
	}
	if err := table.Load(parse(t, "", symbols), config.SymbolOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := name(); got != "NVIDIA" {
		t.Errorf("the name is %q", got)
	}
}
