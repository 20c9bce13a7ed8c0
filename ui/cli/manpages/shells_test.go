package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"livetape/ui/cli"
)

// TestMain lets the test binary be livetape where a shell calls it so to complete a line.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "livetape" {
		os.Exit(cli.Run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// shellConfiguration is what lies beside the recording desk.tape where the lines are typed.
const shellConfiguration = `
feeds:
  metals: {url: "https://metals.example/events"}
watchlists:
  majors: [BTC/USD, ETH/USD]
`

// completed has lines as they are typed up to the tab key, and as they are after it.
var completed = []struct{ typed, want string }{
	{"livetape wat", "livetape watch "},
	{"livetape help exit", "livetape help exit-codes "},
	{"livetape watch m", "livetape watch metals "},
	{"livetape watch --preset stellar-t", "livetape watch --preset stellar-trades "},
	{"livetape watch --preset=stellar-t", "livetape watch --preset=stellar-trades "},
	{"livetape watch --list m", "livetape watch --list majors "},
	{"livetape watch --symbols BTC/USD,E", "livetape watch --symbols BTC/USD,ETH/USD"},
	{"livetape watch --columns symbol,las", "livetape watch --columns symbol,last"},
	{"livetape watch --theme m", "livetape watch --theme mono "},
	{"livetape stream --fields symbol,la", "livetape stream --fields symbol,last"},
	{"livetape stream -o js", "livetape stream -o json "},
	{"livetape mock --fault stal", "livetape mock --fault stall "},
	{"livetape demo --scenario fl", "livetape demo --scenario flash-crash "},
	{"livetape scenarios ea", "livetape scenarios earnings "},
	{"livetape replay de", "livetape replay desk.tape "},
	{"livetape config chec", "livetape config check "},
	{"livetape config check live", "livetape config check livetape.yaml "},
}

// shells are those that Debian has, each with the command line that starts it without anybody's settings, and with what sets it
// up: to load the completion of this build, and to print the line that is being typed at ctrl+f.
var shells = []struct {
	name, setUp string
	start       []string
}{
	{"bash", `source /usr/share/bash-completion/bash_completion; source "$COMPLETIONS/livetape.bash"; ` +
		`PS1=; bind 'set enable-bracketed-paste off'; bind -x '"\C-f": echo "LINE<$READLINE_LINE>"'`,
		[]string{"--norc", "--noprofile", "-i"}},
	{"zsh", `fpath=("$COMPLETIONS" $fpath); autoload -Uz compinit; compinit -u -D; ` +
		`PS1=; show-line() { print -r -- "LINE<$BUFFER>"; }; zle -N show-line; bindkey '^F' show-line`,
		[]string{"-f", "-i"}},
	{"fish", `source "$COMPLETIONS/livetape.fish"; ` +
		`function fish_prompt; end; bind \cf 'echo "LINE<"(commandline)">"'`,
		[]string{"--no-config", "-i"}},
}

func TestShellsCompleteALineAtTheTabKey(t *testing.T) {
	dir := shellDirectory(t)
	for _, shell := range shells {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			typing := startShell(t, lookForShell(t, shell.name), shell.start, dir)
			typing.keys(shell.setUp + "; echo RE''ADY\n")
			typing.read("READY")
			for _, test := range completed {
				got := strings.ReplaceAll(typing.complete(test.typed), `\,`, ",") // bash quotes a comma
				if got != test.want {
					t.Errorf("%q and tab: %q; want %q", test.typed, got, test.want)
				}
			}
		})
	}
}

// shellDirectory has the completions, livetape, a configuration and a recording.
func shellDirectory(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{"livetape.yaml": shellConfiguration, "desk.tape": ""} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(binary, filepath.Join(dir, "bin", "livetape")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// lookForShell skips the test where a shell is not installed, unless LIVETAPE_SHELLS=required.
func lookForShell(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil && name == "bash" {
		_, err = os.Stat("/usr/share/bash-completion/bash_completion")
	}
	if err == nil {
		return path
	}
	if os.Getenv("LIVETAPE_SHELLS") == "required" {
		t.Fatal(err)
	}
	t.Skip(err)
	return ""
}

// shell is one in a terminal, in which somebody types.
type shell struct {
	t    *testing.T
	pty  *os.File
	said string // and not yet read
}

func startShell(t *testing.T, path string, args []string, dir string) *shell {
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"), "COMPLETIONS="+filepath.Join(dir, "completions"),
		"HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir, "TERM=dumb", "INPUTRC=/dev/null")
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 200, Rows: 50})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		terminal.Close()
	})
	return &shell{t: t, pty: terminal}
}

func (s *shell) keys(typed string) {
	s.t.Helper()
	if _, err := io.WriteString(s.pty, typed); err != nil {
		s.t.Fatal(err)
	}
}

// complete is what a line is after the tab key; it is then thrown away.
func (s *shell) complete(typed string) string {
	s.t.Helper()
	s.keys(typed + "\t\x06")
	s.read("LINE<")
	line := s.read(">")
	s.keys("\x15")
	return line
}

// read is what the shell says up to an end.
func (s *shell) read(end string) string {
	s.t.Helper()
	timeout := time.AfterFunc(30*time.Second, func() { s.pty.Close() })
	defer timeout.Stop()
	buf := make([]byte, 4096)
	for {
		if before, after, found := strings.Cut(s.said, end); found {
			s.said = after
			return before
		}
		n, err := s.pty.Read(buf)
		s.said += string(buf[:n])
		if err != nil {
			s.t.Fatalf("waiting for %q: %v; the shell said %q", end, err, s.said)
		}
	}
}
