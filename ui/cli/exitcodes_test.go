package cli_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"livetape/ui/cli/exitcode"
)

// TestEveryExitCodeComesAsItsTableSays brings about each line of the table, with the built binary.
func TestEveryExitCodeComesAsItsTableSays(t *testing.T) {
	t.Parallel()
	serveText := func(status int, kind, text string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			io.WriteString(w, text)
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	prices := serve(t, pricesHandler("A 1"))
	tape := filepath.Join(t.TempDir(), "desk.tape")
	for _, m := range exitcode.Table() {
		situation := map[string]struct {
			args   []string
			signal syscall.Signal // once the feed is live; 0 for none
		}{
			"0":       {args: []string{"version"}},
			"0record": {[]string{"record", prices, "--record", tape}, syscall.SIGINT},
			"1":       {args: []string{"replay", "nothing.tape"}},
			"1bench":  {args: []string{"bench", "http://127.0.0.1:1/", "--clients", "1", "--for", "10ms"}},
			"2":       {args: []string{"stream", "--nonsense"}},
			"3check":  {args: []string{"check", serveText(200, "text/event-stream", "data: {\"status\":\"checked out\"}\n\n"), "--for", "1s"}},
			"4check":  {args: []string{"check", serveText(200, "text/html", "<html>"), "--for", "1s"}},
			"5check":  {args: []string{"check", serveText(404, "text/plain", "no"), "--for", "1s"}},
			"128+n":   {[]string{"stream", prices}, syscall.SIGTERM},
		}[m.Code+m.Only]
		want, err := strconv.Atoi(m.Code)
		if err != nil {
			want = exitcode.OfSignal(situation.signal)
		}
		if situation.args == nil {
			t.Errorf("no situation gives %+v", m)
			continue
		}
		if got := exitCodeOf(t, situation.args, situation.signal); got != want {
			t.Errorf("%q exits with %d, want %d: %s", situation.args, got, want, m.Text)
		}
	}
}

func exitCodeOf(t *testing.T, args []string, signal syscall.Signal) int {
	t.Helper()
	cmd := exec.Command(livetape, args...)
	var stderr stderrBuffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if signal != 0 {
		stderr.waitFor(t, ": live")
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
	_ = cmd.Wait() // its exit code is asked for
	return cmd.ProcessState.ExitCode()
}
