package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/tape"
	"livetape/mockserver"
	"livetape/ui/cli"
)

// runRecord runs `livetape record` to its end, and gives its exit code and what it said.
func runRecord(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	var out, stderr bytes.Buffer
	code = cli.Run(ctx, append([]string{"record"}, args...), nil, &out, &stderr)
	if out.Len() > 0 {
		t.Errorf("standard output says:\n%s", &out)
	}
	return code, stderr.String()
}

// entries are what a recording holds.
func entries(t *testing.T, name string) []tape.Entry {
	t.Helper()
	reader, err := tape.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var all []tape.Entry
	for {
		e, err := reader.Next()
		if err == io.EOF {
			if stats := reader.Stats(); stats.MidEvent || stats.Cut || stats.Unreadable > 0 {
				t.Errorf("%s is not whole: %+v", name, stats)
			}
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
}

// countEvents is how many whole messages a recording holds, be it cut off or not.
func countEvents(t *testing.T, name string) int {
	t.Helper()
	reader, err := tape.Open(name)
	if err != nil {
		return 0 // nothing is written yet
	}
	defer reader.Close()
	n := 0
	for {
		e, err := reader.Next()
		if err == io.EOF {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.Message != nil {
			n++
		}
	}
}

// waitForEvents waits until so many events are on the disk: a recording is flushed once in a second of its time.
func waitForEvents(t *testing.T, name string, n int) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for limit := time.Now().Add(waitLimit); countEvents(t, name) < n; <-look.C {
		if time.Now().After(limit) {
			t.Fatalf("%s never had %d events", name, n)
		}
	}
}

// payloads are the data of the events of a recording, each behind the name of its feed.
func payloads(t *testing.T, name string) []string {
	t.Helper()
	var all []string
	for _, e := range entries(t, name) {
		if e.Message != nil {
			all = append(all, e.Feed+" "+string(e.Message.Data))
		}
	}
	return all
}

func TestRecordEndsAfterCountAndSaysHowItWent(t *testing.T) {
	t.Parallel()
	url := serve(t, pricesHandler("A 1", "B 2", "A 3"))
	name := filepath.Join(t.TempDir(), "desk.tape")
	code, said := runRecord(t, url, "--name", "desk", "--record", name, "--count", "2")
	want := fmt.Sprintf("livetape: desk: connecting\nlivetape: desk: live\nlivetape: %s: 2 events recorded\n", name)
	if diff := cmp.Diff(want, said); diff != "" || code != cli.ExitOK {
		t.Errorf("exit code %d, standard error (-want +got):\n%s", code, diff)
	}
	if diff := cmp.Diff([]string{`desk {"symbol":"A","last":"1"}`, `desk {"symbol":"B","last":"2"}`}, payloads(t, name)); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
}

func TestRecordEndsAsItsFeedsDo(t *testing.T) {
	t.Parallel()
	answer := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		args    []string
		code    int
		says    string
	}{
		{"refused", answer(401), nil, cli.ExitError, "livetape: desk: failed 401: the server wants to know who is asking"},
		{"ended by the server", answer(204), nil, cli.ExitOK, "livetape: desk: closed by server (204)"},
		{"ended before the count", answer(204), []string{"--count", "9"}, cli.ExitError, "livetape: the stream ended after 0 of 9 events"},
		{"its time is up", pricesHandler("A 1"), []string{"--for", "10s"}, cli.ExitOK, "desk.tape: 1 event recorded"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "desk.tape")
			code, said := runRecord(t, append([]string{serve(t, test.handler), "--name", "desk", "--record", name}, test.args...)...)
			if code != test.code || !strings.Contains(said, test.says) || strings.Count(said, "failed") > 1 {
				t.Errorf("exit code %d, and it says:\n%s", code, said)
			}
			if len(entries(t, name)) == 0 {
				t.Error("the recording does not say how it was")
			}
		})
	}
}

func TestRecordPutsSeveralFeedsInOneFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "both.tape")
	one, two := serve(t, pricesHandler("A 1", "B 2")), serve(t, pricesHandler("C 3"))
	if code, said := runRecord(t, one, two, "--record", name, "--count", "3"); code != cli.ExitOK {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	got := slices.Sorted(slices.Values(payloads(t, name)))
	want := slices.Sorted(slices.Values([]string{
		hostIn(one) + ` {"symbol":"A","last":"1"}`, hostIn(one) + ` {"symbol":"B","last":"2"}`, hostIn(two) + ` {"symbol":"C","last":"3"}`,
	}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
	term := startScreen(t, 100, 30, "replay", name, "--speed", "max")
	term.waitForText("■ end", hostIn(one), hostIn(two), "3 events")
}

func TestRecordLosesNothingAtFullSpeed(t *testing.T) {
	t.Parallel()
	const events = 50_000
	mock, url := startMarket(t, mockserver.Config{Ring: 2 * events, Queue: 2 * events})
	mock.Step(events)
	for _, name := range []string{"day.tape", "day.tape.gz"} {
		t.Run(name, func(t *testing.T) {
			dir, base := t.TempDir(), name
			name := filepath.Join(dir, base)
			code, said := runRecord(t, url, "--last-event-id", "m-0", "--record-size", "1", "--record", name, "--count", fmt.Sprint(events+1)) // the first is the answer to the id
			if code != cli.ExitOK {
				t.Fatalf("exit code %d:\n%s", code, said)
			}
			pieces, err := filepath.Glob(filepath.Join(dir, "day-*"))
			if err != nil || len(pieces) == 0 {
				t.Fatalf("nothing was begun anew at its size: %v", err)
			}
			next := 1
			for _, piece := range append(pieces, name) {
				for _, e := range entries(t, piece) {
					if e.Message == nil || e.Message.Type == "resume" {
						continue
					}
					if want := fmt.Sprintf("m-%d", next); e.Message.ID != want {
						t.Fatalf("%s holds %s where %s is due", piece, e.Message.ID, want)
					}
					next++
				}
			}
			if next != events+1 {
				t.Errorf("%d of %d events are recorded", next-1, events)
			}
		})
	}
}

func TestRecordLeavesAnotherFileAloneAndKeepsAnOlderRecording(t *testing.T) {
	t.Parallel()
	url := serve(t, pricesHandler("A 1"))
	dir := t.TempDir()
	letter := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(letter, []byte("dear reader"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, said := runRecord(t, url, "--record", letter, "--count", "1")
	if code != cli.ExitError || !strings.Contains(said, "letter.txt exists and is not a recording; choose another name") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	if content, err := os.ReadFile(letter); err != nil || string(content) != "dear reader" {
		t.Errorf("the file holds %q: %v", content, err)
	}
	name := filepath.Join(dir, "desk.tape")
	for range 2 {
		if code, said := runRecord(t, url, "--record", name, "--count", "1"); code != cli.ExitOK {
			t.Fatalf("exit code %d:\n%s", code, said)
		}
	}
	for _, each := range []string{name, filepath.Join(dir, "desk-0001.tape")} {
		if got := payloads(t, each); len(got) != 1 {
			t.Errorf("%s holds %q", each, got)
		}
	}
}

func TestASignalLeavesARecordingWhole(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for _, name := range []string{"desk.tape", "desk.tape.gz"} {
			t.Run(fmt.Sprint(signal, " ", name), func(t *testing.T) {
				server := startServer(t, "127.0.0.1:0")
				name := filepath.Join(t.TempDir(), name)
				cmd := exec.Command(livetape, "record", server.url(), "--record", name)
				var stderr stderrBuffer
				cmd.Stderr = &stderr
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				stderr.waitFor(t, ": live")
				if err := cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				cmd.Wait()
				want := map[syscall.Signal]int{syscall.SIGINT: cli.ExitOK, syscall.SIGTERM: 128 + int(syscall.SIGTERM)}[signal]
				if code := cmd.ProcessState.ExitCode(); code != want {
					t.Errorf("exit code %d, want %d", code, want)
				}
				stderr.waitFor(t, "recorded\n")
				if len(entries(t, name)) < 2 { // connecting and live
					t.Error("the recording is empty")
				}
			})
		}
	}
}

func TestRecordShowsOnATerminalHowFarItIs(t *testing.T) {
	t.Parallel()
	url := serve(t, pricesHandler("A 1", "B 2"))
	name := filepath.Join(t.TempDir(), "desk.tape")
	term := startTerminal(t, 120, 10, exec.Command(livetape, "record", url, "--record", name))
	progress := regexp.MustCompile(`recording desk\.tape · 2 events · 50 B · the last [1-9]\d*s ago`)
	term.waitFor("how far it is", progress.MatchString)
	term.press("\x03")
	if code := term.waitForExit(); code != cli.ExitOK {
		t.Errorf("exit code %d", code)
	}
	if screen := term.text(); strings.Contains(screen, "recording desk") || !strings.Contains(screen, "2 events recorded") {
		t.Errorf("the last screen shows:\n%s", screen)
	}
}

func TestADiskThatDoesNotAnswerIsWaitedForAndGivenUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		stuck  bool
		giveUp time.Duration // 0: never
		took   time.Duration
	}{
		{"a disk that takes nine seconds", false, 0, 9 * time.Second},
		{"one that is gone", true, 0, 10 * time.Second},
		{"one that the user gives up", true, 3 * time.Second, 3 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, giveUp := context.WithCancel(t.Context())
				defer giveUp()
				if c.giveUp > 0 {
					time.AfterFunc(c.giveUp, giveUp)
				}
				began, events, said := time.Now(), make(chan feed.Event), 0
				if !c.stuck {
					time.AfterFunc(c.took, func() { close(events) })
				}
				wait := func(now time.Time) time.Duration { return now.Sub(began) }
				if closed := cli.AwaitClose(ctx, events, wait, func() { said++ }); closed == c.stuck || said != 1 {
					t.Errorf("closed: %t, and it was said %d times", closed, said)
				}
				if took := time.Since(began); took < c.took || took > c.took+100*time.Millisecond {
					t.Errorf("it took %s, want %s", took, c.took)
				}
			})
		})
	}
}

func TestWhatADiskHoldsUpIsNotTakenForTheFeedsSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		begin := time.Now()
		stuck := func(now time.Time) time.Duration {
			if wait := now.Sub(begin); wait < 10*time.Second {
				return wait
			}
			return 0
		}
		var said []string
		go cli.SayDiskWaits(ctx, stuck, func(text string) { said = append(said, text) })
		time.Sleep(30 * time.Second)
		cancel()
		synctest.Wait()
		const words = "the disk has not answered for %d s: no event is recorded or shown until it does"
		if want := []string{fmt.Sprintf(words, 4), fmt.Sprintf(words, 8), "the disk answers again"}; !slices.Equal(said, want) {
			t.Errorf("it says %q, want %q", said, want)
		}
	})
}
