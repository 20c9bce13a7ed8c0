package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// priceServer is a server of feeds, one a path, that knows nothing of livetape: /nvda sends {"ticker":"NVDA",…}. Paths
// below /no are refused.
type priceServer struct {
	*httptest.Server

	mu      sync.Mutex
	asked   map[string]int    // requests by path
	sent    map[string]string // the last Authorization by path
	publish chan struct{}     // closed and replaced at every tick
	price   int
	left    chan string // the path of each client that went
}

func startPriceServer(t *testing.T) *priceServer {
	e := &priceServer{asked: map[string]int{}, sent: map[string]string{}, publish: make(chan struct{}), price: 100, left: make(chan string, 100)}
	e.Server = httptest.NewServer(e)
	t.Cleanup(func() {
		e.CloseClientConnections()
		e.Close()
	})
	return e
}

func (e *priceServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	e.asked[r.URL.Path]++
	e.sent[r.URL.Path] = r.Header.Get("Authorization")
	e.mu.Unlock()
	if strings.HasPrefix(r.URL.Path, "/no") {
		http.Error(w, "no account for "+r.Header.Get("Authorization"), http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	defer func() { e.left <- r.URL.Path }()
	for {
		e.mu.Lock()
		price, next := e.price, e.publish
		e.mu.Unlock()
		fmt.Fprintf(w, "data: {\"ticker\": %q, \"px\": \"%d.50\"}\n\n", strings.ToUpper(r.URL.Path[1:]), price)
		if http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-next:
		case <-r.Context().Done():
			return
		}
	}
}

// tick sends a new price to all.
func (e *priceServer) tick() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.price++
	close(e.publish)
	e.publish = make(chan struct{})
}

func (e *priceServer) requests(path string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.asked[path]
}

// writeConfig writes livetape.yaml, with the server's address for EXCHANGE, as editors do: beside it, then in its place.
func (e *priceServer) writeConfig(t *testing.T, dir, text string) {
	t.Helper()
	path := filepath.Join(dir, "livetape.yaml")
	if err := os.WriteFile(path+"~", []byte(strings.ReplaceAll(text, "EXCHANGE", e.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+"~", path); err != nil {
		t.Fatal(err)
	}
}

// livetapeIn is livetape with its working directory, its arguments and variables.
func livetapeIn(dir string, args []string, variables ...string) *exec.Cmd {
	cmd := exec.Command(livetape, args...)
	cmd.Dir = dir
	cmd.Env = slices.Concat(variables, []string{"XDG_CONFIG_HOME=" + dir})
	return cmd
}

func TestOneFailingFeedTouchesNoOther(t *testing.T) {
	t.Parallel()
	e, dir := startPriceServer(t), t.TempDir()
	e.writeConfig(t, dir, `
feeds:
  good: {url: EXCHANGE/nvda}
  refused: {url: EXCHANGE/no, token: '${DESK_TOKEN}'}
  nowhere: {url: 'http://127.0.0.1:1/events'}
  other: {url: EXCHANGE/amd}
symbols:
  NVDA: {decimals: 4}
  Advanced: {aliases: [AMD]}
`)
	term := startTerminal(t, 120, 40, livetapeIn(dir, []string{"watch"}, "DESK_TOKEN=s3cret-s3cret"))
	term.waitFor("a badge for each feed", func(screen string) bool {
		return inStrip(screen, "● good") && inStrip(screen, "✕ refused") &&
			inStrip(screen, "↻ nowhere in ") && inStrip(screen, "● other")
	})
	term.waitForText("livetape   ./livetape.yaml", "NVDA", "100.5000", "Advanced", "100.50")
	e.tick()
	term.waitForText("101.5000", "101.50")
	if term.press("!"); strings.Contains(term.output()+term.text(), "s3cret") {
		t.Errorf("the token is shown:\n%s", term.text())
	}
	if got := e.requests("/nvda") + e.requests("/amd"); got != 2 {
		t.Errorf("the good feeds were asked %d times", got)
	}
	if e.sent["/no"] != "Bearer s3cret-s3cret" || e.sent["/nvda"] != "" {
		t.Errorf("the tokens sent are %q", e.sent)
	}
}

// inStrip reports whether the feeds' line has that.
func inStrip(screen, words string) bool {
	for line := range strings.Lines(screen) {
		if strings.HasSuffix(strings.TrimSpace(line), " f feeds") {
			return strings.Contains(line, words)
		}
	}
	return false
}

func TestTheScreenFollowsTheConfiguration(t *testing.T) {
	t.Parallel()
	e, dir := startPriceServer(t), t.TempDir()
	const one = "feeds:\n  one: {url: EXCHANGE/nvda}\n"
	e.writeConfig(t, dir, one)
	term := startTerminal(t, 120, 40, livetapeIn(dir, []string{"watch"}, "DESK_TOKEN=s3cret"))
	term.waitForText("● LIVE", "NVDA", "100.50")

	e.writeConfig(t, dir, one+"  two: {url: EXCHANGE/amd}\n")
	term.waitFor("the second feed", func(screen string) bool {
		return inStrip(screen, "● one") && inStrip(screen, "● two") && row(screen, "AMD") != ""
	})

	e.writeConfig(t, dir, one+"  two: {ulr: EXCHANGE/amd}\n")
	term.waitForText(`livetape.yaml:3:9: unknown key "ulr"`, `the settings before it hold`)
	e.tick()
	term.waitFor("new prices of both feeds, under the fault", func(screen string) bool {
		return strings.Contains(row(screen, "NVDA"), "101.50") && strings.Contains(row(screen, "AMD"), "101.50") &&
			strings.Contains(screen, "unknown key")
	})

	e.writeConfig(t, dir, one+"  two: {url: EXCHANGE/intc}\n")
	term.waitFor("the other second feed", func(screen string) bool {
		return inStrip(screen, "● two") && row(screen, "INTC") != "" && !strings.Contains(screen, "unknown key")
	})
	if gone := <-e.left; gone != "/amd" {
		t.Errorf("%s was left", gone)
	}

	e.writeConfig(t, dir, one+"symbols:\n  NVDA: {name: NVIDIA Corporation}\n")
	if gone := <-e.left; gone != "/intc" {
		t.Errorf("%s was left", gone)
	}
	e.tick()
	term.waitFor("one feed, and the name", func(screen string) bool {
		return strings.Contains(row(screen, "NVDA"), "102.50") && !inStrip(screen, " two") && strings.Contains(screen, "NVIDIA")
	})
	if got := e.requests("/nvda"); got != 1 {
		t.Errorf("the feed that stayed was asked %d times", got)
	}
	e.writeConfig(t, dir, one+"  two: {url: EXCHANGE/amd, token: '${DESK_TOKEN}'}\n")
	term.waitForText("livetape.yaml in this directory has changed: two: sends DESK_TOKEN to 127.0.0.1:")
	path := filepath.Join(dir, "livetape.yaml")
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	others := strings.ReplaceAll(one+"  two: {url: EXCHANGE/stolen, token: '${DESK_TOKEN}'}\n", "EXCHANGE", e.URL)
	if err := os.WriteFile(path, []byte(others), 0o600); err != nil { // the mode stays
		t.Fatal(err)
	}
	term.waitForText("livetape.yaml in this directory is not used: everybody may write to it", "the settings before it hold")
	if got := e.requests("/stolen"); got != 0 {
		t.Errorf("a file that all may write to has had a token sent, %d times", got)
	}
	term.press("q")
	if code := term.waitForExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	term.requireRestored()
}

func TestFeedsOfTheConfigurationArePrinted(t *testing.T) {
	t.Parallel()
	e, dir := startPriceServer(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("fr0m-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e.writeConfig(t, dir, `
feeds:
  one: {url: 'EXCHANGE/nvda', token_file: token}
  two: {url: 'EXCHANGE/amd', map: [{symbol: ticker, bid: px}]}
  program: {url: 'EXCHANGE/amd', token_command: [/bin/sh, -c, 'echo > ran']}
  unused: {url: 'EXCHANGE/x', token: '${NOT_SET_HERE}'}
symbols:
  Nvidia: {aliases: [NVDA], decimals: 5}
`)
	complaints := map[string]string{}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"one"}, "one Nvidia 100.50 \n"},
		{[]string{"two"}, "two AMD  100.50\n"},
		{[]string{"two", "--name", "desk"}, "desk AMD  100.50\n"},
		{[]string{e.URL + "/intc"}, strings.TrimPrefix(e.URL, "http://") + " INTC 100.50 \n"},
	} {
		args := append([]string{"stream", "--count", "1", "-t", "{{.Feed}} {{.Symbol}} {{.Last}} {{.Bid}}"}, c.args...)
		cmd := livetapeIn(dir, args)
		cmd.Env = append(os.Environ(), cmd.Env...)
		var told strings.Builder
		cmd.Stderr = &told
		out, err := cmd.Output()
		complaints[c.args[0]] = told.String()
		if err != nil || string(out) != c.want {
			t.Errorf("%v prints %q, %v; want %q", c.args, out, err, c.want)
		}
	}
	if got := complaints["one"]; !strings.HasPrefix(got, "livetape: using livetape.yaml in this directory\nlivetape: one: sends the file token to 127.0.0.1:") || strings.Contains(got, "fr0m") {
		t.Errorf("before anything is sent, it says %q", got)
	}
	if got := complaints[e.URL+"/intc"]; strings.Contains(got, "using") {
		t.Errorf("of a URL it says %q", got)
	}
	if text, err := livetapeIn(dir, []string{"stream", "program"}).CombinedOutput(); err == nil || !strings.Contains(string(text), "feed program: token_command runs a program, and livetape.yaml in this directory may be somebody else's") {
		t.Errorf("of a program it says %q, %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
		t.Error("the program was run")
	}
	if e.sent["/nvda"] != "Bearer fr0m-a-file" {
		t.Errorf("the token sent is %q", e.sent["/nvda"])
	}
}
