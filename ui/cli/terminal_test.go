package cli_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	xterm "github.com/charmbracelet/x/term"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"livetape/ui/cli"
)

// waitLimit bounds every wait for the screen. It is long because machines are slow, and costs nothing when
// what is waited for comes.
const waitLimit = 2 * time.Minute

// livetape is the built binary; see TestMain.
var livetape string

// buildBinary builds the program as a user would.
func buildBinary(dir string) (string, error) {
	bin := filepath.Join(dir, "livetape")
	build := exec.Command("go", "build", "-o", bin, "livetape")
	build.Stderr = os.Stderr
	return bin, build.Run()
}

// terminal is a process or a command in a pty behind a terminal emulator.
type terminal struct {
	t       testing.TB
	pty     *os.File
	cmd     *exec.Cmd     // nil: a command in the test process
	stop    func()        // ends it
	code    int           // the exit code, once ended is closed
	ended   chan struct{} // closed when the process or the command has ended
	drained chan struct{} // closed when all its output is on the screen

	mu      sync.Mutex
	screen  *vt.Emulator
	changed chan struct{} // closed and replaced at every write
	raw     []byte        // the last bytes written, for a failure's report
	written int
}

// startTerminal runs a process in a new terminal of the given size.
func startTerminal(t testing.TB, width, height int, cmd *exec.Cmd) *terminal {
	t.Helper()
	own := []string{"GOMAXPROCS=", "GOGC=", "XDG_STATE_HOME=" + t.TempDir()} // not that of the tests, whose screens keep what is changed on them
	cmd.Env = slices.Concat(os.Environ(), own, cmd.Env)
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
	if err != nil {
		t.Fatalf("start %s in a pty: %v", cmd, err)
	}
	term := &terminal{t: t, pty: file, cmd: cmd, stop: func() { cmd.Process.Kill() }}
	term.start(width, height, func() int {
		_ = cmd.Wait() // its exit code says it
		return cmd.ProcessState.ExitCode()
	})
	return term
}

// startScreen runs a command in a new terminal of the given size, within the test process, which costs a fifth of a process
// of its own. Signals, the working directory and the environment need one: see startTerminal.
func startScreen(t testing.TB, width, height int, args ...string) *terminal {
	t.Helper()
	file, tty, err := pty.Open()
	if err != nil {
		t.Fatalf("open a pty: %v", err)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		t.Fatalf("set the size of a terminal: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	term := &terminal{t: t, pty: file, stop: cancel}
	term.start(width, height, func() int {
		defer tty.Close()
		return cli.Run(ctx, args, tty, tty, tty)
	})
	return term
}

// start shows what run writes to the terminal until the test has ended.
func (term *terminal) start(width, height int, run func() (exitCode int)) {
	term.screen = newScreen(width, height)
	term.changed, term.ended, term.drained = make(chan struct{}), make(chan struct{}), make(chan struct{})
	var copying sync.WaitGroup
	copying.Go(term.show)
	copying.Go(func() { io.Copy(term.pty, term.screen) }) // answers to the program's questions about colours and cursor
	go func() {
		defer close(term.ended)
		term.code = run()
	}()
	term.t.Cleanup(func() {
		term.stop()
		<-term.ended
		term.pty.Close()
		term.screen.InputPipe().(io.Closer).Close() // ends the answers; the emulator's own Close races with its Read
		copying.Wait()
	})
}

// show feeds the process's output to the emulator until the pty is closed.
func (term *terminal) show() {
	buf := make([]byte, 32<<10)
	for {
		n, err := term.pty.Read(buf)
		term.mu.Lock()
		term.screen.Write(buf[:n])
		term.raw = append(term.raw, buf[:n]...)
		if over := len(term.raw) - 64<<10; over > 0 {
			term.raw = term.raw[over:]
		}
		term.written += n
		if err != nil {
			close(term.drained)
		}
		close(term.changed)
		term.changed = make(chan struct{})
		term.mu.Unlock()
		if err != nil {
			return
		}
		runtime.Gosched() // on a busy machine, who waits for this screen would see only later ones
	}
}

// text is the screen as lines.
func (term *terminal) text() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.lines()
}

// lines are what the emulator's String returns, which takes six times as long: it copies a line for each of its cells. The
// caller holds mu.
func (term *terminal) lines() string {
	width, height := term.screen.Width(), term.screen.Height()
	lines, line := make([]string, height), strings.Builder{}
	for y := range height {
		line.Reset()
		line.Grow(2 * width)
		for x := range width {
			line.WriteString(term.screen.CellAt(x, y).Content)
		}
		lines[y] = strings.TrimRight(line.String(), " ")
	}
	return strings.Join(lines, "\r\n")
}

// waitFor returns the first screen that satisfies ok.
func (term *terminal) waitFor(what string, ok func(screen string) bool) string {
	term.t.Helper()
	screen, shown := term.showsWithin(waitLimit, ok)
	if !shown {
		term.t.Fatalf("the screen never showed %s; it shows:\n%s", what, screen)
	}
	return screen
}

// showsWithin waits for a screen that satisfies ok, and returns the last one.
func (term *terminal) showsWithin(limit time.Duration, ok func(screen string) bool) (screen string, shown bool) {
	deadline := time.After(limit)
	for {
		var changed <-chan struct{}
		if screen, changed = term.now(); ok(screen) {
			return screen, true
		}
		select {
		case <-changed:
		case <-deadline:
			return screen, false
		}
	}
}

// now is the screen, and a channel that is closed when it changes.
func (term *terminal) now() (screen string, changed <-chan struct{}) {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.lines(), term.changed
}

// waitForBoth waits until two screens satisfy ok together, whichever of them is the last to change.
func waitForBoth(what string, one, other *terminal, ok func(one, other string) bool) {
	one.t.Helper()
	deadline := time.After(waitLimit)
	for {
		first, firstChanged := one.now()
		second, secondChanged := other.now()
		if ok(first, second) {
			return
		}
		select {
		case <-firstChanged:
		case <-secondChanged:
		case <-deadline:
			one.t.Fatalf("the screens never showed %s; they show:\n%s\n%s", what, first, second)
		}
	}
}

// waitForText waits until the screen shows every one of the texts at once.
func (term *terminal) waitForText(texts ...string) string {
	term.t.Helper()
	return term.waitFor(strings.Join(texts, " and "), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// waitForBytes waits until the program has written something since then.
func (term *terminal) waitForBytes(since int, want string) {
	term.t.Helper()
	term.waitFor(fmt.Sprintf("the bytes %q", want), func(string) bool {
		term.mu.Lock()
		defer term.mu.Unlock()
		return strings.Contains(string(term.raw[max(len(term.raw)-(term.written-since), 0):]), want)
	})
}

// bytesWritten is how much the process has written to its terminal so far.
func (term *terminal) bytesWritten() int {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.written
}

// press types keys.
func (term *terminal) press(keys string) {
	term.t.Helper()
	if _, err := term.pty.WriteString(keys); err != nil {
		term.t.Fatalf("type %q: %v", keys, err)
	}
}

// waitForExit waits for the process to end and returns its exit code, or -1 after a signal.
func (term *terminal) waitForExit() int {
	term.t.Helper()
	select {
	case <-term.ended:
	case <-time.After(waitLimit):
		term.t.Fatalf("the process did not end; the screen shows:\n%s", term.text())
	}
	<-term.drained // the kernel reports the end of output once the last process has left the terminal
	return term.code
}

// requireRestored checks that the terminal is as a shell needs it: the main screen, a visible cursor,
// no mouse or paste modes, echo and line editing on.
func (term *terminal) requireRestored() {
	term.t.Helper()
	raw := term.output()
	if strings.LastIndex(raw, "\x1b[?1049l") < strings.LastIndex(raw, "\x1b[?1049h") || !strings.Contains(raw, "\x1b[?1049l") {
		term.t.Errorf("the alternate screen is still on")
	}
	if strings.LastIndex(raw, "\x1b[?25h") < strings.LastIndex(raw, "\x1b[?25l") {
		term.t.Errorf("the cursor is still hidden")
	}
	if strings.LastIndex(raw, "\x1b[?2004l") < strings.LastIndex(raw, "\x1b[?2004h") {
		term.t.Errorf("bracketed paste is still on")
	}
	if got, want := lineDiscipline(term.t, term.pty), freshLineDiscipline(term.t); !reflect.DeepEqual(got, want) {
		term.t.Errorf("the line discipline is %+v, but was %+v before", got, want)
	}
}

// output is the last 64 KiB that the process wrote. Once ended is closed and the terminal is drained it is
// complete.
func (term *terminal) output() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return string(term.raw)
}

// lineDiscipline is whether the terminal echoes, edits lines and so on.
func lineDiscipline(t testing.TB, f *os.File) *xterm.State {
	t.Helper()
	state, err := xterm.GetState(f.Fd())
	if err != nil {
		t.Fatalf("read the terminal's state: %v", err)
	}
	return state
}

// freshLineDiscipline is that of a terminal in which nothing has run yet.
func freshLineDiscipline(t testing.TB) *xterm.State {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatalf("open a pty: %v", err)
	}
	defer master.Close()
	defer slave.Close()
	return lineDiscipline(t, master)
}

// signal sends the process a signal.
func (term *terminal) signal(s syscall.Signal) {
	term.t.Helper()
	if err := term.cmd.Process.Signal(s); err != nil {
		term.t.Fatalf("send %s: %v", s, err)
	}
}

func newScreen(width, height int) *vt.Emulator { return vt.NewEmulator(width, height) }

// startMock runs `livetape mock` in a process of its own and returns the URL of its events.
func startMock(b testing.TB, args ...string) string {
	b.Helper()
	cmd := exec.Command(livetape, append([]string{"mock", "--listen", "127.0.0.1:0"}, args...)...)
	term := startTerminal(b, 100, 30, cmd)
	screen := term.waitFor("its URL", eventsURL.MatchString)
	return eventsURL.FindString(screen)
}

var (
	eventsURL  = regexp.MustCompile(`http://127\.0\.0\.1:\d+/events`)
	eventCount = regexp.MustCompile(`([\d,]+) events`)
)

// eventsTaken is the count of events on the screen.
func eventsTaken(screen string) int {
	found := eventCount.FindStringSubmatch(screen)
	if found == nil {
		return 0
	}
	n, err := strconv.Atoi(strings.ReplaceAll(found[1], ",", ""))
	if err != nil {
		return 0
	}
	return n
}
