package cli_test

import (
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// overlong answers each request with a stream of two bytes, and then sends more than it said.
func overlong(w http.ResponseWriter, r *http.Request) {
	conn, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = buffered.WriteString("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 2\r\n\r\n:\n" +
		"more for " + r.Header.Get("Authorization") + " \x1b[2J\n")
	_ = buffered.Flush()
	_, _ = io.Copy(io.Discard, conn)
}

const overlongToken = "Authorization: Bearer s3cret-s3cret"

func TestWhatAServerSendsBesideAnAnswerDoesNotReachTheScreen(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(overlong))
	term := startTerminal(t, 140, 30, exec.Command(livetape, "watch", url, "-H", overlongToken))
	term.waitForText("No news yet.")
	term.press("!")
	term.waitForText("Unsolicited response", "•••")
	term.press("q")
	term.waitForExit()
	if all := term.output(); strings.Contains(all, "s3cret") || strings.Contains(all, "err=<nil>\r\n") {
		t.Errorf("it was written:\n%q", all)
	}
}

func TestWhatAServerSendsBesideAnAnswerIsMaskedOnStandardError(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(livetape, "stream", serve(t, http.HandlerFunc(overlong)), "-H", overlongToken)
	var stderr stderrBuffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	stderr.waitFor(t, "Unsolicited response")
	if text := stderr.String(); strings.Contains(text, "s3cret") || strings.Contains(text, "\x1b") || !strings.Contains(text, "•••") {
		t.Errorf("standard error says:\n%q", text)
	}
}
