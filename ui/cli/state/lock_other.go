//go:build !unix

package state

import (
	"errors"
	"os"
)

// lock holds a file against other processes. One that crashed leaves it behind.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, errors.New("another livetape uses it: give this one a file of its own; if none runs, remove " + path)
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = f.Close(); _ = os.Remove(path) }, nil
}
