package cli_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
	"livetape/mockserver/fault"
)

// presetCase is a preset, pointed at the mock server that speaks as its service.
type presetCase struct {
	preset  string
	args    []string              // {base} is where the mock server speaks as the service
	symbols map[string]instrument // what it yields, and where that comes from
	fields  []string              // that the service tells
	resumes bool                  // and otherwise says that it cannot
	trades  bool                  // every trade is one update
	news    bool                  // instead of prices
}

// instrument is the simulated instrument that a price comes from, and how many decimals it was shifted by.
type instrument struct {
	symbol string
	shift  int64
}

// presetStream is a stream command that reads one preset.
type presetStream struct {
	*streamCommand
	visit presetCase
	mock  *mockserver.Server
	lines chan map[string]any            // holds all that a test prints: what is not read yet holds up nothing
	board map[string]map[string]*big.Rat // by symbol and field: what was printed last
	all   []map[string]any               // that was printed
	first map[string]string              // last prices at the begin, by the market's symbols
}

// startPresetStream starts the command that a user would.
func startPresetStream(t *testing.T, v presetCase) *presetStream {
	t.Helper()
	return startPresetStreamAt(t, v, time.Now)
}

func startPresetStreamAt(t *testing.T, v presetCase, clock func() time.Time) *presetStream {
	t.Helper()
	mock, url := startMarket(t, mockserver.Config{Now: clock})
	base := strings.TrimSuffix(url, "/events") + "/as/" + v.preset
	args := []string{"--preset", v.preset, "--name", "preset", "--output", "json"}
	for _, arg := range v.args {
		args = append(args, strings.ReplaceAll(arg, "{base}", base))
	}
	a := &presetStream{
		streamCommand: startStream(t, args...), visit: v, mock: mock,
		lines: make(chan map[string]any, 1<<16), board: map[string]map[string]*big.Rat{}, first: map[string]string{},
	}
	for symbol, price := range snapshotPrices(t, mock) {
		a.first[symbol] = price["last"]
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		defer close(a.lines)
		for a.streamCommand.lines.Scan() {
			var line map[string]any
			if err := json.Unmarshal(a.streamCommand.lines.Bytes(), &line); err != nil {
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

func (a *presetStream) record(line map[string]any) {
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
func (a *presetStream) takeWithin(limit time.Duration) bool {
	a.t.Helper()
	select {
	case line, ok := <-a.lines:
		if !ok {
			a.t.Fatalf("the output ended; standard error says:\n%s", a.stderr.String())
		}
		a.record(line)
		return true
	case <-time.After(limit):
		return false
	}
}

// step has the market move until something of it was printed.
func (a *presetStream) stepUntilPrinted() {
	a.t.Helper()
	for began := time.Now(); time.Since(began) < waitLimit; {
		a.mock.Step(10)
		if a.takeWithin(time.Millisecond) {
			return
		}
	}
	a.t.Fatalf("nothing comes, however the market moves; standard error says:\n%s", a.stderr.String())
}

// catchUp has the market move, and reads until what was printed is the truth, to the last digit. Where a service tells
// only changes, and the stream begins after some, it takes some more.
func (a *presetStream) catchUp() {
	a.t.Helper()
	for began := time.Now(); time.Since(began) < waitLimit; {
		a.mock.Step(500)
		for want := a.truth(); ; {
			if cmp.Equal(a.boardPart(want), want, exactly) {
				return
			}
			if !a.takeWithin(time.Second) {
				break
			}
		}
	}
	want := a.truth()
	a.t.Fatalf("this is not what the market is like: %s\nstandard error says:\n%s",
		cmp.Diff(want, a.boardPart(want), exactly), a.stderr.String())
}

// boardPart is the board's part that is to be compared.
func (a *presetStream) boardPart(want map[string]map[string]*big.Rat) map[string]map[string]*big.Rat {
	part := map[string]map[string]*big.Rat{}
	for symbol := range want {
		part[symbol] = a.board[symbol]
	}
	return part
}

var exactly = cmp.Comparer(func(a, b *big.Rat) bool { return a != nil && b != nil && a.Cmp(b) == 0 })

// truth is the market's own account, in the words of the service.
func (a *presetStream) truth() map[string]map[string]*big.Rat {
	a.t.Helper()
	standing := snapshotPrices(a.t, a.mock)
	all := map[string]map[string]*big.Rat{}
	for ours, from := range a.visit.symbols {
		all[ours] = map[string]*big.Rat{}
		for _, field := range a.visit.fields {
			all[ours][field] = from.shifted(rational(a.t, standing[from.symbol][field]))
		}
	}
	return all
}

// snapshotPrices are the prices of a market, by symbol and field.
func snapshotPrices(t *testing.T, mock *mockserver.Server) map[string]map[string]string {
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

func (o instrument) shifted(price *big.Rat) *big.Rat {
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
func (a *presetStream) drop() {
	a.t.Helper()
	before := strings.Count(a.stderr.String(), a.expectedNotice())
	if err := a.mock.Inject(fault.Fault{Name: "drop"}); err != nil {
		a.t.Fatal(err)
	}
	a.mock.Step(300)
	a.stderr.waitUntil(a.t, a.expectedNotice(), func(all string) bool { return strings.Count(all, a.expectedNotice()) > before })
}

func (a *presetStream) expectedNotice() string {
	if a.visit.resumes {
		return "resume" // resumed, or asked to
	}
	return "cannot replay"
}

// marketEvents are the market's own events, from the first that it had.
func (a *presetStream) marketEvents(kind string) (all []map[string]string) {
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

// requireNothingLost reads until all was printed that happened behind the first that was, each once and in order.
func (a *presetStream) requireNothingLost() {
	a.t.Helper()
	want := a.wantUpdates()
	for {
		got := a.printed()
		if len(got) <= len(want) && slices.Equal(got, want[len(want)-len(got):]) && len(got) > 20 {
			return
		}
		if !a.takeWithin(waitLimit / 3) {
			a.t.Fatalf("printed were %d updates: %s", len(got), cmp.Diff(want, got))
		}
	}
}

// wantUpdates are the updates that the market's events are, in the words of the service.
func (a *presetStream) wantUpdates() (all []string) {
	a.t.Helper()
	last := maps.Clone(a.first)
	for _, e := range a.marketEvents("price") {
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
func (a *presetStream) printed() (all []string) {
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
