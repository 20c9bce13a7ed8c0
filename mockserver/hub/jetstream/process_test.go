package jetstream_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"livetape/mockserver"
	"livetape/mockserver/hub"
	"livetape/mockserver/hub/jetstream"
	"livetape/mockserver/porttest"
)

// TestMain runs the tests or, as asked for by the environment, one of the processes that a test kills and pauses.
func TestMain(m *testing.M) {
	switch os.Getenv("PROCESS") {
	case "nats":
		exitWith(natsMain())
	case "replica":
		exitWith(replicaMain())
	}
	flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0))) // unless the command line says how many: most of them wait
	os.Exit(m.Run())
}

func exitWith(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// natsMain is a NATS server of a cluster.
func natsMain() error {
	port, _ := strconv.Atoi(os.Getenv("PORT"))
	clusterPort, _ := strconv.Atoi(os.Getenv("CLUSTER_PORT"))
	var routes []*url.URL
	for text := range strings.SplitSeq(os.Getenv("ROUTES"), ",") {
		u, err := url.Parse(text)
		if err != nil {
			return err
		}
		routes = append(routes, u)
	}
	s, err := server.NewServer(&server.Options{
		ServerName: os.Getenv("NAME"), Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: os.Getenv("DIR"), Routes: routes,
		Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: clusterPort}, NoSigs: true, NoLog: os.Getenv("LOG") == "",
	})
	if err != nil {
		return err
	}
	s.Start()
	s.WaitForShutdown()
	return nil
}

// replicaMain serves the log that it shares with others, and publishes what the upstream at UPSTREAM says.
func replicaMain() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c := testConfig(os.Getenv("NATS"), "CHAOS")
	c.Name, c.Ring, c.LeaseTime = os.Getenv("NAME"), 256, 500*time.Millisecond
	if c.Logger != nil {
		c.Logger = c.Logger.With("replica", c.Name)
	}
	log, err := jetstream.Open(c)
	if err != nil {
		return err
	}
	s, err := mockserver.New(mockserver.Config{
		Source: upstreamSource{os.Getenv("UPSTREAM")}, Log: log.Log(), Heartbeat: 300 * time.Millisecond, Retry: time.Millisecond,
		Share: func(made mockserver.Source) mockserver.Source { return log.Source(made) }, Logger: c.Logger,
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", os.Getenv("ADDR"))
	if err != nil {
		return err
	}
	web := &http.Server{Handler: s.Handler(), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	served := make(chan error, 1)
	go func() { served <- web.Serve(l) }()
	err = s.Run(ctx)
	return errors.Join(err, web.Close())
}

// upstreamSource publishes what an upstream of the test says, and the gaps that it has.
type upstreamSource struct{ url string }

func (upstreamSource) Ready() bool            { return true }
func (upstreamSource) EventTypes() []string   { return []string{"price", "feed"} }
func (upstreamSource) WriteMetrics(io.Writer) {}
func (upstreamSource) NewEncoder(_ context.Context, asked hub.Native) (hub.Encoder, error) {
	return asked.NewEncoder(), nil
}

func (u upstreamSource) Run(ctx context.Context, h *hub.Hub) error {
	for ctx.Err() == nil {
		_ = u.read(ctx, h) // it is read again
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

// read reads the upstream from where the log ends. Its first line is the number before the first event that follows.
func (u upstreamSource) read(ctx context.Context, h *hub.Hub) error {
	log, ok := h.Log().(interface{ FeedID(string) string })
	if !ok {
		return errors.New("the log cannot be resumed")
	}
	after, _ := strconv.Atoi(log.FeedID("up"))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s?after=%d", u.url, after), nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	publish := func(eventType, id, data string) {
		h.Publish([]hub.Draft{{Type: eventType, Symbols: []string{""}, Feed: "up", FeedID: id, Size: len(data)}}, []byte(data))
	}
	lines := bufio.NewScanner(answer.Body)
	for first := true; lines.Scan(); first = false {
		id := lines.Text()
		if !first {
			publish("price", id, fmt.Sprintf(`{"symbol":"A","last":%q}`, id))
		} else if id != strconv.Itoa(after) {
			publish("feed", id, fmt.Sprintf(`{"feed":"up","gap":[%d,%s]}`, after, id))
		}
	}
	return lines.Err()
}

// upstream makes events at a rate, and keeps the latest.
type upstream struct {
	mu        sync.Mutex
	last      int
	forgotten int // up to which events cannot be had
	changed   chan struct{}
	cut       chan struct{} // closed to end all connections
}

func newUpstream() *upstream {
	return &upstream{changed: make(chan struct{}), cut: make(chan struct{})}
}

// run makes events until ctx ends.
func (u *upstream) run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		u.mu.Lock()
		u.last++
		close(u.changed)
		u.changed = make(chan struct{})
		u.mu.Unlock()
	}
}

// cutOff ends all connections, and forgets what was not read, if asked to.
func (u *upstream) cutOff(forget bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	close(u.cut)
	u.cut = make(chan struct{})
	if forget {
		u.last += 3
		u.forgotten = u.last
	}
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	u.mu.Lock()
	cut := u.cut
	after = max(after, u.forgotten)
	u.mu.Unlock()
	control := http.NewResponseController(w)
	fmt.Fprintln(w, after)
	for control.Flush() == nil {
		u.mu.Lock()
		last, changed := u.last, u.changed
		u.mu.Unlock()
		for ; after < last; after++ {
			fmt.Fprintln(w, after+1)
		}
		if control.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-cut:
			panic(http.ErrAbortHandler)
		case <-changed:
		}
	}
}

// process is one that a test may kill and pause.
type process struct {
	name string
	env  []string
	log  string // file for what it says; empty for nothing

	mu  sync.Mutex
	cmd *exec.Cmd
}

func (p *process) start(t *testing.T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(self)
	p.cmd.Env = append(os.Environ(), p.env...)
	if p.log != "" {
		file, err := os.OpenFile(p.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		p.cmd.Stdout, p.cmd.Stderr = file, file
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

func (p *process) signal(s os.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Process.Signal(s) // it may be dead already
}

// kill returns when it is dead.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	_ = p.cmd.Wait() // it was killed
}

// freePorts are ports that nothing listens on now.
func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	addrs, err := porttest.Free(n)
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range addrs {
		parsed, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, parsed.Port)
	}
	return ports
}
