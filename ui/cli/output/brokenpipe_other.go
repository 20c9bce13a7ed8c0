//go:build !windows

package output

import "syscall"

// What a write to a pipe without a reader fails with.
const (
	brokenPipe  = syscall.EPIPE
	closingPipe = syscall.EPIPE
)
