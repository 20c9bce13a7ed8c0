package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type result struct {
	delivered, lost int64
	latency         *histogram
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

// measure connects the clients, starts the events, and reads until the server says how it was.
func measure(address string, l load, in io.Writer, out *bufio.Reader) (r result, err error) {
	addr, path, _ := strings.Cut(address, "/")
	r.latency = &histogram{}
	var reading sync.WaitGroup
	var conns []net.Conn
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
		reading.Wait()
	}()
	if l.stalled {
		stalled, err := connect(addr, path)
		if err != nil {
			return r, err
		}
		conns = append(conns, stalled)
		if err := stalled.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
			return r, err
		}
	}
	var delivered atomic.Int64
	for range l.clients {
		conn, err := connect(addr, path)
		if err != nil {
			return r, err
		}
		conns = append(conns, conn)
		reading.Go(func() { read(conn, &delivered, r.latency) })
	}
	if _, err := fmt.Fprintln(in, "go"); err != nil {
		return r, err
	}
	var report serverReport
	line, err := out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &report)
	}
	if err != nil {
		return r, fmt.Errorf("its report: %w", err)
	}
	r.delivered = delivered.Load()
	r.lost = int64(report.Due)*int64(l.clients) - r.delivered
	r.cpu, r.resident = report.CPU, report.Resident
	return r, nil
}

// connect asks for a stream and waits until it begins.
func connect(addr, path string) (net.Conn, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(conn, "GET /%s HTTP/1.1\r\nHost: compare\r\nAccept: text/event-stream\r\n\r\n", path)
	if err == nil {
		_, err = io.ReadFull(conn, make([]byte, len("HTTP/1.1 200")))
	}
	return conn, err
}

// read counts the events of the market until the connection ends.
func read(conn io.Reader, delivered *atomic.Int64, latency *histogram) {
	lines := bufio.NewReaderSize(conn, 8<<10)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) { // which is no matter: it is that of a snapshot
			return
		}
		at := bytes.LastIndex(line, timeKey)
		if at >= 0 && bytes.HasPrefix(line, []byte("data: ")) && !bytes.HasPrefix(line, []byte(`data: {"prices":`)) {
			delivered.Add(1)
			latency.add(since(line[at+len(timeKey):], time.Now()))
		}
	}
}

// since is how long ago a time in timeForm was, if that was less than a minute.
func since(text []byte, now time.Time) time.Duration {
	digits := func(from, to int) (n time.Duration) {
		for _, c := range text[from:to] {
			n = 10*n + time.Duration(c-'0')
		}
		return n
	}
	made := digits(17, 19)*time.Second + digits(20, 29)
	passed := time.Duration(now.Second())*time.Second + time.Duration(now.Nanosecond()) - made
	if passed < 0 {
		passed += time.Minute
	}
	return passed
}

// resolution of a histogram, up to whose end it counts; what is longer counts as that.
const (
	resolution = 20 * time.Microsecond
	buckets    = int(30 * time.Second / resolution)
)

// histogram counts durations. Many may add at a time.
type histogram [buckets]atomic.Int64

func (h *histogram) add(d time.Duration) { h[min(max(0, int(d/resolution)), buckets-1)].Add(1) }

// quantile is the duration that the part q of all does not exceed.
func (h *histogram) quantile(q float64) time.Duration {
	total := int64(0)
	for n := range h {
		total += h[n].Load()
	}
	left := int64(q * float64(total))
	for n := range h {
		if left -= h[n].Load(); left < 0 {
			return time.Duration(n+1) * resolution
		}
	}
	return 0
}
