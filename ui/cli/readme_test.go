//go:build readme

package cli_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestEveryREADMECommandRunsAsWritten runs each line of the README's sh blocks in a terminal, in order, and
// checks that it does what its kind of command should. A server keeps running for the lines after it.
func TestEveryREADMECommandRunsAsWritten(t *testing.T) {
	t.Parallel()
	for _, line := range readmeCommands(t) {
		t.Log(line)
		switch {
		case line == "go test ./...":
			requireCIStep(t, line)
		case strings.HasSuffix(line, " --help"):
			runToEnd(t, line)
		case strings.Contains(line, " mock"):
			serverInTerminal(t, line)
		case strings.HasPrefix(line, "curl -N"):
			followUntilInterrupted(t, line)
		case isScreen(line):
			watchAndQuit(t, line)
		default:
			runToEnd(t, line)
		}
	}
}

var shBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

func readmeCommands(t *testing.T) []string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	for _, block := range shBlock.FindAllSubmatch(readme, -1) {
		for line := range strings.Lines(string(block[1])) {
			if line, _, _ = strings.Cut(line, " # "); strings.TrimSpace(line) != "" {
				commands = append(commands, strings.TrimSpace(line))
			}
		}
	}
	if len(commands) == 0 {
		t.Fatal("the README has no commands")
	}
	return commands
}

// requireCIStep checks that CI runs the command itself: a test that ran the tests would never end.
func requireCIStep(t *testing.T, line string) {
	t.Helper()
	ci, err := os.ReadFile("../../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(ci), "\n"+line+"\n") {
		t.Errorf(".ci/run has no line %q", line)
	}
}

func inShell(line string) *exec.Cmd {
	cmd := exec.Command("bash", "-c", line)
	cmd.Dir = "../.."
	return cmd
}

func isScreen(line string) bool {
	return line == "go run ." || strings.Contains(line, " demo") || strings.Contains(line, " watch ") || strings.Contains(line, " replay ")
}

func watchAndQuit(t *testing.T, line string) {
	t.Helper()
	term := startTerminal(t, 120, 40, inShell(line))
	badge := regexp.MustCompile(`● LIVE|↻ RETRY|✕ FAILED`)
	term.waitFor("a badge", badge.MatchString)
	if !strings.Contains(line, "example") {
		term.waitFor("a live price", func(screen string) bool {
			return strings.Contains(screen, "● LIVE") && regexp.MustCompile(`\d\.\d\d`).MatchString(screen)
		})
	}
	term.press("q")
	if code := term.waitForExit(); code != 0 {
		t.Errorf("%s: exit code %d after q; the screen shows:\n%s", line, code, term.text())
	}
	term.requireRestored()
}

func serverInTerminal(t *testing.T, line string) {
	t.Helper()
	term := startTerminal(t, 120, 40, inShell(line))
	term.waitForText("/events")
}

func followUntilInterrupted(t *testing.T, line string) {
	t.Helper()
	term := startTerminal(t, 120, 40, inShell(line))
	term.waitFor("events", func(string) bool { return strings.Contains(term.output(), "event: ") })
	term.signal(syscall.SIGINT)
	term.waitForExit()
}

func runToEnd(t *testing.T, line string) {
	t.Helper()
	term := startTerminal(t, 120, 40, inShell(line))
	if code := term.waitForExit(); code != 0 {
		t.Errorf("%s: exit code %d; it says:\n%s", line, code, term.text())
	}
}
