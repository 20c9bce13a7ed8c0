package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/nats-io/nats-server/v2/server"

	"livetape/mockserver/porttest"
)

// natsDir and natsPort, set in the environment, make the test binary a NATS server that keeps its data in a folder.
const (
	natsDir  = "LIVETAPE_TEST_NATS_DIR"
	natsPort = "LIVETAPE_TEST_NATS_PORT"
)

func serveNATS(dir string) error {
	port, err := strconv.Atoi(os.Getenv(natsPort))
	if err != nil {
		return err
	}
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, NoSigs: true, NoLog: true})
	if err != nil {
		return err
	}
	s.Start()
	s.WaitForShutdown()
	return nil
}

// TestAChainOfRelaysOutlivesEachOfItsParts has a mock server, two relays that share a log, nginx before them, and behind it a
// screen and the page in Chromium. Each part is killed with SIGKILL in turn, and started again: nothing is lost, and what is not
// known is said.
func TestAChainOfRelaysOutlivesEachOfItsParts(t *testing.T) {
	t.Parallel()
	c := startChain(t)
	c.screen.waitForText("● relay", "● desk", "NVDA")
	c.page.waitFor(`text('#state') === 'Live' && text('#feeds').includes('● desk')`)
	c.killRelays()
	c.killNginx()
	c.killNATS()
	if text := c.page.text("#continuity") + c.page.text("#headlines"); strings.Contains(text, "reset") || !strings.Contains(text, "0 missed") {
		t.Errorf("the page says of what it missed:\n%s", text)
	}
	if screen := c.screen.text(); strings.Contains(screen, "could not resume") || !toldGap.MatchString(screen) {
		t.Errorf("the screen says of what it missed:\n%s", screen)
	}
	c.killMock()
	c.screen.signal(syscall.SIGKILL)
	c.screen.waitForExit()
	c.watch().waitForText("● relay", "● desk", "NVDA")
}

// toldGap is what the screen says of a break after which nothing is missing.
var toldGap = regexp.MustCompile(`relay · gap .* 0 missed`)

// killRelays kills the one that publishes, and then the one that has taken over.
func (c *chain) killRelays() {
	c.t.Helper()
	publisher := c.publisher()
	c.relays[publisher].kill()
	c.waitForEvents("the other relay has taken over")
	c.relays[publisher].start()
	waitUntil(c.t, "it is ready again", func() bool { return c.ready(publisher) })
	other := 1 - publisher
	c.relays[other].kill()
	c.waitForEvents("the relay that was started again serves and publishes")
	c.relays[other].start()
}

func (c *chain) killNginx() {
	c.t.Helper()
	c.nginx.kill()
	c.screen.waitForText("↻ relay")
	c.page.waitFor(`text('#state') !== 'Live'`)
	c.nginx.start()
	c.waitForEvents("nginx is back")
}

func (c *chain) killNATS() {
	c.t.Helper()
	c.nats.kill()
	c.screen.waitForText("◌ event log", "◌ desk")
	c.page.waitFor(`text('#state') === 'No feed is live' && text('#feeds').includes('event log quiet')`)
	c.nats.start()
	c.waitForEvents("NATS is back")
}

// killMock has the mock server come back with another market, in which its clients cannot resume.
func (c *chain) killMock() {
	c.t.Helper()
	c.mock.kill()
	c.screen.waitForText("● relay", "↻ desk")
	c.page.waitFor(`text('#state') === 'No feed is live' && text('#feeds').includes('desk waiting')`)
	c.mock.start()
	c.waitForEvents("the mock server is back")
	c.page.waitFor(`text('#headlines').includes('Gap: desk')`)
	c.screen.waitFor("the gap of desk", func(screen string) bool {
		return strings.Contains(screen, "desk · gap") && strings.Count(screen, "could not resume") == 1
	})
}

// chain is the processes of the test.
type chain struct {
	t      *testing.T
	nats   *part
	mock   *part
	relays [2]*part
	nginx  *part
	screen *terminal
	page   *chainPage
}

// part is a process that can be killed, and started again on its address.
type part struct {
	t    *testing.T
	addr string
	run  func() *exec.Cmd

	cmd   *exec.Cmd
	said  bytes.Buffer  // of its standard error
	ended chan struct{} // closed at its end
}

// startPart starts a process, and waits until it listens.
func startPart(t *testing.T, addr string, run func() *exec.Cmd) *part {
	t.Helper()
	p := &part{t: t, addr: addr, run: run}
	t.Cleanup(p.kill)
	p.start()
	return p
}

func (p *part) start() {
	p.t.Helper()
	p.cmd, p.ended = p.run(), make(chan struct{})
	p.said.Reset()
	p.cmd.Stderr = &p.said
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // it is killed, or says why it ends
	}()
	waitUntil(p.t, p.cmd.String()+" listens", func() bool {
		select {
		case <-p.ended:
			p.t.Fatalf("%s ended: %s\n%s", p.cmd, p.cmd.ProcessState, &p.said)
		default:
		}
		conn, err := net.Dial("tcp", p.addr)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}

func (p *part) kill() {
	if p.cmd == nil || p.cmd.Process == nil {
		return // it could not be started
	}
	_ = p.cmd.Process.Signal(syscall.SIGKILL) // it may have ended
	<-p.ended
}

// waitUntil looks again and again.
func waitUntil(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(waitLimit); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("it does not happen: %s", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}

func startChain(t *testing.T) *chain {
	t.Helper()
	nginx := lookForPart(t, "LIVETAPE_NGINX", "nginx")
	chromium := lookForPart(t, "LIVETAPE_BROWSER", "chromium-headless-shell", "chromium")
	addrs := freeAddrs(t, 5)
	c := &chain{t: t, nats: startNATS(t, addrs[0])}
	c.mock = startPart(t, addrs[1], func() *exec.Cmd { return exec.Command(livetape, "mock", "--listen", addrs[1], "--symbols", "5") })
	for n := range c.relays {
		c.relays[n] = startPart(t, addrs[2+n], func() *exec.Cmd {
			return exec.Command(livetape, "relay", "http://"+addrs[1]+"/events", "--name", "desk", "--listen", addrs[2+n], "--log", "nats://"+addrs[0]+"/CHAIN")
		})
	}
	config := nginxBefore(t, addrs[4], addrs[2:4])
	c.nginx = startPart(t, addrs[4], func() *exec.Cmd { return exec.Command(nginx, "-e", "stderr", "-c", config) })
	waitUntil(t, "a relay publishes", func() bool { return c.publisherNow() >= 0 })
	c.screen = c.watch()
	c.page = openChainPage(t, chromium, "http://"+addrs[4]+"/")
	return c
}

// watch is another screen behind nginx.
func (c *chain) watch() *terminal {
	return startTerminal(c.t, 120, 40, exec.Command(livetape, "watch", "http://"+c.nginx.addr+"/events", "--name", "relay"))
}

// freeAddrs are addresses on which nothing listens now.
func freeAddrs(t *testing.T, n int) []string {
	t.Helper()
	addrs, err := porttest.Free(n)
	if err != nil {
		t.Fatal(err)
	}
	return addrs
}

// startNATS runs a NATS server on an address. It keeps its data while the test runs.
func startNATS(t *testing.T, addr string) *part {
	t.Helper()
	dir := t.TempDir()
	return startPart(t, addr, func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		_, port, _ := net.SplitHostPort(addr)
		cmd.Env = append(os.Environ(), natsDir+"="+dir, natsPort+"="+port)
		return cmd
	})
}

// lookForPart skips the test where a program is missing, unless a variable of the environment says that it is required.
func lookForPart(t *testing.T, required string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv(required) == "required" {
		t.Fatalf("there is no %s, and %s=required", names[0], required)
	}
	t.Skipf("there is no %s (Debian: apt-get install %[1]s)", names[0])
	return ""
}

// nginxBefore writes a configuration of nginx with the example of the manual, before relays and without TLS.
func nginxBefore(t *testing.T, addr string, relays []string) (file string) {
	t.Helper()
	block := regexp.MustCompile(`(?m)^ *ssl_.*\n`).ReplaceAllString(readOperations(t, "nginx.conf"), "")
	for was, is := range map[string]string{"server relay:8080 max_fails=0;": "server " + strings.Join(relays, " max_fails=0; server ") + " max_fails=0;", "listen 443 ssl;": "listen " + addr + ";"} {
		if !strings.Contains(block, was) {
			t.Fatalf("there is no %q in\n%s", was, block)
		}
		block = strings.ReplaceAll(block, was, is)
	}
	dir := t.TempDir()
	var places strings.Builder
	for _, what := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&places, "%s_temp_path %s;\n", what, filepath.Join(dir, what))
	}
	file = filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf("daemon off; master_process off; pid %s/pid;\nevents {}\nhttp {\naccess_log off;\n%s%s}\n", dir, places.String(), block)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// publisher is the number of the relay that publishes.
func (c *chain) publisher() (n int) {
	c.t.Helper()
	waitUntil(c.t, "a relay publishes", func() bool { n = c.publisherNow(); return n >= 0 })
	return n
}

func (c *chain) publisherNow() int {
	for n, relay := range c.relays {
		answer, err := http.Get("http://" + relay.addr + "/metrics")
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if strings.Contains(string(text), "\nlivetape_log_lease 1\n") {
			return n
		}
	}
	return -1
}

func (c *chain) ready(relay int) bool {
	answer, err := http.Get("http://" + c.relays[relay].addr + "/readyz")
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// waitForEvents waits until screen and page are live, and have events that they had not.
func (c *chain) waitForEvents(what string) {
	c.t.Helper()
	c.t.Log(what)
	before := eventsTaken(c.screen.text())
	c.screen.waitFor(what, func(screen string) bool {
		return strings.Contains(screen, "● relay") && strings.Contains(screen, "● desk") && eventsTaken(screen) > before+20
	})
	c.page.waitFor(`text('#state') === 'Live' && text('#feeds').includes('● desk')`)
	c.page.waitFor(`text('#last-id') !== '` + c.page.text("#last-id") + `'`)
}

// chainPage is the page in a Chromium.
type chainPage struct {
	t   *testing.T
	ctx context.Context
}

func openChainPage(t *testing.T, chromium, url string) *chainPage {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox does not work for root
	}
	ctx, stopProcess := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopBrowser := chromedp.NewContext(ctx)
	t.Cleanup(func() { stopBrowser(); stopProcess() })
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	return &chainPage{t, ctx}
}

func (p *chainPage) text(selector string) string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q).innerText", selector)))
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

// waitFor waits until an expression is true, in which text is the text of an element.
func (p *chainPage) waitFor(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, waitLimit)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise((resolve) => {
		const text = (selector) => document.querySelector(selector).innerText;
		const check = () => (`+expression+`) ? resolve(true) : requestAnimationFrame(check);
		check();
	})`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("waited for %s: %v; the page shows\n%s", expression, err, p.text("header"))
	}
}
