package cli_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"livetape/mockserver"
	"livetape/mockserver/fault"
)

// startTwins are two mock servers of one market, which has an event at a time on both.
func startTwins(t *testing.T) (first, second *mockserver.Server) {
	t.Helper()
	var twins [2]*mockserver.Server
	for i := range twins {
		mock, err := mockserver.New(mockserver.Config{Seed: 7, Symbols: 3, Rate: 6, Epoch: "m"})
		if err != nil {
			t.Fatal(err)
		}
		twins[i] = mock
	}
	ticker := time.NewTicker(time.Second / 6)
	stopped := make(chan struct{})
	go func() {
		for {
			select {
			case <-ticker.C:
				twins[0].Step(1)
				twins[1].Step(1)
			case <-stopped:
				return
			}
		}
	}()
	t.Cleanup(func() { ticker.Stop(); close(stopped) })
	return twins[0], twins[1]
}

// relayed serves a stream with its prices changed, each event a while later.
func relayed(t *testing.T, url string, later time.Duration, change func(price map[string]any)) string {
	t.Helper()
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, _ := http.NewRequestWithContext(r.Context(), http.MethodGet, url, nil)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return
		}
		defer answer.Body.Close()
		w.Header().Set("Content-Type", "text/event-stream")
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			line := lines.Text()
			var price map[string]any
			if data, ok := strings.CutPrefix(line, "data: "); ok && json.Unmarshal([]byte(data), &price) == nil && (price["last"] != nil || price["bid"] != nil || price["ask"] != nil) {
				change(price)
				changed, _ := json.Marshal(price)
				line = "data: " + string(changed)
			}
			if line == "" {
				<-time.After(later)
			}
			fmt.Fprintln(w, line)
			w.(http.Flusher).Flush()
		}
	}))
}

// TestFeedsOfOneMarketShowWhatIsWrongWithEachOther folds four feeds of one market: one as it is, one that a fault makes late,
// one with prices that are 30 bp off, and one that goes on sending and stands still.
func TestFeedsOfOneMarketShowWhatIsWrongWithEachOther(t *testing.T) {
	t.Parallel()
	first, second := startTwins(t)
	if err := second.Inject(fault.Fault{Name: fault.Slow, Value: "1500", For: time.Hour}); err != nil {
		t.Fatal(err)
	}
	desk := serve(t, first.Handler())
	off := relayed(t, desk, 0, func(price map[string]any) {
		for _, name := range []string{"last", "bid", "ask"} {
			if text, ok := price[name].(string); ok {
				n, _ := strconv.ParseFloat(text, 64)
				price[name] = strconv.FormatFloat(n*1.003, 'f', len(text)-strings.Index(text+".", ".")-1, 64)
			}
		}
	})
	var frozen atomic.Bool
	known := map[string]map[string]any{}
	still := relayed(t, desk, 20*time.Millisecond, func(price map[string]any) {
		symbol := price["symbol"].(string)
		if known[symbol] == nil {
			known[symbol] = map[string]any{}
		}
		for _, name := range []string{"last", "bid", "ask"} {
			switch {
			case price[name] == nil:
			case frozen.Load() && known[symbol][name] != nil:
				price[name] = known[symbol][name]
			default:
				known[symbol][name] = price[name]
			}
		}
	})
	file := filepath.Join(t.TempDir(), "livetape.yaml")
	text := fmt.Sprintf("fold: true\nfeeds:\n  desk: {url: %q}\n  wire: {url: %q}\n  coins: {url: %q}\n  still: {url: %q}\n", desk, serve(t, second.Handler()), off, still)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	term := startTerminal(t, 120, 40, exec.Command(livetape, "watch", "--config", file))
	term.waitForText("feeds folded", "desk +3")
	term.waitForText("coins +30", "bp", "coins disagrees")
	term.press("\r")
	leadsBy := func(least time.Duration) func(screen string) bool {
		return func(screen string) bool {
			_, by, leads := strings.Cut(screen, "desk leads by ")
			by, _, _ = strings.Cut(by, " ─")
			lead, err := time.ParseDuration(strings.ReplaceAll(strings.ReplaceAll(by, "min", "m"), " ", ""))
			return leads && err == nil && lead >= least
		}
	}
	term.waitForText("Feeds 4 of 4 count")
	term.waitFor("that desk leads before still, by 20 ms and what a busy machine adds", leadsBy(15*time.Millisecond))
	frozen.Store(true)
	term.waitForText("Feeds 3 of 4 count", " s behind", "desk +2")
	term.waitFor("that desk leads before wire, which needs 100 ms for an event", leadsBy(80*time.Millisecond))
	term.press("f")
	term.waitForText("behind its peers by", "on 3 symbols", "disagrees with its peers on 3 symbols")
	term.press("f!c")
	term.waitForText("above its peers, more than the spread", "stands still while its peers move: behind them by")
	term.press("u")
	term.waitFor("a row for each feed", func(screen string) bool { return strings.Count(screen, " still ") > 3 })
	term.quit()
}

func TestSymbolsThatFeedsCallDifferentlyFoldByTheirAliases(t *testing.T) {
	t.Parallel()
	prices := func(symbol, bid, ask string) string {
		return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "event: price\ndata: {\"symbol\":%q,\"last\":%q,\"bid\":%q,\"ask\":%q}\n\n", symbol, bid, bid, ask)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}))
	}
	file := filepath.Join(t.TempDir(), "livetape.yaml")
	text := fmt.Sprintf("fold: true\nfeeds:\n  desk: {url: %q}\n  wire: {url: %q}\nsymbols:\n  BTC: {aliases: [BTC-USD, BTCUSDT]}\n", prices("BTC-USD", "97001.00", "97005.00"), prices("BTCUSDT", "97002.00", "97004.00"))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	term := startTerminal(t, 120, 30, exec.Command(livetape, "watch", "--config", file))
	term.waitForText("Prices 1, feeds folded", "BTC", "desk +1", "97,002.00", "97,004.00")
	term.press("u")
	term.waitForText("Prices 2", "97,001.00", "97,002.00", "u fold feeds")
	term.quit()
}
