// Package exitcode has livetape's exit codes: one table for the program, its help and its documentation.
package exitcode

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// The exit codes. A process ended by a signal exits with [OfSignal].
const (
	OK         = 0
	Error      = 1 // it started, and something went wrong
	Usage      = 2 // the command line cannot be understood, or cannot work where it runs
	Unmapped   = 3 // check: connected, but nothing received is a price or a headline
	NotAStream = 4 // check: an answer that is not an event stream
	Refused    = 5 // check: no answer, or a refusal
)

// Meaning is a line of the table.
type Meaning struct {
	Code string // "0", or "128+n"
	Only string // the one command that has it; empty for all
	Text string
}

// Table is what every exit code means, in the order of the codes.
func Table() []Meaning {
	return []Meaning{
		{"0", "", "done as asked, or quit"},
		{"0", "record", "ended by ctrl+c, with a whole recording"},
		{"1", "", "something went wrong, and standard error says what"},
		{"1", "bench", "events were lost, duplicated or out of order, or clients refused, dropped or stalled"},
		{"2", "", "usage error: the command line cannot be understood, or cannot work here"},
		{"3", "check", "connected, but nothing received is a price or a headline"},
		{"4", "check", "an answer that is not an event stream"},
		{"5", "check", "refused or unreachable"},
		{"128+n", "", "ended by signal n: 130 by ctrl+c, 143 by SIGTERM"},
	}
}

// Text is the part of the table that is for a command, by its path ("livetape check"), a line each; all of it for an empty path.
func Text(path string) string {
	var b strings.Builder
	_, command, _ := strings.Cut(path, " ")
	for _, m := range Table() {
		text := m.Text
		switch {
		case m.Only != "" && path == "":
			text = m.Only + ": " + text
		case m.Only != "" && m.Only != command:
			continue
		}
		fmt.Fprintf(&b, "  %-5s  %s\n", m.Code, text)
	}
	return b.String()
}

// OfSignal is what a shell reports for a process that the signal ended.
func OfSignal(s os.Signal) int {
	if n, ok := s.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return Error
}

// Signal is the cause of a context that a signal has ended.
type Signal struct{ os.Signal }

// Error implements error.
func (s Signal) Error() string { return "ended by signal: " + s.String() }
