//go:build unix

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"
)

const smallConfig = "feeds:\n  desk: {url: 'http://desk.example/events'}\n"

func TestAByteOrderMarkIsNoMistakeInAConfiguration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wide := []byte("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(smallConfig)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	for name, c := range map[string]struct {
		content, says string
		code          int
	}{
		"marked.yaml": {"\xef\xbb\xbf" + smallConfig, "1 feed, desk", 0},
		"wide.yaml":   {string(wide), "this is UTF-16: save the file as UTF-8", 1},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := livetapeIn(dir, []string{"config", "check", name})
		said, _ := cmd.CombinedOutput() // its exit code says it
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(said), c.says) {
			t.Errorf("%s: exit code %d, %s", name, code, said)
		}
	}
}

func TestConfigInitWritesNothingForAUserWithoutAHome(t *testing.T) {
	t.Parallel()
	cmd := livetapeIn(t.TempDir(), []string{"config", "init"})
	cmd.Env = []string{"HOME=", "XDG_CONFIG_HOME="}
	said, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "HOME is not set") {
		t.Errorf("%v: %s", err, said)
	}
}

func makePipe(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAConfigurationThatBecomesAPipeHoldsNothingUp(t *testing.T) {
	t.Parallel()
	e, dir := startPriceServer(t), t.TempDir()
	e.writeConfig(t, dir, "feeds:\n  desk: {url: EXCHANGE/nvda}\n")
	term := startTerminal(t, 120, 30, livetapeIn(dir, []string{"watch"}))
	term.waitForText("● LIVE", "100.50")
	if err := os.Rename(makePipe(t, dir, "pipe"), filepath.Join(dir, "livetape.yaml")); err != nil {
		t.Fatal(err)
	}
	term.waitForText("no longer a regular file")
	term.press("q")
	if code := term.waitForExit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestAConfigurationFromAProcessIsReadOnce(t *testing.T) {
	t.Parallel()
	e, dir := startPriceServer(t), t.TempDir()
	e.writeConfig(t, dir, "feeds:\n  desk: {url: EXCHANGE/nvda}\n")
	cmd := exec.Command("bash", "-c", `"$0" watch --config <(cat "$1")`, livetape, filepath.Join(dir, "livetape.yaml"))
	term := startTerminal(t, 120, 30, cmd)
	term.waitForText("● LIVE", "100.50")
	for _, price := range []string{"101.50", "102.50", "103.50", "104.50", "105.50", "106.50", "107.50", "108.50"} {
		e.tick() // each takes a frame's time: together they are longer than a change needs to be noticed
		if screen := term.waitForText(price); strings.Contains(screen, "read configuration") || strings.Contains(screen, "settings") {
			t.Fatalf("an alarm is shown:\n%s", screen)
		}
	}
	term.press("q")
	term.waitForExit()
}

func TestAPipeInTheWorkingDirectoryIsNoConfiguration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	makePipe(t, dir, "livetape.yaml")
	said, err := livetapeIn(dir, []string{"watch"}).CombinedOutput()
	if err == nil || !strings.Contains(string(said), "livetape.yaml in this directory is not used: it is not a regular file") {
		t.Errorf("%v: %s", err, said)
	}
}

func TestASignalEndsTheReadingOfAPipeThatNobodyWritesTo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	term := startTerminal(t, 80, 24, exec.Command("sh", "-c", `echo started; exec "$0" watch --config "$1"`, livetape, makePipe(t, dir, "pipe.yaml")))
	term.waitForText("started")
	term.signal(syscall.SIGHUP)
	if code := term.waitForExit(); code != 128+int(syscall.SIGHUP) && code != -1 { // -1: before it has taken over from sh
		t.Errorf("exit code %d", code)
	}
}
