package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
	"livetape/mockserver/fault"
	"livetape/ui/cli"
)

func TestAReaderThatLeavesEndsTheStreamQuietly(t *testing.T) {
	t.Parallel()
	mock, url := startMarket(t, mockserver.Config{})
	s := startStream(t, url, "--count", "1000000")
	s.next()
	s.out.Close()
	mock.Step(1) // a writer learns of it when it writes
	if code := <-s.code; code != cli.ExitOK {
		t.Errorf("exit code %d", code)
	}
	if said := s.stderr.String(); strings.Count(said, "\n") != 2 {
		t.Errorf("beside connecting and live it says:\n%s", said)
	}
}

func TestHeadEndsTheStreamQuietly(t *testing.T) {
	t.Parallel()
	server := startServer(t, "127.0.0.1:0")
	pipeline := exec.Command("bash", "-c", `set -o pipefail; "$0" stream "$1" 2>&1 >&3 3>&- | cat >&2; exit ${PIPESTATUS[0]}`, livetape, server.url())
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	pipeline.ExtraFiles = []*os.File{in}
	var stderr strings.Builder
	pipeline.Stderr = &stderr
	if err := pipeline.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	if _, err := io.ReadFull(out, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	out.Close()
	if err := pipeline.Wait(); err != nil {
		t.Errorf("a reader that left: %v; standard error says:\n%s", err, stderr.String())
	}
	if strings.Contains(stderr.String(), "broken pipe") {
		t.Errorf("standard error says:\n%s", stderr.String())
	}

	head := exec.Command("bash", "-c", `set -o pipefail; "$0" stream "$1" 2>/dev/null | head -3 | wc -l`, livetape, server.url())
	lines, err := head.Output()
	if strings.TrimSpace(string(lines)) != "3" || err != nil {
		t.Errorf("head printed %q: %v", lines, err)
	}
}

func TestADiskThatIsFullIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	server := startServer(t, "127.0.0.1:0")
	full := exec.Command("bash", "-c", `"$0" stream "$1" > /dev/full`, livetape, server.url())
	said, err := full.CombinedOutput()
	if full.ProcessState.ExitCode() != cli.ExitError || !strings.Contains(string(said), "livetape: write the updates:") || !strings.Contains(string(said), "no space left on device") {
		t.Errorf("%v: %s", err, said)
	}
}

func TestEndsOfAFeedAreTold(t *testing.T) {
	t.Parallel()
	answer := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	once := func(then http.HandlerFunc) http.HandlerFunc {
		var calls atomic.Int32
		return func(w http.ResponseWriter, r *http.Request) {
			if calls.Add(1) > 1 {
				then(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "retry: 10\n\n"+mixed)
		}
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		args    []string
		lines   int
		code    int
		says    string
	}{
		{"refused", answer(401), nil, 0, cli.ExitError, "failed 401: the server wants to know who is asking · pass a token"},
		{"no stream", answer(200), nil, 0, cli.ExitError, "failed 200, but without a content type instead of an event stream · check the URL"},
		{"ended by the server", answer(204), nil, 0, cli.ExitOK, "closed by server (204)"},
		{"ended by the server, at last", once(answer(204)), nil, 7, cli.ExitOK, "closed by server (204)"},
		{"refused in the end", once(answer(403)), []string{"--for", "10s"}, 7, cli.ExitOK, "403: access is forbidden · retry"},
		{"ended before the count", once(answer(204)), []string{"--count", "9"}, 7, cli.ExitError, "livetape: the stream ended after 7 of 9 updates"},
		{"ended at the count", once(answer(204)), []string{"--count", "7"}, 7, cli.ExitOK, ""},
		{"ended before a price", answer(204), []string{"--once"}, 0, cli.ExitError, "livetape: no price before the stream ended"},
		{"ended before the price", once(answer(204)), []string{"--once", "--symbols", "A,Z"}, 1, cli.ExitError, "livetape: no price of Z before the stream ended"},
		{"ended within the time", once(answer(204)), []string{"--for", "1h"}, 7, cli.ExitOK, "closed by server (204)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := startStream(t, append([]string{serve(t, test.handler)}, test.args...)...)
			lines, code := s.rest()
			if len(lines) != test.lines || code != test.code {
				t.Errorf("%d lines and exit code %d, want %d and %d", len(lines), code, test.lines, test.code)
			}
			if said := s.stderr.String(); !strings.Contains(said, test.says) || strings.Count(said, "failed") > 1 {
				t.Errorf("standard error says:\n%s", said)
			}
		})
	}
}

func TestChangesAndGapsAreToldThroughCuts(t *testing.T) {
	t.Parallel()
	mock, url := startMarket(t, mockserver.Config{Heartbeat: 20 * time.Millisecond})
	s := startStream(t, url, "--name", "desk", "-t", "{{.EventID}}", "--events", "price")
	s.next()
	go io.Copy(io.Discard, s.out)
	for _, name := range []string{"eof", "drop"} {
		before := strings.Count(s.stderr.String(), "\n")
		if err := mock.Inject(fault.Fault{Name: name}); err != nil {
			t.Fatal(err)
		}
		s.stderr.waitForLines(t, before+4)
	}
	s.stop()
	<-s.code

	said := regexp.MustCompile(`at once|in \d\.\d s`).ReplaceAllString(s.stderr.String(), "(soon)")
	said = regexp.MustCompile(`<?\d\.\d s`).ReplaceAllString(said, "…")
	said = regexp.MustCompile(`connection reset|stream cut in mid-event`).ReplaceAllString(said, "(cut)") // as the reset overtakes the half event or not
	want := `livetape: desk: connecting
livetape: desk: live
livetape: desk: the server ended the stream · retry (soon)
livetape: desk: connecting
livetape: desk: live
livetape: desk: resumed after …, 0 replayed, 0 missed
livetape: desk: (cut) · retry (soon) · attempt 1
livetape: desk: connecting · attempt 1
livetape: desk: live
livetape: desk: resumed after …, 0 replayed, 0 missed
`
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("standard error (-want +got):\n%s", diff)
	}
}

func TestAQuietStreamTellsOnlyWhatGoesWrong(t *testing.T) {
	t.Parallel()
	mock, url := startMarket(t, mockserver.Config{Heartbeat: 20 * time.Millisecond})
	s := startStream(t, url, "--name", "desk", "-t", "{{.EventID}}", "--events", "price", "-q")
	s.next()
	go io.Copy(io.Discard, s.out)
	lines := 0
	for _, test := range []struct {
		name  string
		lines int
	}{{"eof", 1}, {"drop", 2}} {
		if err := mock.Inject(fault.Fault{Name: test.name}); err != nil {
			t.Fatal(err)
		}
		lines += test.lines
		s.stderr.waitForLines(t, lines)
	}
	s.stop()
	<-s.code
	said := s.stderr.String()
	if strings.Contains(said, ": connecting") || strings.Contains(said, ": live") || strings.Contains(said, "the server ended") {
		t.Errorf("standard error tells what is well:\n%s", said)
	}
	if strings.Count(said, "0 missed") != 2 || strings.Count(said, "· attempt 1") != 1 {
		t.Errorf("standard error lacks a gap or an error:\n%s", said)
	}
}

// waitForLines waits until so many lines have been said.
func (s *stderrBuffer) waitForLines(t *testing.T, n int) {
	t.Helper()
	s.waitUntil(t, strconv.Itoa(n)+" lines", func(text string) bool { return strings.Count(text, "\n") >= n })
}

func TestUselessEventsAreToldOnceForEachReasonAndCounted(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for n := range 120 {
			fmt.Fprintf(w, "id: %d\nevent: price\ndata: {\"symbol\":\"A\",\"last\":\"ten\"}\n\n", n)
		}
		io.WriteString(w, "data: \x1b[2Jhello\n\n"+mixed)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	s := startStream(t, url, "--name", "desk", "--count", "7")
	lines, code := s.rest()
	if len(lines) != 7 || code != cli.ExitOK {
		t.Errorf("%d lines and exit code %d", len(lines), code)
	}
	want := `livetape: desk: connecting
livetape: desk: live
livetape: desk: price #0 [price: last: "ten" is not a number] {"symbol":"A","last":"ten"}
livetape: desk: price #9 [price: last: "ten" is not a number] {"symbol":"A","last":"ten"} (10 so far)
livetape: desk: price #99 [price: last: "ten" is not a number] {"symbol":"A","last":"ten"} (100 so far)
livetape: desk: message #119 [the data is not JSON] hello
livetape: desk: 121 events could not be used, or not wholly
`
	if diff := cmp.Diff(want, s.stderr.String()); diff != "" {
		t.Errorf("standard error (-want +got):\n%s", diff)
	}
}

func TestWhatAServerSaysOfItsStreamIsTold(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, strings.Repeat("event: warning\ndata: {\"message\":\"slow\\u001b[2J consumer\"}\n\n", 12)+"data: {\"c\":\"ethereum\",\"a\":\"x\",\"p\":\"1.5\"}\nevent: t_p\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	s := startStream(t, url, "--preset", "dexpaprika", "--name", "desk", "--count", "1")
	if lines, code := s.rest(); len(lines) != 1 || code != cli.ExitOK {
		t.Errorf("%d lines and exit code %d", len(lines), code)
	}
	want := `livetape: desk: connecting
livetape: desk: live
livetape: desk: the server says: slow consumer
livetape: desk: the server says: slow consumer (10 so far)
`
	if diff := cmp.Diff(want, s.stderr.String()); diff != "" {
		t.Errorf("standard error (-want +got):\n%s", diff)
	}
}

func TestWhatIsPrintedIsRecorded(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, mixed)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	tape := filepath.Join(t.TempDir(), "desk.tape")
	if lines, code := startStream(t, url, "--record", tape, "--count", "7").rest(); len(lines) != 7 || code != cli.ExitOK {
		t.Errorf("%d lines and exit code %d", len(lines), code)
	}
	recorded, err := os.ReadFile(tape)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(mixed) {
		if strings.HasPrefix(line, "data: ") && !strings.Contains(string(recorded), line) {
			t.Errorf("the recording lacks %s", line)
		}
	}
	s := startStream(t, url, "--record", filepath.Join(tape, "not-a-folder"))
	if lines, code := s.rest(); len(lines) > 0 || code != cli.ExitError {
		t.Errorf("a recording that cannot be: %d lines and exit code %d", len(lines), code)
	}
}

// TestAStalledReaderStallsTheServerAndLosesNothing proves the back-pressure on the server's side: while nobody
// reads the output, a write to the socket takes no byte for a second. Then the reader goes on, and every event is
// there.
func TestAStalledReaderStallsTheServerAndLosesNothing(t *testing.T) {
	t.Parallel()
	const events = 30_000
	stalled := make(chan int, 1)
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "retry: 10\n\n")
		n, _ := strconv.Atoi(r.Header.Get("Last-Event-ID"))
		control := http.NewResponseController(w)
		for n < events {
			n++
			control.SetWriteDeadline(time.Now().Add(time.Second))
			_, err := fmt.Fprintf(w, "id: %d\nevent: price\ndata: {\"symbol\":\"A\",\"last\":%d,\"more\":%s}\n\n", n, n, filler)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				sendOnce(stalled, n)
				return
			}
		}
		control.Flush()
		sendOnce(stalled, n)
		<-r.Context().Done()
	}))
	s := startStream(t, url, "-t", "{{.Last}} {{.EventID}}", "--count", strconv.Itoa(events))
	if sent := <-stalled; sent >= events {
		t.Fatalf("all %d events went out with nobody reading", sent)
	}
	for n := 1; n <= events; n++ {
		if got, want := s.next(), fmt.Sprintf("%d %d", n, n); got != want {
			t.Fatalf("line %d is %q", n, got)
		}
	}
	if lines, code := s.rest(); len(lines) > 0 || code != cli.ExitOK {
		t.Errorf("%d lines more, exit code %d", len(lines), code)
	}
}

// sendOnce sends n unless something was sent before.
func sendOnce(to chan<- int, n int) {
	select {
	case to <- n:
	default:
	}
}

// filler makes the events of one stream more than all buffers on the way hold.
var filler = `"` + strings.Repeat("x", 1000) + `"`

func TestASignalEndsAStreamWhoseReaderHasStopped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	_, url := startMarket(t, mockserver.Config{})
	blocked := &blockedWriter{writing: make(chan struct{}), release: make(chan struct{})}
	defer close(blocked.release)
	code := make(chan int, 1)
	go func() { code <- cli.Run(ctx, []string{"stream", url}, nil, blocked, io.Discard) }()
	<-blocked.writing
	cancel()
	select {
	case got := <-code:
		if got != cli.ExitOK { // the process turns it into that of the signal
			t.Errorf("exit code %d", got)
		}
	case <-time.After(waitLimit):
		t.Fatal("it never ended")
	}
}

func TestTheTimeEndsAStreamWhoseReaderHasStopped(t *testing.T) {
	t.Parallel()
	_, url := startMarket(t, mockserver.Config{})
	blocked := &blockedWriter{writing: make(chan struct{}), release: make(chan struct{})}
	defer close(blocked.release)
	if code := cli.Run(t.Context(), []string{"stream", url, "--for", "1s"}, nil, blocked, io.Discard); code != cli.ExitOK {
		t.Errorf("exit code %d", code)
	}
}

// blockedWriter is a writer that does not return.
type blockedWriter struct{ writing, release chan struct{} }

func (s *blockedWriter) Write(p []byte) (int, error) {
	close(s.writing)
	<-s.release
	return 0, io.ErrClosedPipe
}

func TestASignalIsTheExitCodeOfAStream(t *testing.T) {
	t.Parallel()
	server := startServer(t, "127.0.0.1:0")
	cmd := exec.Command(livetape, "stream", server.url())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	tail, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(tail) > 0 && tail[len(tail)-1] != '\n' {
		t.Errorf("the last line is cut: %q", tail[max(0, len(tail)-80):])
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 128+15 {
		t.Errorf("exit code %d", code)
	}
}
