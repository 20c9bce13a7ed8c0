package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"livetape/feed"
	"livetape/ui/cli/loadgen"
)

type result struct {
	delivered, lost int64
	latency         loadgen.Latency
	cpu             time.Duration
	resident        int64
}

func run(name string, l load) (r result, err error) {
	args := []string{"-serve", name, "-rate", fmt.Sprint(l.rate), "-for", l.lasts.String(), fmt.Sprintf("-stalled=%t", l.stalled)}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return r, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := cmd.Start(); err != nil {
		return r, err
	}
	defer func() {
		_ = in.Close()
		_ = cmd.Wait() // what it printed says how it went
	}()
	lines := bufio.NewReader(out)
	address, err := lines.ReadString('\n')
	if err != nil {
		return r, fmt.Errorf("its address: %w", err)
	}
	return measure(strings.TrimSpace(address), l, in, lines)
}

// measure connects the clients, starts the events, and has the clients read until the server says how it was.
func measure(address string, l load, in io.Writer, out *bufio.Reader) (r result, err error) {
	if l.stalled {
		conn, err := connectStalled(address)
		if err != nil {
			return r, err
		}
		defer conn.Close()
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var report serverReport
	serve := sync.OnceFunc(func() {
		report, err = makeEvents(in, out)
		stop()
	})
	plan := loadgen.Plan{Feed: feed.Config{Name: "compare", URL: "http://" + address}, Clients: l.clients, For: time.Hour}
	read, runErr := loadgen.Run(ctx, plan, func(p loadgen.Progress) {
		if p.Answered == l.clients {
			serve()
		}
	})
	if err = errors.Join(err, runErr); err != nil {
		return r, err
	}
	if read.Latency == nil {
		return r, fmt.Errorf("no latency was measured: %q", read.Notes)
	}
	r = result{delivered: int64(read.Events.Delivered), latency: *read.Latency, cpu: report.CPU, resident: report.Resident}
	r.lost = int64(report.Due)*int64(l.clients) - r.delivered
	return r, nil
}

func makeEvents(in io.Writer, out *bufio.Reader) (report serverReport, err error) {
	if _, err := fmt.Fprintln(in, "go"); err != nil {
		return report, fmt.Errorf("start the events: %w", err)
	}
	line, err := out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &report)
	}
	if err != nil {
		return report, fmt.Errorf("its report: %w", err)
	}
	return report, nil
}

// connectStalled requests a stream, waits until it begins, and never reads on.
func connectStalled(address string) (net.Conn, error) {
	addr, path, _ := strings.Cut(address, "/")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(conn, "GET /%s HTTP/1.1\r\nHost: compare\r\nAccept: text/event-stream\r\n\r\n", path)
	if err == nil {
		_, err = io.ReadFull(conn, make([]byte, len("HTTP/1.1 200")))
	}
	return conn, errors.Join(err, conn.(*net.TCPConn).SetReadBuffer(4<<10))
}
