//go:build unix

package state

import (
	"errors"
	"os"
	"syscall"
)

// lock holds a file against other processes. The file stays: its removal could let two in.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, errors.New("another livetape that runs uses it: give this one a file of its own")
	}
	return func() {
		_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) // a program that is just being started may hold the file, too
		_ = f.Close()
	}, nil
}
