package cli_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// startNode runs one of testdata/node, servers that know nothing of livetape, and returns its URL. Node is
// optional for a user: without it these tests are skipped. CI installs it.
func startNode(t *testing.T, script string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed; this test needs it to serve a stream that livetape did not write")
	}
	return startScript(t, node, "node", script)
}

// startScript runs a server that prints its port, from a folder of testdata, and returns its URL.
func startScript(t *testing.T, interpreter, folder, script string) string {
	t.Helper()
	cmd := exec.Command(interpreter, filepath.Join("testdata", folder, script))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("read the port of %s: %v", script, err)
	}
	return "http://127.0.0.1:" + strings.TrimSpace(port) + "/"
}

func TestNumbersOfAPlainServerAreReadings(t *testing.T) {
	t.Parallel()
	term := startScreen(t, 120, 40, "watch", startNode(t, "untyped.js"))

	term.waitFor("that the number is shown", func(screen string) bool {
		return strings.Contains(screen, "● LIVE") && regexp.MustCompile(`value +[▲▼]? *42 `).MatchString(screen)
	})
}

func TestPricesWithCRLFLineEndsTick(t *testing.T) {
	t.Parallel()
	term := startScreen(t, 120, 40, "watch", startNode(t, "crlf.js"))

	first := priceOf(term.waitForText("● LIVE", "NODE", "100."), "NODE")
	term.waitFor("a new price", func(screen string) bool {
		now := priceOf(screen, "NODE")
		return now != "" && now != first
	})
}

func TestAServerThatEndsEveryStreamIsResumedWithoutAnAlarm(t *testing.T) {
	t.Parallel()
	term := startScreen(t, 120, 40, "watch", startNode(t, "ids.js"))

	// A machine that is slow may need more than the 2 s that a planned end is spared for: then it shows that it
	// connects. The wait before that is 0.3 s, so whoever shows it has raised an alarm.
	alarm, shown := regexp.MustCompile(`RETRY`), regexp.MustCompile(`COUNT\D+(\d+)`)
	term.waitForText("● LIVE", "COUNT")
	term.waitFor("three streams' worth of prices", func(screen string) bool {
		if alarm.MatchString(screen) {
			t.Fatalf("a clean end of stream raised an alarm:\n%s", screen)
		}
		found := shown.FindStringSubmatch(row(screen, "COUNT"))
		if found == nil {
			return false
		}
		count, err := strconv.Atoi(found[1])
		return err == nil && count >= 15
	})
	term.press("!")
	term.waitFor("that the server was asked to resume", func(screen string) bool {
		return strings.Contains(screen, "● LIVE") && regexp.MustCompile(`resumed after \d*[05]\b`).MatchString(screen)
	})
}

var price = regexp.MustCompile(`\d+\.\d\d`)

// priceOf is the first price in the symbol's row.
func priceOf(screen, symbol string) string {
	return price.FindString(row(screen, symbol))
}
