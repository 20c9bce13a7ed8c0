package config_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/market"
	"livetape/ui/alert"
	"livetape/ui/cli/config"
	"livetape/ui/position"
)

func decimal(t *testing.T, s string) market.Decimal {
	t.Helper()
	d, err := market.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAlertsAndPositionsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	f, err := config.Parse("livetape.yaml", []byte(`
feeds: {desk: {url: "https://desk.example/events"}}
alerts:
  - {name: cheap, symbol: BTC/USD, below: "95,000.50", notify: [bell, terminal, desktop], exec: [./page.sh, --now]}
  - {symbol: NVDA, moves: 2%, within: 5m, rearm: 1%}
  - {news: halt}
  - {feed: desk, silent: 30s}
  - {gap: 10s}
  - {halted: true, symbol: NVDA}
positions:
  NVDA: {lots: ["300 @ 171.20", "-1,000"], currency: USD, feed: desk}
  "00700": {lots: [0.5 @ 1]}
`))
	if err != nil {
		t.Fatal(err)
	}
	same := cmp.Comparer(func(a, b market.Decimal) bool { return a == b })
	if diff := cmp.Diff([]alert.Rule{
		{Name: "cheap", Symbol: "BTC/USD", Kind: alert.Below, Limit: decimal(t, "95000.50"), Rearm: 0.1, Actions: alert.Actions{Bell: true, Terminal: true, Desktop: true, Exec: []string{"./page.sh", "--now"}}},
		{Symbol: "NVDA", Kind: alert.Moves, Percent: 2, Within: 5 * time.Minute, Rearm: 1},
		{Kind: alert.News, Keyword: "halt", Rearm: 0.1},
		{Feed: "desk", Kind: alert.Silent, Within: 30 * time.Second, Rearm: 0.1},
		{Kind: alert.Gap, Within: 10 * time.Second, Rearm: 0.1},
		{Symbol: "NVDA", Kind: alert.Halted, Rearm: 0.1},
	}, f.Alerts(), same); diff != "" {
		t.Errorf("alerts: %s", diff)
	}
	if diff := cmp.Diff([]position.Position{
		{Symbol: "00700", Lots: []position.Lot{{Quantity: decimal(t, "0.5"), Cost: decimal(t, "1")}}},
		{Symbol: "NVDA", Feed: "desk", Currency: "USD", Lots: []position.Lot{{Quantity: decimal(t, "300"), Cost: decimal(t, "171.20")}, {Quantity: decimal(t, "-1000")}}},
	}, f.Positions(), same); diff != "" {
		t.Errorf("positions: %s", diff)
	}
}
