package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// machine tells what other processes do, beside this one and those that it has started.
type machine struct {
	mu      sync.Mutex
	running map[int]bool // process ids
}

// moment is how much processor time was used until then.
type moment struct {
	at        time.Time
	all, ours time.Duration
}

func (m *machine) started(pid int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.running == nil {
		m.running = make(map[int]bool)
	}
	m.running[pid] = true
}

func (m *machine) ended(pid int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.running, pid)
}

func (m *machine) now() moment {
	m.mu.Lock()
	defer m.mu.Unlock()
	ours := usedBy(unix.RUSAGE_SELF) + usedBy(unix.RUSAGE_CHILDREN)
	for pid := range m.running {
		used, _ := processorTime(pid) // one that has just ended is counted with the children
		ours += used
	}
	return moment{time.Now(), machineTime(), ours}
}

// since is the share of one core, in per cent, that others used since begin, and the load average of the last minute.
func (m *machine) since(begin moment) (others, load float64) {
	now := m.now()
	others = 100 * float64(now.all-begin.all-(now.ours-begin.ours)) / float64(now.at.Sub(begin.at))
	text, _ := os.ReadFile("/proc/loadavg")
	_, _ = fmt.Sscan(string(text), &load)
	return max(others, 0), load
}

// machineTime is what all processors have worked so far (proc_stat(5)).
func machineTime() (worked time.Duration) {
	text, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(text), "\n")
	const idle, ioWait, guest = 4, 5, 9 // guest time is counted as user time, too
	for i, field := range strings.Fields(line) {
		if n, err := strconv.Atoi(field); err == nil && i != idle && i != ioWait && i < guest {
			worked += time.Duration(n) * 10 * time.Millisecond // USER_HZ is 100 on every Linux
		}
	}
	return worked
}

// processorTime is what a process has used so far, in the kernel and outside (clock_getcpuclockid(3)).
func processorTime(pid int) (time.Duration, error) {
	const scheduled = 2 // CPUCLOCK_SCHED
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduled), &t); err != nil {
		return 0, fmt.Errorf("processor time of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// usedBy is what this process or the children that it has waited for have used so far (getrusage(2)).
func usedBy(who int) time.Duration {
	var used unix.Rusage
	_ = unix.Getrusage(who, &used) // which cannot fail for these
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// residentMemory is a process's memory in bytes (proc_pid_statm(5)).
func residentMemory(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	var size, pages int64
	_, _ = fmt.Sscan(string(text), &size, &pages)
	return pages * int64(os.Getpagesize())
}

// describeMachine is the machine in a line.
func describeMachine() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	_, after, _ := strings.Cut(string(text), "model name\t: ")
	model, _, _ := strings.Cut(after, "\n")
	if model == "" {
		model = runtime.GOARCH
	}
	return fmt.Sprintf("%d × %s, %s, %s", runtime.NumCPU(), model, runtime.GOOS, runtime.Version())
}
