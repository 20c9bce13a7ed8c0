package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// roleFlag begins the command line of this program in a process that it starts.
const roleFlag = "-role"

func playRole(name string, args []string) error {
	role := map[string]func([]string) error{
		"server": serveUntilDone, "burst": serveBurst, "stamps": serveStamps, "read": readBurst, "follow": followRaw, "naive": runNaive,
	}[name]
	if role == nil {
		return fmt.Errorf("there is no role %q", name)
	}
	return role(args)
}

func roleCommand(role string, args ...any) *exec.Cmd {
	words := []string{roleFlag, role}
	for _, a := range args {
		words = append(words, fmt.Sprint(a))
	}
	return exec.Command(os.Args[0], words...)
}

// process is one that was started, with pipes to it.
type process struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	machine *machine
}

func (b *bench) start(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, machine: &b.machine}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.out, cmd.Stderr = in, bufio.NewReader(out), os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	b.machine.started(cmd.Process.Pid)
	return p, nil
}

func (p *process) end() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // what it printed says how it went
	p.machine.ended(p.cmd.Process.Pid)
}

func (p *process) readLine() (string, error) {
	line, err := p.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("what %s says: %w", p.cmd, err)
	}
	return strings.TrimSpace(line), nil
}

func (p *process) readReport(report any) error {
	line, err := p.readLine()
	if err == nil {
		err = json.Unmarshal([]byte(line), report)
	}
	return err
}

// startServer starts a role that serves; the first line it prints is its URL.
func (b *bench) startServer(role string, args ...any) (p *process, url string, err error) {
	if p, err = b.start(roleCommand(role, args...)); err != nil {
		return nil, "", err
	}
	if url, err = p.readLine(); err != nil {
		p.end()
	}
	return p, url, err
}

// startMock runs livetape's mock server.
func (b *bench) startMock(rate float64, symbols int) (p *process, url string, err error) {
	p, err = b.start(b.command("mock", "--listen", "127.0.0.1:0", "--log-level", "error", "--rate", fmt.Sprintf("%f", rate), "--symbol-count", fmt.Sprint(symbols)))
	if err != nil {
		return nil, "", err
	}
	for {
		line, err := p.readLine()
		if err != nil {
			p.end()
			return nil, "", err
		}
		if at := strings.Index(line, "http://"); strings.HasPrefix(line, "events") && at >= 0 {
			return p, strings.Fields(line[at:])[0], nil
		}
	}
}

// share is the processor time that processes use in a while, in per cent of one core.
func share(window time.Duration, processes ...int) ([]float64, error) {
	before, after := make([]time.Duration, len(processes)), make([]time.Duration, len(processes))
	read := func(times []time.Duration) (err error) {
		for i, pid := range processes {
			if times[i], err = processorTime(pid); err != nil {
				return err
			}
		}
		return nil
	}
	if err := read(before); err != nil {
		return nil, err
	}
	began := time.Now()
	time.Sleep(window)
	if err := read(after); err != nil {
		return nil, err
	}
	used, took := make([]float64, len(processes)), time.Since(began)
	for i := range used {
		used[i] = 100 * float64(after[i]-before[i]) / float64(took)
	}
	return used, nil
}
