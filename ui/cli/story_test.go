package cli_test

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"

	"livetape/ui/cli"
)

// TestTheScreenTellsTheTruthThroughCutsAndRestarts is the whole promise in one scene: the built binary in a
// terminal, while its server is cut off, comes back, is killed and starts anew.
func TestTheScreenTellsTheTruthThroughCutsAndRestarts(t *testing.T) {
	t.Parallel()
	server := startServer(t, "127.0.0.1:0")
	term := startTerminal(t, 120, 40, exec.Command(livetape, "watch", server.url()))

	term.waitFor("live prices and news", func(screen string) bool {
		return strings.Contains(screen, "● LIVE") && priceRow.MatchString(screen) && strings.Contains(screen, "Wire")
	})
	if *updatePictures { // once the news and the spark lines have filled
		term.waitFor("a while of trading", func(screen string) bool { return eventsTaken(screen) > 2400 })
	}
	term.savePicture("live")
	symbol := priceRow.FindStringSubmatch(term.text())[1]
	fresh := term.styleOf(symbol)

	server.cut()
	term.waitForText("↻ RETRY in", "connection refused", "attempt 2")
	requireCountdown(t, term)
	term.waitFor("ages that grow", func(screen string) bool {
		return age(screen, symbol) >= 2
	})
	requireNoBlanks(t, term.text(), symbol)
	if stale := term.styleOf(symbol); stale.Equal(&fresh) {
		t.Errorf("the row of %s looks as fresh as before the cut: %+v", symbol, stale)
	}
	if *updatePictures {
		term.waitFor("a long countdown", func(screen string) bool { return strings.Contains(screen, "RETRY in 2.") })
	}
	term.savePicture("reconnecting")

	server.listen()
	term.waitForText("● LIVE", "resumed after", "0 missed")
	if *updatePictures {
		term.waitFor("a whole screen that is live", func(screen string) bool {
			return strings.Contains(screen, "resumed after") && !strings.Contains(screen, "‼") && !strings.Contains(screen, "retry now")
		})
	}
	term.savePicture("resumed")

	server.kill()
	startServer(t, server.addr)
	term.waitForText("● LIVE", "reset after", "not known")
	term.waitFor("a gap marked among the news", func(screen string) bool {
		return strings.Count(screen, "gap") >= 2 || strings.Contains(screen, "2 gaps") // the resumed one, and the one after the restart
	})
	requireNoBlanks(t, term.text(), symbol)

	term.press("q")
	if code := term.waitForExit(); code != 0 {
		t.Errorf("exit code %d after q", code)
	}
	term.requireRestored()
}

// priceRow is a line of the price table: its symbol, and somewhere behind it a price.
var priceRow = regexp.MustCompile(`(?m)^[ │▸▌>‼★~]*([A-Z]{3,5}) .*\d\.\d\d`)

// row is the line of the screen that begins with the symbol.
func row(screen, symbol string) string {
	for line := range strings.Lines(screen) {
		if strings.HasPrefix(strings.TrimLeft(line, " │▸▌>~‼★"), symbol+" ") {
			return line
		}
	}
	return ""
}

var rowAge = regexp.MustCompile(`(\d+)s\b`)

// age is the age in seconds at the end of the symbol's row, or -1 when there is none.
func age(screen, symbol string) int {
	found := rowAge.FindAllStringSubmatch(row(screen, symbol), -1)
	if len(found) == 0 {
		return -1
	}
	n, err := strconv.Atoi(found[len(found)-1][1])
	if err != nil {
		return -1
	}
	return n
}

// requireNoBlanks checks that the symbol's last price is still on the screen, and not as a zero.
func requireNoBlanks(t *testing.T, screen, symbol string) {
	t.Helper()
	line := row(screen, symbol)
	if !regexp.MustCompile(`[1-9]\d*\.\d\d`).MatchString(line) {
		t.Errorf("the row of %s has no price any more: %q", symbol, line)
	}
}

var countdown = regexp.MustCompile(`RETRY in (\d+(?:\.\d+)?) s · attempt (\d+)`)

// requireCountdown waits until the countdown of one attempt has been seen to fall.
func requireCountdown(t *testing.T, term *terminal) {
	t.Helper()
	started := map[string]float64{}
	term.waitFor("a countdown that counts", func(screen string) bool {
		found := countdown.FindStringSubmatch(screen)
		if found == nil {
			return false
		}
		left, err := strconv.ParseFloat(found[1], 64)
		if err != nil {
			return false
		}
		first, seen := started[found[2]]
		if !seen {
			started[found[2]] = left
		}
		return seen && left < first
	})
}

// styleOf is the style of the first letter of the symbol's row.
func (term *terminal) styleOf(symbol string) uv.Style {
	term.t.Helper()
	term.mu.Lock()
	defer term.mu.Unlock()
	for y, line := range strings.Split(term.lines(), "\n") {
		if before, _, found := strings.Cut(line, symbol+" "); found {
			return term.screen.CellAt(len([]rune(before)), y).Style
		}
	}
	term.t.Fatalf("no row of %s on the screen", symbol)
	return uv.Style{}
}

func TestTheTerminalIsRestoredOnEveryWayOut(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		leave    func(*terminal)
		wantCode int
	}{
		{"q quits", func(term *terminal) { term.press("q") }, 0},
		{"ctrl+c quits", func(term *terminal) { term.press("\x03") }, 0},
		{"SIGTERM", func(term *terminal) { term.signal(syscall.SIGTERM) }, 128 + 15},
		{"SIGHUP", func(term *terminal) { term.signal(syscall.SIGHUP) }, 128 + 1},
		{"SIGINT from elsewhere", func(term *terminal) { term.signal(syscall.SIGINT) }, 128 + 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			term := startTerminal(t, 80, 24, exec.Command(livetape))
			term.waitForText("● LIVE", "DEMO")
			test.leave(term)
			if code := term.waitForExit(); code != test.wantCode {
				t.Errorf("exit code %d, want %d", code, test.wantCode)
			}
			term.requireRestored()
		})
	}
}

func TestTheTerminalIsRestoredAfterAPanic(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{panickingURL + "=" + startServer(t, "127.0.0.1:0").url()}
	term := startTerminal(t, 80, 24, cmd)
	term.waitForText("● LIVE")
	term.press("F")
	term.waitForText("panic")
	term.press("\r")
	if code := term.waitForExit(); code != cli.ExitError {
		t.Errorf("exit code %d", code)
	}
	term.requireRestored()
	if !strings.Contains(term.output(), "a bug") {
		t.Errorf("nothing is said of the panic:\n%s", term.text())
	}
}

func TestCtrlZGivesTheShellItsTerminalAndFgBringsTheTapeBack(t *testing.T) {
	t.Parallel()
	shell := exec.Command("bash", "-c", `set -m; "$0"; echo "suspended"; read; fg`, livetape)
	term := startTerminal(t, 80, 24, shell)
	term.waitForText("● LIVE", "DEMO")
	term.press("\x1a")
	term.waitForText("suspended")
	term.requireRestored()
	term.press("\r")
	term.waitForText("● LIVE", "DEMO")
	term.press("q")
	if code := term.waitForExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	term.requireRestored()
}

func TestCtrlZWithoutAShellComesBackByItself(t *testing.T) {
	t.Parallel()
	term := startTerminal(t, 80, 24, exec.Command(livetape))
	term.waitForText("● LIVE")
	before := term.bytesWritten()
	term.press("\x1a")
	term.waitForBytes(before, "\x1b[?1049l")
	term.waitForText("● LIVE", "DEMO")
	term.press("q")
	if code := term.waitForExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestAClosedTerminalEndsTheProgram(t *testing.T) {
	t.Parallel()
	term := startTerminal(t, 80, 24, exec.Command(livetape))
	term.waitForText("● LIVE")
	if err := term.pty.Close(); err != nil {
		t.Fatal(err)
	}
	<-term.ended
}

func TestEscapeNeverQuits(t *testing.T) {
	t.Parallel()
	term := startTerminal(t, 80, 24, exec.Command(livetape))
	term.waitForText("● LIVE")
	term.press("\x1b")
	term.waitForText("esc does nothing here") // with the next key it would be alt and that key
	term.press("?")
	term.waitForText("Moving")
	term.press("\x1b")
	term.waitFor("the prices again", func(screen string) bool {
		return strings.Contains(screen, "● LIVE") && priceRow.MatchString(screen)
	})
}
