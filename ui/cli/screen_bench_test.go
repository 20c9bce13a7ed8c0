package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// These benchmarks measure the built binary from outside, as a user's machine would feel it: processor time,
// bytes written to the terminal, memory. Each round takes its time, so run them by name:
//
//	go test ./ui/cli -run '^$' -bench Screen -benchtime 1x

const measured = 10 * time.Second

// BenchmarkScreenStart is the time from the start of the demo to the first price on the screen.
func BenchmarkScreenStart(b *testing.B) {
	var took time.Duration
	for b.Loop() {
		begin := time.Now()
		term := startTerminal(b, 120, 40, exec.Command(livetape))
		term.waitFor("a price", priceRow.MatchString)
		took += time.Since(begin)
		term.press("q")
		term.waitForExit()
	}
	b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms-to-first-price")
}

// BenchmarkScreenUnderLoad watches 200 symbols at 10,000 events a second in a 120×40 terminal.
func BenchmarkScreenUnderLoad(b *testing.B) {
	for b.Loop() {
		url := startMock(b, "--rate", "10000", "--symbols", "200")
		measureScreen(b, url, "● LIVE")
	}
}

// BenchmarkScreenIdle watches a live stream on which nothing comes.
func BenchmarkScreenIdle(b *testing.B) {
	for b.Loop() {
		url := startMock(b, "--rate", "0.000001", "--symbols", "24")
		measureScreen(b, url, "● LIVE")
	}
}

// BenchmarkScreenMemory takes ten million events of 500 symbols and reports the resident memory on the way.
func BenchmarkScreenMemory(b *testing.B) {
	for b.Loop() {
		url := startMock(b, "--rate", "200000", "--symbols", "500")
		term := startTerminal(b, 120, 40, exec.Command(livetape, "watch", url))
		for _, millions := range []int{1, 5, 10} {
			term.waitAtMost(5*time.Minute, fmt.Sprintf("%d million events", millions), func(screen string) bool {
				return eventsTaken(screen) >= millions*1_000_000
			})
			b.ReportMetric(residentMiB(b, term.cmd.Process.Pid), fmt.Sprintf("MiB@%dM", millions))
		}
		term.cmd.Process.Kill()
		<-term.ended
	}
}

// measureScreen runs the screen on a URL and reports its processor use and output over a while.
func measureScreen(b *testing.B, url, ready string) {
	b.Helper()
	term := startTerminal(b, 120, 40, exec.Command(livetape, "watch", url))
	term.waitForText(ready)
	settle := time.NewTimer(2 * time.Second)
	<-settle.C
	cpu, bytes, events := processorTime(b, term.cmd.Process.Pid), term.bytesWritten(), eventsTaken(term.text())
	begin := time.Now()
	<-time.After(measured)
	took := time.Since(begin)
	used := processorTime(b, term.cmd.Process.Pid) - cpu
	b.ReportMetric(100*used.Seconds()/took.Seconds(), "%core")
	b.ReportMetric(float64(term.bytesWritten()-bytes)/took.Seconds(), "written-B/s")
	b.ReportMetric(float64(eventsTaken(term.text())-events)/took.Seconds(), "events/s")
	term.press("q")
	term.waitForExit()
}

// startMock runs `livetape mock` in a process of its own and returns the URL of its events.
func startMock(b testing.TB, args ...string) string {
	b.Helper()
	cmd := exec.Command(livetape, append([]string{"mock", "--addr", "127.0.0.1:0"}, args...)...)
	term := startTerminal(b, 100, 30, cmd)
	screen := term.waitFor("its URL", eventsURL.MatchString)
	return eventsURL.FindString(screen)
}

var (
	eventsURL  = regexp.MustCompile(`http://127\.0\.0\.1:\d+/events`)
	eventCount = regexp.MustCompile(`([\d,]+) events`)
)

// eventsTaken is the count of events on the screen.
func eventsTaken(screen string) int {
	found := eventCount.FindStringSubmatch(screen)
	if found == nil {
		return 0
	}
	n, err := strconv.Atoi(strings.ReplaceAll(found[1], ",", ""))
	if err != nil {
		return 0
	}
	return n
}

// processorTime is the user and system time of a process so far (proc_pid_stat(5)).
func processorTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip("processor time is read from /proc, which is not here:", err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	var ticks int
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	const perTick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	return time.Duration(ticks) * perTick
}

// residentMiB is the resident memory of a process (proc_pid_status(5)).
func residentMiB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skip("memory is read from /proc, which is not here:", err)
	}
	found := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		b.Fatal("no VmRSS in /proc/pid/status")
	}
	kib, err := strconv.Atoi(string(found[1]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}
