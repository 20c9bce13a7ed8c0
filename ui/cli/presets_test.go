package cli_test

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
	"livetape/mockserver/fault"
)

var presetCases = []presetCase{
	{
		preset: "stellar-trades", args: []string{"--var", "base={base}", "--var", "pair=XLM/USDC"},
		symbols: map[string]instrument{"XLM/USDC": {"SHIB/USD", 4}}, fields: []string{"last"}, resumes: true, trades: true,
	},
	{
		preset: "stellar-book", args: []string{"--var", "base={base}", "--var", "pair=XLM/AQUA"},
		symbols: map[string]instrument{"XLM/AQUA": {"SOL/USD", 0}}, fields: []string{"bid", "ask"},
	},
	{
		preset: "pyth", args: []string{"--var", "base={base}", "--symbols", "BTC/USD,ETH/USD,EUR/USD,AAPL/USD"},
		symbols: map[string]instrument{"BTC/USD": {"BTC/USD", 0}, "ETH/USD": {"ETH/USD", 0}, "EUR/USD": {"EUR/USD", 0}, "AAPL/USD": {"AAPL", 0}},
		fields:  []string{"last"},
	},
	{
		preset: "dexpaprika", args: []string{"--symbols", "WETH/USD,SOL/USD", "{base}/sse/prices"},
		symbols: map[string]instrument{"WETH/USD": {"ETH/USD", 0}, "SOL/USD": {"SOL/USD", 0}}, fields: []string{"last"},
	},
	{
		preset: "oanda", fields: []string{"bid", "ask"},
		args: []string{
			"--symbols", "EUR/USD,USD/JPY", "--var", "account=101-001-1234567-001",
			"{base}/v3/accounts/{account}/pricing/stream?instruments={symbols}",
		},
		symbols: map[string]instrument{"EUR/USD": {"EUR/USD", 0}, "USD/JPY": {"USD/JPY", 0}},
	},
	{
		preset: "dxfeed", args: []string{"--var", "base={base}/webservice/rest", "--symbols", "AAPL,MSFT"},
		symbols: map[string]instrument{"AAPL": {"AAPL", 0}, "MSFT": {"MSFT", 0}},
		fields:  []string{"last", "bid", "ask", "volume", "open", "high", "low", "prev_close"},
	},
	{
		preset: "firebase", args: []string{"{base}/prices.json"},
		symbols: map[string]instrument{"NVDA": {"NVDA", 0}, "SHIB/USD": {"SHIB/USD", 0}, "USD/JPY": {"USD/JPY", 0}},
		fields:  []string{"last", "bid", "ask", "volume", "prev_close"},
	},
	{
		preset: "mercure", args: []string{"--var", "base={base}", "--symbols", "NVDA,BTC/USD"},
		symbols: map[string]instrument{"NVDA": {"NVDA", 0}, "BTC/USD": {"BTC/USD", 0}}, fields: []string{"last", "bid", "ask"}, resumes: true,
	},
}

func TestEveryForeignPresetShowsTheTruthThroughAReconnect(t *testing.T) {
	t.Parallel()
	for _, v := range presetCases {
		t.Run(v.preset, func(t *testing.T) {
			t.Parallel()
			a := startPresetStream(t, v)
			a.stepUntilPrinted()
			a.catchUp()
			a.drop()
			a.catchUp()
			if got, want := slices.Sorted(maps.Keys(a.board)), slices.Sorted(maps.Keys(v.symbols)); v.preset != "firebase" && !slices.Equal(got, want) {
				t.Errorf("the symbols are %v, want %v", got, want)
			}
			if strings.Contains(a.stderr.String(), "a-token") {
				t.Errorf("the token is told: %s", a.stderr.String())
			}
			if v.resumes {
				a.requireNothingLost()
			}
		})
	}
}

// TestTheCommandsOfFeedsForTheMockServerWork runs those of docs/feeds.md as a user would, but for the screen.
func TestTheCommandsOfFeedsForTheMockServerWork(t *testing.T) {
	t.Parallel()
	mock, err := mockserver.New(mockserver.Config{Rate: 2000})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- mock.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	server := strings.TrimSuffix(serve(t, mock.Handler()), "/events")
	commands := map[string]string{}
	for _, line := range commandsOf(readPage(t, "../../docs/feeds.md")) {
		if _, path, ok := strings.Cut(line, "http://127.0.0.1:8080/as/"); ok {
			preset, _, _ := strings.Cut(strings.TrimSpace(path), "/")
			commands[preset] = line
		}
	}
	if len(commands) != len(presetCases)+1 {
		t.Errorf("there are commands for %v", slices.Sorted(maps.Keys(commands)))
	}
	for preset, line := range commands {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			line := strings.NewReplacer("http://127.0.0.1:8080", server, "livetape watch", "livetape stream --count 3").Replace(line)
			cmd := exec.CommandContext(t.Context(), "bash", "-c", `livetape() { "$LIVETAPE" "$@"; }; `+"\n"+line)
			cmd.Env = append(os.Environ(), "LIVETAPE="+livetape)
			out, err := cmd.Output()
			if err != nil || strings.Count(string(out), "\n") != 3 {
				t.Errorf("%sgives %v: %s", line, err, out)
			}
		})
	}
}

// TestStellarsOwnEndsAreNoGaps sends more trades than a stream has room for, of which Horizon ends each after 200.
func TestStellarsOwnEndsAreNoGaps(t *testing.T) {
	t.Parallel()
	a := startPresetStream(t, presetCases[0])
	a.stepUntilPrinted()
	for range 28 {
		a.mock.Step(500)
	}
	a.catchUp()
	a.requireNothingLost()
	if len(a.all) < 250 {
		t.Errorf("%d trades fit into one stream", len(a.all))
	}
	said := a.stderr.String()
	if !strings.Contains(said, "resume") || strings.Contains(said, "attempt") {
		t.Errorf("the end of a stream is told as %s", said)
	}
}

// TestHeadlinesOfWikimediaComeOnceEach breaks the connection among the headlines.
func TestHeadlinesOfWikimediaComeOnceEach(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now } // moves between steps alone
	a := startPresetStreamAt(t, presetCase{preset: "wikimedia", args: []string{"{base}/v2/stream/recentchange"}, news: true}, clock)
	step := func() {
		now = now.Add(time.Second)
		a.mock.Step(20) // fewer than there are between two headlines
	}
	for len(a.all) < 3 {
		step()
		a.takeWithin(time.Millisecond)
	}
	if err := a.mock.Inject(fault.Fault{Name: "drop"}); err != nil {
		t.Fatal(err)
	}
	for range 60 {
		step()
	}
	a.stderr.waitFor(t, "asked to resume")
	var want []string
	for _, e := range a.marketEvents("news") {
		want = append(want, e["headline"])
	}
	for {
		var got []string
		for _, line := range a.all {
			got = append(got, line["headline"].(string))
		}
		if len(got) > 6 && len(got) <= len(want) && slices.Equal(got, want[len(want)-len(got):]) {
			return
		}
		if !a.takeWithin(waitLimit / 3) {
			t.Fatalf("printed were %s", cmp.Diff(want, got))
		}
	}
}
