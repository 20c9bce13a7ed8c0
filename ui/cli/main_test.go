package cli_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"go.uber.org/goleak"

	"livetape/mockserver"
	"livetape/mockserver/porttest"
	"livetape/ui/cli"
)

// serverAddr, set in the environment, makes the test binary a server on that address instead of a test run:
// see serverProcess.
const serverAddr = "LIVETAPE_TEST_SERVER"

// panickingURL, set in the environment, makes the test binary a screen that can be made to panic.
const panickingURL = "LIVETAPE_TEST_PANICKING"

func TestMain(m *testing.M) {
	if url := os.Getenv(panickingURL); url != "" {
		os.Exit(cli.RunPanicking(url))
	}
	if dir := os.Getenv(natsDir); dir != "" {
		panic(serveNATS(dir))
	}
	if addr := os.Getenv(serverAddr); addr != "" {
		serveUntilKilled(addr)
		return
	}
	os.Setenv("NODE_PATH", "/usr/share/nodejs") // where Debian keeps Express, and node does not look by itself
	os.Exit(testWithBinary(m))
}

func testWithBinary(m *testing.M) int {
	dir, err := os.MkdirTemp("", "livetape")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if livetape, err = buildBinary(dir); err != nil {
		fmt.Fprintln(os.Stderr, "build livetape:", err)
		return 1
	}
	for name, value := range environment(dir) {
		os.Setenv(name, value)
	}
	log.SetOutput(io.Discard)                                        // servers log what clients break off
	flag.Set("test.parallel", strconv.Itoa(8*runtime.GOMAXPROCS(0))) // unless the command line says how many: most of them wait
	code := m.Run()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if err := goleak.Find(goleak.IgnoreTopFunction("github.com/charmbracelet/bubbletea.Tick.func1")); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "goroutines that no test has ended:", err)
		return 1
	}
	return code
}

// environment is that of every test, since tests that set variables cannot run in parallel. What the developer has set up is
// not in it.
func environment(dir string) map[string]string {
	return map[string]string{
		"GOGC":            "200",
		"GOMAXPROCS":      strconv.Itoa(runtime.GOMAXPROCS(0)), // a screen in this process takes no core from the tests
		"XDG_CONFIG_HOME": filepath.Join(dir, "config"), "XDG_STATE_HOME": filepath.Join(dir, "state"),
		"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "",
		"TZ":                  "UTC", // also of this process, whose time.Local NATS may be reading
		"LIVETAPE_TEST_TOKEN": "s3cret", "PYTH_API_KEY": "a-token", "OANDA_TOKEN": "a-token",
	}
}

// serveUntilKilled runs a mock server whose listener obeys the lines on standard input: "cut" closes it with
// all its connections, "listen" opens it again on the same address. Each is answered with a line.
func serveUntilKilled(addr string) {
	mock, err := mockserver.New(mockserver.Config{Seed: 7})
	if err != nil {
		panic(err)
	}
	go mock.Run(context.Background())

	var server *http.Server
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		switch lines.Text() {
		case "listen":
			listener, err := porttest.Listen(addr)
			if err != nil {
				panic(err)
			}
			addr = listener.Addr().String()
			server = &http.Server{Handler: mock.Handler()}
			go server.Serve(listener)
			fmt.Println(addr)
		case "cut":
			server.Close()
			fmt.Println("cut")
		}
	}
}

// serverProcess is a mock server in a process of its own, with a listener that can be cut.
type serverProcess struct {
	t       testing.TB
	addr    string
	cmd     *exec.Cmd
	control func(line string) (answer string)
}

// startServer starts a server process that listens on addr; port 0 picks a free one.
func startServer(t testing.TB, addr string) *serverProcess {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serverAddr+"="+addr)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the server process: %v", err)
	}
	answers := bufio.NewScanner(out)
	p := &serverProcess{t: t, cmd: cmd, control: func(line string) string {
		t.Helper()
		fmt.Fprintln(in, line)
		if !answers.Scan() {
			t.Fatalf("the server process did not answer %q: %v", line, answers.Err())
		}
		return answers.Text()
	}}
	t.Cleanup(p.kill)
	p.addr = p.control("listen")
	return p
}

func (p *serverProcess) url() string { return "http://" + p.addr + "/events" }

// cut closes the listener and every connection; the server's memory stays.
func (p *serverProcess) cut() { p.control("cut") }

// listen opens the listener again, on the same port.
func (p *serverProcess) listen() { p.control("listen") }

// kill ends the process as kill -9 does, with all its memory.
func (p *serverProcess) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}
