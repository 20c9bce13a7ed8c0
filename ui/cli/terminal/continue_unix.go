//go:build unix

package terminal

import "syscall"

// Continue continues this process, as a shell does with fg. Where no shell controls jobs, nothing else does.
func Continue() { _ = syscall.Kill(syscall.Getpid(), syscall.SIGCONT) }
