package cli_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// mute runs livetape in a terminal that answers nothing, until it has written what is awaited or has ended, and gives
// what it wrote and how long that took.
func mute(t *testing.T, awaited string, args ...string) (written string, took time.Duration) {
	t.Helper()
	cmd := exec.Command(livetape, args...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color")
	began := time.Now()
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(waitLimit, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
	for buf := make([]byte, 32<<10); awaited == "" || !strings.Contains(written, awaited); {
		n, err := terminal.Read(buf)
		written += string(buf[:n])
		if err != nil { // it has ended
			break
		}
	}
	took = time.Since(began)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_, _ = io.Copy(io.Discard, terminal)
	_ = cmd.Wait()
	_ = terminal.Close()
	return written, took
}

func TestNothingButAScreenAsksATerminalForAnything(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"presets"}, {"help"}, {"watch", "--nonsense"}} {
		written, took := mute(t, "", args...)
		if written == "" || strings.Contains(written, "\x1b") {
			t.Errorf("%v writes %q", args, written)
		}
		if took > 5*time.Second {
			t.Errorf("%v takes %s", args, took)
		}
	}
}

func TestAScreenWaitsOnlyBrieflyForATerminalThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	written, took := mute(t, "SYMBOL", "demo")
	if !strings.Contains(written, "SYMBOL") || took > 5*time.Second {
		t.Errorf("after %s it has written %q", took, written)
	}
}

func TestLateAnswersOfATerminalAreNoKeys(t *testing.T) {
	t.Parallel()
	term := startScreen(t, 100, 30, "demo")
	term.waitForText("● LIVE")
	term.press("\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62;22c?")
	term.waitForText("Moving") // in the help that ? opens
	term.press("q")
	term.waitForExit()
}

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
	term.waitForText("▸ Prices")
	term.press("!")
	term.waitForText("sent more than the Content-Length", "•••")
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
	stderr.waitFor(t, "sent more than the Content-Length")
	if text := stderr.String(); strings.Contains(text, "s3cret") || strings.Contains(text, "\x1b") || !strings.Contains(text, "•••") {
		t.Errorf("standard error says:\n%q", text)
	}
}
