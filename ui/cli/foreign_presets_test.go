package cli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

// visit is a preset, pointed at the mock server that speaks as its service.
type visit struct {
	preset  string
	args    []string          // {base} is where the mock server speaks as the service
	secret  string            // environment variable that the preset wants
	symbols map[string]origin // what it yields, and where that comes from
	fields  []string          // that the service tells
	resumes bool              // and otherwise says that it cannot
	trades  bool              // every trade is one update
	news    bool              // instead of prices
}

// origin is the simulated instrument that a price comes from, and how many decimals it was shifted by.
type origin struct {
	symbol string
	shift  int64
}

var visits = []visit{
	{
		preset: "stellar-trades", args: []string{"--var", "base={base}", "--var", "pair=XLM/USDC"},
		symbols: map[string]origin{"XLM/USDC": {"SHIB/USD", 4}}, fields: []string{"last"}, resumes: true, trades: true,
	},
	{
		preset: "stellar-book", args: []string{"--var", "base={base}", "--var", "pair=XLM/AQUA"},
		symbols: map[string]origin{"XLM/AQUA": {"SOL/USD", 0}}, fields: []string{"bid", "ask"},
	},
	{
		preset: "pyth", args: []string{"--var", "base={base}", "--symbols", "BTC/USD,ETH/USD,EUR/USD,AAPL/USD"}, secret: "PYTH_API_KEY",
		symbols: map[string]origin{"BTC/USD": {"BTC/USD", 0}, "ETH/USD": {"ETH/USD", 0}, "EUR/USD": {"EUR/USD", 0}, "AAPL/USD": {"AAPL", 0}},
		fields:  []string{"last"},
	},
	{
		preset: "dexpaprika", args: []string{"--symbols", "WETH/USD,SOL/USD", "{base}/sse/prices"},
		symbols: map[string]origin{"WETH/USD": {"ETH/USD", 0}, "SOL/USD": {"SOL/USD", 0}}, fields: []string{"last"},
	},
	{
		preset: "oanda", secret: "OANDA_TOKEN", fields: []string{"bid", "ask"},
		args: []string{
			"--symbols", "EUR/USD,USD/JPY", "--var", "account=101-001-1234567-001",
			"{base}/v3/accounts/{account}/pricing/stream?instruments={symbols}",
		},
		symbols: map[string]origin{"EUR/USD": {"EUR/USD", 0}, "USD/JPY": {"USD/JPY", 0}},
	},
	{
		preset: "dxfeed", args: []string{"--var", "base={base}/webservice/rest", "--symbols", "AAPL,MSFT"},
		symbols: map[string]origin{"AAPL": {"AAPL", 0}, "MSFT": {"MSFT", 0}},
		fields:  []string{"last", "bid", "ask", "volume", "open", "high", "low", "prev_close"},
	},
	{
		preset: "firebase", args: []string{"{base}/prices.json"},
		symbols: map[string]origin{"NVDA": {"NVDA", 0}, "SHIB/USD": {"SHIB/USD", 0}, "USD/JPY": {"USD/JPY", 0}},
		fields:  []string{"last", "bid", "ask", "volume", "prev_close"},
	},
	{
		preset: "mercure", args: []string{"--var", "base={base}", "--symbols", "NVDA,BTC/USD"},
		symbols: map[string]origin{"NVDA": {"NVDA", 0}, "BTC/USD": {"BTC/USD", 0}}, fields: []string{"last", "bid", "ask"}, resumes: true,
	},
}

// abroad is a stream command that reads one preset.
type abroad struct {
	*streamed
	visit visit
	mock  *mockserver.Server
	lines chan map[string]any            // holds all that a test prints: what is not read yet holds up nothing
	board map[string]map[string]*big.Rat // by symbol and field: what was printed last
	all   []map[string]any               // that was printed
	first map[string]string              // last prices at the begin, by the market's symbols
}

// setOut starts the command that a user would.
func setOut(t *testing.T, v visit) *abroad {
	t.Helper()
	return setOutWith(t, v, time.Now)
}

func setOutWith(t *testing.T, v visit, clock func() time.Time) *abroad {
	t.Helper()
	verifyNoLeaks(t)
	mock, url := startMarket(t, mockserver.Config{Now: clock})
	base := strings.TrimSuffix(url, "/events") + "/as/" + v.preset
	args := []string{"--preset", v.preset, "--name", "abroad", "--output", "json"}
	for _, arg := range v.args {
		args = append(args, strings.ReplaceAll(arg, "{base}", base))
	}
	if v.secret != "" {
		t.Setenv(v.secret, "a-token")
	}
	a := &abroad{
		streamed: startStream(t, args...), visit: v, mock: mock,
		lines: make(chan map[string]any, 1<<16), board: map[string]map[string]*big.Rat{}, first: map[string]string{},
	}
	for symbol, price := range standing(t, mock) {
		a.first[symbol] = price["last"]
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		defer close(a.lines)
		for a.streamed.lines.Scan() {
			var line map[string]any
			if err := json.Unmarshal(a.streamed.lines.Bytes(), &line); err != nil {
				t.Error(err)
			}
			a.lines <- line
		}
	}()
	t.Cleanup(func() {
		a.stop()
		for range a.lines {
		}
		<-over
		<-a.code
	})
	return a
}

func (a *abroad) note(line map[string]any) {
	if line["kind"] == "news" != a.visit.news {
		return // a topic may have both
	}
	a.all = append(a.all, line)
	symbol, _ := line["symbol"].(string)
	if a.board[symbol] == nil {
		a.board[symbol] = map[string]*big.Rat{}
	}
	for _, field := range a.visit.fields {
		if text, ok := line[field].(string); ok {
			a.board[symbol][field] = rational(a.t, text)
		}
	}
}

// takeWithin reads one line, and reports false when none comes for so long.
func (a *abroad) takeWithin(limit time.Duration) bool {
	a.t.Helper()
	select {
	case line, ok := <-a.lines:
		if !ok {
			a.t.Fatalf("the output ended; standard error says:\n%s", a.stderr.String())
		}
		a.note(line)
		return true
	case <-time.After(limit):
		return false
	}
}

// move has the market move until something of it was printed.
func (a *abroad) move() {
	a.t.Helper()
	for began := time.Now(); time.Since(began) < patience; {
		a.mock.Step(10)
		if a.takeWithin(time.Millisecond) {
			return
		}
	}
	a.t.Fatalf("nothing comes, however the market moves; standard error says:\n%s", a.stderr.String())
}

// catchUp reads until what was printed is the truth, to the last digit.
func (a *abroad) catchUp() {
	a.t.Helper()
	want := a.truth()
	for !cmp.Equal(a.of(want), want, exactly) {
		if !a.takeWithin(patience / 3) {
			a.t.Fatalf("this is not what the market is like: %s\nstandard error says:\n%s",
				cmp.Diff(want, a.board, exactly), a.stderr.String())
		}
	}
}

// of is the board's part that is to be compared.
func (a *abroad) of(want map[string]map[string]*big.Rat) map[string]map[string]*big.Rat {
	part := map[string]map[string]*big.Rat{}
	for symbol := range want {
		part[symbol] = a.board[symbol]
	}
	return part
}

var exactly = cmp.Comparer(func(a, b *big.Rat) bool { return a != nil && b != nil && a.Cmp(b) == 0 })

// truth is the market's own account, in the words of the service.
func (a *abroad) truth() map[string]map[string]*big.Rat {
	a.t.Helper()
	standing := standing(a.t, a.mock)
	all := map[string]map[string]*big.Rat{}
	for ours, from := range a.visit.symbols {
		all[ours] = map[string]*big.Rat{}
		for _, field := range a.visit.fields {
			all[ours][field] = from.shifted(rational(a.t, standing[from.symbol][field]))
		}
	}
	return all
}

// standing are the prices of a market, by symbol and field.
func standing(t *testing.T, mock *mockserver.Server) map[string]map[string]string {
	t.Helper()
	var snapshot struct{ Prices []map[string]string }
	if err := json.Unmarshal(mock.Snapshot(), &snapshot); err != nil {
		t.Fatal(err)
	}
	prices := map[string]map[string]string{}
	for _, p := range snapshot.Prices {
		prices[p["symbol"]] = p
	}
	return prices
}

func (o origin) shifted(price *big.Rat) *big.Rat {
	shift := new(big.Int).Exp(big.NewInt(10), big.NewInt(o.shift), nil)
	return new(big.Rat).Mul(price, new(big.Rat).SetInt(shift))
}

func rational(t *testing.T, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// drop resets the connection while the market moves, and waits until the command has said what that meant.
func (a *abroad) drop() {
	a.t.Helper()
	before := strings.Count(a.stderr.String(), a.saying())
	if err := a.mock.Inject(mockserver.Fault{Name: "drop"}); err != nil {
		a.t.Fatal(err)
	}
	a.mock.Step(300)
	a.stderr.waitUntil(a.t, a.saying(), func(all string) bool { return strings.Count(all, a.saying()) > before })
}

func (a *abroad) saying() string {
	if a.visit.resumes {
		return "resumed"
	}
	return "cannot replay"
}

func TestEveryForeignPresetShowsTheTruthThroughAReconnect(t *testing.T) {
	for _, v := range visits {
		t.Run(v.preset, func(t *testing.T) {
			a := setOut(t, v)
			a.move()
			a.mock.Step(500)
			a.catchUp()
			a.drop()
			a.move()
			a.mock.Step(500)
			a.catchUp()
			if got, want := slices.Sorted(maps.Keys(a.board)), slices.Sorted(maps.Keys(v.symbols)); v.preset != "firebase" && !slices.Equal(got, want) {
				t.Errorf("the symbols are %v, want %v", got, want)
			}
			if strings.Contains(a.stderr.String(), "a-token") {
				t.Errorf("the token is told: %s", a.stderr.String())
			}
			if v.resumes {
				a.lostNothing()
			}
		})
	}
}

// TestTheCommandsOfFeedsForTheMockServerWork runs those of docs/feeds.md as a user would, but for the screen.
func TestTheCommandsOfFeedsForTheMockServerWork(t *testing.T) {
	doc, err := os.ReadFile("../../docs/feeds.md")
	if err != nil {
		t.Fatal(err)
	}
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
	for _, block := range shellBlock.FindAllStringSubmatch(string(doc), -1) {
		for line := range strings.Lines(block[1]) {
			if _, path, ok := strings.Cut(line, "http://127.0.0.1:8080/as/"); ok {
				preset, _, _ := strings.Cut(strings.TrimSpace(path), "/")
				commands[preset] = line
			}
		}
	}
	if len(commands) != len(visits)+1 {
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
	a := setOut(t, visits[0])
	a.move()
	for range 28 {
		a.mock.Step(500)
	}
	a.catchUp()
	a.lostNothing()
	if len(a.all) < 250 {
		t.Errorf("%d trades fit into one stream", len(a.all))
	}
	said := a.stderr.String()
	if !strings.Contains(said, "resumed") || strings.Contains(said, "attempt") {
		t.Errorf("the end of a stream is told as %s", said)
	}
}

// TestHeadlinesOfWikimediaComeOnceEach breaks the connection among the headlines.
func TestHeadlinesOfWikimediaComeOnceEach(t *testing.T) {
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now } // moves between steps alone
	a := setOutWith(t, visit{preset: "wikimedia", args: []string{"{base}/v2/stream/recentchange"}, news: true}, clock)
	step := func() {
		now = now.Add(time.Second)
		a.mock.Step(20) // fewer than there are between two headlines
	}
	for len(a.all) < 3 {
		step()
		a.takeWithin(time.Millisecond)
	}
	if err := a.mock.Inject(mockserver.Fault{Name: "drop"}); err != nil {
		t.Fatal(err)
	}
	for range 60 {
		step()
	}
	a.stderr.waitFor(t, "resumed")
	var want []string
	for _, e := range a.happened("news") {
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
		if !a.takeWithin(patience / 3) {
			t.Fatalf("printed were %s", cmp.Diff(want, got))
		}
	}
}

// happened are the market's own events, from the first that it had.
func (a *abroad) happened(kind string) (all []map[string]string) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodGet, serve(a.t, a.mock.Handler())+"?types="+kind, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", "m-0")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	replayed := -1
	for len(all) != replayed && lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		switch {
		case !ok:
		case replayed < 0:
			var begin struct{ Replayed int }
			err = json.Unmarshal([]byte(data), &begin)
			replayed = begin.Replayed
		default:
			var event map[string]any
			err = json.Unmarshal([]byte(data), &event)
			all = append(all, texts(event))
		}
		if err != nil {
			a.t.Fatalf("%s: %v", data, err)
		}
	}
	return all
}

// texts are the members that are text.
func texts(event map[string]any) map[string]string {
	all := map[string]string{}
	for name, value := range event {
		if text, ok := value.(string); ok {
			all[name] = text
		}
	}
	return all
}

// lostNothing reads until all was printed that happened behind the first that was, each once and in order.
func (a *abroad) lostNothing() {
	a.t.Helper()
	want := a.wanted()
	for {
		got := a.printed()
		if len(got) <= len(want) && slices.Equal(got, want[len(want)-len(got):]) && len(got) > 20 {
			return
		}
		if !a.takeWithin(patience / 3) {
			a.t.Fatalf("printed were %d updates: %s", len(got), cmp.Diff(want, got))
		}
	}
}

// wanted are the updates that the market's events are, in the words of the service.
func (a *abroad) wanted() (all []string) {
	a.t.Helper()
	last := maps.Clone(a.first)
	for _, e := range a.happened("price") {
		_, traded := e["size"]
		if traded {
			last[e["symbol"]] = e["last"]
		}
		for ours, from := range a.visit.symbols {
			if e["symbol"] == from.symbol && (traded || !a.visit.trades) {
				all = append(all, update(a.t, ours, e["time"], from.shifted(rational(a.t, last[from.symbol]))))
			}
		}
	}
	return all
}

// printed are the updates that the command gave.
func (a *abroad) printed() (all []string) {
	a.t.Helper()
	for _, line := range a.all {
		price, _ := line["last"].(string)
		all = append(all, update(a.t, line["symbol"].(string), line["time"].(string), rational(a.t, price)))
	}
	return all
}

// update is one in words, to the second, since there are services that tell no more.
func update(t *testing.T, symbol, at string, price *big.Rat) string {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %s %s", symbol, parsed.UTC().Format(time.DateTime), price.FloatString(10))
}
