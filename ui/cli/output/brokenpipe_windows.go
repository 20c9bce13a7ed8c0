package output

import "syscall"

// What a write to a pipe without a reader fails with.
const (
	brokenPipe  = syscall.ERROR_BROKEN_PIPE
	closingPipe = syscall.Errno(232) // ERROR_NO_DATA
)
