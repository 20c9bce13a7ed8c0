//go:build linux || darwin

package loadgen

import (
	"fmt"
	"syscall"
)

// RaiseFileLimit allows this process to have so many connections open. The error says what to do when that is not allowed.
func RaiseFileLimit(connections int) error {
	const others = 64 // the files of the program itself
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("look up how many files may be open: %w", err)
	}
	need := uint64(connections + others)
	if limit.Cur >= need {
		return nil
	}
	raised := limit
	raised.Cur = max(raised.Cur, min(raised.Max, need))
	if raised.Max < need {
		raised.Cur, raised.Max = need, need // for those with the right to
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &raised); err != nil {
		return fmt.Errorf("%d connections need %d open files, and %d are allowed: raise the limit with 'ulimit -n %d', or take at most %d clients",
			connections, need, limit.Max, need, max(int64(limit.Max)-others, 1))
	}
	return nil
}
