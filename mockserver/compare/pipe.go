package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// measureStream has `livetape stream` print a burst as JSON, and curl, sed and jq the same. They take turns, and the best of
// each counts.
func measureStream(b *bench) error {
	for _, program := range []string{"curl", "sed", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			fmt.Fprintf(os.Stderr, "left out: there is no %s\n", program)
			return nil
		}
	}
	begin := b.machine.now()
	server, url, err := b.startServer("burst", b.burst)
	if err != nil {
		return err
	}
	defer server.end()
	var ours, theirs pipeResult
	for range b.turns {
		if err := b.pipe(&ours, b.command("stream", url+"?stay", "--quiet", "--output", "json", "--count", strconv.Itoa(b.burst))); err != nil {
			return err
		}
		if err := b.pipe(&theirs, exec.Command("sh", "-c", `curl -sN "$0" | sed -n 's/^data: //p' | jq -c .`, url)); err != nil {
			return err
		}
	}
	b.add(begin, row{
		What: "livetape stream -o json, against curl -N | sed | jq -c", Value: theirs.took.Seconds() / ours.took.Seconds(), Unit: "×", Limit: atLeast(4),
		Detail: fmt.Sprintf("%.0f events/s and %.2f CPU s; %.0f events/s and %.2f CPU s",
			float64(b.burst)/ours.took.Seconds(), ours.cpu.Seconds(), float64(b.burst)/theirs.took.Seconds(), theirs.cpu.Seconds()),
	})
	return nil
}

// pipeResult is the best time of several runs, and the processor time of that run with its children.
type pipeResult struct{ took, cpu time.Duration }

func (b *bench) pipe(best *pipeResult, cmd *exec.Cmd) error {
	lines := &lineCounter{}
	cmd.Stdout, cmd.Stderr = lines, os.Stderr
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", cmd, err)
	}
	took := time.Since(began)
	if lines.n != b.burst {
		return fmt.Errorf("%s printed %d of %d lines", cmd, lines.n, b.burst)
	}
	if best.took == 0 || took < best.took {
		*best = pipeResult{took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	}
	return nil
}

type lineCounter struct{ n int }

// Write never fails.
func (c *lineCounter) Write(b []byte) (int, error) {
	c.n += bytes.Count(b, []byte("\n"))
	return len(b), nil
}
