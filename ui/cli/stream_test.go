package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
	"livetape/mockserver/fault"
	"livetape/ui/cli"
)

// streamCommand is a stream command that runs in this process, and its two outputs.
type streamCommand struct {
	t      *testing.T
	out    *io.PipeReader
	lines  *bufio.Scanner
	stderr stderrBuffer
	stop   func()
	code   chan int
}

// startStream runs `livetape stream` with the arguments.
func startStream(t *testing.T, args ...string) *streamCommand {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	out, in := io.Pipe()
	s := &streamCommand{t: t, out: out, lines: bufio.NewScanner(out), stop: cancel, code: make(chan int, 1)}
	s.lines.Buffer(nil, 1<<20)
	go func() {
		code := cli.Run(ctx, append([]string{"stream"}, args...), nil, in, &s.stderr)
		in.Close()
		s.code <- code
	}()
	t.Cleanup(func() {
		cancel()
		out.Close()
	})
	return s
}

// next is the next line of output.
func (s *streamCommand) next() string {
	s.t.Helper()
	if !s.lines.Scan() {
		s.t.Fatalf("the output ended; standard error says:\n%s", s.stderr.String())
	}
	return s.lines.Text()
}

// rest reads to the end of the output and returns it with the exit code.
func (s *streamCommand) rest() (lines []string, code int) {
	s.t.Helper()
	for s.lines.Scan() {
		lines = append(lines, s.lines.Text())
	}
	return lines, <-s.code
}

// stderrBuffer is what is written to standard error; another goroutine can wait for it.
type stderrBuffer struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func (s *stderrBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
	return s.text.Write(p)
}

func (s *stderrBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// waitFor waits until the text has been said.
func (s *stderrBuffer) waitFor(t *testing.T, text string) {
	t.Helper()
	s.waitUntil(t, text, func(all string) bool { return strings.Contains(all, text) })
}

func (s *stderrBuffer) waitUntil(t *testing.T, what string, ok func(all string) bool) {
	t.Helper()
	limit := time.After(waitLimit)
	for {
		s.mu.Lock()
		if ok(s.text.String()) {
			s.mu.Unlock()
			return
		}
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("standard error never said %s; it says:\n%s", what, s.String())
		}
	}
}

// startMarket is a mock server in this process whose market only moves by Step, and its URL.
func startMarket(t *testing.T, c mockserver.Config) (*mockserver.Server, string) {
	t.Helper()
	c.Epoch, c.Rate, c.Retry = "m", noRate, 10*time.Millisecond
	mock, err := mockserver.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return mock, serve(t, mock.Handler())
}

// serve is the URL at which a handler is served.
func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL + "/events"
}

func TestStreamPrintsEveryEventOnceAndInOrderAtFullSpeed(t *testing.T) {
	t.Parallel()
	const events = 100_000
	mock, url := startMarket(t, mockserver.Config{Ring: 2 * events, Queue: 2 * events})
	s := startStream(t, url, "--template", "{{.EventID}}")
	begin := mock.Newest()
	for s.next() != begin { // a part of the snapshot: the stream is live
		t.Fatal("the snapshot does not have the id of the newest event")
	}
	go mock.Step(events)

	for n := 1; n <= events; {
		id, want := s.next(), fmt.Sprintf("m-%d", n)
		if id == begin && n == 1 {
			continue // the rest of the snapshot
		}
		if id != want {
			t.Fatalf("event %s came where %s was due", id, want)
		}
		n++
	}
	s.stop()
	if lines, code := s.rest(); len(lines) > 0 || code != cli.ExitOK {
		t.Errorf("%d lines more, exit code %d", len(lines), code)
	}
	want := "livetape: " + hostIn(url) + ": connecting\nlivetape: " + hostIn(url) + ": live\n"
	if diff := cmp.Diff(want, s.stderr.String()); diff != "" {
		t.Errorf("standard error (-want +got):\n%s", diff)
	}
}

func hostIn(url string) string {
	return strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/events")
}

func TestStreamEndsAfterCount(t *testing.T) {
	t.Parallel()
	_, url := startMarket(t, mockserver.Config{})
	lines, code := startStream(t, url, "--count", "7").rest()
	if len(lines) != 7 || code != cli.ExitOK {
		t.Errorf("%d lines and exit code %d", len(lines), code)
	}
}

func TestStreamEndsAfterItsTime(t *testing.T) {
	t.Parallel()
	_, url := startMarket(t, mockserver.Config{})
	begin := time.Now()
	lines, code := startStream(t, url, "--for", "10s", "--events", "price").rest()
	if len(lines) != 24 || code != cli.ExitOK {
		t.Errorf("%d lines of a snapshot of 24 prices, and exit code %d", len(lines), code)
	}
	if took := time.Since(begin); took < 10*time.Second {
		t.Errorf("it ended after %s", took)
	}
}

func TestStreamEndsAfterItsTimeInAFloodOfEvents(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		flood := []byte(strings.Repeat("event: price\ndata: {\"symbol\":\"A\",\"last\":1}\n\n", 1000))
		for r.Context().Err() == nil {
			w.Write(flood)
		}
	}))
	if _, code := startStream(t, url, "--for", "100ms").rest(); code != cli.ExitOK {
		t.Errorf("exit code %d", code)
	}
}

func TestOnceEndsBehindTheSnapshot(t *testing.T) {
	t.Parallel()
	mock, url := startMarket(t, mockserver.Config{Symbols: 40})
	mock.Step(500)
	lines, code := startStream(t, url, "--once", "-t", "{{.Symbol}}").rest()
	seen := slices.Compact(slices.Sorted(slices.Values(lines)))
	if len(lines) != 40 || len(seen) != 40 || code != cli.ExitOK {
		t.Errorf("%d lines of %d symbols, and exit code %d", len(lines), len(seen), code)
	}
}

func TestOnceWithSymbolsEndsWhenEachHasHadItsPrice(t *testing.T) {
	t.Parallel()
	url := serve(t, pricesHandler("A 1", "B 2", "A 3", "D 9", "C 4", "A 5", "B 6"))
	lines, code := startStream(t, url, "--once", "--symbols", "a, c", "--symbols", "B", "-t", "{{.Symbol}} {{.Last}}").rest()
	if diff := cmp.Diff([]string{"A 1", "B 2", "C 4"}, lines); diff != "" || code != cli.ExitOK {
		t.Errorf("exit code %d, lines (-want +got):\n%s", code, diff)
	}
}

func TestOnceNamesTheSymbolsThatNeverCame(t *testing.T) {
	t.Parallel()
	url := serve(t, pricesHandler("A 1", "D 9"))
	s := startStream(t, url, "--once", "--symbols", "A,Bee,Sea", "--for", "10s", "-t", "{{.Symbol}} {{.Last}}")
	lines, code := s.rest()
	if diff := cmp.Diff([]string{"A 1"}, lines); diff != "" || code != cli.ExitError {
		t.Errorf("exit code %d, lines (-want +got):\n%s", code, diff)
	}
	s.stderr.waitFor(t, "livetape: no price of Bee and Sea within 10s\n")
}

// pricesHandler is a server of prices, each a symbol and a number, whose stream then stays open.
func pricesHandler(prices ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i, price := range prices {
			symbol, last, _ := strings.Cut(price, " ")
			fmt.Fprintf(w, "id: %d\nevent: price\ndata: {\"symbol\":%q,\"last\":%q}\n\n", i+1, symbol, last)
		}
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

func TestStreamSelectsKindsAndSymbols(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, mixed)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"everything", []string{"--count", "7"}, []string{"1 price A", "2 price B", "3 news ", "4 news ", "5 status A", "6 status B", "7 status "}},
		{"news", []string{"--events", "news", "--count", "2"}, []string{"3 news ", "4 news "}},
		{"two kinds", []string{"--events", "status, price", "--count", "5"}, []string{"1 price A", "2 price B", "5 status A", "6 status B", "7 status "}},
		{"a symbol, and what concerns all", []string{"--symbols", "a", "--count", "5"}, []string{"1 price A", "3 news ", "4 news ", "5 status A", "7 status "}},
		{"another", []string{"--symbols", "B", "--count", "4"}, []string{"2 price B", "4 news ", "6 status B", "7 status "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines, code := startStream(t, append([]string{url, "-t", "{{.EventID}} {{.Kind}} {{.Symbol}}"}, test.args...)...).rest()
			if diff := cmp.Diff(test.want, lines); diff != "" || code != cli.ExitOK {
				t.Errorf("exit code %d, lines (-want +got):\n%s", code, diff)
			}
		})
	}
}

const mixed = `id: 1
event: price
data: {"symbol":"A","last":"1"}

id: 2
event: price
data: {"symbol":"B","last":"2"}

id: 3
event: news
data: {"headline":"Of A","symbols":["C","A"]}

id: 4
event: news
data: {"headline":"Of all"}

id: 5
event: status
data: {"symbol":"A","state":"halted"}

id: 6
event: status
data: {"symbol":"B","state":"open"}

id: 7
event: status
data: {"symbol":"","state":"closed"}

`

func TestNumbersAndIdsAreDigitForDigitAndLinesAreJSON(t *testing.T) {
	t.Parallel()
	url := serve(t, pricesHandler("A 0.00001234", "A 181.50", "A 12345678901234567890123.4567890000000000000001", "A -1e-8"))
	lines, _ := startStream(t, url, "--output", "json", "--count", "4").rest()
	var got []string
	for _, line := range lines {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		got = append(got, fmt.Sprint(object["event_id"], " ", object["last"]))
	}
	want := []string{"1 0.00001234", "2 181.50", "3 12345678901234567890123.4567890000000000000001", "4 -0.00000001"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
}

// TestWcCountsWhatTheServerSent runs the pipe of the documentation, against a mock server that goes as fast as it is
// read, is cut off in between, and ends when its last event is out.
func TestWcCountsWhatTheServerSent(t *testing.T) {
	t.Parallel()
	const events = 100_000
	mock, err := mockserver.New(mockserver.Config{Epoch: "m", Rate: noRate, Ring: 2 * events, Queue: 2 * events, Retry: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	newest := fmt.Sprintf("m-%d", events)
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Last-Event-ID") == newest {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		ctx, end := context.WithCancel(r.Context())
		defer end()
		mock.Handler().ServeHTTP(&untilID{ResponseWriter: w, id: []byte("id: " + newest + "\n"), end: end}, r.WithContext(ctx))
	}))
	go func() {
		mock.Step(events / 2)
		if err := mock.Inject(fault.Fault{Name: "drop"}); err != nil {
			t.Error(err)
		}
		mock.Step(events / 2)
	}()
	count := exec.Command("bash", "-c", `set -o pipefail; "$0" stream "$1" --last-event-id m-0 --output json | wc -l`, livetape, url)
	var stderr strings.Builder
	count.Stderr = &stderr
	lines, err := count.Output()
	if got := strings.TrimSpace(string(lines)); got != fmt.Sprint(events) || err != nil {
		t.Errorf("wc counts %s of %d events: %v; standard error says:\n%s", got, events, err, stderr.String())
	}
	if mock.Newest() != newest {
		t.Errorf("the server's newest event is %s", mock.Newest())
	}
}

// untilID ends a stream when the event with an id has been written.
type untilID struct {
	http.ResponseWriter
	id  []byte
	end func()
}

func (u *untilID) Write(p []byte) (int, error) {
	n, err := u.ResponseWriter.Write(p)
	if bytes.Contains(p[:n], u.id) {
		u.end()
	}
	return n, err
}

func (u *untilID) Unwrap() http.ResponseWriter { return u.ResponseWriter }
