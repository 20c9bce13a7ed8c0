//go:build unix

package tape_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"livetape/feed/tape"
)

func TestAPipeIsRefusedWithoutWaitingForIt(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	opened := make(chan error, 1)
	go func() {
		_, err := tape.Open(name)
		opened <- err
	}()
	select {
	case err := <-opened:
		if err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("the error is %v", err)
		}
	case <-time.After(soon):
		t.Fatal("it waits for somebody who writes")
	}
}
