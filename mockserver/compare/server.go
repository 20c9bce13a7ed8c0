package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/r3labs/sse/v2"
	"golang.org/x/sys/unix"

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

// serveUntilDone is the role of a server: of a name, a rate, a time, a grace, and whether its first client never reads. It
// makes events once there is a line on standard input, and prints its report.
func serveUntilDone(args []string) error {
	l, err := parseLoad(args[1:])
	if err != nil {
		return err
	}
	v, err := newTestServer(args[0], l)
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
	fmt.Printf("http://%s%s\n", listener.Addr(), v.path)

	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return fmt.Errorf("wait for the clients: %w", err)
	}
	before := usedBy(unix.RUSAGE_SELF)
	ctx, stop := context.WithTimeout(context.Background(), l.lasts)
	defer stop()
	due := v.publish(ctx)
	<-time.After(l.grace)
	report := serverReport{Due: due, CPU: usedBy(unix.RUSAGE_SELF) - before, Resident: residentMemory(os.Getpid())}
	if err := errors.Join(json.NewEncoder(os.Stdout).Encode(report), server.Close()); err != nil {
		return err
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func parseLoad(args []string) (l load, err error) {
	var errs [4]error
	l.rate, errs[0] = strconv.ParseFloat(args[0], 64)
	l.lasts, errs[1] = time.ParseDuration(args[1])
	l.grace, errs[2] = time.ParseDuration(args[2])
	l.stalled, errs[3] = strconv.ParseBool(args[3])
	return l, errors.Join(errs[:]...)
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
	events, err := recordEvents(int(l.rate*l.lasts.Seconds())+1, 0)
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
		return pace(ctx, l.rate, func(n int) { due <- withCurrentTime(events[n%len(events)]) }) // the end may come late
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
