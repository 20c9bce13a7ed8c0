package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// startAsked serves a price of each symbol that it is asked for, and notes what it is asked.
func startAsked(t *testing.T) (url string, asked func() []string) {
	var mu sync.Mutex
	var all []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		symbols := r.URL.Query().Get("symbols")
		mu.Lock()
		all = append(all, symbols)
		mu.Unlock()
		w.Header().Set("Content-Type", "text/event-stream")
		for i, symbol := range strings.Split(symbols, ",") {
			fmt.Fprintf(w, "data: {\"symbol\":%q,\"name\":\"Name of %s\",\"last\":\"%d.50\",\"prev_close\":\"20\"}\n\n", symbol, symbol, 10*i+10)
		}
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return server.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), all...)
	}
}

// listsScreen starts a screen with watchlists. Its settings are in the directory.
func listsScreen(t *testing.T, dir, url string) *terminal {
	t.Helper()
	text := "feeds:\n  desk:\n    url: " + url + "?symbols={symbols}\n    symbols: [NVDA, AAPL, MSFT]\nwatchlists:\n  tech: [MSFT, NVDA]\n"
	file := filepath.Join(dir, "livetape.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(livetape, "watch", "--config", file)
	cmd.Env = []string{"XDG_STATE_HOME=" + dir}
	term := startTerminal(t, 120, 22, cmd)
	term.waitForText("20.50", "30.50", "1 all")
	return term
}

func (term *terminal) quit() {
	term.t.Helper()
	term.press("q")
	if code := term.waitForExit(); code != 0 {
		term.t.Errorf("it ends with %d:\n%s", code, term.output())
	}
}

func TestAScreenIsLeftAndFoundAsItWasSetUp(t *testing.T) {
	t.Parallel()
	url, asked := startAsked(t)
	dir := t.TempDir()
	term := listsScreen(t, dir, url)
	term.press("2")
	term.waitForText("No symbol is pinned.")
	term.press("]")
	term.waitFor("tech without AAPL", func(screen string) bool {
		return strings.Contains(screen, "▐3 tech 2▌") && !strings.Contains(screen, "Name of AAPL")
	})
	term.press("/")
	term.waitForText("/ ")
	term.press("chg% >")
	term.waitForText("^ something is missing here")
	term.press(" 20\r")
	term.waitForText("1 of 2", "MSFT", "/ chg% > 20")
	term.press("\x1b")
	term.waitForText("Name of NVDA", "/ filter") // the address names NVDA, too; and with the next key, esc would be alt
	term.press("+")
	term.waitForText("add to tech, asking desk if no feed has it: ")
	term.press("amd\r")
	term.waitForText("Name of amd", "3 tech 3")
	term.press("[[")
	term.waitForText("▐1 all 4▌")
	term.press("sS")
	term.waitForText("SYMBOL▾")
	term.press(" ")
	term.waitForText("★NVDA", "2 pinned 1")
	term.press("c")
	term.waitForText("Columns")
	term.press("jjj ")
	term.waitForText("2 pinned 1", "[ ] NAME")
	term.press("\x1b")
	term.waitFor("no chooser and no names", func(screen string) bool {
		return !strings.Contains(screen, "Columns") && !strings.Contains(screen, "Name of")
	})
	term.quit()

	term = listsScreen(t, dir, url)
	term.waitForText("▐1 all 4▌ 2 pinned 1  3 tech 3", "SYMBOL▾", "★NVDA", "amd")
	if strings.Contains(term.text(), "Name of") {
		t.Errorf("the names are back:\n%s", term.text())
	}
	term.quit()
	if all := asked(); all[0] != "NVDA,AAPL,MSFT" || all[len(all)-1] != "NVDA,AAPL,MSFT,amd" {
		t.Errorf("the server was asked for %q", all)
	}
}

func TestTwoScreensKeepEachOthersPins(t *testing.T) {
	t.Parallel()
	url, _ := startAsked(t)
	dir := t.TempDir()
	first, second := listsScreen(t, dir, url), listsScreen(t, dir, url)
	first.press("g ")
	first.waitForText("2 pinned 1")
	second.press("G ")
	second.waitForText("2 pinned 1")
	first.quit()
	second.quit()
	third := listsScreen(t, dir, url)
	third.waitForText("2 pinned 2")
	third.quit()
}

func TestASymbolThatTheServerRefusesCanBeTakenBack(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.RawQuery, "NOPE") {
			http.Error(w, "no such symbol", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "data: {\"symbol\":\"NVDA\",\"last\":\"5\"}\n\ndata: {\"symbol\":\"AAPL\",\"last\":\"20.50\"}\n\ndata: {\"symbol\":\"MSFT\",\"last\":\"30.50\"}\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	dir := t.TempDir()
	term := listsScreen(t, dir, server.URL)
	term.press("+")
	term.waitForText("add to all")
	term.press("NOPE\r")
	term.waitForText("FAILED", "404")
	term.quit()

	cmd := exec.Command(livetape, "watch", "--config", filepath.Join(dir, "livetape.yaml"))
	cmd.Env = []string{"XDG_STATE_HOME=" + dir}
	term = startTerminal(t, 120, 30, cmd)
	term.waitForText("FAILED", "404")
	term.press("-")
	term.waitForText("stop asking for: NOPE")
	term.press("\r")
	term.waitForText("LIVE", "20.50")
	term.quit()
}
