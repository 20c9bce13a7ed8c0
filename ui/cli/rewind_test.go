package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// startPrompted serves a large event with each price that it is sent.
func startPrompted(t *testing.T) (url string, prices chan<- string) {
	in := make(chan string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for {
			w.(http.Flusher).Flush()
			select {
			case price := <-in:
				fmt.Fprintf(w, "event: price\ndata: {\"symbol\":\"NVDA\",\"last\":%q,\"name\":\"NVIDIA\",\"note\":%q}\n\n", price, strings.Repeat("x", 30<<10))
			case <-r.Context().Done():
				return
			}
		}
	}))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return server.URL, in
}

// TestAScreenGoesBackAsFarAsItsMemoryReachesAndIsWrittenToAFile has room for two events of a feed.
func TestAScreenGoesBackAsFarAsItsMemoryReachesAndIsWrittenToAFile(t *testing.T) {
	t.Parallel()
	url, prices := startPrompted(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "livetape.yaml"), []byte("rewind: 64KiB\nfeeds:\n  desk: {url: '"+url+"', decoder: native}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(livetape, "watch", "--config", "livetape.yaml")
	cmd.Dir, cmd.Env = dir, []string{"XDG_STATE_HOME=" + dir, "HOME=" + dir}
	term := startTerminal(t, 120, 30, cmd)
	for _, price := range []string{"11.25", "22.25", "33.25"} {
		prices <- price
		term.waitForText(price)
	}

	term.press("\x1b[D")
	term.waitForText("◀ REWIND −", "22.25", "the events that are kept begin at ", "0 events since", "now ● LIVE")
	prices <- "44.25"
	term.waitForText("1 event since", "22.25", "4 events")
	term.press("W")
	term.waitForText("write the screen to: livetape-")
	term.press("\x17then.svg\r")
	term.waitForText("written to then.svg")
	svg, err := os.ReadFile(filepath.Join(dir, "then.svg"))
	if text := string(svg); err != nil || !strings.HasPrefix(text, "<svg ") || !strings.Contains(text, "22.25") || !strings.Contains(text, "REWIND") || strings.Contains(text, "44.25") {
		t.Errorf("%v\n%s", err, text)
	}

	term.press("\x1b[F")
	term.waitFor("the present", func(screen string) bool {
		return strings.Contains(screen, "44.25") && !strings.Contains(screen, "REWIND")
	})
	term.press("W\x17then.svg\r")
	term.waitForText("written to then-2.svg")
	if again, err := os.ReadFile(filepath.Join(dir, "then.svg")); err != nil || string(again) != string(svg) {
		t.Errorf("the file has changed: %v", err)
	}
	term.press("W\x17no/x\r")
	term.waitForText("the screen was not written: open no/x: no such file or directory")
	term.press("W\x17now\r")
	term.waitForText("written to now")
	if text, err := os.ReadFile(filepath.Join(dir, "now")); err != nil || !strings.Contains(string(text), "44.25") || strings.Contains(string(text), "\x1b") {
		t.Errorf("%v\n%s", err, text)
	}
	term.quit()
}
