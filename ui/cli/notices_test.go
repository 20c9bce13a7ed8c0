package cli_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What feeds say of themselves, and what comes to nothing, is on a real screen; one feed's end is no other's.
func TestTheScreenSaysWhatFeedsSayOfThemselves(t *testing.T) {
	t.Parallel()
	d := newFakeService(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/says", d.respondWith("data: {\"symbol\":\"NVDA\",\"price\":1}\n\nevent: error\ndata: {\"message\":\"Slow consumer\",\"code\":7}\n\n"))
	mux.HandleFunc("/ends", d.respondWith("{\"Symbol\":\"MSFT\",\"Last\":\"466.10\"}\n{\"Symbol\":\"MSFT\",\"Error\":\"DualLogon\"}\n{\"StreamStatus\":\"GoAway\"}\n"))
	mux.HandleFunc("/never", d.respondWith(strings.Repeat("data: {\"foo\":1}\n\n", 3)+"data: {\"s\":\"X\"}\n\ndata: not JSON\n\n"))
	server := httptest.NewServer(mux)
	defer server.Close()
	defer server.CloseClientConnections()
	const config = `
feeds:
  says: {url: SERVER/says, errors: [error]}
  ends:
    url: SERVER/ends
    format: ndjson
    notice: Error
    end: {StreamStatus: GoAway}
    retry_min: 1h
    map: [{when: {Symbol: exists, Error: absent}, symbol: Symbol, last: Last}]
  never: {url: SERVER/never, map: [{symbol: s, last: p}]}
`
	source := strings.ReplaceAll(config, "SERVER", server.URL)
	path := filepath.Join(d.dir, "livetape.yaml")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	term := startTerminal(t, 120, 70, livetapeIn(d.dir, []string{"watch"}))
	term.waitForText("the server says: Slow consumer (7)") // for some seconds
	term.waitFor("how each feed is", func(screen string) bool {
		return inStrip(screen, "● says") && inStrip(screen, "↻ ends in ") && inStrip(screen, "● never") &&
			strings.Contains(row(screen, "MSFT"), "466.10") && row(screen, "NVDA") != ""
	})
	term.press("!")
	term.waitForText("! error [the server says: Slow consumer (7)] {\"message\":\"Slow consumer\",\"code\":7}", "! message [the server says: DualLogon] {\"Symbol\":\"MSFT\",\"Error\":\"DualLogon\"}",
		"[there is no symbol · 3 times] {\"foo\":1}", "[there is none of last] {\"s\":\"X\"}", "✕ message [the data is not JSON] not JSON")
	term.press("q")
	if code := term.waitForExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != source {
		t.Errorf("the configuration was changed, %v:\n%s", err, kept)
	}
}
