package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// scale says how long and how much is measured.
type scale struct {
	turns   int           // of each that is compared; the best counts
	burst   int           // events that are read as fast as possible
	rate    float64       // events a second of a busy screen
	window  time.Duration // in which processor time is taken
	settle  time.Duration // before it
	clients int
	rates   []float64     // events a second, each of which goes to all clients
	grace   time.Duration // in which a server goes on sending after its last event
	memory  []int         // events, after which it is taken
	growth  growthScale
}

func fullScale() scale {
	return scale{
		turns: 5, burst: 200_000, rate: 10_000, window: 10 * time.Second, settle: 2 * time.Second,
		clients: 1000, rates: []float64{100, 1000}, grace: 2 * time.Second, memory: []int{1_000_000, 5_000_000, 10_000_000},
		growth: growthScale{
			window: 5 * time.Second, rate: 1000,
			rates: []float64{10, 40, 100, 1000, 10_000, 30_000}, symbols: []int{10, 100, 1000, 10_000},
			feeds: []int{1, 2, 5, 10, 20}, columns: []int{60, 80, 120, 160, 200, 240}, clients: []int{10, 100, 300, 1000, 2000},
		},
	}
}

func quickScale() scale {
	return scale{
		turns: 1, burst: 2000, rate: 2000, window: 500 * time.Millisecond, settle: 100 * time.Millisecond,
		clients: 5, rates: []float64{200}, grace: 200 * time.Millisecond, memory: []int{1000},
		growth: growthScale{
			window: 100 * time.Millisecond, rate: 100,
			rates: []float64{100}, symbols: []int{10}, feeds: []int{2}, columns: []int{80}, clients: []int{2},
		},
	}
}

// bench measures, and collects results.
type bench struct {
	scale
	dir      string // temporary
	livetape string // the built binary
	part     string // that is being measured
	machine  machine
	results  results
}

func newBench(quick bool) (*bench, error) {
	b := &bench{scale: fullScale(), results: results{Machine: describeMachine()}}
	if quick {
		b.scale = quickScale()
	}
	var err error
	if b.dir, err = os.MkdirTemp("", "compare"); err != nil {
		return nil, err
	}
	b.livetape = filepath.Join(b.dir, "livetape")
	build := exec.Command("go", "build", "-C", filepath.Join("..", ".."), "-o", b.livetape, ".")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		b.close()
		return nil, fmt.Errorf("build livetape: %w", err)
	}
	return b, nil
}

func (b *bench) close() { _ = os.RemoveAll(b.dir) } // what is left there is the system's to delete

// command is livetape with these arguments, and with settings of its own.
func (b *bench) command(args ...string) *exec.Cmd {
	cmd := exec.Command(b.livetape, args...)
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+b.dir, "XDG_STATE_HOME="+b.dir, "TERM=xterm-256color", "COLORTERM=truecolor")
	return cmd
}

// add adds a row to the results, with what else the machine did since begin.
func (b *bench) add(begin moment, r row) {
	r.Part = b.part
	r.Others, r.Load = b.machine.since(begin)
	if r.Verdict == "" && r.Limit != nil {
		r.Verdict = r.Limit.judge(r.Value)
	}
	b.results.Rows = append(b.results.Rows, r)
}
