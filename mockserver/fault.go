package mockserver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Fault is one way of misbehaving.
type Fault struct {
	Name  string        // one of Faults
	For   time.Duration // how long it lasts, where it lasts; 0 means its default
	Every time.Duration // as a Config's fault: again after so long; 0 means once, at the start
}

// FaultInfo describes a fault for help texts and menus.
type FaultInfo struct {
	Name, Help string
	For        time.Duration // how long it lasts by default; 0 for one that is over at once
}

// Faults lists the faults that Inject knows.
func Faults() []FaultInfo {
	return []FaultInfo{
		{"drop", "reset every connection in mid-event", 0},
		{"eof", "end every stream cleanly", 0},
		{"stall", "keep connections open, but send nothing, not even heartbeats", 30 * time.Second},
		{"503", "end every stream and answer 503 Service Unavailable", 10 * time.Second},
		{"204", "end every stream and answer 204 No Content: do not come back", 10 * time.Second},
		{"garbage", "mix malformed payloads among the events", 10 * time.Second},
		{"clear", "end the faults that last", 0},
	}
}

func infoOf(name string) (FaultInfo, bool) {
	for _, info := range Faults() {
		if info.Name == name {
			return info, true
		}
	}
	return FaultInfo{}, false
}

// FaultSyntax is the form that ParseFault reads, for help texts.
const FaultSyntax = "NAME[:FOR][@EVERY]"

// ParseFault reads a fault from FaultSyntax: "stall:5s@1m" stalls for 5 s every minute, "drop@20s" drops every
// 20 s, "503" is down from the start, for its default time.
func ParseFault(text string) (Fault, error) {
	var f Fault
	rest, every, recurs := strings.Cut(text, "@")
	name, lasting, lasts := strings.Cut(rest, ":")
	f.Name = name
	var err error
	if lasts {
		if f.For, err = positive(lasting); err != nil {
			return f, fmt.Errorf("fault %q: how long: %w", text, err)
		}
	}
	if recurs {
		if f.Every, err = positive(every); err != nil {
			return f, fmt.Errorf("fault %q: how often: %w", text, err)
		}
	}
	return f, f.validate()
}

func positive(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil && d <= 0 {
		err = errors.New("must be over 0")
	}
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration such as 5s or 1m30s", text)
	}
	return d, nil
}

func (f Fault) validate() error {
	if _, known := infoOf(f.Name); known {
		return nil
	}
	var names []string
	for _, info := range Faults() {
		names = append(names, info.Name)
	}
	return fmt.Errorf("there is no fault %q; the faults are %s", f.Name, strings.Join(names, ", "))
}

// faultLine is what is wrong with the server now.
type faultLine struct {
	wake func() // every client, to look here

	mu      sync.Mutex
	shots   uint64 // faults so far that strike each client once
	shot    string // the last one of them
	last    string // the fault that lasts
	until   time.Time
	changed chan struct{} // closed when what lasts changes
}

func (l *faultLine) inject(f Fault) error {
	if err := f.validate(); err != nil {
		return err
	}
	info, _ := infoOf(f.Name)
	l.mu.Lock()
	switch {
	case f.Name == "clear":
		l.last = ""
	case info.For == 0:
		l.shots++
		l.shot = f.Name
	default:
		l.last, l.until = f.Name, time.Now().Add(orDefault(f.For, info.For))
	}
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
	l.mu.Unlock()
	l.wake()
	return nil
}

// count is how many faults have struck so far: a new client is not struck by those.
func (l *faultLine) count() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shots
}

// strike is the fault that strikes a client which has been struck by the given number of them, if any.
func (l *faultLine) strike(struck uint64) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if struck == l.shots {
		return ""
	}
	return l.shot
}

// lasting is the fault that lasts now, and for how much longer.
func (l *faultLine) lasting() (name string, left time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lastingLocked()
}

func (l *faultLine) lastingLocked() (string, time.Duration) {
	if l.last == "" {
		return "", 0
	}
	if left := time.Until(l.until); left > 0 {
		return l.last, left
	}
	return "", 0
}

// watch is like lasting, with a channel that is closed when the answer changes before its time.
func (l *faultLine) watch() (name string, left time.Duration, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	name, left = l.lastingLocked()
	return name, left, l.changed
}

// recur injects a fault at the start, or again and again, until ctx ends.
func (l *faultLine) recur(ctx context.Context, f Fault) {
	for {
		if f.Every > 0 {
			select {
			case <-time.After(f.Every):
			case <-ctx.Done():
				return
			}
		}
		_ = l.inject(f) // New has validated it
		if f.Every == 0 {
			return
		}
	}
}
