package cli_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"livetape/ui/cli"
)

// twoSymbols sends a price of A and of B, and a payload that nobody can read, and stays open.
func twoSymbols(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, data := range []string{`{"symbol":"AAA","price":1.5}`, `{"symbol":"BBB","price":2.5}`, `{"symbol":"AAA","price":1.6}`} {
		_, _ = w.Write([]byte("data: " + data + "\n\n"))
	}
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func TestSymbolsFilterWhatIsWatched(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(twoSymbols))
	term := startScreen(t, 100, 30, "watch", url, "--symbols", "aaa")
	screen := term.waitForText("● LIVE", "1.6", "3 events")
	if row(screen, "AAA") == "" || row(screen, "BBB") != "" {
		t.Errorf("--symbols aaa shows\n%s", screen)
	}
}

func TestWatchedSymbolsStandInTheirOrderWithTheMissingOne(t *testing.T) {
	t.Parallel()
	url, dir := serve(t, http.HandlerFunc(twoSymbols)), t.TempDir()
	file := "watchlists: {mine: [BBB, NOPE, AAA]}\nfeeds:\n  desk: {url: \"" + url + "\"}\n"
	if err := os.WriteFile(filepath.Join(dir, "c.yaml"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"watch", url, "--symbols", "bbb,NOPE,AAA"}, {"watch", "--config", "c.yaml", "--list", "mine"}} {
		screen := startTerminal(t, 100, 30, livetapeIn(dir, args, "HOME="+dir)).waitForText("● LIVE", "1.6", "3 events")
		if !regexp.MustCompile(`(?s)Prices 2 of 3 .*BBB .*NOPE +no price yet.*AAA `).MatchString(screen) {
			t.Errorf("%v shows\n%s", args, screen)
		}
	}
}

func TestSymbolsFilterWhatIsRecordedAndReplayed(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(twoSymbols))
	name := filepath.Join(t.TempDir(), "a.tape")
	if code, said := runRecord(t, url, "--record", name, "--symbols", "AAA", "--count", "2"); code != cli.ExitOK {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	if got := payloads(t, name); len(got) != 2 || slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "BBB") }) {
		t.Errorf("recorded are %q", got)
	}
	all := filepath.Join(t.TempDir(), "all.tape")
	if code, said := runRecord(t, url, "--record", all, "--count", "3"); code != cli.ExitOK {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	screen := startScreen(t, 100, 30, "replay", all, "--speed", "max", "--symbols", "BBB").waitForText("■ end", "2.5")
	if row(screen, "AAA") != "" {
		t.Errorf("--symbols BBB shows\n%s", screen)
	}
}

func TestSymbolsFilterWhatIsChecked(t *testing.T) {
	t.Parallel()
	_, report, _ := runCheck(t, twoSymbols, "--symbols", "bbb")
	if !regexp.MustCompile(`prices +BBB 2\.5`).MatchString(report) || strings.Contains(report, "AAA 1.") {
		t.Errorf("check --symbols bbb says\n%s", report)
	}
}
