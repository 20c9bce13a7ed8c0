package mockserver_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"livetape/mockserver"
)

// idleServer, set in the environment, makes the test binary a server for clients that wait: a mock server with that
// heartbeat, or, for "bare", a handler that does nothing but keep a stream open.
const idleServer = "LIVETAPE_TEST_IDLE"

// serveIdle serves, and answers every line on standard input with the bytes of heap and stacks that are left after a
// collection.
func serveIdle(how string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	handler := http.Handler(http.HandlerFunc(keepOpen))
	if how != "bare" {
		heartbeat, err := time.ParseDuration(how)
		if err != nil {
			panic(err)
		}
		mock, err := mockserver.New(mockserver.Config{Heartbeat: heartbeat})
		if err != nil {
			panic(err)
		}
		handler = mock.Handler()
	}
	go http.Serve(l, handler)
	fmt.Println(l.Addr())
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Println(memory())
	}
}

// keepOpen is the least that a stream takes of net/http: a response that has begun, and a goroutine that waits.
func keepOpen(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = w.Write([]byte(": hb\n\n"))
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func memory() uint64 {
	debug.FreeOSMemory()
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() + samples[1].Value.Uint64()
}

// idleProcess is a server for clients that wait, in a process of its own.
type idleProcess struct {
	b     *testing.B
	addr  string
	in    io.WriteCloser
	out   *bufio.Reader
	conns []net.Conn
	cmd   *exec.Cmd
}

func startIdle(b *testing.B, how string) *idleProcess {
	b.Helper()
	p := &idleProcess{b: b, cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), idleServer+"="+how)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		b.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	addr, err := p.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	p.addr = strings.TrimSpace(addr)
	return p
}

func (p *idleProcess) stop() {
	for _, conn := range p.conns {
		conn.Close()
	}
	p.in.Close()
	_ = p.cmd.Wait()
}

// connect opens n streams and waits for the first bytes of each.
func (p *idleProcess) connect(n int) {
	p.b.Helper()
	for range n {
		conn, err := net.Dial("tcp", p.addr)
		if err != nil {
			p.b.Fatal(err)
		}
		p.conns = append(p.conns, conn)
		fmt.Fprint(conn, "GET /events HTTP/1.1\r\nHost: mock\r\nAccept: text/event-stream\r\n\r\n")
	}
	first := make([]byte, 512)
	for _, conn := range p.conns {
		if _, err := io.ReadFull(conn, first[:64]); err != nil {
			p.b.Fatal(err)
		}
	}
}

func (p *idleProcess) memory() (bytes float64) {
	p.b.Helper()
	fmt.Fprintln(p.in)
	if _, err := fmt.Fscanln(p.out, &bytes); err != nil {
		p.b.Fatal(err)
	}
	return bytes
}

// cpu is the processor time of the process so far (proc_pid_stat(5)).
func (p *idleProcess) cpu() time.Duration {
	p.b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		p.b.Skip("processor time is read from /proc, which is not here: ", err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	var user, system int
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		p.b.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100 on every Linux
}

// BenchmarkIdleClients is the memory that a server process holds for each of 10,000 clients that wait, over real
// connections: first what net/http takes by itself.
func BenchmarkIdleClients(b *testing.B) {
	const clients = 10000
	for _, how := range []string{"bare", "15s"} {
		b.Run(how, func(b *testing.B) {
			for b.Loop() {
				p := startIdle(b, how)
				before := p.memory()
				p.connect(clients)
				b.ReportMetric((p.memory()-before)/clients, "B/client")
				p.stop()
			}
		})
	}
}

// BenchmarkHeartbeats is the processor time of a server process for one heartbeat of one of 10,000 clients.
func BenchmarkHeartbeats(b *testing.B) {
	const clients, seconds = 10000, 10
	for b.Loop() {
		p := startIdle(b, "1s")
		p.connect(clients)
		before := p.cpu()
		<-time.After(seconds * time.Second)
		b.ReportMetric(float64(p.cpu()-before)/clients/seconds, "cpu-ns/heartbeat")
		p.stop()
	}
}
