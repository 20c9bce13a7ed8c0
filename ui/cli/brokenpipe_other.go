//go:build !windows

package cli

import "syscall"

// What a write to a pipe without a reader fails with.
const (
	brokenPipe  = syscall.EPIPE
	closingPipe = syscall.EPIPE
)
