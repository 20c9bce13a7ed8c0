//go:build readme

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestEveryCommandOfTheREADMERunsAsWritten runs each line of its sh blocks in a terminal, in order, and checks that it
// does what its kind of command should. A server keeps running for the lines after it.
func TestEveryCommandOfTheREADMERunsAsWritten(t *testing.T) {
	runCommands(t, page{dir: "../..", text: readPage(t, "../../README.md")})
}

// TestEveryCommandOfTheDocsRunsAsWritten does the same for the pages whose commands need nothing from the network but
// hosts under example, each in a directory of its own. Those of feeds.md are in feeds_test.go and presets_test.go.
func TestEveryCommandOfTheDocsRunsAsWritten(t *testing.T) {
	for _, name := range []string{"tutorial.md", "mockserver.md", "bench.md", "scenarios.md", "config.md", "relay.md"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Symlink(livetape, filepath.Join(dir, "livetape")); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
			t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "config"))
			runCommands(t, page{dir: dir, text: readPage(t, "../../docs/"+name), keepsConfig: name == "tutorial.md"})
		})
	}
}

// page is a text with commands, and the directory to run them in.
type page struct {
	dir, text   string
	keepsConfig bool // its yaml blocks are parts of livetape.yaml
}

func runCommands(t *testing.T, p page) {
	t.Helper()
	commands := 0
	servers := map[string]*terminal{} // by address
	for _, m := range pageBlock.FindAllStringSubmatch(p.text, -1) {
		if m[1] == "yaml" {
			if p.keepsConfig {
				appendTo(t, filepath.Join(p.dir, "livetape.yaml"), m[2])
			}
			continue
		}
		for line := range strings.Lines(m[2]) {
			if line, _, _ = strings.Cut(line, " # "); strings.TrimSpace(line) != "" {
				commands++
				p.run(t, strings.TrimSpace(line), servers)
			}
		}
	}
	if commands == 0 {
		t.Fatal("the page has no commands")
	}
}

// run runs one line. A server takes the place of the one before it on the same address.
func (p page) run(t *testing.T, line string, servers map[string]*terminal) {
	t.Helper()
	t.Log(line)
	switch {
	case line == "go test ./...":
		requireCIStep(t, line)
	case strings.HasSuffix(line, " --help"):
		p.runToEnd(t, line)
	case serverCommand.MatchString(line):
		address := addressFlag.FindString(line)
		if before := servers[address]; before != nil {
			before.signal(syscall.SIGINT)
			before.waitForExit()
		}
		servers[address] = p.start(t, line)
		servers[address].waitForText("/events")
	case strings.HasPrefix(line, "curl -N"):
		p.followUntilInterrupted(t, line, "data: ")
	case strings.HasSuffix(line, " > /dev/null"):
		p.followUntilInterrupted(t, line, "livetape: ")
	case strings.Contains(line, "desk.example"):
		p.followUntilInterrupted(t, line, "desk.example")
	case screenCommand.MatchString(line):
		p.watchAndQuit(t, line)
	default:
		p.runToEnd(t, line)
	}
}

var (
	addressFlag   = regexp.MustCompile(`--listen \S+`)
	serverCommand = regexp.MustCompile(`livetape (mock|relay)\b`)
	screenCommand = regexp.MustCompile(`^go run \.$|^(DESK=\S+ \S+ )?(\./)?livetape( (demo|watch|replay)\b.*)?$`)
)

func appendTo(t *testing.T, name, text string) {
	t.Helper()
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// requireCIStep checks that CI runs the command itself: a test that ran the tests would never end.
func requireCIStep(t *testing.T, line string) {
	t.Helper()
	if !strings.Contains(readPage(t, "../../.ci/run"), "\n  "+line+"\n") { // in the function of its stage
		t.Errorf(".ci/run has no line %q", line)
	}
}

func (p page) start(t *testing.T, line string) *terminal {
	t.Helper()
	cmd := exec.Command("bash", "-c", line)
	cmd.Dir = p.dir
	return startTerminal(t, 120, 40, cmd)
}

func (p page) watchAndQuit(t *testing.T, line string) {
	t.Helper()
	term := p.start(t, line)
	badge := regexp.MustCompile(`● \S+|↻ RETRY|✕ FAILED|◐ CONNECTING`)
	term.waitFor("a badge", badge.MatchString)
	if !outside(line) && !outside(readConfig(p.dir)) {
		term.waitFor("a live price", func(screen string) bool {
			return strings.Contains(screen, "● ") && regexp.MustCompile(`\d\.\d\d`).MatchString(screen)
		})
	}
	term.press("q")
	if code := term.waitForExit(); code != 0 {
		t.Errorf("%s: exit code %d after q; the screen shows:\n%s", line, code, term.text())
	}
	term.requireRestored()
}

// outside reports whether a feed is one that the tests do not reach.
func outside(text string) bool {
	return strings.Contains(text, "example") || strings.Contains(text, "preset")
}

// readConfig is the configuration that a page has written, if it has.
func readConfig(dir string) string {
	text, _ := os.ReadFile(filepath.Join(dir, "livetape.yaml")) // most pages write none
	return string(text)
}

func (p page) followUntilInterrupted(t *testing.T, line, until string) {
	t.Helper()
	term := p.start(t, line)
	term.waitFor(until, func(string) bool { return strings.Contains(term.output(), until) })
	term.press("\x03")
	term.waitForExit()
}

func (p page) runToEnd(t *testing.T, line string) {
	t.Helper()
	term := p.start(t, line)
	if code := term.waitForExit(); code != 0 {
		t.Errorf("%s: exit code %d; it says:\n%s", line, code, term.text())
	}
}
