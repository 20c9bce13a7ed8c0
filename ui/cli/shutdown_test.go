package cli_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// mockProcess is `livetape mock` in a process of its own.
type mockProcess struct {
	t      testing.TB
	cmd    *exec.Cmd
	url    string // http://host:port
	banner string // what it said before that, and the rest of the paragraph
	stderr bytes.Buffer
	out    *bufio.Reader
}

var serverURL = regexp.MustCompile(`https?://[^/ ]+:\d+`)

// startMockProcess runs `livetape mock` on a free port until the test ends.
func startMockProcess(t testing.TB, args ...string) *mockProcess {
	t.Helper()
	return startServing(t, append([]string{"mock", "--listen", "127.0.0.1:0"}, args...)...)
}

// startServing runs a command that serves until the test ends.
func startServing(t testing.TB, args ...string) *mockProcess {
	t.Helper()
	p := &mockProcess{t: t, cmd: exec.Command(livetape, args...)}
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	for !strings.Contains(p.banner, "Stop it:") {
		line, err := p.out.ReadString('\n')
		if err != nil {
			p.cmd.Wait()
			t.Fatalf("it said %q and %q, and ended: %v", p.banner, p.stderr.String(), err)
		}
		p.banner += line
	}
	p.url = serverURL.FindString(p.banner)
	return p
}

func (p *mockProcess) addr() string {
	_, addr, _ := strings.Cut(p.url, "://")
	return addr
}

// end sends a signal and waits for the end; it returns the exit code.
func (p *mockProcess) end(s os.Signal) int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, p.out)
	_ = p.cmd.Wait() // its exit code says it
	return p.cmd.ProcessState.ExitCode()
}

// streamEnds are the ends of streams over HTTP/1.0 and HTTP/1.1, whose last chunk says that nothing is missing (RFC
// 9112 §7.1).
var streamEnds = [...]*regexp.Regexp{
	regexp.MustCompile(`\n\nretry: \d{4}\n\n$`),
	regexp.MustCompile(`\n\n\r\nd\r\nretry: \d{4}\n\n\r\n0\r\n\r\n$`),
}

// TestATerminatedServerEndsEveryStreamWhole looks at the bytes of HTTP/1.1 on the wire.
func TestATerminatedServerEndsEveryStreamWhole(t *testing.T) {
	t.Parallel()
	startMockProcess(t, "--rate", "2000").requireWholeEnds()
}

// requireWholeEnds terminates a server that has clients.
func (p *mockProcess) requireWholeEnds() {
	t := p.t
	t.Helper()
	var conns []net.Conn
	for n := range 20 {
		conn, err := net.Dial("tcp", p.addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET /events HTTP/1.%d\r\nHost: mock\r\n\r\n", n%2)
		if _, err := io.ReadFull(conn, make([]byte, 2000)); err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	ended := make(chan int)
	go func() { ended <- p.end(syscall.SIGTERM) }()
	for n, conn := range conns {
		rest, err := io.ReadAll(conn)
		if err != nil || !streamEnds[n%2].Match(rest) {
			t.Errorf("stream %d of HTTP/1.%d ended with %v behind %q", n, n%2, err, rest[max(0, len(rest)-100):])
		}
	}
	if code := <-ended; code != 128+int(syscall.SIGTERM) {
		t.Errorf("exit code %d", code)
	}
	if _, err := net.Dial("tcp", p.addr()); err == nil {
		t.Error("it still listens")
	}
}
