package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// pour writes text of which n is a part, again and again, until so many bytes are written or the client has gone. That was
// the only stream.
func pour(bytesInAll int, text func(n int) string) http.HandlerFunc {
	var served atomic.Bool
	return func(w http.ResponseWriter, r *http.Request) {
		if served.Swap(true) {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "retry: 10\n\n")
		for n, sent := 0, 0; sent < bytesInAll && r.Context().Err() == nil; n++ {
			written, _ := io.WriteString(w, text(n))
			sent += written
		}
	}
}

// memoryFile, set in the environment, makes the test binary run its arguments as a command, and write to that file how many KiB of
// resident memory the command took.
const memoryFile = "LIVETAPE_TEST_MEMORY"

func init() {
	if name := os.Getenv(memoryFile); name != "" {
		os.Exit(runMeasured(name, os.Args[1:]))
	}
}

func runMeasured(file string, args []string) int {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // init keeps its thread
	_ = cmd.Run()                                                      // its exit code is passed on
	if cmd.ProcessState == nil {
		return 127
	}
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if err := os.WriteFile(file, fmt.Append(nil, used), 0o600); err != nil {
		panic(err)
	}
	return cmd.ProcessState.ExitCode()
}

// measured runs livetape, and returns how many KiB of resident memory that took. The kernel counts the memory of a parent as its
// child's up to the exec: the parent is therefore a process that has little.
func measured(t *testing.T, stdout, stderr io.Writer, env []string, args ...string) (used int, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	file := filepath.Join(t.TempDir(), "memory")
	cmd := exec.CommandContext(ctx, os.Args[0], append([]string{livetape}, args...)...)
	cmd.Env = append(append(os.Environ(), memoryFile+"="+file), env...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err = cmd.Run()
	text, readErr := os.ReadFile(file)
	if readErr != nil {
		t.Fatalf("%q: %v, %v", args, err, readErr)
	}
	if _, err := fmt.Sscan(string(text), &used); err != nil {
		t.Fatal(err)
	}
	return used, err
}

// TestAHostileFeedCannotFillTheMemory feeds each kind of what is kept far beyond its bound.
func TestAHostileFeedCannotFillTheMemory(t *testing.T) {
	const most = 200 << 10 // KiB of resident memory; each of these took more without its bound
	long := strings.Repeat("k", 50<<10)
	snapshot := rows(150_000, func(n int) string { return fmt.Sprintf(`{"symbol":"S%d","last":"1"}`, n) })
	tree := rows(2_000, func(int) string { return `{"a":{"b":{"c":1}}}` })
	quotes := rows(6_000, func(n int) string { return fmt.Sprintf(`{"s":"%d","p":1}`, n) })
	for _, c := range []struct {
		what string
		feed http.HandlerFunc
		keys string // of the feed's configuration
		args []string
		says string
	}{
		{what: "long keys of rows that are merged", says: "more than 8 MiB would have to be kept of this feed", keys: "memory: 8MiB\n    map: [{each: q, merge: $key, symbol: s, last: p}]",
			feed: pour(20<<20, func(n int) string {
				return fmt.Sprintf("data: {\"q\":{\"%d%s\":{\"s\":\"QRS\",\"p\":1}}}\n\n", n, long)
			})},
		{what: "rows of a map, faster than they are printed", keys: "memory: 8MiB\n    map: [{each: q, symbol: s, last: p}]",
			feed: pour(4<<20, func(int) string { return "data: {\"q\":" + quotes + "}\n\n" })},
		{what: "a document of Firebase", says: "more than 8 MiB would have to be kept of this feed", keys: "memory: 8MiB\n    patch: firebase\n    map: [{each: q, symbol: s, last: p}]",
			feed: pour(2<<20, func(n int) string {
				return fmt.Sprintf("event: put\ndata: {\"path\":\"/%d\",\"data\":%s}\n\n", n, tree)
			})},
		{what: "event types", keys: "memory: 8MiB", feed: pour(20<<20, func(n int) string {
			return fmt.Sprintf("event: %d%s\ndata: {\"symbol\":\"QRS\",\"price\":1}\n\n", n, long)
		})},
		{what: "a snapshot", args: []string{"--max-event", "64"},
			says: "the snapshot is too large", feed: pour(1, func(int) string { return "event: snapshot\ndata: {\"prices\":" + snapshot + "}\n\n" })},
		{what: "symbols of --once", says: "cannot tell more apart: name the --symbols", args: []string{"--once"},
			feed: pour(20<<20, func(n int) string {
				return "data: {\"q\":" + rows(1_000, func(m int) string { return fmt.Sprintf(`{"s":"S%d","p":1}`, 1000*n+m) }) + "}\n\n"
			}), keys: "memory: 8MiB\n    map: [{each: q, symbol: s, last: p}]"},
		{what: "--ca without end", args: []string{"--ca", "/dev/zero"}, says: "/dev/zero: is over 4 MiB", feed: pour(1, func(int) string { return "" })},
		{what: "tls_ca without end", keys: "tls_ca: /dev/zero", says: "/dev/zero: is over 4 MiB", feed: pour(1, func(int) string { return "" })},
		{what: "a certificate without end", keys: "tls: {cert: /dev/zero, key: /dev/zero}", says: "/dev/zero: is over 4 MiB", feed: pour(1, func(int) string { return "" })},
		{what: "token_file without end", keys: "token_file: /dev/zero", says: "/dev/zero is too long for a token", feed: pour(1, func(int) string { return "" })},
		{what: "token_command without end", keys: "token_command: [/bin/cat, /dev/zero]", says: "the output of /bin/cat is too long for a token", feed: pour(1, func(int) string { return "" })},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(c.feed)
			defer server.Close()
			defer server.CloseClientConnections()
			file := filepath.Join(t.TempDir(), "livetape.yaml")
			if err := os.WriteFile(file, []byte("feeds:\n  desk:\n    url: "+server.URL+"\n    "+c.keys+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			var told bytes.Buffer
			args := append([]string{"stream", "desk", "--config", file, "-t", "{{.Symbol}}", "--for", "40s"}, c.args...)
			used, _ := measured(t, nil, &told, []string{"GOMEMLIMIT=100MiB"}, args...) // how it ends is not the matter
			t.Logf("%d MiB\n%s", used>>10, told.String()[:min(told.Len(), 1500)])
			if used > most {
				t.Errorf("it took %d MiB", used>>10)
			}
			if !strings.Contains(told.String(), c.says) {
				t.Errorf("it does not say %q", c.says)
			}
		})
	}
}

// TestAFileWithoutEndIsRefused names one wherever a command reads a file at its start. A stream's own are above.
func TestAFileWithoutEndIsRefused(t *testing.T) {
	endless := filepath.Join(t.TempDir(), "endless")
	if err := os.Symlink("/dev/zero", endless); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"config", "check", endless},
		{"watch", "--config", endless},
		{"check", "desk", "--config", endless},
		{"stream", "http://127.0.0.1:1/", "--state", endless},
		{"replay", endless},
		{"mock", "--listen", "127.0.0.1:0", "--replay", endless},
		{"mock", "--listen", "127.0.0.1:0", "--scenario", endless},
		{"mock", "--listen", "127.0.0.1:0", "--token-file", endless},
		{"mock", "--listen", "127.0.0.1:0", "--tls-cert", endless, "--tls-key", endless},
	} {
		var told bytes.Buffer
		used, err := measured(t, &told, &told, nil, args...)
		if err == nil || !strings.Contains(told.String(), endless) {
			t.Errorf("%s: %v\n%s", args, err, &told)
		}
		if used > 200<<10 {
			t.Errorf("%s: it took %d MiB", args, used>>10)
		}
	}
}

// TestALongLineOfARecordingIsNotReadForEachClient serves one to some clients that leave.
func TestALongLineOfARecordingIsNotReadForEachClient(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "long.sse")
	if err := os.WriteFile(file, []byte("data: 1\n\ndata: "+strings.Repeat("x", 32<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	server := startMockProcess(t, "--replay", file)
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, eventsURL.FindString(server.banner), nil)
			if err != nil {
				t.Error(err)
				return
			}
			if resp, err := http.DefaultClient.Do(req); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	clients.Wait()
	used := highestMemory(t, server.cmd.Process.Pid)
	t.Logf("%d MiB", used>>10)
	if used > 150<<10 {
		t.Errorf("it took %d MiB", used>>10)
	}
}

func TestTheScreenSaysThatTooMuchIsToBeKept(t *testing.T) {
	t.Parallel()
	tree := rows(2_000, func(int) string { return `{"a":{"b":{"c":1}}}` })
	server := httptest.NewServer(pour(2<<20, func(n int) string {
		return fmt.Sprintf("event: put\ndata: {\"path\":\"/%d\",\"data\":%s}\n\n", n, tree)
	}))
	defer server.Close()
	defer server.CloseClientConnections()
	file := filepath.Join(t.TempDir(), "livetape.yaml")
	if err := os.WriteFile(file, []byte("feeds:\n  desk: {url: '"+server.URL+"', memory: 8MiB, patch: firebase, map: [{each: q, symbol: s, last: p}]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	term := startTerminal(t, 160, 40, exec.Command(livetape, "watch", "desk", "--config", file))
	term.waitForText("closed by server")
	term.press("!")
	term.waitForText("more than 8 MiB would have to be kept of this feed")
}

// TestAHostileFeedCannotFillTheScreensMemory sends more than the board has room for, of each kind, in its longest form.
func TestAHostileFeedCannotFillTheScreensMemory(t *testing.T) {
	t.Parallel()
	const most = 200 << 10 // KiB
	name, digits, text := strings.Repeat("n", 240), strings.Repeat("7", 64), strings.Repeat("\u00fc", 4000)
	for _, c := range []struct {
		what, says string
		event      func(n int) string
	}{
		{"rows", "refused", func(n int) string {
			return "event: snapshot\ndata: {\"prices\":" + rows(500, func(m int) string {
				return fmt.Sprintf(`{"symbol":"%s%d","name":"%s","last":"%s","bid":"%s"}`, name, 500*n+m, name, digits, digits)
			}) + "}\n\n"
		}},
		{"halts", "refused", func(n int) string {
			return fmt.Sprintf("event: status\ndata: {\"symbol\":\"%s%d\",\"state\":\"halted\",\"reason\":\"%s\"}\n\n", name, n, name)
		}},
		{"headlines", "", func(n int) string {
			return fmt.Sprintf("id: %d\nevent: news\ndata: {\"id\":\"%d\",\"headline\":\"%s\",\"summary\":\"%s\"}\n\n", n, n, name, text)
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(pour(24<<20, c.event))
			defer server.Close()
			defer server.CloseClientConnections()
			cmd := exec.Command(livetape, "watch", server.URL, "--memory", "16", "--max-event", "4")
			cmd.Env = append(os.Environ(), "GOMEMLIMIT=100MiB", "XDG_STATE_HOME="+t.TempDir())
			term := startTerminal(t, 160, 40, cmd)
			if screen := term.waitForText("CLOSED by server", c.says); strings.Contains(screen, " of 10000") {
				t.Errorf("its memory bounds nothing:\n%s", screen)
			}
			if used := highestMemory(t, cmd.Process.Pid); used > most {
				t.Errorf("it took %d MiB", used>>10)
			} else {
				t.Logf("%d MiB", used>>10)
			}
		})
	}
}

// highestMemory is the most resident memory that a process has had, in KiB.
func highestMemory(t *testing.T, pid int) (kib int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			return kib
		}
	}
	t.Fatal("no VmHWM")
	return 0
}
