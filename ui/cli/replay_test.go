package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startTicker serves n prices of one symbol and then keeps quiet.
func startTicker(t *testing.T, n int) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range n {
			fmt.Fprintf(w, "event: price\nid: %d\ndata: {\"symbol\":\"TICK\",\"last\":\"1%03d.50\"}\n\n", i+1, i+1)
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// recordTicker watches a ticker with --record and returns the recording.
func recordTicker(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	term := startScreen(t, 100, 30, "watch", startTicker(t, 100), "--record", file)
	term.waitForText("● LIVE", "REC", "1,100.50")
	term.press("q")
	term.waitForExit()
	return file
}

func TestARecordingReplaysToWhatWasSeen(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain.tape", "small.tape.gz"} {
		t.Run(name, func(t *testing.T) {
			file := recordTicker(t, name)
			term := startScreen(t, 100, 30, "replay", file, "--speed", "max")
			term.waitForText("REPLAY", "■ end", "TICK", "1,100.50", "100 events")
			term.press("q")
			if code := term.waitForExit(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			term.requireRestored()
		})
	}
}

func TestACaptureWithoutTimesIsNotGivenADate(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "capture.sse")
	if err := os.WriteFile(file, []byte("event: price\ndata: {\"symbol\":\"TICK\",\"last\":\"1100.50\"}\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	term := startScreen(t, 100, 30, "replay", file)
	screen := term.waitForText("REPLAY · no times in this file, played at 10/s", "1,100.50")
	if strings.Contains(screen, "recorded") {
		t.Errorf("it has a date:\n%s", screen)
	}
}

func TestLeavingTheScreenTellsWhatWasRecorded(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "left.tape")
	watch := func() string {
		term := startScreen(t, 140, 30, "watch", startTicker(t, 100), "--record", file)
		term.waitForText("● LIVE", "REC", "1,100.50")
		term.press("q")
		term.waitForExit()
		term.requireRestored()
		_, after, _ := strings.Cut(term.output(), "\x1b[?1049l")
		return after
	}
	if after := watch(); !strings.Contains(after, "left.tape: 100 events recorded") {
		t.Errorf("behind the screen there is %q", after)
	}
	if after := watch(); !strings.Contains(after, "left.tape: 100 events recorded") {
		t.Errorf("behind the second screen there is %q", after)
	}
	if _, err := os.Stat(strings.TrimSuffix(file, ".tape") + "-0001.tape"); err != nil {
		t.Error(err)
	}
}

func TestARecordingThatWasKilledReplays(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "killed.tape")
	watch := startTerminal(t, 100, 30, exec.Command(livetape, "watch", startTicker(t, 100), "--record", file))
	watch.waitForText("● LIVE", "REC", "1,100.50")
	waitForFile(t, file, "1100.50")
	watch.signal(syscall.SIGKILL)
	watch.waitForExit()
	startScreen(t, 100, 30, "replay", file, "--speed", "max").waitForText("■ end", "1,100.50")
}

// waitForFile waits until a file holds a text. Recordings are flushed once in a second of the events' time.
func waitForFile(t *testing.T, name, text string) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for range look.C {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), text) {
			return
		}
	}
}

func TestTheKeysOfATapeDeckWork(t *testing.T) {
	t.Parallel()
	term := startScreen(t, 100, 30, "replay", recordTicker(t, "deck.tape"), "--paused")
	term.waitForText("‖ 00:00:00", "go on")

	const step = ".\x1b[A"         // with a key between, for dots in a row are read as one
	term.press(step + step + step) // connecting, live, and the first price
	term.waitForText("‖", "1,001.50", "1 event")
	term.press(step)
	term.waitForText("‖", "1,002.50", "2 events")
	term.press("+")
	term.waitForText("2×")
	term.press("-")
	term.waitForText("1×")
	term.press("p")
	term.waitForText("■ end", "100 events")
	term.press("\x1b[D") // back to the beginning
	term.waitFor("the tape wound back and run again", func(screen string) bool {
		return strings.Contains(screen, "100 events") && strings.Contains(screen, "1,100.50")
	})
}

func TestTheMockServerServesARecording(t *testing.T) {
	t.Parallel()
	served := startScreen(t, 100, 20, "mock", "--listen", "127.0.0.1:0", "--replay", recordTicker(t, "served.tape"), "--speed", "max")
	screen := served.waitFor("its URL", eventsURL.MatchString)
	term := startScreen(t, 100, 30, "watch", eventsURL.FindString(screen))
	term.waitForText("TICK", "1,100.50", "■ CLOSED by server (204)") // it has had everything
}
