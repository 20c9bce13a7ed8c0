package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/r3labs/sse/v2"

	"livetape/mockserver"
)

const (
	livetapeServer = "livetape"
	r3labsServer   = "r3labs/sse"
)

type testServer struct {
	handler http.Handler
	path    string
	publish func(context.Context) int // makes events until the context ends, and says how many were due
}

type serverReport struct {
	Due      int           // events that every client should have
	CPU      time.Duration // while events were made and sent
	Resident int64         // bytes
}

// grace is how long a server goes on sending after its last event.
const grace = 2 * time.Second

// serveUntilDone serves on a free port, which it prints; makes events as long as l lasts, once there is a line on
// standard input; and prints its report.
func serveUntilDone(name string, l load) error {
	v, err := newTestServer(name, l)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: v.handler}
	served := make(chan error, 1)
	go func() { served <- server.Serve(&smallBufferListener{listener, l.stalled}) }()
	fmt.Printf("%s%s\n", listener.Addr(), v.path)

	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return fmt.Errorf("wait for the clients: %w", err)
	}
	before := processorTime()
	ctx, stop := context.WithTimeout(context.Background(), l.lasts)
	defer stop()
	due := v.publish(ctx)
	<-time.After(grace)
	report := serverReport{Due: due, CPU: processorTime() - before, Resident: residentMemory()}
	if err := errors.Join(json.NewEncoder(os.Stdout).Encode(report), server.Close()); err != nil {
		return err
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func newTestServer(name string, l load) (testServer, error) {
	switch name {
	case livetapeServer:
		return newLivetape(l)
	case r3labsServer:
		return newR3labs(l)
	}
	return testServer{}, fmt.Errorf("there is no server %q", name)
}

func newLivetape(l load) (testServer, error) {
	mock, err := mockserver.New(mockserver.Config{Rate: l.rate, Epoch: "e"})
	if err != nil {
		return testServer{}, err
	}
	return testServer{mock.Handler(), "/events", func(ctx context.Context) int {
		_ = mock.Run(ctx) // it says no more than that it ran before, or that a fault is none
		n, _ := strconv.Atoi(strings.TrimPrefix(mock.Newest(), "e-"))
		return n
	}}, nil
}

func newR3labs(l load) (testServer, error) {
	events, err := recordEvents(int(l.rate*l.lasts.Seconds()) + 1)
	if err != nil {
		return testServer{}, err
	}
	server := sse.New()
	server.AutoReplay = false
	server.CreateStream("prices")
	return testServer{server, "/?stream=prices", func(ctx context.Context) int {
		due := make(chan *sse.Event, len(events))
		go func() { // it waits as long as a client does that reads nothing
			for e := range due {
				server.Publish("prices", e)
			}
		}()
		return pace(ctx, l.rate, func(n int) { due <- withCurrentTime(events[n]) })
	}}, nil
}

// pace calls give with 0, 1, 2 … at the rate, and returns how often.
func pace(ctx context.Context, rate float64, give func(n int)) (given int) {
	ticker := time.NewTicker(max(time.Duration(float64(time.Second)/rate), 5*time.Millisecond))
	defer ticker.Stop()
	for began := time.Now(); ; {
		select {
		case <-ctx.Done():
			return given
		case now := <-ticker.C:
			for ; given < int(now.Sub(began).Seconds()*rate); given++ {
				give(given)
			}
		}
	}
}

func recordEvents(n int) ([]*sse.Event, error) {
	mock, err := mockserver.New(mockserver.Config{Epoch: "e", Ring: n})
	if err != nil {
		return nil, err
	}
	mock.Step(n)
	ctx, stop := context.WithCancel(context.Background())
	stop() // nothing is to follow
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/events", nil)
	request.Header.Set("Last-Event-ID", "e-0")
	answer := httptest.NewRecorder()
	mock.Handler().ServeHTTP(answer, request)
	var all []*sse.Event
	for block := range bytes.SplitSeq(answer.Body.Bytes(), []byte("\n\n")) {
		if e := parse(block); len(e.ID) > 0 {
			all = append(all, e)
		}
	}
	if len(all) != n {
		return nil, fmt.Errorf("%d of %d events were recorded", len(all), n)
	}
	return all, nil
}

func parse(block []byte) *sse.Event {
	e := &sse.Event{}
	for line := range bytes.SplitSeq(block, []byte("\n")) {
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) {
		case "event":
			e.Event = value
		case "id":
			e.ID = value
		case "data":
			e.Data = value
		}
	}
	return e
}

func withCurrentTime(e *sse.Event) *sse.Event {
	data := bytes.Clone(e.Data)
	if at := bytes.LastIndex(data, timeKey); at >= 0 {
		time.Now().UTC().AppendFormat(data[at+len(timeKey):at+len(timeKey)], timeForm)
	}
	return &sse.Event{ID: e.ID, Event: e.Event, Data: data}
}

var timeKey = []byte(`"time":"`)

const timeForm = "2006-01-02T15:04:05.000000000Z"

// processorTime is what this process has used so far (getrusage(2)).
func processorTime() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used) // which cannot fail for a process itself
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// residentMemory is this process's memory (proc_pid_statm(5)); 0 on systems that do not say it.
func residentMemory() int64 {
	text, _ := os.ReadFile("/proc/self/statm")
	var size, pages int64
	_, _ = fmt.Sscan(string(text), &size, &pages)
	return pages * int64(os.Getpagesize())
}

// smallBufferListener gives its first connection a small buffer, so that writes to a client that does not read soon block.
type smallBufferListener struct {
	net.Listener
	narrow bool
}

// Accept is called by one goroutine.
func (l *smallBufferListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok && l.narrow {
		l.narrow = false
		if err := tcp.SetWriteBuffer(4 << 10); err != nil {
			return nil, err
		}
	}
	return conn, err
}
