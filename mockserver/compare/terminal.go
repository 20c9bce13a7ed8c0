package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// terminal is a process on a terminal of its own, behind an emulator.
type terminal struct {
	cmd     *exec.Cmd
	file    *os.File
	machine *machine
	running sync.WaitGroup

	mu      sync.Mutex
	screen  *vt.Emulator
	changed func(at time.Time, screen *vt.Emulator) // called with mu held after each write; may be nil
	written int
}

func (b *bench) openTerminal(width, height int, cmd *exec.Cmd) (*terminal, error) {
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
	if err != nil {
		return nil, fmt.Errorf("start %s on a terminal: %w", cmd, err)
	}
	t := &terminal{cmd: cmd, file: file, machine: &b.machine, screen: vt.NewEmulator(width, height)}
	b.machine.started(cmd.Process.Pid)
	t.running.Go(t.show)
	t.running.Go(func() { _, _ = io.Copy(file, t.screen) }) // answers to the program's questions; they end with the screen
	return t, nil
}

// show gives the emulator what is written until the terminal is closed.
func (t *terminal) show() {
	buf := make([]byte, 64<<10)
	for {
		n, err := t.file.Read(buf)
		at := time.Now()
		t.mu.Lock()
		_, _ = t.screen.Write(buf[:n]) // an emulator takes everything
		t.written += n
		if t.changed != nil {
			t.changed(at, t.screen)
		}
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (t *terminal) close() {
	_ = t.cmd.Process.Kill()
	_ = t.cmd.Wait() // it was killed
	t.machine.ended(t.cmd.Process.Pid)
	_ = t.file.Close()
	_ = t.screen.InputPipe().(io.Closer).Close() // ends the answers; the emulator's own Close races with its Read
	t.running.Wait()
}

func (t *terminal) pid() int { return t.cmd.Process.Pid }

func (t *terminal) press(keys string) error {
	_, err := io.WriteString(t.file, keys)
	return err
}

// onChange calls a function after each write.
func (t *terminal) onChange(f func(at time.Time, screen *vt.Emulator)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changed = f
}

// text is the screen as lines, and how many bytes were written to it so far.
func (t *terminal) text() (screen string, written int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.screen.String(), t.written
}

// waitFor waits until the screen is as it should be.
func (t *terminal) waitFor(limit time.Duration, what string, reached func(screen string) bool) error {
	deadline := time.Now().Add(limit)
	for {
		screen, _ := t.text()
		if reached(screen) {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s does not show %s:\n%s", t.cmd, what, screen)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

const startLimit = 30 * time.Second // for a program to show what it does

func (t *terminal) waitForEvents(n int, limit time.Duration) error {
	return t.waitFor(limit, fmt.Sprintf("%d events", n), func(screen string) bool { return eventsOn(screen) >= n })
}

var eventCount = regexp.MustCompile(`([\d,]+) events?\b`)

// eventsOn is the count of events on a screen.
func eventsOn(screen string) int {
	found := eventCount.FindStringSubmatch(screen)
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.ReplaceAll(found[1], ",", "")) // of digits
	return n
}
