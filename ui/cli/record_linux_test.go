package cli_test

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"livetape/ui/cli"
)

func TestRecordSaysThatADiskIsFull(t *testing.T) {
	t.Parallel()
	flood := []byte(strings.Repeat("event: price\ndata: {\"symbol\":\"A\",\"last\":1}\n\n", 1000))
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for r.Context().Err() == nil {
			w.Write(flood)
		}
	}))
	cmd := exec.Command(livetape, "record", url, "-o", filepath.Join(smallDisk(t), "desk.tape"))
	said, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != cli.ExitError || !regexp.MustCompile(`livetape: the recording .*desk\.tape lacks its last .*: no space left on device\n$`).Match(said) {
		t.Errorf("%v: %s", err, said)
	}
}

// smallDisk is a folder on a disk of a few pages.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("this user cannot mount a disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}
