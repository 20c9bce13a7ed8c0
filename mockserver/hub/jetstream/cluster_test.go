package jetstream_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
)

var (
	chaosFaults = flag.Int("faults", 40, "how many faults the cluster of the test meets")
	chaosSeed   = flag.Uint64("chaos-seed", 1, "seed of the faults")
	chaosDir    = flag.String("chaos-dir", "", "folder for what the processes say; with LOG=1")
)

const (
	chaosClients = 200
	timeOfDay    = "15:04:05.000" // as in the logs of the processes
)

// chaos is a cluster of three NATS servers and three replicas, each a process, behind a balancer.
type chaos struct {
	t        *testing.T
	random   *rand.Rand
	nats     []*process
	replicas []*process
	addrs    []string
	upstream *upstream
	balancer string
	js       natsjs.JetStream
	counts   map[string]int
	settled  bool // the copies of the log agree, as far as the test has caused it
}

// TestEveryClientGetsTheLog kills and pauses replicas, NATS servers and the publisher in turn, and cuts the upstream off, while
// clients hop from replica to replica. Each gets what is in the log, all of it, once and in order. No other test runs meanwhile:
// seven processes and all their clients keep a machine so busy that leases of a second run out.
func TestEveryClientGetsTheLog(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a while")
	}
	ctx, stop := context.WithCancel(context.Background())
	makes, stopMaking := context.WithCancel(ctx)
	var making, reading sync.WaitGroup
	defer making.Wait()
	defer stop()
	up := newUpstream()
	making.Go(func() { up.run(makes, 20*time.Millisecond) })
	c := startChaos(t, up)
	clients := make([]*hopper, chaosClients)
	for n := range clients {
		clients[n] = &hopper{url: c.balancer, random: rand.New(rand.NewPCG(*chaosSeed, uint64(n)))}
		reading.Go(func() { clients[n].run(ctx) })
	}
	eventually(t, "all clients have a stream", func() bool {
		return !slices.ContainsFunc(clients, func(h *hopper) bool { return h.last.Load() == 0 })
	})
	c.meetFaults()
	t.Logf("faults: %v", c.counts)
	for _, p := range slices.Concat(c.nats, c.replicas) {
		p.signal(syscall.SIGCONT)
	}
	before := c.lastLogged()
	c.await("the log goes on", func() bool { return c.lastLogged() > before+10 })
	stopMaking() // where the clients are slower than the upstream, they would never have all of it
	making.Wait()
	c.await("all clients have it", func() bool {
		last := c.lastLogged()
		return last > before && !slices.ContainsFunc(clients, func(h *hopper) bool { return h.last.Load() < last })
	})
	stop()
	reading.Wait()
	c.logEpoch()
	c.judge(clients)
}

func (c *chaos) meetFaults() {
	var kinds []string
	for n := range *chaosFaults {
		if len(kinds) == 0 {
			kinds = c.round()
		}
		began, kind := time.Now(), kinds[0]
		kinds = kinds[1:]
		c.fault(kind)
		if *chaosDir != "" {
			c.t.Logf("fault %d at %s for %s: %s", n, began.UTC().Format(timeOfDay), time.Since(began).Round(time.Millisecond), kind)
		}
	}
}

func (c *chaos) logEpoch() {
	bucket, err := c.js.KeyValue(context.Background(), "livetape-CHAOS")
	if err != nil {
		return
	}
	if entry, err := bucket.Get(context.Background(), "epoch"); err == nil {
		c.t.Logf("the epoch at the end: %s", entry.Value())
	}
}

func startChaos(t *testing.T, from *upstream) *chaos {
	c := &chaos{t: t, random: rand.New(rand.NewPCG(*chaosSeed, 0)), upstream: from, counts: map[string]int{}}
	ports := freePorts(t, 9)
	var routes, urls []string
	for n := range 3 {
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", ports[n]))
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", ports[3+n]))
	}
	for n := range 3 {
		c.add(&c.nats, fmt.Sprint("nats", n), "PROCESS=nats", fmt.Sprint("PORT=", ports[n]), fmt.Sprint("CLUSTER_PORT=", ports[3+n]),
			"ROUTES="+strings.Join(routes, ","), "DIR="+t.TempDir())
	}
	conn, err := nats.Connect(strings.Join(urls, ","), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if c.js, err = natsjs.New(conn); err != nil {
		t.Fatal(err)
	}
	c.await("the cluster has a leader and three servers", func() bool {
		_, err := c.js.AccountInfo(context.Background())
		return err == nil && len(conn.Servers()) >= 3 && conn.IsConnected()
	})
	up := httptest.NewServer(c.upstream)
	t.Cleanup(func() { c.upstream.cutOff(false); up.CloseClientConnections(); up.Close() })
	for n := range 3 {
		c.addrs = append(c.addrs, fmt.Sprint("127.0.0.1:", ports[6+n]))
		c.add(&c.replicas, fmt.Sprint("replica", n), "PROCESS=replica", "ADDR="+c.addrs[n], "NATS="+strings.Join(urls, ","), "UPSTREAM="+up.URL)
	}
	c.balancer = c.balance()
	for n := range c.replicas {
		c.await("the replicas are ready", func() bool { return c.ready(n) })
	}
	return c
}

func (c *chaos) add(to *[]*process, name string, env ...string) {
	p := &process{name: name, env: append(env, "NAME="+name)}
	if *chaosDir != "" {
		p.log = filepath.Join(*chaosDir, name+".log")
	}
	p.start(c.t)
	*to = append(*to, p)
	c.t.Cleanup(func() { p.signal(syscall.SIGCONT); p.kill() })
}

// await waits until ok, which is looked at again and again.
func (c *chaos) await(what string, ok func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(waitLimit); !ok(); {
		if time.Now().After(deadline) {
			c.t.Fatalf("it does not happen: %s (faults so far: %v)", what, c.counts)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func (c *chaos) ready(n int) bool {
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Get("http://" + c.addrs[n] + "/readyz")
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// balance passes connections on to the replicas in turn, to the next where one does not answer.
func (c *chaos) balance() (url string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	var passing sync.WaitGroup
	var next atomic.Uint64
	passing.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			passing.Go(func() { c.pass(in, int(next.Add(1))) })
		}
	})
	c.t.Cleanup(func() { _ = l.Close(); passing.Wait() })
	return "http://" + l.Addr().String() + "/events"
}

func (c *chaos) pass(in net.Conn, first int) {
	defer in.Close()
	for n := range c.addrs {
		out, err := net.DialTimeout("tcp", c.addrs[(first+n)%len(c.addrs)], time.Second)
		if err != nil {
			continue
		}
		defer out.Close()
		go func() {
			_, _ = io.Copy(out, in) // either end ends both
			_ = out.Close()
		}()
		_, _ = io.Copy(in, out)
		return
	}
}

// round is every kind of fault, in any order. A NATS server that led a copy of the log takes 5 s to be replaced: where there are
// few faults, one is killed.
func (c *chaos) round() (kinds []string) {
	quick := map[string]int{"kill a replica": 6, "pause a replica": 6, "kill the publisher": 5, "pause the publisher": 5,
		"kill a NATS server": 1, "pause a NATS server": 5, "cut the upstream": 6, "cut the upstream, with a gap": 6}
	for _, kind := range slices.Sorted(maps.Keys(quick)) {
		times := 1
		if *chaosFaults < 100 {
			times = quick[kind]
		}
		kinds = append(kinds, slices.Repeat([]string{kind}, times)...)
	}
	c.random.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	return kinds
}

// fault does one thing wrong, and mends it again. What is left of a NATS server that was killed is mended while other things go
// wrong, but not while another NATS server or a replica is killed: a replica would have nobody left who knows where the log ends.
func (c *chaos) fault(kind string) {
	c.counts[kind]++
	replica, node := c.random.IntN(len(c.replicas)), c.nats[c.random.IntN(len(c.nats))]
	pause := time.Duration(50+c.random.IntN(600)) * time.Millisecond // longer than the lease, or shorter
	if strings.HasSuffix(kind, "NATS server") || strings.HasPrefix(kind, "kill") {
		c.settle()
	}
	if strings.HasSuffix(kind, "the publisher") {
		if n := c.publisher(); n >= 0 {
			replica = n
		}
	}
	switch kind {
	case "kill a replica", "kill the publisher":
		c.replicas[replica].kill()
		<-time.After(pause / 4)
		c.replicas[replica].start(c.t)
		c.await("a replica is ready again", func() bool { return c.ready(replica) })
	case "pause a replica", "pause the publisher":
		c.replicas[replica].signal(syscall.SIGSTOP)
		<-time.After(pause)
		c.replicas[replica].signal(syscall.SIGCONT)
	case "kill a NATS server":
		node.kill()
		<-time.After(pause / 4)
		node.start(c.t)
		c.settled = false
	case "pause a NATS server":
		node.signal(syscall.SIGSTOP)
		<-time.After(pause)
		node.signal(syscall.SIGCONT)
		c.settled = false
	default:
		c.upstream.cutOff(strings.HasSuffix(kind, "gap"))
	}
	<-time.After(20 * time.Millisecond)
}

// settle waits until all copies of the log agree, so that the next NATS server may fail, and until the log goes on, so that the
// replicas have seen that it is written.
func (c *chaos) settle() {
	if c.settled {
		return
	}
	c.settled = true
	c.await("the copies of the log agree", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		for _, name := range []string{"CHAOS", "KV_livetape-CHAOS"} {
			s, err := c.js.Stream(ctx, name)
			if err != nil || s.CachedInfo().Cluster == nil || s.CachedInfo().Cluster.Leader == "" || len(s.CachedInfo().Cluster.Replicas) != 2 {
				return false
			}
			for _, r := range s.CachedInfo().Cluster.Replicas {
				if !r.Current || r.Offline {
					return false
				}
			}
		}
		return true
	})
	last := c.lastLogged()
	c.await("the log goes on", func() bool { return c.lastLogged() > last+1 })
}

// publisher is the number of the replica that has the lease; -1 if it is not known.
func (c *chaos) publisher() int {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	bucket, err := c.js.KeyValue(ctx, "livetape-CHAOS")
	if err != nil {
		return -1
	}
	entry, err := bucket.Get(ctx, "lease")
	if err != nil {
		return -1
	}
	var record struct{ Holder string }
	if err := json.Unmarshal(entry.Value(), &record); err != nil {
		return -1
	}
	return slices.IndexFunc(c.replicas, func(p *process) bool { return p.name == record.Holder })
}

func (c *chaos) lastLogged() uint64 {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	s, err := c.js.Stream(ctx, "CHAOS")
	if err != nil {
		return 0
	}
	return s.CachedInfo().State.LastSeq
}

// judge holds what each client got against the log, and the log against the upstream.
func (c *chaos) judge(clients []*hopper) {
	log := c.readLog()
	c.t.Logf("%d events in the log, %d connections of %d clients", len(log), sum(clients, func(h *hopper) int { return h.connections }), len(clients))
	number, gaps := 0, 0
	for n, data := range log[1:] {
		var e struct {
			Last string
			Gap  []int
		}
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			c.t.Fatalf("event %d is %q: %v", n+1, data, err)
		}
		switch {
		case e.Gap != nil:
			if e.Gap[0] != number {
				c.t.Errorf("event %d tells of a gap %v after %d", n+1, e.Gap, number)
			}
			number = e.Gap[1]
			gaps++
		case e.Last != "":
			got, _ := strconv.Atoi(e.Last)
			if got != number+1 {
				c.t.Errorf("event %d is %d of the upstream, after %d", n+1, got, number)
			}
			number = got
		}
	}
	c.t.Logf("%d gaps of the upstream were told", gaps)
	bad := 0
	for n, h := range clients {
		if err := h.judge(log); err != nil && bad < 5 {
			c.t.Errorf("client %d: %v", n, err)
			bad++
		}
	}
}

func sum[T any](all []T, of func(T) int) (total int) {
	for _, one := range all {
		total += of(one)
	}
	return total
}

// readLog is the data of all events in the stream, each at its sequence.
func (c *chaos) readLog() []string {
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	all, err := c.js.OrderedConsumer(ctx, "CHAOS", natsjs.OrderedConsumerConfig{})
	if err != nil {
		c.t.Fatalf("read the log: %v", err)
	}
	messages, err := all.Messages()
	if err != nil {
		c.t.Fatalf("read the log: %v", err)
	}
	defer messages.Stop()
	log := []string{""}
	for last := c.lastLogged(); uint64(len(log)) <= last; {
		m, err := messages.Next(natsjs.NextContext(ctx))
		if ctx.Err() != nil {
			c.t.Fatalf("read the log after %d: %v", len(log)-1, err)
		}
		if err != nil {
			continue // the consumer goes on by itself
		}
		meta, err := m.Metadata()
		if err != nil || meta.Sequence.Stream != uint64(len(log)) {
			c.t.Fatalf("behind %d events, the log has %+v, %v", len(log)-1, meta, err)
		}
		log = append(log, string(m.Data()))
	}
	return log
}

// hopper is a client that reconnects again and again, through the balancer.
type hopper struct {
	url    string
	random *rand.Rand

	last        atomic.Uint64 // sequence of the newest event
	id          string
	first       uint64 // sequence of the snapshot
	got         []string
	wrong       []string
	connections int
	vain        int // connections in a row that gave nothing
}

func (h *hopper) run(ctx context.Context) {
	for ctx.Err() == nil {
		h.connections++
		before := h.last.Load()
		h.read(ctx)
		if h.vain++; h.last.Load() > before {
			h.vain = 0
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(h.random.IntN(50)) * time.Millisecond):
		}
	}
}

// read reads a stream until it ends, is silent, or the client hops on. It has more patience, up to a minute, where connections gave
// nothing: on a slow machine, none would last until its first event.
func (h *hopper) read(ctx context.Context) {
	patience := 1 << min(h.vain, 5)
	silence := time.Duration(patience) * 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, time.Duration(patience*(500+h.random.IntN(4000)))*time.Millisecond)
	defer cancel()
	silent := time.AfterFunc(silence, cancel)
	defer silent.Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url, nil)
	if err != nil {
		h.wrong = append(h.wrong, err.Error())
		return
	}
	if h.id != "" {
		request.Header.Set("Last-Event-ID", h.id)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return
	}
	lines := bufio.NewReader(answer.Body)
	var kind, id, data string
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		silent.Reset(silence)
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "event":
			kind = value
		case "id":
			id = value
		case "data":
			data = value
		case "":
			if data != "" {
				h.take(kind, id, data)
			}
			kind, id, data = "", "", ""
		}
	}
}

func (h *hopper) take(kind, id, data string) {
	_, digits, _ := strings.Cut(id, "-")
	sequence, _ := strconv.ParseUint(digits, 10, 64)
	switch {
	case kind == "reset", kind == "snapshot" && h.id != "":
		h.wrong = append(h.wrong, fmt.Sprintf("%.300s %s at %s", kind, data, time.Now().UTC().Format(timeOfDay)))
	case kind == "snapshot":
		h.first = sequence
	case id != "":
		if sequence != h.last.Load()+1 {
			h.wrong = append(h.wrong, fmt.Sprintf("%s after %s at %s", id, h.id, time.Now().UTC().Format(timeOfDay)))
		}
		h.got = append(h.got, data)
	}
	if id != "" {
		h.id = id
		h.last.Store(sequence)
	}
}

// judge says what a client got that is not in the log, or not in order.
func (h *hopper) judge(log []string) error {
	if len(h.wrong) > 0 {
		return fmt.Errorf("%d times wrong: %.300q", len(h.wrong), h.wrong)
	}
	want := log[min(int(h.first)+1, len(log)):min(int(h.last.Load())+1, len(log))]
	if !slices.Equal(h.got, want) {
		return fmt.Errorf("%d events after %d, want %d, or they differ", len(h.got), h.first, len(want))
	}
	return nil
}
