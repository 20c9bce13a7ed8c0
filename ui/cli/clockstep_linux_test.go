package cli_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// steppableClock is the clock on the wall of one process, which can be set forward and back. The monotonic clock, by which
// timers run, stays as it is.
type steppableClock struct{ file *os.File }

// startClock returns the program, built so that its clock can be stepped, in the environment of a new clock.
func startClock(t *testing.T) (program string, environment string, clock steppableClock) {
	t.Helper()
	dir := t.TempDir()
	file, err := os.Create(filepath.Join(dir, "clock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	clock = steppableClock{file}
	clock.step(t, 0)
	program = filepath.Join(dir, "livetape")
	build := exec.Command("go", "build", "-overlay", writeClockOverlay(t, dir), "-o", program, "livetape")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build with a clock that can be stepped: %v\n%s", err, output)
	}
	return program, "LIVETAPE_TEST_CLOCK=" + file.Name(), clock
}

// writeClockOverlay has the compiler add the step to what time.Now says: Go reads the clock without the C library, so that
// nothing outside the process could.
func writeClockOverlay(t *testing.T, dir string) (file string) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	original := filepath.Join(string(bytes.TrimSpace(root)), "src", "time", "time.go")
	source, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	const reading = "\tsec, nsec, mono := runtimeNow()\n"
	if bytes.Count(source, []byte(reading)) != 1 {
		t.Fatalf("%s reads the clock in another way", original)
	}
	changed := filepath.Join(dir, "time.go")
	source = bytes.Replace(source, []byte(reading), []byte(reading+"\tsec += stepSeconds.Load()\n"), 1)
	if err := os.WriteFile(changed, source, 0o600); err != nil {
		t.Fatal(err)
	}
	added, err := filepath.Abs(filepath.Join("testdata", "clockstep", "clockstep.go"))
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		original: changed, filepath.Join(filepath.Dir(original), "clockstep.go"): added,
	}})
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// step sets the clock so far ahead of the machine's, or behind it.
func (c steppableClock) step(t *testing.T, ahead time.Duration) {
	t.Helper()
	if _, err := c.file.WriteAt(binary.NativeEndian.AppendUint64(nil, uint64(int64(ahead/time.Second))), 0); err != nil {
		t.Fatal(err)
	}
}
