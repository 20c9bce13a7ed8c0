package cli_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
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
	cmd := exec.Command(livetape, "record", url, "--record", filepath.Join(smallDisk(t), "desk.tape"))
	said, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != cli.ExitError || !regexp.MustCompile(`livetape: the recording .*desk\.tape lacks its last .*: no space left on device\n$`).Match(said) {
		t.Errorf("%v: %s", err, said)
	}
}

func TestRecordCountsWhatIsInTheFileWhenADiskIsFull(t *testing.T) {
	t.Parallel()
	const sent = 4000
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, strings.Repeat("event: price\ndata: {\"symbol\":\"A\",\"last\":1}\n\n", sent))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	file := filepath.Join(smallDisk(t), "desk.tape")
	said, _ := exec.Command(livetape, "record", url, "--record", file).CombinedOutput() // its end says it
	recorded := regexp.MustCompile(`: ([\d,]+) events? recorded\n`).FindSubmatch(said)
	lost := regexp.MustCompile(`lacks its last (\d+) events`).FindSubmatch(said)
	if recorded == nil || lost == nil {
		t.Fatalf("it says:\n%s", said)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(strings.ReplaceAll(string(recorded[1]), ",", ""))
	if whole := strings.Count(string(text), "}\n\n"); n > whole {
		t.Errorf("the file holds %d events; it says:\n%s", whole, said)
	}
	if missing, _ := strconv.Atoi(string(lost[1])); n+missing > sent || missing < 1 {
		t.Errorf("of %d events, it says:\n%s", sent, said)
	}
}

func TestTheHeaderSaysThatNothingIsRecordedOnceADiskIsFull(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "event: price\ndata: {\"symbol\":\"A\",\"last\":1}\n\n")
		_ = http.NewResponseController(w).Flush()
		<-more
		_, _ = io.WriteString(w, strings.Repeat("event: price\ndata: {\"symbol\":\"A\",\"last\":2.5}\n\n", 4000))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	term := startScreen(t, 200, 30, "watch", url, "--record", filepath.Join(smallDisk(t), "desk.tape"))
	term.waitForText("● LIVE", " REC ")
	close(more)
	term.waitForText("no space left on device")
	term.waitFor("the mark of the recording to go", func(screen string) bool { return !strings.Contains(screen, " REC ") && strings.Contains(screen, "2.5") })
	term.press("q")
	if code := term.waitForExit(); code != cli.ExitError {
		t.Errorf("exit code %d", code)
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
