package notify_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"livetape/feed/market"
	"livetape/ui/alert"
	"livetape/ui/cli/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// record collects what is written and what fails, from any goroutine.
type record struct {
	mu    sync.Mutex
	lines []string
	added chan struct{}
}

func newRecord() *record { return &record{added: make(chan struct{}, 1000)} }

func (r *record) add(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, line)
	r.added <- struct{}{}
}

func (r *record) Write(p []byte) (int, error) {
	r.add(string(p))
	return len(p), nil
}

func (r *record) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines
}

func firing(a alert.Actions) alert.Firing {
	price, _ := market.ParseDecimal("181.02")
	return alert.Firing{
		Rule: alert.Rule{Name: "chips", Actions: a}, At: time.Date(2026, 3, 2, 14, 31, 59, 0, time.UTC),
		Feed: "desk", Symbol: "NVDA", Price: price, Text: "NVDA crossed 181; \x1b]52;c;!\a upward",
	}
}

func TestTheTerminalGetsABellAndNotificationsWithoutTheFeedsSequences(t *testing.T) {
	t.Parallel()
	terminal := newRecord()
	n := notify.New(t.Context(), notify.Options{Terminal: terminal, Failed: func(s string) { t.Error(s) }})
	defer n.Close()
	n.Send(firing(alert.Actions{Bell: true}))
	n.Send(firing(alert.Actions{Terminal: true}))
	n.Send(firing(alert.Actions{}))
	got := terminal.all()
	if len(got) != 2 || got[0] != "\a" || strings.Count(got[1], "\x1b") != 2 || !strings.HasPrefix(got[1], "\x1b]9;NVDA crossed 181; ") {
		t.Errorf("the terminal got %q", got)
	}
}

func program(t *testing.T, body string) (dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "page.sh"), []byte("#!/bin/sh\n"+body), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAProgramIsRunWithoutAShellAndToldByItsEnvironment(t *testing.T) {
	t.Parallel()
	dir := program(t, `printf '%s\n' "$#" "$1" "$2" "$LIVETAPE_RULE" "$LIVETAPE_FEED" "$LIVETAPE_SYMBOL" "$LIVETAPE_PRICE" "$LIVETAPE_TIME" > out; mv out told`)
	failed := newRecord()
	n := notify.New(t.Context(), notify.Options{Dir: dir, Failed: failed.add})
	n.Send(firing(alert.Actions{Exec: []string{"./page.sh", "$(id)", "a b"}}))
	for {
		if told, err := os.ReadFile(filepath.Join(dir, "told")); err == nil {
			if want := "2\n$(id)\na b\nchips\ndesk\nNVDA\n181.02\n2026-03-02T14:31:59Z\n"; string(told) != want {
				t.Errorf("the program was told %q, not %q", told, want)
			}
			break
		}
		if len(failed.all()) > 0 {
			break
		}
		runtime.Gosched()
	}
	n.Close()
	if got := failed.all(); len(got) > 0 {
		t.Error(got)
	}
}

func TestWhatCannotBeSentIsSaid(t *testing.T) {
	t.Parallel()
	dir := program(t, `echo "no pager here" >&2; exit 3`)
	for name, test := range map[string]struct {
		actions alert.Actions
		want    string
	}{
		"a program that fails":    {alert.Actions{Exec: []string{"./page.sh"}}, "./page.sh: exit status 3: no pager here"},
		"a program that is not":   {alert.Actions{Exec: []string{"./nothing.sh"}}, "no such file or directory"},
		"a desktop without a bus": {alert.Actions{Desktop: true}, "no bus"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failed := newRecord()
			n := notify.New(t.Context(), notify.Options{Dir: dir, Failed: failed.add, Desktop: func(string, string) error { return errors.New("no bus") }})
			defer n.Close()
			n.Send(firing(test.actions))
			<-failed.added
			if got := failed.all()[0]; !strings.HasPrefix(got, "alert not sent (NVDA crossed 181;") || !strings.HasSuffix(got, test.want) {
				t.Errorf("it says %q", got)
			}
		})
	}
}

func TestAFloodOfAlertsIsBoundedInNumberAndInWhatRunsAtOnce(t *testing.T) {
	t.Parallel()
	failed := newRecord()
	started, end := make(chan struct{}, 100), make(chan struct{})
	n := notify.New(t.Context(), notify.Options{Failed: failed.add, Desktop: func(string, string) error {
		started <- struct{}{}
		<-end
		return nil
	}})
	for range 100 {
		n.Send(firing(alert.Actions{Desktop: true}))
	}
	for range 4 {
		<-started
	}
	close(end)
	n.Close()
	reasons := map[string]int{}
	for _, line := range failed.all() {
		reasons[line[strings.LastIndex(line, "): ")+3:]]++
	}
	if got, want := fmt.Sprint(len(started), reasons), fmt.Sprint(0, map[string]int{"4 programs and notices are still running": 26, "there were more than 30 alerts in a minute": 70}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestClosingEndsAProgramThatRuns(t *testing.T) {
	t.Parallel()
	dir := program(t, "echo > begun; exec sleep 1000")
	n := notify.New(t.Context(), notify.Options{Dir: dir, Failed: func(s string) { t.Error(s) }})
	n.Send(firing(alert.Actions{Exec: []string{"./page.sh"}}))
	for {
		if _, err := os.Stat(filepath.Join(dir, "begun")); err == nil {
			break
		}
		runtime.Gosched()
	}
	n.Close()
}
