package alert_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/alert"
)

var start = time.Date(2026, 3, 2, 14, 30, 0, 0, time.UTC)

func number(t testing.TB, s string) market.Decimal {
	t.Helper()
	d, err := market.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// step is a thing that happens a second after the one before, or later.
type step struct {
	after time.Duration
	event feed.Event
}

func updates(all ...market.Update) step {
	return step{event: feed.Event{Feed: "desk", Message: &feed.Message{Updates: all}}}
}

func prices(t testing.TB, symbol string, all ...string) (steps []step) {
	t.Helper()
	for _, p := range all {
		steps = append(steps, updates(market.Quote{Symbol: symbol, Last: number(t, p)}))
	}
	return steps
}

func status(s feed.State, cause string) step {
	return step{event: feed.Event{Feed: "desk", Status: &feed.Status{State: s, Cause: cause}}}
}

func gap(length time.Duration, missed int) step {
	return step{event: feed.Event{Feed: "desk", Gap: &feed.Gap{Length: length, Missed: missed}}}
}

func wait(d time.Duration) step { return step{after: d} }

func TestARuleComesTrueOnceUntilItIsArmedAgain(t *testing.T) {
	t.Parallel()
	btc := alert.Rule{Symbol: "btc/usd", Rearm: 0.1}
	with := func(kind alert.Kind, limit string) alert.Rule {
		r := btc
		r.Kind, r.Limit = kind, number(t, limit)
		return r
	}
	quote := func(bid, ask string) step {
		return updates(market.Quote{Symbol: "BTC/USD", Bid: number(t, bid), Ask: number(t, ask)})
	}
	halt := func(symbol string, s market.Session) step {
		return updates(market.Halt{Symbol: symbol, State: s, Reason: "news pending"})
	}
	headline := func(id, title string, symbols ...string) step {
		return updates(market.Headline{ID: id, Title: title, Symbols: symbols})
	}
	for name, test := range map[string]struct {
		rule  alert.Rule
		steps []step
		want  []string
	}{
		"above, also at the first price": {with(alert.Above, "100"), prices(t, "BTC/USD", "101"), []string{"BTC/USD is above 100: 101"}},
		"not at the limit itself":        {with(alert.Above, "100"), prices(t, "BTC/USD", "100", "99", "100.00"), nil},
		"once while the price trembles":  {with(alert.Above, "100"), prices(t, "BTC/USD", "101", "99.95", "101", "99.91", "102"), []string{"BTC/USD is above 100: 101"}},
		"again after a step back":        {with(alert.Above, "100"), prices(t, "BTC/USD", "101", "99.90", "100.01"), []string{"BTC/USD is above 100: 101", "BTC/USD is above 100: 100.01"}},
		"below":                          {with(alert.Below, "95000"), prices(t, "BTC/USD", "95000", "94990.5"), []string{"BTC/USD is below 95,000: 94,990.5"}},
		"below a limit less than zero":   {with(alert.Below, "-10"), prices(t, "BTC/USD", "-9", "-11", "-9.995", "-11", "-9.99", "-11"), []string{"BTC/USD is below -10: -11", "BTC/USD is below -10: -11"}},
		"of other symbols nothing":       {with(alert.Above, "100"), prices(t, "ETH/USD", "101"), nil},
		"crosses both ways":              {with(alert.Crosses, "100"), prices(t, "BTC/USD", "99", "101", "99"), []string{"BTC/USD crossed 100 upward: 101", "BTC/USD crossed 100 downward: 99"}},
		"crosses after standing on it":   {with(alert.Crosses, "100"), prices(t, "BTC/USD", "100", "99", "100", "101"), []string{"BTC/USD crossed 100 upward: 101"}},
		"trembling is one crossing":      {with(alert.Crosses, "100"), prices(t, "BTC/USD", "99", "100.01", "99.99", "100.01", "99.99"), []string{"BTC/USD crossed 100 upward: 100.01"}},
		"the middle of bid and ask":      {with(alert.Above, "100"), []step{quote("100", "102")}, []string{"BTC/USD is above 100: 101"}},
		"no middle beside a last":        {with(alert.Above, "100"), append(prices(t, "BTC/USD", "99"), quote("100", "102")), nil},
		"no correction and no older trade": {with(alert.Above, "100"), []step{
			updates(market.Quote{Symbol: "BTC/USD", Last: number(t, "99"), Time: start}),
			updates(market.Quote{Symbol: "BTC/USD", Last: number(t, "101"), Time: start.Add(-time.Second)}),
			updates(market.Quote{Symbol: "BTC/USD", Last: number(t, "101"), Report: market.Correction}),
		}, nil},
		"a move within a time": {
			alert.Rule{Kind: alert.Moves, Percent: 2, Within: 5 * time.Second},
			append(prices(t, "NVDA", "100", "101", "102", "101.5", "103"), append([]step{wait(time.Minute)}, prices(t, "NVDA", "103", "100")...)...),
			[]string{"NVDA moved +2.00% within 5 s: 102", "NVDA moved -2.91% within 5 s: 100"},
		},
		"no move that took longer": {
			alert.Rule{Kind: alert.Moves, Percent: 2, Within: 2 * time.Second},
			prices(t, "NVDA", "100", "100.5", "101", "101.5", "102", "102.5"), nil,
		},
		"halted, and halted again": {
			alert.Rule{Kind: alert.Halted, Symbol: "NVDA"},
			[]step{halt("NVDA", market.Halted), halt("NVDA", market.Halted), halt("NVDA", market.Open), halt("AMD", market.Halted), halt("NVDA", market.Halted)},
			[]string{"NVDA is halted: news pending", "NVDA is halted: news pending"},
		},
		"the whole market halted": {alert.Rule{Kind: alert.Halted, Symbol: "NVDA"}, []step{halt("", market.Halted)}, []string{"the market of desk is halted: news pending"}},
		"a word in the news, once for each headline": {
			alert.Rule{Kind: alert.News, Keyword: "Halt"},
			[]step{headline("1", "Trading halted in NVDA"), headline("1", "CORRECTED Trading halted in AMD"), headline("2", "Chips rise"), headline("", "No halt today"), headline("", "No halt today")},
			[]string{"news: Trading halted in NVDA", "news: No halt today"},
		},
		"a word in the news of halts, as often as the news tell it": {
			alert.Rule{Kind: alert.News, Keyword: "pending"},
			[]step{halt("NVDA", market.Halted), halt("NVDA", market.Halted), halt("AMD", market.Halted), halt("NVDA", market.Open), halt("NVDA", market.Halted), halt("", market.Halted)},
			[]string{"news of NVDA: Halted: news pending", "news of AMD: Halted: news pending", "news of NVDA: Halted: news pending"},
		},
		"the end of a halt in the news of one symbol": {
			alert.Rule{Kind: alert.News, Keyword: "trades again", Symbol: "nvda"},
			[]step{halt("NVDA", market.Halted), halt("AMD", market.Halted), halt("NVDA", market.Open), halt("AMD", market.Open)},
			[]string{"news of NVDA: Trades again"},
		},
		"news of one symbol": {
			alert.Rule{Kind: alert.News, Keyword: "chips", Symbol: "nvda"},
			[]step{headline("1", "Chips rise", "AMD"), headline("2", "Chips rise", "AMD", "NVDA")}, []string{"news: Chips rise"},
		},
		"a feed that is silent": {
			alert.Rule{Kind: alert.Silent, Within: 30 * time.Second, Feed: "desk"},
			append([]step{status(feed.Live, ""), wait(29 * time.Second), wait(time.Minute), wait(time.Minute)}, append(prices(t, "A", "1"), wait(30*time.Second))...),
			[]string{"desk gave no event for 30 s", "desk gave no event for 30 s"},
		},
		"no silence where no stream is": {
			alert.Rule{Kind: alert.Silent, Within: 30 * time.Second},
			[]step{status(feed.Live, ""), status(feed.Waiting, "refused"), wait(time.Hour)}, nil,
		},
		"a feed that is not live": {
			alert.Rule{Kind: alert.NotLive, Within: time.Minute},
			[]step{status(feed.Live, ""), status(feed.Waiting, "503"), status(feed.Connecting, ""), status(feed.Failed, "401 Unauthorized"), wait(time.Minute), wait(time.Hour)},
			[]string{"desk has not been live for 1 min: 401 Unauthorized"},
		},
		"no trouble in an end that was asked for": {
			alert.Rule{Kind: alert.NotLive, Within: time.Minute},
			[]step{status(feed.Live, ""), status(feed.Closed, "you disconnected"), wait(time.Hour)}, nil,
		},
		"a gap of some length": {
			alert.Rule{Kind: alert.Gap, Within: 10 * time.Second},
			[]step{gap(9*time.Second, 5), gap(10*time.Second, 1204), gap(2*time.Minute, feed.Unknown), gap(time.Minute, 0)},
			[]string{"desk was lost for 10 s, 1,204 events missed", "desk was lost for 2 min", "desk was lost for 1 min, nothing missed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, now := alert.New([]alert.Rule{test.rule}), start
			var got []string
			for _, s := range test.steps {
				now = now.Add(max(s.after, time.Second))
				var fired []alert.Firing
				if s.event.Feed == "" {
					fired = engine.Advance(now)
				} else {
					s.event.At = now
					fired = engine.Apply(s.event)
				}
				for _, f := range fired {
					got = append(got, f.Text)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("alerts (- want, + got):\n%s", diff)
			}
			if len(engine.History()) != len(got) {
				t.Errorf("the history has %d alerts of %d", len(engine.History()), len(got))
			}
		})
	}
}

func TestTheNextCheckIsWhenARuleCouldComeTrue(t *testing.T) {
	t.Parallel()
	engine := alert.New([]alert.Rule{{Kind: alert.Silent, Within: time.Minute}, {Kind: alert.NotLive, Within: 30 * time.Second}})
	if !engine.NextCheck().IsZero() {
		t.Error("there is a check before anything happened")
	}
	live := status(feed.Live, "").event
	live.At = start
	engine.Apply(live)
	if got, want := engine.NextCheck(), start.Add(time.Minute); !got.Equal(want) {
		t.Errorf("live: the next check is at %v, not %v", got, want)
	}
	engine.Advance(start.Add(time.Minute))
	if got := engine.NextCheck(); !got.IsZero() {
		t.Errorf("after the alert: there is a check at %v", got)
	}
}

func TestAnEventFromBeforeTheAlertDoesNotArmItAgain(t *testing.T) {
	t.Parallel()
	engine := alert.New([]alert.Rule{{Kind: alert.Silent, Within: time.Minute}})
	live := status(feed.Live, "").event
	live.At = start
	engine.Apply(live)
	fired := engine.Advance(start.Add(time.Minute))
	other := prices(t, "A", "1")[0].event
	other.Feed, other.At = "coins", start.Add(time.Minute-time.Millisecond)
	fired = append(fired, engine.Apply(other)...)
	fired = append(fired, engine.Advance(start.Add(time.Minute+time.Second))...)
	if len(fired) != 1 {
		t.Errorf("one silence is %d alerts", len(fired))
	}
}

func TestTheHistoryIsBoundedAndNewestFirst(t *testing.T) {
	t.Parallel()
	engine := alert.New([]alert.Rule{{Kind: alert.News, Keyword: "x"}})
	for i := range 2 * alert.MaxHistory {
		s := updates(market.Headline{Title: "x" + strings.Repeat("y", i)})
		s.event.At = start
		engine.Apply(s.event)
	}
	if n := len(engine.History()); n != alert.MaxHistory {
		t.Errorf("%d alerts are kept, not %d", n, alert.MaxHistory)
	}
	if got, want := len(engine.History()[0].Text), len("news: x")+2*alert.MaxHistory-1; got != want {
		t.Errorf("the first has %d characters, not the %d of the newest", got, want)
	}
}

func TestARuleIsReadAsTypedAndSaidInShort(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"> 182":     "NVDA > 182",
		"<1,175.50": "NVDA < 1,175.50",
		" = 181 ":   "NVDA crosses 181",
		"2.5% 5m":   "NVDA moves 2.5% in 5m",
		"2% 1h":     "NVDA moves 2% in 1h",
		"2% 1h30m":  "NVDA moves 2% in 1h30m",
		"2% 90s":    "NVDA moves 2% in 1m30s",
		"halted":    "NVDA halted",
		"news halt": `"halt" in news of NVDA`,
	} {
		r, err := alert.Parse("NVDA", typed)
		if err != nil || r.String() != want {
			t.Errorf("%q is %q, %v; want %q", typed, r, err, want)
		}
	}
	for typed, want := range map[string]string{
		"":           `"" is no alert: write one of > 182`,
		"182":        `"182" is no alert`,
		"> much":     `a limit is a price: "much" is not a number`,
		"0% 5m":      `"0" is not a percentage over 0`,
		"nan% 5m":    `"nan" is not a percentage`,
		"2%":         `"" is not a time: write 30s`,
		"2% 1ms":     "1ms is not between 1s and 24h",
		"2% forever": `"forever" is not a time`,
	} {
		if _, err := alert.Parse("NVDA", typed); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", typed, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"> 182", "<-1,0", "= 1e9", "2% 5m", "halted", "news x", "", "%", "-1% 1s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := alert.Parse("A", text)
		if err != nil {
			return
		}
		engine := alert.New([]alert.Rule{r})
		for _, price := range []string{"1", "-1", "1000000000", "0"} {
			s := updates(market.Quote{Symbol: "A", Last: number(t, price)})
			s.event.At = start
			engine.Apply(s.event)
		}
		if r.String() == "" {
			t.Errorf("%q says nothing", text)
		}
	})
}
